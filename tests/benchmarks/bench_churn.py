"""Churn on the whole CDNOW cohort, held out in time, beside recency and the lifetime models.

At each of three days T everything is learned from what was known then; the outcome is no purchase
in the H days after. Recency alone is the same learning with one figure; P(alive) is told as
1 - P(alive), and beside it the same models' probability of no purchase in H days.
"""

import time
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from nlp.evaluation import Floats
from tests.tiering.lifetime.cdnow import orders
from tiering.churn import ChurnSettings, Quality, Strictness, churn, learn, quality
from tiering.churn.figures import Figures, measure_figures
from tiering.churn.learning import names_of
from tiering.churn.model import Flags
from tiering.lifecycle import load_lifecycle_policy, open_sources
from tiering.lifetime import customers_of, fit_purchases, summarise
from tiering.times import moment_of

CUTS = ("1997-09-30", "1997-12-31", "1998-03-31")
HORIZON = 90
PULL = 0.1
RECENCY = ("since_order_days",)


@cache
def told_at(day: str) -> tuple[Figures, Flags]:
    """Return the figures as of a day, and who then bought nothing within the horizon."""
    moment = moment_of(day)
    table = orders()
    sources = open_sources({"orders": table.to_pandas()}, moment)
    figures = measure_figures(sources, load_lifecycle_policy(), HORIZON, ())
    ids, days = np.array(table["customer_id"].to_pylist()), _days(table.to_pandas())
    ahead = (days > moment.day) & (days <= moment.day + HORIZON)
    came = set(ids[ahead].tolist())
    return figures, np.array([each not in came for each in figures.ids.to_pylist()])


def _days(table: pd.DataFrame) -> Floats:
    return table["ordered_at"].dt.tz_localize(None).dt.floor("D").astype("int64").to_numpy() // (
        86_400 * _units(table)
    )


def _units(table: pd.DataFrame) -> int:
    return {"ns": 10**9, "us": 10**6}[table["ordered_at"].dt.unit]


def before(day: str) -> str:
    """Return the day one horizon earlier."""
    return (pd.Timestamp(day) - pd.Timedelta(days=HORIZON)).date().isoformat()


def run() -> Iterator[tuple[str, str]]:
    """Yield AUC, Brier score and calibration error of every way, at every day."""
    yield f"23,570 customers, no purchase in {HORIZON} days", "AUC, Brier, calibration error"
    for day in CUTS:
        figures, left = told_at(day)
        yield f"as of {day}, learned from {before(day)}", f"{left.mean():.1%} left"
        for name, p in _ways(day, figures):
            yield f"  {name}", _figures(quality(p, left))
    yield from _itself()


def _ways(day: str, figures: Figures) -> Iterator[tuple[str, Floats]]:
    past, left = told_at(before(day))
    yield "base rate of the split", np.full(len(figures.ids), left.mean())
    how = Strictness(ChurnSettings().strength, ChurnSettings().folds, ChurnSettings().seed)
    for name, names in (("recency alone", RECENCY), ("tiering.churn", names_of(past))):
        model = learn(past.matrix(names), left, names, how).model
        yield name, model.p(figures.matrix(names))
    yield "gradient booster, isotonic", _boosted(past, left, figures)
    for name in ("bg-nbd", "pareto-nbd"):
        yield from _lifetime(name, day)


def _boosted(past: Figures, left: Flags, figures: Figures) -> Floats:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier

    booster = HistGradientBoostingClassifier(max_leaf_nodes=15, learning_rate=0.05, random_state=0)
    fitted = CalibratedClassifierCV(booster, method="isotonic", cv=5)
    names = names_of(past)
    p: Floats = fitted.fit(past.matrix(names), left).predict_proba(figures.matrix(names))[:, 1]
    return p


def _lifetime(name: str, day: str) -> Iterator[tuple[str, Floats]]:
    summary = summarise(orders().to_pandas(), as_of=day)
    rows = customers_of(summary).rows
    model = fit_purchases(name, rows, pull=PULL).model
    yield f"{name}, 1 - P(alive)", 1 - model.p_alive(rows)
    yield f"{name}, P(no purchase in {HORIZON} days)", model.p_no_purchase(rows, HORIZON)


def _figures(found: Quality) -> str:
    return f"{found.auc:.4f}, {found.brier:.4f}, {found.calibration:.4f}"


def _itself() -> Iterator[tuple[str, str]]:
    """Yield what `churn` says of itself at the last day, and how long it took."""
    started, used = time.perf_counter(), time.process_time()
    run_of = churn(orders().to_pandas(), as_of=CUTS[-1], settings=ChurnSettings(HORIZON))
    took = f"{time.perf_counter() - started:.1f} s ({time.process_time() - used:.1f} s processor)"
    yield "tiering.churn as of the last day, from orders to reasons", took
    assert run_of.taught is not None
    yield "  of customers held out", _figures(run_of.taught.held_out)
    for name, found in (("ahead", run_of.taught.ahead), ("recency", run_of.taught.recency)):
        if found is not None:
            yield f"  one horizon before: {name}", _figures(found)


if __name__ == "__main__":
    for label, value in run():
        print(f"{label:60} {value}", flush=True)
