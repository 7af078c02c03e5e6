"""The server of the review page answers its own page only: this machine, this address, this token."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

pytest.importorskip("uvicorn")

from nerconv.errors import NerconvError
from nerconv.io.sources import Unreadable
from nerconv.review.page import page
from nerconv.review.server import BODY_LIMIT, serve


class Log:
    """A review that records what it is asked; it shows one question."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def state(self) -> dict[str, Any]:
        return {"title": "cables", "labels": ["PER"]}

    def queue(self, query: Mapping[str, str]) -> dict[str, Any]:
        return {"rows": [], "query": dict(query), "file": "a\udcff.txt"}

    def question(self, id: str, place: int, places_page: int) -> dict[str, Any]:
        if id == "unknown":
            raise NerconvError("no question has the id 'unknown'")
        return {"id": id, "place": place, "page": places_page}

    def decide(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("question") == "full":
            raise Unreadable("cables.review.jsonl: the decision was not saved: No space left on device")
        self.asked.append(request)
        return {"next": None}

    def undo(self) -> dict[str, Any]:
        return {"undone": 1}

    redo = apply = unapply = preview = undo


class Served:
    """A server that runs, and how a client asks it."""

    def __init__(self, read_only: bool = False) -> None:
        self.review, opened = Log(), threading.Event()
        self.address = ""

        def at(address: str) -> None:
            self.address = address
            opened.set()

        work = threading.Thread(
            target=serve, args=(self.review, page(), at), kwargs={"read_only": read_only}, daemon=True
        )
        work.start()
        assert opened.wait(10)
        self.port = int(self.address.split(":")[2].split("/")[0])
        self.token = self.address.split("#token=")[1]

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> tuple[int, Any, Mapping[str, str]]:
        given = {"x-nerconv-token": self.token, "host": f"127.0.0.1:{self.port}"}
        given |= {"content-type": "application/json"} if method == "POST" else {}
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**given, **changed}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if body is not None and "transfer-encoding" not in sent:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            text = answer.read().decode()
            kind = answer.headers["content-type"] or ""
            return answer.status, json.loads(text) if kind.startswith("application/json") else text, answer.headers
        finally:
            connection.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    yield Served()


@pytest.fixture(scope="module")
def read_only() -> Iterator[Served]:
    yield Served(read_only=True)


def test_the_page_has_no_data_and_needs_no_token(served: Served) -> None:
    status, text, _ = served.ask("GET", "/", x_nerconv_token=None)
    assert status == 200
    assert "<title>nerconv review</title>" in text
    assert "cables" not in text
    assert served.token not in text


def test_the_owner_of_the_token_gets_answers(served: Served) -> None:
    assert served.ask("GET", "/api/state")[1] == {
        "title": "cables", "labels": ["PER"], "read_only": False,
    }  # fmt: skip
    found = served.ask("GET", "/api/queue?rule=C201&page=2")[1]
    assert (found["query"], found["file"]) == ({"rule": "C201", "page": "2"}, "a\udcff.txt")
    assert served.ask("GET", "/api/question/ab12?place=3&places_page=1")[1] == {"id": "ab12", "place": 3, "page": 1}
    status, answer, _ = served.ask("POST", "/api/decide", b'{"question": "q", "action": "accept"}')
    assert (status, answer) == (200, {"next": None})
    assert served.review.asked[-1] == {"question": "q", "action": "accept"}
    for path in ("undo", "redo", "apply", "unapply"):
        assert served.ask("POST", f"/api/{path}", b"{}")[0] == 200


@pytest.mark.parametrize("token", [None, "", "guess", "é"])
def test_without_the_token_nothing_is_answered(served: Served, token: str | None) -> None:
    before = len(served.review.asked)
    for method, path in (
        ("GET", "/api/state"),
        ("GET", "/api/preview"),
        ("POST", "/api/decide"),
        ("POST", "/api/apply"),
    ):
        status, answer, _ = served.ask(method, path, b"{}" if method == "POST" else None, x_nerconv_token=token)
        assert status == 401
        assert list(answer) == ["error"]
    assert len(served.review.asked) == before


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "evil.example:80", None])
def test_another_host_name_is_refused(served: Served, host: str | None) -> None:
    assert served.ask("GET", "/api/state", host=host)[0] in (400, 421)
    assert served.ask("GET", "/", host=host)[0] in (400, 421)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1"])
def test_a_request_of_another_page_is_refused(served: Served, origin: str) -> None:
    assert served.ask("POST", "/api/decide", b"{}", origin=origin)[0] == 403
    assert served.ask("GET", "/api/state", origin=origin)[0] == 403
    assert served.ask("POST", "/api/undo", b"{}", origin=f"http://127.0.0.1:{served.port}")[0] == 200


def test_a_form_of_another_page_cannot_write(served: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        assert served.ask("POST", "/api/decide", b"{}", content_type=kind)[0] == 415


def test_read_only_reads_and_does_not_write(read_only: Served) -> None:
    assert read_only.ask("GET", "/api/state")[1]["read_only"] is True
    for path in ("decide", "undo", "redo", "apply", "unapply"):
        status, answer, _ = read_only.ask("POST", f"/api/{path}", b"{}")
        assert status == 403
        assert "--read-only" in answer["error"]
    assert read_only.review.asked == []


def test_a_large_request_is_refused(served: Served) -> None:
    before = len(served.review.asked)
    body = b'{"comment": "' + b"x" * BODY_LIMIT + b'"}'
    assert served.ask("POST", "/api/decide", body)[0] == 413
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert served.ask("POST", "/api/decide", chunk, transfer_encoding="chunked")[0] == 413
    assert len(served.review.asked) == before


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b'"x"', b"[" * 100_000])
def test_what_is_not_an_object_is_refused(served: Served, body: bytes) -> None:
    assert served.ask("POST", "/api/decide", body)[0] == 400


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd",
        "/api/../../etc/passwd",
        "/%2e%2e/etc/passwd",
        "/data/review.js",
        "//etc/passwd",
        "/api/",
        "/favicon.ico",
    ],
)
def test_there_are_no_files_to_ask_for(served: Served, path: str) -> None:
    assert served.ask("GET", path)[0] == 404


def test_other_methods_are_refused(served: Served) -> None:
    assert served.ask("POST", "/api/state", b"{}")[0] == 405
    assert served.ask("GET", "/api/decide")[0] == 405
    assert served.ask("PUT", "/api/decide", b"{}")[0] == 405


def test_every_answer_has_the_headers_that_protect_it(served: Served) -> None:
    for path, token in (
        ("/", served.token),
        ("/api/state", served.token),
        ("/api/state", "wrong"),
        ("/nowhere", served.token),
    ):
        headers = served.ask("GET", path, x_nerconv_token=token)[2]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers


def test_an_unknown_question_says_so(served: Served) -> None:
    assert served.ask("GET", "/api/question/unknown")[:2] == (400, {"error": "no question has the id 'unknown'"})
    assert served.ask("GET", "/api/question/a?place=x&places_page=-1")[1] == {"id": "a", "place": 0, "page": 0}


def test_a_decision_that_was_not_saved_is_not_a_success(served: Served) -> None:
    status, answer, _ = served.ask("POST", "/api/decide", b'{"question": "full"}')
    assert status == 507
    assert "not saved" in answer["error"]


def test_only_this_machine_can_connect(served: Served) -> None:
    assert served.address.startswith("http://127.0.0.1:")
    assert len(served.token) >= 40
