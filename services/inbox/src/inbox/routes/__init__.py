"""Everything other servers ask of us."""
