"""What people post."""
