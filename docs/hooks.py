"""What the pages take from the program itself, so that they cannot say something else than it does.

A line ``<!-- generate: NAME ARGUMENT… -->`` becomes what the function of that name in ``GENERATORS`` gives;
a block of phrases, ```` ```readings count ````, becomes a table of what they say. mkdocs calls
``on_page_markdown`` for each page (https://www.mkdocs.org/user-guide/plugins/#events).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

import fields
import page
from checker import cli, expression, hedges, interval, quantity, rule
from checker.model import Interval, Rule

ROOT = Path(__file__).parent.parent
PAGE = "84"  # columns that a block of code has room for
DAY = "2026-01-31"  # on which the examples are run
_PROFILE = Path(hedges.__file__).parent / "profiles" / "standard.yaml"

_LINE = re.compile(r"^<!-- generate: (.+) -->$", re.MULTILINE)
_READINGS = re.compile(r"^```readings (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def on_page_markdown(markdown: str, **_: object) -> str:
    """The page with all that is generated put in; raises ``LookupError`` where something is not there."""
    markdown = _READINGS.sub(lambda found: readings(found[1], found[2].splitlines()), markdown)
    return _LINE.sub(lambda found: _generated(*shlex.split(found[1])), markdown)


def _generated(name: str, *arguments: str) -> str:
    if name not in GENERATORS:
        raise LookupError(f"nothing generates “{name}”: one of {', '.join(GENERATORS)}")
    return GENERATORS[name](*arguments)


# ------------------------------------------------------------------------- values


def readings(type: str, phrases: Sequence[str]) -> str:  # noqa: A002 - the field's name in a vocabulary
    """What phrases say, for a measure of a type: both intervals."""
    rows = []
    for phrase in filter(None, phrases):
        value = quantity.read(phrase, type)
        assert value.literal is not None and value.conventional is not None  # noqa: PT018
        shown = [_interval(interval, type) for interval in (value.literal, value.conventional)]
        rows.append([page.escape(phrase), shown[0], "the same" if shown[0] == shown[1] else shown[1]])
    return page.table(["words", "literal", "conventional"], rows)


def _interval(known: Interval, type: str) -> str:  # noqa: A002
    return quantity.show(interval.tighten(known) if type == "count" else known, type)


def words() -> str:
    """The hedges of the shipped profile: what each says of a number, and all its words."""
    lines = []
    for name, hedge in profile()["hedges"].items():
        lines += [f"**{page.escape(name)}**", f":   literally {_compared(hedge['literal'])};"]
        lines += [f"    as readers take it {_compared(hedge['conventional'])}", ""]
        for place, said in (("before", "Before the number"), ("after", "After it"), ("instead", "Instead of it")):
            if place in hedge:
                lines += [f"    {said}: {', '.join(map(page.escape, hedge[place]))}.", ""]
    return "\n".join(lines)


def profile() -> dict[str, Any]:
    """The shipped profile as it is written, every scalar as text."""
    loaded: dict[str, Any] = yaml.load(_PROFILE.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
    return loaded


def _compared(form: str | list[str]) -> str:
    return ", or ".join(map(page.code, [form] if isinstance(form, str) else form))


def functions() -> str:
    """The functions of the rule language."""
    rows = []
    for name, function in expression.FUNCTIONS.items():
        example, _, said = function.help.partition(": ")
        result = "true or false" if function.result == "truth" else function.result
        rows.append([page.code(name), page.code(example), said, result])
    return page.table(["function", "written", "what it is", "gives"], rows)


# ------------------------------------------------------------------------- rules


@cache
def shipped() -> Mapping[str, Rule]:
    """The shipped rules by their ids, in order of file and line."""
    rules = sorted(rule.gather((rule.SHIPPED,)), key=lambda one: (one.location.file, one.location.line or 0))
    return {one.id: one for one in rules}


def rules() -> str:
    """All shipped rules, a heading for each file and a section for each rule."""
    parts, file = [], None
    for one in shipped().values():
        if one.location.file != file:
            file = one.location.file
            parts.append(f"## {Path(file).stem.capitalize()}\n\n{page.escape(_about(file))}\n")
        parts.append(_rule(one))
    return "\n".join(parts)


def _about(file: str) -> str:
    """The comment at the head of a rules file."""
    lines = (ROOT / "rules" / Path(file).name).read_text("utf-8").splitlines()
    comments = (
        line.removeprefix("# ") for line in lines if line.startswith("# ") and "yaml-language-server" not in line
    )
    return " ".join(comments)


def _rule(one: Rule) -> str:
    across = f", {one.across} where claimants differ" if one.across else ""
    whole, proof = _source(one)
    return "\n".join(
        [
            f"### {one.id} {{ #{one.id} }}\n",
            f"**{page.escape(one.title)}.** Severity: {one.severity}{across}.\n",
            f"{page.escape(one.why)}\n",
            *([f"It says: “{page.escape(one.message)}”\n"] if one.message else []),
            page.folded("The rule", page.block(whole, "yaml")),
            page.folded(f"Its {len(one.examples)} examples", page.block(proof, "yaml")),
        ]
    )


def as_written(id: str) -> str:
    """A shipped rule as it stands in its file, without its examples."""
    return page.block(_source(shipped()[id])[0], "yaml")


def _source(one: Rule) -> tuple[str, str]:
    """A rule as written, and its examples."""
    text = (ROOT / "rules" / Path(one.location.file).name).read_text("utf-8")
    found = re.search(rf"^  - id: {re.escape(one.id)}\n(?:    .*\n|\n)*", text, re.MULTILINE)
    assert found is not None
    whole, _, examples = "\n".join(line[2:] for line in found[0].splitlines()).partition("\n  examples:\n")
    return whole, f"examples:\n{_outdented(examples)}"


def _outdented(text: str) -> str:
    return "\n".join(line[2:] for line in text.splitlines())


# ------------------------------------------------------------------------- commands


def commands() -> str:
    """The help of each command, as the program prints it."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = PAGE
    try:
        return "\n".join(_commands(cli.parser()))
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before


def _commands(parser: ArgumentParser) -> Iterator[str]:
    yield page.block(parser.format_help())
    for action in parser._actions:  # noqa: SLF001  # argparse has no public way to its commands
        if isinstance(action, _SubParsersAction):
            for name, command in action.choices.items():
                yield f"## checker {name} {{ #{name} }}\n"
                yield page.block(command.format_help())


# ------------------------------------------------------------------------- this repository's own facts


def called(*arguments: str) -> str:
    """What a call of the command prints in this repository."""
    return page.block(output(*arguments), "json" if "json" in arguments else "text")


def found(*parts: str) -> str:
    """The first finding over the repository's facts that says all of this, as the table shows it."""
    for block in output("run").split("\n\n"):
        if all(part in block for part in parts):
            return page.block(block)
    raise LookupError(f"no finding says {' and '.join(parts)}")


def summed_up() -> str:
    """The last line of a run over the repository's facts."""
    return page.block(output("run").rstrip().rpartition("\n\n")[2])


def reported(rule: str) -> str:
    """The first finding of a rule, as it stands in the JSON report."""
    report = json.loads(output("run", "--format", "json"))
    for finding in report["findings"]:
        if finding["rule"] == rule:
            return page.block(json.dumps(finding, ensure_ascii=False, indent=2), "json")
    raise LookupError(f"there is no finding of {rule}")


@cache
def output(*arguments: str) -> str:
    """Standard output of a call; without the texts of sources, which are not everywhere."""
    with TemporaryDirectory() as nothing:
        more = ["--engine", "plain", "--today", DAY, "--sources", nothing] if arguments[0] == "run" else []
        done = subprocess.run(  # noqa: S603  # the program itself
            [sys.executable, "-m", "checker", *arguments, *more],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": PAGE, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode > 1:
        raise LookupError(f"checker {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def fact(id: str) -> str:
    """A fact as it stands in its file, by its whole id."""
    source, _, name = id.partition("#")
    for file in sorted((ROOT / "facts").rglob("*.yaml")):
        text = file.read_text("utf-8")
        if re.search(rf"^  id: {re.escape(source)}$", text, re.MULTILINE):
            lines = re.search(rf"^  - id: {re.escape(name)}\n(?:    .*\n?)*", text, re.MULTILINE)
            if lines is not None:
                return page.block(f"# {file.relative_to(ROOT).as_posix()}\n{_outdented(lines[0])}", "yaml")
    raise LookupError(f"there is no fact {id}")


def file(path: str) -> str:
    """A whole file of the repository."""
    language = {".yaml": "yaml", ".yml": "yaml", ".sh": "sh"}.get(Path(path).suffix, "text")
    return page.block((ROOT / path).read_text("utf-8"), language)


GENERATORS: Mapping[str, Callable[..., str]] = {
    "called": called,
    "commands": commands,
    "fact": fact,
    "fields": fields.fields,
    "file": file,
    "found": found,
    "functions": functions,
    "reported": reported,
    "rule": as_written,
    "rules": rules,
    "summed-up": summed_up,
    "words": words,
}
