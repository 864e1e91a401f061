"""The addresses of alerts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from service.alerts import service, store
from service.alerts.schemas import AlertDetail, AlertPage, Move, Suppression
from service.alerts.state import Event, State
from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import Called, Caller, allow
from service.api.services import Running, Services
from service.api.windows import Between, asked_time
from service.errors import ConflictError, InputError, StaleVersionError

router = APIRouter(prefix="/v1/alerts", tags=["alerts 告警"])
Id = Annotated[str, Path(max_length=200, examples=["3f0c9a1e5b7d4c2f8a6e1d0b9c8f7a65"]), STORABLE]
IfMatch = Annotated[
    str | None,
    Header(
        pattern=r'^(W/)?"?\d{1,18}"?$',
        description="The version that you saw (the ETag) 所见版本（即 ETag）",
        examples=['"3"'],
    ),
]
MOVING = problems(400, 404, 409, 412, 422)


@dataclass(frozen=True, slots=True)
class _Target:
    """Which alert is to be moved, by whom, and the version that the header says was seen."""

    running: Services
    caller: Caller
    alert_id: str
    seen: int | None


def _target(running: Running, caller: Called, alert_id: Id, if_match: IfMatch = None) -> _Target:
    seen = None if if_match is None else int(if_match.removeprefix("W/").strip('"'))
    return _Target(running, caller, alert_id, seen)


def _filters(
    between: Between,
    state: Annotated[State | None, Query(examples=["firing"])] = None,
    product: Annotated[str | None, Query(max_length=200, examples=["暖风机 A1"]), STORABLE] = None,
    level: Annotated[
        int | None, Query(ge=1, le=4, description="At least this grave: 1 to 4 不低于此级别")
    ] = None,
) -> store.Filters:
    return store.Filters(state, product, level, between.since, between.until)


@router.get(
    "",
    summary="List alerts, the newest first 列出告警，新的在前",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_alerts(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AlertPage:
    """Every filter narrows the list; since and until are times of the onset.

    各筛选条件同时生效；since 与 until 指起始时间。
    """
    with running.database.transaction() as session:
        return service.show_page(session, filters, cursor, limit)


@router.get(
    "/{alert_id}",
    summary="Show one alert with its proof and its history 查看一条告警及其证据与经过",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_alert(running: Running, alert_id: Id, response: Response) -> AlertDetail:
    """Figures, reasons, the ids that prove it, and who did what when.

    数据、理由、作为证据的反馈编号，以及何人何时做了什么。
    """
    with running.database.transaction() as session:
        return _tagged(service.show(session, alert_id), response)


@router.post(
    "/{alert_id}/acknowledge",
    summary="Acknowledge an alert: somebody is on it 确认告警：有人处理",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def acknowledge_alert(
    target: Annotated[_Target, Depends(_target)],
    response: Response,
    move: Move | None = None,
) -> AlertDetail:
    """Two people cannot both take it: the second one gets 409.

    两人不能同时确认，后者得到 409。
    """
    return _tagged(_moved(target, Event.ACKNOWLEDGE, move or Move()), response)


@router.post(
    "/{alert_id}/resolve",
    summary="Resolve an alert: it is over 解决告警：事情结束",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def resolve_alert(
    target: Annotated[_Target, Depends(_target)],
    response: Response,
    move: Move | None = None,
) -> AlertDetail:
    """Evidence later than what is known now brings it back as regressed.

    若出现晚于目前已知的新证据，它将以“复发”状态重现。
    """
    return _tagged(_moved(target, Event.RESOLVE, move or Move()), response)


@router.post(
    "/{alert_id}/suppress",
    summary="Suppress an alert until a time 抑制告警至某时",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def suppress_alert(
    target: Annotated[_Target, Depends(_target)],
    response: Response,
    move: Suppression,
) -> AlertDetail:
    """It goes on collecting evidence, and fires again when the time is over.

    期间仍收集证据，到时重新告警。
    """
    return _tagged(_moved(target, Event.SUPPRESS, move), response)


def _moved(target: _Target, event: Event, move: Move) -> AlertDetail:
    running = target.running
    now = running.now()
    until = _later(move.until, running, now) if isinstance(move, Suppression) else None
    note = None if move.note is None else running.mask(move.note)
    step = store.Step(event, target.caller.name, now, note)
    seen = service.Seen(target.seen, StaleVersionError)
    if target.seen is None:
        seen = service.Seen(move.version, ConflictError)
    with running.database.transaction() as session:
        return service.move(session, target.alert_id, step, seen, until)


def _later(text: str, running: Services, now: datetime) -> datetime:
    until = asked_time("until", text, running.settings.zone)
    if until <= now:
        raise InputError(
            "until lies in the past; give a later time.", "until 已过去，请给更晚的时间。"
        )
    return until


def _tagged(detail: AlertDetail, response: Response) -> AlertDetail:
    response.headers["ETag"] = f'"{detail.version}"'
    return detail
