"""Reports, sanctions, domain policies."""
