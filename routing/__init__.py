"""Who should get it."""
