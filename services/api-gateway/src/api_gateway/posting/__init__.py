"""From what a client sends to a post."""
