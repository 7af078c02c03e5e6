"""Invented pages of a news agency about sports, as those of the nineties look, with the labels that they should have.

A team has the name of its town: in rows and headlines it is ORG, in datelines LOC.
"""

from __future__ import annotations

import random
from typing import Final

from nerconv.document import Document, Span

TOWNS: Final = (
    *("Bremsund", "Tavrosk", "Castra", "Dunholm", "Ostrella", "Kirnau", "Velmond", "Pardiso", "Lowick", "Harnesk"),
    *("Port Sable", "San Rovio", "Marlow", "Quenby", "Tirgau", "Nordheim", "Salvia", "Bellmere", "Krasnov", "Ivrea"),
)
_NATIONS: Final = ("Norlund", "Castia", "Belmora", "Tavria", "Ostland", "Merania", "Sardova", "Kelsia")
_FIRST: Final = ("Finn", "Goran", "Idris", "Kai", "Luca", "Mats", "Olaf", "Pavel", "Rui", "Sven", "Tomas", "Vito")
_LAST: Final = (
    "Berg",
    "Silva",
    "Katic",
    "Morrow",
    "Ferri",
    "Lund",
    "Brandt",
    "Orlov",
    "Pinto",
    "Hale",
    "Stein",
    "Voss",
)
SPORTS: Final = ("SOCCER", "CHESS", "TENNIS", "CYCLING", "CRICKET", "HOCKEY")
_DIVISIONS: Final = ("WESTERN", "EASTERN", "CENTRAL", "ATLANTIC", "PACIFIC", "NORTHERN")

#: A piece of a line: text, and the label that it has.
Piece = tuple[str, str]
Line = list[Piece]


def pages(seed: int, number: int = 40) -> list[Document]:
    """Return so many documents, which are the same for the same ``seed``."""
    chance = random.Random(seed)
    kinds = (_results, _standings, _schedule, _race, _report)
    return [_document(f"{chance.choice(kinds).__name__}-{at}", kinds[at % len(kinds)](chance)) for at in range(number)]


def _document(name: str, lines: list[Line]) -> Document:
    text, spans = "", list[Span]()
    for line in lines:
        for piece, label in line:
            if label:
                spans.append(Span(len(text), len(text) + len(piece), label))
            text += piece + " "
        text += "\n"
    return Document(name, text, tuple(spans))


def _person(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def _head(chance: random.Random, sport: str, *words: Piece) -> list[Line]:
    town = chance.choice(TOWNS).upper()
    return [[(sport, ""), ("-", ""), *words, (".", "")], [(town, "LOC"), (f"1996-{chance.randint(1, 12):02}-06", "")]]


def _results(chance: random.Random) -> list[Line]:
    nation, sport = chance.choice(_NATIONS), chance.choice(SPORTS)
    nations = chance.random() < 0.3
    names, label = (_NATIONS, "LOC") if nations else (TOWNS, "ORG")
    lines = _head(chance, sport, (nation.upper(), "LOC"), ("LEAGUE RESULTS", ""))
    lines.append([("Results of matches in the", ""), (nation, "LOC"), ("league on Sunday :", "")])
    for one, other in zip(*[iter(chance.sample(names, 8))] * 2, strict=True):
        lines.append([(one, label), (str(chance.randint(0, 5)), ""), (other, label), (str(chance.randint(0, 5)), "")])
    return lines


def _standings(chance: random.Random) -> list[Line]:
    lines = _head(chance, chance.choice(SPORTS), ("STANDINGS AFTER THURSDAY 'S GAMES", ""))
    lines.append([("Standings after games played on Thursday ( tabulate under won , lost , percentage ) :", "")])
    towns = chance.sample(TOWNS, 10)
    for division in chance.sample(_DIVISIONS, 2):
        lines += [[(f"{division} DIVISION", "")], [("W L PCT", "")]]
        for _ in range(5):
            row = f"{chance.randint(1, 30)} {chance.randint(1, 30)} .{chance.randint(100, 999)}"
            lines.append([(towns.pop().upper(), "ORG"), (row, "")])
    return lines


def _schedule(chance: random.Random) -> list[Line]:
    lines = _standings(chance)
    day = chance.choice(("FRIDAY", "SATURDAY", "SUNDAY"))
    lines.append([(f"{day} , DECEMBER 6 SCHEDULE", "")])
    teams = chance.sample([piece for line in lines for piece, label in line if label == "ORG"], 8)
    lines += [[(one, "ORG"), ("AT", ""), (other, "ORG")] for one, other in zip(*[iter(teams)] * 2, strict=True)]
    return lines


def _race(chance: random.Random) -> list[Line]:
    lines = _head(chance, "CYCLING", (_person(chance).upper(), "PER"), ("WINS AGAIN", ""))
    lines.append([("Leading results of the race on Saturday :", "")])
    for place in range(1, 9):
        time = f"1:{chance.randint(0, 59):02}.{chance.randint(0, 9)}"
        name, nation = _person(chance), chance.choice(_NATIONS)
        lines.append([(f"{place}.", ""), (name, "PER"), ("(", ""), (nation, "LOC"), (f") {time}", "")])
    return lines


def _report(chance: random.Random) -> list[Line]:
    one, other = chance.sample(TOWNS, 2)
    sport, person = chance.choice(SPORTS), _person(chance)
    lines = _head(chance, sport, (one.upper(), "ORG"), ("GET LUCKY WIN", ""))
    for _ in range(chance.randint(3, 6)):
        lines.append(
            chance.choice(
                [
                    [(person, "PER"), ("scored as", ""), (one, "ORG"), ("beat", ""), (other, "ORG"), ("late .", "")],
                    [
                        ("The", ""),
                        (f"{sport.lower()} season in", ""),
                        (chance.choice(TOWNS), "LOC"),
                        ("is long .", ""),
                    ],
                    [("He met", ""), (_person(chance), "PER"), ("in", ""), (chance.choice(_NATIONS), "LOC"), (".", "")],
                    [(f"Fans of {sport.lower()} left early ; {sport.lower()} is hard .", "")],
                ]
            )
        )
    return lines
