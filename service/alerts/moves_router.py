"""The addresses at which people move alerts, and say something about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response, status

from service.alerts import service, showing
from service.alerts.schemas import Acknowledgement, AlertDetail, CommentIn, Move, Suppression
from service.alerts.state import Event
from service.api.described import problems
from service.api.fields import Id
from service.api.rights import Called, Caller, allow
from service.api.services import Running, Services
from service.api.versions import IfMatch, Version, tag, version_of
from service.api.windows import asked_time
from service.errors import InputError
from service.trail import Entry

router = APIRouter(prefix="/v1/alerts", tags=["alerts 告警"])
LONGEST = timedelta(days=366)
MOVING = problems(400, 404, 409, 412, 422)


@dataclass(frozen=True, slots=True)
class Target:
    """Which alert is meant, by whom, and what the header says of the version seen."""

    running: Services
    caller: Caller
    alert_id: str
    if_match: str | None

    def saw(self, version: int | None) -> Version:
        """Return the version that was seen: of the header, else this one of the body."""
        return version_of(self.if_match, version)


def target(running: Running, caller: Called, alert_id: Id, if_match: IfMatch = None) -> Target:
    """Return what a request is about."""
    return Target(running, caller, alert_id, if_match)


Meant = Annotated[Target, Depends(target)]


@router.post(
    "/{alert_id}/acknowledge",
    summary="Acknowledge an alert: somebody is on it 确认告警：有人处理",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def acknowledge_alert(
    meant: Meant, response: Response, move: Acknowledgement | None = None
) -> AlertDetail:
    """Two people cannot both take it: the second one gets 409. It fires again at `until`.

    两人不能同时确认，后者得到 409。到 `until` 仍未解决则重新告警。
    """
    move, now = move or Acknowledgement(), meant.running.now()
    if move.until is not None:
        until: datetime | None = _later(move.until, meant.running, now)
    else:
        usual = meant.running.policy.acknowledged_for
        until = None if usual is None else now + usual
    return _tagged(_moved(meant, Event.ACKNOWLEDGE, move, until), response)


@router.post(
    "/{alert_id}/resolve",
    summary="Resolve an alert: it is over 解决告警：事情结束",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def resolve_alert(meant: Meant, response: Response, move: Move | None = None) -> AlertDetail:
    """Evidence later than what is known now brings it back as regressed.

    若出现晚于目前已知的新证据，它将以“复发”状态重现。
    """
    return _tagged(_moved(meant, Event.RESOLVE, move or Move()), response)


@router.post(
    "/{alert_id}/reopen",
    summary="Open a resolved alert again 重新打开已解决的告警",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def reopen_alert(meant: Meant, response: Response, move: Move | None = None) -> AlertDetail:
    """It was not over after all: it is regressed, as if evidence had brought it back.

    事情并未结束：状态为“复发”，与因新证据重现相同。
    """
    return _tagged(_moved(meant, Event.REOPEN, move or Move()), response)


@router.post(
    "/{alert_id}/suppress",
    summary="Suppress an alert until a time 抑制告警至某时",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def suppress_alert(meant: Meant, response: Response, move: Suppression) -> AlertDetail:
    """It goes on collecting evidence, and fires again when the time is over.

    期间仍收集证据，到时重新告警。
    """
    until = _later(move.until, meant.running, meant.running.now())
    return _tagged(_moved(meant, Event.SUPPRESS, move, until), response)


@router.post(
    "/{alert_id}/unsuppress",
    summary="End a suppression before its time 提前解除抑制",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def unsuppress_alert(meant: Meant, response: Response, move: Move | None = None) -> AlertDetail:
    """It fires again at once.

    立即重新告警。
    """
    return _tagged(_moved(meant, Event.UNSUPPRESS, move or Move()), response)


@router.post(
    "/{alert_id}/comments",
    summary="Say something about an alert 评论告警",
    status_code=status.HTTP_201_CREATED,
    dependencies=[allow("pr", "support")],
    responses=problems(400, 404, 422),
)
def post_comment(
    running: Running, caller: Called, alert_id: Id, response: Response, comment: CommentIn
) -> AlertDetail:
    """Stored with personal data masked, for good; the version of the alert stays.

    遮蔽个人信息后永久保存；告警版本号不变。
    """
    meant = Target(running, caller, alert_id, None)
    return _tagged(_moved(meant, Event.COMMENT, Move(note=comment.text)), response)


def _moved(meant: Target, event: Event, move: Move, until: datetime | None = None) -> AlertDetail:
    running, now = meant.running, meant.running.now()
    note = None if move.note is None else running.mask(move.note)
    entry = Entry(event, meant.caller.name, now, note)
    with running.database.transaction() as session:
        alert = service.move(session, meant.alert_id, entry, meant.saw(move.version), until)
        return showing.detail(showing.Sight(session, running.silenced, now), alert)


def _later(text: str, running: Services, now: datetime) -> datetime:
    until = asked_time("until", text, running.settings.zone)
    if until <= now:
        raise InputError(
            "until lies in the past; give a later time.", "until 已过去，请给更晚的时间。"
        )
    if until > now + LONGEST:
        raise InputError(
            f"until may be at most {LONGEST.days} days from now.",
            f"until 距今最多 {LONGEST.days} 天。",
        )
    return until


def _tagged(detail: AlertDetail, response: Response) -> AlertDetail:
    tag(response, detail.version)
    return detail
