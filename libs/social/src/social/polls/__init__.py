"""Questions with a few answers to choose from."""
