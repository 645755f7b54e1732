"""Walking through threads that began elsewhere."""
