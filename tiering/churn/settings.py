"""How churn is learned: how far ahead, from how many customers, and how firmly."""

from dataclasses import dataclass

from tiering.errors import ChurnError

METHODS = ("auto", "learned", "lifetime")
MOST_DAYS = 1_095


@dataclass(frozen=True, slots=True)
class ChurnSettings:
    """Settings of `churn`.

    `horizon_days` is how long a customer must not order to have left. `method` is `learned` (the
    logistic model), `lifetime` (Pareto/NBD) or `auto`: learned where the history allows it, else
    lifetime. Learning asks for `least_customers` with a purchase before the split, and `least_each`
    of them with either outcome. `strength` is the inverse of the ridge penalty, `folds` how often
    customers are held out to set the calibration; `seed` decides who falls into which fold.
    """

    horizon_days: int = 90
    method: str = "auto"
    least_customers: int = 100
    least_each: int = 20
    strength: float = 1.0
    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            known = ", ".join(METHODS)
            raise ChurnError(
                f"method {self.method!r} is not known; take one of {known}",
                f"未知的方法 {self.method!r}；可用的为 {known}",
            )
        _demand("horizon_days", self.horizon_days, 1, MOST_DAYS)
        _demand("least_each", self.least_each, self.folds, 10**9)
        _demand("folds", self.folds, 2, 20)
        _demand("strength", self.strength, 1e-6, 1e6)


def _demand(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ChurnError(
            f"{name} {value:g} must lie from {low:g} to {high:g}",
            f"{name} {value:g} 须在 {low:g} 到 {high:g} 之间",
        )
