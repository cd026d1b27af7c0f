"""Records: ``NamedTuple``, of which each takes 0.07 ms of every start, and not 0.15.

That of typing looks at the annotation of each field, and compiles those that are texts. There are more than a hundred
records, and nobody asks for what it finds.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 14):  # from where on a class is asked for its annotations
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414, TID251  # to be imported from here
else:
    from collections import namedtuple

    _NONE_OF_ITS_OWN = {"__annotations__", "__firstlineno__", "__module__", "__qualname__", "__static_attributes__"}

    class _Meta(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key in body.keys() - fields.keys() - _NONE_OF_ITS_OWN:
                setattr(made, key, body[key])
            made.__annotations__ = fields
            return made

    class NamedTuple(metaclass=_Meta):
        """The base of a record, which is a tuple of its fields and has nothing else of this."""
