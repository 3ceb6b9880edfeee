"""The village legal kiosk: one program with three faces (station, desk, hub) over one ledger."""

__version__ = "0.1.0"
