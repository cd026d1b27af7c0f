"""Files against their schemas and all that reading them checks; rules against rules; and what looks forgotten.

Nothing is matched or judged: what is wrong here is the input, never the facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from checker import document, hedges, load, quote, rule, table, vocabulary
from checker.document import Document
from checker.model import Fact, InputError, InputErrors, Location, Rule, Source, Vocabulary
from checker.record import NamedTuple
from checker.template import Template, columns

FEW_WORDS = 12  # a quote of more is no fragment any more
NAMED = 3  # as many facts as a note names
_RULES = re.compile(rb"^(rules|[\"']rules[\"']):", re.MULTILINE)

Read = TypeVar("Read")


class Look(NamedTuple):
    """What to look at; with ``only``, notes are given for these files and directories alone (resolved)."""

    facts: tuple[Path, ...]
    rules: tuple[Path, ...] = ()
    settings: Path | None = None
    sources: Path | None = None
    hedges: Path | None = None
    only: tuple[Path, ...] = ()


class Note(NamedTuple):
    """Something that is no error, and worth a look.

    A ``warning`` where a rule cannot be meant as it is written, and for who asks, ``undecided`` where
    that is not known of a rule.
    """

    location: Location
    message: str
    severity: str = "note"


class Looked(NamedTuple):
    """What was looked at, what is wrong, and what is worth a look."""

    files: int
    facts: int = 0
    rules: int = 0
    errors: tuple[InputError, ...] = ()
    notes: tuple[Note, ...] = ()


def sorted_out(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The rules files among all files of these paths, and the other files."""
    files = load.yaml_files(list(paths))
    rules = [path for path in files if _holds_rules(path)]
    return rules, [path for path in files if path not in rules]


def _holds_rules(path: Path) -> bool:
    with suppress(InputErrors):  # said when it is read
        return _RULES.search(document.contents(path)) is not None
    return False


def look(asked: Look) -> Looked:
    """Read everything, and say what is wrong with it."""
    errors: list[InputError] = []

    def tried(read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except InputErrors as wrong:
            errors.extend(wrong.errors)
            return None

    own = [path for place in asked.rules for path in rule.files(place)]
    files = len({path.resolve() for path in [*load.yaml_files(asked.facts), *own]}) + (asked.settings is not None)
    profile = tried(lambda: hedges.of(asked.hedges))
    repository = tried(lambda: load.facts(asked.facts, profile))
    rules = tried(lambda: rule.gather([*map(str, asked.rules), rule.SHIPPED]))
    if repository is None or rules is None:
        return Looked(files, errors=InputErrors(errors).errors)
    selected = tried(lambda: rule.select(rules, repository.vocabulary))
    one_each = {fact.source.id: fact for fact in repository.facts if fact.source and fact.quote}
    errors += _of_tables(repository)
    errors += quote.checked(list(one_each.values()), asked.sources)[1]  # that each text is the one that was meant
    mine = [one for one in rules if not one.shipped]
    notes = list(_notes(repository, mine))
    if selected is not None and mine:
        notes += _against_each_other([*mine, *(one for one in selected.rules if one.shipped)], repository.vocabulary)
    notes = sorted((note for note in notes if _is_asked(note.location, asked.only)), key=_place)
    return Looked(files, len(repository.facts), len(mine), InputErrors(errors).errors, tuple(notes))


def _is_asked(location: Location, only: Sequence[Path]) -> bool:
    return not only or any(Path(location.file).resolve().is_relative_to(place) for place in only)


def _place(note: Note) -> tuple[str, int, int, str]:
    return note.location.file, note.location.line or 0, note.location.column or 0, note.message


# ------------------------------------------------------------------------- tables


def _of_tables(repository: load.Repository) -> list[InputError]:
    """What is wrong with mappings, as far as the vocabulary and the first rows of their files tell."""
    if not repository.tables:
        return []
    from checker.engine import head  # noqa: PLC0415  # reads with DuckDB

    errors = head.errors(repository.tables)
    for one in repository.tables:
        for claim in one.claims:
            errors += table.constant_errors(one, claim, None, repository.context)
    return errors


# ------------------------------------------------------------------------- rules against rules


def _against_each_other(rules: Sequence[Rule], names: Vocabulary) -> Iterator[Note]:
    from checker import rulebook  # noqa: PLC0415  # only where there are rules of one's own

    for one in rulebook.remarks(rules, names):
        severity = "note" if one.kind == "follows" else "undecided" if one.kind == "undecided" else "warning"
        part = "where" if one.kind == "never matches" else "require"
        yield Note(one.rule.place(part), one.message, severity)


# ------------------------------------------------------------------------- what looks forgotten


def _notes(repository: load.Repository, rules: Sequence[Rule]) -> Iterator[Note]:
    yield from _unused(repository, rules)
    for source in repository.sources:
        if source.text is None and any(fact.source == source and fact.quote for fact in repository.facts):
            yield Note(source.location, f"source {source.id} names no text: its quotes are not checked")
    yield from _quotes(repository.facts)


def _quotes(facts: Sequence[Fact]) -> Iterator[Note]:
    for fact in facts:
        words = len((fact.quote or "").split())
        if words > FEW_WORDS:
            yield Note(
                fact.location, f"the quote of {_short(fact)} has {words} words: {FEW_WORDS} at most are a fragment"
            )
    without = sorted((fact for fact in facts if fact.quote is None), key=lambda fact: fact.location.file)
    for _, group in groupby(without, key=lambda fact: fact.location.file):
        some = list(group)
        named = ", ".join(map(_short, some[:NAMED])) + (f" and {len(some) - NAMED:,} more" if len(some) > NAMED else "")
        yield Note(some[0].location, f"without a quote: {named}")


def _short(fact: Fact) -> str:
    return fact.id.partition("#")[2]


def _unused(repository: load.Repository, rules: Sequence[Rule]) -> Iterator[Note]:
    """The declared names that no fact uses, nor anything that a fact uses leads to."""
    names = repository.vocabulary
    used = _used(repository.facts, repository.sources, rules, names)
    for section in used:
        used[section] |= _of_rows(repository.tables, section.removesuffix("s"), section, names)
    for read in repository.documents:
        data: Any = read.data
        for section, kept in used.items():
            for name in data.get(section, {}) if isinstance(data, dict) else ():
                if name not in kept:
                    yield Note(_key(read, section, name), f"{section[:-1]} {name} is declared, and no fact uses it")


def _key(read: Document, section: str, name: str) -> Location:
    return read.key_at((section, name))


def _used(
    facts: Sequence[Fact], sources: Sequence[Source], rules: Sequence[Rule], names: Vocabulary
) -> dict[str, set[str]]:
    """The declared keys that facts use, by section."""
    measures = {fact.measure.id for fact in facts} | {one.derive.measure for one in rules if one.derive}
    subjects = {fact.subject for fact in facts}
    asked: dict[str, set[str] | set[str | None]] = {
        "measures": measures | {name for id in measures for name in _above(names, "measures", id)},
        "subjects": subjects | {name for id in subjects for name in _above(names, "subjects", id)},
        "claimants": {fact.claimant for fact in facts} | {source.origin for source in sources},
        "events": {fact.event for fact in facts},
    }
    return {
        section: {key for name in used if name and (key := vocabulary.key(getattr(names, section), name))}
        for section, used in asked.items()
    }


def _of_rows(tables: Sequence[table.Table], field: str, section: str, names: Vocabulary) -> set[str]:
    """The declared keys that rows of tables may use, and all that these lead to."""
    declared = getattr(names, section)
    texts = {one.text for table in tables for claim in table.claims for one in claim.fields if one.path == (field,)}
    keys = {key for key in declared if any(_may_be(key, text, declared) for text in texts)}
    above = {name for key in keys for name in _above(names, section, key)}
    return keys | {key for name in above if (key := vocabulary.key(declared, name))}


def _may_be(key: str, text: Template, declared: Mapping[str, object]) -> bool:
    """Whether a declared name may stand for what a template makes: where both are open, by their ends."""
    fixed = [part if isinstance(part, str) else "" for part in text]
    if not columns(text):
        return vocabulary.key(declared, "".join(fixed)) == key
    begin, end = fixed[0], fixed[-1]
    signs = [at for at, sign in enumerate(key) if sign in "*?[]"]
    if not signs:
        return key.startswith(begin) and key.endswith(end)
    first, last = key[: signs[0]], key[signs[-1] + 1 :]
    return (begin.startswith(first) or first.startswith(begin)) and (end.endswith(last) or last.endswith(end))


def _above(names: Vocabulary, section: str, id: str) -> Iterator[str]:
    """What a name is declared part of, or within, or the total of, through any steps."""
    pending, seen = [id], {id}
    while pending:
        found: Any = vocabulary.find(getattr(names, section), pending.pop())
        for step in ("part_of", "within", "total_of"):
            name = getattr(found, step, None)
            if name is not None and name not in seen:
                seen.add(name)
                pending.append(name)
                yield name
