"""Which events a route is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from service.delivery.happened import FOR_ROLES, USUAL, Happened


@dataclass(frozen=True, slots=True)
class Filter:
    """What a route asks for; an empty sequence asks for all that is usual.

    Attributes
    ----------
    products
        Names in which `*` stands for anything, `?` for one character, `[ab]` for one of these.
    level
        At least this grave: 1 only I, 4 all.
    roles
        Of warnings, escalations and reminders only those that the policy means for one of these.
    """

    products: Sequence[str] = ()
    categories: Sequence[str] = ()
    level: int = 4
    events: Sequence[str] = ()
    roles: Sequence[str] = ()


def matches(wanted: Filter, event: Happened) -> bool:
    """Return whether an event is one that a filter asks for."""
    return (
        event.event in (wanted.events or USUAL)
        and event.level <= wanted.level
        and (not wanted.roles or event.event not in FOR_ROLES or event.role in wanted.roles)
        and (not wanted.categories or event.category in wanted.categories)
        and (not wanted.products or any(fnmatchcase(event.product, g) for g in wanted.products))
    )
