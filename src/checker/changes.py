"""Which facts and rules say something else than in an earlier commit, by content and not by lines.

What was there is read as what is there now, and the two are compared as read: what was only moved,
renamed or written in another form has not changed. What is declared of a name, or how a hedge is
understood, changes the facts that it bears on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TypeVar

from checker import fact as reading
from checker import finding, git, hedges, load, rule, table, vocabulary
from checker.model import (
    FIGURE,
    Fact,
    Finding,
    InputError,
    InputErrors,
    Location,
    Measure,
    Rule,
    Source,
    Subject,
    Vocabulary,
)
from checker.record import NamedTuple
from checker.table import Table
from checker.vocabulary import EMPTY

_NOWHERE = Location("")
_SUFFIXES = (".yaml", ".yml")
MOST = 2**24  # bytes of a table of then that is read again, so that rows are compared

Declared = TypeVar("Declared", Measure, Subject)


class Places(NamedTuple):
    """Where facts, rules and the profile of hedges are read from."""

    facts: tuple[Path, ...]
    rules: tuple[str, ...]
    hedges: Path | None


class State(NamedTuple):
    """What was read: facts before their quotes are checked, names, and the rules that apply."""

    facts: tuple[Fact, ...]
    names: Vocabulary
    rules: tuple[Rule, ...]
    tables: tuple[Table, ...] = ()
    context: reading.Context = reading.Context(EMPTY)  # in which the rows of tables are read


class Changes(NamedTuple):
    """The ids of what is new or says something else, and a line on it for the reader.

    Rows of tables are looked at where a finding rests on them: ``tables`` has, by the id of the source, the facts of
    then of each table that changed; None where all of it counts as changed.
    """

    facts: frozenset[str]
    rules: frozenset[str]
    note: str
    tables: Mapping[str, Mapping[str, Fact] | None] = MappingProxyType({})
    names: tuple[Vocabulary, Vocabulary] = (EMPTY, EMPTY)  # of then and now

    def touch(self, found: Finding) -> bool:
        """Whether a finding rests on anything that changed; one on a source's text, on any fact of that source."""
        rules = {found.rule, *(found.conflict.rules if found.conflict else ())}
        return not self.rules.isdisjoint(rules) or any(self._reach(cited.fact) for cited in found.facts)

    def _reach(self, fact: Fact) -> bool:
        if fact.measure.id == FIGURE and fact.source is not None:
            return any(id.startswith(f"{fact.source.id}#") for id in self.facts)
        if fact.derivation is None:
            return fact.id in self.facts if fact.location.row is None else self._is_row_changed(fact)
        return fact.derivation.rule in self.rules or any(map(self._reach, fact.derivation.facts))

    def _is_row_changed(self, fact: Fact) -> bool:
        before, now = (list(_declared(fact, names)) for names in self.names)
        source = fact.source.id if fact.source else ""
        if before != now or source not in self.tables:
            return before != now
        then = (self.tables[source] or {}).get(fact.id)
        return then is None or _told(then) != _told(fact)


def since(ref: str, places: Places, now: State) -> Changes:
    """What changed since the commit that ``ref`` names, whether committed or not.

    Raises ``InputErrors`` where there is no such commit, or facts are in no repository of git. What
    is read from outside the repository counts as it is now. Where the files of that commit cannot be
    read, all that there is counts as changed.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # most runs compare nothing

    try:
        top = git.root(_directory(places.facts[0]))
        commit = git.commit(top, ref)
        _refuse_outside(top, places.facts)
        with TemporaryDirectory(prefix="checker-") as place:
            old = _Old(top, Path(place))
            old.write(commit, places, now.tables)
            before = _before(places, old.then)
            tables = old.tables(before, now) if before is not None else {}
    except git.GitError as error:
        raise _wrong(f"--changed {ref}: {error}", "a commit of the repository of git that the facts are in") from None
    return _compared(ref, before, now, tables)


def _compared(ref: str, before: State | None, now: State, tables: Mapping[str, Mapping[str, Fact] | None]) -> Changes:
    if before is None:
        note = f"what is in {ref} cannot be read: all counts as changed"
        whole = dict.fromkeys(one.source.id for one in now.tables)
        return Changes(frozenset(fact.id for fact in now.facts), frozenset(one.id for one in now.rules), note, whole)
    facts = _changed(_facts(before), _facts(now))
    rules = _changed(_rules(before), _rules(now))
    note = f"facts changed since {ref}: {len(facts)}, rules: {len(rules)}"
    listed = [f"{id} (all its rows count)" if rows is None else id for id, rows in tables.items()]
    note += f", tables: {', '.join(listed)}" if listed else ""
    return Changes(facts, rules, note, tables, (before.names, now.names))


def _changed(before: Mapping[str, object], now: Mapping[str, object]) -> frozenset[str]:
    return frozenset(id for id, told in now.items() if id not in before or before[id] != told)


def _wrong(message: str, expected: str, place: Path | None = None) -> InputErrors:
    return InputErrors([InputError(Location(load.shown(place or Path.cwd())), message, expected)])


# ------------------------------------------------------------------------- what was there


def _directory(path: Path) -> Path:
    there = path.resolve()
    return there if there.is_dir() else there.parent


def _refuse_outside(top: Path, paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.resolve().is_relative_to(top):
            raise _wrong("this is outside the repository of git", f"a path below {load.shown(top)}", path)


class _Old:
    """Files of an earlier commit, in a directory of their own."""

    def __init__(self, top: Path, place: Path) -> None:
        self._top = top
        self._place = place
        self._tabular: dict[Path, git.File] = {}

    def then(self, path: Path) -> Path:
        """Where what is at ``path`` now was written to; outside the repository, ``path`` itself."""
        here = path.resolve()
        return self._place / here.relative_to(self._top) if here.is_relative_to(self._top) else path

    def write(self, commit: str, places: Places, tables: Sequence[Table]) -> None:
        """Write what a run would read of a commit; tables are empty, until their rows are asked for."""
        roots = [*places.facts, *map(_home, places.rules), *([places.hedges] if places.hedges else [])]
        below = [path.resolve().relative_to(self._top) for path in roots if path.resolve().is_relative_to(self._top)]
        every = git.files(self._top, commit)
        self._write([file for file in every if is_wanted(file.path, below)])
        self._tabular = {self._place / file.path: file for file in every if is_table(file.path)}
        for path in {*self._tabular, *(self.then(file) for one in tables for file in one.files)}:
            if path.is_relative_to(self._place) and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()

    def _write(self, files: Sequence[git.File]) -> None:
        for file, content in zip(files, git.contents(self._top, files), strict=True):
            path = self._place / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def tables(self, before: State, now: State) -> dict[str, Mapping[str, Fact] | None]:
        """The tables that changed, by the id of their source, with their facts of then where they can be had."""
        then = {one.source.id: one for one in before.tables}
        whole = before.context.profile != now.context.profile  # what hedges mean changed
        changed = [one for one in now.tables if whole or not self._is_same(then.get(one.source.id), one)]
        return {one.source.id: self._facts(then.get(one.source.id), before.context) for one in changed}

    def _is_same(self, then: Table | None, now: Table) -> bool:
        """Whether a table is as it was: its mapping, and the content of its files."""
        if then is None or _mapped(then) != _mapped(now) or list(then.files) != [self.then(file) for file in now.files]:
            return False
        known = [self._tabular.get(file) for file in then.files]
        return [one and one.content for one in known] == git.ids(self._top, [file.resolve() for file in now.files])

    def _facts(self, then: Table | None, context: reading.Context) -> Mapping[str, Fact] | None:
        """The facts of a table of then, where git has all of it and it is not large."""
        files = [file for path in (then.files if then else ()) if (file := self._tabular.get(path)) is not None]
        if then is None or len(files) < len(then.files) or git.size(self._top, files) > MOST:
            return None
        from checker.engine import tabular  # noqa: PLC0415  # reads with DuckDB

        self._write(files)
        try:
            return {fact.id: fact for fact in tabular.read([then], context, keep_going=True).facts}
        except InputErrors:
            return None


def _mapped(one: Table) -> tuple[object, ...]:
    """All that a mapping says, but for where."""
    claims = [claim.fields for claim in one.claims]
    return _sourced(one.source), one.format, claims, one.missing, one.unknown, one.decimals, one.separator


def is_table(path: str) -> bool:
    """Whether a file may be one of a table, and it may be written."""
    file = PurePath(path)
    return file.name.lower().endswith(tuple(table.FORMATS)) and not (file.is_absolute() or ".." in file.parts)


def is_wanted(path: str, below: Sequence[PurePath]) -> bool:
    """Whether a run that reads what is ``below`` would read the file, and it may be written."""
    file = PurePath(path)
    if file.is_absolute() or ".." in file.parts:  # git makes none, but a repository made by hand may hold it
        return False
    return any(file == one or (file.suffix in _SUFFIXES and file.is_relative_to(one)) for one in below)


def _home(place: str) -> Path:
    return rule.shipped() if place == rule.SHIPPED else Path(place)


def _before(places: Places, then: Callable[[Path], Path]) -> State | None:
    """What was said; None where it cannot be read."""
    try:
        own = then(places.hedges) if places.hedges else None
        profile = hedges.of(own if own and own.exists() else None)
        there = [path for path in map(then, places.facts) if path.exists()]
        repository = load.facts(there, profile)
        rules = rule.select(_gathered(places.rules, then), repository.vocabulary).rules
    except InputErrors:
        return None
    return State(repository.facts, repository.vocabulary, rules, repository.tables, repository.context)


def _gathered(places: Sequence[str], then: Callable[[Path], Path]) -> list[Rule]:
    """All rules that there were, each once, under the first place that holds it."""
    found: dict[Location, Rule] = {}
    for place in places:
        home = then(_home(place))
        for one in rule.gather([str(home)]) if home.exists() else ():
            found.setdefault(one.location, one._replace(shipped=place == rule.SHIPPED))
    return list(found.values())


# ------------------------------------------------------------------------- what is compared


def _rules(state: State) -> dict[str, object]:
    return {one.id: (finding.meaning(one), one.severity, one.across) for one in state.rules}


def _facts(state: State) -> dict[str, object]:
    return {fact.id: (_told(fact), *_declared(fact, state.names)) for fact in state.facts}


def _told(fact: Fact) -> Fact:
    """A fact without its place, and without what of its source no rule and no check reads."""
    return fact._replace(location=_NOWHERE, source=fact.source and _sourced(fact.source))


def _sourced(source: Source) -> Source:
    return source._replace(location=_NOWHERE, title=None, url=None, retrieved=None, ignored=())


def _declared(fact: Fact, names: Vocabulary) -> Iterator[object]:
    """All that is declared of the names in a fact."""
    yield list(_chain(names.subjects, fact.subject, "part_of"))
    yield list(_chain(names.measures, fact.measure.id, "within"))
    yield [vocabulary.find(names.dimensions, name) for name, _ in fact.dimensions]
    if fact.measure.type == "text":
        yield names.names


def _chain(mapping: Mapping[str, Declared], id: str, step: str) -> Iterator[Declared | None]:
    """The entry of a name, and of all that it is part of."""
    seen: set[str] = set()
    following: str | None = id
    while following is not None and following not in seen:
        seen.add(following)
        entry = vocabulary.find(mapping, following)
        yield entry
        following = getattr(entry, step, None)
