"""People who leave for good."""
