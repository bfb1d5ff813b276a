"""The HTTP surface, `/api/v1/`: parse, call one action, answer."""
