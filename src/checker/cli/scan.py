"""``checker scan``: the figures of an article, what facts cover them, and a draft of a fact file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.terminal import OK, Commands, command, refuse, width, write

if TYPE_CHECKING:
    from checker.article import Article
    from checker.coverage import Covered
    from checker.model import Source

_ABOUT = """\
Reads a text in English or Spanish and lists every number, percentage, amount
of money, duration, date and weekday in it, with the hedge that belongs to it,
what it says and where it stands. Where a fact file here names this text (by
its sha256), also which facts cover it by their quotes, and what none does.
Nothing is guessed and nothing is fetched."""

_EXAMPLES = """\
examples:
  checker scan article.txt                       what figures it holds
  checker scan article.txt --left                those that no fact covers yet
  checker scan article.txt --draft -o facts/article.yaml
  checker scan article.txt --format json         for other programs

A draft has source, quotes and values filled in; subject and measure are for
you, and checker lint names each that is still to be filled in.

exit codes: 0 it was shown, 2 it is no text in UTF-8, or the facts are wrong
"""
_SCHEMA = "checker/scan/v1"


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "scan", "the figures of an article, and which of them facts cover", _EXAMPLES, _ABOUT)
    parser.add_argument("article", metavar="ARTICLE", type=Path, help="a text in UTF-8")
    parser.add_argument("--draft", action="store_true", help="write a fact file of what no fact covers yet")
    parser.add_argument("--left", action="store_true", help="only what no fact covers and nothing ignores")
    parser.add_argument("--language", choices=("en", "es"), help="the language of the text (default: as its words say)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to write it (default: table)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to a new file instead of the terminal")
    parser.set_defaults(command=_scan)


def _scan(called: argparse.Namespace) -> int:
    from checker import article, coverage, project, scan  # noqa: PLC0415  # each command loads what it needs

    if called.draft and called.format == "json":
        refuse("a draft is a fact file: --draft goes without --format json")
    read = article.read(called.article)
    known = project.source_of(read.sha256)
    language = called.language or article.spoken(known.source.language if known.source else None)
    language = language or article.language(read.text)
    figures = scan.figures(read.text, language, known.profile)
    ignored = known.source.ignored if known.source else ()
    covered = coverage.cover(read.text, figures, known.facts, ignored)
    shown = [one for one in covered if one.is_left] if called.draft or called.left else covered
    text = (
        _draft(read, shown, known.source)
        if called.draft
        else _WRITTEN[called.format](read, language, shown, covered, known.source)
    )
    _out(called.output, text)
    return OK


def _out(file: Path | None, text: str) -> None:
    if file is None:
        sys.stdout.write(text)
    elif file.exists():
        refuse(f"{str(file)!r} is there already: a draft overwrites nothing")
    else:
        write(file, text)
        print(f"written: {file}", file=sys.stderr)


def _draft(read: Article, covered: Sequence[Covered], known: Source | None) -> str:
    from checker import draft  # noqa: PLC0415  # only where one is asked for

    return draft.write(read, [one.figure for one in covered], known)


# ------------------------------------------------------------------------- for people


def _table(
    read: Article, language: str, shown: Sequence[Covered], every: Sequence[Covered], known: Source | None
) -> str:
    from checker.report import clean, columns  # noqa: PLC0415

    room = width()
    heads = columns.align([_cells(one) for one in shown])
    widest = max(map(columns.width, heads), default=0)
    heads = [head + " " * (widest - columns.width(head)) for head in heads]
    covering = [_covering(one) if known else "" for one in shown]
    lines = [line for head, words in zip(heads, covering, strict=True) for line in _beside(head, words, room)]
    about = f"{clean.text(read.path.name)}: {_sum(every, known)} · {_LANGUAGES[language]}"
    return "\n".join([*lines, *([""] if lines else []), *columns.wrap(about, room)]) + "\n"


def _beside(head: str, words: str, room: int) -> list[str]:
    """A line and what belongs to it, below it where there is no room beside."""
    from checker.report.columns import wrap  # noqa: PLC0415

    if len(head) + 2 + len(words) <= room:
        return [f"{head}  {words}".rstrip()]
    return [head.rstrip(), *(f"    {line}" for line in (wrap(words, room - 4) if words else ()))]


_LANGUAGES = {"en": "read as English", "es": "read as Spanish"}


def _cells(one: Covered) -> list[str]:
    from checker.report import clean  # noqa: PLC0415

    figure = one.figure
    return [f"{figure.line}:{figure.column}", figure.kind, clean.text(figure.text), _meaning(one)]


def _meaning(one: Covered) -> str:
    """What a figure says, in words; a date in EDTF."""
    from checker import interval, quantity  # noqa: PLC0415
    from checker.report import clean  # noqa: PLC0415

    kind, value = one.figure.kind, one.figure.value
    if kind in ("date", "weekday") or value.literal is None or value.conventional is None:
        return clean.text(value.text)
    broken = kind == "count" and any(end is not None and end.denominator != 1 for end in value.literal[:2])
    said = quantity.show(interval.tighten(value.literal) if broken else value.literal, kind)
    return said if kind == "count" or not said.startswith("exactly ") else said.removeprefix("exactly ")


def _covering(one: Covered) -> str:
    from checker.report import clean  # noqa: PLC0415

    if one.facts:
        return ", ".join(clean.text(id.partition("#")[2]) for id in one.facts)
    return f"ignored: {clean.text(one.ignored.reason)}" if one.ignored else "not covered"


def _sum(every: Sequence[Covered], known: Source | None) -> str:
    from checker.report import clean, wording  # noqa: PLC0415

    figures = wording.counted(len(every), "figure")
    if known is None:
        return f"{figures}; no fact file here names this text"
    covered = sum(bool(one.facts) for one in every)
    left = sum(one.is_left for one in every)
    ignored = len(every) - covered - left
    return f"{figures}: {covered:,} covered by {clean.text(known.id)}, {ignored:,} ignored, {left:,} not covered"


# ------------------------------------------------------------------------- for programs


def _json(
    read: Article, language: str, shown: Sequence[Covered], every: Sequence[Covered], known: Source | None
) -> str:
    from checker.report.json import UNSAFE  # noqa: PLC0415

    told = {
        "schema": _SCHEMA,
        "text": read.path.name,
        "sha256": read.sha256,
        "language": language,
        "source": known.id if known else None,
        "summary": {
            "figures": len(every),
            "covered": sum(bool(one.facts) for one in every),
            "ignored": sum(one.ignored is not None and not one.facts for one in every),
            "left": sum(one.is_left for one in every),
        },
        "figures": [dict(_data(read.text, one)) for one in shown],
    }
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _data(text: str, one: Covered) -> Iterator[tuple[str, object]]:
    from checker.report import json as report  # noqa: PLC0415

    figure = one.figure
    yield from {
        "kind": figure.kind,
        "text": figure.text,
        "number": text[slice(*figure.number)],
        "line": figure.line,
        "column": figure.column,
        "offset": figure.start,
        "sentence": text[slice(*figure.sentence)],
        "value": {
            "text": figure.value.text,
            "literal": report.interval(figure.value.literal, figure.kind),
            "conventional": report.interval(figure.value.conventional, figure.kind),
        },
        "facts": list(one.facts),
        "ignored": one.ignored.reason if one.ignored and not one.facts else None,
    }.items()


_WRITTEN = {"table": _table, "json": _json}
