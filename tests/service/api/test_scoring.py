"""What a run of the tiering job reads: no row is lost without a word, and no day hides others."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

import tiering
from service.api.fields import LARGEST_COUNT, LARGEST_FEN
from service.app import create_app
from service.database.tables import (
    DIMENSIONS,
    Account,
    Edge,
    Engagement,
    Feedback,
    Order,
    Signal,
)
from service.settings import Settings
from service.stored_frames import ACCOUNTS, EDGES, ENGAGEMENT, ORDERS, SIGNALS
from tiering.schema import MOST_COUNT, MOST_FEN

NOW = datetime.now(UTC)
EDGE = {"source": "@a", "target": "@b", "kind": "follow"}


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def order(name: str, **changes: object) -> dict[str, object]:
    plain = {"order_id": name, "customer_id": name, "ordered_at": ago(5), "amount": 50_000}
    return plain | changes


def post_of(author: str, days: float) -> dict[str, object]:
    return {
        "id": f"post of {author}",
        "text": "很好",
        "created_at": ago(days),
        "author_id": author,
        "author_followers": 90_000,
        "likes": 800,
    }


def run_of(service, **body: object) -> dict[str, object]:
    asked = service.admin.post("/v1/scores/run", json=body or None)
    assert asked.status_code == 202, asked.text
    path = asked.headers["Location"]
    service.wait(lambda: service.get(path)["state"] in ("done", "failed"))
    run = service.get(path)
    assert run["state"] == "done", run
    return run


def commercial(service, customer: str) -> float:
    return service.get(f"/v1/customers/{customer}/score")["dimensions"]["commercial"]


def test_the_limits_at_the_edge_are_those_of_the_contracts() -> None:
    assert (LARGEST_COUNT, LARGEST_FEN) == (MOST_COUNT, MOST_FEN)


@pytest.mark.parametrize(
    ("table", "read", "stored"),
    [
        ("orders", ORDERS, (Order,)),
        ("signals", SIGNALS, (Feedback, Signal)),
        ("engagement", ENGAGEMENT, (Engagement,)),
        ("accounts", ACCOUNTS, (Account,)),
        ("edges", EDGES, (Edge,)),
    ],
)
def test_every_stored_column_of_a_contract_is_read(table: str, read, stored) -> None:
    contract = {column.name for column in tiering.CONTRACTS[table].columns}
    columns = {column.name for each in stored for column in each.__table__.columns}
    assert (contract & columns) - {"refunded"} <= set(read) <= contract


@pytest.mark.parametrize(
    ("path", "row", "field"),
    [
        ("/v1/edges", EDGE | {"target": "@a"}, "target"),
        ("/v1/edges", EDGE | {"source": 7, "target": " 7 "}, "target"),
        ("/v1/accounts", {"account_id": "@a", "followers": MOST_COUNT + 1}, "followers"),
        ("/v1/accounts", {"account_id": "@a", "followers": 1, "posts": 10**12}, "posts"),
        ("/v1/feedback", post_of("@a", 1) | {"likes": MOST_COUNT + 1}, "likes"),
        ("/v1/orders", order("over", amount=MOST_FEN + 1), "amount"),
    ],
    ids=["self-loop", "self-loop-number", "followers", "posts", "likes", "amount"],
)
def test_what_scoring_would_refuse_is_refused_at_the_edge(service, path, row, field) -> None:
    answer = service.admin.post(path, json=row)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert service.post([row], path)["results"][0]["errors"][0]["field"] == field


def test_the_largest_values_are_scored(service) -> None:
    service.post([order("largest", amount=MOST_FEN, refunded=MOST_FEN)], "/v1/orders")
    service.post([{"account_id": "@most", "followers": MOST_COUNT}], "/v1/accounts")
    run = run_of(service)
    assert [run["rows"][table]["refused"] for table in ("orders", "accounts")] == [{}, {}]


def test_a_refund_of_one_fen_is_one_fen(service) -> None:
    service.post([order("one-fen", refunded=1), order("in-full", refunded=50_000)], "/v1/orders")
    assert run_of(service)["rows"]["orders"]["refused"] == {}
    assert commercial(service, "one-fen") > commercial(service, "in-full")
    reasons = service.get("/v1/customers/one-fen/score")["reasons"]
    assert any("¥499.99" in reason["en"] for reason in reasons)


def test_a_row_that_scoring_refuses_is_counted_on_the_run(service, database_url: str) -> None:
    """Rows that an older version took in are in the tables still."""
    service.post([order("later", ordered_at=ago(-0.5))], "/v1/orders")
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO edges (source, target, kind, received_at) "
            "VALUES ('@x', '@x', 'follow', now()), ('@x', '@y', 'follow', now())"
        )
        connection.execute(
            "INSERT INTO accounts (account_id, followers, received_at) "
            "VALUES ('@old', 100000000000, now()), ('@older', 200000000000, now())"
        )
    rows = run_of(service)["rows"]
    assert set(rows) <= set(tiering.CONTRACTS)
    assert rows["edges"]["refused"] == {"self_loop": 1}
    assert rows["accounts"]["refused"] == {"too_large": 2}
    assert rows["orders"]["later"] >= 1
    for counts in rows.values():
        told = counts["used"] + counts["later"] + counts["superseded"]
        assert counts["rows"] == told + sum(counts["refused"].values())


def test_a_run_that_waits_knows_no_rows(service) -> None:
    asked = service.admin.post("/v1/scores/run").json()
    assert (asked["state"], asked["rows"]) == ("waiting", None)


@pytest.mark.parametrize("as_of", ["2062-03-01", ago(-1.1)], ids=["in-2062", "after-tomorrow"])
def test_no_run_as_of_the_future(service, as_of: str) -> None:
    answer = service.admin.post("/v1/scores/run", json={"as_of": as_of})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:tingyin:problem:invalid"
    assert as_of[:10] in answer.json()["detail"]
    assert "leave as_of out" in answer.json()["detail"]


def test_a_clock_that_is_a_little_ahead_may_ask(service) -> None:
    as_of = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    assert service.admin.post("/v1/scores/run", json={"as_of": as_of}).status_code == 202


def test_a_run_as_of_an_earlier_day_leaves_the_influencers(serve) -> None:
    with serve() as service:
        service.post([post_of("@long-ago", 40), post_of("@lately", 2)])
        service.settle()
        assert heard_after(service, as_of=ago(30)) == {"@long-ago"}
        assert heard_after(service) >= {"@lately"}
        assert heard_after(service, as_of=ago(20)) >= {"@lately"}


def heard_after(service, **body: object) -> set[str]:
    run_of(service, **body)
    return {item["author_id"] for item in service.get("/v1/influencers")["items"]}


def own_policy(folder: Path) -> Path:
    """Write the shipped policy with a weight for every dimension, and with a lifetime model."""
    shipped = tiering.load_policy()
    lifetime = replace(shipped.lifetime, model="bg-nbd")
    weights = dict(zip(DIMENSIONS, (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), strict=True))
    path = folder / "tiering.yaml"
    path.write_text(tiering.policy_text(replace(shipped, weights=weights, lifetime=lifetime)))
    return path


def test_every_dimension_that_is_measured_is_stored_and_shown(serve, tmp_path: Path) -> None:
    orders = [
        order(f"o{n} {k}", customer_id=f"c{n}", ordered_at=ago(300 - n - k * (7 + n)))
        | {"amount": 5_000 + 900 * n + 700 * k}
        for n in range(30)
        for k in range(1 + n % 5)
    ]
    voice = {"id": "v", "text": "很好用", "created_at": ago(3), "customer_id": "talks"}
    with serve(score_policy=own_policy(tmp_path)) as service:
        service.post(orders, "/v1/orders")
        service.post([post_of("@c4", 2) | {"customer_id": "c4"}, voice])
        service.settle()
        run_of(service)
        full, talks = (service.get(f"/v1/customers/{name}/score") for name in ("c4", "talks"))
    given = [name for name in DIMENSIONS if name != "engagement"]
    assert all(0 <= full["dimensions"][name] <= 100 for name in given)
    assert full["dimensions"]["engagement"] is None
    assert 0 < full["p_alive"] <= 1
    assert full["expected_orders_12m"] > 0
    assert full["value_12m"] > 0
    assert (talks["p_alive"], talks["expected_orders_12m"], talks["value_12m"]) == (None,) * 3


def test_what_is_not_measured_is_null(service) -> None:
    service.post([order("plain")], "/v1/orders")
    run_of(service)
    shown = service.get("/v1/customers/plain/score")
    assert set(shown["dimensions"]) == set(DIMENSIONS)
    assert {shown["dimensions"][name] for name in ("content", "community", "risk")} == {None}
    assert (shown["p_alive"], shown["expected_orders_12m"], shown["value_12m"]) == (None,) * 3


def test_a_score_of_an_older_version_shows_every_dimension(service, database_url: str) -> None:
    service.post([order("older")], "/v1/orders")
    run_of(service)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE customer_scores SET dimensions = dimensions - 'content' - 'risk' "
            "WHERE customer_id = 'older'"
        )
    shown = service.get("/v1/customers/older/score")["dimensions"]
    assert (set(shown), shown["risk"]) == (set(DIMENSIONS), None)


def test_the_dimensions_are_those_of_the_card() -> None:
    columns = tiering.SCORE_COLUMNS
    assert columns[columns.index("score") + 1 : columns.index("influence")] == DIMENSIONS


def test_a_tiering_policy_that_is_wrong_stops_the_start(serve, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("version: 1")
    app = create_app(Settings(score_policy=path))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(tiering.errors.PolicyError, match=r"wrong\.yaml"):
        asyncio.run(start())


def test_a_past_day_does_not_see_feedback_that_came_late(service) -> None:
    """What was said ten days ago and came yesterday was not known three days ago."""
    said = {"text": "壶坏了", "created_at": ago(10)}
    late = said | {"id": "came late", "customer_id": "late", "known_at": ago(1)}
    on_time = said | {"id": "came on time", "customer_id": "on-time"}
    service.post([late, on_time])
    assert service.get("/v1/feedback/came late")["known_at"] is not None
    assert service.get("/v1/feedback/came on time")["known_at"] is None
    service.settle()
    run = run_of(service, as_of=ago(3))
    assert run["rows"]["signals"]["later"] >= 1
    path = "/v1/customers/late/score"
    assert service.admin.get(path).status_code == 404
    unhappy = service.get("/v1/customers/on-time/score")["dimensions"]["experience"]
    run_of(service)
    assert service.get(path)["dimensions"]["experience"] < 50
    assert unhappy < 50
