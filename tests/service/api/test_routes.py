"""Routes over the API: made, changed, tried out; nothing of a secret comes back."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from service.app import create_app
from service.errors import SettingError
from tests.service.api.conftest import Service, parts_of, serving, settings_for, word_model
from tests.service.api.receivers import Answer, receiving
from tests.service.api.test_alerts import crisis

HIDDEN = "very-hidden-token-1234567890"
SECRET = "whsec_" + "c2VjcmV0" * 4


@pytest.fixture(scope="module")
def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("data")
    settings = settings_for(database_url, folder, delivery_networks="127.0.0.0/8")
    with serving(settings, parts_of(word_model)) as running:
        yield running


@pytest.fixture
def made(service):
    numbers: list[int] = []

    def make(**wanted: object) -> httpx.Response:
        usual = {"name": f"route {len(numbers)}", "kind": "webhook", "target": "http://127.0.0.1:9"}
        answer = service.admin.post("/v1/routes", json=usual | wanted)
        if answer.status_code == 201:
            numbers.append(answer.json()["id"])
        return answer

    yield make
    for number in numbers:
        service.admin.delete(f"/v1/routes/{number}")


def test_from_a_post_to_the_webhook(service, made) -> None:
    with receiving() as receiver:
        route = made(target=f"{receiver.url}/{HIDDEN}").json()
        service.post(crisis("外送"))
        service.wait(lambda: len(receiver.calls) >= 1)
    call = receiver.calls[0]
    told = Webhook(route["secret"]).verify(call.body, call.headers)
    assert told["type"] == "alert.raised"
    assert told["data"]["product"] == "外送"
    assert told["data"]["evidence_count"] == told["data"]["observed"]
    (alert,) = service.get("/v1/alerts", product="外送")["items"]
    service.wait(lambda: service.get("/v1/deliveries", alert_id=alert["id"])["items"] != [])
    (delivery,) = service.get("/v1/deliveries", alert_id=alert["id"])["items"]
    service.wait(lambda: service.get(f"/v1/deliveries/{delivery['id']}")["state"] == "delivered")
    detail = service.get(f"/v1/deliveries/{delivery['id']}")
    assert detail["message_id"] == call.id
    assert [(each["status"], each["error"]) for each in detail["tries"]] == [(200, None)]
    assert service.admin.post(f"/v1/deliveries/{delivery['id']}/replay").status_code == 409


def test_neither_target_nor_secret_comes_back(service, made, capsys) -> None:
    target = f"http://127.0.0.1:9/hook?access_token={HIDDEN}"
    answer = made(kind="dingtalk", target=target, secret=f"SEC{HIDDEN}")
    number = answer.json()["id"]
    shown = [answer.text, service.scoped("pr").get("/v1/routes").text]
    shown += [service.scoped("pr").get(f"/v1/routes/{number}").text]
    changed = service.admin.patch(f"/v1/routes/{number}", json={"target": f"{target}&x=1"})
    rotated = service.admin.post(f"/v1/routes/{number}/rotate", json={"secret": f"SEC2{HIDDEN}"})
    tried = service.admin.post(f"/v1/routes/{number}/test")
    shown += [changed.text, rotated.text, tried.text, service.stored()]
    out = capsys.readouterr()
    assert all(HIDDEN not in text for text in (*shown, out.out, out.err))
    assert answer.json()["target"] == "http://127.0.0.1:9/…"
    assert answer.json()["has_secret"] is True
    assert answer.json()["secret"] is None
    assert tried.json()["delivered"] is False
    assert tried.json()["error"] == "connection"
    assert "firewall" in tried.json()["hint"]["en"]


@pytest.mark.parametrize(
    ("kind", "secret", "body", "status", "signed"),
    [
        ("webhook", None, {}, 200, True),
        ("webhook", SECRET, {"secret": "whsec_short"}, 422, True),
        ("feishu", "s", {}, 422, True),
        ("feishu", None, {"secret": "s"}, 200, True),
        ("dingtalk", "SEC1", {"secret": "SEC2"}, 200, True),
        ("wecom", None, {}, 422, False),
        ("email", None, {"secret": "s"}, 422, False),
    ],
)
def test_no_secret_is_lost_by_rotating(service, made, kind, secret, body, status, signed) -> None:
    target = "a@example.com" if kind == "email" else "http://127.0.0.1:9"
    number = made(kind=kind, target=target, secret=secret).json()["id"]
    answer = service.admin.post(f"/v1/routes/{number}/rotate", json=body)
    assert answer.status_code == status, answer.text
    assert service.get(f"/v1/routes/{number}")["has_secret"] is signed


def test_a_test_message_tells_what_came_of_it(service, made) -> None:
    with receiving() as receiver:
        route = made(target=receiver.url, secret=SECRET).json()
        address = f"/v1/routes/{route['id']}/test"
        assert service.admin.post(address).json()["delivered"] is True
        receiver.answer = lambda _: Answer(503)
        result = service.admin.post(address).json()
    assert (result["delivered"], result["status"], result["error"]) == (False, 503, "http 503")
    told = Webhook(SECRET).verify(receiver.calls[0].body, receiver.calls[0].headers)
    assert told["type"] == "alert.test"
    assert receiver.ids()[1] == result["message_id"]


@pytest.mark.parametrize(
    ("kind", "body", "word", "remedy"),
    [
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', "code 19021", "密钥"),
        ("feishu", b'{"code":19024}', "code 19024", "听音"),
        ("dingtalk", b'{"errcode":310000}', "errcode 310000", "听音"),
        ("wecom", b'{"errcode":93000}', "errcode 93000", "PATCH"),
        ("wecom", b"<html>", "no code in the answer", "kind"),
        ("wecom", b'{"errcode":987654}', "errcode 987654", None),
        ("wecom", b'{"errcode":0}', None, None),
    ],
)
def test_a_robot_that_refuses_is_told_with_a_remedy(service, made, kind, body, word, remedy):
    with receiving(lambda _: Answer(body=body)) as receiver:
        route = made(kind=kind, target=receiver.url).json()
        result = service.admin.post(f"/v1/routes/{route['id']}/test").json()
    assert (result["delivered"], result["error"]) == (word is None, word)
    assert (result["hint"] is None) == (remedy is None)
    assert remedy is None or remedy in result["hint"]["zh"]


def test_alertmanagers_body(service, made) -> None:
    with receiving() as receiver:
        route = made(target=receiver.url, format="alertmanager").json()
        service.admin.post(f"/v1/routes/{route['id']}/test")
    told = receiver.calls[0].json
    assert told["version"] == "4"
    assert {"status", "labels", "annotations", "startsAt", "endsAt", "fingerprint"} <= set(
        told["alerts"][0]
    )


def test_a_test_counts_towards_the_limit(service, made) -> None:
    with receiving() as receiver:
        route = made(target=receiver.url, rate_per_minute=2).json()
        address = f"/v1/routes/{route['id']}/test"
        statuses = [service.admin.post(address).status_code for _ in range(3)]
    assert statuses == [200, 200, 409]


def test_a_route_is_changed_switched_and_removed(service, made) -> None:
    route = made(name="改前", level=2).json()
    address = f"/v1/routes/{route['id']}"
    changed = service.admin.patch(address, json={"name": "改后", "enabled": False}).json()
    assert (changed["name"], changed["enabled"], changed["level"]) == ("改后", False, 2)
    quiet = {"zone": "Europe/Berlin", "start": "22:00", "end": "06:30", "weekdays": [6, 7]}
    changed = service.admin.patch(address, json={"quiet_hours": quiet}).json()
    assert changed["quiet_hours"] == quiet | {"level_one_passes": True}
    assert service.admin.patch(address, json={"quiet_hours": None}).json()["quiet_hours"] is None
    assert service.admin.delete(address).status_code == 200
    assert service.admin.get(address).status_code == 404


WRONG = {
    "no scheme": ({"target": "127.0.0.1:80"}, 422),
    "ftp": ({"target": "ftp://example.com/"}, 422),
    "a password in it": ({"target": "http://u:p@127.0.0.1/"}, 422),
    "private": ({"target": "http://10.0.0.1/"}, 422),
    "metadata": ({"target": "http://169.254.169.254/latest/meta-data"}, 422),
    "mapped": ({"target": "http://[::ffff:10.0.0.1]/"}, 422),
    "port": ({"target": "http://127.0.0.1:99999/"}, 422),
    "header": ({"target": "http://127.0.0.1/\r\nx: y"}, 422),
    "nul": ({"target": "http://127.0.0.1/\x00"}, 422),
    "kind": ({"kind": "fax"}, 422),
    "secret": ({"secret": "whsec_short"}, 422),
    "secret of wecom": ({"kind": "wecom", "secret": "x"}, 422),
    "mail": ({"kind": "email", "target": "nobody"}, 422),
    "mail header": ({"kind": "email", "target": "a@b.cn\r\nBcc: c@d.cn"}, 422),
    "event": ({"events": ["exploded"]}, 422),
    "zone": ({"quiet_hours": {"zone": "Mars/X", "start": "1:00", "end": "2:00"}}, 422),
    "unknown": ({"colour": "red"}, 422),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_route_is_told_in_both_languages(service, made, name: str) -> None:
    wrong, status = WRONG[name]
    answer = made(**wrong)
    assert answer.status_code == status
    client = service.client(service.admin_key, **{"Accept-Language": "zh"})
    usual = {"name": "错", "kind": "webhook", "target": "http://127.0.0.1:9"}
    chinese = client.post("/v1/routes", json=usual | wrong)
    assert re.search("[一-鿿]", chinese.json()["detail"])


def test_a_name_is_taken_once(service, made) -> None:
    assert made(name="同名").status_code == 201
    assert made(name="同名").status_code == 409


def test_a_key_that_is_lost_stops_the_start(serve, tmp_path) -> None:
    body = {"name": "x", "kind": "wecom", "target": "http://127.0.0.1:9"}
    with serve(delivery_networks="127.0.0.0/8") as first:
        assert first.admin.post("/v1/routes", json=body).status_code == 201
    file = tmp_path / "data" / "secret-key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    app = create_app(first.settings, parts_of(word_model))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(SettingError, match="another key"):
        asyncio.run(start())
