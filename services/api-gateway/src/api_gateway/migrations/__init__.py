"""The schema of api-gateway: its working state."""
