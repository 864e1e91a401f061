"""Unusual payment frequency: more orders in one hour or day than chance gives, and how unlikely.

The count of a bin is held against the highest of three rates: the customer's own outside the bin,
everybody's over the window, and everybody else's in that very bin (so that a sale, when all buy,
is nobody's sign). p = P(X >= k) of a Poisson law, times the bins that were looked at (Bonferroni).
A screen, no proof: orders that a shop splits come in bursts too, which is why a few never count.
"""

from dataclasses import dataclass
from datetime import datetime

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nlp.evaluation import Floats
from tiering.frames import Frame, attach, collect
from tiering.policy import RiskSigns
from tiering.times import CHINA, DAY_US, OFFSET_US, Moment

HOUR_US = DAY_US // 24
SIZES = (("hour", "小时", HOUR_US), ("day", "天", DAY_US))
LEAST_P = 1e-300
"""What a p below the smallest number is told as."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """What all customers together did in the window: how many, their orders, their days."""

    customers: int
    orders: int
    days: int


def measure_payments(orders: Frame, moment: Moment, signs: RiskSigns) -> Frame:
    """Return one row for each customer with a bin of at least `least_burst` orders in the window.

    Columns of the least likely bin: `burst` (orders in it), `surprise` (-log10 of p), and a
    sentence, `payments_en`, `payments_zh`, where that costs anything; `lost_payments`.
    """
    rows = orders.select("customer_id", at=nw.col("ordered_at") + OFFSET_US)
    buyers = rows.group_by("customer_id").agg(nw.len().alias("n"), nw.col("at").min().alias("at"))
    buyers = buyers.select(
        "customer_id",
        n=nw.col("n").cast(nw.Int64),
        days=(moment.day - nw.col("at") // DAY_US + 1).cast(nw.Int64),
    )
    sums = collect(buyers.select(nw.len().alias("c"), nw.col("n").sum(), nw.col("days").sum()))
    everybody = Everybody(*(int(sums[name][0].as_py() or 0) for name in ("c", "n", "days")))
    found = [_bursts(rows, buyers, size, signs.least_burst) for *_, size in SIZES]
    table = pa.table(_worst([_judged(bins, n, everybody) for n, bins in enumerate(found)], signs))
    return attach(table, orders)


def burst_p(counts: Floats, rates: Floats, bins: Floats) -> Floats:
    """Return how likely chance gives so many orders in any of the bins that were looked at.

    P(X >= k) of a Poisson law with the given rate per bin, times the bins, at most 1.

    >>> [round(float(p), 4) for p in burst_p(*(np.array([x]) for x in (3.0, 1.0, 1.0)))]
    [0.0803]
    """
    from scipy.special import gammainc

    alone = gammainc(counts, rates)
    together: Floats = np.minimum(1.0, alone * bins)
    return together


def _bursts(rows: Frame, buyers: Frame, size: int, least: int) -> pa.Table:
    """Return the bins with many orders of one customer: k of n orders in so many days, and all."""
    binned = rows.with_columns(bin=nw.col("at") // size)
    bins = binned.group_by("customer_id", "bin").agg(nw.len().alias("k"))
    bins = bins.with_columns(k=nw.col("k").cast(nw.Int64))
    many = bins.filter(nw.col("k") >= least)
    totals = bins.group_by("bin").agg(nw.col("k").sum().alias("together"))
    joined = many.join(totals, on="bin", how="left").join(buyers, on="customer_id", how="left")
    return collect(joined.select("customer_id", "bin", "k", "together", "n", "days"))


def _judged(bins: pa.Table, place: int, everybody: Everybody) -> dict[str, NDArray[np.generic]]:
    size = SIZES[place][2]
    per_day = DAY_US / size
    k, together, n, days = (
        bins[name].to_numpy().astype(np.float64) for name in ("k", "together", "n", "days")
    )
    own = (n - k + 0.5) / (days * per_day)  # half an order more: Jeffreys, so that it is never 0
    usual = everybody.orders / max(everybody.days * per_day, 1.0)
    now = (together - k) / max(everybody.customers - 1, 1)
    rates = np.maximum(np.maximum(own, now), min(usual, np.inf))
    p = np.maximum(burst_p(k, rates, days * per_day * len(SIZES)), LEAST_P)
    return {
        "customer_id": bins["customer_id"].to_numpy(zero_copy_only=False),
        "start": bins["bin"].to_numpy().astype(np.int64) * size,
        "k": k.astype(np.int64),
        "rate": rates,
        "p": p,
        "place": np.full(len(k), place),
    }


def _worst(judged: list[dict[str, NDArray[np.generic]]], signs: RiskSigns) -> dict[str, pa.Array]:
    """Return the least likely bin of each customer; of equals the smaller, the earlier."""
    rows = {name: np.concatenate([each[name] for each in judged]) for name in judged[0]}
    ids = rows["customer_id"].astype(str)
    order = np.lexsort((rows["start"], rows["place"], rows["p"], ids))
    first = np.ones(len(order), bool)
    first[1:] = ids[order][1:] != ids[order][:-1]
    kept = order[first]
    surprise = np.round(-np.log10(rows["p"][kept].astype(np.float64)), 6)
    lost = [signs.payments.points(float(each)) for each in surprise]
    told = [
        _told({name: cells[row] for name, cells in rows.items()}) if points > 0 else (None, None)
        for row, points in zip(kept, lost, strict=True)
    ]
    return {
        "customer_id": pa.array(ids[kept].tolist(), pa.string()),
        "burst": pa.array(rows["k"][kept].tolist(), pa.int64()),
        "surprise": pa.array(surprise.tolist(), pa.float64()),
        "lost_payments": pa.array(lost, pa.float64()),
        "payments_en": pa.array([en for en, _ in told], pa.string()),
        "payments_zh": pa.array([zh for _, zh in told], pa.string()),
    }


def _told(row: dict[str, np.generic]) -> tuple[str, str]:
    en, zh, _ = SIZES[int(row["place"].item())]
    at = datetime.fromtimestamp((int(row["start"].item()) - OFFSET_US) / 1e6, CHINA)
    when = f"{at:%Y-%m-%d %H:00}" if en == "hour" else f"{at:%Y-%m-%d}"
    k, rate, p = row["k"], float(row["rate"].item()), float(row["p"].item())
    return (
        f"; {k} orders in the {en} {when} where {rate:.2g} are usual (p {p:.1e})",
        f"；{when} 起一{zh}内 {k} 单，通常为 {rate:.2g} 单（p 值 {p:.1e}）",
    )
