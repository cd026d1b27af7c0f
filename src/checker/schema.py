"""The shipped schemas: where they are, and what in a document does not follow them.

jsonschema-rs decides, because it starts and runs fast; jsonschema explains, where something is
wrong. Both read JSON Schema 2020-12, and the tests hold them to the same verdict.
"""

from __future__ import annotations

import _thread
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from checker.document import Document, excerpt, nearest
from checker.model import InputError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Wrong = Any  # jsonschema's ValidationError, whose fields are typed as perhaps not set

_SUFFIX = ".schema.json"
_PACKAGE = Path(__file__).parent
_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_SCALARS = {"string", "number", "integer", "boolean", "null"}


# ------------------------------------------------------------------------- the files


def _directory() -> Path:
    inside = _PACKAGE / "schemas"
    return inside if inside.is_dir() else _PACKAGE.parent.parent / "schemas"


def names() -> tuple[str, ...]:
    """The names of the shipped schemas, in alphabetical order: ``facts``, ``settings``, …"""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in _directory().glob(f"*{_SUFFIX}")))


def path(name: str) -> Path:
    """The file of a schema: in the package, or beside ``src`` in a checkout."""
    return _directory() / f"{name}{_SUFFIX}"


def text(name: str) -> str:
    """The schema's JSON text."""
    return path(name).read_text("utf-8")


def _retrieve(uri: str) -> Any:
    """A schema that another one refers to, by its file name: nothing is ever fetched."""
    import json  # noqa: PLC0415  # no schema of the first steps refers to another

    return json.loads(text(uri.rpartition("/")[2].removesuffix(_SUFFIX)))


# ------------------------------------------------------------------------- the verdict


def check(document: Document, name: str) -> list[InputError]:
    """Everything in ``document`` that does not follow the schema ``name``; empty if it does.

    A schema may refer to another one by its file name (``{"$ref": "vocabulary.schema.json#/$defs/…"}``).
    The place of an unknown key is the key's, of all else the value's.
    """
    if follows(document.data, name):
        return []
    if document.data == "":
        return [InputError(document.at(), "the file is empty", f"a {name} file")]
    found = [error for wrong in _explainer(name).iter_errors(document.data) for error in _explain(wrong, document)]
    return list(dict.fromkeys(found)) or [InputError(document.at(), f"this does not follow the {name} schema")]


def follows(data: object, name: str) -> bool:
    """Whether data follows the schema ``name``."""
    return _decider(name)(data)


@cache
def _decider(name: str) -> Callable[[Any], bool]:
    try:
        with _undated():
            from jsonschema_rs import Draft202012Validator  # noqa: PLC0415  # loaded when there is something to check
    except ImportError:  # no wheel for this machine
        return _explainer(name).is_valid
    return Draft202012Validator(text(name), retriever=_retrieve).is_valid


@contextmanager
def _undated() -> Iterator[None]:
    """A stand-in for ``email.utils``, which jsonschema_rs loads to read the date on which it was built.

    That is all it asks of it, and takes longer than all else that it does in a run over few files. Other threads
    would see it too; where there are any, it loads what it loads.
    """
    name = "email.utils"
    if name in sys.modules or _thread._count():  # noqa: SLF001  # to ask threading is to load it
        yield
        return
    stands_in = ModuleType(name)
    stands_in.parsedate_to_datetime = lambda _: None  # type: ignore[attr-defined]
    sys.modules[name] = stands_in
    try:
        yield
    finally:
        sys.modules.pop(name, None)


@cache
def _explainer(name: str) -> Validator:
    import json  # noqa: PLC0415  # slow, and only needed where something is wrong

    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415  # the same
    from referencing import Registry, Resource  # noqa: PLC0415  # the same

    made: Any = Registry  # its constructor is made by attrs, which mypy does not see
    registry = made(retrieve=lambda uri: Resource.from_contents(_retrieve(uri)))
    exact = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    validator: Validator = exact(json.loads(text(name)), registry=registry)
    return validator


def _pattern(_validator: Validator, pattern: str, instance: object, _schema: object) -> Iterator[Wrong]:
    """``pattern`` as the standard means it: Python's ``$`` also fits before a last line break."""
    from jsonschema import ValidationError  # noqa: PLC0415  # loaded by who calls this

    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError("")


# ------------------------------------------------------------------------- the words


def _explain(error: Wrong, document: Document) -> Iterator[InputError]:
    """What one error of jsonschema means to a person; several where one stands for several."""
    place = tuple(error.absolute_path)
    if error.context:
        yield from _alternatives(error, document)
    elif "propertyNames" in error.schema_path:
        message = f'the key "{excerpt(str(error.instance))}" cannot be used'
        yield InputError(document.key_at((*place, str(error.instance))), message, _wanted(error.schema))
    elif error.validator == "additionalProperties":
        yield from _unknown(error, document)
    elif error.validator in _MISSING:
        for message, expected in _MISSING[error.validator](error):
            yield InputError(document.at(place), message, expected)
    else:
        field = next((f"{step}: " for step in reversed(place) if isinstance(step, str)), "")
        expected = _EXPECTED.get(error.validator, lambda error: _wanted(error.schema))(error)
        blank = error.instance == "" and field and error.validator in ("minLength", "pattern")  # as a draft leaves it
        found = f"{field[:-2]} is still to be filled in" if blank else f"{field}found {_shown(error.instance)}"
        yield InputError(document.at(place), found, expected)


def _alternatives(error: Wrong, document: Document) -> Iterator[InputError]:
    """The errors of the alternative that the data comes nearest to; of several, what any of them expects."""
    branches: dict[object, list[Wrong]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    depths = {key: max(len(inner.absolute_path) for inner in branch) for key, branch in branches.items()}
    deepest = [key for key, depth in depths.items() if depth == max(depths.values())]
    explained = [[said for inner in branches[key] for said in _explain(inner, document)] for key in deepest]
    if len(explained) == 1:
        yield from explained[0]
        return
    expected = " or ".join(dict.fromkeys(" and ".join({said.expected: 0 for said in each}) for each in explained))
    yield explained[0][0]._replace(expected=expected)


def _unknown(error: Wrong, document: Document) -> Iterator[InputError]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key not in known:
            place = document.key_at((*error.absolute_path, key))
            yield InputError(place, f'unknown key "{excerpt(key)}"', _one_of(known, key))


def _one_of(words: list[str], found: object) -> str:
    near = nearest(found, words) if isinstance(found, str) else None
    return f"one of {', '.join(words)}" + (f'; did you mean "{near}"?' if near else "")


def _shown(instance: object) -> str:
    if isinstance(instance, dict):
        return "a mapping" if instance else "an empty mapping"
    if isinstance(instance, list):
        return "a list" if instance else "an empty list"
    if isinstance(instance, str):
        return f'the text "{excerpt(instance)}"' if instance else "nothing"
    return _word(instance)


def _word(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else excerpt(str(value))


def _wanted(schema: Mapping[str, Any]) -> str:
    return str(schema.get("patternErrorMessage") or schema.get("description") or schema.get("title") or "")


def _type(error: Wrong) -> str:
    kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
    if "string" in kinds:  # every scalar is a text
        kinds = ["string", *(kind for kind in kinds if kind not in _SCALARS)]
    return " or ".join(_KINDS[kind] for kind in kinds)


def _required(error: Wrong) -> Iterator[tuple[str, str]]:
    for key in error.validator_value:
        if key not in error.instance:
            yield f'"{key}" is missing', f"the key {key}"


def _dependent(error: Wrong) -> Iterator[tuple[str, str]]:
    for key, others in error.validator_value.items():
        for other in others:
            if key in error.instance and other not in error.instance:
                yield f'"{other}" is missing', f'"{other}" beside "{key}"'


_MISSING = {"required": _required, "dependentRequired": _dependent}
_EXPECTED: Mapping[object, Callable[[Wrong], str]] = {
    "type": _type,
    "enum": lambda error: _one_of(list(dict.fromkeys(map(_word, error.validator_value))), error.instance),
    "minLength": lambda _: "a text",
    "minItems": lambda _: "at least one entry",
    "minProperties": lambda _: "at least one key",
    "maxLength": lambda error: f"at most {error.validator_value} characters",
    "maxProperties": lambda error: f"at most {error.validator_value} keys",
    "minimum": lambda error: f"at least {error.validator_value}",
    "maximum": lambda error: f"at most {error.validator_value}",
    "uniqueItems": lambda _: "each entry once",
}
