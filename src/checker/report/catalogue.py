"""The rules as a table: what each asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.model import Rule
from checker.report import clean, columns


def render(rules: Iterable[Rule], width: int) -> str:
    """A line for each rule, in order of file and line: its id, its severity, and what must hold."""
    ordered = sorted(rules, key=lambda rule: (rule.location.file, rule.location.line or 0))
    heads = [(clean.text(rule.id), rule.severity) for rule in ordered]
    room = width - sum(max((columns.width(head[at]) for head in heads), default=0) + len(columns.GAP) for at in (0, 1))
    rows = [row for rule, head in zip(ordered, heads, strict=True) for row in _rows(rule, head, max(room, 24))]
    return "\n".join([*columns.align(rows), ""]) if rows else "no rules\n"


def _rows(rule: Rule, head: tuple[str, str], room: int) -> Iterator[tuple[str, str, str]]:
    for line in columns.wrap(clean.text(rule.title or rule.why), room):
        yield *head, line
        head = "", ""
