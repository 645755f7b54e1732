"""What moderation does about events and jobs."""
