"""From a change of an alert to the receiver: outbox, routes, retries, dead letters, leases."""

import base64
import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service import outbox
from service.alerts.state import Event
from service.alerts.store import record
from service.database.tables import Alert
from service.delivery import deliveries, service
from service.delivery.backoff import SCHEDULE
from service.delivery.consent import always
from service.delivery.dispatching import dispatch
from service.delivery.posting import Wire
from service.delivery.schemas import Rotation, RouteChange
from service.delivery.ssrf import networks
from service.delivery.worker import Plan
from service.errors import ConflictError
from service.trail import Entry
from tests.service.api.conftest import wait_until
from tests.service.api.desk import QUICK, ZONE, Desk
from tests.service.api.receivers import Answer, receiving


def test_every_change_reaches_the_webhook_signed_and_once(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        route = desk.route(receiver.url)
        alert = desk.raise_alert(product="养生壶 A1")
        wait_until(lambda: len(receiver.calls) == 1)
        desk.move(alert, Event.ACKNOWLEDGE, "已通知品控")
        wait_until(lambda: len(receiver.calls) == 2)
        desk.move(alert, Event.RESOLVE)
        wait_until(lambda: len(receiver.calls) == 3)
        wait_until(lambda: len(desk.deliveries(state="delivered")) == 3)
    told = [Webhook(route.secret).verify(call.body, call.headers) for call in receiver.calls]
    assert [one["type"] for one in told] == ["alert.raised", "alert.acknowledged", "alert.resolved"]
    assert [one["data"]["state"] for one in told] == ["firing", "acknowledged", "resolved"]
    assert told[0]["data"]["alert_id"] == alert
    assert (told[1]["data"]["who"], told[1]["data"]["note"]) == ("pr", "已通知品控")
    assert len(set(receiver.ids())) == 3
    assert all(len(call.body) < 20_000 for call in receiver.calls)


def test_the_outbox_is_of_the_same_transaction(desk: Desk) -> None:
    alert_id = desk.raise_alert()
    with desk.database.transaction() as session:
        alert = session.get_one(Alert, alert_id)
        record(session, alert, Entry(Event.EVIDENCE, "tingyin", desk.now()), alert.state)
        session.flush()
        session.rollback()
    assert [event.event for event in desk.events()] == ["raise"]


def test_two_that_dispatch_at_once_make_each_delivery_once(desk: Desk) -> None:
    for n in range(3):
        desk.route(f"http://127.0.0.1:9/{n}")
    for n in range(40):
        desk.raise_alert(f"产品 {n}")

    def one(_: int) -> int:
        with desk.database.transaction() as session:
            return dispatch(session, desk.now(), always)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 40
    pairs = [(each.event_number, each.route_id) for each in desk.deliveries()]
    assert len(pairs) == len(set(pairs)) == 120


def test_an_event_that_may_not_notify_is_told_to_nobody(desk: Desk) -> None:
    with receiving() as receiver, desk.working(may_notify=lambda _, event: event.level == 1):
        desk.route(receiver.url)
        desk.raise_alert("静默", level=2)
        desk.raise_alert("紧急", level=1)
        wait_until(lambda: desk.settled() and len(receiver.calls) == 1)
    assert receiver.calls[0].json["data"]["product"] == "紧急"
    assert len(desk.deliveries()) == 1


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        ({"products": ["养生壶*"]}, ["养生壶 A1"]),
        ({"products": ["*A?"]}, ["养生壶 A1"]),
        ({"categories": ["logistics"]}, ["暖风机"]),
        ({"level": 1}, ["暖风机"]),
        ({"events": ["resolved"]}, []),
        ({"enabled": False}, []),
        ({}, ["养生壶 A1", "暖风机"]),
    ],
    ids=["glob", "one character", "category", "level", "event", "switched off", "all"],
)
def test_a_route_gets_what_it_asks_for(desk: Desk, options, heard) -> None:
    with receiving() as receiver, desk.working():
        desk.route(receiver.url, **options)
        desk.raise_alert("养生壶 A1", level=2)
        desk.raise_alert("暖风机", level=1, category="logistics")
        wait_until(desk.settled)
        wait_until(lambda: len(receiver.calls) == len(heard))
    assert [call.json["data"]["product"] for call in receiver.calls] == heard


MISBEHAVING = {
    "slow": (Answer(delay=3.0), "timeout", None),
    "dripping": (Answer(drip=0.2), "timeout", None),
    "500": (Answer(500), "http 500", 500),
    "404": (Answer(404), "http 404", 404),
    "reset": (Answer(reset=True), "broken answer", None),
    "redirect": (Answer(302, headers={"location": "http://169.254.169.254/"}), "redirect", 302),
    "429": (Answer(429, headers={"retry-after": "120"}), "http 429", 429),
}


@pytest.mark.parametrize("name", MISBEHAVING)
def test_a_receiver_that_misbehaves_is_tried_again(desk: Desk, name: str) -> None:
    answer, error, status = MISBEHAVING[name]
    desk.wire = Wire(allowed=networks("127.0.0.0/8"), timeout=1.0)
    with receiving(lambda _: answer) as receiver, desk.working():
        route = desk.route(receiver.url)
        desk.raise_alert()
        wait_until(lambda: len(desk.attempts()) == 1)
        (delivery,) = desk.deliveries()
        assert (delivery.state, delivery.attempts) == ("waiting", 1)
        assert (delivery.last_error, delivery.last_status) == (error, status)
        assert desk.attempts()[0].seconds < 2.5
        least = 119 if name == "429" else 4
        assert (delivery.due_at - desk.now()).total_seconds() > least - 1
        assert desk.row(route.id).failures == 1
        receiver.answer = lambda _: Answer(204, b"")
        desk.skip(seconds=150)
        wait_until(lambda: len(desk.deliveries(state="delivered")) == 1)
    assert len(set(receiver.ids())) == 1
    assert receiver.calls[0].body == receiver.calls[-1].body
    assert desk.row(route.id).failures == 0


def test_a_date_in_retry_after_is_waited_for(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        soon = format_datetime(desk.now() + timedelta(hours=1))
        receiver.answer = lambda _: Answer(503, headers={"retry-after": soon})
        route = desk.route(receiver.url)
        desk.raise_alert()
        wait_until(lambda: len(desk.attempts()) == 1)
    for moment in (desk.deliveries()[0].due_at, desk.row(route.id).not_before):
        assert timedelta(minutes=59) < moment - desk.now() < timedelta(minutes=61)


def test_410_switches_the_route_off_and_the_rest_waits(desk: Desk) -> None:
    with receiving(lambda _: Answer(410)) as receiver, desk.working():
        route = desk.route(receiver.url)
        desk.raise_alert("一")
        wait_until(lambda: desk.deliveries(state="dead"))
        desk.raise_alert("二")
        wait_until(lambda: all(event.expanded_at for event in desk.events()))
        row = desk.row(route.id)
        assert (row.enabled, row.disabled_because) == (False, "410 Gone")
        wait_until(lambda: figure(desk, "tingyin_routes_switched_off") == 1)
        assert len(receiver.calls) == 1


def test_after_ten_tries_it_is_dead_and_can_be_replayed_under_its_id(desk: Desk) -> None:
    with receiving(lambda _: Answer(500)) as receiver, desk.working():
        route = desk.route(receiver.url)
        desk.raise_alert()
        for tries, wait in enumerate(SCHEDULE[1:], 1):
            wait_until(lambda tries=tries: len(desk.attempts()) == tries)
            (delivery,) = desk.deliveries()
            asked = delivery.due_at - desk.attempts()[-1].at
            assert 0.89 * wait < asked < 1.11 * wait + timedelta(seconds=1)
            desk.skip(seconds=1.2 * wait.total_seconds() + 400)
        wait_until(lambda: desk.deliveries(state="dead"))
        assert len(receiver.calls) == len(SCHEDULE) == 10
        receiver.answer = lambda _: Answer()
        (dead,) = desk.deliveries(state="dead")
        with desk.database.transaction() as session:
            again = deliveries.replay(session, dead.id, desk.now())
            session.execute(text("UPDATE routes SET not_before = NULL"))
        assert again.state == "waiting"
        wait_until(lambda: desk.deliveries(state="delivered"))
        with pytest.raises(ConflictError), desk.database.transaction() as session:
            deliveries.replay(session, dead.id, desk.now())
        with desk.database.transaction() as session:
            assert deliveries.replay_all(session, route.id, desk.now()).replayed == 0
    assert len(set(receiver.ids())) == 1


def test_hosts_that_do_not_answer_hold_up_nobody_else(desk: Desk) -> None:
    with receiving(lambda _: Answer(delay=4.0)) as stuck, receiving() as fine:
        for n in range(12):
            desk.route(f"{stuck.url}/{n}")
        desk.route(fine.url)
        with desk.working(Plan(at_once=4, poll=0.02)):
            for n in range(5):
                desk.raise_alert(f"产品 {n}")
            wait_until(lambda: len(fine.calls) == 5, 12.0)
        inflight = [
            sum(abs(a.at - b.at) < 1.9 for b in stuck.calls if a.path == b.path)
            for a in stuck.calls
        ]
    assert set(inflight) == {1}


def test_the_order_of_an_alert_is_kept(desk: Desk) -> None:
    with receiving(lambda _: Answer(delay=0.02)) as receiver, desk.working():
        desk.route(receiver.url)
        alert = desk.raise_alert()
        for event in (Event.ACKNOWLEDGE, Event.RESOLVE, Event.RETURN, Event.RESOLVE):
            desk.move(alert, event)
        wait_until(lambda: len(receiver.calls) == 5)
    versions = [call.json["data"]["version"] for call in receiver.calls]
    assert versions == sorted(versions)


def verifies(secret: str, call) -> bool:
    try:
        Webhook(secret).verify(call.body, call.headers)
    except WebhookVerificationError:
        return False
    return True


def test_while_a_rotation_overlaps_both_secrets_sign(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        route = desk.route(receiver.url)
        with desk.database.transaction() as session:
            new = service.rotate(session, route.id, Rotation(overlap_hours=1), desk.act())
        desk.raise_alert("期间")
        wait_until(lambda: len(receiver.calls) == 1)
        desk.skip(hours=2)
        desk.raise_alert("之后")
        wait_until(lambda: len(receiver.calls) == 2)
    during, after = receiver.calls
    assert verifies(route.secret, during)
    assert verifies(new.secret, during)
    signature = f"{after.id}.{after.headers['webhook-timestamp']}.".encode() + after.body
    key = base64.b64decode(new.secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signature, hashlib.sha256).digest()).decode()
    assert after.headers["webhook-signature"] == f"v1,{digest}"


def feishu_is_right(call, secret: str) -> bool:
    key = f"{call.json['timestamp']}\n{secret}".encode()
    digest = hmac.new(key, b"", hashlib.sha256).digest()
    return call.json["sign"] == base64.b64encode(digest).decode()


def dingtalk_is_right(call, secret: str) -> bool:
    query = parse_qs(urlsplit(call.path).query)
    stamp = query["timestamp"][0]
    assert abs(int(stamp) / 1000 - time.time()) < 60
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return query["sign"][0] == base64.b64encode(digest).decode()


ROBOTS = {
    "feishu": ("secret-f", feishu_is_right, lambda j: j["content"]["post"]["zh_cn"]["title"]),
    "dingtalk": ("SECd+/=", dingtalk_is_right, lambda j: j["markdown"]["title"]),
    "wecom": (None, lambda call, secret: "key=k" in call.path, lambda j: j["markdown"]["content"]),
}


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_robot_is_signed_as_its_maker_says(desk: Desk, kind: str) -> None:
    secret, is_right, title = ROBOTS[kind]
    with receiving() as receiver, desk.working():
        desk.route(f"{receiver.url}/send?key=k", kind, secret=secret)
        desk.raise_alert("养生壶 A1")
        wait_until(lambda: desk.deliveries(state="delivered"))
    (call,) = receiver.calls
    assert is_right(call, secret)
    assert "听音" in title(call.json)
    assert "II 级（重大）" in title(call.json)
    whole = json.dumps(call.json, ensure_ascii=False)
    assert "养生壶 A1" in whole
    assert "40 条，预期 2.5 条" in whole


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', "code 19021"),
        ("feishu", b'{"StatusCode":0}', "no code in the answer"),
        ("dingtalk", b'{"errcode":310000,"errmsg":"sign not match"}', "errcode 310000"),
        ("dingtalk", b'{"errcode":130101}', "errcode 130101"),
        ("wecom", b'{"errcode":93000}', "errcode 93000"),
        ("wecom", b"<html>", "no code in the answer"),
    ],
)
def test_200_is_not_yet_success_for_a_robot(desk: Desk, kind, body, error) -> None:
    with receiving(lambda _: Answer(200, body)) as receiver, desk.working():
        route = desk.route(receiver.url, kind)
        desk.raise_alert()
        wait_until(lambda: len(desk.attempts()) == 1)
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.last_error) == ("waiting", error)
    rest = desk.row(route.id).not_before - desk.now()
    assert (rest > timedelta(minutes=8)) == (error == "errcode 130101")


def test_more_than_the_limit_takes_is_gathered_and_each_is_named(desk: Desk) -> None:
    with receiving() as receiver:
        desk.route(receiver.url, "wecom")
        for n in range(60):
            desk.raise_alert(f"产品-{n:02d}-")
        with desk.working(), desk.working():
            wait_until(lambda: len(desk.deliveries(state="delivered")) == 60)
    assert len(receiver.calls) <= 20
    contents = [call.json["markdown"]["content"] for call in receiver.calls]
    assert all(len(content.encode()) <= 4096 for content in contents)
    assert all(any(f"产品-{n:02d}-" in content for content in contents) for n in range(60))


def test_workers_and_routes_share_the_limit_of_a_target(desk: Desk) -> None:
    """Two routes, two workers, one robot: never more than 20 in any minute."""
    with receiving() as receiver:
        for _ in range(2):
            desk.route(receiver.url, "dingtalk")
        with desk.working(), desk.working():
            for n in range(30):
                desk.raise_alert(f"产品-{n:02d}-")
                if n % 5 == 0:
                    time.sleep(0.2)
            wait_until(lambda: len(receiver.calls) == 20)
            time.sleep(0.5)
            assert len(receiver.calls) == 20
            desk.skip(seconds=61)
            wait_until(lambda: len(desk.deliveries(state="delivered")) == 60)
    assert len(receiver.calls) <= 40


def test_a_window_gathers(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        desk.route(receiver.url, window_seconds=600)
        for n in range(3):
            desk.raise_alert(f"产品 {n}")
        time.sleep(0.3)
        assert not receiver.calls
        desk.skip(seconds=601)
        wait_until(lambda: len(receiver.calls) == 1)
    told = receiver.calls[0].json
    assert told["type"] == "alert.several"
    assert [e["product"] for e in told["data"]["events"]] == ["产品 0", "产品 1", "产品 2"]


def test_quiet_hours_hold_back_all_but_level_one(desk: Desk) -> None:
    always_quiet = {"zone": "Asia/Shanghai", "start": "00:00", "end": "00:00"}
    today = [desk.now().astimezone(ZONE).isoweekday()]
    with receiving() as receiver, desk.working():
        route = desk.route(receiver.url, quiet_hours=always_quiet | {"weekdays": today})
        desk.raise_alert("二级", level=2)
        desk.raise_alert("一级", level=1)
        wait_until(lambda: len(receiver.calls) == 1)
        wait_until(lambda: any(d.due_at > desk.now() for d in desk.deliveries()))
        assert receiver.calls[0].json["data"]["product"] == "一级"
        act = desk.act()
        with desk.database.transaction() as session:
            service.change(session, route.id, RouteChange(quiet_hours=None), (), act)
        wait_until(lambda: len(receiver.calls) == 2)


def test_what_a_killed_worker_was_sending_is_sent_again_under_its_id(desk: Desk) -> None:
    """The lease of a worker that is gone ends; the message composed before stays the same."""
    with receiving() as receiver:
        desk.route(receiver.url)
        desk.raise_alert()
        gone = threading.Event()

        def never_noted(letter):
            gone.set()
            raise SystemExit

        desk.send = never_noted
        with desk.working():
            wait_until(gone.is_set)
        (claimed,) = desk.deliveries()
        assert claimed.state == "waiting"
        assert claimed.message_id is not None
        desk.send = None
        with desk.working():
            time.sleep(0.3)
            assert not receiver.calls
            desk.skip(seconds=6)
            wait_until(lambda: len(desk.deliveries(state="delivered")) == 1)
    assert receiver.ids() == [claimed.message_id]


def test_it_works_on_after_the_database_ended_every_connection(desk: Desk) -> None:
    with receiving() as receiver, desk.working() as worker:
        desk.route(receiver.url)
        desk.raise_alert("之前")
        wait_until(lambda: len(desk.deliveries(state="delivered")) == 1)
        with desk.database.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        desk.raise_alert("之后")
        wait_until(lambda: len(receiver.calls) == 2)
        assert worker.working


def test_figures_tell_what_waits_and_what_came_of_it(desk: Desk) -> None:
    with receiving(lambda _: Answer(500)) as receiver, desk.working():
        desk.route(receiver.url)
        desk.raise_alert()
        wait_until(lambda: len(desk.attempts()) == 1)
        desk.skip(seconds=3)
        wait_until(lambda: figure(desk, "tingyin_delivery_oldest_waiting_seconds") > 2.5)
        assert figure(desk, "tingyin_delivery_oldest_waiting_seconds") < 30
        assert figure(desk, "tingyin_deliveries_waiting") == 1
    assert figure(desk, 'tingyin_deliveries_total{channel="webhook",result="failed"}') == 1


def figure(desk: Desk, name: str) -> float:
    lines = desk.metrics.text().decode().splitlines()
    return next(float(line.removeprefix(name)) for line in lines if line.startswith(f"{name} "))


def test_a_target_sealed_with_another_key_rests_and_is_told(desk: Desk, caplog) -> None:
    with receiving() as receiver:
        route = desk.route(receiver.url)
        desk.raise_alert()
        other = Desk(desk.database)
        with other.working():
            wait_until(lambda: desk.row(route.id).not_before is not None)
        assert not receiver.calls
        assert desk.deliveries()[0].state == "waiting"


def test_an_erased_person_leaves_the_outbox_as_well(desk: Desk) -> None:
    alert = desk.raise_alert(quotes=[{"id": "1", "text": "我的话"}, {"id": "2", "text": "别人"}])
    with desk.database.transaction() as session:
        outbox.forget(session, alert, {"1"})
    (event,) = desk.events()
    assert [quote["id"] for quote in event.snapshot["quotes"]] == ["2"]
    assert event.snapshot["reasons"] == event.snapshot["keyphrases"] == []


def test_an_event_of_another_version_holds_up_nobody(desk: Desk) -> None:
    desk.raise_alert("旧版")
    with desk.database.transaction() as session:
        session.execute(text("UPDATE outbox_events SET snapshot = '{}'"))
    with receiving() as receiver, desk.working():
        desk.route(receiver.url)
        desk.raise_alert("新版")
        wait_until(lambda: len(receiver.calls) == 1)
    assert receiver.calls[0].json["data"]["product"] == "新版"


def test_a_route_that_cannot_be_read_holds_up_nobody(desk: Desk) -> None:
    with receiving() as receiver:
        broken = desk.route(receiver.url, quiet_hours={"start": "22:00", "end": "08:00"})
        desk.route(f"{receiver.url}/fine")
        with desk.database.transaction() as session:
            gone = text('UPDATE routes SET quiet_hours = \'{"zone": "Mars/X"}\' WHERE id = :id')
            session.execute(gone, {"id": broken.id})
        desk.raise_alert()
        with desk.working():
            wait_until(lambda: len(receiver.calls) == 1)
            wait_until(lambda: desk.row(broken.id).not_before is not None)
    assert receiver.calls[0].path == "/fine"


def test_a_letter_that_cannot_be_written_counts_as_a_try(desk: Desk) -> None:
    desk.route("a@example.com", "email")
    desk.raise_alert()
    with desk.working():
        wait_until(lambda: len(desk.attempts()) == 1)
    assert desk.deliveries()[0].last_error == "no mail server is set"


def test_level_one_waits_for_no_window(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        desk.route(receiver.url, window_seconds=600)
        desk.raise_alert("二级", level=2)
        time.sleep(0.2)
        assert not receiver.calls
        desk.raise_alert("一级", level=1)
        wait_until(lambda: len(receiver.calls) == 1)
    events = receiver.calls[0].json["data"]["events"]
    assert [each["product"] for each in events] == ["二级", "一级"]


def test_what_is_old_and_told_is_forgotten(desk: Desk) -> None:
    with receiving() as receiver, desk.working(replace(QUICK, forget_every=0.05)):
        desk.route(receiver.url)
        desk.raise_alert()
        wait_until(lambda: desk.deliveries(state="delivered"))
        desk.skip(days=89)
        time.sleep(0.2)
        assert desk.events()
        desk.skip(days=2)
        wait_until(lambda: not desk.events())
    assert not desk.deliveries()
    assert not desk.attempts()


def test_feishu_is_spared_the_rush_of_the_full_hour(desk: Desk) -> None:
    """Level II waits 90 seconds longer than quiet hours say, for this channel alone."""
    now = desk.now().astimezone(ZONE)
    span = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now:%H:%M}"}
    with receiving() as receiver, desk.working():
        for kind in ("feishu", "dingtalk"):
            desk.route(f"{receiver.url}/{kind}", kind, quiet_hours=span)
        desk.raise_alert(level=2)
        wait_until(lambda: len(receiver.calls) == 1)
        wait_until(lambda: any(d.due_at > desk.now() for d in desk.deliveries()))
        desk.skip(seconds=90)
        wait_until(lambda: len(receiver.calls) == 2)
    assert [call.path for call in receiver.calls] == ["/dingtalk", "/feishu"]


def test_a_clock_that_is_set_back_holds_nothing_up(desk: Desk) -> None:
    """What was written before waits for no hour that comes again: event, lease, nor limit."""
    robot = {"kind": "wecom", "name": "robot"}
    with receiving() as receiver:
        leased = desk.route(f"{receiver.url}/leased")
        desk.route(f"{receiver.url}/robot", **robot)
        desk.skip(hours=1)
        desk.raise_alert("之前")
        with desk.working():
            wait_until(lambda: len(receiver.calls) == 2)
            wait_until(lambda: len(desk.deliveries(state="delivered")) == 2)
        desk.raise_alert("未发")
        with desk.database.transaction() as session:
            ahead = {"lease": "killed", "until": desk.now() + timedelta(seconds=5)}
            mine = "UPDATE routes SET lease = :lease, leased_until = :until WHERE id = :id"
            session.execute(text(mine), ahead | {"id": leased.id})
            full = "UPDATE rate_windows SET sent_at = array_fill(:until, ARRAY[20])"
            session.execute(text(full), ahead)
        desk.skip(hours=-1)
        with desk.working():
            wait_until(lambda: len(receiver.calls) == 3, 30.0)
            desk.skip(seconds=61)
            wait_until(lambda: len(receiver.calls) == 4, 30.0)
    assert [call.path for call in receiver.calls[2:]] == ["/leased", "/robot"]


def test_a_single_replay_wakes_a_route_that_rests(desk: Desk) -> None:
    with receiving(lambda _: Answer(410)) as receiver, desk.working():
        route = desk.route(receiver.url)
        desk.raise_alert()
        wait_until(lambda: desk.deliveries(state="dead"))
        receiver.answer = lambda _: Answer()
        with desk.database.transaction() as session:
            deliveries.replay(session, desk.deliveries()[0].id, desk.now())
            session.execute(text("UPDATE routes SET enabled = true"))
        wait_until(lambda: desk.deliveries(state="delivered"), 4.0)
    assert len(set(receiver.ids())) == 1
    assert desk.row(route.id).failures == 0


def test_what_happens_while_a_route_is_off_is_not_kept_for_it(desk: Desk) -> None:
    with receiving() as receiver, desk.working():
        route = desk.route(receiver.url, enabled=False)
        desk.raise_alert("历史")
        wait_until(desk.settled)
        with desk.database.transaction() as session:
            service.change(session, route.id, RouteChange(enabled=True), (), desk.act())
        desk.raise_alert("现在")
        wait_until(lambda: desk.deliveries(state="delivered"))
        wait_until(desk.settled)
    assert [call.json["data"]["product"] for call in receiver.calls] == ["现在"]
