"""What people do not want to read."""
