"""SQL on the schema `delivery`, and who is to receive what."""
