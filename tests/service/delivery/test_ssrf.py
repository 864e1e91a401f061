"""Where a webhook may go, and that nothing but the checked address is ever called."""

import ssl
from ipaddress import ip_address

import pytest

from service.delivery.letters import HttpRequest, Outcome, Reply
from service.delivery.posting import Wire, post
from service.delivery.ssrf import checked, may_call, networks, split_url
from service.errors import AddressRefusedError
from tests.service.api.receivers import Answer, certificate, receiving, serving_as, trusting

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "::127.0.0.1",
    "fd00:ec2::254",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "223.5.5.5",
    "2400:3200::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", REFUSED)
def test_refused(address: str) -> None:
    assert not may_call(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert may_call(ip_address(address))


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"])
def test_what_its_owner_allows(address: str) -> None:
    assert may_call(ip_address(address), networks("10.0.0.0/8, fd00::/16"))
    assert not may_call(ip_address("192.168.0.1"), networks("10.0.0.0/8"))


def test_one_private_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(AddressRefusedError):
        checked("h", 80, (), lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert checked("h", 80, (), lambda *_: ["8.8.8.8"]) == ("8.8.8.8",)
    with pytest.raises(AddressRefusedError):
        checked("h", 80, (), lambda *_: ["fe80::1%eth0"])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://h/",
        "//h/",
        "http://",
        "http://u@h/",
        "http://:p@h/",
        "http://h:0/",
        "http://h:70000/",
        "http://h /",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        split_url(url)


def request(url: str) -> HttpRequest:
    return HttpRequest(url, {"content-type": "application/json"}, b"{}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "127.1", "[::1]"]
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        outcome = post(request(f"http://{host}:{port}/"), Wire(timeout=3.0))
        assert outcome in (Outcome("address refused"), Outcome("host not found"))
        assert not receiver.calls


def test_a_name_that_changes_its_mind_leads_nowhere() -> None:
    """DNS rebinding: asked once, so the second, private answer is never used."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        wire = Wire(allowed=networks("127.0.0.1"), resolving=rebinding, timeout=3.0)
        reply = post(request(f"http://rebind.test:{port}/x?y=1"), wire)
    assert isinstance(reply, Reply)
    assert reply.status == 200
    assert asked == ["rebind.test"]
    (call,) = receiver.calls
    assert (call.headers["host"], call.path) == (f"rebind.test:{port}", "/x?y=1")


def test_a_redirect_is_not_followed() -> None:
    with receiving() as inner, receiving() as outer:
        outer.answer = lambda _: Answer(307, headers={"location": inner.url})
        reply = post(request(outer.url), Wire(allowed=networks("127.0.0.1")))
    assert isinstance(reply, Reply)
    assert reply.status == 307
    assert not inner.calls


def test_a_second_address_is_tried_where_the_first_does_not_connect() -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        wire = Wire(
            allowed=networks("127.0.0.0/8,::1"),
            resolving=lambda *_: ["::1", "127.0.0.1"],
            timeout=3.0,
        )
        assert isinstance(post(request(f"http://both.test:{port}"), wire), Reply)


def test_an_answer_without_end_is_read_no_further() -> None:
    with receiving(lambda _: Answer(body=b"x" * 300_000)) as receiver:
        reply = post(request(receiver.url), Wire(allowed=networks("127.0.0.1")))
    assert isinstance(reply, Reply)
    assert len(reply.body) == 64 * 1024


@pytest.mark.parametrize(
    ("named", "outcome"), [("hooks.test", None), ("other.test", Outcome("tls"))]
)
def test_the_certificate_is_that_of_the_name(tmp_path, named: str, outcome) -> None:
    file = certificate(tmp_path, named)
    with receiving(tls=serving_as(file)) as receiver:
        port = receiver.url.rpartition(":")[2]
        wire = Wire(
            allowed=networks("127.0.0.1"),
            resolving=lambda *_: ["127.0.0.1"],
            trusted=trusting(file),
        )
        reply = post(request(f"https://hooks.test:{port}/"), wire)
    assert reply == (outcome or Reply(200, b'{"code":0,"errcode":0}'))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    with receiving(tls=serving_as(file)) as receiver:
        wire = Wire(allowed=networks("127.0.0.1"), trusted=ssl.create_default_context())
        assert post(request(receiver.url), wire) == Outcome("tls")


@pytest.mark.parametrize(
    ("host", "error"),
    [("no-such-host.invalid", "host not found"), ("127.0.0.1:9", "connection")],
)
def test_nobody_there(host: str, error: str) -> None:
    outcome = post(request(f"http://{host}/"), Wire(allowed=networks("127.0.0.1"), timeout=20.0))
    assert outcome == Outcome(error)
