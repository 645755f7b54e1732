"""The ActivityPub core: protocol only."""
