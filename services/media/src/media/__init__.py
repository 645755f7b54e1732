"""Uploads, thumbnails, the remote media cache."""
