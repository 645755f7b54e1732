"""Signing in, and letting apps in: everything of OAuth that is neither a route nor the domain's."""
