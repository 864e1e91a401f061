"""Mail handed over to a real SMTP server on loopback."""

import email
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from service.delivery.letters import Letter, Part
from service.delivery.mail import MailServer, hand_over, mail, mail_server
from tests.service.api.receivers import certificate, serving_as, trusting

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LETTER = Letter(
    "email",
    "msg_1",
    Part("[听音] I 级（特别重大） · 养生壶\r\nBcc: thief@example.com", "第一行 <b>\n“壶把太烫” 😀"),
    NOW,
    "a@example.com\nb@example.com",
    (),
)


class Box:
    """Takes mail in, or refuses it."""

    def __init__(self, refusal: str | None = None) -> None:
        self.refusal = refusal
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(  # noqa: N802 - the name that the server calls
        self, server: SMTP, session, envelope
    ) -> str:
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return self.refusal or "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@contextmanager
def posted(box: Box, tls: ssl.SSLContext | None = None, **options) -> Iterator[int]:
    scheme = options.pop("scheme", "smtp+plain")
    extra = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls}
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), **(extra if tls else {}), **options
    )
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1]
    finally:
        controller.stop()


def at(scheme: str, port: int, trusted: ssl.SSLContext | None = None, **login) -> MailServer:
    usual = {"user": None, "password": None, "sender": "crisis@example.com"} | login
    if trusted is not None:
        usual["context"] = trusted
    return MailServer(scheme, "127.0.0.1", port, **usual)


def test_a_mail_holds_text_and_html_and_no_header_of_anybody_else() -> None:
    box = Box()
    with posted(box) as port:
        outcome = hand_over(LETTER, at("smtp+plain", port))
    assert outcome.delivered
    ((recipients, raw),) = box.mails
    assert recipients == ["a@example.com", "b@example.com"]
    read = email.message_from_bytes(raw, policy=default)
    assert read["Subject"] == "[听音] I 级（特别重大） · 养生壶 Bcc: thief@example.com"
    assert read["Bcc"] is None
    assert read["Message-ID"] == "<msg_1@example.com>"
    assert read.get_body(("plain",)).get_content().split() == ["第一行", "<b>", "“壶把太烫”", "😀"]
    assert "第一行 &lt;b&gt;" in read.get_body(("html",)).get_content()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_tls_and_login(tmp_path, scheme: str) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    given: list[tuple[bytes, bytes]] = []

    def authenticate(server, session, envelope, mechanism, data) -> AuthResult:
        given.append((data.login, data.password))
        return AuthResult(success=True)

    box = Box()
    login = {"authenticator": authenticate, "auth_required": scheme == "smtp"}
    if scheme == "smtps":
        login["auth_require_tls"] = False  # it does not see that the socket is TLS from the start
    with posted(box, serving_as(file), scheme=scheme, **login) as port:
        server = at(scheme, port, trusting(file), user="u", password="p@ss")
        assert hand_over(LETTER, server).delivered
    assert given == [(b"u", b"p@ss")]
    assert len(box.mails) == 1


def test_without_starttls_nothing_is_said() -> None:
    box = Box()
    with posted(box) as port:
        outcome = hand_over(LETTER, at("smtp", port))
    assert outcome.error == "no STARTTLS or login offered"
    assert not box.mails


def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path) -> None:
    box = Box()
    with posted(box, serving_as(certificate(tmp_path, "127.0.0.1"))) as port:
        assert hand_over(LETTER, at("smtp", port)).error == "tls"
    assert not box.mails


def test_a_refusal_is_told_by_its_code() -> None:
    with posted(Box("451 later")) as port:
        outcome = hand_over(LETTER, at("smtp+plain", port))
    assert (outcome.error, outcome.status) == ("smtp 451", 451)


def test_nobody_there_is_told() -> None:
    assert hand_over(LETTER, at("smtp+plain", 9)).error == "connection"


@pytest.mark.parametrize("target", ["a@example.com\rBcc: b@example.com", "a b@example.com"])
def test_an_address_adds_no_header(target: str) -> None:
    letter = Letter("email", "m", LETTER.part, NOW, target.replace("\r", " "), ())
    with pytest.raises((ValueError, HeaderParseError)):
        mail(letter, "crisis@example.com")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://u%40x:p%2F@mail.example.com", ("smtp", "mail.example.com", 587, "u@x", "p/")),
        ("smtps://mail.example.com", ("smtps", "mail.example.com", 465, None, None)),
        ("smtp+plain://127.0.0.1:2525", ("smtp+plain", "127.0.0.1", 2525, None, None)),
    ],
)
def test_urls(url: str, server: tuple) -> None:
    found = mail_server(url, "x@y.cn")
    assert (found.scheme, found.host, found.port, found.user, found.password) == server
    assert "p/" not in repr(found)


@pytest.mark.parametrize("url", ["http://h", "smtp://", "h:25", ""])
def test_no_urls(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        mail_server(url, "x@y.cn")
