"""From a JSON Schema to tables of its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import page
from checker import schema

Node = Mapping[str, Any]  # a part of a JSON Schema


def fields(name: str, *only: str) -> str:
    """Tables of all fields that a schema knows; with ``only``, of the definitions of these names."""
    document = json.loads(schema.text(name))
    parts = document.get("$defs", {})
    chosen = [parts[one] for one in only] or [document, *parts.values()]
    return "\n".join(_section(part, document) for one in chosen for part in _objects(one))


def _objects(node: Node) -> Iterator[Node]:
    """What has fields: a part of a schema, and whatever stands inside it; what a list holds may have its titles."""
    if "properties" in node:
        yield node
    for inner in node.get("properties", {}).values():
        yield from _objects(inner)
    if "items" in node:
        yield from _objects({"title": node.get("title"), "description": node.get("description"), **node["items"]})


def _section(node: Node, document: Node) -> str:
    """The fields of an object, under its title; of the whole file, without."""
    required = node.get("required", ())
    rows = [
        [page.code(key), _field(inner, document, needed=key in required)] for key, inner in node["properties"].items()
    ]
    head = f"### {node['title']}\n\n{page.escape(node['description'])}\n\n" if node is not document else ""
    return head + page.table(["field", "meaning"], rows)


def _field(node: Node, document: Node, *, needed: bool) -> str:
    """What a field means, and what it has to be; examples are only those of its own."""
    whole = _resolved(node, document)
    said = [page.escape(whole.get("description", whole.get("title", "")))]
    said.append(f"<br>*{_named(node, document) or _kind(whole, document)}{', required' if needed else ''}*")
    if "default" in whole:
        said.append(f"· default {page.code(_shown(whole['default']))}")
    if "examples" in node:
        said.append(f"· such as {', '.join(page.code(_shown(one)) for one in node['examples'])}")
    return " ".join(said)


def _resolved(node: Node, document: Node) -> Node:
    """A part of a schema with what it refers to; what it says itself goes first."""
    if "$ref" not in node:
        return node
    target = document["$defs"][node["$ref"].rpartition("/")[2]]
    return {**_resolved(target, document), **{key: value for key, value in node.items() if key != "$ref"}}


def _named(node: Node, document: Node) -> str:
    """What several fields with titles of their own share, by its name: a condition."""
    shared = _resolved({"$ref": node["$ref"]}, document) if "$ref" in node and "title" in node else {}
    return str(shared.get("title", "")).lower()


def _kind(node: Node, document: Node) -> str:
    """What a value has to be, in words."""
    node = _resolved(node, document)
    if "const" in node or "enum" in node:
        return ", ".join(dict.fromkeys(page.code(_shown(one)) for one in node.get("enum", [node.get("const")])))
    for several in ("oneOf", "anyOf"):
        if several in node:
            return " or ".join(dict.fromkeys(_kind(one, document) for one in node[several]))
    if node.get("type") == "array":
        return f"list of {_kind(node.get('items', {}), document)}"
    if node.get("type") == "object" and "title" in node and "properties" in node:
        return str(node["title"]).lower()
    return _plain(node)


def _plain(node: Node) -> str:
    kinds = node.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    names = {
        "object": "mapping",
        "string": "text",
        "boolean": "true or false",
        "integer": "whole number",
        "null": "null",
    }
    # YAML's scalars keep their text: where a text is welcome, so is what looks like a number.
    if "string" in kinds:
        kinds = [kind for kind in kinds if kind not in ("number", "integer", "boolean")]
    return " or ".join(names.get(kind, kind) for kind in kinds)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
