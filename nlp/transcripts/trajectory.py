"""The customer's sentiments, turn by turn, as numbers: what predicted satisfaction is read from.

Only the label of each customer's turn counts, not its words and not what the agent says: agents
write politely in one shop and plainly in the next, and a polite form is no sentiment here.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nlp.labels import Sentiment
from nlp.transcripts.path import smoothed

Values = NDArray[np.float64]

SIGNS: Mapping[Sentiment, float] = MappingProxyType(
    {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
)
NEWEST = 0.4
FADING = 2.0


def _share(values: Values, sign: float) -> float:
    return float(np.mean(values == sign))


def _any(values: Values, sign: float) -> float:
    return float(np.any(values == sign))


def _log_count(values: Values, sign: float) -> float:
    return float(np.log1p(np.sum(values == sign)))


def _last(values: Values, sign: float) -> float:
    return float(values[-1] == sign)


def _begin(values: Values, sign: float) -> float:
    """Return the share in the first third, at least one turn."""
    return _share(values[: max(1, len(values) // 3)], sign)


def _third(values: Values, sign: float) -> float:
    """Return the share in the last third, at least one turn."""
    return _share(values[-max(1, len(values) // 3) :], sign)


def _fading(values: Values, sign: float) -> float:
    """Return the share where each turn counts for 1/e of the turn two after it."""
    weights = np.exp(-np.arange(len(values))[::-1] / FADING)
    return float(weights @ (values == sign) / weights.sum())


def _run(values: Values, sign: float) -> float:
    """Return the logarithm of 1 + the longest run."""
    runs = (len(list(run)) for value, run in groupby(values.tolist()) if value == sign)
    return float(np.log1p(max(runs, default=0)))


def _slope(values: Values) -> float:
    """Return the slope of the least-squares line over the dialogue, scaled to -1..1."""
    if len(values) < 2:
        return 0.0
    place = np.linspace(-1, 1, len(values))
    return float(place @ values / (place @ place))


def _level(values: Values) -> list[float]:
    """Return the smoothed path that starts at neutral."""
    return smoothed([0.0, *values.tolist()], NEWEST)[1:]


def _moves(values: Values, sign: float) -> float:
    return float(np.log1p(np.sum(np.sign(np.diff(values)) == sign)))


Feature = Callable[[Values], float]


def _both(name: str, measure: Callable[[Values, float], float]) -> dict[str, Feature]:
    return {
        f"negative_{name}": lambda values: measure(values, -1.0),
        f"positive_{name}": lambda values: measure(values, 1.0),
    }


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        **_both("share", _share),
        **_both("any", _any),
        **_both("count", _log_count),
        **_both("run", _run),
        **_both("begin", _begin),
        **_both("third", _third),
        **_both("fading", _fading),
        **_both("last", _last),
        "slope": _slope,
        "lowest": lambda values: min(_level(values)),
        "highest": lambda values: max(_level(values)),
        "falls": lambda values: _moves(values, -1.0),
        "rises": lambda values: _moves(values, 1.0),
        "length": lambda values: float(np.log1p(len(values))),
    }
)
"""Each number of a dialogue by name; all are finite for one turn or more."""


def trajectory(sentiments: Sequence[Sentiment]) -> dict[str, float]:
    """Return the features of a customer's sentiments, in order.

    Raises
    ------
    ValueError
        There is no turn.

    Examples
    --------
    >>> trajectory(["neutral", "negative"])["negative_share"]
    0.5
    """
    if not sentiments:
        raise ValueError("a trajectory needs one customer's turn or more")
    values = np.array([SIGNS[sentiment] for sentiment in sentiments])
    return {name: measure(values) for name, measure in FEATURES.items()}
