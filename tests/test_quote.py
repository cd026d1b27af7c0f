"""quote.py: what of a quote stands in its text, and whether that says the value."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facts
from checker import quote
from checker.model import EVERYTHING, Cited, Derivation, Fact, Finding, Mark, QuoteCheck, Value

STANDS, MISSING = QuoteCheck(stands=True, states=True), QuoteCheck(stands=False, states=None)


def claim(value: Any, words: str | None, measure: str = "held", **fields: Any) -> Fact:
    return facts.claim("x", measure, value, quote=words, **fields)


def check(value: Any, words: str, text: str, measure: str = "held") -> QuoteCheck:
    return quote.check(claim(value, words, measure), quote.fold(text))


def says(what: str) -> QuoteCheck:
    return QuoteCheck(stands=True, states=False, says=what)


# ------------------------------------------------------------------------- folding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“87” seats", '"87" seats'),
        ("«87» seats", '"87" seats'),
        ("the mayors’ seats", "the mayors' seats"),
        ("87–90 seats", "87-90 seats"),
        ("87\u00a0\u2009 \n\t seats ", "87 seats"),
        ("Tocoro\u0301n", "Tocor\u00f3n"),
    ],
)
def test_what_is_folded(one: str, other: str) -> None:
    assert quote.fold(one) == quote.fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Seats", "seats"), ("Tocorón", "Tocoron"), ("87", "８７"), ("½", "1/2"), ("eighty", "80")]
)
def test_what_is_not_folded(one: str, other: str) -> None:
    assert quote.fold(one) != quote.fold(other)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert quote.fold(quote.fold(text)) == quote.fold(text)


# ------------------------------------------------------------------------- does it stand?

TEXT = "Of 2,400 people, at least 87 were freed in 2.5 hours; twenty-one of them were unwell."


@pytest.mark.parametrize(
    "words", ["at least 87", "87 were freed", "Of 2,400 people", "2,400", "2.5", "unwell", TEXT, "people,", "unwell."]
)
def test_a_fragment_stands(words: str) -> None:
    assert check("unknown", words, TEXT).stands


@pytest.mark.parametrize(
    "words",
    [
        "well",
        "un",
        "7 were freed",
        "at least 8",
        "400",
        "2,40",
        "2,",
        "2",
        ",400 people",
        "5 hours",
        "2.",
        "eighty-seven",
    ],
)
def test_a_fragment_that_cuts_a_word_or_number_does_not_stand(words: str) -> None:
    assert check(87, words, TEXT) == MISSING


@pytest.mark.parametrize("words", ["At least 87", "87 were  released", "", "  ", "\n"])
def test_other_words_do_not_stand(words: str) -> None:
    assert check(87, words, TEXT) == MISSING


def test_a_fragment_may_be_cut_in_one_place_and_stand_in_another() -> None:
    assert check(87, "87 people", "In 1987 people left. Then 87 people came.") == STANDS


# ------------------------------------------------------------------------- does it state the value?


@pytest.mark.parametrize(
    ("value", "words", "text", "found"),
    [
        (87, "87 seats", "There are 87 seats.", STANDS),
        ("at least 87", "at least 87 seats", "There are at least 87 seats.", STANDS),
        ("at least 87", "87 seats", "There are at least 87 seats.", STANDS),
        (87, "at least 87 seats", "There are at least 87 seats.", says("at least 87")),
        (78, "at least 87 seats", "There are at least 87 seats.", says("at least 87")),
        (87, "87 seats", "There are at least 87 seats.", says("at least 87")),
        (78, "87 seats", "There are 87 seats.", says("87")),
        (87, "eighty-seven seats", "There are eighty-seven seats.", STANDS),
        (2, "12 of 87 seats", "They hold 12 of 87 seats.", says("12, 87")),
        (87, "12 of 87 seats", "They hold 12 of 87 seats.", STANDS),
        ("about 87", "around 87 seats", "There are around 87 seats.", STANDS),  # two words for the same
        (400, "Of 2,400 people", TEXT, says("2,400")),
    ],
)
def test_numbers(value: Any, words: str, text: str, found: QuoteCheck) -> None:
    assert check(value, words, text) == found


def test_the_numbers_in_a_date_are_said_with_it() -> None:
    assert check(18, "on July 28", "They met on July 28.") == says("July 28")
    assert check(28, "July 28, 28 of them", "They met: on July 28, 28 of them.") == STANDS
    assert check(1987, "1987 people", "In all, 1987 people came.") == STANDS  # a year, or a number


def test_a_quote_without_a_figure_states_nothing() -> None:
    assert check(87, "all the seats", "They took all the seats in 1987.") == QuoteCheck(stands=True, states=None)


def test_a_figure_outside_the_quote_is_not_stated() -> None:
    assert check(87, "12 seats", "Of 87 in all, 12 seats were sold, and 75 were not.") == says("12")


def test_one_of_several_occurrences_is_enough() -> None:
    text = "They hold 12 seats. At last count, at least 12 seats."
    assert check(12, "12 seats", text) == STANDS
    assert check("at least 12", "12 seats", text) == STANDS
    assert check("over 12", "12 seats", text) == says("12, at least 12")


@pytest.mark.parametrize(
    ("measure", "value", "words", "text"),
    [
        ("share", "62 %", "62 percent", "It was 62 percent of all."),
        ("cost", "1.2 million", "1.2 million", "It cost 1.2 million euros."),
        ("lasted", "a year and a half", "after a year and a half", "It ended after a year and a half of rain."),
        ("level", "2.5", "2.5 metres", "It rose by 2.5 metres."),
    ],
)
def test_other_numbers(measure: str, value: str, words: str, text: str) -> None:
    assert check(value, words, text, measure) == STANDS


@pytest.mark.parametrize(
    ("value", "words", "text", "found"),
    [
        ("2024-07-28", "on July 28", "They voted on July 28.", STANDS),
        ("2024-07-28", "in July", "They voted in July.", STANDS),
        ("2024-07-28", "July 2024", "They voted in July 2024.", STANDS),
        ("2024-07", "July 28", "They voted on July 28.", says("July 28")),
        ("2024-07-28", "July 2023", "They voted in July 2023.", says("July 2023")),
        ("2024-07-28", "July 18", "They voted on July 18.", says("July 18")),
        ("2024", "on July 28, 2024", "They voted on July 28, 2024.", says("July 28, 2024")),
        ("2024-07-28", "in June", "They voted in June.", says("June")),
        ("2024-07-28", "they voted", "Then they voted, on July 1.", QuoteCheck(stands=True, states=None)),
    ],
)
def test_dates(value: str, words: str, text: str, found: QuoteCheck) -> None:
    assert check(value, words, text, "began") == found


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("name", "Ana"),
        ("held", "unknown"),
        ("began", "unknown"),
        ("began", "../.."),
        ("level", Value("whatever", EVERYTHING, EVERYTHING)),
    ],
)
def test_what_no_figure_can_state(measure: str, value: Any) -> None:
    assert check(value, "87 seats", "Ana has 87 seats.", measure) == QuoteCheck(stands=True, states=None)


def test_an_open_date_is_stated_by_its_end() -> None:
    assert check("../2024-07-28", "until July 28", "It lasted until July 28.", "began").stands


@pytest.mark.parametrize(
    "words",
    [
        "\x00",
        "\x1b[31m87",
        "\u202e78",
        "87" * 5000,
        "( " * 2000,
        "\ud800",
        "9" * 5000,
        "{0.__class__}",
        "%s",
        ".*",
        "[a-z]+",
    ],
)
def test_hostile_quotes(words: str) -> None:
    assert check(87, words, f"87 or so. {TEXT}") == MISSING
    assert check(87, words, f"of {words} .").stands in (True, False)


# ------------------------------------------------------------------------- the archive

Archive = Callable[..., tuple[Path, dict[str, str]]]


def archived(directory: Path, text: str | bytes, name: str = "a.txt") -> dict[str, str]:
    """A text in the archive, and what a source says of it."""
    data = text if isinstance(text, bytes) else text.encode()
    (directory / name).write_bytes(data)
    return {"text": name, "sha256": sha256(data).hexdigest()}


def test_quotes_are_held_against_the_archive(tmp_path: Path) -> None:
    origin = facts.source("a", **archived(tmp_path, "There are 87 “seats”."))
    right, wrong = claim(87, '87 "seats"', source=origin), claim(88, "88", source=origin)
    bare, derived = claim(87, None, source=origin), claim(87, "87", source=None)
    found, errors, unchecked = quote.checked([right, wrong, bare, derived], tmp_path)
    assert [fact.checked for fact in found] == [STANDS, MISSING, None, None]
    assert [fact._replace(checked=None) for fact in found] == [right, wrong, bare, derived]
    assert (errors, unchecked) == ([], 0)


@pytest.mark.parametrize("archive", [None, "", "nowhere"])
def test_without_the_text_quotes_stay_unchecked(archive: str | None, tmp_path: Path) -> None:
    origin = facts.source("a", text="a.txt", sha256="0" * 64)
    given = [claim(87, "87", source=origin), claim(87, "78", source=origin), claim(87, None, source=origin)]
    found, errors, unchecked = quote.checked(given, None if archive is None else tmp_path / archive)
    assert (list(found), errors, unchecked) == (given, [], 2)


def test_a_source_without_a_text_stays_unchecked(tmp_path: Path) -> None:
    assert quote.checked([claim(87, "87")], tmp_path) == ((claim(87, "87"),), [], 1)


@pytest.mark.parametrize("name", ["a" * 300, "ñ" * 200])
def test_a_name_that_no_file_can_have_is_not_there(name: str, tmp_path: Path) -> None:
    origin = facts.source("a", text=name, sha256="0" * 64)
    assert quote.checked([claim(87, "87", source=origin)], tmp_path)[1:] == ([], 1)


def test_a_directory_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    origin = facts.source("a", text="a.txt", sha256="0" * 64)
    assert quote.checked([claim(87, "87", source=origin)], tmp_path)[1:] == ([], 1)


def test_another_text_is_an_input_error_and_said_once(tmp_path: Path) -> None:
    found = archived(tmp_path, "There are 87 seats.")["sha256"]
    origin = facts.source("a", text="a.txt", sha256="0" * 64)
    given = [claim(87, "87", source=origin), claim(87, "seats", source=origin)]
    kept, [error], _ = quote.checked(given, tmp_path)
    assert list(kept) == given
    assert error.location == facts.HERE
    assert error.message == f"a.txt in the source archive has another sha256: {found}"
    assert error.expected == f"{'0' * 64}, or the text that the facts were taken from"


def test_a_text_that_is_not_utf_8(tmp_path: Path) -> None:
    origin = facts.source("a", **archived(tmp_path, b"There are 87 seats in caf\xe9s."))
    _, [error], _ = quote.checked([claim(87, "87", source=origin)], tmp_path)
    assert (error.location, error.message, error.expected) == (facts.HERE, "a.txt is not UTF-8", "a text in UTF-8")


def test_each_text_is_read_once_and_for_its_own_source(tmp_path: Path) -> None:
    one = facts.source("a", **archived(tmp_path, "There are 87 seats.", "a.txt"))
    other = facts.source("b", **archived(tmp_path, "There are 78 seats.", "b.txt"))
    given = [
        claim(87, "87 seats", source=one),
        claim(87, "87 seats", source=other),
        claim(78, "78 seats", source=other),
    ]
    found, errors, _ = quote.checked(given, tmp_path)
    assert [fact.checked for fact in found] == [STANDS, MISSING, STANDS]
    assert errors == []


def test_a_number_in_a_date_is_no_figure() -> None:
    assert check(28, "on July 28", "It began on July 28.") == says("July 28")
    assert check(2024, "2024 people", "There were 2024 people.") == STANDS


@pytest.mark.parametrize("words", ["unknown", "Unknown", "not known", "desconocido"])
def test_a_figure_that_is_held_back_is_stated_by_no_number(words: str) -> None:
    assert check(words, "400 people", "Of 400 people, nobody says how many.") == QuoteCheck(stands=True, states=None)


# ------------------------------------------------------------------------- the words that say it


def marked(words: str | None, value: Any, measure: str = "held") -> list[tuple[str, str]]:
    return [((words or "")[mark.start : mark.end], mark.kind) for mark in quote.marks(claim(value, words, measure))]


@pytest.mark.parametrize(
    ("words", "value", "measure", "expected"),
    [
        ("at least  87 of the people", "at least 87", "held", [("at least", "hedge"), ("87", "figure")]),
        ("2,000 or more", "at least 2,000", "held", [("2,000", "figure"), ("or more", "hedge")]),
        ("between 3 and 5 died", "between 3 and 5", "held", [("between", "hedge"), ("3 and 5", "figure")]),
        ("dozens of them", "dozens", "held", [("dozens", "figure")]),
        ("más de\n 2.000 personas", "more than 2,000", "held", [("más de", "hedge"), ("2.000", "figure")]),
        ("some thirty per cent", "about 30 %", "share", [("some", "hedge"), ("thirty per cent", "figure")]),
        ("over a year and a half", "over a year and a half", "lasted",
         [("over", "hedge"), ("a year and a half", "figure")]),
        ("on January 1, 2026, some 20", "2026-01-01", "began", [("January 1, 2026", "figure")]),
        ("on January 1, some 20", "about 20", "held", [("some", "hedge"), ("20", "figure")]),
    ],
)  # fmt: skip
def test_the_words_that_state_the_value_are_marked(
    words: str, value: str, measure: str, expected: list[tuple[str, str]]
) -> None:
    assert marked(words, value, measure) == expected


def test_only_the_figure_that_is_the_value_is_marked_and_where_none_is_every_one() -> None:
    words = "at least 87 of some 2,400"
    assert marked(words, "about 2,400") == [("some", "hedge"), ("2,400", "figure")]
    assert marked(words, "90") == [("at least", "hedge"), ("87", "figure"), ("some", "hedge"), ("2,400", "figure")]
    assert marked("from 3 to 5", "9") == [("from", "hedge"), ("3 to 5", "figure")]


@pytest.mark.parametrize(("words", "value", "measure"), [(None, "3", "held"), ("3 died", "unknown", "held"),
                                                      ("the 3 Kings", "the 3 Kings", "name")])  # fmt: skip
def test_nothing_is_marked_where_no_figure_is_told(words: str | None, value: str, measure: str) -> None:
    assert marked(words, value, measure) == []


@given(st.lists(st.sampled_from(["at least", "87", "or more", "from", "3", "to", "5", "May", "2024", "dozens", "of",
                                 ",", "  ", "\n", "--", "€", "洪", "\x1b[1m"]), max_size=12).map(" ".join))  # fmt: skip
def test_marks_stand_apart_in_order_and_hold_words(words: str) -> None:
    places = [mark[:2] for mark in quote.marks(claim("4", words))]
    ends = [0, *(end for place in places for end in place)]
    assert ends == sorted(ends)
    assert all(words[start:end] == words[start:end].strip() != "" for start, end in places)


def test_in_findings_the_facts_and_what_they_come_from_are_marked() -> None:
    quoted, bare = claim("about 4", "some 4"), claim("4", None)._replace(id="a#z")
    made = claim("4", None)._replace(id="a#y", derivation=Derivation("sum", (quoted, bare), None))
    one = Finding("1", "r", "error", "violated", "new", "s", "", (Cited("a", quoted), Cited("b", made)))
    [found] = quote.marked([one])
    mark = (Mark(0, 4, "hedge"), Mark(5, 6, "figure"))
    derivation = found.facts[1].fact.derivation
    assert found.facts[0].fact == quoted._replace(marks=mark)
    assert derivation is not None
    assert derivation.facts == (quoted._replace(marks=mark), bare)
