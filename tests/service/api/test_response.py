"""Clocks, owners and hand-overs over the real service; escalation with real workers killed."""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.api.metrics import Metrics
from service.database import Database
from service.responding import Responder
from service.response.policy_file import SHIPPED, load_policy
from tests.service.api.desk import raised_before

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINESE = re.compile("[一-鿿]")
OWNERS = """
owners:
  - {product: "壶*", category: safety, channel: review, owner: reviews}
  - {product: "壶*", category: safety, owner: wang.min, team: kitchen}
  - {product: "壶*", owner: nobody.else}
"""


def crisis(product: str, **more: str) -> list[dict[str, object]]:
    return [
        {
            "id": f"{product}-{n}",
            "text": f"壶把手太烫，烫伤了手，第{n}次",
            "created_at": (START + n * MINUTE).isoformat(),
            "product": product,
            "author_id": f"author-{n}",
            **more,
        }
        for n in range(40)
    ]


def raised(service, product: str, **more: str) -> dict[str, object]:
    service.post(crisis(product, **more))
    service.settle()
    (alert,) = service.get("/v1/alerts", product=product)["items"]
    return service.get(f"/v1/alerts/{alert['id']}")


def trail(service, alert_id: str) -> list[tuple[str, str, str]]:
    changes = service.get(f"/v1/alerts/{alert_id}")["changes"]
    return [(change["event"], change["who"], change["note"]) for change in changes]


def opened(service) -> Database:
    return Database(service.settings.database_url.get_secret_value(), pool=4)


def responder(database: Database, at: datetime) -> Responder:
    return Responder(database, load_policy(), Metrics(), lambda: at, SHANGHAI)


def own_policy(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_clocks_of_an_alert_to_its_end(service) -> None:
    alert = raised(service, "计时")
    path = f"/v1/alerts/{alert['id']}"
    first = service.get(f"{path}/clocks")
    assert [clock["name"] for clock in first["clocks"]] == ["acknowledge", "respond", "resolve"]
    assert {clock["state"] for clock in first["clocks"]} == {"running"}
    (acknowledge, *_) = first["clocks"]
    limit = load_policy().clock(alert["level"], "acknowledge").within
    due, started = (datetime.fromisoformat(acknowledge[name]) for name in ("due", "started"))
    assert due - started == limit
    assert 0 < acknowledge["remaining_seconds"] <= limit.total_seconds()

    pr = service.scoped("pr")
    assert pr.post(f"{path}/acknowledge").status_code == 200
    said = {"note": "致歉，电话 13800138000", "where": "微博", "agreed": ["ceo", "pr-head"]}
    answered = pr.post(f"{path}/respond", json=said)
    assert answered.status_code == 200, answered.text
    assert answered.headers["ETag"] == '"3"'
    assert [c["state"] for c in answered.json()["clocks"]] == ["met", "met", "running"]
    assert pr.post(f"{path}/resolve").status_code == 200
    ended = service.get(f"{path}/clocks")["clocks"]
    assert [c["stopped_by"] for c in ended] == ["acknowledge", "respond", "resolve"]
    assert {c["state"] for c in ended} == {"met"}
    (note,) = [note for event, _, note in trail(service, alert["id"]) if event == "respond"]
    assert "13800138000" not in note
    assert note.startswith("微博: ")
    assert note.endswith("[ceo, pr-head]")
    assert pr.post(f"{path}/respond", json=said).status_code == 409


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"agreed": []}, {}, 409),
        ({"agreed": ["support-lead"]}, {}, 409),
        ({"agreed": ["ceo", "pr-head"], "version": 7}, {}, 409),
        ({"agreed": ["ceo", "pr-head"]}, {"If-Match": '"7"'}, 412),
        ({"agreed": ["ceo", "pr-head"]}, {"If-Match": "soon"}, 422),
        ({"agreed": ["ceo", "pr-head", "13800138000"]}, {}, 422),
        ({"agreed": ["ceo", "pr-head", "a\x00b"]}, {}, 422),
        ({"agreed": ["ceo", "pr-head"], "note": ""}, {}, 422),
        ({"agreed": ["ceo", "pr-head"], "note": "a\x00b"}, {}, 422),
        ({"agreed": ["ceo", "pr-head"], "by": "me"}, {}, 422),
        ({"agreed": ["ceo", "pr-head"]}, {}, 200),
    ],
)
def test_what_a_response_must_have(service, body, headers, status) -> None:
    found = service.get("/v1/alerts", product="回应")["items"]
    alert = found[0] if found else raised(service, "回应")
    whole = {"note": "说明", "where": "微博"} | body
    path = f"/v1/alerts/{alert['id']}/respond"
    answer = service.admin.post(path, json=whole, headers={"Accept-Language": "zh", **headers})
    assert answer.status_code == status, answer.text
    if status == 409 and not body["agreed"]:
        assert "pr-head" in answer.json()["detail"]
        assert CHINESE.search(answer.json()["detail"])


def test_what_is_due_next_stands_on_the_desk(service) -> None:
    alert = raised(service, "值班台")
    desk = service.get("/v1/clocks", limit=200)
    mine = [clock for clock in desk["items"] if clock["alert_id"] == alert["id"]]
    assert [clock["name"] for clock in mine] == ["acknowledge", "respond", "resolve"]
    times = [clock["due"] for clock in desk["items"] if clock["due"]]
    assert times == sorted(times)
    assert desk["total"] == len(desk["items"])
    assert service.get("/v1/clocks", limit=1)["total"] == desk["total"]
    assert service.get("/v1/clocks", late="true")["items"] == []
    paged, cursor = [], None
    while True:
        page = service.get("/v1/clocks", limit=2, **({"cursor": cursor} if cursor else {}))
        paged += [(clock["alert_id"], clock["name"]) for clock in page["items"]]
        assert page["total"] == desk["total"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == [(clock["alert_id"], clock["name"]) for clock in desk["items"]]
    assert len(paged) > 2
    for wrong in ("x", "W10", "WyJhIiwxLDJd"):
        assert service.admin.get("/v1/clocks", params={"cursor": wrong}).status_code == 422
    only = service.get("/v1/clocks", clock="respond", late="false", limit=200)["items"]
    assert {clock["name"] for clock in only} == {"respond"}
    assert service.admin.get("/v1/clocks", params={"clock": "other"}).status_code == 422


def test_owners_move_and_the_trail_says_so(service) -> None:
    alert = raised(service, "移交")
    path = f"/v1/alerts/{alert['id']}"
    assert service.get(f"{path}/clocks")["owner"] is None
    first = service.admin.put(f"{path}/owner", json={"owner": "wang.min", "version": 1})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    stale = service.admin.put(f"{path}/owner", json={"owner": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert service.admin.put(f"{path}/owner", json={"owner": " "}).status_code == 422
    body = {"owner": "li.na", "team": "pr", "note": "出差，见 a@b.cn"}
    second = service.admin.put(f"{path}/owner", json=body).json()["owner"]
    assert (second["owner"], second["team"], second["by_person"]) == ("li.na", "pr", True)
    notes = [note for event, _, note in trail(service, alert["id"]) if event == "assign"]
    assert notes[0] == "→ wang.min"
    assert notes[1].startswith("wang.min → li.na (pr): 出差")
    assert "a@b.cn" not in notes[1]
    assert service.admin.put("/v1/alerts/none/owner", json={"owner": "x"}).status_code == 404


def test_a_shift_hands_all_its_open_alerts_over(service) -> None:
    alerts = [raised(service, f"交班{n}") for n in range(3)]
    for alert in alerts:
        service.admin.put(f"/v1/alerts/{alert['id']}/owner", json={"owner": "day"})
    service.admin.post(f"/v1/alerts/{alerts[2]['id']}/resolve")
    to = {"to": "night", "note": "晚班"}
    moved = service.admin.post("/v1/owners/day/hand-over", json=to)
    assert moved.status_code == 200
    assert set(moved.json()["alert_ids"]) == {alert["id"] for alert in alerts[:2]}
    owners = [service.get(f"/v1/alerts/{a['id']}/clocks")["owner"]["owner"] for a in alerts]
    assert owners == ["night", "night", "day"]
    assert len(service.get("/v1/clocks", owner="night")["items"]) == 6
    again = service.admin.post("/v1/owners/day/hand-over", json=to)
    assert again.status_code == 404
    same = service.admin.post("/v1/owners/night/hand-over", json={**to, "to": "night"})
    assert same.status_code == 409
    assert service.admin.post("/v1/owners/night/hand-over", json={"to": "x"}).status_code == 422


def test_the_hand_over_says_it_all_in_both_languages(service) -> None:
    alert = raised(service, "摘要")
    path = f"/v1/alerts/{alert['id']}"
    service.admin.put(f"{path}/owner", json={"owner": "wang.min", "note": "值班"})
    service.admin.post(f"{path}/acknowledge", json={"note": "已通知品控"})
    found = service.get(f"{path}/handover")
    assert [line["event"] for line in found["happened"]] == ["raise", "assign", "acknowledge"]
    assert {one["who"] for one in found["people"]} == {"tingyin", "admin"}
    assert found["people"][0]["events"] == {"assign": 1, "acknowledge": 1}
    steps = found["next_steps"]
    assert steps[0]["en"].startswith("respond in public (needs the agreement of")
    assert steps[0]["zh"].startswith("公开回应（须经")
    for part in ("摘要", "已通知品控", "wang.min"):
        assert part in found["text"]["en"]
        assert part in found["text"]["zh"]
    assert not CHINESE.search(
        found["text"]["en"].replace("摘要", "").replace("已通知品控", "").replace("值班", "")
    )
    service.admin.post(f"{path}/resolve")
    assert service.get(f"{path}/handover")["next_steps"][0]["en"] == "nothing is open"
    assert service.admin.get("/v1/alerts/none/handover").status_code == 404


def test_the_policy_in_force_is_shown(service) -> None:
    shown = service.scoped("support").get("/v1/policy").json()
    assert shown["shipped"] is True
    assert list(shown["levels"]) == ["I", "II", "III", "IV"]
    assert shown["levels"]["III"]["clocks"]["acknowledge"]["within"] == "15m"
    assert shown["levels"]["IV"]["clocks"]["respond"]["calendar"] == "business"
    assert shown["calendars"]["business"]["hours"]["mon"] == ["09:00-18:00"]
    assert shown["levels"]["I"]["decides"] == ["ceo", "pr-head"]
    assert shown["holidays_known_until"] >= "2026-12-31"
    assert service.scoped("tiering").get("/v1/policy").status_code == 403


def test_rules_choose_the_owner_unless_a_person_did(serve, tmp_path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("owners: []\n", OWNERS)
    with serve(policy=own_policy(tmp_path, text)) as service:
        alert = raised(service, "壶 A1", channel="comment")
        other = raised(service, "壶 B2", channel="review")
        loose = raised(service, "风扇")
        assert [event for event, _, _ in trail(service, alert["id"])] == ["raise", "assign"]
        owners = [
            service.get(f"/v1/alerts/{each['id']}/clocks")["owner"]
            for each in (alert, other, loose)
        ]
        assert owners[2] is None
        assert [(o["owner"], o["team"], o["by_person"]) for o in owners[:2]] == [
            ("wang.min", "kitchen", False),
            ("reviews", None, False),
        ]
        service.admin.put(f"/v1/alerts/{alert['id']}/owner", json={"owner": "li.na"})
        more = [{**row, "id": f"{row['id']}+"} for row in crisis("壶 A1")]
        service.post(more)
        service.settle()
        assert service.get(f"/v1/alerts/{alert['id']}/clocks")["owner"]["owner"] == "li.na"


def test_alerts_that_are_open_follow_another_policy(serve, tmp_path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    with serve() as service:
        alert = raised(service, "换策略")
        path = f"/v1/alerts/{alert['id']}/clocks"
        before = service.get(path)["clocks"][2]
    longer = shipped.replace("within: 24h", "within: 48h")
    with serve(policy=own_policy(tmp_path, longer), worker=False) as service:
        after = service.get(path)["clocks"][2]
        assert after["started"] == before["started"]
        moved = [datetime.fromisoformat(each["due"]) for each in (before, after)]
        assert moved[1] - moved[0] == timedelta(hours=24)
        assert service.get("/v1/policy")["shipped"] is False


ROUNDS = [
    # minutes after the raising of a level I -> what each round writes
    (0, []),
    (3, ["warn"]),
    (4, []),
    (5, ["escalate"]),
    (15, ["escalate"]),
    (16, []),
    (30, ["remind"]),
]


def test_each_step_is_written_once_and_delivered_as_a_line(serve) -> None:
    with serve() as service:
        alert = raised(service, "升级")
        database = opened(service)
    assert alert["level"] == 1
    began = datetime.fromisoformat(alert["raised_at"])
    for minutes, events in ROUNDS:
        now = responder(database, began + minutes * MINUTE)
        before = counted(database)
        now.tell()
        now.tell()
        assert list((counted(database) - before).elements()) == events, minutes
    with serve(worker=False) as service:
        lines = [line for line in trail(service, alert["id"]) if line[0] != "raise"]
        version = service.get(f"/v1/alerts/{alert['id']}")["version"]
    database.close()
    assert version == 1
    assert {who for _, who, _ in lines} == {"tingyin"}
    notes = [note for _, _, note in lines]
    assert [
        word in note for word, note in zip(("nobody", "pr-head", "ceo", "ceo"), notes, strict=True)
    ] == [False, True, True, True]
    assert all("I, especially major" in note and "特别重大" in note for note in notes)


def counted(database: Database) -> Counter[str]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT event FROM alert_changes")
        return Counter(event for (event,) in rows)


def test_many_workers_at_once_write_each_step_once(serve) -> None:
    with serve() as service:
        alerts = [raised(service, f"同时{n}") for n in range(3)]
        database = opened(service)
    later = max(datetime.fromisoformat(alert["raised_at"]) for alert in alerts) + 21 * MINUTE
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: responder(database, later).tell(), range(8)))
    assert counted(database) == {"raise": 3, "escalate": 6}
    database.close()


KILLED = """
import sys
from datetime import datetime
from zoneinfo import ZoneInfo
from service.api.metrics import Metrics
from service.database import Database
from service.responding import Responder
from service.response.policy_file import load_policy

at = datetime.fromisoformat(sys.argv[2])
database = Database(sys.argv[1], 1)
print("ready", flush=True)
sys.stdin.readline()
Responder(database, load_policy(), Metrics(), lambda: at, ZoneInfo("Asia/Shanghai")).tell()
print("done", flush=True)
"""


def test_a_worker_that_is_killed_leaves_nothing_half_written(serve) -> None:
    with serve() as service:
        alerts = [raised(service, f"杀死{n}") for n in range(4)]
        database = opened(service)
        url = service.settings.database_url.get_secret_value()
    at = max(datetime.fromisoformat(alert["raised_at"]) for alert in alerts) + 21 * MINUTE
    for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
        worker = subprocess.Popen(
            [sys.executable, "-c", KILLED, url, at.isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with worker:
            assert worker.stdout.readline() == "ready\n"
            worker.stdin.write("\n")
            worker.stdin.flush()
            time.sleep(delay)
            worker.send_signal(signal.SIGKILL)
    responder(database, at).tell()
    assert counted(database) == {"raise": 4, "escalate": 8}
    with database.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM alert_escalations WHERE told")
        assert told.scalar_one() == 8
    database.close()


def test_an_alert_that_fails_stops_no_other(serve) -> None:
    with serve() as service:
        bad, good = raised(service, "坏"), raised(service, "好")
        database = opened(service)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.alert_id = '{bad['id']}' THEN RAISE EXCEPTION 'fault'; END IF; RETURN NEW; "
            "END $$; CREATE TRIGGER fault BEFORE INSERT ON alert_changes "
            "FOR EACH ROW EXECUTE FUNCTION fault()"
        )
    at = datetime.fromisoformat(good["raised_at"]) + 8 * MINUTE
    responder(database, at).tell()
    assert counted(database) == {"raise": 2, "escalate": 1}
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER fault ON alert_changes")
    responder(database, at).tell()
    assert counted(database) == {"raise": 2, "escalate": 2}
    database.close()


def test_the_running_service_escalates_by_itself(serve) -> None:
    """The clock runs out while the service runs; the worker must tell, nobody asks it."""
    with serve() as service:
        url = service.settings.database_url.get_secret_value()
        due = datetime.now(UTC) + timedelta(seconds=3)
        alert = raised_before(url, "真实", 5 * MINUTE - timedelta(seconds=3))
        service.wait(lambda: "escalate" in [event for event, _, _ in trail(service, alert)])
        lines = service.get(f"/v1/alerts/{alert}")["changes"]
        (told,) = [line for line in lines if line["event"] == "escalate"]
        assert timedelta(0) <= datetime.fromisoformat(told["at"]) - due <= MINUTE
