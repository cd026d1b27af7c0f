"""regular.py: the same data and places as the parser of YAML, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice, zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import document, regular
from checker.document import Document, Place
from checker.model import InputErrors

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("facts/**/*.yaml"), *ROOT.glob("rules/*.yaml"), *ROOT.glob("src/checker/**/*.yaml")])
FACTS = [path.read_text("utf-8") for path in FILES if "source:" in path.read_text("utf-8")]

TEXT = """\
# a comment
source:
  id: a   # another
  title: "It's: quoted"

  url: 'https://a.b/?c="d"'
defaults: {subject: s, as_of: 2024-01-02}
complete: [a, b c]
ignore:
  - {quote: a b, reason: c}  # d
  - e
  -   id: f
      to: g
  - 'h'
facts:
- id: one
  value: {min: 1, max: 2}
  at: ../2024
# between
- id: two
  deep:
    deeper:
      - x: 1
        y: é~
      -   x: 2
          y: 1,200
  empty:
  after: -
nothing:
"""


def parsed(text: str, monkeypatch: pytest.MonkeyPatch) -> Document:
    """What the parser of YAML alone makes of a text; raises ``InputErrors``."""
    with monkeypatch.context() as patch:
        patch.setattr(regular, "read", lambda _: None)
        return document.read(text, "f")


def places(place: Place, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node."""
    yield path
    steps: Any = place.inner if isinstance(place.inner, dict) else range(len(place.inner or ()))
    for step in steps:
        inner: Any = place.inner
        yield from places(inner[step], (*path, step))


def same(text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Hold the two readings against each other; whether the text is regular."""
    found = regular.read(text)
    if found is None:
        return False
    whole, read = parsed(text, monkeypatch), document.read(text, "f")
    assert read.data == found.data == whole.data
    assert list(order(read.data)) == list(order(whole.data))
    assert isinstance(read.nodes, document._Regular)  # noqa: SLF001  # else the two are one
    for path in places(whole.place):
        assert read.at(path) == whole.at(path), path
    assert read.at(("none",)) == whole.at(("none",))
    assert read.at(("facts", 99)) == whole.at(("facts", 99))
    assert all(read.items(key) == whole.items(key) for key in found.data)
    for key, spot in found.starts.items():
        assert (spot[0] + 1, spot[1] + 1) == whole.at((key,))[1:3]
    return True


def order(data: Any) -> Iterator[str]:
    """All keys in their order, which equality of mappings does not see."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from order(value)
    elif isinstance(data, list):
        for value in data:
            yield from order(value)


def test_what_is_regular(monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXT.replace("after: -", "after: b")
    assert same(text, monkeypatch)
    found = regular.read(text)
    assert found is not None
    assert found.data["source"] == {"id": "a", "title": "It's: quoted", "url": 'https://a.b/?c="d"'}
    assert found.data["facts"][1] == {
        "id": "two", "deep": {"deeper": [{"x": "1", "y": "é~"}, {"x": "2", "y": "1,200"}]}, "empty": "", "after": "b",
    }  # fmt: skip
    assert found.data["ignore"] == [{"quote": "a b", "reason": "c"}, "e", {"id": "f", "to": "g"}, "h"]
    assert found.items["facts"] == [(15, 2), (19, 2)]
    assert regular.read(TEXT) is None


def test_flows_and_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """\
given: {one: {measure: m, dimensions: {age: any, sex: []}}, two: [{a: '}'}, [1, { b: "]#" }], {}] }  # c
rules:
  - why: >-  # folded
      So it's: #1
      - said \u00a0

    where: >-
     a == "b"
  - {least: -0.5 %; or so}
  - Ana  Čapková - x: -1
"""
    assert same(text, monkeypatch)
    found = regular.read(text)
    assert found is not None
    assert found.data == {
        "given": {
            "one": {"measure": "m", "dimensions": {"age": "any", "sex": []}},
            "two": [{"a": "}"}, ["1", {"b": "]#"}], {}],
        },
        "rules": [
            {"why": "So it's: #1 - said \u00a0", "where": 'a == "b"'},
            {"least": "-0.5 %; or so"},
            {"Ana  Čapková - x": "-1"},
        ],
    }


def test_a_flow_may_go_on_below(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """\
one:
  {a: b, c: 'd
   e', f: [g,
     h]}  # i
two: [a,
 {b: c
    d}
 ]
list:
  - key: {
        a: b}
    other: c
three: d
"""
    assert same(text, monkeypatch)
    found = regular.read(text)
    assert found is not None
    assert found.data == {
        "one": {"a": "b", "c": "d e", "f": ["g", "h"]},
        "two": ["a", {"b": "c d"}],
        "list": [{"key": {"a": "b"}, "other": "c"}],
        "three": "d",
    }


def test_most_files_of_facts_here_are_regular(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(same(path.read_text("utf-8"), monkeypatch) for path in FILES) > len(FACTS) // 2


@pytest.mark.parametrize(
    "line",
    [
        "a: &x y", "a: *x", "a: !x y", "a: |\n  b", "a: >\n  b", "a: >-", "a: >-\n", "a: >-\nb", "a: >-\n\n  b",
        "a: >-\n  b\n   c", "a: >-\n  b\n\n  c", "a: >-\n  b\n \n  # c", "a: >-\n  b\n   ", "a: >-\n   b\n  c: d",
        "a: >-\n  'b' \"c\"", "a: >-\n  'b\\'", "b:\n  - a: >-\n    c", "a: >- b\n  c", "a: >-#\n  b",
        "a: 'it''s'", 'a: "\\n"', 'a: "b" c', "a: 'b", "a: b: c",
        "a: b:", "a: [b: c]", "a:\n- b\n c: d", "a:\n- b\n  c: d", "a:\n- b\n  c", "a:\n- 'b': c", "a:\n  - b\n - c",
        "- {a: b}", "a:\n- {a: b}\n c: d", "a:\n-\n- b", "a:\n-b", "a: b\n- c",
        "a: [b,\nc]", "a: [b,\n\n  c]", "a: [b, # c\n  d]", "a:\n{b: c}", "a:\n\n  {b: c}", "a: {b: c\n  d: e}",
        "a:\n  - b: [c,\n  d]", "a: ['b\n\n  c']", "a: [b,\n  'c\n    \n  d']", "a: {b\n : c}", "a:\n  {b: c} d",
        "a:\n  {b: c}\n  d: e", "a: >-\n  b: {c,\n    d} e", "a: >-\n  b:\n   {c} d", "a: {b: c,\n  d: >-\n    e}",
        "a: [b, [c]]]", "a: [b, [c]", "a: [[b] c]",
        "a: {b: }", "a: {b: c,}", "a: {b: c, b: d}", "a: [b, ]", "a: {b: {c: d, c: e}}", "a: {b: c]", "a: {} b",
        "a: {b:c}", "a: @b",
        "a: `b", "a: %b", "a: - b", "a: ? b", "a: , b", "a:\tb", "a: b\t", "a: b\r", "a: \u2028", "a: b\x85", "\ta: b",
        "a", "a:b", "- a", "- - a: b", "---", "...", "--- a", "%YAML 1.1", "? a", "'a': b", '"a": b', "a : b",
        "a:: b", "a: b\n  c", "a: b\n  c: d", "a: 'b'\n  c: d", "a:\n  b", "a:\n b: c\n  d: e", "a:\n  b: c\n d: e",
        "a:\n  - b: c\n - d: e", "a:\n  - b: c\n  d: e", "a: b\na: c", "a:\n  b: c\n  b: d",
        "a:\n- b: 1\n  b: 2", "a: b\n- c: d", " a: b", " a: b\nc: d", "<<: a", "a: \ufeffb", "a: \U0010ffff\ud800",
        "a:\n  b: c\n - d: e", "a:\n  - b: c\n     d: e", "a:\n  - b:\n    - c: d\n   - e: f", "a: #b\n  c",
        "a: " + "[" * 100, *(f"{'  ' * depth}a:" for depth in (1,)), "\n".join(f"{'  ' * n}a:" for n in range(60)),
    ],
)  # fmt: skip
def test_what_is_left_to_the_parser(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (line, f"x: y\n{line}", f"{line}\nz: y\n"):
        found = regular.read(text)
        assert found is None or text.startswith("x: y\na: #b") or same(text, monkeypatch)
    assert regular.read(line) is None


def test_an_empty_text_is_left_to_the_parser() -> None:
    assert [regular.read(text) for text in ("", "\n", "# a\n", "   ")] == [None] * 4


# ------------------------------------------------------------------------- any text

WORDS = st.sampled_from(
    ["a", "b", "id", "x-1", "2024-01", "1,200", "about 3", "b c", "é", "~", "..", "'q'", '"q: #r"', "'it''s'", '"\\t"',
     "{a: b}", "{a: b, c: 1 d}", "[a, b]", "[]", "{}", "{a: b", "[a: b]", "a#b", "a:b", "-1", "- a", "+3", "(x)", "$4",
     "*a", "&a b", "!t", "|", ">", "@", "%", "`", "?", ":", "a:", "null", "a 'b' \"c\"", "", " ", "\u00a0", "x\u2028y",
     "\t", "---", "...", "{a: 'b'}", "[a,b]", "[a , b]", "{a:  b}", "[1.5, ../2]", "{a: 'b, c', d: \"e: f\"}",
     "['a' , \"b\"]", "{a: 'b' c}", "['a': b]", "[,]", "{a: b,}", "50%", "a, b", "a]", "a}", "#b",
     "{a: {b: c}}", "[a, [b, {c: d}]]", "{ a: b }", "[ a ] ", "{a: [b]c}", "[{a: b}, {c: '{'}]", "{a: {}, b: [ ]}",
     "[[a]",
     "{a: {b: c}, a: d}", "{a: -0.5 %; b, c d: -1}",
     "[a <= b, c(d)]", "{a: b = c}", "[a =, (b)]", "{a: b >}", "[a <b, c=d]", "[U.S.$, b$ c]", "{a: $}",
     "[-1, - 1]", "[-a]", "-1; 2",
     "{a b : c}", "-", "[é, Č d]", "{é: ñ}", ">-", ">-", ">-", ">- # c", ">-  "]
)  # fmt: skip
LINES = st.tuples(
    st.integers(0, 6),
    st.sampled_from(["", "", "", "- ", "-  ", "- - ", "? "]),
    st.one_of(WORDS, st.sampled_from([*"abcdef", "a b", "a  - b", "é b", "b Č č"])),
    st.sampled_from([": ", ": ", ": ", ":", "", ":  ", " : "]),
    st.one_of(WORDS, st.just("")),
    st.sampled_from(["", "", "", " ", " # c", "  # a: b", "# c", "\t", "\r"]),
).map(lambda parts: " " * parts[0] + "".join(parts[1:]))
TEXTS = st.lists(st.one_of(LINES, st.sampled_from(["", "# c", "  # c: d", "    "])), max_size=8).map("\n".join)


@settings(max_examples=1000)
@given(TEXTS)
def test_any_text_is_read_as_the_parser_reads_it_or_left_to_it(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        same(text, patch)


SPREAD = [
    "{a: b, c: d}", "[a, b]", "{a: {b: c}, d: [e, f]}", "[{a: b}, {c: d}]", "{a: 'b c', d: \"e f\"}", "{a: b c d}",
    "{ a: b , }", "[a, [b, c]]", "{a: '} {', b: c}", "{a: b} # c", "{a: b # c}", "[ ]", "{a b: c d}",
]  # fmt: skip
FLOWS = st.tuples(
    st.sampled_from(SPREAD), st.lists(st.sampled_from([" ", " ", "\n", "\n", " \n ", "\n\n"]), max_size=8)
).map(
    lambda parts: "".join(
        piece + sign
        for piece, sign in zip_longest(
            parts[0].split(" "), islice(cycle(parts[1] or [" "]), parts[0].count(" ")), fillvalue=""
        )
    )
) | st.sampled_from(SPREAD).map("\n{}".format)  # below their key


@st.composite
def regular_texts(draw: st.DrawFn, depth: int = 0) -> str:
    """Text of the right shape, most of it regular."""
    lines: list[str] = []
    step = draw(st.sampled_from([1, 2, 4]))
    for key in draw(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=4, unique=True)):
        kind = draw(st.sampled_from(["value", "value", "mapping", "list"])) if depth < 3 else "value"
        if kind == "value":
            if draw(st.integers(0, 5)) == 0:
                words = ["a: b", "- c", "# d", "it's", '"e"', "f ", "{", "g: {h,", "  i}"]
                said = draw(st.lists(st.sampled_from(words), min_size=1))
                lines += [f"{key}: >-", *(" " * step + line for line in said), *draw(st.sampled_from([[], [""]]))]
                continue
            if draw(st.integers(0, 3)) == 0:
                first, *rest = draw(FLOWS).split("\n")
                lines += [
                    f"{key}:{first and ' '}{first}",
                    *(" " * draw(st.sampled_from([0, 1, step])) + one for one in rest),
                ]
                continue
            comment = draw(st.sampled_from(["", "", "  # c: d", "  "]))
            lines.append(f"{key}: {draw(WORDS.filter(str.isascii))}{comment}")
            continue
        lines.append(f"{key}:{draw(st.sampled_from(['', ' ', '  # c']))}")
        if kind == "items":
            lines += [
                f"{' ' * step}- {word}" for word in draw(st.lists(WORDS.filter(str.isascii), min_size=1, max_size=3))
            ]
            continue
        inner = [
            draw(regular_texts(depth=depth + 1)) for _ in range(1 if kind == "mapping" else draw(st.integers(1, 3)))
        ]
        if kind == "mapping":
            lines += [" " * step + line for line in inner[0].split("\n")]
        else:
            before = " " * draw(st.sampled_from([0, step]))
            for item in inner:
                first, *rest = item.split("\n")
                lines += [f"{before}- {first}", *(f"{before}  {line}" for line in rest)]
    return "\n".join(lines)


def test_much_that_is_generated_is_regular() -> None:
    seen = []

    @settings(max_examples=400)
    @given(regular_texts())
    def reads(text: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            seen.append(same(text, patch))

    reads()
    assert sum(seen) > len(seen) // 10


@settings(max_examples=600)
@given(st.data())
def test_a_file_with_a_slip_is_read_as_the_parser_reads_it_or_left_to_it(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(FACTS))
    lines = text.split("\n")[: data.draw(st.integers(5, 40))]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        cut = data.draw(st.integers(0, len(line)))
        signs = st.sampled_from([*" -:#'\"{}[]&*!|>%@`?,\t", ": ", " #", "  ", "- ", "\n", "é", "\x85"])
        lines[at] = line[:cut] + data.draw(signs) + line[cut + data.draw(st.integers(0, 1)) :]
        if data.draw(st.booleans()):
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
    with pytest.MonkeyPatch.context() as patch:
        same("\n".join(lines), patch)


def test_an_error_of_a_text_that_is_regular_up_to_it_has_its_place() -> None:
    with pytest.raises(InputErrors) as caught:
        document.read("a: b\nc:\n  d: e\n  d: f\n", "f")
    [error] = caught.value.errors
    assert (error.location.line, error.location.column, error.message) == (4, 3, 'the key "d" is given twice')
