"""Bracket text: its grammar, dialects, and what looks like annotation and is none of it."""
