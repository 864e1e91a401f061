"""The default detector over all series at once: which bins alarm, and what was expected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.bursts import Burst, Heard, bursts_of
from nlp.surveillance.detectors.arithmetic import Floats, Many
from nlp.surveillance.detectors.baseline import variance_of
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.surge import Findings, SurgeModel
from nlp.surveillance.series import Codes, Key, Ledger, Timeline, grid_of
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.windows import Column, Norm, norm_of

MONTH = timedelta(days=30)
FINE = timedelta(minutes=10)
SHARES: Mapping[Width, float] = MappingProxyType({"10min": 0.2, "hour": 0.4, "day": 0.4})
"""How the false alarms of a product are shared out over the widths."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One bin of one series that alarms.

    Attributes
    ----------
    key, width
        Which series.
    since
        Start of the bin in which the rise began.
    start, end
        The alarming bin itself.
    p
        How likely such evidence is by chance.
    """

    key: Key
    width: Width
    since: datetime
    start: datetime
    end: datetime
    p: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What the detector said of every bin of every series of a grid.

    Attributes
    ----------
    keys, line
        The series, and their bins.
    mean, variance
        Of the expected counts, bins × series.
    rates
        False-alarm probability of a bin, per series.
    alarms
        The bins that alarm, oldest first; of an hourly timeline also those of ten minutes.
    """

    keys: tuple[Key, ...]
    line: Timeline
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]
    rates: NDArray[np.float64]
    alarms: tuple[Alarm, ...]


def scan(ledger: Ledger, line: Timeline, settings: WatchSettings) -> Scan:
    """Run the detector over a timeline, bin after bin, each judged by what lies before it.

    The last bin may be incomplete. It is held against the expectation of a whole bin: to judge it
    many times while it fills, against a growing share, would multiply the false alarms.
    """
    scanner = Scanner(ledger.keys, ledger.products, line.width, settings)
    scanner.advance(ledger, line)
    return scanner.result(line)


class Scanner:
    """The detector on its way over a timeline: it need not see again what it has passed.

    Parameters
    ----------
    keys, products
        The series, and the number of the product of each.
    width
        Of the bins.
    settings
        Rates and minimum count.
    """

    def __init__(
        self, keys: tuple[Key, ...], products: Codes, width: Width, settings: WatchSettings
    ) -> None:
        number = Many(len(keys))
        self._keys, self._products = keys, products
        self._cadence = CADENCES[width]
        self._rates = false_alarm_rates(keys, width, settings)
        self._fine_rates = false_alarm_rates(keys, "10min", settings)
        self._minimum = settings.minimum_count
        self._model = SurgeModel(self._cadence, number, self._rates, settings.minimum_count)
        self._last: Findings[Floats] | None = None
        self._last_count = number.zeros()
        self._echo = (number.zeros(), number.zeros())
        self._means: list[NDArray[np.float32]] = []
        self._variances: list[NDArray[np.float32]] = []
        self._alarms: list[Alarm] = []
        self._started: list[datetime] = []

    def advance(self, ledger: Ledger, line: Timeline) -> None:
        """Judge the bins of `line`, which follow those passed, and learn from them.

        Parameters
        ----------
        ledger
            The entries of these bins, with those of the hour before them.
        """
        grid = grid_of(ledger, line)
        norms: list[Norm] = []
        for step, slots in enumerate(line.slots()):
            count = grid.counts[step].astype(np.float64)
            others = grid.others[step].astype(np.float64)[grid.products]
            self._started.append(line.edges[step])
            findings = self._model.step(slots, count, others)
            if line.width == "hour":
                norms += self._norms(step, count, findings)
            self._remember(findings, count, others)
            self._alarms += self._alarming(line, step, findings)
        self._alarms += self._bursts(ledger, line, norms)

    def peek(self, ledger: Ledger, running: Timeline, line: Timeline) -> Scan:
        """Return what is found with further bins, `running`, without learning from them.

        `line` is all bins, those passed and these.
        """
        kept = dict(self.__dict__)
        self._model = deepcopy(self._model)
        self._means, self._variances = list(self._means), list(self._variances)
        self._alarms, self._started = list(self._alarms), list(self._started)
        try:
            self.advance(ledger, running)
            return self.result(line)
        finally:
            self.__dict__.update(kept)

    def result(self, line: Timeline) -> Scan:
        """Return what was found in all bins passed; `line` is all of them."""
        shape = (len(self._means), len(self._keys))
        return Scan(
            self._keys,
            line,
            np.array(self._means, dtype=np.float32).reshape(shape),
            np.array(self._variances, dtype=np.float32).reshape(shape),
            self._rates,
            tuple(self._alarms),
        )

    def _norms(self, step: int, count: Floats, findings: Findings[Floats]) -> list[Norm]:
        """Keep what was normal where a window can hold enough to alarm."""
        some = np.flatnonzero((count > 0) & (count + self._last_count >= self._minimum))
        if not len(some):
            return []
        before = findings if self._last is None else self._last
        return [norm_of(step, some, findings, before, self._echo)]

    def _remember(self, findings: Findings[Floats], count: Floats, others: Floats) -> None:
        self._means.append(findings.expected.mean.astype(np.float32))
        self._variances.append(variance_of(findings.expected).astype(np.float32))
        heard, due = self._echo
        fade = self._cadence.echo
        self._echo = (fade * (heard + others), fade * (due + findings.audience.mean))
        self._last, self._last_count = findings, count

    def _alarming(self, line: Timeline, step: int, findings: Findings[Floats]) -> list[Alarm]:
        start, end = line.edges[step : step + 2]
        return [
            Alarm(
                self._keys[n],
                line.width,
                self._started[int(findings.started[n])],
                start,
                end,
                float(findings.p[n]),
            )
            for n in np.flatnonzero(findings.alarm)
        ]

    def _bursts(self, ledger: Ledger, line: Timeline, norms: Sequence[Norm]) -> list[Alarm]:
        if not norms:
            return []
        origin, hours = line.edges[0].timestamp(), len(line.edges) - 1
        heard = Heard(
            Column(ledger.entries, origin, hours),
            Column(ledger.others, origin, hours),
            self._products,
        )
        found = bursts_of(norms, heard, self._fine_rates, self._minimum)
        return [self._fine_alarm(line.edges[0], burst) for burst in found]

    def _fine_alarm(self, origin: datetime, burst: Burst) -> Alarm:
        start = origin + burst.start * FINE
        since = origin + burst.since * FINE
        return Alarm(self._keys[burst.series], "10min", since, start, start + FINE, burst.p)


def false_alarm_rates(
    keys: Sequence[Key], width: Width, settings: WatchSettings
) -> NDArray[np.float64]:
    """Return the false-alarm probability of one bin of that width, per series.

    A product may raise `false_alarms_per_series_month` false incidents in 30 days, fewer where
    its share of `false_alarms_per_month` is less. The widths take `SHARES` of that (Bonferroni),
    and within each the series of all complaints takes half, its categories share the rest: a
    product's incident is one, whichever series raised it.
    """
    products = Counter(key.product for key in keys)
    budget = min(
        settings.false_alarms_per_series_month,
        settings.false_alarms_per_month / max(len(products), 1),
    )
    bins = MONTH / CADENCES[width].step
    shares = [
        (1.0 if products[key.product] == 1 else 0.5)
        if key.category is None
        else 0.5 / (products[key.product] - 1)
        for key in keys
    ]
    return np.minimum(np.array(shares, dtype=np.float64) * budget * SHARES[width] / bins, 0.1)
