"""What is fetched from other servers before anything is written."""
