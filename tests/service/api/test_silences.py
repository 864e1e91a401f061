"""Silences: asked for, shown on the alerts that they cover, ended; and those that are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from service.database import Database
from service.database.tables import Alert
from service.quieting import quiet

PHONE = "13812345678"


def after(**span: int) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def silence(service, **fields: object) -> dict[str, object]:
    body = {"ends_at": after(hours=1), "comment": "促销", **fields}
    made = service.scoped("pr").post("/v1/silences", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def silenced(service, alert: str) -> list[str]:
    return service.get(f"/v1/alerts/{alert}")["silenced"]


def test_from_its_start_to_its_end(service, put_alert) -> None:
    covered, other = put_alert("静默壶"), put_alert("静默锅")
    made = silence(service, matchers={"product": "静默壶"}, comment=f"致电 {PHONE}")
    assert (made["state"], made["who"], made["ended_at"]) == ("active", "pr", None)
    assert PHONE not in made["comment"]
    assert PHONE not in service.stored()
    assert (silenced(service, covered), silenced(service, other)) == ([made["id"]], [])
    (listed,) = service.get("/v1/alerts", product="静默壶")["items"]
    assert (listed["silenced"], listed["state"]) == ([made["id"]], "firing")
    path = f"/v1/silences/{made['id']}"
    ended = service.admin.delete(path)
    assert ended.status_code == 200
    assert (ended.json()["state"], ended.json()["ended_by"]) == ("expired", "admin")
    assert service.scoped("pr").delete(path).json() == ended.json() == service.get(path)
    assert silenced(service, covered) == []


@pytest.mark.parametrize(
    ("matchers", "covers"),
    [
        ({"product_glob": "配*"}, True),
        ({"product_glob": "配", "level": 3}, False),
        ({"category": "quality", "level": 3, "product": "配对"}, True),
        ({"level": 2, "product": "配对"}, False),
        ({"category": "safety", "product": "配对"}, False),
    ],
)
def test_matchers_through_the_database(service, put_alert, matchers, covers: bool) -> None:
    made = silence(service, matchers=matchers)
    assert (made["id"] in silenced(service, put_alert("配对"))) is covers
    service.admin.delete(f"/v1/silences/{made['id']}")


def test_one_of_everything_has_to_say_so(service, put_alert) -> None:
    made = silence(service, all=True)
    assert silenced(service, put_alert("全部")) == [made["id"]]
    service.admin.delete(f"/v1/silences/{made['id']}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"matchers": {}},
        {"matchers": {"product": "  "}},
        {"matchers": {"product": "a"}, "all": True},
        {"matchers": {"product": "a\x00"}},
        {"matchers": {"product": "长" * 201}},
        {"matchers": {"category": "no such"}},
        {"matchers": {"level": 0}},
        {"matchers": {"author": "a"}},
        {"ends_at": timedelta(seconds=-1)},
        {"ends_at": timedelta(days=367)},
        {"ends_at": "soon"},
        {"ends_at": None},
        {"starts_at": timedelta(hours=-1)},
        {"starts_at": timedelta(hours=2)},
        {"comment": ""},
        {"comment": " "},
        {"comment": "a\x00"},
        {"until": timedelta(hours=1)},
    ],
    ids=str,
)
def test_silences_that_are_refused(service, wrong: dict[str, object]) -> None:
    right = {"matchers": {"product": "a"}, "ends_at": after(hours=1), "comment": "促销"}
    spans = {name: value for name, value in wrong.items() if isinstance(value, timedelta)}
    times = {name: (datetime.now(UTC) + span).isoformat() for name, span in spans.items()}
    answer = service.admin.post("/v1/silences", json=right | wrong | times)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("missing", ["ends_at", "comment", "matchers"])
def test_what_a_silence_needs(service, missing: str) -> None:
    body = {"matchers": {"product": "a"}, "ends_at": after(hours=1), "comment": "促销"}
    del body[missing]
    assert service.admin.post("/v1/silences", json=body).status_code == 422


def test_an_unknown_silence(service) -> None:
    assert service.admin.get("/v1/silences/none").status_code == 404
    assert service.admin.delete("/v1/silences/none").status_code == 404


def test_lists_by_state_and_page(serve) -> None:
    with serve(worker=False) as service:
        ended = silence(service, matchers={"product": "a"})
        service.admin.delete(f"/v1/silences/{ended['id']}")
        pending = silence(service, all=True, starts_at=after(minutes=30))
        active = [silence(service, matchers={"product": "a"}) for _ in range(2)]

        def ids(**asked: str | int) -> list[str]:
            return [each["id"] for each in service.get("/v1/silences", **asked)["items"]]

        assert ids(state="expired") == [ended["id"]]
        assert ids(state="pending") == [pending["id"]]
        assert ids(state="active") == [each["id"] for each in reversed(active)]
        first = service.get("/v1/silences", limit=3)
        rest = service.get("/v1/silences", limit=3, cursor=first["next_cursor"])
        assert len(first["items"]) == 3
        assert [each["id"] for each in rest["items"]] == [ended["id"]]
        assert service.admin.get("/v1/silences", params={"state": "gone"}).status_code == 422


def test_what_the_senders_ask(service, put_alert) -> None:
    made = silence(service, matchers={"product": "发送"}, starts_at=after(minutes=1))
    light, grave = put_alert("发送", level=4), put_alert("发送", level=1)
    alone = put_alert("发送旁")
    database = Database(service.settings.database_url.get_secret_value(), pool=1)
    with database.transaction() as session:
        alerts = [session.get_one(Alert, each) for each in (light, grave, alone)]
        now = datetime.now(UTC)
        found = quiet(session, alerts, now)
        assert [found[each].speaks for each in (light, grave, alone)] == [False, True, True]
        assert [each.by for each in found[light].inhibited_by] == [grave]
        soon = quiet(session, alerts, now + timedelta(minutes=5))
        assert soon[grave].silenced == (made["id"],)
        assert [soon[each].speaks for each in (light, grave, alone)] == [False, False, True]
    database.close()
