"""The schema `timeline`: notifications, markers, and the outbox."""
