"""Posts that wait for their time."""
