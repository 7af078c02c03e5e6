"""Spans of tokenised, normalised or edited text placed on the original text, to the code point."""
