"""Features of customers computed by hand, and orders and events against plain loops over rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.tiering.tables import (
    NOON,
    TODAY,
    Row,
    account,
    days_ago,
    event,
    market,
    native,
    order,
    rows_of,
    signal,
)
from tiering.features import FEATURES, features
from tiering.times import CHINA

LAST_DAY = "2026-06-30"
BAD = {"sentiment": "negative", "intents": ["complaint"], "complaint": ["quality"], "severity": 2}
CHAT = {"session_id": "t1", "channel": "transcript"}


def one(expected: dict[str, Any], **tables: list[Row]) -> dict[str, Any]:
    frames = {name: native("polars", rows) for name, rows in tables.items()}
    rows = rows_of(features(frames, LAST_DAY, list(expected)))
    (row,) = [row for row in rows if row["customer_id"] == "c1"]
    return {name: row[name] for name in expected}


ORDERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "the last day of a week": (
        [{"ordered_at": days_ago(6)}],
        {"orders_7d": 1, "orders_30d": 1, "days_since_last_order": 6},
    ),
    "the first day before a week": (
        [{"ordered_at": days_ago(7)}],
        {"orders_7d": 0, "orders_30d": 1, "days_since_last_order": 7},
    ),
    "older than every window": (
        [{"ordered_at": days_ago(800)}],
        {"orders_365d": 0, "orders_ever": 1, "mean_order_fen_365d": None, "paid_fen_ever": 10_000},
    ),
    "midnight in China is today": (
        [{"ordered_at": datetime(2026, 6, 24, tzinfo=CHINA)}],
        {"orders_7d": 1, "night_order_share_7d": 1.0},
    ),
    "a second before it is another day": (
        [{"ordered_at": datetime(2026, 6, 23, 23, 59, 59, tzinfo=CHINA)}],
        {"orders_7d": 0, "night_order_share_30d": 0.0},
    ),
    # 2026-06-27 was a Saturday, 2026-06-29 a Monday
    "weekends": (
        [{"ordered_at": days_ago(3)}, {"ordered_at": days_ago(1)}],
        {"weekend_order_share_7d": 0.5},
    ),
    "two orders of a day are one day": (
        [{}, {"ordered_at": days_ago(10.2)}],
        {"orders_30d": 2, "order_days_30d": 1, "mean_order_gap_days": None},
    ),
    "refunds in part and in full": (
        [
            {"amount": 40_000, "refunded": 10_000, "refunded_at": days_ago(2)},
            {"amount": 20_000, "refunded": 20_000, "refunded_at": days_ago(4)},
            {"amount": 60_000},
        ],
        {
            "refunds_30d": 2,
            "full_refunds_30d": 1,
            "kept_orders_30d": 2,
            "refund_share_30d": 2 / 3,
            "refunded_money_share_30d": 0.25,
            "paid_fen_30d": 90_000,
            "mean_order_fen_30d": 45_000.0,
            "largest_order_fen_30d": 60_000,
            "smallest_order_fen_30d": 30_000,
            "days_since_last_refund": 2,
            "days_since_last_kept_order": 10,
        },
    ),
    # rates 1/30 and 2/60: steady
    "steady": (
        [{"ordered_at": days_ago(at)} for at in (1, 40, 70)],
        {"orders_trend_30d": 0.0, "orders_trend_7d": 1.0, "orders_trend_90d": 1.0},
    ),
    # gaps of 10 and 30 days, the last 40 days ago: twice the mean gap of 20
    "later than usual": (
        [{"ordered_at": days_ago(at)} for at in (40, 50, 80)],
        {"mean_order_gap_days": 20.0, "order_lateness": 2.0, "days_since_first_order": 80},
    ),
}


@pytest.mark.parametrize("case", ORDERS)
def test_orders(case: str) -> None:
    changes, expected = ORDERS[case]
    rows = [order(number, **change) for number, change in enumerate(changes)]
    assert one(expected, orders=rows) == pytest.approx(expected)


TEXTS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "each label in its own column": (
        [BAD, {"sentiment": "positive", "intents": ["praise"]}, {}],
        {
            "texts_7d": 3,
            "negative_texts_7d": 1,
            "neutral_texts_7d": 1,
            "positive_texts_7d": 1,
            "net_sentiment_7d": 0.0,
            "negative_share_7d": 1 / 3,
            "complaints_7d": 1,
            "complaint_quality_30d": 1,
            "complaint_price_30d": 0,
            "intent_praise_30d": 1,
            "severity_2_30d": 1,
            "severity_3_30d": 0,
            "worst_severity_30d": 2,
        },
    ),
    "an abstained sentiment is none": (
        [BAD | {"abstained": True}],
        {"texts_7d": 1, "negative_texts_7d": 0, "complaints_7d": 1, "negative_share_7d": None},
    ),
    "adverts and agents are nobody's voice": (
        [BAD | {"spam": True}, BAD | {"role": "agent"}],
        {"texts_7d": 0, "complaints_ever": 0, "worst_severity_365d": None},
    ),
    "a chat is one voice": (
        [BAD | CHAT | {"turn": 1}, BAD | CHAT | {"turn": 2, "severity": 3}, CHAT | {"turn": 3}],
        {
            "texts_7d": 1,
            "chats_30d": 1,
            "posts_30d": 0,
            "negative_texts_7d": 1,
            "complaints_7d": 1,
            "severity_3_30d": 1,
            "severity_2_30d": 0,
            "mean_text_characters_30d": 15.0,
        },
    ),
    "a request that an agent answered": (
        [
            CHAT | {"intents": ["request"], "turn": 1},
            CHAT | {"role": "agent", "customer_id": None, "turn": 2},
        ],
        {"open_requests_30d": 0, "intent_request_30d": 1},
    ),
    "a request that nobody answered": ([{"intents": ["request"]}], {"open_requests_30d": 1}),
    "reach": (
        [
            {"likes": 8, "reposts": 2, "author_followers": 900},
            {"saves": 4, "replies": None, "created_at": days_ago(100), "author_followers": 90},
        ],
        {
            "post_likes_90d": 8,
            "post_reactions_90d": 10,
            "post_reactions_365d": 14,
            "reactions_per_post_365d": 7.0,
            "most_reactions_ever": 10,
            "most_followers_30d": 900,
        },
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case: str) -> None:
    changes, expected = TEXTS[case]
    rows = [signal(number, **change) for number, change in enumerate(changes)]
    assert one(expected, signals=rows) == pytest.approx(expected)


EVENTS: dict[str, tuple[list[Row], dict[str, Any]]] = {
    "kinds, whatever their case": (
        [event("view"), event("VIEW"), event("add_to_cart"), event("unheard_of")],
        {"events_7d": 4, "views_7d": 2, "carts_7d": 1, "carts_per_view_7d": 0.5, "logins_7d": 0},
    ),
    "days with an event": (
        [event("view", at) for at in (0, 0.2, 3, 9)],
        {"active_days_7d": 2, "events_per_active_day_7d": 1.5, "activity_lateness": 0.0},
    ),
    "nps from 0 to 10, no other number": (
        [event("nps", value=value) for value in (9.0, 6.0, 1e300, -3.0, None)],
        {"nps_answers_90d": 2, "nps_promoters_90d": 1, "mean_nps_90d": 7.5, "lowest_nps_90d": 6.0},
    ),
    "no nps": ([event("view")], {"mean_nps_ever": None, "nps_answers_ever": 0}),
}


@pytest.mark.parametrize("case", EVENTS)
def test_events(case: str) -> None:
    rows, expected = EVENTS[case]
    assert one(expected, engagement=rows) == pytest.approx(expected)


def test_accounts_and_whose_posts_are_unnamed() -> None:
    accounts = [
        account("a1", customer_id="c1", followers=3_000, following=100, verified=True),
        account("a2", customer_id="c1", followers=1_000, following=300, created_at=None),
        account("a3"),
    ]
    expected = {
        "accounts_ever": 2,
        "verified_accounts_ever": 1,
        "followers_ever": 4_000,
        "largest_account_ever": 3_000,
        "followers_per_followed_ever": 10.0,
        "followers_per_account_ever": 2_000.0,
        "days_since_oldest_account": 1_200,
        "texts_ever": 1,
    }
    said = [signal(1, customer_id=None, author_id="a2")]
    assert one(expected, accounts=accounts, signals=said) == expected


def test_a_customer_of_one_table_has_none_of_the_others() -> None:
    expected = {"orders_ever": 0, "paid_fen_30d": 0, "days_since_last_order": None, "texts_7d": 1}
    assert one(expected, orders=[order(1, "c9")], signals=[signal(1)]) == expected


def by_loops(rows: list[Row], time: str, window: int | None) -> dict[str, list[Row]]:
    """Return the rows of each customer in a window, by dates instead of by numbers."""
    last = NOON.date()
    first = None if window is None else last - timedelta(days=window - 1)
    found: dict[str, list[Row]] = {}
    for row in rows:
        day = row[time].astimezone(CHINA).date()
        if day <= last and (first is None or day >= first):
            found.setdefault(row["customer_id"], []).append(row)
    return found


ORDER_LOOPS = {
    "orders": len,
    "order_days": lambda rows: len({row["ordered_at"].date() for row in rows}),
    "refunds": lambda rows: sum(row["refunded"] > 0 for row in rows),
    "kept_orders": lambda rows: sum(row["refunded"] < row["amount"] for row in rows),
    "paid_fen": lambda rows: sum(row["amount"] - row["refunded"] for row in rows),
    "ordered_fen": lambda rows: sum(row["amount"] for row in rows),
    "refund_share": lambda rows: sum(row["refunded"] > 0 for row in rows) / len(rows),
}
EVENT_LOOPS = {
    "events": len,
    "active_days": lambda rows: len({row["at"].date() for row in rows}),
    "events_per_active_day": lambda rows: len(rows) / len({row["at"].date() for row in rows}),
}
LOOPS = [("orders", "ordered_at", name, loop) for name, loop in ORDER_LOOPS.items()]
LOOPS += [("engagement", "at", name, loop) for name, loop in EVENT_LOOPS.items()]


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[str, Any]]:
    tables = {name: native("polars", market()[name]) for name in ("orders", "engagement")}
    return {row["customer_id"]: row for row in rows_of(features(tables, LAST_DAY))}


@pytest.mark.parametrize("window", [7, 30, 90, 180, 365, None])
@pytest.mark.parametrize(("table", "time", "name", "loop"), LOOPS)
def test_equal_to_plain_loops(
    table: str, time: str, name: str, loop: Any, window: int | None, counted: dict[str, Any]
) -> None:
    column = f"{name}_{'ever' if window is None else f'{window}d'}"
    rows = by_loops(market()[table], time, window)
    without = 0 if FEATURES[column].measure == "total" else None
    for customer, row in counted.items():
        expected = loop(rows[customer]) if customer in rows else without
        assert row[column] == (None if expected is None else pytest.approx(expected)), customer


def test_the_moment_of_these_tests_is_their_day() -> None:
    assert TODAY.text == LAST_DAY
