"""References: every way in which FHIR points from one resource to another, brought to the names that are looked up.

A target has candidates, best first. Each is `Type/id`, or an alias that `fhir_alias` may know: `Type?identifier=system|value`
of conditional and logical references, and `file#url` for what a bundle calls one of its entries. Where a reference is a
bare `urn:uuid:…`, the field it stands in says of what type its target may be. Whom a resource only calls by name, without
any reference, has the candidate `Type?name=…`; in a field for people and organizations alike, the name tells which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

import attrs

from .datatypes import human_name
from .nodes import Node, node, text
from .organization_names import is_organization_name

PEOPLE: Final = ("Practitioner", "PractitionerRole")
ORGANIZATION: Final = ("Organization",)
PATIENT: Final = ("Patient",)

MAX_NAME_SIZE: Final = 500
"""Characters of a name that is looked up: an index of PostgreSQL takes some 2,700 bytes."""

_LITERAL: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")
_CONDITIONAL: Final = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)\?(?:.*&)?identifier=([^&]+)")
_URN: Final = re.compile(r"urn:[a-z]+:(.+)")


@attrs.frozen(kw_only=True)
class Target:
    """What a reference points to."""

    candidates: tuple[str, ...]
    display: str | None = None
    """What to call the target where nobody knows it; None where that cannot be said of it."""


@attrs.frozen(kw_only=True)
class Scope:
    """Where a resource stands."""

    file_id: int = 0
    full_url: str | None = None
    """What its bundle calls it."""
    contained: Mapping[str, Node] = attrs.field(factory=dict)

    def local(self, url: str) -> str:
        """The alias of an absolute URL within the file."""
        return f"{self.file_id}#{url}"


def target(reference: Node, types: Sequence[str], scope: Scope, *, exclusive: bool = True) -> Target | None:
    """What a reference points to, None when that is nothing of the wanted types.

    Args:
        reference: A Reference object.
        types: The resource types that are wanted.
        scope: Where the reference stands.
        exclusive: Whether the field holds nothing but the wanted types, so that even an untyped reference is one of them.
    """
    display = text(reference, "display")
    written = text(reference, "reference") or ""
    if written.startswith("#"):
        return _contained(scope.contained.get(written[1:]), types, display)
    said = text(reference, "type")
    if said is not None and said not in types:
        return None
    candidates, typed = _candidates(reference, written, types, scope)
    nameable = exclusive or typed or said is not None or (not written and _is_named_as(types, display))
    if not candidates and (written or not (nameable and display)):
        return None
    return Target(candidates=candidates or (_name_alias(types[0], display),), display=display if nameable else None)


def _candidates(reference: Node, written: str, types: Sequence[str], scope: Scope) -> tuple[tuple[str, ...], bool]:
    """The names to look up, and whether the reference itself says that its target is of a wanted type."""
    if not written:
        return tuple(_logical(reference, types)), False
    if (conditional := _CONDITIONAL.search(written)) is not None:
        wanted = conditional[1] in types
        return (identifier_alias(conditional[1], unquote(conditional[2])),) if wanted else (), wanted
    here = (scope.local(written),) if ":" in written else ()
    if (literal := _LITERAL.search(written)) is not None:
        wanted = literal[1] in types
        return (*here, f"{literal[1]}/{literal[2]}") if wanted else (), wanted
    urn = _URN.fullmatch(written)
    return (*here, *(f"{kind}/{urn[1]}" for kind in types if urn)), False


def _logical(reference: Node, types: Sequence[str]) -> Iterator[str]:
    identifier = node(reference, "identifier") or {}
    value = text(identifier, "value")
    if value:
        yield from (identifier_alias(kind, f"{text(identifier, 'system') or ''}|{value}") for kind in types)


def _contained(resource: Node | None, types: Sequence[str], display: str | None) -> Target | None:
    if resource is None or text(resource, "resourceType") not in types:
        return None
    name = resource.get("name")
    named = human_name(resource, with_prefix=True) if isinstance(name, list) else text(resource, "name")
    named = named or display
    return None if named is None else Target(candidates=(_name_alias(types[0], named),), display=named)


def _is_named_as(types: Sequence[str], display: str | None) -> bool:
    """Whether what is only called by name is called as those of the wanted types are."""
    return display is not None and (ORGANIZATION[0] in types) == is_organization_name(display)


def _name_alias(resource_type: str, name: str | None) -> str:
    return f"{resource_type}?name={name}"[:MAX_NAME_SIZE]


def identifier_alias(resource_type: str, token: str) -> str:
    """The name of a resource by one of its identifiers, `system|value`."""
    return f"{resource_type}?identifier={token if '|' in token else f'|{token}'}"


def url_alias(resource_type: str, resource_id: str, scope: Scope) -> str | None:
    """The alias that a bundle's entry needs: None when its fullUrl says its type and id, or there is none."""
    if scope.full_url is None:
        return None
    literal, urn = _LITERAL.search(scope.full_url), _URN.fullmatch(scope.full_url)
    if (literal and literal.groups() == (resource_type, resource_id)) or (urn and urn[1] == resource_id):
        return None
    return scope.local(scope.full_url)
