"""What is PySpark's own: its times, bad cells, empty frames, tables of Arrow.

That every public function gives there what it gives elsewhere stands in `test_conformance`.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from tests.tiering.tables import TODAY, native, on_spark, order, rows_of, signal
from tiering import score_run
from tiering.check import check
from tiering.frames import attach, collect, open_frame
from tiering.spark import PANDAS_NOTE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings(f"ignore:{PANDAS_NOTE}:FutureWarning")
LAST_DAY = "2026-06-30"


FAULTY = {
    "amount": ["-1", "129.50", "1,200", "¥12", "9999999999999999", "", "5e3", "12"],
    "ordered_at": ["soon", "1980-01-01", "2026/6/1 8:00", "20260601", "2026-07-09", "1780000000"],
    "refunded": ["maybe", "1", "20000", "是", "no", "true", "300"],
    "currency": ["USD", "CNY", " rmb ", "", None],
    "order_id": ["o1", "o1", "", None, " o2 "],
}


@pytest.mark.parametrize("column", FAULTY)
def test_bad_cells_have_the_same_fate(column: str, spark: "SparkSession") -> None:
    plain = {n: str(c) for n, c in order(1).items()} | {"currency": "CNY"}
    plain |= {"ordered_at": "2026-06-20 12:00"}
    rows = [
        plain | {"order_id": f"x{n}", "line": n} | {column: cell}
        for n, cell in enumerate(FAULTY[column])
    ]
    there = check(on_spark(spark, rows), "orders", TODAY)
    here = check(native("polars", rows), "orders", TODAY)
    assert there.counts() == here.counts()
    assert there.refused() == here.refused()
    good = [sorted(collect(each.good).to_pylist(), key=str) for each in (there, here)]
    assert good[0] == good[1]


@pytest.mark.parametrize(
    "at",
    [
        date(2026, 6, 1),
        datetime.fromisoformat("2026-06-01T02:30:00.123456"),
        "2026-06-01T02:30+02:00",
    ],
    ids=["date", "time without a zone", "text"],
)
def test_times_are_the_same_microseconds(at: object, spark: "SparkSession") -> None:
    rows = [order(1, ordered_at=at)]
    there = collect(check(on_spark(spark, rows), "orders", TODAY).good)
    here = collect(check(native("polars", rows), "orders", TODAY).good)
    assert there["ordered_at"].to_pylist() == here["ordered_at"].to_pylist()


def test_tables_may_be_empty(spark: "SparkSession") -> None:
    orders, signals = on_spark(spark, [order(1)]), on_spark(spark, [signal(1)]).limit(0)
    (row,) = rows_of(score_run(orders, signals, as_of=LAST_DAY).scores)
    assert row["commercial"] == 42.0


def test_an_arrow_table_joins_the_session(spark: "SparkSession") -> None:
    frame = open_frame(on_spark(spark, [{"a": 1}]), ["a"])
    assert collect(attach(pa.table({"b": ["x", None]}), frame)).to_pylist() == [
        {"b": "x"},
        {"b": None},
    ]
