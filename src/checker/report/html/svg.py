"""The SVG that Vega draws, made safe for a page: only elements and attributes that are known here are kept.

Colours become classes, so that one drawing serves light, dark and print; what is told of a mark, and
the finding that it leads to, are put in by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from checker.record import NamedTuple

# Colours that stand for classes: what they look like is said in the page's style.
INK, LINE = "#000001", "#000002"
SERIES = tuple(f"#0001{number:02d}" for number in range(8))
RINGS = {"violated": "#000003", "suspicious": "#000004"}
_CLASSES = {
    INK: "ink",
    LINE: "line",
    RINGS["violated"]: "violated",
    RINGS["suspicious"]: "suspicious",
    **{colour: f"c{number}" for number, colour in enumerate(SERIES)},
}
_SPACE = "{http://www.w3.org/2000/svg}"
_KEPT = {"g", "path", "line", "text", "tspan"}
_ATTRIBUTES = {
    "transform", "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "opacity", "fill-opacity",
    "stroke-opacity", "stroke-width", "stroke-dasharray", "text-anchor", "font-size", "font-weight",
}  # fmt: skip
_NOTHING = ("", "M0,0h0v0h0Z")
_LONG = re.compile(r"\d+\.\d{2,}(e-?\d+)?")
_KEY = re.compile(r"(mark|ring|title) ([0-9]+)")
_COLUMN = 7  # pixels of a character of a title, at most


class Told(NamedTuple):
    """What is told of a mark: a line of text, and the address on the page that it leads to, or none."""

    text: str
    link: str = ""


def key(kind: str, number: int) -> str:
    """The text by which a mark, the ring around it, or the title of a panel is found again in the drawing."""
    return f"{kind} {number}"


def safe(drawn: str, titles: Sequence[str], told: Sequence[Told], name: str) -> Markup:
    """The drawing with its titles, and what is told of its marks; ``name`` is the id of what it is called."""
    root = ET.fromstring(drawn)  # noqa: S314  # made by Vega in this process, from numbers and titles
    width, height = (_short(root.attrib[side]) for side in ("width", "height"))
    room = int(float(width)) // _COLUMN
    texts = [title if len(title) <= room else f"{title[: room - 1]}…" for title in titles]
    inner = "".join(part for child in root for part in _element(child, texts, told))
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" role="group" '
        'aria-labelledby="{}">{}</svg>'
    ).format(width, height, width, height, name, Markup(inner))  # noqa: S704  # every part of it is escaped below


def _element(node: ET.Element, titles: Sequence[str], told: Sequence[Told]) -> Iterator[str]:
    tag = node.tag.removeprefix(_SPACE)
    if tag not in _KEPT or _is_invisible(node):
        return
    below = (part for child in node for part in _element(child, titles, told))
    inside = "".join([str(escape(_text(node, titles))), *below])
    if not inside and tag in ("g", "text", "tspan"):
        return
    attributes = "".join(f' {name}="{escape(text)}"' for name, text in _attributes(node, tag))
    if tag == "g" and not attributes:
        yield inside
        return
    found = _KEY.fullmatch(node.get("aria-label", ""))
    if found is not None:
        yield _told(tag, attributes, told[int(found[2])], found[1] == "ring")
    else:
        yield f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _text(node: ET.Element, titles: Sequence[str]) -> str:
    text = node.text or ""
    found = _KEY.fullmatch(text)
    return titles[int(found[2])] if found else text


def _told(tag: str, attributes: str, one: Told, is_ring: bool) -> str:
    """A mark with its text; a ring leads to its finding."""
    mark = f'<{tag}{attributes} aria-hidden="true"><title>{escape(one.text)}</title></{tag}>'
    if not (one.link and is_ring):
        return mark
    return f'<a href="{escape(one.link)}" aria-label="{escape(one.text)}">{mark}</a>'


def _is_invisible(node: ET.Element) -> bool:
    hidden = node.get("display") == "none" or node.get("opacity") == "0"
    return hidden or (node.tag == f"{_SPACE}path" and node.get("d") in _NOTHING)


def _attributes(node: ET.Element, tag: str) -> Iterator[tuple[str, str]]:
    classes = list(_classes(node, tag))
    if classes:
        yield "class", " ".join(classes)
    if tag == "text":
        yield "aria-hidden", "true"  # the table beside the chart says it in order
    for name, text in node.attrib.items():
        if name in _ATTRIBUTES and (name, text) not in (("opacity", "1"), ("transform", "translate(0,0)")):
            yield name, _LONG.sub(lambda found: _short(found[0]), text)


def _classes(node: ET.Element, tag: str) -> Iterator[str]:
    """The classes for its colours; a shape without a fill says so, as black is what it would have."""
    fill, stroke = node.get("fill"), node.get("stroke")
    if fill in _CLASSES:
        yield f"f-{_CLASSES[fill]}"
    elif tag in ("path", "line"):
        yield "nofill"
    if stroke in _CLASSES:
        yield f"s-{_CLASSES[stroke]}"


def _short(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
