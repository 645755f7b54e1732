"""What we allow a domain to do."""
