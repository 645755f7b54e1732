"""What one account says of another to the moderators."""
