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

    def slots(self, local: datetime) -> tuple[int, ...]:
        """Return the slot of each cycle that a bin starting at `local` falls in."""
        if len(self.cycles) == 1:
            return (local.weekday(),)
        return (local.hour, local.weekday())


CADENCES: Mapping[Width, Cadence] = MappingProxyType(
    {
        "10min": Cadence(
            step=timedelta(minutes=10),
            memory=14 * 144,
            dispersion_memory=28 * 144,
            patience=7 * 144,
            recovery=0.96,
            echo=0.96,
            prior_count=2.0,
            prior_bins=72.0,
            extra=0.3,
            cycles=(Cycle(24, 8 * 7 * 6, 6.0), Cycle(7, 8 * 144, 24.0)),
        ),
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
        ),
    }
)
