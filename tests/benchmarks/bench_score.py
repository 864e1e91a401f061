"""Time and peak memory of `tingyin score`, beside a plain pandas groupby of RFM alone.

Orders and signals are made from one seed and read from Parquet; the scores are written as Parquet.
Every system runs in its own process, so that memory is its own; times include starting, reading and
writing. First the four engines on 1 M orders and 100 k signals of 300 k customers, their tiers and
scores compared; then the default engine on 10 M orders and 1 M signals of 1 M customers.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LAST_DAY = "2026-06-30"
YEAR_US = 365 * 86_400_000_000
END_US = 1_782_835_200_000_000  # 2026-07-01 00:00 in China
PART = 1_000_000
TEXTS = ("物流太慢了等了五天才到货", "质量很好会回购的推荐", "客服一直不回复要求退款", "还行")
DEFAULT = "polars"

PLAIN = """
import pandas as pd
orders = pd.read_parquet(folder / "orders.parquet")
kept = orders[~orders["refunded"]]
table = kept.groupby("customer_id").agg(
    last=("ordered_at", "max"), frequency=("order_id", "count"), monetary=("amount", "sum"))
table["r"] = pd.qcut(table["last"].rank(method="first"), 5, labels=False)
table["f"] = pd.qcut(table["frequency"].rank(method="first"), 5, labels=False)
table["m"] = pd.qcut(table["monetary"].rank(method="first"), 5, labels=False)
"""
SCORED = """
from service.cli import build_app
given = [word for n in ("orders", "signals") for word in ("--" + n, str(folder / (n + ".parquet")))]
words = ["score", *given, "--as-of", "{day}", "--engine", "{engine}"]
build_app()([*words, "-o", str(folder / "{engine}.parquet")], standalone_mode=False)
"""
FRAME = """
import json, pathlib, resource, sys, time
import psutil
folder = pathlib.Path(sys.argv[1])
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
servants = psutil.Process().children(recursive=True)  # the Java machine of Spark
processor = time.process_time() + sum(sum(each.cpu_times()[:2]) for each in servants)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
held = sum(each.memory_info().rss for each in servants) / 2**20
print(json.dumps([seconds, processor, peak + held]))
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows the tables have, and how many customers they are of."""

    orders: int
    signals: int
    customers: int

    def told(self) -> str:
        """Return the sizes as a label."""
        return f"{self.orders:,} orders, {self.signals:,} signals"


SMALL, LARGE = Size(1_000_000, 100_000, 300_000), Size(10_000_000, 1_000_000, 1_000_000)


def run(small: Size = SMALL, large: Size = LARGE) -> Iterator[tuple[str, str]]:
    """Yield one row a system: seconds, processor seconds, peak memory; and how engines differ."""
    engines = ["polars", "duckdb", "pandas"]
    if find_spec("pyspark") and shutil.which("java"):
        engines.append("spark")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, small)
        for engine in engines:
            yield f"{small.told()}: {engine}", measured(_work(engine), folder)
        for engine in engines[1:]:
            yield f"{engine} against {DEFAULT}", difference(folder, engine)
        write_tables(folder, large)
        yield f"{large.told()}: pandas groupby, RFM alone", measured(PLAIN, folder)
        yield f"{large.told()}: {DEFAULT}", measured(_work(DEFAULT), folder)


def difference(folder: Path, engine: str) -> str:
    """Return how many tiers differ between an engine and the default one, and the largest gap."""
    names = ["customer_id", "tier", "score"]
    here, there = (pq.read_table(folder / f"{n}.parquet", columns=names) for n in (DEFAULT, engine))
    if not here["customer_id"].equals(there["customer_id"]):
        return "other customers"
    tiers = pc.sum(pc.not_equal(here["tier"], there["tier"])).as_py()
    gap = pc.max(pc.abs(pc.subtract(here["score"], there["score"]))).as_py()
    same = (folder / f"{engine}.parquet").read_bytes() == (
        folder / f"{DEFAULT}.parquet"
    ).read_bytes()
    return f"tiers that differ {tiers}, largest gap of scores {gap:g}, same bytes: {same}"


def write_tables(folder: Path, size: Size) -> None:
    """Write seeded orders and signals as Parquet, a million rows at a time."""
    rng = np.random.default_rng(5)
    for name, rows, make in (
        ("orders", size.orders, _orders),
        ("signals", size.signals, _signals),
    ):
        parts = (
            make(rng, first, min(PART, rows - first), size.customers)
            for first in range(0, rows, PART)
        )
        start = next(parts)
        with pq.ParquetWriter(folder / f"{name}.parquet", start.schema) as writer:
            writer.write_table(start)
            for part in parts:
                writer.write_table(part)


def _orders(rng: np.random.Generator, first: int, count: int, customers: int) -> pa.Table:
    return pa.table(
        {
            "order_id": _ids("o", np.arange(first, first + count)),
            "customer_id": _ids("c", rng.integers(0, customers, count)),
            "ordered_at": _times(rng, count),
            "amount": pa.array(rng.integers(500, 200_000, count)),
            "refunded": pa.array(rng.random(count) < 0.04),
        }
    )


def _signals(rng: np.random.Generator, first: int, count: int, customers: int) -> pa.Table:
    spoke = rng.integers(0, customers, count)
    sentiment = rng.choice(["negative", "neutral", "positive"], count)
    bad = sentiment == "negative"
    return pa.table(
        {
            "id": _ids("s", np.arange(first, first + count)),
            "created_at": _times(rng, count),
            "sentiment": pa.array(sentiment),
            "intents": pa.array([["complaint"] if each else [] for each in bad]),
            "complaint": pa.array([["logistics"] if each else [] for each in bad]),
            "severity": pa.array(np.where(bad, rng.integers(1, 4, count), 0)),
            "customer_id": _ids("c", spoke),
            "author_id": _ids("a-c", spoke),
            "platform": pa.array(rng.choice(["微博", "小红书", "抖音"], count)),
            "likes": pa.array(rng.geometric(0.05, count)),
            "reposts": pa.array(rng.geometric(0.3, count)),
            "replies": pa.array(rng.geometric(0.3, count)),
            "author_followers": pa.array(rng.geometric(0.0005, count)),
            "masked_text": pa.array(rng.choice(TEXTS, count)),
        }
    )


def _ids(letter: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(letter), pa.array(numbers).cast(pa.string()), "")


def _times(rng: np.random.Generator, count: int) -> pa.Array:
    moments = END_US - rng.integers(1, YEAR_US, count)
    return pa.array(moments, pa.timestamp("us", "UTC"))


def _work(engine: str) -> str:
    return SCORED.format(day=LAST_DAY, engine=engine)


def measured(work: str, folder: Path) -> str:
    code = FRAME.format(work=work)
    words = [sys.executable, "-W", "ignore", "-c", code, str(folder)]
    done = subprocess.run(words, capture_output=True, check=True)
    seconds, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return f"{seconds:6.1f} s  ({processor:5.1f} s processor)  {peak:6,.0f} MiB"


if __name__ == "__main__":
    for label, value in run():
        print(f"{label:60} {value}", flush=True)
