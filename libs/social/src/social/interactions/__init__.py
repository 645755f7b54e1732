"""Who may answer, favourite and boost a post, where its author says so."""
