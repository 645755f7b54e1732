"""Pictures and other files that go with a status."""
