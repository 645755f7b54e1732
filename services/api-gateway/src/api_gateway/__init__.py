"""The client API: sign-in, accounts, statuses, instance."""
