"""Small tables for the tests, on every engine, and back to plain rows."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from tiering.times import CHINA, moment_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Row = Mapping[str, Any]
ENGINES = ("pandas", "polars", "duckdb")
"""Those that need nothing beside Tingyin; `test_conformance` has PySpark too."""
TODAY = moment_of("2026-06-30")
NOON = datetime(2026, 6, 30, 12, tzinfo=CHINA)


def native(engine: str, rows: Sequence[Row]) -> Any:
    """Return rows as a frame of the engine, in the types that a user of it would have."""
    table = pa.Table.from_pylist([dict(row) for row in rows])
    if engine == "pandas":
        return table.to_pandas()
    return pl.from_arrow(table) if engine == "polars" else duckdb.from_arrow(table)


def on_spark(session: "SparkSession", rows: Sequence[Row]) -> Any:
    """Return rows as a frame of PySpark."""
    return session.createDataFrame(pa.Table.from_pylist([dict(row) for row in rows]))


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Return a native frame as plain rows."""
    if isinstance(frame, pd.DataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame.lazy().collect().to_arrow().to_pylist()
    # a relation of DuckDB, or a frame of PySpark
    table = frame.toArrow() if hasattr(frame, "toArrow") else frame.to_arrow_table()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def days_ago(days: float) -> datetime:
    """Return noon in China, so many days before the day of scoring."""
    return NOON - timedelta(days=days)


def order(number: int, customer: str = "c1", **changes: Any) -> dict[str, Any]:
    """Return an order of 100 yuan, ten days ago."""
    plain = {
        "order_id": f"o{number}",
        "customer_id": customer,
        "ordered_at": days_ago(10),
        "amount": 10_000,
        "refunded": 0,
    }
    return plain | changes


def signal(number: int, **changes: Any) -> dict[str, Any]:
    """Return the signal of a neutral comment of c1, today."""
    plain = {
        "id": f"s{number}",
        "created_at": days_ago(0),
        "sentiment": "neutral",
        "intents": [],
        "complaint": [],
        "severity": 0,
        "customer_id": "c1",
        "author_id": "a1",
        "channel": "comment",
        "platform": "微博",
        "session_id": None,
        "turn": None,
        "role": "customer",
        "parent_id": None,
        "likes": 0,
        "reposts": 0,
        "saves": 0,
        "replies": 0,
        "impressions": 0,
        "author_followers": 0,
        "abstained": False,
        "spam": False,
        "masked_text": "今天收到了",
    }
    return plain | changes


def event(name: str, days: float = 1, customer: str = "c1", value: float | None = None) -> Row:
    """Return one engagement event."""
    return {"customer_id": customer, "event": name, "at": days_ago(days), "value": value}


def account(name: str, **changes: Any) -> dict[str, Any]:
    """Return an account of some years, with 1,000 followers."""
    plain = {
        "account_id": name,
        "customer_id": None,
        "platform": "微博",
        "followers": 1_000,
        "following": 100,
        "posts": 500,
        "verified": False,
        "created_at": days_ago(1_200),
    }
    return plain | changes


def market(seed: int = 7, customers: int = 40) -> dict[str, list[Row]]:
    """Return seeded tables of a small market.

    Planted are copies, adverts, late rows, chats whose turns share one time, a nickname that
    several customers share, accounts with an older snapshot, and a group that reposts together.
    """
    rng = random.Random(seed)
    people = [f"c{number}" for number in range(customers)]
    accounts = [f"a{number}" for number in range(customers)]
    copies = [
        signal(
            900 + n,
            author_id=f"bot{n}",
            customer_id=None,
            masked_text="坚果里吃出虫子大家千万别买！" * 2,
        )
        for n in range(6)
    ]
    hidden = [
        signal(
            910 + n, author_id="匿名用户", customer_id=f"c{n}", likes=40 * n, impressions=9_000 * n
        )
        for n in range(4)
    ]
    chats = [turn for n in range(3) for turn in _chat(930 + 10 * n, f"c{n}")]
    return {
        "orders": [_order(rng, number, people) for number in range(6 * customers)],
        "signals": [
            *(_signal(rng, n, people, accounts) for n in range(6 * customers)),
            *copies,
            *hidden,
            *chats,
        ],
        "engagement": [_event(rng, people) for _ in range(8 * customers)],
        "accounts": _snapshots([_account(rng, name, people) for name in accounts]),
        "edges": [*(_edge(rng, accounts) for _ in range(8 * customers)), *_together(accounts[2:6])],
    }


def _snapshots(accounts: list[Row]) -> list[Row]:
    """Return the accounts, and of the first ones the few followers that they had before."""
    late = [each | {"known_at": days_ago(30)} for each in accounts]
    return [*late, *(each | {"followers": 5, "known_at": days_ago(33)} for each in late[:9])]


def _together(group: list[str]) -> list[Row]:
    """Return the reposts of a group that twice passes somebody on within three minutes."""
    return [
        {"source": name, "target": target, "kind": "repost", "at": days_ago(20 + number / 1_440)}
        for target in ("a0", "a1")
        for number, name in enumerate(group)
    ]


def _chat(first: int, customer: str) -> list[Row]:
    """Return a chat of one moment: two requests, the first answered, the second not."""
    session = {"session_id": f"chat{first}", "channel": "transcript", "author_id": None}
    asks = session | {"customer_id": customer, "intents": ["request"]}
    agent = session | {"customer_id": None, "role": "agent"}
    return [
        signal(first + 1, **asks, turn=1, sentiment="negative"),
        signal(first + 2, **agent, turn=2),
        signal(first + 3, **asks, turn=3, sentiment="positive"),
    ]


def _order(rng: random.Random, number: int, people: list[str]) -> Row:
    amount = rng.randrange(100, 300_000)
    return order(
        number,
        rng.choice(people[: len(people) // 2]),
        ordered_at=days_ago(rng.uniform(-5, 500)),
        amount=amount,
        refunded=rng.choice([0, 0, 0, amount, amount // 3]),
    )


def _signal(rng: random.Random, number: int, people: list[str], accounts: list[str]) -> Row:
    unhappy = rng.random() < 0.4
    who = rng.randrange(len(accounts))
    category = rng.choice(["logistics", "quality", "price", "aftersales"])
    return signal(
        number,
        created_at=days_ago(rng.uniform(-5, 250)),
        sentiment="negative" if unhappy else rng.choice(["neutral", "positive"]),
        intents=rng.sample(["complaint", "request", "churn", "escalation"], rng.randrange(3)),
        complaint=[category] if unhappy else [],
        severity=rng.randrange(1, 4) if unhappy else 0,
        customer_id=people[who] if rng.random() < 0.5 else None,
        author_id=accounts[who] if rng.random() < 0.9 else None,
        channel=rng.choice(["comment", "review", "transcript"]),
        platform=rng.choice(["微博", "小红书", "抖音", None]),
        session_id=rng.choice([None, f"t{number % 9}"]),
        role=rng.choice(["customer", "customer", "agent", None]),
        likes=rng.choice([0, 3, 40, 5_000]),
        reposts=rng.randrange(30),
        saves=rng.choice([None, 5]),
        replies=rng.randrange(4),
        author_followers=rng.choice([None, 80, 20_000]),
        abstained=rng.random() < 0.1,
        spam=rng.random() < 0.1,
        masked_text="等了好几天才到货" * rng.randrange(4),
    )


def _event(rng: random.Random, people: list[str]) -> Row:
    name = rng.choice(["view", "view", "add_to_cart", "share", "login", "nps", "device"])
    value = float(rng.randrange(11)) if name == "nps" else None
    return event(name, rng.uniform(-5, 60), rng.choice(people[10:]), value)


def _account(rng: random.Random, name: str, people: list[str]) -> Row:
    return account(
        name,
        customer_id=people[int(name[1:])] if rng.random() < 0.5 else None,
        followers=rng.choice([10, 3_000, 50_000, 2_000_000]),
        following=rng.randrange(2_000),
        posts=rng.randrange(3_000),
        verified=rng.random() < 0.3,
        created_at=days_ago(rng.uniform(1, 2_000)),
    )


def _edge(rng: random.Random, accounts: list[str]) -> Row:
    source, target = rng.sample(accounts, 2)
    kind = rng.choice(["follow", "repost", "reply"])
    return {"source": source, "target": target, "kind": kind, "at": days_ago(rng.uniform(-5, 90))}
