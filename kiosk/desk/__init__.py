"""The advisor's pages: FastAPI and Jinja2, on a port and with a cookie of their own."""
