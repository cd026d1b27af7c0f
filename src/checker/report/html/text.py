"""What stands in the page's attributes: ids, addresses and languages, each of an alphabet that can do no harm."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SAFE = re.compile(r"[^A-Za-z0-9._-]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def anchor(id: str, kind: str = "") -> str:
    """The id on the page of a finding, or with ``kind`` of something else; no two are alike.

    >>> anchor("3f9a12bc04de"), anchor("gazette#home", "fact")
    ('3f9a12bc04de', 'fact-gazette~23.home')
    """
    name = _SAFE.sub(lambda found: f"~{ord(found[0]):x}.", id)
    return f"{kind}-{name}" if kind else name


def web(address: str | None) -> str | None:
    """An address that a link may lead to: one of the web, in full; else None.

    >>> web("https://paper.example/4?a=1"), web("javascript:alert(1)"), web("https://[paper")
    ('https://paper.example/4?a=1', None, None)
    """
    try:
        read = urlsplit(address or "")
        is_web = read.scheme in ("http", "https") and bool(read.hostname)
    except ValueError:  # brackets that hold no IPv6 address
        return None
    return address if is_web and address and address.isprintable() and " " not in address else None


def language(name: str | None) -> str | None:
    """A language as HTML takes it (BCP 47, without its rarer parts); else None.

    >>> language("es-VE"), language("Spanish, mostly")
    ('es-VE', None)
    """
    return name if name and _LANGUAGE.fullmatch(name) else None
