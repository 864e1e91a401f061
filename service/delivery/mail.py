"""Mail: the message as text and as HTML, and the server that it is handed to."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import unquote, urlsplit

from service.delivery.happened import Happened
from service.delivery.letters import Letter, Outcome, Part, Style
from service.delivery.messages import body, title
from service.delivery.rates import Limit
from service.delivery.trust import trusted

LIMITS = (Limit(30, timedelta(minutes=1)),)
PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
TIMEOUT = 15.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, read from `smtp://user:password@host:port`; shows no password.

    `smtps` speaks TLS from the start, `smtp` asks for STARTTLS and goes no further without it,
    `smtp+plain` speaks in the clear, for a relay on the same machine.
    """

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    sender: str
    context: ssl.SSLContext = field(default_factory=trusted)

    def __repr__(self) -> str:
        return f"MailServer({self.scheme}://{self.host}:{self.port})"


def mail_server(url: str, sender: str) -> MailServer:
    """Return the mail server that a URL names.

    Raises
    ------
    ValueError
        It is not such a URL.
    """
    parts_of = urlsplit(url)
    if parts_of.scheme not in PORTS or not parts_of.hostname:
        raise ValueError("not an smtp URL")
    user, password = (
        None if x is None else unquote(x) for x in (parts_of.username, parts_of.password)
    )
    port = parts_of.port or PORTS[parts_of.scheme]
    return MailServer(parts_of.scheme, parts_of.hostname, port, user, password, sender)


def parts(events: Sequence[Happened], style: Style) -> list[Part]:
    """Return the message in one part, however many events it names."""
    return [Part(title(events, style.language), body(events, style))]


def mail(letter: Letter, sender: str) -> EmailMessage:
    """Return the mail; its Message-ID is the same for every try.

    Line ends in a title or an address cannot add a header: the title has none left, and `Address`
    refuses them.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(letter.part.title.split())
    message["From"] = Address("Tingyin", addr_spec=sender)
    message["To"] = [Address(addr_spec=each) for each in letter.target.splitlines()]
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{letter.part.text}\n")
    message.add_alternative(_html(letter.part), subtype="html")
    return message


def hand_over(letter: Letter, server: MailServer) -> Outcome:
    """Give a mail to the server; accepted for one recipient at least, it counts as delivered."""
    message = mail(letter, server.sender)
    try:
        with _connected(server) as connection:
            refused = connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        return Outcome("recipients refused", next((c for c, _ in error.recipients.values()), None))
    except smtplib.SMTPResponseException as error:
        return Outcome(f"smtp {error.smtp_code}", error.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return Outcome("no STARTTLS or login offered")
    except ssl.SSLError:
        return Outcome("tls")
    except TimeoutError:
        return Outcome("timeout")
    except (OSError, smtplib.SMTPException):
        return Outcome("connection")
    return Outcome(status=250 if not refused else next(code for code, _ in refused.values()))


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=server.context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        if server.scheme == "smtp":
            connection.starttls(context=server.context)
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


def _html(part: Part) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in part.text.split("\n"))
    return f"<!doctype html><meta charset=utf-8><h3>{escape(part.title)}</h3>{paragraphs}\n"
