"""Typed identifiers and the event catalogue."""
