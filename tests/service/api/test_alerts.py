"""Alerts from end to end: posts in, one alert out, moved by people, back by evidence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


def crisis(product: str, count: int = 40, start: datetime = START) -> list[dict[str, object]]:
    return [
        {
            "id": f"{product}-{start:%d%H}-{n}",
            "text": f"壶把手太烫，烫伤了手，第{n}次",
            "created_at": (start + timedelta(minutes=n)).isoformat(),
            "product": product,
            "author_id": f"author-{n}",
            "author_followers": 100 * n,
        }
        for n in range(count)
    ]


def raised(service, product: str) -> dict[str, object]:
    service.settle()
    (alert,) = service.get("/v1/alerts", product=product)["items"]
    return service.get(f"/v1/alerts/{alert['id']}")


def test_a_crisis_without_any_background_raises_exactly_one(service) -> None:
    rows = crisis("一次")
    service.post(rows)
    alert = raised(service, "一次")
    assert alert["state"] == "firing"
    assert alert["category"] == "safety"
    assert alert["observed"] == alert["evidence_count"] == len(alert["evidence"])
    assert set(alert["evidence"]) == {row["id"] for row in rows}
    assert all(reason["en"] and reason["zh"] for reason in alert["reasons"])
    assert [change["event"] for change in alert["changes"]] == ["raise"]
    again = service.post(rows)
    assert again["duplicates"] == len(rows)
    assert raised(service, "一次") == alert


def test_the_same_incident_grows(service) -> None:
    rows = crisis("增长", 60)
    for part in (rows[:20], rows[20:40], rows[40:]):
        service.post(part)
        alert = raised(service, "增长")
    assert set(alert["evidence"]) == {row["id"] for row in rows}
    assert (alert["version"], alert["state"]) == (1, "firing")


def test_acknowledge_resolve_and_the_trail(service) -> None:
    service.post(crisis("流程"))
    alert = raised(service, "流程")
    path = f"/v1/alerts/{alert['id']}"
    pr = service.scoped("pr")
    acknowledged = pr.post(f"{path}/acknowledge", json={"note": "已通知品控"})
    assert acknowledged.status_code == 200
    assert acknowledged.headers["ETag"] == '"2"'
    resolved = pr.post(f"{path}/resolve").json()
    assert resolved["state"] == "resolved"
    trail = [
        (c["who"], c["event"], c["from_state"], c["to_state"], c["note"])
        for c in resolved["changes"]
    ]
    assert trail == [
        ("tingyin", "raise", None, "firing", None),
        ("pr", "acknowledge", "firing", "acknowledged", "已通知品控"),
        ("pr", "resolve", "acknowledged", "resolved", None),
    ]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"If-Match": '"1"'}, None, 200),
        ({"If-Match": 'W/"1"'}, None, 200),
        ({}, {"version": 1}, 200),
        ({"If-Match": '"7"'}, None, 412),
        ({}, {"version": 7}, 409),
        ({"If-Match": "soon"}, None, 422),
        ({}, {"version": 0}, 422),
        ({}, {"vision": 1}, 422),
    ],
)
def test_the_version_that_was_seen(
    service, headers: dict[str, str], body: object, status: int
) -> None:
    product = f"版本 {headers} {body}"
    service.post(crisis(product))
    alert = raised(service, product)
    path = f"/v1/alerts/{alert['id']}/acknowledge"
    assert service.admin.post(path, json=body, headers=headers).status_code == status


def test_a_move_that_does_not_fit_is_a_conflict(service) -> None:
    service.post(crisis("冲突"))
    path = f"/v1/alerts/{raised(service, '冲突')['id']}"
    assert service.admin.post(f"{path}/resolve").status_code == 200
    refused = service.admin.post(f"{path}/acknowledge", headers={"Accept-Language": "zh"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:tingyin:problem:conflict"
    assert "已解决" in refused.json()["detail"]
    assert service.admin.post("/v1/alerts/none/resolve").status_code == 404


def test_of_two_who_acknowledge_at_once_one_does(service) -> None:
    service.post(crisis("同时"))
    path = f"/v1/alerts/{raised(service, '同时')['id']}/acknowledge"
    client = service.admin
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: client.post(path).status_code, range(4)))
    assert sorted(statuses) == [200, 409, 409, 409]


def test_later_evidence_brings_a_resolved_alert_back(service) -> None:
    rows = crisis("复发", 60)
    service.post(rows[:40])
    alert = raised(service, "复发")
    service.admin.post(f"/v1/alerts/{alert['id']}/resolve")
    early = {**rows[3], "id": "复发-早先"}
    service.post([early])
    service.settle()
    assert raised(service, "复发")["state"] == "resolved"
    service.post(rows[40:])
    back = raised(service, "复发")
    assert back["state"] == "regressed"
    assert [c["event"] for c in back["changes"]][-1] == "return"
    assert service.admin.post(f"/v1/alerts/{alert['id']}/acknowledge").status_code == 200


def test_after_a_long_quiet_it_is_another_incident(service) -> None:
    service.post(crisis("两次"))
    first = raised(service, "两次")
    service.post(crisis("两次", start=START + timedelta(days=5)))
    service.settle()
    alerts = service.get("/v1/alerts", product="两次")["items"]
    assert sorted(alert["incident"] for alert in alerts) == [1, 2]
    assert {alert["fingerprint"] for alert in alerts} == {first["fingerprint"]}


def praise(product: str, at: datetime) -> dict[str, object]:
    return {
        "id": f"{product}-{at:%m%d}",
        "text": "很好用",
        "created_at": at.isoformat(),
        "product": product,
    }


def test_once_there_is_a_learning_time_an_alert_in_it_stays(service) -> None:
    first, (third, last) = START, (START + timedelta(days=days) for days in (3, 15))
    service.post([praise("新品", first), *crisis("新品", start=third)])
    alert = raised(service, "新品")
    assert alert["state"] == "firing"
    service.post([praise("新品", last)])
    assert raised(service, "新品") == alert


def test_a_suppression_needs_an_end_and_ends(service) -> None:
    from service.database import Database
    from service.sweeping import sweep

    service.post(crisis("抑制", 30))
    path = f"/v1/alerts/{raised(service, '抑制')['id']}"
    past = {"until": "2026-01-01T00:00:00+08:00"}
    assert service.admin.post(f"{path}/suppress", json={}).status_code == 422
    assert service.admin.post(f"{path}/suppress", json=past).status_code == 422
    until = datetime.now(UTC) + timedelta(hours=3)
    body = {"until": until.isoformat(), "note": "促销"}
    suppressed = service.admin.post(f"{path}/suppress", json=body).json()
    assert suppressed["state"] == "suppressed"
    service.post(crisis("抑制", 50)[30:])
    assert raised(service, "抑制")["state"] == "suppressed"
    database = Database(service.settings.database_url.get_secret_value(), pool=1)
    sweep(database, service.settings, lambda: until + timedelta(seconds=1))
    database.close()
    ended = raised(service, "抑制")
    assert (ended["state"], ended["suppressed_until"]) == ("firing", None)
    assert [c["event"] for c in ended["changes"]][-1] == "expire"


def test_praise_raises_nothing(service) -> None:
    rows = [{**row, "text": "很好用，推荐"} for row in crisis("好评")]
    service.post(rows)
    service.settle()
    assert service.get("/v1/alerts", product="好评")["items"] == []


def test_filters(service) -> None:
    service.post(crisis("筛选"))
    alert = raised(service, "筛选")
    assert [
        a["id"] for a in service.get("/v1/alerts", product="筛选", state="firing")["items"]
    ] == [alert["id"]]
    assert service.get("/v1/alerts", product="筛选", state="resolved")["items"] == []
    worst = service.get("/v1/alerts", product="筛选", level=alert["level"])["items"]
    assert len(worst) == 1
    assert service.get("/v1/alerts", product="筛选", since="2026-06-01")["items"] == []
