"""Lists of people, each its owner's own."""
