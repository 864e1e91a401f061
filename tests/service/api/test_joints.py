"""Where the domains meet: processes on one database, killed ones, roles, policies, erasure."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.response.policy_file import SHIPPED
from tests.service.api.conftest import Service, settings_for, wait_until
from tests.service.api.desk import raised_before
from tests.service.api.receivers import Answer, Receiver, receiving
from tests.service.api.test_stream import Reader

ROOT = Path(__file__).parents[3]
MINUTE = timedelta(minutes=1)
PROGRAM = """
import sys
from pathlib import Path
from service.runtime import Parts
from tests.service.api.conftest import serving, settings_for, word_model

settings = settings_for(sys.argv[1], Path(sys.argv[2]), delivery_networks="127.0.0.0/8")
with serving(settings, Parts(load_model=lambda: word_model)) as running:
    print(running.base, flush=True)
    sys.stdin.read()
"""


@contextmanager
def process(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], Service]]:
    """Run the whole service as a process of its own; it ends when its input does."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as running:
        lines = iter(running.stdout.readline, "")
        base = next(line.strip() for line in lines if line.startswith("http"))
        drained = threading.Thread(target=lambda: [None for _ in lines])
        drained.start()
        key = (folder / "admin-key").read_text().strip()
        service = Service(base, key, settings_for(url, folder))
        try:
            yield running, service
        finally:
            for client in service.clients:
                client.close()
            running.stdin.close()
            running.wait(60)
            drained.join()


def route(service: Service, target: str, name: str, **wanted: object) -> int:
    body = {"name": name, "kind": "webhook", "target": target, **wanted}
    answer = service.admin.post("/v1/routes", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def told(receiver: Receiver, path: str = "/") -> list[tuple[str, str, str | None]]:
    calls = [call for call in receiver.calls if call.path == path]
    data = [call.json["data"] for call in calls]
    return [(each["product"], each["event"], each["role"]) for each in data]


def lines(service: Service, alert: str) -> Counter[str]:
    return Counter(line["event"] for line in service.get(f"/v1/alerts/{alert}")["changes"])


def listening(service: Service) -> Reader:
    reader = Reader()
    client = service.admin
    threading.Thread(target=reader.read, args=(client, {"after": 0}), daemon=True).start()
    return reader


def test_two_services_on_one_database_do_everything_once(fresh_url: str, tmp_path: Path) -> None:
    with (
        receiving() as receiver,
        process(fresh_url, tmp_path) as (_, one),
        process(fresh_url, tmp_path) as (_, two),
    ):
        route(one, receiver.url, "all")
        streams = [listening(one), listening(two)]
        soon = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
        wanted = {"matchers": {"product": "静默"}, "ends_at": soon, "comment": "促销"}
        assert two.admin.post("/v1/silences", json=wanted).status_code == 201
        quiet = raised_before(fresh_url, "静默", timedelta(0), level=3)
        late = [raised_before(fresh_url, f"迟{n}", 6 * MINUTE) for n in range(5)]
        wait_until(lambda: lines(two, quiet)["speak"] == 1, 150)
        wait_until(lambda: all(lines(one, each)["escalate"] == 1 for each in late), 150)
        wait_until(lambda: len(receiver.calls) >= 11, 30)
        one.admin.post(f"/v1/alerts/{quiet}/resolve")
        wait_until(lambda: len(receiver.calls) >= 12, 30)
        wait_until(lambda: all("resolve" in each.of(quiet) for each in streams), 30)
        assert [lines(one, each) for each in late] == [{"raise": 1, "escalate": 1}] * 5
        assert lines(one, quiet) == {"raise": 1, "speak": 1, "resolve": 1}
    expected = {("静默", "raised", None): 1, ("静默", "resolved", None): 1}
    expected |= {(f"迟{n}", "raised", None): 1 for n in range(5)}
    expected |= {(f"迟{n}", "escalated", "pr-head"): 1 for n in range(5)}
    assert Counter(told(receiver)) == expected
    assert len(set(receiver.ids())) == len(receiver.calls)
    for stream in streams:
        assert [int(each["id"]) for each in stream.events] == list(range(1, 14))
    assert streams[0].events == streams[1].events


def test_killed_between_escalation_and_delivery(fresh_url: str, tmp_path: Path) -> None:
    """The first is killed while it sends; whoever comes next sends the same under the same id."""
    hanging = threading.Event()

    def slow(call) -> Answer:
        escalated = call.json["data"]["event"] == "escalated"
        hang = escalated and not hanging.is_set()
        if hang:
            hanging.set()
        return Answer(delay=3.0 if hang else 0.0)

    with receiving(slow) as receiver:
        with process(fresh_url, tmp_path) as (first, service):
            route(service, receiver.url, "all")
            alert = raised_before(fresh_url, "杀死", 6 * MINUTE)
            assert hanging.wait(120)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with process(fresh_url, tmp_path) as (_, service):
            wait_until(lambda: service.get("/v1/routes")["items"][0]["waiting"] == 0, 120)
            assert lines(service, alert)["escalate"] == 1
    events = [(call.id, call.json["data"]["event"]) for call in receiver.calls]
    assert [event for _, event in events] == ["raised", "escalated", "escalated"]
    assert len(set(events)) == 2


def test_escalations_reach_the_routes_of_their_roles(serve) -> None:
    with receiving() as receiver, serve(delivery_networks="127.0.0.0/8") as service:
        url = service.settings.database_url.get_secret_value()
        only = ["escalated", "warned"]
        route(service, f"{receiver.url}/ceo", "ceo", events=only, roles=["ceo"])
        route(service, f"{receiver.url}/head", "head", events=only, roles=["pr-head"])
        route(service, f"{receiver.url}/both", "both", events=only)
        route(service, f"{receiver.url}/raised", "raised", events=["raised"], roles=["ceo"])
        route(service, f"{receiver.url}/grave", "grave", events=only, level=1, roles=["pr-lead"])
        raised_before(url, "角色", 16 * MINUTE)
        raised_before(url, "较轻", 16 * MINUTE, level=3)
        wait_until(lambda: len(told(receiver, "/both")) == 3, 120)
        wait_until(lambda: not any(r["waiting"] for r in service.get("/v1/routes")["items"]), 30)
    assert told(receiver, "/ceo") == [("角色", "escalated", "ceo")]
    assert told(receiver, "/head") == [("角色", "escalated", "pr-head")]
    assert Counter(told(receiver, "/both")) == {
        ("角色", "escalated", "pr-head"): 1,
        ("角色", "escalated", "ceo"): 1,
        ("较轻", "escalated", "pr-lead"): 1,
    }
    assert sorted(told(receiver, "/raised")) == [("角色", "raised", None), ("较轻", "raised", None)]
    assert told(receiver, "/grave") == []


@pytest.mark.parametrize("how", ["post", "patch"])
def test_a_role_that_the_policy_does_not_know_is_refused(service, how: str) -> None:
    body = {"name": f"who {how}", "kind": "email", "target": "a@example.com"}
    if how == "post":
        answer = service.admin.post("/v1/routes", json=body | {"roles": ["cfo"]})
    else:
        made = service.admin.post("/v1/routes", json=body).json()
        answer = service.admin.patch(f"/v1/routes/{made['id']}", json={"roles": ["cfo"]})
    assert answer.status_code == 422
    assert "ceo, pr-head, pr-lead, support-lead" in answer.json()["detail"]


def test_another_policy_at_the_restart_tells_what_is_due_by_it(serve, tmp_path: Path) -> None:
    """A role that was told is not told again; a new one is, and a route of a role gone is kept."""
    shipped = SHIPPED.read_text(encoding="utf-8")
    other = tmp_path / "policy.yaml"
    renamed = shipped.replace("ceo", "president").replace("{after: 10m", "{after: 30s")
    other.write_text(renamed, encoding="utf-8")
    with receiving() as receiver:
        with serve(delivery_networks="127.0.0.0/8") as service:
            url = service.settings.database_url.get_secret_value()
            only = {"events": ["escalated"]}
            route(service, f"{receiver.url}/all", "all", **only)
            number = route(service, f"{receiver.url}/ceo", "ceo", roles=["ceo"], **only)
            raised_before(url, "换策略", 6 * MINUTE)
            wait_until(lambda: len(told(receiver, "/all")) == 1, 120)
        with serve(delivery_networks="127.0.0.0/8", policy=other) as service:
            wait_until(lambda: len(told(receiver, "/all")) == 2, 120)
            assert service.get(f"/v1/routes/{number}")["roles"] == ["ceo"]
            changed = service.admin.patch(f"/v1/routes/{number}", json={"roles": ["president"]})
            assert changed.json()["roles"] == ["president"]
    assert [role for _, _, role in told(receiver, "/all")] == ["pr-head", "president"]
    assert told(receiver, "/ceo") == []


def test_who_is_erased_while_a_message_waits_is_not_in_it(serve) -> None:
    person, text = "张三丰", "壶把手烫伤了手"
    now = datetime.now(UTC)
    rows = [
        {
            "id": f"w-{n}",
            "text": f"{text} {n}",
            "created_at": (now - (40 - n) * MINUTE).isoformat(),
            "author_id": "@三丰",
            "customer_id": person,
            "product": "等待",
        }
        for n in range(30)
    ]
    failing = receiving(lambda _: Answer(500))
    with failing as receiver, serve(delivery_networks="127.0.0.0/8") as service:
        route(service, receiver.url, "all")
        service.post(rows)
        wait_until(lambda: len(receiver.calls) == 1, 60)
        assert text in receiver.calls[0].body.decode()
        assert service.admin.delete(f"/v1/customers/{person}").status_code == 200
        receiver.answer = lambda _: Answer()
        wait_until(lambda: service.get("/v1/deliveries", state="delivered")["items"] != [], 60)
    last = receiver.calls[-1]
    assert last.id == receiver.calls[0].id
    assert last.json["data"]["evidence_count"] == 30
    for gone in (text, "三丰", person, "烫手"):
        assert gone not in last.body.decode()
