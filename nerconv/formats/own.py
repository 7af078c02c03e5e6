"""What spans say of themselves besides their offsets: the text that they cover, and the tokens that they run over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from nerconv.document import Finding, Where
from nerconv.formats import units
from nerconv.formats.record import SpanRecord
from nerconv.formats.shapes import shown
from nerconv.formats.units import Extent

#: Keys of a span under which tools repeat the text that it covers.
TEXT_KEYS: Final = ("text", "surface", "surface_form", "surface_text", "covered_text", "mention", "string")
_FIELDS: Final = frozenset(SpanRecord.__struct_fields__)


class Own(NamedTuple):
    """What a span says: the text that it covers, and where its first token starts and its last one ends."""

    text: str | None
    tokens: Extent | None


def owns(raw: Mapping[str, Any]) -> list[Own]:
    """Return what each span of a record says of itself; nothing at all where none says more than a SpanRecord holds.

    ``raw`` is the record as it was decoded, its spans being objects.
    """
    spans = raw.get("spans") or ()
    if all(_FIELDS.issuperset(span) for span in spans):
        return []
    tokens = raw.get("tokens")
    return [Own(_text(span), _extent(span, tokens if isinstance(tokens, list) else ())) for span in spans]


def _text(span: Mapping[str, Any]) -> str | None:
    return next((span[key] for key in TEXT_KEYS if isinstance(span.get(key), str)), None)


def _extent(span: Mapping[str, Any], tokens: Sequence[Any]) -> Extent | None:
    """Return where the tokens that ``span`` names start and end, as Prodigy has both."""
    first, last = span.get("token_start"), span.get("token_end")
    if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(tokens):
        return None
    edges = [token.get(key) for token, key in ((tokens[first], "start"), (tokens[last], "end")) if _is_object(token)]
    return (edges[0], edges[1]) if [type(edge) for edge in edges] == [int, int] else None


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def disagrees(own: Own, text: str, span: SpanRecord) -> str:
    """Return what ``span`` says otherwise of itself than its offsets do, white space aside, or nothing."""
    covers = text[span.start : span.end]
    if own.text is not None and _folded(own.text) != _folded(covers):
        return f"covers {shown(covers)}, while its own text is {shown(own.text)}{_instead(own.text, text, span)}"
    if own.tokens is not None and own.tokens != (span.start, span.end):
        start, end = own.tokens
        return (
            f"covers {shown(covers)}, while the tokens that it names stand at {start}:{end} ({shown(text[start:end])})"
        )
    return ""


def other_white_space(own: Own, text: str, span: SpanRecord, where: Where) -> list[Finding]:
    """Return a finding when a span differs from its own text in white space within it."""
    covers = text[span.start : span.end]
    if own.text is None or own.text.strip() == covers.strip():
        return []
    message = f"span {span.start}:{span.end} {span.label!r} covers {shown(covers)}; its own text {shown(own.text)}"
    return [Finding("F015", f"{message} has other white space; the text of the record is read", where)]


def _folded(text: str) -> str:
    return "".join(text.split())


def _instead(own: str, text: str, span: SpanRecord) -> str:
    """Return in words how ``own`` could be meant."""
    for unit, other in units.covered(text, (span.start, span.end)).items():
        if other == own:
            return f", which it covers if offsets count {unit}"
    if own and text[span.start : span.end + 1] == own:
        return ", which it covers if its end is the last character and not the one behind it"
    at = text.find(own) if own else -1
    if at < 0:
        return ", which the text does not hold"
    more = f" and {many:,} more times" if (many := text.count(own) - 1) else ""
    return f", which stands at {at}:{at + len(own)}{more}"
