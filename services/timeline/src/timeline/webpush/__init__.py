"""Notifications on their way to apps that are closed, by push services (RFC 8030, 8291, 8292)."""
