"""The satisfaction model: a few dozen coefficients, kept as JSON beside this file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nlp.labels import Sentiment
from nlp.message import Message
from nlp.transcripts.errors import SatisfactionModelError
from nlp.transcripts.trajectory import FEATURES, trajectory

Verdict = Literal["unsatisfied", "met", "satisfied"]
Numbers = NDArray[np.float64]

SATISFACTION: Mapping[Verdict, Message] = MappingProxyType(
    {
        "unsatisfied": Message("unsatisfied", "不满意"),
        "met": Message("met", "基本满意"),
        "satisfied": Message("satisfied", "满意"),
    }
)
FORMAT = 1
SHIPPED = Path(__file__).with_name("satisfaction.json")
DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class SatisfactionModel:
    """Multinomial logistic regression on standardised features.

    Parameters
    ----------
    features
        Names of `FEATURES`, k of them.
    mean, scale
        What each feature is standardised with, shape (k,).
    slopes, intercepts
        For each verdict, shapes (3, k) and (3,).
    source
        Where the coefficients come from.
    """

    features: tuple[str, ...]
    mean: Numbers
    scale: Numbers
    slopes: Numbers
    intercepts: Numbers
    source: Mapping[str, str]

    def contributions(self, sentiments: Sequence[Sentiment]) -> Numbers:
        """Return what each feature adds to the score of each verdict, shape (3, k).

        The scores are these sums plus the intercepts: the parts are exact, not estimated.
        """
        found = trajectory(sentiments)
        values = (np.array([found[name] for name in self.features]) - self.mean) / self.scale
        return np.asarray(self.slopes * values)

    def probabilities(self, sentiments: Sequence[Sentiment]) -> Numbers:
        """Return the probability of each verdict, shape (3,), summing to 1."""
        scores = self.contributions(sentiments).sum(axis=1) + self.intercepts
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum())

    def as_json(self) -> dict[str, Any]:
        """Return the model as JSON holds it, numbers rounded to 6 digits."""
        return {
            "format": FORMAT,
            "source": dict(self.source),
            "verdicts": list(SATISFACTION),
            "features": list(self.features),
            "mean": _rounded(self.mean),
            "scale": _rounded(self.scale),
            "slopes": [_rounded(row) for row in self.slopes],
            "intercepts": _rounded(self.intercepts),
        }


def write_model(model: SatisfactionModel, path: Path) -> None:
    """Write a model as JSON."""
    text = json.dumps(model.as_json(), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


@cache
def shipped_model() -> SatisfactionModel:
    """Return the shipped model, read once."""
    return read_model()


def read_model(path: Path = SHIPPED) -> SatisfactionModel:
    """Return a model from its file; the shipped one by default.

    Raises
    ------
    SatisfactionModelError
        The file is missing, no such model, or its parts do not fit together.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        model = SatisfactionModel(
            features=tuple(told["features"]),
            mean=np.array(told["mean"], dtype=np.float64),
            scale=np.array(told["scale"], dtype=np.float64),
            slopes=np.array(told["slopes"], dtype=np.float64),
            intercepts=np.array(told["intercepts"], dtype=np.float64),
            source=told["source"],
        )
        fits = _fits(model, told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(path, repr(error)) from error
    if not fits:
        raise _broken(path, f"format {told.get('format')!r}")
    return model


def _fits(model: SatisfactionModel, told: Mapping[str, Any]) -> bool:
    width, kinds = len(model.features), len(SATISFACTION)
    shapes = (model.mean.shape, model.scale.shape, model.slopes.shape, model.intercepts.shape)
    return (
        told["format"] == FORMAT
        and told["verdicts"] == list(SATISFACTION)
        and set(model.features) <= set(FEATURES)
        and shapes == ((width,), (width,), (kinds, width), (kinds,))
        and all(np.isfinite(part).all() for part in (model.mean, model.slopes, model.intercepts))
        and bool((model.scale > 0).all())
    )


def _broken(path: Path, why: str) -> SatisfactionModelError:
    return SatisfactionModelError(
        f"{path} is no satisfaction model that this version reads ({why}); install tingyin again, "
        "or learn it anew with nlp.transcripts.learn_satisfaction",
        f"{path} 不是本版本可读的满意度模型（{why}）；请重新安装 tingyin，"
        "或用 nlp.transcripts.learn_satisfaction 重新学习",
    )


def _rounded(numbers: Numbers) -> list[float]:
    return [round(float(number), DIGITS) for number in numbers]
