"""Annotation noise that is made on purpose, and what finds it; ``scripts/noise_benchmark`` runs it."""
