"""The shell of every HTML page: no network, and nothing runs or styles it but what the page itself holds.

The content security policy names the hashes of the style sheet and of the script, where a page has one; a ``style``
attribute, an inline handler or anything from another place does nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from nerconv.report.escaped import in_html

if TYPE_CHECKING:
    from nerconv.evaluation.report import Gate

#: Labels that have a look of their own, in the order of the looks: CoNLL-2003, then the rest of OntoNotes.
_NAMED: Final = (
    *("PER", "LOC", "ORG", "MISC", "GPE", "DATE", "NORP", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"),
    *("TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"),
)
_LONG: Final = {"PERSON": "PER", "LOCATION": "LOC", "ORGANIZATION": "ORG", "ORGANISATION": "ORG"}
_HUES, _UNDERLINES = 8, 4


def sheet(name: str) -> str:
    """Return the style sheet ``name`` of this package, such as ``shell.css``."""
    return files("nerconv.report").joinpath(name).read_text(encoding="utf-8")


def page(title: str, body: str, style: str = "", script: str = "", connects: bool = False) -> str:
    """Return a page: ``body`` is what stands in its ``<body>``, ``style`` and ``script`` its own beside the shell.

    ``title`` is text, ``body`` HTML whose texts are escaped. ``connects``: the script may ask the server of the page.
    """
    style = sheet("shell.css") + style
    policy = ["default-src 'none'", f"style-src {_allowed(style)}"]
    policy += [f"script-src {_allowed(script)}"] if script else []
    policy += ["connect-src 'self'"] if connects else []
    policy += ["base-uri 'none'", "form-action 'none'"]
    code = f"<script>{script}</script>\n" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(policy)}">\n'
        f"<title>{in_html(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}{code}</body>\n</html>\n"
    )


def _allowed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def look(label: str) -> str:
    """Return the classes of a label: a hue and an underline, the same in every report.

    >>> look("ORG"), look("ORGANIZATION"), look("Vessel")
    ('a2 u2', 'a2 u2', 'a5 u1')
    """
    hue, underline = _look(label)
    return f"a{hue} u{underline}"


def _look(label: str) -> tuple[int, int]:
    name = _LONG.get(label, label)
    number = _NAMED.index(name) if name in _NAMED else sha256(name.encode("utf-8", "surrogatepass")).digest()[0]
    hue, turn = number % _HUES, number // _HUES
    return hue, (hue + turn) % _UNDERLINES


def inline_looks(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the look of each label for where there is no style sheet: the style of a mark, and of the label in it.

    The colours are those of the light pages; text has a colour of its own, so that it can be read on dark pages, too.
    """
    light = sheet("shell.css").partition("@media")[0]
    colours = {int(hue): (tint, ink) for hue, tint, ink in re.findall(r"--t(\d):(#\w+);--i\d:(#\w+)", light)}
    ink = re.findall(r"--ink:(#\w+)", light)[0]
    looks = {}
    for label in set(labels):
        hue, underline = _look(label)
        tint, dark = colours[hue]
        line = ("solid", "dashed", "double", "dotted")[underline]
        looks[label] = f"background:{tint};color:{ink};border-bottom:3px {line} {dark}", f"color:{dark}"
    return looks


def labelled(label: str) -> str:
    """Return a label as a chip in its look; text without a label is said to have none."""
    return f'<span class="lb {look(label)}">{in_html(label)}</span>' if label else '<span class="lb">no label</span>'


def gate_list(gates: Iterable[Gate]) -> str:
    """Return gates as a list: passed or failed, which, and why."""
    rows = []
    for gate in gates:
        state = '<span class="tag pass">✓ passed</span>' if gate.passed else '<span class="tag error">✕ failed</span>'
        rows.append(f"<li>{state}<span>{in_html(gate.name)}: {in_html(gate.why)}</span></li>")
    return f'<ul class="gates">{"".join(rows)}</ul>'


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = "", css: str = "stick") -> str:
    """Return a table that scrolls by itself where it is wide, its first column sticky; cells are HTML, the first of
    a row is its head.

    ``name`` says to ears what it is. ``numbers`` has a letter for each column: n for one of numbers, w for a drawing,
    anything else for text; a cell that begins with ``<td`` has its own element, and a row of ``tot`` first is a sum.
    """
    kinds = numbers.ljust(len(head), "-")
    classes = {"n": ' class="num"', "w": ' class="w"'}
    top = "".join(
        f'<th scope="col"{classes["n"] if kind == "n" else ""}>{cell}</th>'
        for cell, kind in zip(head, kinds, strict=True)
    )
    body = []
    for first, *cells in rows:
        total = first.startswith("tot ")
        others = (
            cell if cell.startswith("<td") else f"<td{classes.get(kind, '')}>{cell}</td>"
            for cell, kind in zip(cells, kinds[1:], strict=True)
        )
        shown = first.removeprefix("tot ")
        body.append(f'<tr{" class=tot" if total else ""}><th scope="row">{shown}</th>{"".join(others)}</tr>\n')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{in_html(name)}"><table class="{css}"><thead><tr>'
        f"{top}</tr></thead><tbody>\n{''.join(body)}</tbody></table></div>\n"
    )
