"""The review page as one HTML file: markup, style, script and, for a page that works offline, the payload.

The script is written as modules (``data/*.js``). An HTML file cannot hold modules that import each other, so the page
has them as functions, in the order of ``MODULES``.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any, Final

from nerconv.report import shell

#: Each module stands after those that it imports.
MODULES: Final = (
    *("dom", "words", "marks", "sentence", "parts", "remote", "records", "local", "queue", "draft"),
    *("decision", "conflict", "views", "bar", "keys", "popups", "app"),
)
_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?(?:function|const) (\w+))", re.MULTILINE)


def page(payload: dict[str, Any] | None = None) -> str:
    """Return the page; with a ``payload`` it needs no server, and its decisions are downloaded."""
    data = f'<script type="application/json" id="payload">{embedded(payload)}</script>\n'
    body = _data("review.html") + data
    return shell.page("nerconv review", body, _data("review.css"), script(), connects=payload is None)


def policy_of(html: str) -> str:
    """Return the Content-Security-Policy (CSP level 3) that a server sends with a page: its own, and more strictly."""
    found = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found, "every page has a policy"
    return f"{found[1]}; frame-ancestors 'none'; require-trusted-types-for 'script'"


def script() -> str:
    """Return the modules as one script, in which each has a scope of its own."""
    return '"use strict";\n' + "".join(_scoped(name, _data(f"{name}.js")) for name in MODULES)


def _scoped(name: str, code: str) -> str:
    """Return a module as a constant that holds what it exports."""
    names = ", ".join(found[1] for found in _EXPORT.findall(code))
    code = _IMPORT.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = ${found[2]};", code)
    body = _EXPORT.sub(lambda found: found[1], code)
    return f"const ${name} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


def embedded(value: object) -> str:
    r"""Return ``value`` as JSON in which nothing can end the element that it stands in.

    >>> embedded("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _data(name: str) -> str:
    return (files("nerconv.review") / "data" / name).read_text(encoding="utf-8")
