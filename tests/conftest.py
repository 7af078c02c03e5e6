"""What all tests share. Its place puts this folder on the import path of the tests below it, for ``strategies``.

In continuous integration the property tests draw the same examples every time, so that a red run tells of a change;
on a developer's machine they draw new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
