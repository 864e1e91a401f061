"""What an hourly and a daily series have in common, and in what they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from nlp.surveillance.detectors.contract import Width


@dataclass(frozen=True, slots=True)
class Cycle:
    """One repeating part of the calendar.

    `slots` parts; a slot comes back `visits` times within the eight weeks that a profile
    remembers half of; `prior` is how many expected counts a slot needs to be believed half.
    """

    slots: int
    visits: float
    prior: float


@dataclass(frozen=True, slots=True)
class Cadence:
    """The constants of a series of one bin width.

    Attributes
    ----------
    step
        Length of a bin.
    memory
        Half-life of the level, in bins.
    dispersion_memory
        Half-life of the dispersion, in bins.
    patience
        A rise that lasts longer than this many bins becomes the new normal.
    recovery
        Share of the CUSUM's score that is left after a bin without a rise, once it has alarmed:
        an incident that has gone quiet must not be brought back by a single count.
    echo
        Share of the audience of the last bins that still counts in the next: a sale in a quiet
        series shows only over some hours.
    prior_count, prior_bins
        What is believed of a series without a history: so many counts in so many bins.
    extra
        Counts per bin, above twice the expectation, of the rise that is looked for.
    cycles
        Its calendar: hour of day and day of week, or day of week only.
    """

    step: timedelta
    memory: float
    dispersion_memory: float
    patience: int
    recovery: float
    echo: float
    prior_count: float
    prior_bins: float
    extra: float
    cycles: tuple[Cycle, ...]
    bins_of_week: int | None = None
    windows: tuple[float, ...] = ()
    tests: float = 2.0

    def slots(self, local: datetime) -> tuple[int, ...]:
        """Return the slot of each cycle that a bin starting at `local` falls in."""
        if len(self.cycles) == 1:
            return (local.weekday(), local.timetuple().tm_yday)
        if not self.cycles:
            return (local.timetuple().tm_yday,)
        return (local.hour, local.weekday())


CADENCES: Mapping[Width, Cadence] = MappingProxyType(
    {
        "hour": Cadence(
            step=timedelta(hours=1),
            memory=14 * 24,
            dispersion_memory=28 * 24,
            patience=7 * 24,
            recovery=0.8,
            echo=0.8,
            prior_count=2.0,
            prior_bins=12.0,
            extra=0.5,
            cycles=(Cycle(24, 8 * 7, 6.0), Cycle(7, 8 * 24, 24.0)),
        ),
        "day": Cadence(
            step=timedelta(days=1),
            memory=28,
            dispersion_memory=56,
            patience=14,
            recovery=0.4,
            echo=0.3,
            prior_count=2.0,
            prior_bins=2.0,
            extra=1.0,
            cycles=(Cycle(7, 8, 12.0),),
            bins_of_week=7,
            windows=(0.5, 0.75, 0.875),
            tests=3.0,
        ),
        "week": Cadence(
            step=timedelta(weeks=1),
            memory=13,
            dispersion_memory=26,
            patience=8,
            recovery=0.4,
            echo=0.0,
            prior_count=2.0,
            prior_bins=1.0,
            extra=1.0,
            cycles=(),
            bins_of_week=1,
            windows=(0.5, 0.75),
            tests=3.0,
        ),
    }
)
