"""Training configurations for what a corpus holds."""
