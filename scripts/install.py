#!/usr/bin/env python3
"""Run ``pip install`` in another environment and say how far it is: scripts/install.py PYTHON PIP-ARGUMENT...

pip is silent while it unpacks and compiles, for a minute with spaCy. This prints a line for each package that is
fetched, a line every five seconds while packages are unpacked and compiled, and at the end what it came to.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

#: What pip prints of a file that it fetches: name and version, and the size where it says one.
_FILE: Final = re.compile(
    r"\s*(?:Downloading|Using cached|Processing) (?:\S*/)?([^/\s-]+-[^/\s-]+)\S*(?:\.whl|\.tar\.gz)(?= |$)(.*)"
)
_INSTALLING: Final = "Installing collected packages:"
_SECONDS: Final = 5.0


def main() -> int:
    """Install, and return the exit status of pip; where it fails its last lines are printed."""
    python, *words = sys.argv[1:]
    begun = time.monotonic()
    where = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    folder = Path(where.strip())
    before = installed(folder)
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", *words]
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert pip.stdout
    lines = []
    for line in pip.stdout:
        lines.append(line)
        if found := _FILE.match(line):
            size = re.search(r"\(([\d.]+ \wB)\)", found[2])
            say(f"fetched {found[1].replace('-', ' ')}{f', {size[1]}' if size else ''}")
        elif line.startswith(_INSTALLING):
            count = line.count(",") + 1
            say(f"installing {count} packages")
            threading.Thread(target=watch, args=(pip, folder, before, count), daemon=True).start()
    if pip.wait():
        print("".join(lines[-30:]), end="", file=sys.stderr)
        return pip.returncode
    say(f"{len(installed(folder) - before)} packages, {megabytes(folder)} MB in {time.monotonic() - begun:.0f} s")
    return 0


def watch(pip: subprocess.Popen[str], folder: Path, before: set[str], count: int) -> None:
    """Say every few seconds how many packages are unpacked, until ``pip`` ends."""
    begun = time.monotonic()
    while True:
        time.sleep(_SECONDS)
        if pip.poll() is not None:
            return
        seconds = time.monotonic() - begun
        say(f"unpacked {len(installed(folder) - before)} of {count} packages, {seconds:.0f} s")


def installed(folder: Path) -> set[str]:
    """Return the packages in a folder, by the names of their records."""
    return {path.name for path in folder.glob("*.dist-info")}


def megabytes(folder: Path) -> int:
    """Return the size of all files below a folder."""
    return round(sum(path.lstat().st_size for path in folder.rglob("*")) / 1e6)


def say(message: str) -> None:
    """Print a line at once."""
    print(f"#   {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
