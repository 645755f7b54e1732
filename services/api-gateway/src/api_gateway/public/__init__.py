"""Pages that anybody can read in a browser: a profile and a post."""
