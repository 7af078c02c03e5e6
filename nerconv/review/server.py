"""The review page over HTTP: for this machine and the holder of a random token only.

The token stands behind ``#`` in the address that the command opens, so it is in no request line and no log; the page
sends it as a header with every request. A page of another origin can neither read nor guess it, and the Host and Origin
of every request are checked before it (DNS rebinding, cross-site requests: OWASP CSRF cheat sheet). Requests are
handled one after the other: what they read and write needs no lock.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nerconv.errors import NerconvError
from nerconv.io.sources import Unreadable
from nerconv.review.page import policy_of

Json: TypeAlias = dict[str, Any]

#: The most bytes that a request may have; a decision with a thousand excepted places has 20,000.
BODY_LIMIT: Final = 4_000_000
#: The header that carries the token.
TOKEN: Final = "x-nerconv-token"
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Review(Protocol):
    """What the page shows and asks for, as JSON values.

    What a request asks in vain raises NerconvError; a decision that was not stored raises Unreadable.
    """

    def state(self) -> Json:
        """Return what the head of the page shows: title, files, reviewer, counts, rules, labels, time left."""

    def queue(self, query: Mapping[str, str]) -> Json:
        """Return a page of the queue; ``query`` may have kind, rule, label, file, text, state and page."""

    def question(self, id: str, place: int, places_page: int) -> Json:
        """Return a question with its place number ``place`` and a page of its places, both counted from 0."""

    def decide(self, request: Json) -> Json:
        """Store a decision; return the row of the question as it is now, the counts and the id of the next one."""

    def undo(self) -> Json:
        """Take the last decision back; return the same as ``decide``, with the question that it was about."""

    def redo(self) -> Json:
        """Take the last undo back."""

    def preview(self) -> Json:
        """Return what applying the decisions would write: diffs by file, refused places, what stays open."""

    def apply(self) -> Json:
        """Write the decisions into the files; return what was written and the command to go on with."""

    def unapply(self) -> Json:
        """Take the last ``apply`` back."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets only requests of the own page through to ``app``, and puts the headers on every answer."""

    app: ASGIApp
    token: str
    port: int
    read_only: bool
    policy: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = {**_HEADERS, "content-security-policy": self.policy}
                message["headers"] += [(name.encode(), value.encode()) for name, value in extra.items()]
            await send(message)

        refusal = self._refusal(request)
        answer = _error(*refusal) if refusal else self.app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        """Return the status and the reason to refuse ``request``, or None."""
        here = f"127.0.0.1:{self.port}"
        headers = request.headers
        if headers.getlist("host") != [here]:
            return 421, f"this address is {here}; open it as the command printed it"
        if headers.get("origin", f"http://{here}") != f"http://{here}":
            return 403, "requests of other pages are refused"
        if request.url.path.startswith("/api/"):
            if not hmac.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode()):
                return 401, "the token is missing or of an earlier run; open the address that nerconv review printed"
            if request.method == "POST" and self.read_only:
                return 403, "this review is read-only; run nerconv review without --read-only to decide"
            if request.method == "POST" and headers.get("content-type") != "application/json":
                return 415, "a request to write has the content type application/json"
        return None


def application(review: Review, page: str, token: str, port: int, read_only: bool = False) -> Starlette:
    """Return the application that serves ``page`` and ``review`` to the holder of ``token`` at ``port``."""

    def get(path: str, answer: Callable[[Mapping[str, str]], Json]) -> Route:
        """Return the route of what is read; ``answer`` takes the query and what of the path is variable."""

        async def endpoint(request: Request) -> Response:
            return _answer(lambda: answer({**request.query_params, **request.path_params}))

        return Route(path, endpoint, methods=["GET"])

    def post(path: str, answer: Callable[[Json], Json]) -> Route:
        """Return the route of what is written; ``answer`` takes the body."""

        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            return body if isinstance(body, Response) else _answer(lambda: answer(body))

        return Route(path, endpoint, methods=["POST"])

    async def index(request: Request) -> Response:
        return Response(page, media_type="text/html")

    routes = [
        Route("/", index, methods=["GET"]),
        get("/api/state", lambda _: {**review.state(), "read_only": read_only}),
        get("/api/queue", review.queue),
        get("/api/question/{id}", lambda q: review.question(q["id"], _number(q, "place"), _number(q, "places_page"))),
        get("/api/preview", lambda _: review.preview()),
        post("/api/decide", review.decide),
        post("/api/undo", lambda _: review.undo()),
        post("/api/redo", lambda _: review.redo()),
        post("/api/apply", lambda _: review.apply()),
        post("/api/unapply", lambda _: review.unapply()),
    ]
    guard = Middleware(Guard, token=token, port=port, read_only=read_only, policy=policy_of(page))
    return Starlette(routes=routes, middleware=[guard])


def _number(query: Mapping[str, str], name: str) -> int:
    """Return a number of a query that counts from 0; 0 for anything else."""
    value = query.get(name, "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


async def _body(request: Request) -> Json | Response:
    """Return the JSON object of ``request``, or the answer that refuses it."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_LIMIT:
            return _error(413, f"a request has at most {BODY_LIMIT:,} bytes")
        pieces.append(piece)
    try:
        value = json.loads(b"".join(pieces) or b"{}")
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else _error(400, "the request is not a JSON object")


def _answer(ask: Callable[[], Json]) -> Response:
    """Return what ``ask`` answers, or why it cannot."""
    try:
        return _json(ask())
    except Unreadable as error:
        return _error(507, str(error))
    except NerconvError as error:
        return _error(400, str(error))


def _json(value: Json, status: int = 200) -> Response:
    """Return ``value`` as an answer; what is not Unicode, as in names of files, is escaped like all beyond ASCII."""
    return Response(json.dumps(value), status, media_type="application/json")


def _error(status: int, reason: str) -> Response:
    return _json({"error": reason}, status)


def serve(review: Review, page: str, opened: Callable[[str], None], port: int = 0, read_only: bool = False) -> None:
    """Serve the page on 127.0.0.1 until Ctrl+C. ``opened`` is called with its address once it can be opened.

    Port 0 takes any that is free. Raises OSError where the port is taken.
    """
    import uvicorn

    # With the protocol named, asyncio turns Nagle's algorithm off, which would hold each answer back for 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        app = application(review, page, token, port, read_only)
        settings = uvicorn.Config(
            app, log_level="error", access_log=False, lifespan="off", ws="none", server_header=False,
            timeout_graceful_shutdown=1, limit_concurrency=100,
        )  # fmt: skip
        opened(f"http://127.0.0.1:{port}/#token={token}")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets=[listening])
