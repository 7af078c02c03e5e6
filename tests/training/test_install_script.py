"""The script that installs: it says which packages it fetches, what it came to, and why it failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts/install.py"
#: A python whose pip prints what pip prints.
PIP = """\
#!/bin/sh
if [ "$1" = -c ]; then echo {folder}; exit 0; fi
echo 'Collecting msgspec>=0.19'
echo '  Downloading msgspec-0.22.0-cp311-cp311-any.whl.metadata (5 kB)'
echo '  Downloading msgspec-0.22.0-cp311-cp311-any.whl (302 kB)'
echo 'Processing /files/numpy-2.4.6-cp311-cp311-any.whl (from nerconv==0.2.0)'
echo 'Processing /files/nerconv'
echo 'Installing collected packages: numpy, msgspec'
mkdir -p {folder}/numpy-2.4.6.dist-info {folder}/msgspec-0.22.0.dist-info
exit {status}
"""


def install(folder: Path, status: int) -> subprocess.CompletedProcess[str]:
    python = folder / "python"
    python.write_text(PIP.format(folder=folder / "packages", status=status))
    python.chmod(0o755)
    return subprocess.run([sys.executable, SCRIPT, python, "."], capture_output=True, text=True)


def test_each_package_is_named_with_its_size_and_all_are_counted(tmp_path: Path) -> None:
    done = install(tmp_path, 0)
    assert done.returncode == 0
    *lines, last = done.stdout.splitlines()
    assert lines == ["#   fetched msgspec 0.22.0, 302 kB", "#   fetched numpy 2.4.6", "#   installing 2 packages"]
    assert last.startswith("#   2 packages, 0 MB in ")


def test_a_failure_ends_with_what_pip_printed(tmp_path: Path) -> None:
    done = install(tmp_path, 4)
    assert done.returncode == 4
    assert done.stderr.endswith("Installing collected packages: numpy, msgspec\n")
