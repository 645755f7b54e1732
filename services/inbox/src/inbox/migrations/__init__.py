"""The schema of inbox: its outbox, and what waits for a key."""
