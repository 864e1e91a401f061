"""Time and peak memory of `tiering.features` per engine, beside a plain pandas groupby.

1 M orders of 300 k customers (and 100 k signals) from one seed, read from Parquet. The plain
groupby has as many columns of the same kinds: counts, sums, largest and smallest by window, from
conditional columns, then the shares and means; it checks no row, and knows nothing of when a row
became known. Every system runs in its own process; times include reading the files.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench_score import LAST_DAY, SMALL, Size, measured, write_tables
from tiering.features import FEATURES

READERS = {
    "pandas": "import pandas as engine",
    "polars": "import polars as engine",
    "duckdb": "import duckdb as engine; engine.execute('SET enable_progress_bar = false')",
}
PLAIN = """
import pandas as pd
orders = pd.read_parquet(folder / "orders.parquet")
day = orders["ordered_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
age = (pd.Timestamp("{day}") - day.dt.normalize()).dt.days
kept, paid = ~orders["refunded"], orders["amount"].where(~orders["refunded"], 0)
facts = {{
    "orders": 1, "kept": kept.astype("int64"), "refunds": orders["refunded"].astype("int64"),
    "weekend": (day.dt.dayofweek >= 5).astype("int64"), "night": (day.dt.hour < 6).astype("int64"),
    "ordered": orders["amount"], "paid": paid, "refunded": orders["amount"] - paid}}
columns, hows = {{"customer_id": orders["customer_id"]}}, {{}}
for window in (7, 30, 90, 180, 365, 99999):
    here = age < window
    for name, fact in facts.items():
        columns[f"{{name}}_{{window}}"] = (here * fact).astype("int64")
        hows[f"{{name}}_{{window}}"] = "sum"
    for how in ("max", "min"):
        columns[f"{{how}}_{{window}}"] = paid.where(here & kept)
        hows[f"{{how}}_{{window}}"] = how
for how in ("max", "min"):
    columns[f"age_{{how}}"], hows[f"age_{{how}}"] = age, how
table = pd.DataFrame(columns).groupby("customer_id").agg(hows)
for window in (7, 30, 90, 180, 365, 99999):
    count, kept_count = table[f"orders_{{window}}"], table[f"kept_{{window}}"]
    for name in ("refunds", "weekend", "night"):
        table[f"{{name}}_share_{{window}}"] = table[f"{{name}}_{{window}}"] / count
    money = table[f"ordered_{{window}}"]
    table[f"money_share_{{window}}"] = table[f"refunded_{{window}}"] / money
    table[f"mean_{{window}}"] = table[f"paid_{{window}}"] / kept_count
for short, long in ((7, 30), (30, 90), (90, 180), (180, 365)):
    for name in ("orders", "paid", "refunds"):
        late = table[f"{{name}}_{{short}}"]
        early = table[f"{{name}}_{{long}}"] - late
        now, before = late * (long - short), early * short
        table[f"{{name}}_trend_{{short}}"] = (now - before) / (now + before)
table = table.sort_index()
"""
COMPUTED = """
from tiering.features import features
tables = {{
    name: engine.read_parquet(str(folder / (name + ".parquet"))) for name in {tables}}}
table = features(tables, "{day}")
if hasattr(table, "to_arrow_table"):  # DuckDB sorts when it is asked
    table = table.to_arrow_table()
"""


def run(size: Size = SMALL) -> list[tuple[str, str]]:
    """Return one row a system: seconds, processor seconds, peak memory."""
    of_orders = sum(each.table == "orders" for each in FEATURES.values())
    of_both = of_orders + sum(each.table == "signals" for each in FEATURES.values())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, size)
        rows = [("plain pandas groupby, 104 columns", measured(PLAIN.format(day=LAST_DAY), folder))]
        for number, tables in ((of_orders, ["orders"]), (of_both, ["orders", "signals"])):
            for engine, reader in READERS.items():
                work = reader + COMPUTED.format(day=LAST_DAY, tables=tables)
                rows.append((f"{number} features, {engine}", measured(work, folder)))
    return rows


if __name__ == "__main__":
    for label, value in run(Size(*map(int, sys.argv[1:])) if sys.argv[1:] else SMALL):
        print(f"{label:34} {value}")
