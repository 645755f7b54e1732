"""Signatures over HTTP messages."""
