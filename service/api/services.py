"""What endpoints need of the running process, and how they get at it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from nlp.message import Language
from service.api.feed import Feed
from service.api.languages import language_of
from service.api.metrics import Metrics
from service.api.together import Together
from service.customers.insight import Rulebook
from service.database import Database
from service.database.tables import Alert
from service.delivery.sending import Send
from service.delivery.vault import Vault
from service.response.policy import Policy
from service.response.trail import Record
from service.settings import Settings

Mask = Callable[[str], str]
Silencer = Callable[[Session, Sequence[Alert], datetime], Mapping[str, tuple[str, ...]]]
"""Alerts and the time now to the ids of the silences that cover each, by the alert's id."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running service.

    `mask` takes personal data out of a text; `wake` tells the worker that feedback waits;
    `start_scoring` hands a run of the tiering job, by its number, to the worker; `health` names
    the parts that must work, each with whether it does; `silenced` knows the silences that cover
    alerts, `feed` streams the changes of alerts; `policy` is the response policy in force, `record`
    writes into the audit trail of alerts; `vault` seals the secrets of routes, `send` tries to
    deliver one letter; `together` does in one transaction what many callers ask for at once;
    `rulebook` are the policies by which customers are judged.
    """

    settings: Settings
    database: Database
    metrics: Metrics
    mask: Mask
    wake: Callable[[], Awaitable[None]]
    start_scoring: Callable[[int], Awaitable[None]]
    health: Callable[[], dict[str, bool]]
    now: Callable[[], datetime]
    silenced: Silencer
    feed: Feed
    policy: Policy
    record: Record
    vault: Vault
    send: Send
    together: Together
    rulebook: Rulebook


async def services_of(request: Request) -> Services:
    """Return the services of the application that handles the request."""
    services = request.app.state.services
    if not isinstance(services, Services):
        raise TypeError("create_app sets app.state.services")
    return services


async def spoken(request: Request) -> Language:
    """Return the language of the caller."""
    return language_of(request.headers.get("accept-language"))


Running = Annotated[Services, Depends(services_of)]
Spoken = Annotated[Language, Depends(spoken)]
