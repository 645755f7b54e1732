"""The routes of moderation."""
