"""How many examples property tests draw: a third of what each asks for, or all of them with ``NERCONV_EXAMPLES=1``.

Continuous integration draws half of them; on a developer's machine new ones are drawn each time: few are enough.
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import settings

#: The share of the examples that are drawn.
SHARE: Final = float(os.environ.get("NERCONV_EXAMPLES", "0.33"))
#: So many are drawn at least.
_LEAST: Final = 20


def examples(most: int) -> settings:
    """Return the settings of a test that asks for ``most`` examples.

    >>> examples(3).max_examples
    20
    """
    return settings(max_examples=max(int(most * SHARE), _LEAST), deadline=None)
