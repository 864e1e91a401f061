"""Orders and engagement in, tiers and influencers out; the complaint desk."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

NOW = datetime.now(UTC)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def order(number: int, customer: str, **changes: object) -> dict[str, object]:
    return {
        "order_id": f"{customer}-{number}",
        "customer_id": customer,
        "ordered_at": ago(number * 9 + 1),
        "amount": 50_000,
        **changes,
    }


def said(name: str, customer: str | None, text: str, **changes: object) -> dict[str, object]:
    return {
        "id": name,
        "text": text,
        "created_at": ago(3),
        "customer_id": customer,
        "author_id": f"@{customer or name}",
        "channel": "comment",
        "product": "水壶",
        **changes,
    }


def scored(service, **body: object) -> dict[str, object]:
    asked = service.admin.post("/v1/scores/run", json=body or None)
    assert asked.status_code == 202
    path = asked.headers["Location"]
    service.wait(lambda: service.get(path)["state"] in ("done", "failed"))
    return service.get(path)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": -1}, "amount"),
        ({"amount": 12.5}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"amount": None}, "amount"),
        ({"refunded": 50_001}, ""),
        ({"ordered_at": "soon"}, "ordered_at"),
        ({"customer_id": " "}, "customer_id"),
        ({"order_id": None}, "order_id"),
    ],
)
def test_an_order_that_cannot_be(service, changes: dict[str, object], field: str) -> None:
    answer = service.post([order(1, "bad", **changes), order(2, "bad")], "/v1/orders")
    assert answer["invalid"] == 1
    assert answer["results"][0]["errors"][0]["field"] == field


def test_an_order_is_kept_once_and_updated(service) -> None:
    first = service.post([order(1, "c-up"), order(2, "c-up"), order(1, "c-up")], "/v1/orders")
    assert [r["status"] for r in first["results"]] == ["duplicate", "accepted", "accepted"]
    again = service.post([order(1, "c-up"), order(2, "c-up", refunded=50_000)], "/v1/orders")
    assert [r["status"] for r in again["results"]] == ["duplicate", "updated"]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/v1/engagement", {"customer_id": "c-e", "event": "view", "at": ago(1)}),
        ("/v1/edges", {"source": "@a", "target": "@b", "kind": "repost", "at": ago(1)}),
        ("/v1/edges", {"source": "@a", "target": "@b", "kind": "follow"}),
        ("/v1/accounts", {"account_id": "@a", "followers": 12, "customer_id": "c-e"}),
    ],
    ids=["engagement", "repost", "follow-without-time", "account"],
)
def test_what_is_sent_twice_is_kept_once(service, path: str, row: dict[str, object]) -> None:
    assert service.post([row, row], path)["accepted"] == 1
    assert service.post([row], path)["duplicates"] == 1


def test_a_run_scores_every_customer_with_reasons(service) -> None:
    service.post([order(n, "c-best", amount=300_000) for n in range(20)], "/v1/orders")
    service.post([order(30, "c-once", amount=5_000)], "/v1/orders")
    events = [{"customer_id": "c-best", "event": "login", "at": ago(n)} for n in range(15)]
    service.post(events, "/v1/engagement")
    service.post(
        [
            said("s-1", "c-best", "很好用，推荐给大家", author_followers=90_000, likes=800),
            said("s-2", "c-once", "壶坏了，客服不理人"),
            said("s-3", None, "快递太慢了", author_followers=200_000, reposts=900),
        ]
    )
    service.settle()
    run = scored(service)
    assert run["state"] == "done"
    best, once = (service.get(f"/v1/customers/{c}/score") for c in ("c-best", "c-once"))
    assert best["score"] > once["score"]
    measured = {name for name, points in best["dimensions"].items() if points is not None}
    assert measured == {"commercial", "social", "experience", "engagement"}
    assert best["dimensions"].keys() - measured == {"content", "community", "risk"}
    for score in (best, once):
        assert score["reasons"]
        assert all(reason["en"] and reason["zh"] for reason in score["reasons"])
        assert score["run_id"] == run["id"]
    assert once["dimensions"]["experience"] < best["dimensions"]["experience"]
    strongest = service.get("/v1/influencers")["items"]
    assert strongest[0]["influence"] == max(item["influence"] for item in strongest)
    assert {"@c-best", "@s-3"} <= {item["author_id"] for item in strongest}
    page = service.get("/v1/influencers", limit=1)
    rest = service.get("/v1/influencers", limit=1, cursor=page["next_cursor"])
    assert [page["items"][0], rest["items"][0]] == strongest[:2]


def test_a_score_as_of_an_earlier_day(service) -> None:
    service.post([order(n, "c-then") for n in range(10)], "/v1/orders")
    assert scored(service, as_of=ago(60))["state"] == "done"
    assert scored(service)["state"] == "done"
    now = service.get("/v1/customers/c-then/score")
    then = service.get("/v1/customers/c-then/score", as_of=ago(59))
    assert then["as_of"] < now["as_of"]
    assert then["dimensions"]["commercial"] < now["dimensions"]["commercial"]
    assert service.admin.get("/v1/customers/c-then/score?as_of=2020-01-01").status_code == 404
    assert service.admin.get("/v1/customers/nobody/score").status_code == 404


def test_the_desk_shows_the_gravest_first(service) -> None:
    rows = [
        said("d-mild-far", None, "快递太慢了", product="桌", author_followers=900_000),
        said("d-grave-near", None, "烫伤了手", product="桌"),
        said("d-grave-far", None, "烫到孩子了", product="桌", author_followers=50_000),
        said("d-agent", None, "烫到您了非常抱歉", product="桌", role="agent"),
        said("d-advert", None, "烫伤膏加微信", product="桌"),
        said("d-praise", None, "很好", product="桌"),
    ]
    service.post(rows)
    service.settle()
    desk = service.get("/v1/complaints", product="桌")["items"]
    assert [item["feedback_id"] for item in desk] == ["d-grave-far", "d-grave-near", "d-mild-far"]
    grave = service.get("/v1/complaints", product="桌", severity=3)["items"]
    assert [item["severity"] for item in grave] == [3, 3]
    late = service.get("/v1/complaints", product="桌", category="logistics")["items"]
    assert [item["categories"] for item in late] == [["logistics"]]
    first = service.get("/v1/complaints", product="桌", limit=1)
    second = service.get("/v1/complaints", product="桌", limit=1, cursor=first["next_cursor"])
    assert second["items"][0]["feedback_id"] == "d-grave-near"


def test_ids_with_a_slash_are_shown_and_erased(service) -> None:
    names = ["华东/1024", "c-7/score", "2026/3/1 9:30", "a//b", "/c", "c/"]
    service.post([order(1, name) for name in names], "/v1/orders")
    service.post([said(name, name, "很好") for name in names])
    service.settle()
    assert scored(service)["state"] == "done"
    for name in names:
        written = quote(name, safe="")
        assert service.get(f"/v1/feedback/{written}")["id"] == name
        assert service.get(f"/v1/customers/{written}/score")["customer_id"] == name
        counts = service.admin.delete(f"/v1/customers/{written}").json()["counts"]
        assert (counts["orders"], counts["customer_scores"], counts["feedback"]) == (1, 1, 1)
        assert service.admin.get(f"/v1/customers/{written}/score").status_code == 404
