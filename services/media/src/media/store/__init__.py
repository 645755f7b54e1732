"""SQL on the schema `media`."""
