"""A conversion: read, change, fit to the target, encode, read back, verify, join."""
