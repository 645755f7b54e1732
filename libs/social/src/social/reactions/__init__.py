"""Emoji that people elsewhere put under posts of ours."""
