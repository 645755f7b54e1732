"""Hashtags that people show on their profile."""
