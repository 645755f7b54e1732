"""Posts in the reader's language, by a server that the operator chose."""
