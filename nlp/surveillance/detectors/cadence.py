"""What hourly, daily and weekly series have in common, and in what they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.holidays import HOLIDAYS, kind_of_day


@dataclass(frozen=True, slots=True)
class Cycle:
    """One repeating part of the calendar.

    `slots` parts; a slot comes back `visits` times within the eight weeks that a profile
    remembers half of; `prior` is how many expected counts a slot needs to be believed half.
    Slots beyond are holidays, of `holidays` kinds: slot `slots × k + n` is the k-th kind of holiday
    on what would else be slot n.
    """

    slots: int
    visits: float
    prior: float
    holidays: int = 0


@dataclass(frozen=True, slots=True)
class Season:
    """The season of the year: bins that make a week, and waves of the year (harmonics)."""

    bins: int
    harmonics: int


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
        Its calendar: hour of day and kind of day, kind of day only, or none; the kinds are the
        days of the week and the holidays (`kind_of_day`).
    season
        The season of the year, where it is learned; the last slot is then the day of the year.
    windows
        Fading of the windows in which several bins are judged together: the share of a bin that
        the next one keeps.
    haste
        Extra fading per bin once a rise has outlasted the patience.
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
    season: Season | None = None
    windows: tuple[float, ...] = ()
    haste: float = 0.03

    def slots(self, local: datetime) -> tuple[int, ...]:
        """Return the slot of each cycle that a bin starting at `local` falls in."""
        hour = (local.hour,) if len(self.cycles) == 2 else ()
        kind = (kind_of_day(local),) if self.cycles else ()
        day = () if self.season is None else (local.timetuple().tm_yday,)
        return (*hour, *kind, *day)


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
            prior_bins=24.0,
            extra=0.3,
            haste=0.005,
            cycles=(Cycle(24, 8 * 7 * 6, 6.0), Cycle(7, 8 * 144, 24.0, len(HOLIDAYS))),
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
            cycles=(Cycle(24, 8 * 7, 6.0), Cycle(7, 8 * 24, 24.0, len(HOLIDAYS))),
        ),
        "day": Cadence(
            step=timedelta(days=1),
            memory=28,
            dispersion_memory=112,
            patience=14,
            recovery=0.7,
            echo=0.3,
            prior_count=2.0,
            prior_bins=2.0,
            extra=1.0,
            cycles=(Cycle(7, 16, 12.0, len(HOLIDAYS)),),
            season=Season(7, 4),
            windows=(0.5, 0.75, 0.875),
        ),
        "week": Cadence(
            step=timedelta(weeks=1),
            memory=26,
            dispersion_memory=104,
            patience=8,
            recovery=0.4,
            echo=0.0,
            prior_count=2.0,
            prior_bins=1.0,
            extra=1.0,
            cycles=(),
            season=Season(1, 2),
            windows=(0.5, 0.75),
        ),
    }
)
