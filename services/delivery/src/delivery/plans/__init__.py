"""What our people do, as plans: the activity and who receives it."""
