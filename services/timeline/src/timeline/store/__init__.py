"""SQL of the timeline service. One function, one statement."""
