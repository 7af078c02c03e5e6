"""Open the page of a review on this machine."""

from __future__ import annotations

from collections.abc import Callable

from nerconv.options import UsageError
from nerconv.packages import package
from nerconv.review.session import Session


def open_page(session: Session, opened: Callable[[str], None], port: int = 0) -> None:
    """Serve the page of ``session`` until Ctrl+C; ``opened`` is called with its address. Port 0 takes a free one.

    Raises UsageError where a package is missing, with the extra that brings it, and where the port is taken.
    """
    for name in ("starlette", "uvicorn"):
        package(name, "the review page", "review")
    from nerconv.review.page import page
    from nerconv.review.server import serve

    try:
        serve(session, page(), opened, port, session.log.read_only)
    except OSError as error:
        raise UsageError(f"127.0.0.1:{port} cannot be had: {error.strerror}; choose another --port, or none") from error
