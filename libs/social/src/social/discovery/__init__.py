"""Finding people one does not know yet."""
