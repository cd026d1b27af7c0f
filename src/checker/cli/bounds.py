"""``checker bounds``: the tightest interval that all facts and rules leave each quantity."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from checker.cli.terminal import OK, Commands, add_engine, add_rules, command, refuse, width

if TYPE_CHECKING:
    from checker.model import Bound

_ABOUT = """\
For each figure and date, the tightest interval that all facts and all rules of
severity error leave it together, beside what its source states: so one sees
what a missing figure (value: unknown) can be. Exact: both ends are possible.
Only what is known more tightly than it is stated, unless -v."""

_EXAMPLES = """\
examples:
  checker bounds                       of all that the facts here are about
  checker bounds ve-2024-protesters    of one subject
  checker bounds -v --format json      of every quantity, for other programs

exit codes: 0 it was shown, 2 there is no such subject, or the input is wrong
"""

_WHY_NOT = {"contradictory": "nothing: contradictory", "undecided": "undecided"}
_MEANING = {
    "contradictory": "in contradiction with others (checker run says how)",
    "undecided": "undecided (that takes more work than is allowed)",
}


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "bounds", "what all facts and rules leave each figure", _EXAMPLES, _ABOUT)
    parser.add_argument("subject", metavar="SUBJECT", nargs="?", help="the subject whose figures are shown")
    add_rules(parser)
    add_engine(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to write it (default: table)")
    parser.add_argument("-v", "--verbose", action="store_true", help="also what is known no more tightly than stated")
    parser.set_defaults(command=_bounds)


def _bounds(called: argparse.Namespace) -> int:
    from checker import bounds, leeway, project  # noqa: PLC0415  # each command loads what it needs

    every = bounds.bounds(project.call(called))
    asked = _about(every, called.subject) if called.subject is not None else every
    shown = [one for one in asked if called.verbose or one.state != leeway.STATED]
    if called.format == "json":
        sys.stdout.write(json.dumps([_data(one) for one in shown], ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in (*_lines(shown), _last(asked))))
    return OK


def _about(every: Sequence[Bound], subject: str) -> list[Bound]:
    found = [one for one in every if one.fact.subject == subject]
    if not found:
        from checker.document import nearest  # noqa: PLC0415

        near = nearest(subject, {one.fact.subject for one in every})
        refuse(f"no rule speaks of a figure of “{subject[:80]}”" + (f"; did you mean “{near}”?" if near else ""))
    return found


# ------------------------------------------------------------------------- for people


def _lines(shown: Sequence[Bound]) -> Iterator[str]:
    from checker.report import wording  # noqa: PLC0415
    from checker.report.columns import align, wrap  # noqa: PLC0415

    for _, some in groupby(shown, key=lambda one: one.fact.subject):
        group = list(some)
        yield wording.titled(group[0].fact)
        rows = [_row(one) for one in group]
        aligned = align(rows)
        if max(map(len, aligned)) + 2 <= width():
            yield from (f"  {line}" for line in aligned)
        else:
            for row in rows:
                yield from (f"  {line}" for line in wrap("  ".join(filter(None, row)), width() - 2, "  "))
        yield ""


def _row(one: Bound) -> list[str]:
    from checker.report import clean, wording  # noqa: PLC0415

    fact = one.fact
    left = _WHY_NOT[one.state] if one.left is None else wording.span(one.left, fact.measure.type)
    what = [fact.measure.id, *(f"{name} {value}" for name, value in fact.dimensions)]
    return [
        clean.text(", ".join(what)),
        wording.when(fact),
        left,
        f"(stated: {wording.value(fact)})",
        clean.text(fact.id),
    ]


def _last(every: Sequence[Bound]) -> str:
    from checker.report import wording  # noqa: PLC0415

    counted = Counter(one.state for one in every)
    more = "".join(f", {counted[state]:,} {words}" for state, words in _MEANING.items() if counted[state])
    figures = wording.counted(len(every), "figure")
    return f"{figures}: {counted['tighter']:,} known more tightly than stated{more}"


# ------------------------------------------------------------------------- for programs


def _data(one: Bound) -> dict[str, object]:
    from checker.report import json as report  # noqa: PLC0415

    kind = one.fact.measure.type
    return {
        "fact": one.fact.id,
        "subject": one.fact.subject,
        "measure": one.fact.measure.id,
        "state": one.state,
        "text": one.fact.value.text,
        "stated": report.interval(one.stated, kind),
        "left": report.interval(one.left, kind),
    }
