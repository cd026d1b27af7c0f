"""The names of a rule as rows: a row of ``facts`` for each single name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker import field, vocabulary
from checker.engine.dialect import SIMPLE, every, quoted, some
from checker.judge import Judge
from checker.model import Call, Measure, Reference
from checker.sql import column
from checker.sql.column import Relation
from checker.sql.predicate import Inexpressible, Kleene, Span

MAX_RELATIONS = 500  # pairs of measures that are written out


class Rows:
    """A row for each name, under the alias of the name."""

    def __init__(
        self, relation: Relation, judge: Judge, aliases: Mapping[str, str], measures: Mapping[str, Sequence[Measure]]
    ) -> None:
        self._relation, self._judge = relation, judge
        self._aliases, self._measures = aliases, measures
        self.scale = relation.scale

    def value(self, name: str) -> Span:
        """The value of a name, scaled."""
        alias = self._alias(name)
        low, high = f"{alias}.low", f"{alias}.{'low' if self._relation.points else 'high'}"
        if self._relation.holds("bounded"):
            return Span(low, high)
        return Span(*(f"CASE WHEN {alias}.odd THEN NULL ELSE {end} END" for end in (low, high)))

    def total(self, function: str, name: str) -> Span:  # noqa: ARG002  # as every scope has it
        """Nothing is known of a collection in a row."""
        raise Inexpressible

    def day(self, name: str, of: str) -> Span:
        """The day in a date field."""
        if not field.is_date(of):
            raise Inexpressible
        alias = self._alias(name)
        if self._relation.holds(column.date(of)):
            return Span(*[f"{alias}.{column.date(of)}_first"] * 2)
        return Span(*column.ends(of, f"{alias}."))

    def text(self, name: str, of: str) -> Span:
        """The text in a field."""
        written = self._text(name, of)
        return Span(written, written)

    def _text(self, name: str, of: str) -> str:
        if not field.is_text(of):
            raise Inexpressible
        alias = self._alias(name)
        if of not in column.MEASURED or of == "measure":
            return _named(alias, column.text(of, self._relation))
        texts = {measure.id: column.MEASURED[of](measure) for measure in self._measures[name]}
        if len(set(texts.values())) == 1:
            return _literal(next(iter(texts.values())))
        cases = " ".join(f"WHEN {quoted(id)} THEN {quoted(text)}" for id, text in texts.items() if text is not None)
        return f"CASE {alias}.measure {cases} END" if cases else "NULL"

    def lacks(self, name: str, of: str) -> tuple[str, str]:
        """Whether a field is absent."""
        if of in column.NEVER_NULL:
            return "FALSE", "FALSE"
        if field.is_date(of):
            end = "first" if self._relation.holds(column.date(of)) else "text"
            written = f"{self._alias(name)}.{column.date(of)}_{end}"
        else:
            written = self._text(name, of)
        if written == "NULL":
            return "TRUE", "TRUE"
        lacking = "FALSE" if written.startswith("'") else f"{written} IS NULL"
        return lacking, lacking

    def kind(self, name: str) -> str:
        """Whether a name's value is a number or a date."""
        if name not in self._measures:
            raise Inexpressible
        kinds = {measure.type if measure.type in ("text", "date") else "number" for measure in self._measures[name]}
        if len(kinds) != 1 or "text" in kinds:
            raise Inexpressible
        return kinds.pop()

    def is_simple(self, text: str) -> str:
        """Whether a text is itself, however Unicode and white space are folded."""
        if text.startswith("'"):
            inner = text[1:-1].replace("''", "'")
            return "TRUE" if inner.isascii() and inner.isprintable() and " ".join(inner.split()) == inner else "FALSE"
        if text.endswith((".basis", ".quote_stands", ".quote_states")):
            return "TRUE"
        return self._relation.database.dialect.is_all(text, SIMPLE)

    def held(self, call: Call) -> Kleene:
        """Relations of measures and of subjects."""
        names = [one for one in call.arguments if isinstance(one, Reference) and one.field == "measure"]
        if call.function not in ("within", "total_of") or len(names) != 2:
            raise Inexpressible
        one, other = names
        pairs = [
            (a.id, b.id)
            for a in self._measures_of(one.name)
            for b in self._measures_of(other.name)
            if self._holds(call.function, a, b)
        ]
        if len(pairs) > MAX_RELATIONS:
            raise Inexpressible
        a, b = self.text(one.name, "measure"), self.text(other.name, "measure")
        sole = every(f"{text.low} = {text.high}" for text in (a, b) if text.low != text.high)
        held = [f"{a.low} = {quoted(x)} AND {b.low} = {quoted(y)}" for x, y in pairs]
        others = every(f"NOT ({pair})" for pair in held)
        return Kleene(every([sole, some(held)]), every([sole, others]))

    def _holds(self, function: str, a: Measure, b: Measure) -> bool:
        if function == "total_of":
            found = vocabulary.find(self._judge.names.measures, a.id)
            return found is not None and found.total_of == b.id
        return vocabulary.within(self._judge.names, a.id, b.id)

    def _measures_of(self, name: str) -> Sequence[Measure]:
        if name not in self._measures:
            raise Inexpressible
        return self._measures[name]

    def wide(self, number: str) -> str:
        """The number in a type beyond 64 bits."""
        return f"CAST({number} AS {self._relation.database.dialect.wide})"

    def _alias(self, name: str) -> str:
        if name not in self._aliases:
            raise Inexpressible
        return self._aliases[name]


def _named(alias: str, name: str) -> str:
    return name if name == "NULL" else f"{alias}.{name}"


def _literal(text: str | None) -> str:
    return "NULL" if text is None else quoted(text)
