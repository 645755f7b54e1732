"""Web Push: which apps of whose are told of notifications while they are closed."""
