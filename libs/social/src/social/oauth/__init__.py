"""Apps, and what people let them do."""
