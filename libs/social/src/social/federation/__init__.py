"""The verbs of ActivityPub, one file each, both directions."""
