"""``python -m nerconv``."""

from nerconv.cli import main

main()
