"""Weighted maximum likelihood: parameters on a log scale, exact slopes, errors from the curvature.

The search is scipy's L-BFGS-B from several starts; Newton steps then bring it to the very optimum,
so that the result depends neither on the start nor on the order of the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import FitError
from tiering.lifetime.histories import Places

FARTHEST = 14.0
"""A parameter that moves more than e^14-fold from its start runs away."""
STEP = 1e-4
ROUNDS, STEPS = 4, 5
"""Newton's method: so many second derivatives, and so many steps with each of them."""
THINNED = 10_000
"""Of more rows than this, an even choice of so many finds the start for all."""
FLAT = 1e-8
"""Largest slope, per customer and log parameter, at which the search has arrived."""
LEAST_CURVATURE = 1e-7
"""Least curvature, per customer, at which a log parameter still counts as determined."""


class Rows(Protocol):
    """What a model is fitted to: rows with weights."""

    def taken(self: "RowsT", places: Places, /) -> "RowsT":
        """Return the rows at these places."""
        ...

    @property
    def weights(self) -> Floats:
        """Return how many customers share each row."""
        ...


RowsIn = TypeVar("RowsIn", bound=Rows, contravariant=True)


class Model(Protocol[RowsIn]):
    """A frozen dataclass of parameters, all above 0, with a likelihood."""

    def likelihood(self, rows: RowsIn, /) -> tuple[Floats, Floats]:
        """Return the log likelihood of each row, and its slopes (parameters, rows)."""
        ...


RowsT = TypeVar("RowsT", bound=Rows)
ModelT = TypeVar("ModelT", bound=Model[Any])
Objective = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Fit(Generic[ModelT]):
    """A fitted model.

    `standard_errors` and `covariance` (in the order of the parameters) are those of the
    parameters themselves, by the delta method from the observed information on the log scale;
    `customers` is the sum of the weights, `rows` the number of different rows.
    """

    model: ModelT
    log_likelihood: float
    standard_errors: Mapping[str, float]
    covariance: Floats
    customers: float
    rows: int


def fit_rows(
    kind: type[ModelT], rows: RowsT, starts: Sequence[Sequence[float]], pull: float = 0.0
) -> Fit[ModelT]:
    """Return the model of most likelihood, searched from each of the starts.

    `pull` is the precision of a normal prior on the log parameters around the first start: 0 is
    plain maximum likelihood. With a prior, errors are those of the posterior's peak; the log
    likelihood told is always that of the rows alone.

    Raises
    ------
    FitError
        No optimum was reached, a parameter runs away, or the rows do not determine it.
    """
    customers = float(rows.weights.sum())
    begun = np.log(np.asarray(starts, dtype=float))
    prior = _Prior(begun[0], pull)
    objective = _objective(kind, rows, prior)
    place = _best(objective, _nearer(kind, rows, prior, begun))
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    curvature = _curvature(objective, place.x)
    _demand_optimum(place, curvature, begun, names)
    parameters = np.exp(place.x)
    covariance = np.linalg.inv(curvature * customers) * np.outer(parameters, parameters)
    return Fit(
        model=kind(*parameters.tolist()),
        log_likelihood=-place.value * customers + prior.of(place.x)[0],
        standard_errors=dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True)),
        covariance=covariance,
        customers=customers,
        rows=rows.weights.size,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where the search stands: log parameters, mean negative log likelihood, its slopes."""

    x: Floats
    value: float
    slopes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Prior:
    """A normal prior on log parameters, by its middle and its precision."""

    middle: Floats
    pull: float

    def of(self, x: Floats) -> tuple[float, Floats]:
        """Return the negative log of the prior, and its slopes."""
        apart = x - self.middle
        return self.pull * float(apart @ apart) / 2, self.pull * apart


def _height(place: _Place) -> float:
    return place.value


def _objective(kind: type[ModelT], rows: RowsT, prior: _Prior) -> Objective:
    customers = float(rows.weights.sum())

    def mean_loss(x: Floats) -> tuple[float, Floats]:
        parameters = np.exp(x)
        log, slopes = kind(*parameters.tolist()).likelihood(rows)
        penalty, steepness = prior.of(x)
        loss = penalty - float(log @ rows.weights)
        return loss / customers, (steepness - (slopes @ rows.weights) * parameters) / customers

    return mean_loss


def _searched(objective: Objective, start: Floats) -> _Place:
    from scipy.optimize import minimize

    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(each - FARTHEST, each + FARTHEST) for each in start],
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
    x = np.asarray(found.x, dtype=float)
    return _Place(x, *objective(x))


def _best(objective: Objective, starts: Floats) -> _Place:
    return _newton(objective, min((_searched(objective, start) for start in starts), key=_height))


def _nearer(kind: type[ModelT], rows: RowsT, prior: _Prior, starts: Floats) -> Floats:
    """Return one start near the optimum where there are many rows, else the starts as they are."""
    if rows.weights.size <= 2 * THINNED:
        return starts
    some = rows.taken(np.linspace(0, rows.weights.size - 1, THINNED).astype(np.intp))
    return _best(_objective(kind, some, prior), starts).x[None, :]


def _newton(objective: Objective, place: _Place) -> _Place:
    """Go on by Newton steps while the slopes become smaller."""
    for _ in range(ROUNDS):
        curvature = _curvature(objective, place.x)
        if np.linalg.eigvalsh(curvature)[0] <= 0:
            break
        nearer = _steps(objective, place, curvature)
        if nearer is place or np.abs(nearer.slopes).max() <= FLAT / 100:
            return nearer
        place = nearer
    return place


def _steps(objective: Objective, place: _Place, curvature: Floats) -> _Place:
    for _ in range(STEPS):
        x = place.x - np.clip(np.linalg.solve(curvature, place.slopes), -1.0, 1.0)
        further = _Place(x, *objective(x))
        if not np.abs(further.slopes).max() < np.abs(place.slopes).max():
            break
        place = further
    return place


def _curvature(objective: Objective, x: Floats) -> Floats:
    """Return the second derivatives, by central differences of the exact slopes."""
    columns = [
        (objective(x + step)[1] - objective(x - step)[1]) / (2 * STEP)
        for step in np.eye(x.size) * STEP
    ]
    matrix = np.stack(columns)
    return np.asarray((matrix + matrix.T) / 2, dtype=float)


def _demand_optimum(place: _Place, curvature: Floats, begun: Floats, names: Sequence[str]) -> None:
    moved = np.abs(place.x - begun).min(axis=0)
    if moved.max() > FARTHEST - 2:
        _refuse(names[int(moved.argmax())], "runs away", "趋于无界", place)
    values, vectors = np.linalg.eigh(curvature)
    if not values[0] > LEAST_CURVATURE:
        name = names[int(np.abs(vectors[:, 0]).argmax())]
        _refuse(name, "is not determined by these customers", "无法由这些客户确定", place)
    if not np.abs(place.slopes).max() <= FLAT:
        name = names[int(np.abs(place.slopes).argmax())]
        _refuse(name, "has not come to rest", "未收敛", place)


def _refuse(name: str, en: str, zh: str, place: _Place) -> None:
    at = ", ".join(f"{value:.4g}" for value in np.exp(place.x))
    raise FitError(
        f"no fit: parameter {name} {en} (at {at}); give more customers, a longer window, "
        "or take another model",
        f"拟合失败：参数 {name} {zh}（当前为 {at}）；请提供更多客户或更长的观察期，或改用其他模型",
    )
