"""Everything about one finding: the facts, the arithmetic in words, the rule, and what to do."""

from __future__ import annotations

from checker import model
from checker.arithmetic import Arithmetic
from checker.interval import tighten
from checker.lines import Line
from checker.record import NamedTuple
from checker.report import SHOWN, Options, clean, paint, reasoning, wording
from checker.report.columns import width, wrap

LABEL = 10  # columns of what stands before a value
LISTED = 24  # lines of one entry
INDENT = "  "
CHECKED = {None: "not checked: no text here", True: "stands in the text", False: "does not stand in the text"}


class Told(NamedTuple):
    """A finding with its rules, the arithmetic, and the facts that were read with their lines."""

    finding: model.Finding
    rules: tuple[model.Rule, ...]  # several for a finding that they make together
    arithmetic: Arithmetic | None
    origins: tuple[tuple[model.Fact, tuple[Line, ...]], ...]  # each once, a derived one after what it comes from


def render(told: Told, options: Options) -> str:
    """All that there is to say about a finding, as text of ``options.width`` columns."""
    page = _Page(options)
    page.head(told.finding)
    page.facts(told)
    page.chain(told.finding)
    page.arithmetic(told)
    page.rules(told.rules)
    page.remedy(told)
    return "\n".join(page.lines) + "\n"


class _Page:
    """Lines of text, and how to add to them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.lines: list[str] = []

    def _say(self, text: str, indent: str = INDENT, hang: str = "") -> None:
        """A paragraph: indented, and its further lines by ``hang`` more."""
        first, *more = wrap(text, self.options.width - width(indent), hang)
        self.lines += [indent + line for line in (first, *more)]

    def _title(self, text: str) -> None:
        self.lines += ["", self._painted(text, paint.BOLD)]

    def _painted(self, text: str, colour: str) -> str:
        return f"{colour}{text}{paint.PLAIN}" if self.options.colour and text else text

    def _place(self, location: model.Location) -> str:
        return paint.place(location, self.options)

    def _field(self, label: str, text: str, indent: str = INDENT) -> None:
        if text:
            self._say(label.ljust(LABEL) + text, indent, " " * LABEL)

    # --- the finding

    def head(self, finding: model.Finding) -> None:
        """What was found, as ``checker run`` shows it."""
        shown = (
            finding.verdict.upper() if finding.verdict == "violated" and finding.severity != "note" else finding.verdict
        )
        message = clean.text(finding.message or finding.reason)
        first, *more = wrap(f"{shown}  {message}".rstrip(), self.options.width, " " * (len(shown) + 2))
        colour = paint.SEVERITY.get(finding.severity if finding.status == "new" else "", paint.BOLD)
        self.lines += [first.replace(shown, self._painted(shown, colour), 1), *more]
        self._say(wording.head(finding))
        if finding.waiver is not None:
            self._say(clean.text(f"waived: {finding.waiver.reason}") + f" ({self._place(finding.waiver.location)})")

    # --- the facts

    def facts(self, told: Told) -> None:
        """Each fact with all that its source says, and the lines of its file."""
        self._title("The facts")
        names: dict[str, list[str]] = {}
        for cited in told.finding.facts:
            names.setdefault(cited.fact.id, []).append(cited.name)
        for index, (fact, lines) in enumerate(told.origins):
            self.lines += [""] * (index > 0)
            self._fact(" and ".join(dict.fromkeys(names.get(fact.id, []))), fact, lines)

    def _fact(self, name: str, fact: model.Fact, lines: tuple[Line, ...]) -> None:
        self._say(clean.text(f"{name or 'from'}: {fact.id}"))
        indent = INDENT * 2
        self._field("value", wording.value(fact), indent)
        self._field("meaning", _meaning(fact), indent)
        self._field("measure", _titled(fact.measure.id, fact.measure.title), indent)
        self._field("subject", _titled(fact.subject, fact.subject_title), indent)
        self._field("broken", clean.text(", ".join(f"{key}: {text}" for key, text in fact.dimensions)), indent)
        self._field("time", _time(fact), indent)
        self._field("event", clean.text(fact.event or ""), indent)
        self._field("claimant", clean.text(fact.claimant or ""), indent)
        self._field("basis", "" if fact.basis == "reported" else clean.text(fact.basis), indent)
        self._field("source", _source(fact.source) if fact.source else "", indent)
        self._field("quote", _quote(fact, self.options), indent)
        if fact.derivation is not None:
            self._field("derived", wording.derivation(fact.derivation), indent)
        else:
            self._field("place", self._place(fact.location), indent)
            self._lines(lines, indent)

    def _lines(self, lines: tuple[Line, ...], indent: str) -> None:
        shown = lines[:LISTED]
        digits = len(str(shown[-1].number)) if shown else 0
        for number, text in shown:
            self.lines.append(self._painted(f"{indent}{number:{digits}} | {clean.line(text)}".rstrip(), paint.DIM))
        if len(lines) > len(shown):
            self.lines.append(f"{indent}{' ' * digits} | … {wording.counted(len(lines) - len(shown), 'line')} more")

    # --- the arithmetic

    def arithmetic(self, told: Told) -> None:
        """Each quantity and what it comes to, and the comparison that decides."""
        if told.arithmetic is None:
            return
        self._title("The arithmetic")
        for line in reasoning.lines(told.arithmetic, told.finding):
            self._say(line, INDENT, INDENT)

    def chain(self, finding: model.Finding) -> None:
        """What follows from what is stated, step by step."""
        if finding.chain:
            self._title("Why it cannot be" if finding.verdict == "violated" else "Why it can hardly be")
        for line in finding.chain:
            self._say(clean.text(line), INDENT, INDENT)
        for line in wording.smaller(finding):
            self._say(line)

    # --- the rule

    def rules(self, rules: tuple[model.Rule, ...]) -> None:
        """Why the rules are there that the finding rests on."""
        for rule in rules:
            self._title("The rule")
            self._say(clean.text(f"{rule.id}: {rule.title}" if rule.title else rule.id))
            self._say(clean.text(rule.why))
            self._say(f"{self._place(rule.location)} (checker rules {clean.text(rule.id)} shows all of it)")

    # --- what to do

    def remedy(self, told: Told) -> None:
        """Where to correct it, and how to waive it."""
        finding = told.finding
        if finding.verdict not in SHOWN:
            return
        self._title("What to do")
        for line in wording.repairs(finding):
            self._say(line)
        places = [self._place(fact.location) for fact, _ in told.origins if fact.derivation is None]
        self._say("Where a file does not say what its source says, correct it:")
        for place in dict.fromkeys(places):
            self._say(place, INDENT * 2)
        if finding.status == "waived":
            return
        self._say("Where the sources do say so, waive it; it is still shown, and fails nothing:")
        self.lines.append(f'{INDENT * 2}checker waive {clean.text(finding.id)} --reason "the source says so"')


# ------------------------------------------------------------------------- the words of a fact


def _titled(id: str, title: str | None) -> str:
    return clean.text(f"{id} ({title})" if title and title != id else id)


def _meaning(fact: model.Fact) -> str:
    literal, conventional = fact.value.literal, fact.value.conventional
    if literal is None or conventional is None:
        return ""
    if fact.measure.type in ("count", "date"):
        literal, conventional = tighten(literal), tighten(conventional)
    words = [wording.span(one, fact.measure.type) for one in (literal, conventional)]
    words = ["anything" if one == "unknown" else one for one in words]
    if words[0] == words[1]:
        return "" if words[0] == wording.value(fact) else words[0]
    return f"to the letter {words[0]}; as usually meant {words[1]}"


def _time(fact: model.Fact) -> str:
    since = f"counted since {fact.since.text}" if fact.since else ""
    return ", ".join(filter(None, [wording.when(fact), clean.text(since)]))


def _source(source: model.Source) -> str:
    published = f"published {source.published.text}" if source.published else ""
    origin = f"after {source.origin}" if source.origin else ""
    title = f"“{source.title}”" if source.title else ""
    return clean.text(", ".join(filter(None, [source.id, title, source.publisher, published, origin])))


def _quote(fact: model.Fact, options: Options) -> str:
    if fact.quote is None:
        return ""
    stands = fact.checked.stands if fact.checked else None
    return f"{paint.quote(fact, options)} ({CHECKED[stands]}{_states(fact.checked) if fact.checked else ''})"


def _states(checked: model.QuoteCheck) -> str:
    if checked.states is None:
        return ""
    return ", states the value" if checked.states else clean.text(f", states {checked.says or 'another value'}")
