"""What people do with alerts, and what time does: moves, comments, the trail, groups, filters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest

from service.database import Database
from service.response.policy_file import load_policy
from service.sweeping import sweep

PHONE = "13812345678"


def later(**span: int) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def events(alert: dict[str, object]) -> list[str]:
    return [change["event"] for change in alert["changes"]]


def swept_at(service, moment: datetime) -> None:
    database = Database(service.settings.database_url.get_secret_value(), pool=1)
    sweep(database, service.settings, lambda: moment)
    database.close()


@pytest.mark.parametrize(
    ("moves", "state", "version"),
    [
        (["acknowledge", "resolve", "reopen", "acknowledge"], "acknowledged", 5),
        (["resolve", "reopen"], "regressed", 3),
        (["suppress", "unsuppress"], "firing", 3),
        (["suppress", "suppress", "acknowledge"], "acknowledged", 4),
    ],
)
def test_moves_in_a_row(service, put_alert, moves: list[str], state: str, version: int) -> None:
    path = f"/v1/alerts/{put_alert('连续')}"
    for move in moves:
        body = {"until": later(hours=1)} if move == "suppress" else {}
        answer = service.admin.post(f"{path}/{move}", json=body)
        assert answer.status_code == 200, answer.text
    alert = answer.json()
    assert (alert["state"], alert["version"]) == (state, version)
    assert events(alert) == ["raise", *moves]
    assert (alert["acknowledged_until"] is not None) is (state == "acknowledged")
    assert alert["suppressed_until"] is None


@pytest.mark.parametrize(
    ("first", "move", "possible"),
    [
        ("resolve", "acknowledge", "reopen, comment, review"),
        ("acknowledge", "acknowledge", "resolve, suppress, comment"),
        (None, "reopen", "acknowledge, resolve, suppress, comment"),
        (None, "unsuppress", "acknowledge, resolve, suppress, comment"),
    ],
)
def test_a_move_that_does_not_fit_names_those_that_do(
    service, put_alert, first: str | None, move: str, possible: str
) -> None:
    path = f"/v1/alerts/{put_alert('不合')}"
    if first:
        service.admin.post(f"{path}/{first}")
    refused = service.admin.post(f"{path}/{move}", headers={"Accept-Language": "en"})
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith(f"possible: {possible}.")


@pytest.mark.parametrize("move", ["delete", "expire", "lapse", "return", "withdraw", "evidence"])
def test_what_only_the_service_does_has_no_address(service, put_alert, move: str) -> None:
    assert service.admin.post(f"/v1/alerts/{put_alert('无址')}/{move}").status_code == 404


@pytest.mark.parametrize(
    "move", ["acknowledge", "resolve", "reopen", "unsuppress", "comments", "suppress"]
)
def test_an_unknown_alert(service, move: str) -> None:
    bodies = {"comments": {"text": "x"}, "suppress": {"until": later(hours=1)}}
    answer = service.admin.post(f"/v1/alerts/none/{move}", json=bodies.get(move, {}))
    assert answer.status_code == 404


@pytest.mark.parametrize("move", ["acknowledge", "suppress"])
@pytest.mark.parametrize(
    ("until", "status"),
    [
        (timedelta(hours=1), 200),
        (timedelta(days=365), 200),
        (timedelta(days=367), 422),
        (timedelta(seconds=-5), 422),
        ("soon", 422),
        ("2026\x00", 422),
        (5, 422),
    ],
    ids=["hour", "year", "over a year", "past", "word", "NUL", "number"],
)
def test_an_end_is_later_than_now_and_within_a_year(
    service, put_alert, move: str, until: object, status: int
) -> None:
    path = f"/v1/alerts/{put_alert('截止')}/{move}"
    if isinstance(until, timedelta):
        until = (datetime.now(UTC) + until).isoformat()
    assert service.admin.post(path, json={"until": until}).status_code == status


def test_an_acknowledgement_lapses(service, put_alert) -> None:
    before = datetime.now(UTC)
    path = f"/v1/alerts/{put_alert('到期')}"
    usual = service.admin.post(f"{path}/acknowledge").json()
    until = datetime.fromisoformat(usual["acknowledged_until"])
    hours = load_policy().acknowledged_for
    assert before + hours <= until <= datetime.now(UTC) + hours
    swept_at(service, until - timedelta(seconds=1))
    assert service.get(path)["state"] == "acknowledged"
    swept_at(service, until + timedelta(seconds=1))
    lapsed = service.get(path)
    assert (lapsed["state"], lapsed["acknowledged_until"]) == ("firing", None)
    assert (lapsed["changes"][-1]["event"], lapsed["changes"][-1]["who"]) == ("lapse", "tingyin")
    again = service.admin.post(f"{path}/acknowledge", json={"until": later(minutes=5)})
    assert again.status_code == 200
    swept_at(service, datetime.now(UTC) + timedelta(minutes=6))
    assert events(service.get(path))[-3:] == ["lapse", "acknowledge", "lapse"]


def test_comments_are_masked_listed_and_move_nothing(service, put_alert) -> None:
    path = f"/v1/alerts/{put_alert('评论')}"
    service.scoped("support").post(f"{path}/comments", json={"text": f"顾客 {PHONE} 来电"})
    said = service.scoped("pr").post(f"{path}/comments", json={"text": "门店已下架"})
    assert said.status_code == 201
    alert = said.json()
    assert (alert["state"], alert["version"], said.headers["ETag"]) == ("firing", 1, '"1"')
    assert [(c["who"], PHONE in c["text"]) for c in alert["comments"]] == [
        ("support", False),
        ("pr", False),
    ]
    assert alert["comments"][1]["text"] == "门店已下架"
    assert events(alert) == ["raise", "comment", "comment"]
    assert PHONE not in service.stored()
    service.admin.post(f"{path}/resolve")
    assert service.admin.post(f"{path}/comments", json={"text": "after"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": "  "}, {"text": "a\x00b"}, {"text": "长" * 2001}, {"text": 5}],
    ids=["none", "empty", "blank", "NUL", "long", "number"],
)
def test_comments_that_cannot_be_taken(service, put_alert, body: object) -> None:
    path = f"/v1/alerts/{put_alert('坏评论')}/comments"
    assert service.admin.post(path, json=body).status_code == 422


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alert_changes SET who = 'nobody' WHERE alert_id = %s",
        "UPDATE alert_changes SET note = NULL, position = position + 1 WHERE alert_id = %s",
        "UPDATE alert_changes SET position = NULL WHERE alert_id = %s",
        "DELETE FROM alert_changes WHERE alert_id = %s",
        "TRUNCATE alert_changes",
        "TRUNCATE alerts CASCADE",
    ],
)
def test_the_trail_cannot_be_changed(service, put_alert, statement: str) -> None:
    alert = put_alert("不可改")
    parameters = [alert] if "%s" in statement else []
    with psycopg.connect(service.settings.database_url.get_secret_value()) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation, match="only grows"):
            connection.execute(statement, parameters)
        connection.rollback()
    assert events(service.get(f"/v1/alerts/{alert}")) == ["raise"]


def test_the_trail_goes_only_with_its_alert(service, put_alert) -> None:
    alert = put_alert("随之而去")
    with psycopg.connect(service.settings.database_url.get_secret_value()) as connection:
        connection.execute("DELETE FROM alerts WHERE id = %s", [alert])
        (left,) = connection.execute(
            "SELECT count(*) FROM alert_changes WHERE alert_id = %s", [alert]
        ).fetchone()
    assert left == 0


def test_a_line_that_is_not_placed_yet_cannot_be_rewritten(service, put_alert) -> None:
    alert = put_alert("未定位")
    with psycopg.connect(service.settings.database_url.get_secret_value()) as connection:
        (number,) = connection.execute(
            "INSERT INTO alert_changes (alert_id, at, who, event, to_state, version)"
            " VALUES (%s, now(), 'a', 'comment', 'firing', 1) RETURNING number",
            [alert],
        ).fetchone()
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(
                "UPDATE alert_changes SET position = 1, who = 'b' WHERE number = %s", [number]
            )
        connection.rollback()


@pytest.mark.parametrize(
    ("headers", "body", "loser"),
    [(True, False, 412), (False, True, 409), (False, False, 409)],
    ids=["If-Match", "version", "neither"],
)
def test_two_people_at_once_twenty_times(
    service, put_alert, headers: bool, body: bool, loser: int
) -> None:
    clients = [service.scoped("pr"), service.scoped("admin")]
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            path = f"/v1/alerts/{put_alert('二十轮')}"

            def acknowledge(client, path=path) -> int:
                start.wait()
                return client.post(
                    f"{path}/acknowledge",
                    headers={"If-Match": '"1"'} if headers else {},
                    json={"version": 1} if body else {},
                ).status_code

            assert sorted(pool.map(acknowledge, clients)) == [200, loser]
            assert events(service.get(path)) == ["raise", "acknowledge"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"a", "b", "c"}),
        ({"state": "firing"}, {"a", "b"}),
        ({"state": ["firing", "resolved"]}, {"a", "b", "c"}),
        ({"state": "suppressed"}, set()),
        ({"category": "safety"}, {"a"}),
        ({"level": 2}, {"a", "c"}),
        ({"level": 1}, {"a"}),
        ({"since": "2026-05-02"}, {"b", "c"}),
        ({"until": "2026-05-02"}, {"a"}),
        ({"changed_since": "2026-06-02T00:00:00+08:00"}, {"c"}),
        ({"state": "firing", "category": "quality", "level": 3}, {"b"}),
    ],
)
def test_filters(service, put_alert, asked: dict[str, object], found: set[str]) -> None:
    product = f"筛选 {asked}"
    day = datetime(2026, 5, 1, tzinfo=UTC)
    put = {
        "a": {"level": 1, "category": "safety", "onset": day, "changed_at": day},
        "b": {"level": 3, "onset": day + timedelta(days=1), "changed_at": day},
        "c": {
            "level": 2,
            "state": "resolved",
            "onset": day + timedelta(days=2),
            "changed_at": day + timedelta(days=40),
        },
    }
    names = {put_alert(product, **fields): name for name, fields in put.items()}
    answer = service.admin.get("/v1/alerts", params={"product": product, **asked})
    assert answer.status_code == 200, answer.text
    assert {names[alert["id"]] for alert in answer.json()["items"]} == found


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "gone"},
        {"state": ["firing", "gone"]},
        {"level": 5},
        {"changed_since": "soon"},
        {"category": "a\x00"},
        {"group_by": "author"},
        {"group_by": ["product"] * 5},
        {"cursor": "nonsense"},
        {"group_by": "product", "cursor": "nonsense"},
    ],
)
def test_filters_that_cannot_be_read(service, asked: dict[str, object]) -> None:
    assert service.admin.get("/v1/alerts", params=asked).status_code == 422


def test_groups(service, put_alert) -> None:
    kettles = [
        put_alert("组壶", level=2, state="resolved", category="grouped"),
        put_alert("组壶", level=3, category="grouped"),
        put_alert("组壶", level=4, category="grouped"),
    ]
    put_alert("组锅", state="resolved", category="grouped")
    asked = {"category": "grouped", "group_by": "product"}
    first = service.get("/v1/alerts", **asked, limit=1)
    second = service.get("/v1/alerts", **asked, limit=1, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    (pot,), (kettle,) = first["groups"], second["groups"]
    assert (pot["labels"], pot["count"], pot["open"]) == ({"product": "组锅"}, 1, 0)
    assert (pot["gravest"], pot["gravest_open"]) == (3, None)
    assert (kettle["labels"], kettle["count"], kettle["open"]) == ({"product": "组壶"}, 3, 2)
    assert (kettle["gravest"], kettle["gravest_open"]) == (2, 3)
    assert kettle["alerts"] == kettles[::-1]
    answer = service.admin.get(
        "/v1/alerts", params={"category": "grouped", "group_by": ["level", "product", "level"]}
    )
    labels = [group["labels"] for group in answer.json()["groups"]]
    assert len(labels) == 4
    assert {"level": 4, "product": "组壶"} in labels


def test_a_group_names_its_fifty_newest_and_may_lack_a_category(service, put_alert) -> None:
    made = [put_alert("五十", category=None) for _ in range(52)]
    (group,) = service.get("/v1/alerts", product="五十", group_by="category")["groups"]
    assert (group["labels"], group["count"]) == ({"category": None}, 52)
    assert group["alerts"] == made[:1:-1]


def test_inhibition_is_shown_and_ends(service, put_alert) -> None:
    light = put_alert("受抑", level=4)
    assert service.get(f"/v1/alerts/{light}")["inhibited_by"] == []
    grave = put_alert("受抑", level=1)
    shown = {a["id"]: a["inhibited_by"] for a in service.get("/v1/alerts", product="受抑")["items"]}
    assert shown[grave] == []
    assert [(each["alert_id"], each["rule"]) for each in shown[light]] == [(grave, "same-product")]
    assert service.get(f"/v1/alerts/{light}")["inhibited_by"] == shown[light]
    service.admin.post(f"/v1/alerts/{grave}/resolve")
    assert service.get(f"/v1/alerts/{light}")["inhibited_by"] == []
