"""What clients ask timeline."""
