"""What clients receive. Every key stands here; a key that may be missing is UNSET by default."""
