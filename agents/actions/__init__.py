"""What changes agents; parts of larger actions."""
