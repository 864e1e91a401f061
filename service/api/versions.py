"""Optimistic locking: the version that a caller saw, and what happens when it is another by now."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Response
from pydantic import Field

from service.errors import ConflictError, StaleVersionError

IfMatch = Annotated[
    str | None,
    Header(
        pattern=r'^(W/)?"?\d{1,18}"?$',
        description="The version that you saw (the ETag) 所见版本（即 ETag）",
        examples=['"3"'],
    ),
]


LARGEST = 10**18
SeenVersion = Annotated[
    int | None, Field(ge=1, le=LARGEST, description="The version that you saw 所见版本")
]


@dataclass(frozen=True, slots=True)
class Version:
    """The version that a person saw (None: whichever it is), and the error when it is another."""

    number: int | None
    refusal: type[ConflictError]

    def require(self, present: int) -> None:
        """Raise ConflictError, or its kind for a header, where the present version is another."""
        if self.number not in (None, present):
            raise self.refusal(
                f"It is at version {present}, you saw {self.number}; read it again.",
                f"现为版本 {present}，您所见为 {self.number}，请重新读取。",
            )


def version_of(if_match: str | None, in_body: int | None) -> Version:
    """Return the version that a request says was seen: the header's, else the body's."""
    if if_match is not None:
        return Version(int(if_match.removeprefix("W/").strip('"')), StaleVersionError)
    return Version(in_body, ConflictError)


def tag(response: Response, version: int) -> None:
    """Say in a response which version it shows."""
    response.headers["ETag"] = f'"{version}"'
