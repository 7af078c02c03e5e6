"""What the tests of pages show: reports with many labels, and texts that are hard to lay out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from scoring import evaluate

from nerconv.document import Document, Span, Where
from nerconv.evaluation.gates import Floor, GateOptions, gated
from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.run import Context, EvaluateOptions

CONLL = ["LOC", "MISC", "ORG", "PER"]
ONTONOTES = [
    *("CARDINAL", "DATE", "EVENT", "FAC", "GPE", "LANGUAGE", "LAW", "LOC", "MONEY", "NORP", "ORDINAL", "ORG"),
    *("PERCENT", "PERSON", "PRODUCT", "QUANTITY", "TIME", "WORK_OF_ART"),
]
_NAMES = ["Stellan Moravec", "Northwind Rail", "Ardal Pass", "Union of Dockers", "Coast Guard", "Green Crane Award"]
_WORDS = [
    *("the", "minister", "said", "that", "officials", "met", "with", "in", "on", "about", "trade", "fish", "quay"),
    *("harbour", "company", "union"),
]
_LONG = (
    "Committee for the Study of the Long Names of the Offices of the Government of the Free Hanseatic City of Bremen "
    "and of its Harbour and Custom House Quays"
)
Pair = tuple[Document, Document]
#: By name a text, and the spans of the gold and of the predictions by their text and label.
HARD = {
    "nested": (
        "Readers of the Skopje Evening Ledger Office wrote to Matteo Ismatli yesterday .",
        "Skopje Evening Ledger Office=ORG|Skopje Evening Ledger=MISC|Skopje=LOC|Matteo Ismatli=PER",
        "Skopje Evening Ledger Office=ORG|Skopje Evening Ledger=ORG|Matteo Ismatli yesterday=PER",
    ),
    "crossing": (
        "The New York Times Square Garden opened .",
        "New York Times=ORG|Times Square Garden=LOC",
        "York Times Square=LOC",
    ),
    "long": (f"He wrote to the {_LONG} in May .", f"{_LONG}=ORG|Bremen=LOC", "Study of the Long Names=ORG"),
    "word": (f"He typed {'X' * 150} once .", f"{'X' * 150}=ORG", "typed=PER"),
    "arabic": (
        "نادر القلاوي زار نادي الميناء الشرقي في رأس المرجان .",
        "نادر القلاوي=PER|نادي الميناء الشرقي=ORG|رأس المرجان=LOC",
        "نادر القلاوي=PER|نادي الميناء الشرقي=LOC|رأس المرجان=LOC",
    ),
    "mixed": ("زار Ministry of Works مدينة رأس المرجان .", "Ministry of Works=ORG|رأس المرجان=LOC", "Works=ORG"),
    "chinese": (
        "東京都知事は国際連合教育科学文化機関の本部を訪問した。",
        "東京都=LOC|国際連合教育科学文化機関=ORG",
        "東京都知事=LOC",
    ),
    "combining": (
        "Cafe\u0301 de la Re\u0301publique\u0308 .",
        "Cafe\u0301 de la Re\u0301publique\u0308=ORG",
        "Re\u0301publique\u0308=LOC",
    ),
    "markup": ('<script>alert(1)</script> met "A&B" \'s <b>boss</b> .', '<script>=ORG|"A&B"=ORG', "alert(1)=PER"),
    "letters": ("A b c d .", "A=MISC|b=PER|c=PER", "A=ORG|d=LOC"),
}


def hard() -> list[Pair]:
    """Return a document of each hard text, gold and predicted."""
    return [(_document(name, text, gold), _document(name, text, said)) for name, (text, gold, said) in HARD.items()]


def _document(name: str, text: str, spans: str) -> Document:
    found = []
    for row in spans.split("|"):
        surface, _, label = row.rpartition("=")
        start = text.index(surface)
        found.append(Span(start, start + len(surface), label, Where(f"{name}.txt", 1, start + 1)))
    return Document(name, text, tuple(found))


def many(count: int, labels: list[str], seed: int = 0, wrong: float = 0.3) -> list[Pair]:
    """Return ``count`` documents of six sentences; a share of the predictions is ``wrong``, by ``seed``."""
    world, draw = Random(7), Random(seed)
    return [_pair(f"cable_{number:03}", labels, world, draw, wrong) for number in range(count)]


def _pair(name: str, labels: list[str], world: Random, draw: Random, wrong: float) -> Pair:
    text, gold, said = "", list[Span](), list[Span]()
    for line in range(6):
        for _ in range(world.randint(4, 9)):
            start = len(text)
            if world.random() > 0.35:
                text += f"{world.choice(_WORDS)} "
                continue
            surface, label = world.choice(_NAMES), world.choice(labels)
            text += f"{surface} "
            end = start + len(surface)
            gold.append(Span(start, end, label, Where(f"cables/{name}.txt", line + 1, 1 + start)))
            at = draw.random()
            if at > 0.7 * wrong:
                edge = start + surface.index(" ") + 1 if at < 0.85 * wrong else start
                said.append(Span(edge, end, label if at < 0.85 * wrong or at > wrong else draw.choice(labels)))
        text += ". \n"
    return Document(name, text, tuple(gold)), Document(name, text, tuple(said))


def report(pairs: list[Pair], gates: bool = True, limit: int = 500) -> EvaluationReport:
    """Return the report on pairs of documents, with gates of which one fails, a baseline, a command and a date."""
    gold, said = zip(*pairs, strict=True)
    context = Context(method={"gold": "cables/", "predictions": "pred.conll"})
    found = evaluate(list(gold), list(said), EvaluateOptions(resamples=50, examples=limit), context)
    floors = [Floor("ORG", 0.99), Floor("micro", 0.3, kind="average"), Floor("LOC", 0.3, "recall")]
    found = gated(found, GateOptions(floors if gates else []), None, 50, 0)
    f1 = {label: score.f1 and score.f1 - 0.02 for label, score in found.labels.items()} if gates else {}
    return replace(found, baseline=f1, command="nerconv evaluate cables/ --predictions pred.conll", date="2026-11-26")
