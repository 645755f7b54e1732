"""Who sees what: feeds, notifications, streaming."""
