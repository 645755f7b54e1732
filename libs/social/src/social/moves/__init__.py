"""Accounts that name a successor, and what follows them there."""
