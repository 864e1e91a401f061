"""Every error as application/problem+json (RFC 9457), in the language that the caller reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nlp.errors import TingyinError
from nlp.message import Language, Message
from service.api.languages import language_of
from service.errors import (
    ConflictError,
    InputError,
    KeyMissingError,
    MalformedError,
    NotFoundError,
    RightMissingError,
    StaleVersionError,
    TooLargeError,
    TooManyError,
    UnavailableError,
)
from service.validation import Fault, InvalidRowError, faults_of

MEDIA_TYPE = "application/problem+json"
NAMESPACE = "urn:tingyin:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, the last part of its `type`, and its title."""

    status: int
    slug: str
    title: Message


KINDS: Mapping[type[TingyinError], Kind] = {
    MalformedError: Kind(400, "malformed", Message("Body cannot be read", "请求体无法读取")),
    KeyMissingError: Kind(401, "key-missing", Message("API key needed", "需要 API 密钥")),
    RightMissingError: Kind(403, "right-missing", Message("Right missing", "权限不足")),
    NotFoundError: Kind(404, "not-found", Message("Not found", "未找到")),
    ConflictError: Kind(409, "conflict", Message("Does not fit the state", "与当前状态不符")),
    StaleVersionError: Kind(412, "stale-version", Message("Changed meanwhile", "期间已被修改")),
    TooLargeError: Kind(413, "too-large", Message("Body too large", "请求体过大")),
    InputError: Kind(422, "invalid", Message("Input not valid", "输入无效")),
    TooManyError: Kind(429, "too-many", Message("Too many at once", "同时过多")),
    UnavailableError: Kind(503, "unavailable", Message("Not available now", "暂不可用")),
    TingyinError: Kind(500, "internal", Message("Internal error", "内部错误")),
}
INTERNAL = Message(
    "Something failed on our side; the log names it by the request id.",
    "服务内部出错；日志中可按请求编号查到。",
)


def kind_of(error: TingyinError) -> Kind:
    """Return the kind of the nearest class in the table."""
    return next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)


def problem(
    kind: Kind,
    detail: Message,
    language: Language,
    faults: tuple[Fault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the response for one problem; `faults` become its `errors`."""
    body: dict[str, Any] = {
        "type": NAMESPACE + kind.slug,
        "title": kind.title.text(language),
        "status": kind.status,
        "detail": detail.text(language),
    }
    if faults:
        body["errors"] = [
            {"field": fault.field, "detail": fault.message.text(language)} for fault in faults
        ]
    return JSONResponse(
        body,
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, "Vary": "Accept-Language", **(headers or {})},
    )


def install_problems(app: FastAPI) -> None:
    """Make every error of `app` leave as a problem."""
    app.add_exception_handler(TingyinError, _tingyin)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def _spoken(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


async def _tingyin(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TingyinError):
        raise error
    kind = kind_of(error)
    detail = error.message if kind.status != HTTPStatus.INTERNAL_SERVER_ERROR else INTERNAL
    faults = error.faults if isinstance(error, InvalidRowError) else ()
    headers = {"WWW-Authenticate": "Bearer"} if kind.status == HTTPStatus.UNAUTHORIZED else None
    return problem(kind, detail, _spoken(request), faults, headers)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = faults_of(error.errors())
    if any(fault.kind == "json_invalid" for fault in faults):
        return problem(KINDS[MalformedError], _NOT_JSON, _spoken(request))
    detail = Message(
        f"{len(faults)} value(s) are not valid; see errors.",
        f"有 {len(faults)} 个值无效，详见 errors。",
    )
    return problem(KINDS[InputError], detail, _spoken(request), faults)


_NOT_JSON = Message("The body is not valid JSON.", "请求体不是合法的 JSON。")
_OF_THE_FRAMEWORK: Mapping[int, tuple[Kind, Message]] = {
    400: (KINDS[MalformedError], _NOT_JSON),
    404: (
        KINDS[NotFoundError],
        Message("There is nothing at this address.", "此地址没有内容。"),
    ),
    405: (
        Kind(405, "method-not-allowed", Message("Method not allowed", "不支持的方法")),
        Message("This address does not know this method.", "此地址不支持该方法。"),
    ),
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    kind, detail = _OF_THE_FRAMEWORK.get(error.status_code) or _other(error.status_code)
    return problem(kind, detail, _spoken(request), headers=error.headers)


def _other(status: int) -> tuple[Kind, Message]:
    phrase = HTTPStatus(status).phrase
    told = Message(phrase, phrase)
    return Kind(status, phrase.lower().replace(" ", "-"), told), told
