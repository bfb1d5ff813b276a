"""Who can work."""
