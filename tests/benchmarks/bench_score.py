"""Time and peak memory of `tiering.score` per engine, beside a plain pandas groupby of RFM alone.

1 M orders and 100 k signals of 300 k customers, made from one seed and read from Parquet. Every
system runs in its own process, so that memory is its own; times include reading the files.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ORDERS, SIGNALS, CUSTOMERS = 1_000_000, 100_000, 300_000
LAST_DAY = "2026-06-30"
YEAR_US = 365 * 86_400_000_000
END_US = 1_782_835_200_000_000  # 2026-07-01 00:00 in China
TEXTS = ("物流太慢了等了五天才到货", "质量很好会回购的推荐", "客服一直不回复要求退款", "还行")

PLAIN = """
orders = pd.read_parquet(folder / "orders.parquet")
kept = orders[~orders["refunded"]]
table = kept.groupby("customer_id").agg(
    last=("ordered_at", "max"), frequency=("order_id", "count"), monetary=("amount", "sum"))
table["r"] = pd.qcut(table["last"].rank(method="first"), 5, labels=False)
table["f"] = pd.qcut(table["frequency"].rank(method="first"), 5, labels=False)
table["m"] = pd.qcut(table["monetary"].rank(method="first"), 5, labels=False)
rows = len(table)
"""
SCORED = """
import tiering
orders, signals = (
    engine.read_parquet(str(folder / (name + ".parquet"))) for name in ("orders", "signals"))
run = tiering.score_run(orders, signals, as_of="{day}")
rows = run.customers
"""
READERS = {
    "pandas": "import pandas as engine",
    "polars": "import polars as engine",
    "duckdb": "import duckdb as engine; engine.execute('SET enable_progress_bar = false')",
}
FRAME = """
import json, pathlib, resource, sys, time
import pandas as pd
folder = pathlib.Path(sys.argv[1])
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([rows, seconds, time.process_time(), peak]))
"""


def run(orders: int = ORDERS, signals: int = SIGNALS) -> list[tuple[str, str]]:
    """Return one row a system: customers, seconds, processor seconds, peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(Path(folder), orders, signals)
        rows = [("plain pandas groupby, RFM alone", measured(PLAIN, folder))]
        for engine, reader in READERS.items():
            work = reader + SCORED.format(day=LAST_DAY)
            rows.append((f"tiering.score_run, {engine}", measured(work, folder)))
    return rows


def write_tables(folder: Path, orders: int, signals: int) -> None:
    """Write seeded orders and signals as Parquet."""
    rng = np.random.default_rng(5)
    bought = rng.integers(0, CUSTOMERS, orders)
    pq.write_table(
        pa.table(
            {
                "order_id": pa.array(np.char.add("o", np.arange(orders).astype(str))),
                "customer_id": pa.array(np.char.add("c", bought.astype(str))),
                "ordered_at": _times(rng, orders),
                "amount": pa.array(rng.integers(500, 200_000, orders)),
                "refunded": pa.array(rng.random(orders) < 0.04),
            }
        ),
        folder / "orders.parquet",
    )
    pq.write_table(_signals(rng, signals), folder / "signals.parquet")


def _signals(rng: np.random.Generator, count: int) -> pa.Table:
    spoke = np.char.add("c", rng.integers(0, CUSTOMERS, count).astype(str))
    sentiment = rng.choice(["negative", "neutral", "positive"], count)
    bad = sentiment == "negative"
    return pa.table(
        {
            "id": pa.array(np.char.add("s", np.arange(count).astype(str))),
            "created_at": _times(rng, count),
            "sentiment": pa.array(sentiment),
            "intents": pa.array([["complaint"] if each else [] for each in bad]),
            "complaint": pa.array([["logistics"] if each else [] for each in bad]),
            "severity": pa.array(np.where(bad, rng.integers(1, 4, count), 0)),
            "customer_id": pa.array(spoke),
            "author_id": pa.array(np.char.add("a-", spoke)),
            "platform": pa.array(rng.choice(["微博", "小红书", "抖音"], count)),
            "likes": pa.array(rng.geometric(0.05, count)),
            "reposts": pa.array(rng.geometric(0.3, count)),
            "replies": pa.array(rng.geometric(0.3, count)),
            "author_followers": pa.array(rng.geometric(0.0005, count)),
            "masked_text": pa.array(rng.choice(TEXTS, count)),
        }
    )


def _times(rng: np.random.Generator, count: int) -> pa.Array:
    moments = END_US - rng.integers(1, YEAR_US, count)
    return pa.array(moments, pa.timestamp("us", "UTC"))


def measured(work: str, folder: str) -> str:
    """Return what a piece of work took in a process of its own; it sets `rows`."""
    code = FRAME.format(work=work)
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, check=True)
    rows, seconds, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return f"{rows:>9,} rows  {seconds:6.1f} s  ({processor:5.1f} s processor)  {peak:6,.0f} MiB"


if __name__ == "__main__":
    for label, value in run(*map(int, sys.argv[1:])):
        print(f"{label:34} {value}")
