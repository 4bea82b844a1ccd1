"""The structural check of a resource by fhir.resources: elements, their types and cardinalities, required codes.

The models are those of R4B, whose clinical resources are R4's; the library's other ones are R5. They are loaded at the
first check, as that takes a second. What they let pass although R4 does not (a number written as a string, a code outside
its value set, sloppy base64) is caught where our own extraction reads it. Decision 0030 has the figures.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from .errors import Malformed
from .nodes import Node

if TYPE_CHECKING:
    from pydantic import BaseModel

_UNREAD: Final = frozenset({"text", "fhir_comments"})
"""Elements that nothing here reads, and that are the likeliest to be sloppy and long: the narrative."""

_OPEN_ENDED: Final = "+"
"""Marks a list of codes of which the models hold only the beginning."""

_ELEMENT_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def is_resource_type(name: str) -> bool:
    """Whether FHIR R4 has a resource of this name."""
    return _model(name) is not None


def check(resource_type: str, resource: Node) -> None:
    """Hold a resource against the structure that FHIR gives its type.

    Raises:
        Malformed: It does not fit; the reason names the element and never a value.
    """
    from pydantic import ValidationError

    model = _model(resource_type)
    if model is None:
        raise Malformed("not a FHIR R4 resource type")
    read = {name: value for name, value in resource.items() if name not in _UNREAD}
    try:
        model.model_validate(read)
    except ValidationError as error:
        raise Malformed(_reason(error)) from None
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except Exception:
        # a contained resource of no known type is a bare KeyError, for one
        raise Malformed("not the structure of its FHIR type") from None
    for name, codes in _required_codes(resource_type):
        value = resource.get(name)
        if not codes.issuperset(value if isinstance(value, list) else [value]):
            raise Malformed(f"{name} is not one of its FHIR codes")


@functools.lru_cache(maxsize=1024)
def _model(name: str) -> type[BaseModel] | None:
    from fhir.resources.R4B import get_fhir_model_class
    from fhir.resources.R4B.resource import Resource

    try:
        found: type[BaseModel] = get_fhir_model_class(name)
    except (ValueError, KeyError, ImportError):
        return None
    return found if issubclass(found, Resource) and found is not Resource else None


@functools.lru_cache(maxsize=256)
def _required_codes(name: str) -> tuple[tuple[str, frozenset[object]], ...]:
    return tuple(_codes_of_fields(name))


def _codes_of_fields(name: str) -> Iterator[tuple[str, frozenset[object]]]:
    model = _model(name)
    for field_name, field in (model.model_fields if model else {}).items():
        extra = field.json_schema_extra
        codes = extra.get("enum_values") if isinstance(extra, dict) else None
        if isinstance(codes, list) and _OPEN_ENDED not in codes:
            yield field.alias or field_name, frozenset([None, *codes])


def _reason(error: object) -> str:
    """The first complaint, as a path and a kind: the library's messages may quote values."""
    from pydantic import ValidationError

    assert isinstance(error, ValidationError)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    steps = [str(step) for step in first["loc"] if isinstance(step, str) and step != "root"]
    path = ".".join(step if _ELEMENT_NAME.fullmatch(step) else "…" for step in steps)
    kind = _KINDS.get(first["type"].rpartition(".")[2], "is not valid")
    return f"{path} {kind}" if path else _WHOLE


_KINDS: Final = {"missing": "is missing", "extra_forbidden": "is not an element of its type"}
_WHOLE: Final = "one of several elements is missing, or more than one is there"
