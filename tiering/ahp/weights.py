"""Judgements to weights: the principal eigenvector, refused where they contradict each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tiering.ahp.completion import completed
from tiering.ahp.consistency import (
    MOST_RATIO,
    RANDOM_INDEXES,
    Consistency,
    Contradiction,
    consistency_of,
    worst_judgements,
)
from tiering.ahp.eigen import principal
from tiering.ahp.judgements import Judgements
from tiering.errors import ConsistencyError, JudgementError


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights from 0 to 1 with the sum 1, and how consistent the judgements behind them are."""

    weights: Mapping[str, float]
    consistency: Consistency
    completed: int
    """How many pairs nobody had judged."""


def weigh(judgements: Judgements, random_index: str = "donegan-dodd") -> Weighing:
    """Return the weights of the elements.

    Parameters
    ----------
    judgements
        A reciprocal matrix; gaps are completed.
    random_index
        `donegan-dodd` or `saaty`.

    Raises
    ------
    JudgementError
        The random index is not known, or gaps leave groups that nothing compares.
    ConsistencyError
        The consistency ratio is above 0.1; names the three judgements to think over first.
    """
    if random_index not in RANDOM_INDEXES:
        known = ", ".join(RANDOM_INDEXES)
        raise JudgementError(
            f"random index {random_index!r} is not known; known are {known}",
            f"未知的随机指标 {random_index!r}；可用的为 {known}",
        )
    matrix, missing = completed(judgements), len(judgements.missing())
    found = principal(matrix)
    consistency = consistency_of(found, len(judgements.elements), missing, random_index)
    if consistency.ratio > MOST_RATIO:
        _refuse(judgements, consistency, worst_judgements(judgements, matrix, found))
    weights = dict(zip(judgements.elements, map(float, found.vector), strict=True))
    return Weighing(MappingProxyType(weights), consistency, missing)


def _refuse(
    judgements: Judgements, consistency: Consistency, worst: Sequence[Contradiction]
) -> None:
    en = "; ".join(
        f"{each.element} : {each.against} is judged {_said(each.judged)}, "
        f"the others make it {_said(each.implied)}"
        for each in worst
    )
    zh = "；".join(
        f"{each.element} 比 {each.against} 判为 {_said(each.judged)}，"
        f"其余判断推得 {_said(each.implied)}"
        for each in worst
    )
    raise ConsistencyError(
        f"{judgements.name}: consistency ratio {consistency.ratio:.3f} is above {MOST_RATIO}; "
        f"judge these again: {en}",
        f"{judgements.name}：一致性比率 {consistency.ratio:.3f} 超过 {MOST_RATIO}；"
        f"请重新判断：{zh}",
    )


def _said(ratio: float) -> str:
    """Return a ratio as people judge it: 3.2, or 1/3.2."""
    return f"{ratio:.3g}" if ratio >= 1 else f"1/{1 / ratio:.3g}"
