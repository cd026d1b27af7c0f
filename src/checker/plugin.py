"""Facts as pytest's tests (entry point ``pytest11``): one for each rule and subject.

A finding that fails the run is a failure, any other that is violated or suspicious a warning, wrong
input an error at collection; all print what ``checker run`` prints. Every pytest run in an
environment loads this module, so it imports the rest of checker only where there may be facts.
"""

from __future__ import annotations

import contextlib
import shutil
import warnings
from collections.abc import Generator, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple  # noqa: TID251  # it imports nothing of checker yet

import pytest

if TYPE_CHECKING:
    from checker.model import Finding, InputError, Location, Report
    from checker.run import Call

SUFFIXES = (".yaml", ".yml")
PAGE = (120, 24)  # columns and lines where there is no terminal
MARGIN = 4  # columns that pytest takes before a warning


class CheckerWarning(Warning):
    """What a run says that does not fail it: a finding that is violated or suspicious, a waiver not in force."""


class _Project(NamedTuple):
    """The directory of the settings, and the facts that they name, resolved."""

    root: Path
    homes: tuple[Path, ...]

    def holds(self, path: Path) -> bool:
        return any(path.resolve().is_relative_to(home) for home in self.homes)


class _Outcome(NamedTuple):
    """What came of the one run that a session makes."""

    call: Call
    report: Report


_PROJECT = pytest.StashKey[_Project | None]()
_OUTCOME = pytest.StashKey[_Outcome]()
_NAMES = pytest.StashKey[dict[Path, set[str]]]()
_SHOWN_IN = pytest.StashKey[Path]()


# ------------------------------------------------------------------------- what pytest calls


def pytest_configure(config: pytest.Config) -> None:
    """Take ``facts::name`` as pytest's own summary writes it, though pytest takes names in files only."""
    chosen = config.stash[_NAMES] = {}
    asked = [argument.partition("::") for argument in config.args]
    whole = [_resolved(place, config) for place, _, name in asked if not name]
    for n, (place, _, name) in enumerate(asked):
        path = _resolved(place, config)
        if name and path.is_dir() and _holds(path, config):
            config.args[n] = place
            if not any(path.is_relative_to(one) for one in whole):
                chosen.setdefault(path, set()).add(name)


def _resolved(place: str, config: pytest.Config) -> Path:
    return (config.invocation_params.dir / place).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_collect_directory(
    path: Path, parent: pytest.Collector
) -> Generator[None, pytest.Collector | None, pytest.Collector | None]:
    """Put the facts' tests before whatever else is collected from their directory."""
    inner = yield
    if inner is None or not _is_asked(path, parent):
        return inner
    made: FactsDirectory = FactsDirectory.from_parent(parent, path=path, inner=inner)
    return made


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of facts that the command line names, or the settings do."""
    if file_path.suffix not in SUFFIXES or not _is_asked(file_path, parent):
        return None
    made: FactsFile = FactsFile.from_parent(parent, path=file_path)
    return made


def _is_asked(path: Path, parent: pytest.Collector) -> bool:
    """Whether facts are to be shown at this path: pytest was given it, or what holds all the settings' facts."""
    given = parent.session.isinitpath
    if given(path):
        return _holds(path, parent.config)
    return _is_home(path, parent.config) and any(map(given, path.parents))


# ------------------------------------------------------------------------- what pytest collects


class FactsDirectory(pytest.Directory):
    """A directory of facts: their tests, then what ``inner``, its ordinary collector, finds there."""

    def __init__(self, *, inner: pytest.Collector, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """All tests; raises ``CollectError`` for wrong input."""
        yield from _tests(self)
        yield from self.inner.collect()


class FactsFile(pytest.File):
    """A file of facts: the findings that touch it."""

    def collect(self) -> Iterator[pytest.Item]:
        """All tests; raises ``CollectError`` for wrong input."""
        return _tests(self)


class FactsTest(pytest.Item):
    """What one rule says of one subject."""

    def __init__(self, *, failing: list[Finding], others: list[Finding], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.failing = failing
        self.others = others  # violated or suspicious, but no reason to fail

    def runtest(self) -> None:
        """Warn of each finding that does not fail the run, and fail for all that do."""
        for one in self.others:
            place = _place(one)
            _warn(_text([one], self.config), place.file, place.line or 0)
        if self.failing:
            pytest.fail(_text(self.failing, self.config), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The place of the first fact that does not fit, if any."""
        for one in [*self.failing, *self.others]:
            place = _place(one)
            return Path(place.file).absolute(), place.line - 1 if place.line else None, self.name
        return self.path, None, self.name


def _tests(parent: FactsDirectory | FactsFile) -> Iterator[FactsTest]:
    """The tests at a path, sorted by name; raises ``CollectError``, also for a name that is asked for and none has."""
    from checker import run  # noqa: PLC0415
    from checker.report import SHOWN  # noqa: PLC0415

    call, _ = _outcome(parent.config)
    found = {name: list(group) for name, group in groupby(sorted(_shown(parent), key=_name), _name)}
    asked = parent.config.stash[_NAMES].get(parent.path.resolve(), set())
    unknown = asked.difference(*map(_calls, found))
    if unknown:
        raise pytest.Collector.CollectError(f"there is no test {', '.join(sorted(unknown))}: --co lists them")
    for name, findings in found.items():
        if not asked or not asked.isdisjoint(_calls(name)):
            shown = [one for one in findings if one.verdict in SHOWN]
            failing = [one for one in shown if run.fails(one, strict=call.strict)]
            others = [one for one in shown if one not in failing]
            id = f"{parent.nodeid}::{name}"  # said outright: pytest 9.2 tells its own from the one that --lf remembers
            yield FactsTest.from_parent(parent, name=name, nodeid=id, failing=failing, others=others)


def _shown(parent: FactsDirectory | FactsFile) -> Iterable[Finding]:
    """The findings that touch a path; at the first of the settings' paths, all of them."""
    from checker import run  # noqa: PLC0415
    from checker.report import wording  # noqa: PLC0415

    call, report = _outcome(parent.config)
    if not _is_home(parent.path, parent.config):
        return run.report(call._replace(only=(parent.path.resolve(),)), report.findings).findings
    if parent.config.stash.setdefault(_SHOWN_IN, parent.path) != parent.path:
        return ()
    for line in wording.known(report):
        _warn(line, str(parent.path))
    return report.findings


def _name(finding: Finding) -> str:
    """``rule[subject]``; in a table, which has too many subjects to tell apart, the rule alone."""
    from checker.report import clean  # noqa: PLC0415

    subject = f"[{finding.subject}]" if _place(finding).row is None else ""
    return clean.text(finding.rule + subject)


def _calls(name: str) -> set[str]:
    """What a test may be called by: as a parametrized one, also without what is in brackets."""
    return {name, name.partition("[")[0]}


def _place(finding: Finding) -> Location:
    return finding.facts[0].fact.location


def _text(findings: Iterable[Finding], config: pytest.Config) -> str:
    """Findings as the table shows them."""
    from checker.report import Options, table  # noqa: PLC0415

    options = Options(shutil.get_terminal_size(PAGE).columns - MARGIN, verbose=config.get_verbosity() > 0)
    return "\n\n".join("\n".join(table.block(one, options)) for one in findings)


def _warn(text: str, file: str, line: int = 0) -> None:
    with warnings.catch_warnings():
        if not any(category is CheckerWarning for _, _, category, _, _ in warnings.filters):
            # a general `error` is not meant for facts: what fails a run, checker's own settings say
            warnings.simplefilter("always", CheckerWarning)
        warnings.warn_explicit(CheckerWarning(text), None, file, line)


# ------------------------------------------------------------------------- the project and its run


def _holds(path: Path, config: pytest.Config) -> bool:
    project = _project(config)
    return project is not None and project.holds(path)


def _is_home(path: Path, config: pytest.Config) -> bool:
    project = _project(config)
    return project is not None and path.resolve() in project.homes


def _project(config: pytest.Config) -> _Project | None:
    if _PROJECT not in config.stash:
        starts = filter(_may_have_settings, dict.fromkeys((config.invocation_params.dir, config.rootpath)))
        config.stash[_PROJECT] = next(filter(None, map(_found, starts)), None)
    return config.stash[_PROJECT]


def _may_have_settings(start: Path) -> bool:
    """Whether it is worth importing what reads settings."""
    for directory in (start, *start.parents):
        with contextlib.suppress(OSError):  # what cannot be read holds no settings that it could read
            file = directory / "pyproject.toml"
            if (directory / "checker.toml").is_file() or (file.is_file() and b"checker" in file.read_bytes()):
                return True
    return False


def _found(start: Path) -> _Project | None:
    from checker import settings  # noqa: PLC0415
    from checker.model import InputErrors  # noqa: PLC0415

    try:
        held = settings.find(start)
    except InputErrors as wrong:
        raise _refusal(wrong.errors) from None
    return held and _Project(held.root, tuple((held.root / place).resolve() for place in held.facts))


def _outcome(config: pytest.Config) -> _Outcome:
    """What ``checker run -v`` says; raises ``CollectError`` where the input is wrong."""
    if _OUTCOME not in config.stash:
        config.stash[_OUTCOME] = _run(config)
    outcome = config.stash[_OUTCOME]
    if outcome.report.errors:
        raise _refusal(outcome.report.errors)
    return outcome


def _run(config: pytest.Config) -> _Outcome:
    from argparse import Namespace  # noqa: PLC0415

    from checker import project, run  # noqa: PLC0415
    from checker.model import InputErrors  # noqa: PLC0415

    held = _project(config)
    assert held is not None
    try:
        with contextlib.chdir(held.root):
            call = project.call(Namespace(verbose=True))
    except InputErrors as wrong:
        raise _refusal(wrong.errors) from None
    return _Outcome(call, run.run(call))


def _refusal(errors: Iterable[InputError]) -> pytest.Collector.CollectError:
    from checker.report import wording  # noqa: PLC0415

    return pytest.Collector.CollectError("\n".join("\n  ".join(wording.error(wrong)) for wrong in errors))
