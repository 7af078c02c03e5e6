"""The sentences of an evaluation page, and which of them a filter or a cell of a table leads to, without a script.

A sentence has a class for each error in it: a letter for the kind and the number of the label, or ``c``, the gold and
the predicted label. A filter is a radio button or the target of a link, and rules of style hide what lacks its class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from nerconv.evaluation.errors import Sentence, SentenceSpan
from nerconv.evaluation.report import EvaluationReport
from nerconv.printable import counted
from nerconv.report.escaped import in_html
from nerconv.report.interlinear import Bar, interlinear
from nerconv.report.rows import kind_counts
from nerconv.report.shell import look

#: The letter of each kind of error, and what it is called on the page.
KINDS: Final = {
    "type": ("t", "wrong label"),
    "boundary": ("e", "wrong edges"),
    "type+boundary": ("b", "wrong label and edges"),
    "missed": ("m", "missed"),
    "spurious": ("s", "spurious"),
}
#: More labels are not offered as filters.
_FILTERED: Final = 40


class Error(NamedTuple):
    """An error: its kind, and the labels of both sides, empty for none."""

    kind: str
    gold: str
    predicted: str

    @property
    def shown(self) -> str:
        """What a chip says of it."""
        labels = f"{self.gold} → {self.predicted}" if self.kind in ("type", "type+boundary") else self.gold
        return f"{KINDS[self.kind][1]} {labels or self.predicted}"


def errors_of(sentence: Sentence) -> Iterator[Error]:
    """Yield the errors in a sentence: those of gold spans, then spurious spans."""
    yield from (Error(span.kind, span.label, span.other) for span in sentence.gold if span.kind != "correct")
    yield from (Error(span.kind, "", span.label) for span in sentence.predicted if span.kind == "spurious")


class Lists:
    """Which sentences have which errors: the classes of both, and links to the lists that there are."""

    def __init__(self, report: EvaluationReport) -> None:
        self.report = report
        self.errors = [list(errors_of(sentence)) for sentence in report.sentences]
        held = {label for errors in self.errors for error in errors for label in error[1:] if label}
        self.labels = [*report.labels, *sorted(held - report.labels.keys())]
        self._numbers = {label: number for number, label in enumerate(self.labels)}
        self.shown = Counter(name for errors in self.errors for error in errors for name in self.classes(error))
        self.documents = {sentence.document: n for n, sentence in reversed(list(enumerate(report.sentences, 1)))}

    def of(self, kind: str, label: str) -> str:
        """Return the class of errors of a kind and a label."""
        return f"{KINDS[kind][0]}{self._numbers[label]}"

    def cell(self, gold: str, predicted: str) -> str:
        """Return the class of spans of one label that were predicted as another one."""
        return f"c{self._numbers[gold]}-{self._numbers[predicted]}"

    def targets(self, error: Error) -> list[str]:
        """Return the classes of an error that links lead to: its kind and label, and its cell."""
        labels = [label for label in dict.fromkeys(error[1:]) if label]
        return [self.of(error.kind, labels[0]), *([self.cell(*labels)] if len(labels) > 1 else [])]

    def classes(self, error: Error) -> list[str]:
        """Return all classes of an error: its kind and each of its labels, too."""
        labels = [f"l{self._numbers[label]}" for label in dict.fromkeys(error[1:]) if label]
        return [KINDS[error.kind][0], *labels, *self.targets(error)]

    def link(self, name: str, count: int, about: str) -> str:
        """Return a count as a link to its list, where there are sentences in it; ``about`` says what is counted."""
        if not count:
            return '<span class="muted" aria-hidden="true">·</span><span class="sr">0</span>'
        if not self.shown[name]:
            return f"{count:,}"
        return f'<a href="#f-{name}"><span class="sr">{in_html(about)}: </span>{count:,}</a>'


def style(lists: Lists) -> str:
    """Return the rules that hide sentences: by the radio buttons, or else by the target of a link."""
    free = ":root:not(:has(.anchor:target))"
    rules = []
    kinds = [letter for letter, _ in KINDS.values() if lists.shown[letter]]
    labels = [f"l{number}" for number, _ in _offered(lists)]
    for kind in kinds:
        rules.append(f"{free}:has(#k-{kind}:checked):has(#l-all:checked) .s:not(.{kind})")
        rules += [
            f"{free}:has(#k-{kind}:checked):has(#l-{label}:checked) .s:not(.{kind}{label[1:]})" for label in labels
        ]
    rules += [f"{free}:has(#k-all:checked):has(#l-{label}:checked) .s:not(.{label})" for label in labels]
    targets = list(_targets(lists))
    rules += [f":root:has(#f-{name}:target) .s:not(.{name})" for name in targets]
    lit = ",".join(f":root:has(#f-{name}:target) .tag.{name}" for name in targets)
    hidden = f"{','.join(rules)}{{display:none}}" if rules else ""
    return hidden + (f"{lit}{{outline:2px solid var(--bad)}}" if lit else "")


def _offered(lists: Lists) -> list[tuple[int, str]]:
    """Return the number and name of the labels that are offered as filters, those with most errors of many."""
    found = [(number, label) for number, label in enumerate(lists.labels) if lists.shown[f"l{number}"]]
    return sorted(sorted(found, key=lambda pair: -lists.shown[f"l{pair[0]}"])[:_FILTERED])


def section(lists: Lists) -> str:
    """Return the list of sentences under its filters."""
    report = lists.report
    if not report.sentences:
        return ""
    total, held = sum(kind_counts(report.kinds)[1:]), sum(map(len, lists.errors))
    number = counted(held, "error") if held == total else f"{held:,} of {counted(total, 'error')}"
    more = "" if held == total else f" All of them: evaluate with <code>--examples {total}</code>."
    about = f"{number} in {counted(len(report.sentences), 'sentence')}.{more}"
    blocks = "".join(_block(sentence, lists, n) for n, sentence in enumerate(report.sentences, 1))
    return (
        f'<section id="errors"><h2>Errors by sentence</h2><p class="muted">{about} The gold stands <b>above</b> '
        f"the text, the model <b>below</b> it; a red ✕ marks what is wrong.</p>\n{_filters(lists)}{_anchors(lists)}"
        f'<div class="list">\n{blocks}<p class="cnt muted small">of {counted(len(report.sentences), "sentence")} '
        f"shown.</p></div></section>\n"
    )


def _filters(lists: Lists) -> str:
    kinds = [("all", "all")]
    kinds += [(letter, f"{name} {lists.shown[letter]:,}") for letter, name in KINDS.values() if lists.shown[letter]]
    labels = [("all", "all"), *((f"l{number}", label) for number, label in _offered(lists))]
    return f'<div class="filters noprint">{radios("Kind", "k", kinds)}{radios("Label", "l", labels)}</div>\n'


def radios(legend: str, name: str, values: Sequence[tuple[str, str]]) -> str:
    """Return radio buttons, the one of the value ``all`` checked; ``values``: each with what stands beside it."""
    buttons = " ".join(
        f'<label class="rb"><input type="radio" name="{name}" id="{name}-{value}"'
        f"{' checked' if value == 'all' else ''}>{in_html(shown)}</label>"
        for value, shown in values
    )
    return f"<fieldset><legend>{legend}</legend>{buttons}</fieldset>\n"


def _anchors(lists: Lists) -> str:
    """Return what links lead to: it says which list is shown, and leads back to all."""
    return "".join(
        f'<div class="anchor" id="f-{name}"><span class="tag info">Shown: {in_html(_said(name, error))}, '
        f'{lists.shown[name]:,} here.</span> <a href="#errors">Show all</a></div>\n'
        for name, error in _targets(lists).items()
    )


def _targets(lists: Lists) -> dict[str, Error]:
    """Return what links lead to, with an error of each."""
    return {name: error for errors in lists.errors for error in errors for name in lists.targets(error)}


def _said(name: str, error: Error) -> str:
    if name[0] == "c":
        return f"gold {error.gold}, predicted {error.predicted}"
    return f"{KINDS[error.kind][1]}, {error.gold or error.predicted}"


def _block(sentence: Sentence, lists: Lists, number: int) -> str:
    found = Counter(lists.errors[number - 1])
    classes = dict.fromkeys(name for error in found for name in lists.classes(error))
    chips = "".join(
        f'<span class="tag error {" ".join(lists.targets(error))}">'
        f"{in_html(error.shown)}{f' ×{count:,}' if count > 1 else ''}</span>"
        for error, count in found.items()
    )
    flags = dict.fromkeys(code for span in sentence.gold if span.kind != "correct" for code in span.flags)
    flagged = f'<span class="tag warning">⚑ lint reports the gold: {in_html(", ".join(flags))}</span>' if flags else ""
    where = in_html(sentence.where or sentence.document)
    return (
        f'<article class="s {" ".join(classes)}" id="s{number}"><header>'
        f'<a class="mono small" href="#s{number}">{where}</a>{chips}'
        f"{flagged}</header>{line(sentence)}</article>\n"
    )


def line(sentence: Sentence) -> str:
    """Return the text of a sentence, the gold above it and the predictions below."""
    above = [gold_bar(span, span.kind == "correct") for span in sentence.gold]
    above += [
        Bar(span.start, span.end, "none", "gold", "no d") for span in sentence.predicted if span.kind == "spurious"
    ]
    below = [predicted_bar(span) for span in sentence.predicted]
    below += [missed_bar(span.start, span.end) for span in sentence.gold if span.kind == "missed"]
    shown = interlinear(sentence.text, above, below)
    before, after = ("… " if cut else "" for cut in (sentence.cut_before, sentence.cut_after))
    return shown.replace(">", f">{before}", 1).removesuffix("</p>") + f"{' ' if after else ''}{after.strip()}</p>"


def gold_bar(span: SentenceSpan, right: bool) -> Bar:
    """Return the bar of a gold span; that of one that is matched is quiet."""
    return Bar(span.start, span.end, span.label, "gold", f"{look(span.label)}{' k' if right else ''}", wrong=not right)


def predicted_bar(span: SentenceSpan, side: str = "predicted", mark: str = "") -> Bar:
    """Return the bar of a predicted span: a cross stands before the label of a wrong one, its score behind."""
    right = span.kind == "correct"
    label = span.label if span.score is None else f"{span.label} {span.score:.2f}"
    css = f"{look(span.label)} {'k' if right else 'no'}"
    return Bar(span.start, span.end, label, side, css, f"{mark}{'' if right else '✕ '}", not right)


def missed_bar(start: int, end: int, side: str = "predicted", mark: str = "") -> Bar:
    """Return the bar that stands where the predictions have nothing."""
    return Bar(start, end, "missed", side, "no d", f"{mark}✕ ", True)
