"""What every app stands on; knows no word of the domain."""
