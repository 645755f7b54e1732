"""HTTP for operators and for the other services."""
