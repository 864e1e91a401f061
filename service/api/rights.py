"""Who may do what: API keys with scopes, and a right that every endpoint must declare.

Scopes: `pr` (alerts, feedback), `support` (complaints, feedback), `tiering` (orders, scores),
`admin` (everything, and keys and erasure). An endpoint says `dependencies=[allow("pr")]`, or
`[PUBLIC]`; an application with an endpoint that says neither does not start.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.params import Depends as Declared
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import BaseRoute

from service.api.keys import find_keys, hash_of
from service.api.services import Running
from service.errors import KeyMissingError, RightMissingError

Scope = Literal["pr", "support", "tiering", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_BEARER = HTTPBearer(auto_error=False, description="Authorization: Bearer ty_…")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="X-API-Key: ty_…")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key's number, its name (which the audit trail shows) and its scopes."""

    key_id: int
    name: str
    scopes: tuple[str, ...]

    def may(self, scopes: tuple[Scope, ...]) -> bool:
        """Return whether one of `scopes` is held; `admin` holds all."""
        return "admin" in self.scopes or not set(scopes).isdisjoint(self.scopes)


async def caller_of(
    running: Running,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    header: Annotated[str | None, Depends(_HEADER)],
) -> Caller:
    """Return who calls; those who come at the same moment are looked up in one query.

    Raises
    ------
    KeyMissingError
        There is no key, or it is unknown or revoked.
    """
    key = bearer.credentials if bearer else header
    found = await running.together(find_keys, hash_of(key)) if key else None
    if found is None:
        raise KeyMissingError(
            "Send a valid key as `Authorization: Bearer ty_…`.",
            "请在 `Authorization: Bearer ty_…` 中给出有效的密钥。",
        )
    return Caller(found.id, found.name, found.scopes)


Called = Annotated[Caller, Depends(caller_of)]


class Allowed:
    """The right to an endpoint: a caller who holds one of `scopes`; none means anybody."""

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        self.scopes = scopes


class Guard(Allowed):
    """Lets callers with one of its scopes pass."""

    async def __call__(self, request: Request, caller: Called) -> None:
        """Raise RightMissingError unless the caller holds one of the scopes."""
        request.state.caller = caller.name
        if not caller.may(self.scopes):
            needed = " / ".join((*self.scopes, "admin"))
            raise RightMissingError(
                f"This needs a key with the scope {needed}.",
                f"此操作需要具有 {needed} 权限的密钥。",
            )


class Open(Allowed):
    """Lets anybody pass; for what tells nothing about people or texts."""

    async def __call__(self) -> None:
        """Do nothing."""


def allow(*scopes: Scope) -> Declared:
    """Declare that an endpoint is for callers with one of `scopes` (and for admins)."""
    guard: Declared = Depends(Guard(scopes))
    return guard


PUBLIC: Declared = Depends(Open(()))


def endpoints(routes: Iterable[BaseRoute]) -> Iterator[tuple[BaseRoute, tuple[Allowed, ...]]]:
    """Yield every endpoint of an application (`app.routes`) with the rights that it declares.

    What is neither an endpoint nor a router full of them (a mount, a socket) declares none.
    """
    for route in routes:
        included = getattr(route, "original_router", None)
        if isinstance(included, APIRouter):
            yield from endpoints(included.routes)
        elif isinstance(route, APIRoute):
            declared: list[object] = [depends.dependency for depends in route.dependencies]
            yield route, tuple(right for right in declared if isinstance(right, Allowed))
        else:
            yield route, ()


def require_declared(app: FastAPI) -> None:
    """Raise RuntimeError naming the endpoints of `app` that declare no right, or two."""
    loose = [
        str(getattr(route, "path", route))
        for route, rights in endpoints(app.routes)
        if len(rights) != 1
    ]
    if loose:
        raise RuntimeError(f"endpoints without exactly one declared right: {', '.join(loose)}")
