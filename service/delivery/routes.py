"""A route as it is used: opened targets and secrets, limits, quiet hours, style."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from nlp.message import Language
from service.database.tables import JsonObject, Route
from service.delivery.channels import channel
from service.delivery.letters import Style
from service.delivery.quiet_hours import QuietHours
from service.delivery.rates import Limit
from service.delivery.vault import Vault


@dataclass(frozen=True, slots=True)
class Addressed:
    """Where a route leads; shown without it."""

    kind: str
    target: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def addressed(route: Route, vault: Vault, now: datetime) -> Addressed:
    """Return the target and the secrets that are valid now, the newest first.

    Raises
    ------
    SettingError
        They were encrypted with another key.
    """
    sealed = [route.sealed_secret]
    if route.old_secret_until is not None and route.old_secret_until > now:
        sealed.append(route.sealed_old_secret)
    secrets = tuple(vault.open(each) for each in sealed if each is not None)
    return Addressed(route.kind, vault.open(route.sealed_target), secrets)


def limits_of(route: Route) -> tuple[Limit, ...]:
    """Return the limits of a route: its channel's, or a narrower one of its own."""
    own = route.rate_per_minute
    return channel(route.kind).limits + ((Limit(own, timedelta(minutes=1)),) if own else ())


def style_of(route: Route, usual: ZoneInfo) -> Style:
    """Return how the messages of a route are written; times in the zone of its quiet hours."""
    quiet = quiet_of(route.quiet_hours)
    language: Language = "en" if route.language == "en" else "zh"
    return Style(language, quiet.zone if quiet else usual, route.format)


def quiet_of(stored: JsonObject | None, linger: timedelta = timedelta(0)) -> QuietHours | None:
    """Return the quiet hours that are stored; they end so much later."""
    if stored is None:
        return None
    return QuietHours(
        zone=ZoneInfo(stored["zone"]),
        start=time.fromisoformat(stored["start"]),
        end=time.fromisoformat(stored["end"]),
        weekdays=frozenset(stored["weekdays"]),
        level_one_passes=stored["level_one_passes"],
        linger=linger,
    )
