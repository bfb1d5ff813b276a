"""Measurements on real servers."""
