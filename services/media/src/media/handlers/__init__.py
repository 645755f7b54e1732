"""What media does about events and jobs."""
