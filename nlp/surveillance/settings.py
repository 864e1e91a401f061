"""What a user sets of a watch, checked."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nlp.surveillance.errors import WatchSettingsError

DAY = timedelta(days=1)

RANGES: dict[str, tuple[Any, Any]] = {
    "false_alarms_per_series_month": (0.0001, 30.0),
    "false_alarms_per_month": (0.0001, 10_000.0),
    "minimum_count": (3, 1_000_000),
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

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            _check(name, getattr(self, name), least, most)
        _zone(self.zone)

    @property
    def clock(self) -> ZoneInfo:
        """The zone itself."""
        return _zone(self.zone)


SETTINGS = tuple(field.name for field in fields(WatchSettings))


def _check(name: str, value: Any, least: Any, most: Any) -> None:  # noqa: ANN401 - numbers or times
    if isinstance(value, type(least) | int) and not isinstance(value, bool):
        if isinstance(value, timedelta) == isinstance(least, timedelta) and least <= value <= most:
            return
    raise WatchSettingsError(
        f"{name} is {value!r}; give a value from {least} to {most}",
        f"{name} 为 {value!r}；允许范围为 {least} 到 {most}",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise WatchSettingsError(
            f"zone is {name!r}; give the name of a time zone, such as Asia/Shanghai",
            f"zone 为 {name!r}；请给出时区名称，如 Asia/Shanghai",
        ) from None
