"""Which facts and rules say something else than in an earlier commit, by content and not by lines.

What was there is read as what is there now, and the two are compared as read: what was only moved,
renamed or written in another form has not changed. What is declared of a name, or how a hedge is
understood, changes the facts that it bears on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple, TypeVar

from checker import finding, git, hedges, load, rule, vocabulary
from checker.model import FIGURE, Fact, Finding, InputError, InputErrors, Location, Measure, Rule, Subject, Vocabulary

_NOWHERE = Location("")
_SUFFIXES = (".yaml", ".yml")

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


class Changes(NamedTuple):
    """The ids of what is new or says something else, and a line on it for the reader."""

    facts: frozenset[str]
    rules: frozenset[str]
    note: str

    def touch(self, found: Finding) -> bool:
        """Whether a finding rests on anything that changed; one on a source's text, on any fact of that source."""
        rules = {found.rule, *(found.conflict.rules if found.conflict else ())}
        return not self.rules.isdisjoint(rules) or any(self._reach(cited.fact) for cited in found.facts)

    def _reach(self, fact: Fact) -> bool:
        if fact.measure.id == FIGURE and fact.source is not None:
            return any(id.startswith(f"{fact.source.id}#") for id in self.facts)
        if fact.derivation is None:
            return fact.id in self.facts
        return fact.derivation.rule in self.rules or any(map(self._reach, fact.derivation.facts))


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
            old.write(commit, places)
            before = _before(places, old.then)
    except git.GitError as error:
        raise _wrong(f"--changed {ref}: {error}", "a commit of the repository of git that the facts are in") from None
    return _compared(ref, before, now)


def _compared(ref: str, before: State | None, now: State) -> Changes:
    if before is None:
        note = f"what is in {ref} cannot be read: all counts as changed"
        return Changes(frozenset(fact.id for fact in now.facts), frozenset(one.id for one in now.rules), note)
    facts = _changed(_facts(before), _facts(now))
    rules = _changed(_rules(before), _rules(now))
    return Changes(facts, rules, f"facts changed since {ref}: {len(facts)}, rules: {len(rules)}")


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

    def then(self, path: Path) -> Path:
        """Where what is at ``path`` now was written to; outside the repository, ``path`` itself."""
        here = path.resolve()
        return self._place / here.relative_to(self._top) if here.is_relative_to(self._top) else path

    def write(self, commit: str, places: Places) -> None:
        """Write what a run would read of a commit."""
        roots = [*places.facts, *map(_home, places.rules), *([places.hedges] if places.hedges else [])]
        below = [path.resolve().relative_to(self._top) for path in roots if path.resolve().is_relative_to(self._top)]
        wanted = [file for file in git.files(self._top, commit) if is_wanted(file.path, below)]
        for file, content in zip(wanted, git.contents(self._top, wanted), strict=True):
            path = self._place / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


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
    return State(repository.facts, repository.vocabulary, rules)


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
    source = fact.source and fact.source._replace(location=_NOWHERE, title=None, url=None, retrieved=None, ignored=())
    return fact._replace(location=_NOWHERE, source=source)


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
