"""`refunded_fen`: the column of refunds in which 1 is one fen, and never a flag."""

import pytest

from tests.tiering.tables import ENGINES, TODAY, native, order
from tiering.check import check
from tiering.frames import collect


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("paid_back", "fen"), [(1, 1), ("1", 1), (0, 0), (10_000, 10_000)])
def test_one_is_one_fen(engine: str, paid_back: object, fen: int) -> None:
    rows = [order(1, refunded_fen=paid_back), order(2, refunded=10_000, refunded_fen=None)]
    found = check(native(engine, rows), "orders", TODAY)
    good = sorted(collect(found.good).to_pylist(), key=lambda row: row["order_id"])
    assert [row["refunded"] for row in good] == [fen, 10_000]
    assert found.counts().refused == {}


@pytest.mark.parametrize(
    ("paid_back", "code"),
    [
        (10_001, "refund_above_amount"),
        ("是", "no_number"),
        (-1, "negative"),
        (0.5, "not_whole_fen"),
    ],
)
def test_what_cannot_be_fen_is_refused(paid_back: object, code: str) -> None:
    found = check(native("polars", [order(1, refunded_fen=paid_back)]), "orders", TODAY)
    assert found.counts().refused == {code: 1}
