"""EARS C1, C2 and C3: a bin against the mean and deviation of the few bins before it.

Hutwagner et al. 2003, J Urban Health 80:i89; formulas as in Fricker, Hegler and Dunfee 2008, Stat
Med 27:3407. For series without a long history. All three judge the last bins *that there are*,
whatever the bin width: a gap is left out, never taken for 0. They know no calendar and no totals:
on hourly series they take every morning for a rise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from nlp.surveillance.detectors.contract import Bin, Sensitivity
from nlp.surveillance.detectors.ears_state import GUARD, ShewhartState, SumState, learned
from nlp.surveillance.detectors.verdicts import check_setting


@dataclass(frozen=True, slots=True)
class _Ears:
    """The settings that C1, C2 and C3 share.

    Parameters
    ----------
    alpha
        Tail probability of the standard normal that raises an alarm, 1e-12 to 0.5.
    baseline
        Bins of the baseline, 2 or more.
    minimum_sigma
        The deviation counts as no less than this; Burkom advises 0.5 or 1 for sparse series.
    minimum_count
        A rise of fewer counts never alarms.
    """

    alpha: float = 0.001
    baseline: int = 7
    minimum_sigma: float = 0.0
    minimum_count: int = 1

    def __post_init__(self) -> None:
        check_setting("alpha", self.alpha, 1e-12, 0.5)
        check_setting("baseline", self.baseline, 2, 10_000)
        check_setting("minimum_sigma", self.minimum_sigma, 0, 1e9)
        check_setting("minimum_count", self.minimum_count, 1, 10**9)

    @classmethod
    def tuned(cls, sensitivity: Sensitivity | None = None) -> Self:
        """Return the detector with its published settings, or with a chosen false-alarm rate."""
        if sensitivity is None:
            return cls()
        return cls(
            alpha=sensitivity.false_alarms,
            minimum_count=sensitivity.minimum_count,
        )


class EarsC1(_Ears):
    """EARS C1 (mild): the baseline is the 7 bins before the judged one; a `Detector`."""

    __slots__ = ()

    def fit(self, history: Sequence[Bin]) -> ShewhartState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        return learned(ShewhartState(self, 0), history)


class EarsC2(_Ears):
    """EARS C2 (medium): as C1, with two bins between baseline and judged bin; a `Detector`."""

    __slots__ = ()

    def fit(self, history: Sequence[Bin]) -> ShewhartState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        return learned(ShewhartState(self, GUARD), history)


@dataclass(frozen=True, slots=True)
class EarsC3(_Ears):
    """EARS C3 (high): sums by how much C2 exceeds 1 over the bins up to now; a `Detector`.

    Parameters
    ----------
    sum_judged
        Whether the sum takes in the judged bin, as published, beside the two before it. The
        alarms that R `surveillance` gave for C3 are those of the two before alone, a bin late;
        the default is to agree with them. Set it for a C3 as published.
    """

    sum_judged: bool = False

    def fit(self, history: Sequence[Bin]) -> SumState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        return learned(SumState(self, sum_judged=self.sum_judged), history)
