"""From exposures and events to customers: windows to the microsecond, the same on all engines."""

from datetime import timedelta

import pytest

from tests.tiering.tables import ENGINES, days_ago, event, native, order
from tiering.errors import ExperimentError
from tiering.experiments import Exposure, Metric, Plan, observe

METRICS = (
    Metric("spend", "mean", "order_fen"),
    Metric("basket", "ratio", "order_fen", "orders"),
    Metric("looks", "mean", "view"),
)
PLAN = Plan("1", "a", {"a": 1, "b": 1}, METRICS, days=7)
AS_OF = "2026-06-30"


def exposed(customer: str, group: str = "a", days: float = 10) -> Exposure:
    return Exposure(customer, group, days_ago(days))


ORDERS = [
    order(1, "c1", ordered_at=days_ago(10), amount=100),  # the moment of the exposure counts
    order(2, "c1", ordered_at=days_ago(10) - timedelta(microseconds=1), amount=20),
    order(3, "c1", ordered_at=days_ago(3), amount=7),  # seven days are over
    order(4, "c1", ordered_at=days_ago(24), amount=5),  # fourteen days before count
    order(5, "c1", ordered_at=days_ago(24.1), amount=3),
    order(6, "c2", ordered_at=days_ago(9), amount=50, refunded=50),
    order(7, "stranger", ordered_at=days_ago(9)),
]
EVENTS = [event("view", 9, "c1"), event("View", 8, "c1"), event("share", 8, "c1")]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_customers_did_after_and_before(engine: str) -> None:
    found = observe(
        [exposed("c2", "b"), exposed("c1", days=9), exposed("c1")],
        PLAN,
        as_of=AS_OF,
        orders=native(engine, ORDERS),
        engagement=native(engine, EVENTS),
    )
    assert (found.customers, found.groups) == (("c1", "c2"), ("a", "b"))
    told = {n: (o.after.tolist(), o.before.tolist()) for n, o in found.outcomes.items()}
    assert told == {
        "order_fen": ([100.0, 0.0], [25.0, 0.0]),
        "orders": ([1.0, 0.0], [2.0, 0.0]),
        "view": ([2.0, 0.0], [0.0, 0.0]),
    }
    assert (found.rows["orders"].used, found.found) == (7, 2)


def test_who_was_in_several_groups_or_is_not_done_is_left_out() -> None:
    given = [exposed("c1"), exposed("both"), exposed("both", "b"), exposed("fresh", days=3)]
    plan = Plan("1", "a", {"a": 1, "b": 1}, METRICS[:1], days=7)
    found = observe(given, plan, as_of=AS_OF, orders=native("pandas", ORDERS))
    assert (found.customers, found.several, found.unfinished) == (("c1",), 1, 1)


def test_who_stands_in_no_table_is_counted() -> None:
    plan = Plan("1", "a", {"a": 1, "b": 1}, METRICS[:1], days=7)
    given = [exposed("c1"), exposed("C1", "b")]
    found = observe(given, plan, as_of=AS_OF, orders=native("pandas", ORDERS))
    assert (len(found.customers), found.found) == (2, 1)


def test_without_a_past_there_is_none() -> None:
    plan = Plan("1", "a", {"a": 1, "b": 1}, METRICS[:1], pre_days=0)
    found = observe([exposed("c1")], plan, as_of=AS_OF, orders=native("pandas", ORDERS))
    assert found.outcomes["order_fen"].before is None
    assert found.outcomes["order_fen"].after.tolist() == [107.0]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ExperimentError, match="give --engagement"):
        observe([exposed("c1")], PLAN, as_of=AS_OF, orders=native("pandas", ORDERS))
    with pytest.raises(ExperimentError, match="none can be observed"):
        observe([exposed("c1", days=1)], PLAN, as_of=AS_OF)
