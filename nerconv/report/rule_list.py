"""The lint rules as a list: code, name, on or off, how safe the fixes are, and what each finds."""

from __future__ import annotations

from nerconv.linting.rules import RULES, brief
from nerconv.printable import counted
from nerconv.terminal import Layout, Piece, cut, line


def listed(layout: Layout) -> str:
    """Return a line for each rule, cut at the width of the layout, and how many are on."""
    width = max(len(rule.name) for rule in RULES.values())
    head = f"code  {'name':<{width}}  default  fix     "
    lines = [line([Piece(f"{head}what it finds", "dim")], layout)]
    for code, rule in RULES.items():
        state = Piece("on       ", "good") if rule.default else Piece("off      ", "dim")
        fix = Piece(f"{rule.fix:<6}  ")
        about = Piece(cut(brief(code), layout.width - len(head)))
        lines.append(line([Piece(code, "bold"), Piece(f"  {rule.name:<{width}}  "), state, fix, about], layout))
    on = sum(rule.default for rule in RULES.values())
    lines.append(
        line([Piece(f"{counted(len(RULES), 'rule')}, {on:,} on by default; nerconv rule CODE explains one")], layout)
    )
    return "".join(lines)
