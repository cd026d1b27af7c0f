"""document.py: places, the scalars' text, and hostile YAML refused."""

from __future__ import annotations

import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checker import document
from checker.model import InputErrors, Location

TEXT = """\
# a comment
source:
  id: a
facts:
  - id: one
    value: {min: 1, max: 2}
    list:
    - x
    -   - deep
  - "two"
empty:
"""


def errors(text: str | bytes) -> list[tuple[int | None, int | None, str, str]]:
    with pytest.raises(InputErrors) as caught:
        document.read(text, "f.yaml")
    found = caught.value.errors
    assert all(error.location.file == "f.yaml" for error in found)
    return [(e.location.line, e.location.column, e.message, e.expected) for e in found]


@pytest.fixture(params=["c", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "python":
        monkeypatch.setattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return str(request.param)


def test_scalars_keep_their_text() -> None:
    text = "a: NO\nb: NA\nc: 012\nd: 1:30\ne: 2024-07\nf: null\ng: true\nh: ~\ni:\n"
    text += "j: 1.10\nk: 0x1F\nl: ''\n<<: 1e3\n2024: y"
    assert document.read(text, "f").data == {
        "a": "NO", "b": "NA", "c": "012", "d": "1:30", "e": "2024-07", "f": "null", "g": "true", "h": "~", "i": "",
        "j": "1.10", "k": "0x1F", "l": "", "<<": "1e3", "2024": "y",
    }  # fmt: skip


@pytest.mark.usefixtures("loader")
def test_every_node_has_its_place() -> None:
    read = document.read(TEXT, "f.yaml")
    places = {
        (): (2, 1),
        ("source",): (3, 3),
        ("source", "id"): (3, 7),
        ("facts",): (5, 3),
        ("facts", 0): (5, 5),
        ("facts", 0, "id"): (5, 9),
        ("facts", 0, "value"): (6, 12),
        ("facts", 0, "value", "max"): (6, 26),
        ("facts", 0, "list"): (8, 5),
        ("facts", 0, "list", 0): (8, 7),
        ("facts", 0, "list", 1): (9, 9),
        ("facts", 0, "list", 1, 0): (9, 11),
        ("facts", 1): (10, 5),
    }
    assert {path: read.at(path) for path in places} == {k: Location("f.yaml", *v) for k, v in places.items()}
    assert read.key_at(("facts", 0, "value")) == Location("f.yaml", 6, 5)
    assert read.key_at(("facts", 0, "value", "min")) == Location("f.yaml", 6, 13)
    assert read.key_at(("facts", 1)) == Location("f.yaml", 10, 5)


@pytest.mark.parametrize(
    ("path", "ancestor"),
    [
        (("source", "none"), ("source",)),
        (("source", "id", "deeper"), ("source", "id")),
        (("facts", 7), ("facts",)),
        (("facts", "name"), ("facts",)),
        (("none", 0, "x"), ()),
    ],
)
def test_a_path_that_leads_nowhere_stops_at_the_nearest_ancestor(
    path: tuple[str | int, ...], ancestor: tuple[str | int, ...]
) -> None:
    read = document.read(TEXT, "f.yaml")
    assert read.at(path) == read.at(ancestor)


def test_an_empty_file_is_an_empty_text() -> None:
    for text in ("", "# nothing\n", "\n\n", b"", "\ufeff"):
        read = document.read(text, "f")
        assert read.data == ""
        assert read.at(("a",)) == Location("f", 1, 1)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert document.read(b"\xef\xbb\xbfa: 1", "f").data == {"a": "1"}
    assert document.read("\ufeffa: 1", "f").at(("a",)) == Location("f", 1, 4)


def test_aliases_share_what_they_stand_for() -> None:
    read = document.read("a: &x {k: v}\nb: *x\nc: [*x, *x]\n", "f")
    assert read.data == {"a": {"k": "v"}, "b": {"k": "v"}, "c": [{"k": "v"}, {"k": "v"}]}
    assert read.at(("b",)) == Location("f", 2, 4)
    assert read.at(("c", 1, "k")) == Location("f", 1, 11)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1, 'the key "a" is given twice', "one value for it (the first is on line 1)")),
        ("a:\n  - {b: 1, b: 2}\n", (2, 12, 'the key "b" is given twice', "one value for it (the first is on line 2)")),
        ("a: !!int 3", (1, 4, 'a tag is not allowed: "tag:yaml.org,2002:int"', "the value alone")),
        ("a: ! 3", (1, 4, 'a tag is not allowed: "!"', "the value alone")),
        (
            "- !!python/object/apply:os.system [ls]",
            (1, 3, 'a tag is not allowed: "tag:yaml.org,2002:python/object/apply:os.system"', "the value alone"),
        ),
        ("!!str a: 1", (1, 1, 'a tag is not allowed: "tag:yaml.org,2002:str"', "the value alone")),
        ("!x {a: 1}", (1, 1, 'a tag is not allowed: "!x"', "the value alone")),
        ("[a, b]: 1", (1, 1, "a key must be a text", "one word or a quoted text before the colon")),
        ("? {a: b}\n: 1", (1, 3, "a key must be a text", "one word or a quoted text before the colon")),
        ("a: &x y\n*x : 1", (2, 1, "a key must be a text", "one word or a quoted text before the colon")),
        ("a: 1\n---\nb: 2\n", (2, 1, "a second document begins", "one document in each file")),
        ("a: *b", (1, 4, 'the alias "*b" stands for nothing', '"&b" before it')),
        ("a: &b [1, *b]", (1, 11, 'the alias "*b" stands inside what it stands for', "")),
        ("a: &b {c: {d: *b}}", (1, 15, 'the alias "*b" stands inside what it stands for', "")),
        ("a: 1\nb: x\x1by", (2, 5, "the control character U+001B is not allowed", "printable text")),
        ("a: x\x00", (1, 5, "the control character U+0000 is not allowed", "printable text")),
        ("a: x\ud800", (1, 5, "the control character U+D800 is not allowed", "printable text")),
        ('a: "\\e[31m"', (1, 4, "a control character is not allowed", "")),
        ('"\\0": a', (1, 1, "a control character is not allowed", "")),
        (b"a: 1\nb: \xff", (2, 4, "byte 8 (0xff) is not UTF-8", "text in UTF-8")),
        ("a: é\nb: 1".encode("latin-1"), (1, 4, "byte 3 (0xe9) is not UTF-8", "text in UTF-8")),
        ("a: 1".encode("utf-16"), (1, 1, "byte 0 (0xff) is not UTF-8", "text in UTF-8")),
    ],
)
def test_what_is_refused(text: str | bytes, expected: tuple[int, int, str, str]) -> None:
    assert errors(text) == [expected]


@pytest.mark.parametrize(
    ("text", "place", "message", "expected"),
    [
        ("a: b: c", (1, 5), "no valid YAML: mapping values are not allowed in this context", "quotes around"),
        ("a:\n\t- b", (2, 1), "no valid YAML: found character that cannot start any token", "spaces, not tabs"),
        ("a: 1\n b: 2\nc", (2, 3), "no valid YAML: mapping values are not allowed in this context", "quotes around"),
        ('a: "b" c', (1, 8), "no valid YAML: did not find expected key, while parsing a block mapping that", "keys of"),
        ("a: 1\nb\nc: 2", (3, 1), "no valid YAML: could not find expected ':'", "a colon and a space"),
        ("a: [1, 2", (2, 1), "no valid YAML: did not find expected ',' or ']'", ""),
        ('a: "open', (1, 9), "no valid YAML: found unexpected end of stream", ""),
        ("a: !x!y z", (1, 4), "no valid YAML: found undefined tag handle", ""),
        ("%YAML 3.0\n---\na", (1, 1), "no valid YAML: found incompatible YAML document", ""),
    ],
)
def test_a_syntax_error_is_said_with_its_place(text: str, place: tuple[int, int], message: str, expected: str) -> None:
    [(line, column, said, hint)] = errors(text)
    assert (said[: len(message)], hint[: len(expected)]) == (message, expected)
    assert (line, column) == place


def test_all_that_can_be_read_past_is_said_at_once() -> None:
    found = errors("a: !x 1\na: 2\n[k]: 3\nb: [")
    assert [line for line, *_ in found] == [1, 2, 3, 5]


def test_billion_laughs() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    [(line, _, message, expected)] = errors("\n".join(rows))
    assert (line, message) == (5, "the aliases multiply")
    assert expected == "at most 100000 nodes from aliases"


def test_many_nodes_without_aliases_are_no_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_ALIASED", 10)
    assert len(document.read("[" + "a, " * 1000 + "]", "f").data) == 1000
    assert len(errors("- &a [1, 2, 3, 4]\n- *a\n- *a\n- *a\n")) == 1


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth(opening: str) -> None:
    *_, (_, _, message, expected) = errors(opening * 100_000)
    assert (message, expected) == ("nested too deeply", "at most 50 levels")


def test_fifty_levels_are_read() -> None:
    assert document.read("[" * 50 + "]" * 50, "f").data
    assert errors("[" * 52 + "]" * 52)[0][:2] == (1, 52)


def test_aliases_do_not_nest_deeper_than_what_is_written() -> None:
    rows = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 60))]
    [(line, _, message, expected)] = errors("\n".join(rows))
    assert (line, message, expected) == (51, "nested too deeply", "at most 50 levels")


def test_large_files_and_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 100)
    monkeypatch.setattr(document, "MAX_SCALAR", 10)
    assert errors("a: " + "x" * 98) == [(1, 1, "the file is too large", "at most 100 bytes")]
    assert errors("a: 1\nb: 12345678901\n") == [(2, 4, "a text is too long", "at most 10 characters")]
    assert errors("a: 1\nb12345678901: 1\n") == [(2, 1, "a text is too long", "at most 10 characters")]


@given(st.text(max_size=100))
def test_an_excerpt_is_short_and_printable(text: str) -> None:
    excerpt = document.excerpt(text)
    assert len(excerpt) <= 60
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in excerpt)


def test_an_excerpt_ends_in_an_ellipsis() -> None:
    assert document.excerpt("x" * 61) == "x" * 59 + "…"
    assert document.excerpt("x" * 60) == "x" * 60


nodes = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=8
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc ü#:", max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(nodes)
def test_what_is_written_is_read(data: document.Data) -> None:
    written = yaml.safe_dump(data, allow_unicode=True)
    # the dumper quotes what would be typed; an alias cannot occur, as texts are not shared
    assert document.read(written, "f").data == data


@given(st.text(st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,\n\t \\01\x07é\u2028"), max_size=40) | st.binary(max_size=40))
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with contextlib.suppress(InputErrors):
        document.read(text, "f")


def test_the_place_of_a_character_depends_on_how_its_text_is_written() -> None:
    read = document.read("plain: abc\nquoted: \"abc\"\nblock: >-\n  abc\nlist: ['abc']\n", "a.yaml")
    paths: list[list[str | int]] = [["plain"], ["quoted"], ["block"], ["list", 0]]
    assert [read.within(path, 2)[1:3] for path in paths] == [(1, 10), (2, 12), (3, 8), (5, 11)]
