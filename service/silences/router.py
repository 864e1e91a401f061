"""The addresses of silences."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import Id
from service.api.rights import Called, allow
from service.api.services import Running
from service.api.windows import asked_time
from service.silences import service, store
from service.silences.schemas import SilenceIn, SilenceOut, SilencePage, SilenceState

router = APIRouter(prefix="/v1/silences", tags=["silences 静默"])


@router.post(
    "",
    summary="Silence the alerts that match, for a time 在一段时间内静默匹配的告警",
    status_code=status.HTTP_201_CREATED,
    dependencies=[allow("pr")],
    responses=problems(400, 422),
)
def post_silence(running: Running, caller: Called, asked: SilenceIn) -> SilenceOut:
    """They are recorded, counted and shown as ever, and tell nobody.

    告警照常记录、计数和显示，但不再通知任何人。
    """
    now, zone = running.now(), running.settings.zone
    wanted = service.Wanted(
        matchers=service.matchers_of(asked),
        starts_at=now
        if asked.starts_at is None
        else asked_time("starts_at", asked.starts_at, zone),
        ends_at=asked_time("ends_at", asked.ends_at, zone),
        comment=running.mask(asked.comment),
    )
    with running.database.transaction() as session:
        return service.make(session, wanted, caller.name, now)


@router.get(
    "",
    summary="List silences, the newest first 列出静默，新的在前",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_silences(
    running: Running,
    state: Annotated[SilenceState | None, Query(examples=["active"])] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SilencePage:
    """Those that hold, that have not begun, or that are over; all where no state is given.

    生效、未开始或已过的静默；不给状态则列出全部。
    """
    now = running.now()
    with running.database.transaction() as session:
        return service.show_page(store.listed(session, state, now, cursor, limit), now)


@router.get(
    "/{silence_id}",
    summary="Show one silence 查看一条静默",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_silence(running: Running, silence_id: Id) -> SilenceOut:
    """What it covers, from when to when, who wanted it and why.

    覆盖哪些告警、起止时间、何人因何设置。
    """
    with running.database.transaction() as session:
        return service.show(session, silence_id, running.now())


@router.delete(
    "/{silence_id}",
    summary="End a silence now 立即结束静默",
    dependencies=[allow("pr")],
    responses=problems(404, 422),
)
def delete_silence(running: Running, caller: Called, silence_id: Id) -> SilenceOut:
    """It stays on record; to end one that is over already changes nothing.

    记录保留；对已结束的静默再次结束不产生任何变化。
    """
    with running.database.transaction() as session:
        return service.end(session, silence_id, caller.name, running.now())
