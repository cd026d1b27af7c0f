"""What is asked on the command line, over what the project's settings say -> what to do."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker import cache, hedges, load, rule, run, settings
from checker.hedges import Profile
from checker.model import Fact, InputError, InputErrors, Location, Rule, Source, Vocabulary
from checker.record import NamedTuple
from checker.vocabulary import EMPTY

if TYPE_CHECKING:
    from checker import lint

# What holds where a command has no such argument.
UNASKED = {
    **dict.fromkeys(("rules", "sources", "engine", "max_findings", "changed", "baseline", "today")),
    "paths": (),
    "strict": False,
    "coverage": False,
    "verbose": False,
    "keep_going": False,
}


def _settings() -> settings.Settings:
    here = Path.cwd()
    return settings.find(here) or settings.Settings(here, here)


def call(asked: Namespace) -> run.Call:
    """What ``checker run`` is asked to do; raises ``InputErrors`` for paths that are not there."""
    held = _settings()
    asked = Namespace(**(UNASKED | vars(asked)))
    homes = [held.root / place for place in held.facts]
    paths = [home for path in asked.paths for home in _at_home(path, homes)]
    inside = [path for path in paths if any(_is_inside(path, home) for home in homes)]
    outside = [path for path in paths if path not in inside]
    wanted = (homes if inside or not paths else []) + outside
    everything = not paths or any(path.resolve() == home.resolve() for path in inside for home in homes)
    _refuse_missing([*wanted, *inside], "a fact file or a directory")
    return run.Call(
        facts=tuple(wanted),
        rules=_rule_places(asked, held),
        sources=asked.sources or (held.root / held.sources if held.sources else None),
        hedges=held.root / held.hedges if held.hedges else None,
        engine=asked.engine or held.engine,
        strict=asked.strict or held.strict,
        only=() if everything or not inside else tuple(path.resolve() for path in paths),
        verbose=asked.verbose,
        max_findings=asked.max_findings,
        changed=asked.changed,
        baseline=asked.baseline,
        today=asked.today,
        keep_going=asked.keep_going,
        min_coverage=held.min_coverage or (100 if asked.coverage else 0),
        whole=not asked.rules and (everything or not inside) and all(path.is_dir() for path in outside),
    )


def question(asked: run.Call, words: Sequence[str]) -> cache.Question:
    """What a run answers, for who keeps answers; without files where it reads what is not seen here.

    That is what git knows, and tables, which the engine reads. ``words`` say how the answer is to be written.
    """
    files = load.file_names(asked.facts)
    for place in asked.rules:
        files += map(str, rule.files(rule.shipped() if place == rule.SHIPPED else Path(place)))
    files += [str(path) for path in (asked.hedges, asked.baseline) if path is not None]
    seen = asked.changed is None and not any(".table." in file for file in files)
    return cache.Question((repr(asked), str(run.today(asked)), *words), tuple(dict.fromkeys(files)) if seen else ())


def _at_home(path: Path, homes: list[Path]) -> list[Path]:
    """What a path asks for: the homes of facts that it holds, else itself."""
    return [home for home in homes if _is_inside(home, path) and _exists(home)] or [path]


def _is_inside(path: Path, home: Path) -> bool:
    return path.resolve().is_relative_to(home.resolve())


def _refuse_missing(paths: list[Path], expected: str) -> None:
    missing = [Location(load.shown(path)) for path in dict.fromkeys(paths) if not _exists(path)]
    if missing:
        raise InputErrors([InputError(location, "there is no such path", expected) for location in missing])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long for the file system
        return False


def _rule_places(asked: Namespace, held: settings.Settings) -> tuple[str, ...]:
    """Directories and files of rules; the default ``rules`` may be missing, what is asked for may not."""
    places = list(asked.rules or ())
    if not places:
        there = [one for one in held.rules if one != "rules" or (held.root / one).exists()]
        places = [one if one == rule.SHIPPED else str(held.root / one) for one in there]
    _refuse_missing([Path(one) for one in places if one != rule.SHIPPED], "a rules file, a directory, or “shipped”")
    return tuple(places)


def rules(asked: Namespace) -> list[Rule]:
    """The rules that the call or the settings name."""
    return rule.gather(_rule_places(asked, _settings()))


def applies(one: Rule) -> str:
    """Whether a rule applies to the facts of the settings, and why it does not, in words."""
    held = _settings()
    homes = [held.root / place for place in held.facts if (held.root / place).exists()]
    if not homes:
        return "there are no facts here"
    try:
        names = load.facts(homes).vocabulary
    except InputErrors:
        return "unknown: the facts here cannot be read (checker lint says why)"
    try:
        notes = rule.select([one], names).notes
    except InputErrors as wrong:
        return f"no: {wrong.errors[0].message}"
    return f"no: {notes[0].partition(': ')[2]}" if notes else "yes"


def look(asked: Namespace) -> lint.Look:
    """What ``checker lint`` is asked to look at: a PATH of the settings' facts or rules stands for all of them."""
    from checker import lint  # noqa: PLC0415  # no other command looks so closely

    held = _settings()
    homes = [held.root / place for place in held.facts]
    own = [held.root / place for place in held.rules if place != rule.SHIPPED]
    paths: list[Path] = list(asked.paths)
    _refuse_missing(paths, "a file or a directory")
    outside = [path for path in paths if not any(_is_inside(path, home) for home in [*homes, *own])]
    outside = [path for path in outside if path.name not in settings.NAMES]
    inside = len(outside) < len(paths) or not paths
    _refuse_missing(homes if not paths else [], "a fact file or a directory")
    named, other = lint.sorted_out(outside)
    return lint.Look(
        facts=(*(home for home in homes if inside and home.exists()), *other),
        rules=(*(path for path in own if inside and path.exists()), *named),
        settings=held.file if inside and held.file.is_file() else None,
        sources=held.root / held.sources if held.sources else None,
        hedges=held.root / held.hedges if held.hedges else None,
        only=tuple(path.resolve() for path in paths),
    )


class Known(NamedTuple):
    """What the facts here say of a text: its source, where one names it, its facts, and the hedges to read it by."""

    source: Source | None
    facts: tuple[Fact, ...]
    profile: Profile | None


def source_of(sha256: str) -> Known:
    """The source whose text has this sha256, among the facts of the settings; raises ``InputErrors``."""
    held = _settings()
    profile = hedges.of(held.root / held.hedges if held.hedges else None)
    homes = [held.root / place for place in held.facts if (held.root / place).exists()]
    if not homes:
        return Known(None, (), profile)
    read = load.facts(homes, profile)
    found = next((source for source in read.sources if source.sha256 == sha256), None)
    return Known(found, tuple(fact for fact in read.facts if found and fact.source == found), profile)


def rules_under_test(asked: Namespace) -> tuple[list[Rule], Vocabulary, str]:
    """The rules to test, the repository's names for their examples, and the engine to do it with."""
    held = _settings()
    homes = [held.root / place for place in held.facts if (held.root / place).exists()]
    names = load.facts(homes).vocabulary if homes else EMPTY
    return rules(asked), names, asked.engine or held.engine


def waivers_file(beside: Path) -> tuple[Path, str | None]:
    """Where a waiver is written for a finding whose first fact is in the file ``beside``, and its schema's address.

    That is the waivers.yaml in the same directory where there is one, else the one in the first of
    the settings' facts. The address is None where the project keeps no schemas.
    """
    held = _settings()
    home = held.root / held.facts[0]
    near = beside.parent / "waivers.yaml"
    file = near if near.is_file() else (home if home.is_dir() else home.parent) / "waivers.yaml"
    wiring = held.root / "schemas/waivers.schema.json"
    return file, Path(os.path.relpath(wiring, file.parent)).as_posix() if wiring.is_file() else None
