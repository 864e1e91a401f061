"""What a user sets of a watch, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nlp.surveillance.errors import WatchSettingsError
from nlp.surveillance.mention import WEIGHTS, Weight

DAY = timedelta(days=1)

NUMBERS: Mapping[str, tuple[float, float]] = {
    "false_alarms_per_series_month": (0.0001, 30.0),
    "false_alarms_per_month": (0.0001, 10_000.0),
    "minimum_count": (3, 1_000_000),
}
SPANS: Mapping[str, tuple[timedelta, timedelta]] = {
    "gap": (timedelta(hours=1), 30 * DAY),
    "learning": (timedelta(0), 90 * DAY),
    "memory": (7 * DAY, 1100 * DAY),
}


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How surveillance listens.

    Parameters
    ----------
    false_alarms_per_series_month
        False incidents that are accepted per product in 30 days, all its hourly, daily and
        category series together.
    false_alarms_per_month
        The same over all products: with many of them each gets a share, so that watching more
        does not mean more false alarms.
    minimum_count
        A rise of fewer negative mentions never alarms; 3 or more.
    zone
        Name of the time zone whose hours, days and weekdays count.
    gap
        Alarms that lie no further apart are one incident; after so long a quiet it is over.
    learning
        Where nobody says since when to judge and the data span at least twice as long, the
        beginning only teaches.
    memory
        Mentions older than this before `as_of` are not looked at.
    weight
        "mentions": each counts once. "reach": each counts by its reach, 1 to 5; see
        `nlp.surveillance.mention.weight_of`. What is told of a surge are mentions all the same.

    Raises
    ------
    WatchSettingsError
        Names the setting, its value and what is allowed.
    """

    false_alarms_per_series_month: float = 0.5
    false_alarms_per_month: float = 2.0
    minimum_count: int = 5
    zone: str = "Asia/Shanghai"
    gap: timedelta = DAY
    learning: timedelta = 7 * DAY
    memory: timedelta = 400 * DAY
    weight: Weight = "mentions"

    def __post_init__(self) -> None:
        for name, limits in NUMBERS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _refusal(name, value, limits)
            if not limits[0] <= value <= limits[1]:
                raise _refusal(name, value, limits)
        for name, span in SPANS.items():
            length = getattr(self, name)
            if not isinstance(length, timedelta) or not span[0] <= length <= span[1]:
                raise _refusal(name, length, span)
        if self.weight not in WEIGHTS:
            known = ", ".join(WEIGHTS)
            raise WatchSettingsError(
                f"weight is {self.weight!r}; known: {known}",
                f"weight 为 {self.weight!r}；可用：{known}",
            )
        zone_named(self.zone)

    @property
    def clock(self) -> ZoneInfo:
        """The zone itself."""
        return zone_named(self.zone)


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of that name.

    Raises
    ------
    WatchSettingsError
        Where there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise WatchSettingsError(
            f"zone is {name!r}; give the name of a time zone, such as Asia/Shanghai",
            f"zone 为 {name!r}；请给出时区名称，如 Asia/Shanghai",
        ) from None


def _refusal(name: str, value: object, limits: tuple[object, object]) -> WatchSettingsError:
    shown = value if isinstance(value, timedelta) else repr(value)
    return WatchSettingsError(
        f"{name} is {shown}; give a value from {limits[0]} to {limits[1]}",
        f"{name} 为 {shown}；允许范围为 {limits[0]} 到 {limits[1]}",
    )
