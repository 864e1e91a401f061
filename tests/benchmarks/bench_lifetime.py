"""Lifetime value on the whole CDNOW cohort, and its speed on a million customers.

Fit on the first 39 weeks, hold out the next 39. Model and weight of the last purchase are chosen
by the share of revenue of the top tenth on windows that end before the fit does; only the chosen
pair is then tried on the hold-out, beside the baselines.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from nlp.evaluation import Floats
from tests.tiering.lifetime.cdnow import orders
from tiering.lifetime import (
    MODELS,
    Customers,
    Fit,
    GammaGamma,
    LifetimeSettings,
    PurchaseModel,
    customers_of,
    expected_spend,
    fit_purchases,
    fit_spend,
    lifetime_value,
    merged,
    summarise,
)

START = pd.Timestamp("1997-01-01")
FIT, HELD_OUT = 272, 545
"""Days of the last day of the fit (1997-09-30) and of the hold-out (1998-06-30)."""
INNER = ((135, 272), (182, 272), (135, 204), (110, 220), (160, 272))
LAST_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
TOP = 0.1
SYNTHETIC, AS_OF = 1_000_000, "2026-06-30"
PLAIN = {
    "first": ("ordered_at", "min"),
    "last": ("ordered_at", "max"),
    "orders": ("order_id", "count"),
    "money": ("amount", "sum"),
}
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What was known at the end of a window, and what came in the next."""

    customers: Customers
    days: int
    revenue: Floats
    purchases: Floats
    fits: Mapping[str, Fit[PurchaseModel]]
    seconds: Mapping[str, float]
    spend: Fit[GammaGamma]

    def expected(self, model: str) -> Floats:
        """Return the expected purchases in the next window."""
        rows, where = merged(self.customers.rows)
        return self.fits[model].model.expected_purchases(rows, self.days)[where]

    def value(self, model: str, last_share: float) -> Floats:
        """Return the expected revenue of the next window."""
        return self.expected(model) * expected_spend(self.spend.model, self.customers, last_share)

    def share(self, ranking: Floats) -> float:
        """Return the share of the next window's revenue that the top tenth brings."""
        first = np.argsort(-ranking, kind="stable")[: round(TOP * ranking.size)]
        return float(self.revenue[first].sum() / self.revenue.sum())


@cache
def split(end: int, until: int) -> Split:
    """Return the cohort cut at two days, with every model fitted to what came before the first."""
    table = orders().to_pandas()
    table["day"] = (table["ordered_at"].dt.tz_localize(None) - START).dt.days
    customers = customers_of(summarise(table.drop(columns="day"), as_of=_date(end)))
    later = table[(table["day"] > end) & (table["day"] <= until)].groupby("customer_id")
    ids = customers.ids.to_pylist()
    fits, seconds = {}, {}
    for name in MODELS:
        started = time.perf_counter()
        fits[name] = fit_purchases(name, customers.rows)
        seconds[name] = time.perf_counter() - started
    spend = fit_spend(customers.rows.frequency + 1, customers.mean_spend())
    revenue = later["amount"].sum().reindex(ids).fillna(0).to_numpy(float)
    purchases = later["day"].nunique().reindex(ids).fillna(0).to_numpy(float)
    return Split(customers, until - end, revenue, purchases, fits, seconds, spend)


def _date(day: int) -> str:
    return (START + pd.Timedelta(days=day)).date().isoformat()


def chosen() -> tuple[str, float, float]:
    """Return model, weight of the last purchase, and mean share, best on the inner windows."""
    inner = [split(*window) for window in INNER]
    tried = {
        (name, weight): float(np.mean([each.share(each.value(name, weight)) for each in inner]))
        for name in MODELS
        for weight in LAST_SHARES
    }
    name, weight = max(tried, key=tried.__getitem__)
    return name, weight, tried[name, weight]


def run() -> Iterator[tuple[str, str]]:
    """Yield the yardstick of the reference, the choice, and the time for a million customers."""
    held = split(FIT, HELD_OUT)
    rows = held.customers.rows
    yield "top tenth of 23,570 customers", "share of hold-out revenue"
    yield "  oracle", f"{held.share(held.revenue):.1%}"
    yield "  total spend", f"{held.share(held.customers.spend):.1%}"
    yield "  number of purchases", f"{held.share(rows.frequency):.1%}"
    name, weight, inside = chosen()
    plain = held.expected("bg-nbd") * held.customers.mean_spend()
    best = held.value(name, weight)
    yield "  BG/NBD times mean spend", f"{held.share(plain):.1%}"
    yield (
        f"  chosen inside: {name}, last share {weight:g}",
        f"{held.share(best):.1%} ({inside:.1%} inside)",
    )
    for model in MODELS:
        figures = (
            f"{held.share(held.value(model, 0.0)):.1%}, {held.share(held.value(model, 0.3)):.1%}"
        )
        yield f"  {model} times Gamma-Gamma; with last share 0.3", figures
    for rival, ranking in (
        ("total spend", held.customers.spend),
        ("BG/NBD times mean spend", plain),
    ):
        yield f"  chosen less {rival}, 95 % of bootstraps", _apart(held, best, ranking)
    yield from _counts(held)
    yield from _speed()


def _apart(held: Split, one: Floats, other: Floats) -> str:
    """Return the difference of two shares in points, with customers drawn again 400 times."""
    rng, count = np.random.default_rng(1), one.size
    gained = []
    for _ in range(400):
        drawn = rng.integers(0, count, count)
        revenue, first = held.revenue[drawn], round(TOP * count)
        tops = (np.argsort(-ranking[drawn], kind="stable")[:first] for ranking in (one, other))
        mine, theirs = (revenue[top].sum() / revenue.sum() for top in tops)
        gained.append(100 * (mine - theirs))
    low, high = np.quantile(gained, [0.025, 0.975])
    return f"{100 * (held.share(one) - held.share(other)):+.2f} points [{low:+.2f}, {high:+.2f}]"


def _counts(held: Split) -> Iterator[tuple[str, str]]:
    rows = held.customers.rows
    yield "purchases in the hold-out", f"{held.purchases.sum():,.0f} in all"
    pace = rows.frequency * held.days / np.maximum(rows.age, 1)
    for label, guess in (("repeats so far", rows.frequency), ("repeats at their pace", pace)):
        yield f"  {label}", _count_figures(guess, held.purchases)
    for name, fit in held.fits.items():
        told = _count_figures(held.expected(name), held.purchases)
        yield f"  {name}", f"{told}, fit {held.seconds[name]:.2f} s of {fit.rows:,} rows"


def _count_figures(guess: Floats, actual: Floats) -> str:
    order = float(spearmanr(guess, actual).statistic)
    error = float(np.abs(guess - actual).mean())
    return f"Spearman {order:.3f}, MAE {error:.3f}, sum {guess.sum():,.0f}"


def _speed() -> Iterator[tuple[str, str]]:
    table = synthetic(SYNTHETIC)
    yield "speed", f"{len(table):,} orders of {SYNTHETIC:,} synthetic customers"
    _, took = _timed(lambda: table.groupby("customer_id").agg(**PLAIN))
    yield "  plain pandas groupby", took
    summary, took = _timed(lambda: summarise(table, as_of=AS_OF))
    yield "  check and summary", took
    customers = customers_of(summary)
    for name in MODELS:
        yield from _of_a_million(name, customers)
    _, took = _timed(lambda: fit_spend(customers.rows.frequency + 1, customers.mean_spend()))
    yield "  Gamma-Gamma, fit", took
    settings = LifetimeSettings("mbg-nbd")
    _, took = _timed(lambda: lifetime_value(table, as_of=AS_OF, settings=settings))
    yield "  lifetime_value from orders to table, mbg-nbd", took


def _timed(work: Callable[[], Result]) -> tuple[Result, str]:
    started, used = time.perf_counter(), time.process_time()
    result = work()
    seconds, used = time.perf_counter() - started, time.process_time() - used
    return result, f"{seconds:.1f} s ({used:.1f} s processor)"


def _of_a_million(name: str, customers: Customers) -> Iterator[tuple[str, str]]:
    fit, took = _timed(lambda: fit_purchases(name, customers.rows))
    yield f"  {name}, fit to {fit.rows:,} different rows", took
    rows, where = merged(customers.rows)
    alive, took = _timed(
        lambda: (fit.model.expected_purchases(rows, 365)[where], fit.model.p_alive(rows)[where])[1]
    )
    yield f"  {name}, orders of a year and P(alive)", f"{took}, mean P(alive) {alive.mean():.2f}"


def synthetic(customers: int) -> pd.DataFrame:
    """Return orders of customers who live as in Pareto/NBD over the last year, by the contract."""
    rng = np.random.default_rng(8)
    ages = rng.integers(1, 366, customers)
    lives = np.minimum(ages, rng.exponential(1 / rng.gamma(0.6, 1 / 80, customers)))
    counts = 1 + rng.poisson(lives * rng.gamma(0.55, 1 / 74, customers))
    who = np.repeat(np.arange(customers), counts)
    after = rng.random(who.size) * lives[who]
    after[np.cumsum(counts) - counts] = 0.0
    seconds = ((366 - ages[who] + after) * 86_400).astype("int64")
    spend = rng.gamma(6.0, 1.0, who.size) * 2_500 / rng.gamma(4.0, 1.0, customers)[who] * 2
    return pd.DataFrame(
        {
            "order_id": np.arange(who.size),
            "customer_id": who,
            "ordered_at": pd.Timestamp("2025-06-29T00:00", tz="Asia/Shanghai")
            + pd.to_timedelta(seconds, unit="s"),
            "amount": np.maximum(spend, 1).astype("int64"),
        }
    )


if __name__ == "__main__":
    for label, value in run():
        print(f"{label:50} {value}", flush=True)
