"""Servers that carry public posts between servers that do not know each other."""
