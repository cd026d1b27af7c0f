"""Figures over time -> a chart as SVG, made by Vega-Lite when the report is written: the page needs no script for it.

What goes into Vega are numbers, and nothing that a file says: titles, and who says what, are put in afterwards
(``svg``).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import vl_convert
from markupsafe import Markup

from checker.model import Exact, Interval
from checker.record import NamedTuple
from checker.report.html import svg

DAY = 86_400_000  # milliseconds, in which Vega counts time
EPOCH = 719_163  # the ordinal of 1970-01-01
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left")
APART = 14  # pixels between figures of one day
PANEL_HEIGHT = 130
MARGIN = 70  # what the axes take of a width

# Vega-Lite's own language, and the version of it that the charts are written in.
VERSION = "5.21"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
Json = dict[str, "Json"] | Sequence["Json"] | str | float | bool | None


class Figure(NamedTuple):
    """One figure in a panel.

    ``days`` is its time; ``at`` the number that stands for it; ``left`` what the rules leave of it.
    ``series`` numbers the claimants, ``key`` what is told of it on the page.
    """

    key: int
    series: int
    days: tuple[int, int]
    at: Exact
    literal: Interval
    conventional: Interval
    left: Interval | None = None
    verdict: str = ""  # of the worst finding that rests on it
    derived: bool = False


class Panel(NamedTuple):
    """The figures of one measure; those of a running total are joined by lines."""

    title: str
    figures: tuple[Figure, ...]
    is_total: bool
    from_zero: bool


def render(panels: Sequence[Panel], told: Sequence[svg.Told], name: str, width: int) -> Markup:
    """A chart of ``width`` pixels as safe SVG; ``name`` is the id on the page of what it is called."""
    days = [day for panel in panels for one in panel.figures for day in one.days]
    time = _Time(min(days), max(days), width - MARGIN)
    drawn = [_Drawing(panel, time).chart(number, is_last=panel is panels[-1]) for number, panel in enumerate(panels)]
    whole: dict[str, Json] = {"$schema": SCHEMA, "config": _CONFIG, "spacing": 14, "vconcat": [*drawn]}
    titles = [panel.title for panel in panels]
    return svg.safe(vl_convert.vegalite_to_svg(whole, vl_version=VERSION), titles, told, name)


_CONFIG: Json = {
    "view": {"stroke": None},
    "padding": 4,
    "axis": {
        "title": None,
        "labelColor": svg.INK,
        "labelFontSize": 11,
        "domainColor": svg.LINE,
        "tickColor": svg.LINE,
        "gridColor": svg.LINE,
        "gridOpacity": 0.5,
    },
    "title": {"color": svg.INK, "fontSize": 12, "anchor": "start", "frame": "group", "offset": 8},
    "area": {"opacity": 0.14},
    "line": {"opacity": 0.7, "strokeWidth": 1.5},
    "point": {"opacity": 1, "strokeWidth": 1.5, "size": 56},
}


# ------------------------------------------------------------------------- time


class _Time(NamedTuple):
    """The days of a chart, and the pixels that they have."""

    first: int
    last: int
    pixels: int

    @property
    def span(self) -> int:
        """The days from the first to the last, two weeks at least."""
        return max(self.last - self.first, 14)

    @property
    def reach(self) -> float:
        """How much more than the days there are the axis shows, so that what stands beside a day has room."""
        return 1 + 4.5 * APART / self.pixels

    @property
    def domain(self) -> list[float]:
        """Both ends of the axis, in milliseconds."""
        middle, half = (self.first + self.last) / 2, self.span * self.reach / 2
        return [_stamp(middle - half), _stamp(middle + half)]

    def x(self, field: str, *, labels: bool) -> dict[str, Json]:
        """Time as an axis; of several panels, the last has the labels."""
        days = "%-d %b" if self.pixels < 400 else "%-d %b %Y"
        form = days if self.span <= 90 else "%b %Y" if self.span <= 1500 else "%Y"
        axis: Json = {
            "format": form,
            "labels": labels,
            "ticks": labels,
            "tickCount": max(2, self.pixels // 130),
            "labelFlush": True,
            "labelOverlap": True,
        }
        scale: Json = {"type": "utc", "domain": self.domain, "nice": False}
        return {"field": field, "type": "temporal", "axis": axis, "scale": scale}


def _stamp(day: float) -> float:
    return (day - EPOCH) * DAY


def _places(figures: Sequence[Figure], time: _Time) -> dict[int, float]:
    """Where each figure stands in time, in milliseconds: those of one day beside each other, unless there are many."""
    middles = {one.key: (one.days[0] + one.days[1]) / 2 for one in figures}
    step = APART * time.span * time.reach / time.pixels  # in days
    places: dict[int, float] = {}
    for cluster in _clusters(sorted(figures, key=lambda one: (middles[one.key], one.series, one.key)), middles, step):
        start = sum(middles[one.key] for one in cluster) / len(cluster) - step * (len(cluster) - 1) / 2
        if len(cluster) * APART > time.pixels / 2:
            places |= {one.key: _stamp(middles[one.key]) for one in cluster}
        else:
            places |= {one.key: _stamp(start + step * number) for number, one in enumerate(cluster)}
    return places


def _clusters(figures: Iterable[Figure], middles: dict[int, float], step: float) -> Iterator[list[Figure]]:
    cluster: list[Figure] = []
    for one in figures:
        if cluster and middles[one.key] - middles[cluster[-1].key] >= step:
            yield cluster
            cluster = []
        cluster.append(one)
    if cluster:
        yield cluster


# ------------------------------------------------------------------------- a panel


class _Drawing:
    """One panel, its figures as numbers for Vega. Pixels need no more than floats."""

    def __init__(self, panel: Panel, time: _Time) -> None:
        self.panel = panel
        self.time = time
        self.low, self.high = _range(panel)
        places = _places(panel.figures, time)
        self.rows = [self._row(one, places[one.key]) for one in panel.figures]

    def _row(self, one: Figure, place: float) -> dict[str, Json]:
        row: dict[str, Json] = {
            "mark": svg.key("mark", one.key),
            "ring": svg.key("ring", one.key),
            "series": str(one.series),
            "x": place,
            "first": _stamp(one.days[0]),
            "last": _stamp(one.days[1] + 1),
            "at": float(one.at),
        }
        for name, interval in (("to_letter", one.literal), ("usual", one.conventional), ("left", one.left)):
            if interval is not None:
                row[f"{name}_low"], row[f"{name}_high"] = self._ends(interval)
        return row

    def _ends(self, interval: Interval) -> tuple[float, float]:
        low = self.low if interval.low is None else max(self.low, float(interval.low))
        high = self.high if interval.high is None else min(self.high, float(interval.high))
        return low, high

    def chart(self, number: int, *, is_last: bool) -> dict[str, Json]:
        """The panel, its layers from the back to the front."""
        layers = [*self._intervals(), *self._points()]
        x = self.time.x("x", labels=is_last)
        return {
            "width": self.time.pixels,
            "height": PANEL_HEIGHT,
            "title": svg.key("title", number),
            "encoding": {"x": x, "color": self._of_series([*svg.SERIES])},
            "layer": [layer for layer in layers if layer],
        }

    def _y(self, field: str) -> dict[str, Json]:
        form = "~s" if self.high >= 100_000 else ",~r"
        scale: Json = {"domain": [self.low, self.high], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": {"tickCount": 4, "format": form}}

    def _of_series(self, looks: list[str]) -> Json:
        scale: Json = {"domain": [str(number) for number in range(len(looks))], "range": looks}
        return {"field": "series", "type": "nominal", "legend": None, "scale": scale}

    def _layer(self, fits: Callable[[Figure], object], mark: Json, encoding: dict[str, Json]) -> Json:
        """A layer of the figures that it fits; nothing where it fits none."""
        rows = [row for one, row in zip(self.panel.figures, self.rows, strict=True) if fits(one)]
        return rows and {"data": {"values": rows}, "mark": mark, "encoding": encoding}

    def _between(self, name: str) -> dict[str, Json]:
        return {"y": self._y(f"{name}_low"), "y2": {"field": f"{name}_high"}}

    def _intervals(self) -> Iterator[Json]:
        """What is left, the lines of running totals, what is said to the letter and as usually meant, and for when."""
        is_known = operator.attrgetter("left")
        if self.panel.is_total:
            yield self._layer(is_known, "area", self._between("left"))
            yield self._layer(_any, "line", {"y": self._y("at")})
        yield self._layer(is_known, {"type": "rule", "strokeWidth": 9, "opacity": 0.22}, self._between("left"))
        yield self._layer(_any, {"type": "rule", "strokeWidth": 1.5}, self._between("to_letter"))
        yield self._layer(_any, {"type": "rule", "strokeWidth": 4}, self._between("usual"))
        period: dict[str, Json] = {"x": self.time.x("first", labels=False), "x2": {"field": "last"}, "y": self._y("at")}
        yield self._layer(lambda one: one.days[0] < one.days[1], {"type": "rule", "opacity": 0.6}, period)

    def _points(self) -> Iterator[Json]:
        """Arrows where an interval is open, the figures, and rings around those that findings rest on."""
        for end, shape in (("high", "triangle-up"), ("low", "triangle-down")):
            arrow: Json = {"type": "point", "shape": shape, "filled": True, "size": 36}
            is_open = partial(_is_open, end=end)
            yield self._layer(is_open, arrow, {"y": self._y(f"to_letter_{end}")})
        told: dict[str, Json] = {"y": self._y("at"), "shape": self._of_series([*SHAPES])}
        for derived in (False, True):
            fits = partial(_has, field="derived", value=derived)
            mark: Json = {"field": "mark", "type": "nominal"}
            yield self._layer(fits, {"type": "point", "filled": not derived}, told | {"description": mark})
        for verdict, colour in svg.RINGS.items():
            ring: Json = {"type": "point", "shape": "circle", "size": 190, "strokeWidth": 2.5}
            description: Json = {"field": "ring", "type": "nominal"}
            encoding: dict[str, Json] = {"y": self._y("at"), "color": {"value": colour}, "description": description}
            yield self._layer(partial(_has, field="verdict", value=verdict), ring, encoding)


def _any(_: Figure) -> bool:
    return True


def _is_open(one: Figure, end: str) -> bool:
    return getattr(one.literal, end) is None


def _has(one: Figure, field: str, value: object) -> bool:
    return bool(getattr(one, field) == value)


def _range(panel: Panel) -> tuple[float, float]:
    """The least and the greatest number that a panel has room for."""
    intervals = [one for figure in panel.figures for one in (figure.literal, figure.conventional)]
    ends = [float(end) for one in intervals for end in one[:2] if end is not None]
    ends += [float(figure.at) for figure in panel.figures]
    low, high = min(ends), max(ends)
    room = (high - low or abs(high) or 1) * 0.15
    return (0.0, (high or 1) * 1.15) if panel.from_zero and low >= 0 else (low - room, high + room)
