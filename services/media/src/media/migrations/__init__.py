"""The schema `media`."""
