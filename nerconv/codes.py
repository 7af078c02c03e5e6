"""The codes of what readers and converters report: one table, stable, never reused.

Lint rules keep their own headers (``nerconv.linting``); their codes share this name space.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from nerconv.document import Finding

#: How much a finding weighs, the most severe first.
SEVERITIES: Final = ("error", "warning", "info")


class Code(NamedTuple):
    """One kind of finding.

    ``severity`` is one of SEVERITIES. ``loses`` says that something of the input is left out of the
    output because of it, without having been asked for: such a finding gives exit status 1.
    """

    code: str
    name: str
    severity: str
    finds: str
    advice: str
    loses: bool = False


_TABLE = (
    Code(
        "F001",
        "unclosed-bracket",
        "error",
        "An opening bracket with a label that no bracket closes on its line, or, in a file with annotations, a closing "
        "bracket that closes nothing.",
        "Close or remove the bracket. The text stays as it stands, brackets included. An opening bracket, and a "
        "closing one after two spaces, is a lost span.",
    ),
    Code(
        "F002",
        "unknown-label",
        "error",
        "A bracket whose label is not known, though one that is likely is meant: it is spelt otherwise.",
        "Correct the label, name the labels of the file with --labels, or accept every one with --labels any.",
        loses=True,
    ),
    Code(
        "F003",
        "empty-span",
        "error",
        "A bracket pair with a label and no text.",
        "Remove it. It leaves the text, since nothing stands inside.",
        loses=True,
    ),
    Code(
        "F004",
        "nested-or-overlapping",
        "warning",
        "A span inside another.",
        "Both stay spans; a target that holds flat spans only reports the one that it loses.",
    ),
    Code(
        "F005",
        "invalid-transition",
        "error",
        "A tag that may not follow the one before it in the tag scheme of the file, or that is not spelt as a tag.",
        "Correct the tag; one in the wrong place can be read by a repair: --invalid lenient (as conlleval does) or "
        "--invalid discard (in evaluate --gold-invalid for the gold). A misspelt one cannot.",
        loses=True,
    ),
    Code(
        "F006",
        "misaligned-span",
        "error",
        "A span whose edge lies inside a token of the target, which can therefore not hold it.",
        "In untokenised text split punctuation off with --cut-tokens, or give a DocBin the tokens of spaCy with "
        "--tokens spacy; an edge inside a word is likely a slip: move it.",
        loses=True,
    ),
    Code(
        "F007",
        "read-as-text",
        "info",
        "Text that looks like an annotation and is read as text: too little shows that it is one, or it was accepted.",
        "Nothing to do when it is prose. Name its label with --labels when it is not.",
    ),
    Code(
        "F008",
        "mark-inside-span",
        "warning",
        "Markup inside a span.",
        "Check that the span is meant to run across it.",
    ),
    Code(
        "F009",
        "cross-line-span",
        "error",
        "A bracket that is opened on one line and closed on a later one.",
        "Join the lines, or annotate each part. The text stays as it stands, brackets included.",
        loses=True,
    ),
    Code(
        "F010",
        "ambiguous-dialect",
        "error",
        "A file that can be read in two ways that differ, by the dialect of its brackets or the scheme of its tags.",
        "Choose with --dialect or --read-scheme; the file is not read until then.",
        loses=True,
    ),
    Code(
        "F011",
        "ragged-row",
        "error",
        "A row with another number of columns than the rows around it.",
        "Correct the row; its sentence is left out.",
        loses=True,
    ),
    Code(
        "F012",
        "bad-record",
        "error",
        "A record that does not hold what its format asks for.",
        "Correct the record; it is left out.",
        loses=True,
    ),
    Code(
        "F013",
        "undecodable-bytes",
        "error",
        "Bytes that are not text in the encoding of the file.",
        "Name the encoding with --encoding, for example cp1252. Each such run is read as U+FFFD.",
        loses=True,
    ),
    Code(
        "F014",
        "unreadable-input",
        "error",
        "An input that could not be opened, or is not of the format it is read as.",
        "See the message; nothing was read from it.",
        loses=True,
    ),
    Code(
        "F015",
        "trimmed-span",
        "warning",
        "A span with white space at an edge: of a record, or, with a no-break space or the like, written to a DocBin.",
        "Nothing to do: it is read, or written, without the white space; so is a span whose own text has other white "
        "space.",
    ),
    Code(
        "F016",
        "unused-label-option",
        "warning",
        "A label named by --map or --drop that no span has.",
        "Correct its spelling, or leave the option out.",
    ),
    Code(
        "F017",
        "unrecognised-notation",
        "error",
        "Annotation that is not read: in a notation of no dialect, such as `x [LOC]` or `x/B-PER`, in another "
        "dialect than the rest of the file, or brackets with labels that are not known; one finding for each.",
        "Read the file in another --dialect, name the labels with --labels, write the annotations as the finding says, "
        "or accept them as text with --accept-unrecognised.",
        loses=True,
    ),
    Code(
        "F018",
        "unlisted-label",
        "warning",
        "A span with a label that --labels does not name, where two spaces prove that it is one.",
        "Correct the label, or name it with --labels. The span stays.",
    ),
    Code(
        "F019",
        "annotation-not-read",
        "error",
        "Annotation that stands where it is not read: under other keys of a record, in a list that is the whole file.",
        "See the message for the key, and write the spans where they are read. Till then they count as lost.",
        loses=True,
    ),
    Code(
        "F020",
        "rejected-record",
        "info",
        "A record that a person looked at and did not accept: its answer is reject or ignore.",
        "Nothing to do: it is left out, since nobody says that its spans are right. They are listed in the ledger.",
    ),
    Code(
        "F021",
        "wrong-offsets",
        "error",
        "A span of a record whose offsets do not fit what it says of itself: its own text, its tokens, edges of words.",
        "Correct the offsets; they count code points. The message names the unit that they seem to count.",
    ),
    Code(
        "F022",
        "column-layout",
        "error",
        "A column file whose columns speak against the first one as tokens and the last one as tags: numbers, tags in "
        "another column or in several.",
        "Name the columns with --token-column and --tag-column; the file is not read until then.",
        loses=True,
    ),
    Code(
        "F023",
        "discarded-span",
        "warning",
        "A span that is not read because its tags break the tag scheme and --invalid discard was asked for.",
        "Correct the tags, or keep such spans with --invalid lenient.",
        loses=True,
    ),
    Code(
        "F025",
        "other-class-labels",
        "warning",
        "A Parquet file beside the one written has other class labels; load_dataset reads both with one list.",
        "Make both in one call with --splits, or take the labels of the first with --labels-from.",
    ),
    Code(
        "F026",
        "linked-folder",
        "info",
        "A link, in a folder of sources, to a folder that is read already.",
        "Nothing to do: what is in it is read once.",
    ),
    Code(
        "F024",
        "token-with-space",
        "warning",
        "A token of a column file that holds a space, at which tokens end elsewhere.",
        "Nothing to do when its parts are tokens: all of them have its tag.",
    ),
    Code(
        "F027",
        "sentence-in-two-parts",
        "warning",
        "Sentences of one part of a split that are in another as well, word for word or but for case, numbers and "
        "punctuation.",
        "Keep what belongs together in one part: take the sentences out of one of them, or split larger documents.",
    ),
    Code(
        "F028",
        "label-missing-in-part",
        "warning",
        "A label that has spans in one part of a split and none in another.",
        "Spread the labels with --balance labels, collect more, or map the label to another.",
    ),
    Code(
        "F029",
        "span-not-placed",
        "warning",
        "A span of an annotated text that has no place in the original, or none that is as sure as was asked for.",
        "Look it up in the file of --placements and annotate the original there; --min-status fuzzy takes edited ones.",
        loses=True,
    ),
    Code(
        "F030",
        "no-original",
        "error",
        "An annotated document that belongs to none of the originals.",
        "Give the original, or say with --pair how documents and originals are matched.",
        loses=True,
    ),
    Code(
        "F031",
        "crossing-marks",
        "error",
        "A mark that begins an annotation, and another one where it should end: marks of two annotations cross, or the "
        "closing one has another label.",
        "Correct the marks. They are read as text.",
    ),
    Code(
        "N001",
        "unused-suppression",
        "warning",
        "An ignore comment, or a line of an ignore file, that nothing is flagged for.",
        "Take it out.",
    ),
    Code(
        "N002",
        "skipped-rule",
        "warning",
        "A rule that was asked for by name and has nothing to work on.",
        "Give it what the message names, or leave it out of --select.",
    ),
    Code(
        "K001",
        "label-dropped",
        "info",
        "A span left out because its label was to be dropped.",
        "It was asked for with --drop.",
    ),
    Code(
        "K002",
        "nested-dropped",
        "warning",
        "A span left out because it shares text with another and the target holds flat spans only.",
        "Choose which to keep with --nested outer or inner, or a target that holds nested spans.",
        loses=True,
    ),
    Code(
        "K003",
        "cut-by-boundary",
        "warning",
        "A span left out because it runs across a document, paragraph or sentence boundary.",
        "Choose a larger --unit, or correct the boundary.",
        loses=True,
    ),
    Code(
        "K004",
        "adjacent-merged",
        "warning",
        "Two touching spans of one label that the tag scheme can only write as one.",
        "Choose a scheme that separates them, for example IOB2.",
        loses=True,
    ),
    Code(
        "K005",
        "duplicate-span",
        "warning",
        "A second span with the same edges and label.",
        "Remove one of the two; one is written.",
        loses=True,
    ),
    Code(
        "K006",
        "nested-not-asked",
        "info",
        "A span left out because it shares text with another and --nested names the other.",
        "It was asked for with --nested.",
    ),
    Code(
        "K007",
        "flagged-dropped",
        "info",
        "A span left out because a lint rule flags it.",
        "It was asked for with --lint drop; choose the rules with --lint-select, or ignore the finding in the text.",
    ),
    Code(
        "K008",
        "redacted-dropped",
        "info",
        "A span left out because it masks a name, or because its sentence holds masking text.",
        "It was asked for with --redactions.",
    ),
    Code(
        "K009",
        "label-not-spelt",
        "warning",
        "A span left out because the target cannot spell its label, such as one with a space or a bracket.",
        "Give it another label with --map.",
        loses=True,
    ),
    Code(
        "K010",
        "crossing-dropped",
        "warning",
        "A span left out because it begins in another and ends behind it, which marks within a text cannot show.",
        "Correct one of the two, or choose a target that holds offsets, such as spans JSONL.",
        loses=True,
    ),
)

CODES = {row.code: row for row in _TABLE}


#: Left out because a person rejected it.
_REJECTED: Final = ("F020",)


def costs(finding: Finding) -> bool:
    """Whether something of the input is left out because of a finding, without having been asked for."""
    return CODES[finding.code].loses or (bool(finding.unread) and finding.code not in _REJECTED)


def exit_code(findings: Iterable[Finding], strict: bool) -> int:
    """Return how a command ends that has ``findings``: 3 when an input could not be read, 1 on losses, else 0.

    Under ``strict`` every error and warning gives exit status 1.
    """
    worst = 0
    for finding in findings:
        if finding.code == "F014":
            return 3
        worst |= costs(finding) or (strict and CODES[finding.code].severity != "info")
    return int(worst)
