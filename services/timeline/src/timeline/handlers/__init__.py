"""What timeline does about what happens."""
