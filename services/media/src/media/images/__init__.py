"""Pictures: what they are, and making safe ones of them."""
