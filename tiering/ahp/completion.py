"""Judgements that nobody made, completed so that the whole is as consistent as it can be.

Bozóki, Fülöp and Rónyai (2010), On optimal completion of incomplete pairwise comparison matrices,
Mathematical and Computer Modelling 52: 318-333. The principal eigenvalue is convex in the
logarithms of the missing cells, and has one least point if and only if the judged pairs join all
elements. The gradient needs both eigenvectors: d lambda / d a_ij = y_i x_j / (y . x).
"""

from typing import TYPE_CHECKING

import numpy as np

from tiering.ahp.eigen import Matrix, Vector, principal
from tiering.ahp.judgements import Judgements
from tiering.errors import JudgementError

if TYPE_CHECKING:
    from collections.abc import Sequence

Pairs = "Sequence[tuple[int, int]]"

SMALLEST_STEP = 1e-14


def completed(judgements: Judgements) -> Matrix:
    """Return the matrix without gaps; equal to the given one where nothing is missing.

    Raises
    ------
    JudgementError
        The judged pairs leave the elements in groups that nothing compares.
    """
    missing = judgements.missing()
    _demand_joined(judgements)
    return _least(judgements.matrix, missing) if missing else judgements.matrix


def _least(matrix: Matrix, missing: "Sequence[tuple[int, int]]") -> Matrix:
    from scipy.optimize import minimize

    def lambda_and_gradient(logs: Vector) -> tuple[float, Vector]:
        filled = _filled(matrix, missing, logs)
        right, left = principal(filled), principal(filled.T)
        x, y = right.vector, left.vector
        pull = np.outer(y, x) * filled / (y @ x)
        return right.value, np.array([pull[i, j] - pull[j, i] for i, j in missing])

    start = np.zeros(len(missing))
    found = minimize(
        lambda_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"ftol": SMALLEST_STEP, "gtol": 1e-10, "maxiter": 1000},
    )
    return _filled(matrix, missing, found.x)


def _filled(matrix: Matrix, missing: "Sequence[tuple[int, int]]", logs: Vector) -> Matrix:
    filled = matrix.copy()
    for (i, j), value in zip(missing, logs, strict=True):
        filled[i, j], filled[j, i] = np.exp(value), np.exp(-value)
    return filled


def _demand_joined(judgements: Judgements) -> None:
    joined = {0}
    edges = ~np.isnan(judgements.matrix)
    waiting = [0]
    while waiting:
        new = {int(j) for j in np.flatnonzero(edges[waiting.pop()])} - joined
        joined |= new
        waiting.extend(new)
    names = judgements.elements
    apart = [name for number, name in enumerate(names) if number not in joined]
    if apart:
        near = ", ".join(names[number] for number in sorted(joined))
        raise JudgementError(
            f"{judgements.name}: no judgement joins {', '.join(apart)} to {near}; "
            "compare at least one of them with one of these",
            f"{judgements.name}：没有任何判断把 {'、'.join(apart)} 与 {near} 联系起来；"
            "请至少比较其中一对",
        )
