"""Who can act."""
