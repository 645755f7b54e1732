"""Runs a whole server on one Debian machine without containers."""
