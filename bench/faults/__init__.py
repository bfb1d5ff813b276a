"""Faults, one after the other, with the outcome and the time of each."""
