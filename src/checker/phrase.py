"""A number with its hedge -> the intervals that the words mean."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from checker.hedges import End, Form, Hedge, Profile, QuantityError, match
from checker.interval import is_empty, meet
from checker.model import EVERYTHING, Exact, Interval, Value
from checker.numerals import ALONE, Number, Tokens, exact, past, time, written
from checker.record import NamedTuple
from checker.tokens import joined

SIGNED = ("number", "percent", "money")  # the types that may be below zero
EXAMPLES = {
    "count": "such as 87, “at least 87”, “around 2,400” or “dozens”",
    "number": "such as 2.5, “at least 2.5” or “around 2,400”",
    "percent": "such as 30 %, “at least 29.5 per cent” or “around 30 %”",
    "money": "such as 2.5 million, “more than 300 euros” or “around $2,000”",
    "duration": "such as 72 hours, “a year and a half” or “more than 17 months”",
}
_LARGEST = 10**120
_MOST_PLACES = 120
_PLAIN_SIGNS = frozenset(".,;:'\"“”«»()[]-—/&…")


class Reading(NamedTuple):
    """What words mean, before the type is asked.

    ``start`` is the token of the number, ``stop`` the one behind it, ``end`` the one behind the words;
    ``unhedged`` is the number where it has no hedge.
    """

    literal: Interval
    conventional: Interval
    end: int
    start: int
    stop: int
    unhedged: Number | None = None


def everything(type: str) -> Interval:  # noqa: A002 - the field's name in a fact file
    """All that a type allows."""
    return EVERYTHING if type in SIGNED else Interval(0, None, True, False)


def value(text: str, literal: Interval, conventional: Interval, type: str) -> Value:  # noqa: A002
    """Cut the intervals to what the type allows; raises QuantityError where nothing is left."""
    literal, whole = meet(literal, everything(type)), type == "count"
    if is_empty(literal, whole=whole):
        reason = "below zero, or empty" if is_empty(literal) else "no whole number"
        raise QuantityError(f"“{text[:60]}” is {reason}", EXAMPLES.get(type, "a quantity"))
    cut = meet(conventional, literal)
    return Value(text, literal, literal if is_empty(cut, whole=whole) else cut)


class Reader(NamedTuple):
    """Tokens read as quantities of one type."""

    tokens: Tokens
    type: str
    profile: Profile

    def readings(self, at: int) -> list[Reading]:
        """All that may start at a token, the longest first."""
        hedged = self._hedged(at)
        both = self._two_sided(hedged) if hedged and not hedged.unhedged else None
        found = (both, *self._ranges(at), self._instead(at), hedged)
        return sorted(filter(None, found), key=lambda reading: -reading.end)

    def singles(self, at: int) -> list[Reading]:
        """A number that starts at a token, taken by itself."""
        return [reading] if (reading := self._hedged(at)) else []

    def whole(self, at: int) -> Reading:
        """The longest at a token, with nothing but its noun behind it; raises QuantityError."""
        found = self.readings(at)
        if not found:
            raise self._refusal("is not understood")
        behind = found[0].end
        while behind < len(self.tokens):
            after = self.after(behind)
            if after and after[1] == len(self.tokens) and found[0].unhedged:  # 2,000 people or more
                return self.reading(found[0].unhedged, after[0], (found[0].start, found[0].stop, after[1]))
            if after or not self._noun(behind):
                raise self._refusal(f"is not understood from “{self.tokens[behind].text}” on")
            behind += 1
        return found[0]

    def _refusal(self, reason: str) -> QuantityError:
        spaced = [("" if self._joined(at) else " ") + token.text for at, token in enumerate(self.tokens)]
        words = "".join(spaced).strip()
        return QuantityError(f"“{words[:60]}” {reason}", EXAMPLES.get(self.type, "a quantity"))

    def _noun(self, at: int) -> bool:
        token, profile = self.tokens[at], self.profile
        if token.kind == "number" or (token.kind == "sign" and token.text not in _PLAIN_SIGNS):
            return False
        numbers = (profile.numbers[name] for name in ("numbers", "scales", "groups", "halves", "and_a_half"))
        units = (profile.numbers["times"],) if self.type == "duration" else ()
        tables = (profile.words["stops"], profile.hedges["instead"], *numbers, *units)
        return not any(match(table, self.tokens, at) for table in tables)

    # --------------------------------------------------------------------- numbers

    def amount(self, at: int, roles: tuple[str, ...] = ALONE, timed: bool = True) -> tuple[Number, int] | None:
        """A number without hedge, its sign and unit included; ``timed`` asks a duration for its unit."""
        if self._led(at):
            return None
        at, minus = self._sign(at)
        if self.type == "duration" and timed:
            found = time(self.tokens, at, self.profile, roles)
        else:
            found = written(self.tokens, at, self.profile, self.type == "count", roles)
        end = self._unit(found[1]) if found else None
        if found is None or end is None or found[0].n > _LARGEST:
            return None
        return found[0]._replace(n=-found[0].n if minus else found[0].n), end

    def _led(self, at: int) -> bool:
        """What stands before the number makes it something else: -5 is no count, and nor is $5."""
        if not 0 < at < len(self.tokens):
            return False
        before = self.tokens[at - 1]
        if before.role == "minus":
            return self._joined(at)
        return before.kind == "sign" and before.text in self.profile.words["currencies"]

    def _sign(self, at: int) -> tuple[int, bool]:
        minus = False
        if self.type == "money":
            at = past("currencies", self.tokens, at, self.profile)
        if self.type in SIGNED and at + 1 < len(self.tokens):
            sign, word = self.tokens[at], past("minus", self.tokens, at, self.profile)
            minus = word > at or sign.role == "minus"
            plus = sign.text == "+" and self._joined(at + 1)
            at = at + 1 if plus or sign.role == "minus" else word
        return (past("currencies", self.tokens, at, self.profile) if self.type == "money" else at), minus

    def _unit(self, at: int) -> int | None:
        """The place behind the unit; None where the unit, or what the number is stuck to, is none of the type."""
        percent = past("percent", self.tokens, at, self.profile)
        of = past("of", self.tokens, at, self.profile)
        money = past("currencies", self.tokens, of, self.profile)
        if percent > at:
            return percent if self.type == "percent" else None
        if money > of:
            return money if self.type == "money" else None
        return None if self._stuck(at) or past("breaks", self.tokens, at, self.profile) > at else at

    def _stuck(self, at: int) -> bool:
        return self._joined(at) and self.tokens[at - 1].kind == "number" and self.tokens[at].kind == "word"

    def _joined(self, at: int) -> bool:
        """Nothing stands between a token and the one before it."""
        return 0 < at < len(self.tokens) and joined(self.tokens[at - 1], self.tokens[at])

    # --------------------------------------------------------------------- hedges

    def _hedged(self, at: int) -> Reading | None:
        """A number with the hedge before it or behind it, or with none."""
        hedge = match(self.profile.hedges["before"], self.tokens, at)
        start = past("fillers", self.tokens, hedge[1], self.profile) if hedge else at
        found = self.amount(start)
        if not found:
            return None
        number, end = found
        if hedge:
            return self.reading(number, hedge[0], (start, end, end))
        after = self.after(end) or (None, end)
        return self.reading(number, after[0], (start, end, after[1]))

    def after(self, at: int) -> tuple[Hedge, int] | None:
        """A hedge that stands behind its number, and not before the next one."""
        found = match(self.profile.hedges["after"], self.tokens, at)
        if found and match(self.profile.hedges["before"], self.tokens, at) and self._hedged(at):
            return None
        return found

    def _instead(self, at: int) -> Reading | None:
        """Dozens; several hundred; a few days."""
        found = match(self.profile.hedges["instead"], self.tokens, at)
        if not found:
            return None
        hedge, end = found
        n, end = self._multiplied(end)
        if self.type == "duration":
            unit = match(self.profile.numbers["times"], self.tokens, past("of", self.tokens, end, self.profile))
            if not unit:
                return None
            n, end = exact(n * unit[0]), unit[1]
        after = self._unit(end)
        return None if after is None else self.reading(Number(n), hedge, (at, after, after))

    def _multiplied(self, at: int) -> tuple[Exact, int]:
        behind = past("of", self.tokens, at, self.profile)
        for table in ("scales", "groups"):
            if found := match(self.profile.numbers[table], self.tokens, behind):
                return found
        return 1, at

    def _two_sided(self, first: Reading) -> Reading | None:
        """At least n and fewer than m."""
        joint = past("but", self.tokens, first.end, self.profile)
        second = self._hedged(joint) if joint > first.end else None
        if second is None or second.unhedged or not (_bounds(first) and _bounds(second)):
            return None
        both = meet(first.literal, second.literal)
        opposite = (first.literal.low is None) != (second.literal.low is None)
        return Reading(both, both, second.end, first.start, second.stop) if opposite and not is_empty(both) else None

    # --------------------------------------------------------------------- ranges

    def _ranges(self, at: int) -> Iterator[Reading | None]:
        """Between n and m; from n to m; n to m; n-m."""
        inner = past("between", self.tokens, at, self.profile)
        if inner > at:
            for middle in range(inner, len(self.tokens)):
                if (joint := past("and", self.tokens, middle, self.profile)) > middle:
                    low = Reader(self.tokens[:middle], self.type, self.profile).low(inner, ALONE)
                    yield self._range(low, joint, ALONE, inner) if low and low[1] == middle else None
            return
        start = past("from", self.tokens, at, self.profile)
        low = self.low(start, ("", "low"))
        if low and (joint := past("to", self.tokens, low[1], self.profile)) > low[1]:
            yield self._range(low, joint, ALONE, start)
        elif low and start == at and self._dashed(low[1]):
            yield self._range(low, low[1] + 1, ("", "high"), start)

    def low(self, at: int, roles: tuple[str, ...]) -> tuple[Number, int] | None:
        """The first number of a range, which may leave its unit to the second."""
        return self.amount(at, roles) or (self.amount(at, roles, timed=False) if self.type == "duration" else None)

    def _dashed(self, at: int) -> bool:
        return self._joined(at) and self.tokens[at].text == "-" and self._joined(at + 1)

    def _range(self, low: tuple[Number, int], at: int, roles: tuple[str, ...], start: int) -> Reading | None:
        high = self.amount(at, roles)
        if not high:
            return None
        (first, _), (last, end) = low, high
        n = first.n
        if first.scale == 1 and not first.timed and (last.timed or n * last.scale < last.n):
            n = exact(n * last.scale)  # 2 to 3 million; 17 to 18 months
        both = Interval(n, last.n)
        return None if is_empty(both) else Reading(both, both, end, start, end)

    # --------------------------------------------------------------------- intervals

    def reading(self, number: Number, hedge: Hedge | None, place: tuple[int, int, int]) -> Reading:
        """What a hedge, or none, makes of a number; ``place`` is its start, its stop and the end of both."""
        start, stop, end = place
        rule = hedge or (self.profile.group if number.loose else None)
        literal = rule.literal if rule else (None,)
        conventional = rule.conventional if rule else (None,)
        return Reading(
            _hull([self._interval(form, number, 2) for form in literal]),
            _hull([self._interval(form, number, 4 if self.type == "duration" else 2) for form in conventional]),
            end,
            start,
            stop,
            None if hedge else number,
        )

    def _interval(self, form: Form | None, number: Number, parts: int) -> Interval:
        if form is None:
            rounded = number.rounded or self.type in ("percent", "duration")
            slack = Fraction(number.unit) / parts if rounded else 0
            return Interval(exact(number.n - slack), exact(number.n + slack))
        low, high = self._end(form.low, number), self._end(form.high, number)
        return Interval(low, high, form.includes_low, form.includes_high)

    def _end(self, end: End | None, number: Number) -> Exact | None:
        if end is None:
            return None
        moved: Exact = end.times * number.n
        if end.share:
            moved += self._share(end.share, number.n)
        if end.steps:
            moved += end.steps * (number.unit if self.type == "duration" else round_step(number.n))
        return exact(moved)

    def _share(self, share: Exact, n: Exact) -> Exact:
        found = share * (n if n > 0 else -n)
        if self.type == "count" and -1 < found < 1:
            return 1 if share > 0 else -1
        return found


def _bounds(reading: Reading) -> bool:
    return (reading.literal.low is None) != (reading.literal.high is None)


def _hull(intervals: list[Interval]) -> Interval:
    """The interval from the lowest to the highest end."""
    lows = [interval.low for interval in intervals if interval.low is not None]
    highs = [interval.high for interval in intervals if interval.high is not None]
    low = min(lows) if len(lows) == len(intervals) else None
    high = max(highs) if len(highs) == len(intervals) else None
    return Interval(
        low,
        high,
        any(i.low == low and i.includes_low for i in intervals),
        any(i.high == high and i.includes_high for i in intervals),
    )


def round_step(n: Exact) -> Exact:
    """One unit of the last non-zero digit.

    >>> round_step(130), round_step(2000), round_step(Fraction("29.9")), round_step(0)
    (10, 1000, Fraction(1, 10), 1)
    """
    whole, places = n, 0
    while whole.denominator > 1 and places < _MOST_PLACES:
        whole, places = exact(whole * 10), places + 1
    digits = str(whole.numerator)
    return exact(Fraction(10 ** (len(digits) - len(digits.rstrip("0"))), 10**places)) if n else 1
