"""nerconv: bracket-annotated text to training data and scores, with nothing lost in silence."""

from nerconv.version import VERSION as __version__

__all__ = ["__version__"]
