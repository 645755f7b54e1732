"""What those who run the server tell everybody here."""
