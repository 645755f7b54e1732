"""Posts that quote posts, and who may."""
