"""Servers that one person wants nothing from."""
