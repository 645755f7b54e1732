"""The people who sign in here."""
