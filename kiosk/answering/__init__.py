"""Question to answer. Pure: what it searches with is handed in."""
