"""The root of every error that nerconv raises on purpose.

``UsageError`` (nerconv.options), ``Unreadable`` (nerconv.io.sources), ``NotVerified`` (nerconv.conversion.report) and
``ModelError`` (nerconv.models) are below it; any other exception that reaches a caller is a bug.
"""

from __future__ import annotations


class NerconvError(Exception):
    """What all errors of nerconv are, to catch them together."""
