"""What the law says: statutes with their days of validity, their import, citations and their check."""
