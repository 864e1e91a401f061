"""PySpark gives what Polars gives: scores, accounts, counts, refused rows, to the last bit."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from service.spark import spark_session
from tests.tiering.tables import TODAY, Row, market, native, order, rows_of, signal
from tiering import load_policy, score_pieces, score_run
from tiering.check import check
from tiering.frames import attach, collect, open_frame
from tiering.spark import PANDAS_NOTE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytest.importorskip("pyspark", reason="PySpark is not installed: pip install tingyin[spark]")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17 or newer", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings(f"ignore:{PANDAS_NOTE}:FutureWarning")
LAST_DAY = "2026-06-30"


@pytest.fixture(scope="module")
def spark() -> Iterator["SparkSession"]:
    session = spark_session(cores=2)
    yield session
    session.stop()


def on_spark(spark: "SparkSession", rows: Sequence[Row]) -> Any:
    return spark.createDataFrame(pa.Table.from_pylist([dict(row) for row in rows]))


def told(frame: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.toArrow().to_pylist()
    return rows


def test_a_market_is_scored_alike(spark: "SparkSession") -> None:
    tables = market(customers=12)
    there = score_run(**{n: on_spark(spark, rows) for n, rows in tables.items()}, as_of=LAST_DAY)
    here = score_run(**{n: native("polars", r) for n, r in tables.items()}, as_of=LAST_DAY)
    assert told(there.scores) == rows_of(here.scores)
    assert told(there.authors) == rows_of(here.authors)
    assert (there.rows, there.refused) == (here.rows, here.refused)
    assert (there.customers, there.unattributed) == (here.customers, here.unattributed)


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
    orders = on_spark(spark, [order(1)])
    (row,) = told(score_run(orders, on_spark(spark, [signal(1)]).limit(0), as_of=LAST_DAY).scores)
    assert row["commercial"] == 42.0


def test_every_part_of_the_policy_in_two_pieces(spark: "SparkSession") -> None:
    tables, shipped = market(customers=12), load_policy()
    weights = replace(shipped.weights, content=0.05, community=0.05, risk=0.05, commercial=0.4)
    policy = replace(shipped, weights=weights)
    there, here = (
        score_pieces(
            {n: make(rows) for n, rows in tables.items()}, as_of=LAST_DAY, policy=policy, size=7
        )
        for make in (lambda rows: on_spark(spark, rows), lambda rows: native("polars", rows))
    )
    assert [p.to_pylist() for p in there.scores()] == [p.to_pylist() for p in here.scores()]


def test_an_arrow_table_joins_the_session(spark: "SparkSession") -> None:
    frame = open_frame(on_spark(spark, [{"a": 1}]), ["a"])
    assert collect(attach(pa.table({"b": ["x", None]}), frame)).to_pylist() == [
        {"b": "x"},
        {"b": None},
    ]
