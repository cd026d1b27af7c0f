"""recall.py: the same facts as fact.py reads, wherever nothing is wrong with them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker import document, fact, period, vocabulary
from checker.model import InputError, Location, Source
from checker.recall import Recall

NAMES = vocabulary.read(
    [
        document.read(
            """\
measures:
  total: {type: count, unit: person, kind: total, counting: gross}
  freed: {type: count, unit: person, kind: flow}
  held: {type: count, unit: person, kind: stock}
  share: {type: percent, kind: stock}
  vote: {type: date}
  stay: {type: duration}
  name: {type: text}
  "cases-*": {type: number, kind: stock}
subjects: {s: {title: The subject, since: 2024-07-28}, t: {}, county-*: {title: A county}}
claimants: {police: {}, ngo-*: {}}
events: {e: {}, wave-*: {}}
dimensions: {sex: {values: [men, women]}, place: {}}
""",
            "names.yaml",
        )
    ]
)
HERE = Location("a.yaml", 3, 5)
SOURCES = [Source("a", HERE, published=period.read("2026-01-02")), Source("b", HERE)]
DATES = st.sampled_from(["2024-01-01", "2024-07~", "../2024", "2024-13", "soon", ""])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "measure": st.sampled_from(["total", "freed", "held", "share", "vote", "stay", "name", "cases-x", "none"]),
    "subject": st.sampled_from(["s", "t", "county-1", "none"]),
    "value": st.sampled_from(
        ["12", "about 1,200", "30 %", "2024-05", "two weeks", "no number", "unknown", {"min": "1", "max": "2"},
         {"min": "9", "max": "2"}, {"max": "2024-05"}]
    ),
    "as_of": DATES, "during": DATES, "since": DATES,
    "claimant": st.sampled_from(["police", "ngo-x", "a", "nobody"]),
    "event": st.sampled_from(["e", "wave-1", "none"]),
    "basis": st.sampled_from(["verified", "planned"]),
    "quote": st.just("q"),
    "dimensions": st.sampled_from([{}, {"sex": "men"}, {"sex": "x"}, {"sex": "men", "place": "p"}, {"none": "x"}]),
    "complete": st.sampled_from([["sex"], ["batches", "place"], ["none"]]),
    "supersedes": st.just("a#x"),
    "fixed": st.sampled_from(["true", "false"]),
}  # fmt: skip
WRITTEN = st.fixed_dictionaries({"id": st.just("x")}, optional=FIELDS)
SOUND = st.fixed_dictionaries(
    {"id": st.just("y"), "measure": st.just("total"), "subject": st.just("s"), "value": st.just("7")},
    optional={name: values for name, values in FIELDS.items() if name not in ("measure", "subject", "value", "during")},
)
DEFAULTS = st.fixed_dictionaries(
    {}, optional={name: FIELDS[name] for name in ("measure", "subject", "as_of", "during")}
)


def context(declared: frozenset[str] = fact.NAMES) -> fact.Context:
    return fact.Context(NAMES, speakers=frozenset({"a", "b"}), declared=declared)


@settings(max_examples=1000)
@given(st.lists(st.tuples(WRITTEN | SOUND, DEFAULTS, st.sampled_from(SOURCES)), min_size=1, max_size=4))
def test_what_is_recalled_is_what_is_read(told: list[tuple[dict[str, Any], dict[str, Any], Source]]) -> None:
    recall = Recall(context())  # one for all, so that what is wrong in one fact cannot be remembered for the next
    for written, defaults, source in told:
        errors: list[InputError] = []
        read = fact.read(written, defaults, source, context(), lambda *_: HERE, errors)
        assert recall.fact(written, defaults, source, HERE) == (None if errors else read)


def test_names_that_need_no_declaration_are_left_to_fact() -> None:
    written = {"id": "x", "measure": "held", "subject": "new", "value": "1"}
    errors: list[InputError] = []
    read = fact.read(written, {}, SOURCES[0], context(frozenset()), lambda *_: HERE, errors)
    assert (read is None, errors) == (False, [])
    assert Recall(context(frozenset())).fact(written, {}, SOURCES[0], HERE) is None
