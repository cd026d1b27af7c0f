"""The shipped rules: each example is a test, under each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checker import document, engine, examples, rule, schema
from checker.model import Rule
from checker.vocabulary import EMPTY

ROOT = Path(__file__).parent.parent
RULES = rule.gather([rule.SHIPPED])
ENGINES = [name for name in engine.ENGINES if name == "plain" or engine.choose("auto")[0] == name]


def cases() -> Iterator[Any]:
    for tested in RULES:
        for number, example in enumerate(tested.examples, 1):
            yield pytest.param(tested._replace(examples=(example,)), id=f"{tested.id}-{number}-{example.expect}")


@pytest.mark.parametrize("tested", list(cases()))
def test_example(tested: Rule) -> None:
    [example] = tested.examples
    for name in ENGINES:
        _, start = engine.choose(name)
        *_, outcome = examples.check(tested, EMPTY, start)  # after those that say what examples are missing
        assert outcome.location == example.location
        assert outcome.found == outcome.expected, f"{example.location.file}:{example.location.line} under {name}"


@pytest.mark.parametrize("tested", RULES, ids=lambda tested: tested.id)
def test_rule_is_a_page(tested: Rule) -> None:
    expected = [example.expect for example in tested.examples]
    assert "violated" in expected
    assert set(expected) - {"violated"}
    assert tested.title
    assert tested.why.strip().endswith((".", ")"))
    assert tested.message


def test_ids_are_there_once() -> None:
    ids = [tested.id for tested in RULES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", sorted(rule.shipped().iterdir()), ids=lambda path: path.name)
def test_file_follows_the_schema_that_it_names(path: Path) -> None:
    read = document.read(path.read_bytes(), path.name)
    assert schema.check(read, "rules") == []
    first = path.read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/rules.schema.json"
    assert (ROOT / "schemas" / "rules.schema.json").is_file()
