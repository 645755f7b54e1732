"""The schema `moderation`."""
