"""The documents: what is generated is there, and what is written by hand is true."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from argparse import _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import folder
import hooks
import page
from checker import cli, expression, quantity, schema

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
FIGURES = ("2,160 to 2,640", "2,001", "701", "2,702", "813", "97", "183 to 548 days", "457 to 639 days")
WHOLE = {"facts": {"source", "defaults", "facts", "ignore"}, "rules": {"vocabulary", "rules"}}  # told in the text


def generated(name: str) -> str:
    return hooks.on_page_markdown((DOCS / f"{name}.md").read_text("utf-8"))


def section(text: str, title: str) -> str:
    return text.partition(f"\n### {title}\n")[2].partition("\n#")[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_is_generated_whole(path: Path) -> None:
    made = generated(path.stem)
    assert "<!-- generate" not in made
    assert "```readings" not in made
    assert made.count("```") % 2 == 0


def test_site_has_every_page() -> None:
    site = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert {f"{path.stem}.md" for path in PAGES} == set(re.findall(r"(\w+\.md)$", site, re.MULTILINE))


def test_pages_are_the_same_whatever_the_order_of_sets() -> None:
    script = "import hooks, sys; [print(hooks.on_page_markdown(open(name).read())) for name in sys.argv[1:]]"
    command = [sys.executable, "-c", script, *(str(path) for path in PAGES)]
    path = os.pathsep.join([str(ROOT / "src"), str(DOCS)])
    said = {
        subprocess.run(
            command, env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("marker", ["nothing", "found no-such-rule", "fact nobody#said", "rule no-such-rule"])
def test_what_is_not_there_stops_the_build(marker: str) -> None:
    with pytest.raises(LookupError):
        hooks.on_page_markdown(f"<!-- generate: {marker} -->")


# ------------------------------------------------------------------------- what is generated


def test_every_shipped_rule_is_a_section_with_its_examples() -> None:
    made = generated("rules")
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "rules").glob("*.yaml"))
    ids = re.findall(r"^  - id: (\S+)$", written, re.MULTILINE)
    assert sorted(re.findall(r"^### (\S+) \{", made, re.MULTILINE)) == sorted(ids)
    assert made.count("- expect: ") == written.count("\n      - expect: ")
    assert made.count("\n    - id: ") == len(ids)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("facts", "facts"),
        ("report", "reports"),
        ("rules", "language"),
        ("settings", "facts"),
        ("vocabulary", "facts"),
        ("waivers", "waivers"),
    ],
)
def test_every_field_of_a_file_is_named(name: str, where: str) -> None:
    made = generated(where)
    keys = set(_keys(json.loads(schema.text(name)))) - WHOLE.get(name, set())
    assert not {key for key in keys if f"| <code>{page.escape(key)}</code> |" not in made}


def _keys(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys(inner)


def test_every_function_is_shown_as_it_is_written() -> None:
    made = generated("language")
    assert all(f"| <code>{page.escape(name)}</code> | <code>" in made for name in expression.FUNCTIONS)


def test_every_command_shows_its_help() -> None:
    made = generated("commands")
    (commands,) = (one for one in cli.parser()._actions if isinstance(one, _SubParsersAction))  # noqa: SLF001
    for name in commands.choices:
        assert f"\n## checker {name} {{" in made
        assert f"usage: checker {name} " in made


def test_readings_are_what_the_program_reads() -> None:
    made = hooks.on_page_markdown("```readings count\nover 2,000\nat least 87\n```")
    assert made.splitlines()[2:] == [
        "| over 2,000 | at least 2,001 | 2,001 to 2,999 |",
        "| at least 87 | at least 87 | the same |",
    ]


def test_every_hedge_is_shown_in_both_languages() -> None:
    said = hooks.profile()["hedges"]
    with_words = {name for name, hedge in said.items() if {"before", "after", "instead"} & set(hedge)}
    text = (DOCS / "values.md").read_text("utf-8")
    # “several thousand” is two words of English, each with its own meaning.
    for language, expected in (("English", with_words - {"several thousand"}), ("Spanish", with_words)):
        phrases = section(text, language).splitlines()
        assert {name for name in with_words if any(_says(said[name], phrase) for phrase in phrases)} == expected


def _says(hedge: dict[str, list[str]], phrase: str) -> bool:
    first = any(phrase.startswith(f"{words} ") for words in hedge.get("before", ()))
    last = any(phrase.endswith(f" {words}") for words in hedge.get("after", ()))
    return first or last or phrase in hedge.get("instead", ())


@pytest.mark.parametrize("text", ["<script>", "a | b", "*a* _b_ `c` [d](e) {f}"])
def test_text_makes_no_markup(text: str) -> None:
    assert not set("<>|*_`[]{}") & set(page.escape(text))


# ------------------------------------------------------------------------- what is written by hand


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_of_the_tutorial_are_those_of_the_run(figure: str) -> None:
    assert figure in hooks.output("run") or figure in hooks.output("explain", _finding())


def _finding() -> str:
    report = json.loads(hooks.output("run", "--format", "json"))
    return str(next(one["id"] for one in report["findings"] if one["rule"] == "released-and-held-within-arrested"))


def test_declarations_of_the_tutorial_are_those_of_the_facts() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (DOCS / "tutorial.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    declared = yaml.safe_load((ROOT / "facts" / "venezuela-2024" / "vocabulary.yaml").read_text("utf-8"))
    shown = [yaml.safe_load(block) for block in blocks]
    assert {kind for block in shown for kind in block} == {"measures", "subjects"}
    for block in shown:
        for kind, names in block.items():
            assert names.items() <= declared[kind].items()


def test_verdicts_are_as_the_page_says(tmp_path: Path) -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (\w+) \| .+ \|$", _said(), re.MULTILINE)
    facts = "\n".join(
        f'  - {{id: {name}-{n}, measure: {name}, subject: s{n}, value: "{words}"}}'
        for n, row in enumerate(rows)
        for name, words in zip(("hurt", "held"), row[:2], strict=True)
    )
    names = folder.VOCABULARY.replace("{all:", "{" + "".join(f"s{n}: {{}}, " for n in range(len(rows))) + "all:")
    files = {"facts/vocabulary.yaml": names, "rules/own.yaml": folder.RULES, "checker.toml": 'rules = ["rules"]\n'}
    folder.write(tmp_path, files | {"facts/a.yaml": f"source: {{id: a, published: 2024-02-01}}\nfacts:\n{facts}\n"})
    command = [sys.executable, "-m", "checker", "run", "-v", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=False)
    verdicts = {one["subject"]: one["verdict"] for one in json.loads(done.stdout)["findings"]}
    assert verdicts == {f"s{n}": row[2] for n, row in enumerate(rows)}
    assert set(verdicts.values()) == {"violated", "suspicious", "undetermined", "satisfied"}


def _said() -> str:
    return (DOCS / "verdicts.md").read_text("utf-8").partition("| held | arrested |")[2].partition("\n\n")[0]


def test_values_that_pages_speak_of_are_read_so() -> None:
    around = quantity.read("around 2,400", "count").literal
    assert around is not None
    assert (around.low, around.high) == (2160, 2640)
