"""What delivery does about events, jobs and the passing of time."""
