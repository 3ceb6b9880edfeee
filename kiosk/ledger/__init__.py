"""The append-only record on SQLite or PostgreSQL, its sealed fields and the key store apart from it."""
