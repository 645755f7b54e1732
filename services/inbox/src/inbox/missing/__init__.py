"""What was said while nobody here listened, or before anybody did."""
