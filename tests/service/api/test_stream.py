"""The stream of what happens to alerts: nothing lost, nothing twice, ended when it has to be."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest

from service.alerts import stream_router
from service.api import feed

STREAM = "/v1/alerts/stream"


@dataclass
class Reader:
    """Reads a stream in a thread, as a browser would."""

    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    events: list[dict[str, object]] = field(default_factory=list)
    comments: int = 0
    begins: str | None = None
    over: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)

    def read(self, client: httpx.Client, params: dict[str, int]) -> None:
        try:
            with client.stream("GET", STREAM, headers=self.headers, params=params) as answer:
                self.status = answer.status_code
                self._take(answer.iter_lines())
        except httpx.TransportError:
            pass
        finally:
            self.over.set()

    def _take(self, lines: Iterator[str]) -> None:
        event: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.comments += 1
            elif line:
                event[name] = value
            elif "data" in event:
                self.events.append({**event, "data": json.loads(event["data"])})
                event = {}
            else:
                self.begins = event.get("id", self.begins)
                event = {}
            if self.leave.is_set():
                return

    def of(self, alert: str) -> list[str]:
        return [e["event"] for e in self.events if e["data"]["alert_id"] == alert]

    @property
    def ids(self) -> list[int]:
        return [int(event["id"]) for event in self.events]


@contextmanager
def reading(client: httpx.Client, last: int | None = None, **params: int) -> Iterator[Reader]:
    """Read for as long as the block lasts; it begins once the stream has begun."""
    reader = Reader({} if last is None else {"Last-Event-ID": str(last)})
    thread = threading.Thread(target=reader.read, args=(client, params))
    thread.start()
    try:
        until(lambda: reader.begins is not None or reader.over.is_set())
        yield reader
    finally:
        reader.leave.set()
        client.close()
        thread.join()


def until(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def heartbeat(monkeypatch) -> None:
    """A heart that beats fast enough for readers to leave, and for a test to hear it."""
    monkeypatch.setattr(stream_router, "HEARTBEAT", 0.2)


def test_every_line_is_one_event(service, put_alert) -> None:
    with reading(service.scoped("support")) as reader:
        alert = put_alert("流水")
        path = f"/v1/alerts/{alert}"
        service.scoped("pr").post(f"{path}/acknowledge", json={"note": "张三 13812345678"})
        service.scoped("pr").post(f"{path}/comments", json={"text": "已联系李四"})
        until(lambda: len(reader.of(alert)) == 3)
        until(lambda: reader.comments > 0)
    assert reader.of(alert) == ["raise", "acknowledge", "comment"]
    assert reader.ids == sorted(set(reader.ids))
    told = reader.events[1]["data"]
    assert (told["from_state"], told["to_state"], told["version"]) == ("firing", "acknowledged", 2)
    assert (told["product"], told["level"], told["category"]) == ("流水", 3, "quality")
    everything = json.dumps(reader.events, ensure_ascii=False)
    assert not [name for name in ("张三", "李四", "138", '"who"', '"note"') if name in everything]


def test_resumes_where_it_was_cut_off(service, put_alert) -> None:
    with reading(service.admin) as first:
        alerts = [put_alert("续传") for _ in range(3)]
        until(lambda: len(first.events) == 3)
    alerts += [put_alert("续传") for _ in range(3)]
    with reading(service.admin, last=first.ids[1]) as second:
        alerts += [put_alert("续传") for _ in range(2)]
        until(lambda: len(second.events) >= 6)
        time.sleep(0.7)
    seen = [event["data"]["alert_id"] for event in first.events[:2] + second.events]
    assert seen == alerts
    with reading(service.admin, after=first.ids[2]) as third:
        until(lambda: len(third.events) >= 5)
    assert third.ids == second.ids[1:]
    with reading(service.admin, after=0) as whole:
        until(lambda: second.ids[-1] in whole.ids)
    assert whole.ids[-8:] == first.ids[:2] + second.ids


def test_who_has_just_connected_knows_where_to_resume(service, put_alert) -> None:
    with reading(service.admin) as idle:
        pass
    put_alert("空闲后")
    with reading(service.admin, last=int(idle.begins)) as back:
        until(lambda: len(back.events) == 1)
    assert back.events[0]["data"]["product"] == "空闲后"


def add_line(connection: psycopg.Connection, alert: str, note: str) -> int:
    (number,) = connection.execute(
        "INSERT INTO alert_changes (alert_id, at, who, event, to_state, version, note)"
        " VALUES (%s, now(), 'a', 'comment', 'firing', 1, %s) RETURNING number",
        [alert, note],
    ).fetchone()
    return number


@pytest.mark.parametrize("connected", [True, False], ids=["connected", "resumes between"])
def test_what_is_committed_later_comes_later_whatever_its_number(
    service, put_alert, connected: bool
) -> None:
    slow_alert, fast_alert = put_alert("慢"), put_alert("快")
    url = service.settings.database_url.get_secret_value()
    with (
        reading(service.admin) as reader,
        psycopg.connect(url) as slow,
        psycopg.connect(url) as fast,
    ):
        low = add_line(slow, slow_alert, "slow")
        high = add_line(fast, fast_alert, "fast")
        assert low < high
        fast.commit()
        until(lambda: len(reader.events) == 1)
        last = reader.ids[-1]
        assert reader.of(fast_alert) == ["comment"]
        if connected:
            slow.commit()
            until(lambda: len(reader.events) == 2)
        else:
            reader.leave.set()
            reader.over.wait(20)
            slow.commit()
            with reading(service.admin, last=last) as back:
                until(lambda: len(back.events) == 1)
                time.sleep(0.7)
            reader.events += back.events
    numbers = [event["data"]["number"] for event in reader.events]
    assert numbers == [high, low]
    assert reader.ids == sorted(reader.ids)


def test_many_writers_and_a_reader_that_comes_and_goes(service, put_alert) -> None:
    alert = put_alert("众写")
    url = service.settings.database_url.get_secret_value()
    with reading(service.admin) as reader:
        pass
    begin = int(reader.begins)

    def write(number: int) -> None:
        with psycopg.connect(url) as connection:
            for line in range(15):
                add_line(connection, alert, f"{number}-{line}")
                time.sleep(0.003 * (number % 3))
                connection.commit() if line % 5 else connection.rollback()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    numbers: list[int] = []
    for _ in range(4):
        with reading(service.admin, last=seen[-1] if seen else begin) as part:
            time.sleep(0.4)
        seen += part.ids
        numbers += [event["data"]["number"] for event in part.events]
    for writer in writers:
        writer.join()
    with reading(service.admin, last=seen[-1] if seen else begin) as rest:
        until(lambda: len(seen) + len(rest.events) >= 72)
        time.sleep(0.7)
    seen += rest.ids
    numbers += [event["data"]["number"] for event in rest.events]
    assert seen == sorted(set(seen))
    with psycopg.connect(url) as connection:
        stored = connection.execute(
            "SELECT number FROM alert_changes WHERE alert_id = %s AND event = 'comment'", [alert]
        ).fetchall()
    assert len(numbers) == 72
    assert sorted(numbers) == sorted(number for (number,) in stored)


def test_who_is_far_behind_reads_from_the_database(service, put_alert, monkeypatch) -> None:
    monkeypatch.setattr(feed, "KEPT", 3)
    monkeypatch.setattr(feed, "AT_ONCE", 2)
    with reading(service.admin) as steady:
        begin = int(steady.begins)
        alerts = [put_alert("落后") for _ in range(10)]
        until(lambda: len(steady.events) == 10)
        with reading(service.admin, last=begin) as late:
            until(lambda: len(late.events) == 10)
            alerts.append(put_alert("落后"))
            until(lambda: len(late.events) == len(steady.events) == 11)
    assert [event["data"]["alert_id"] for event in late.events] == alerts
    assert late.events == steady.events


@pytest.mark.parametrize(
    ("headers", "params", "status"),
    [
        ({"Last-Event-ID": "soon"}, {}, 422),
        ({"Last-Event-ID": "-1"}, {}, 422),
        ({"Last-Event-ID": "9" * 30}, {}, 422),
        ({"Last-Event-ID": "1000000"}, {}, 422),
        ({}, {"after": 1_000_000}, 422),
        ({}, {"after": "x"}, 422),
    ],
)
def test_places_that_do_not_exist(service, headers, params, status: int) -> None:
    assert service.admin.get(STREAM, headers=headers, params=params).status_code == status


def test_a_key_has_five_streams_and_gets_one_back(service) -> None:
    key = service.admin.post("/v1/keys", json={"name": "five", "scopes": ["pr"]}).json()["key"]
    clients = [service.client(key) for _ in range(feed.MOST_STREAMS)]
    answers = [c.send(c.build_request("GET", STREAM), stream=True) for c in clients]
    assert {answer.status_code for answer in answers} == {200}
    refused = service.client(key).get(STREAM)
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:tingyin:problem:too-many"
    with service.scoped("pr").stream("GET", STREAM) as another:
        assert another.status_code == 200
    answers[0].close()

    def again() -> bool:
        with service.client(key).stream("GET", STREAM) as answer:
            return answer.status_code == 200

    until(again)
    for answer in answers:
        answer.close()


def test_the_streams_of_a_revoked_key_end(service) -> None:
    made = service.admin.post("/v1/keys", json={"name": "gone", "scopes": ["pr"]}).json()
    with reading(service.client(made["key"])) as reader, reading(service.admin) as other:
        service.admin.delete(f"/v1/keys/{made['id']}")
        assert reader.over.wait(3)
        assert not other.over.is_set()


def test_it_ends_at_once_when_the_service_stops(serve) -> None:
    with serve(worker=False) as service:
        client = service.client(service.admin_key)
        service.clients.remove(client)
        reader = Reader()
        thread = threading.Thread(target=reader.read, args=(client, {}))
        thread.start()
        until(lambda: reader.begins is not None)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5
    assert reader.over.wait(1)
    thread.join()
    client.close()
