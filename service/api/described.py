"""What every operation of the API says about itself: both languages, and how it can fail."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from service.api.problems import KINDS, MEDIA_TYPE, NAMESPACE, Kind


class FaultOut(BaseModel):
    """One value that is not valid."""

    field: str
    detail: str


class Problem(BaseModel):
    """An error, as RFC 9457 writes it; title and detail in the language of Accept-Language."""

    type: str = Field(examples=["urn:tingyin:problem:conflict"])
    title: str
    status: int
    detail: str
    errors: list[FaultOut] | None = None


Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int, public: bool = False) -> Responses:
    """Return the description of the problems that an endpoint answers with.

    401, 403 and 503 are added for every endpoint that is not public.
    """
    every = statuses if public else (*statuses, 401, 403, 503)
    return {status: _described(_KINDS[status]) for status in sorted(set(every))}


def bulk_request(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of a body that is one row, or a list of rows."""
    row = model.model_json_schema(mode="validation")
    row.pop("$defs", None)
    many = {"type": "array", "items": row, "minItems": 1, "maxItems": 1000}
    examples = row.get("examples", [])
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [row, many]},
                    "examples": {
                        "one": {"summary": "One 一条", "value": examples[0]},
                        "many": {"summary": "Many 多条", "value": examples},
                    },
                }
            },
        }
    }


def _described(kind: Kind) -> dict[str, Any]:
    example: Mapping[str, object] = {
        "type": NAMESPACE + kind.slug,
        "title": kind.title.en,
        "status": kind.status,
        "detail": f"{kind.title.en}. {kind.title.zh}。",
    }
    return {
        "description": f"{kind.title.en} {kind.title.zh}",
        "model": Problem,
        "content": {MEDIA_TYPE: {"example": example}},
    }


_KINDS: Mapping[int, Kind] = {kind.status: kind for kind in KINDS.values()}
