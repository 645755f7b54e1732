"""What inbox does with what it received."""
