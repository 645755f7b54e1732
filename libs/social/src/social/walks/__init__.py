"""Walks through threads that began elsewhere, asked for by whoever opens one."""
