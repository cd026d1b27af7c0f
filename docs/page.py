"""Pieces of a page, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

FORGERS = str.maketrans({sign: f"&#{ord(sign)};" for sign in "<>|*_`[]{}"})


def escape(text: str) -> str:
    """Text that stays as it is."""
    return text.translate(FORGERS)


def code(text: str) -> str:
    """A name, or a few words of a language."""
    return f"<code>{escape(text)}</code>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of Markdown below a head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def block(text: str, language: str = "text") -> str:
    """Lines as they are, in the colours of a language."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def folded(title: str, body: str) -> str:
    """Markdown that opens when its title is clicked."""
    return f'??? note "{title}"\n\n' + "".join(f"    {line}".rstrip() + "\n" for line in body.splitlines())
