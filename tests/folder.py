"""A small project in a folder: names, one rule, and two sources of which it finds something."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VOCABULARY = """\
measures:
  held: {type: count, unit: person, kind: stock}
  hurt: {type: count, unit: person, kind: stock, within: held}
  freed: {type: count, unit: person, kind: flow}
  freed_total: {type: count, unit: person, kind: total, counting: gross, total_of: freed}
subjects: {all: {title: All of them}, some: {part_of: all}}
claimants: {police: {}, ngo: {}}
events: {e: {}}
"""
RULES = """\
rules:
  - id: hurt-within-held
    given: {a: {measure: hurt}, b: {measure: held}}
    same: [subject, as_of]
    require: a <= b
    message: "{a} hurt of {b} held"
    why: who is hurt is held
    examples:
      - {expect: violated, facts: [{measure: hurt, value: 2}, {measure: held, value: 1}]}
      - {expect: satisfied, facts: [{measure: hurt, value: 1}, {measure: held, value: 2}]}
"""
VIOLATED = """\
source: {id: a, published: 2024-02-01}
defaults: {subject: all}
facts:
  - {id: hurt, measure: hurt, value: 12}
  - {id: held, measure: held, value: 10, quote: ten were held}
"""
SUSPICIOUS = """\
source: {id: b, published: 2024-02-02}
defaults: {subject: all}
facts:
  - {id: hurt, measure: hurt, value: about 11}
  - {id: held, measure: held, value: 10}
"""
STORY = {
    "checker.toml": 'rules = ["rules"]\n',
    "facts/vocabulary.yaml": VOCABULARY,
    "facts/a.yaml": VIOLATED,
    "facts/more/b.yaml": SUSPICIOUS,
    "rules/own.yaml": RULES,
}


def write(directory: Path, files: Mapping[str, str] = STORY) -> Path:
    """Write files below a directory, and give it back."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory
