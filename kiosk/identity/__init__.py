"""People, sign-in, sessions; keys of nodes."""
