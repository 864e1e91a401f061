"""The addresses of clocks, responses, owners, hand-overs and the policy."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE, Id
from service.api.rights import Called, allow
from service.api.services import Running, Services
from service.api.versions import IfMatch, tag, version_of
from service.response import service
from service.response.calendars import china_known_until
from service.response.policy import CLOCKS, LEVELS, ClockName, Policy
from service.response.schemas import (
    AlertClocks,
    Assignment,
    ClockPage,
    HandOver,
    LevelShown,
    Moved,
    PolicyShown,
    ShiftHandOver,
)
from service.response.schemas import Response as PublicResponse

router = APIRouter(prefix="/v1", tags=["response 响应"])
Person = Annotated[str, Path(max_length=200, examples=["wang.min"]), STORABLE]


@router.get(
    "/alerts/{alert_id}/clocks",
    summary="Show the clocks of an alert 查看告警的计时",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_clocks(running: Running, alert_id: Id, response: Response) -> AlertClocks:
    """When it is to be acknowledged, answered in public and resolved, and how that stands.

    确认、公开回应与解决各自的时限与现状。
    """
    with running.database.transaction() as session:
        return _tagged(service.show_clocks(session, alert_id, _frame(running)), response)


@router.get(
    "/clocks",
    summary="List what is due next across open alerts 列出未结告警中即将到期的计时",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_clocks(
    running: Running,
    late: Annotated[
        bool | None, Query(description="true: only what is late 仅超时；false: only what is not")
    ] = None,
    clock: Annotated[ClockName | None, Query(examples=["respond"])] = None,
    owner: Annotated[str | None, Query(max_length=200, examples=["wang.min"]), STORABLE] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ClockPage:
    """What is due first comes first; clocks that stand still come last.

    先到期者在前，暂停者在后。
    """
    filters = service.DeskFilters(late, clock, owner)
    with running.database.transaction() as session:
        return service.show_desk(session, filters, cursor, limit, _frame(running))


@router.post(
    "/alerts/{alert_id}/respond",
    summary="Write down a public response 记录公开回应",
    dependencies=[allow("pr", "support")],
    responses=problems(400, 404, 409, 412, 422),
)
def respond_to_alert(
    running: Running,
    caller: Called,
    alert_id: Id,
    body: PublicResponse,
    response: Response,
    if_match: IfMatch = None,
) -> AlertClocks:
    """It stops the clock of the response; every role that decides on the level must have agreed.

    停止回应计时；该级别的决策角色须全部同意。
    """
    masked = body.model_copy(
        update={"note": running.mask(body.note), "where": running.mask(body.where)}
    )
    act = service.Act(caller.name, version_of(if_match, body.version), running.record)
    with running.database.transaction() as session:
        shown = service.respond(session, alert_id, masked, act, _frame(running))
    return _tagged(shown, response)


@router.put(
    "/alerts/{alert_id}/owner",
    summary="Give an alert an owner, or another one 指定或移交负责人",
    dependencies=[allow("pr", "support")],
    responses=problems(400, 404, 409, 412, 422),
)
def put_owner(
    running: Running,
    caller: Called,
    alert_id: Id,
    body: Assignment,
    response: Response,
    if_match: IfMatch = None,
) -> AlertClocks:
    """No rule of the policy will assign it again; who had it before stands in the audit trail.

    此后规则不再改派；历任负责人见审计记录。
    """
    note = None if body.note is None else running.mask(body.note)
    act = service.Act(caller.name, version_of(if_match, body.version), running.record)
    wanted = body.model_copy(update={"note": note})
    with running.database.transaction() as session:
        shown = service.assign(session, alert_id, wanted, act, _frame(running))
    return _tagged(shown, response)


@router.get(
    "/alerts/{alert_id}/handover",
    summary="Show what the next shift must know 查看交接摘要",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_handover(running: Running, alert_id: Id) -> HandOver:
    """What happened, who did what, how the clocks stand, and what is next by the policy.

    经过、各人所为、计时现状，以及按策略的下一步。
    """
    with running.database.transaction() as session:
        return service.show_handover(session, alert_id, _frame(running))


@router.post(
    "/owners/{name}/hand-over",
    summary="Hand all open alerts of an owner over 移交某人名下全部未结告警",
    dependencies=[allow("pr", "support")],
    responses=problems(400, 404, 409, 422),
)
def hand_over(running: Running, caller: Called, name: Person, body: ShiftHandOver) -> Moved:
    """All of them or none.

    全部移交，或全部不动。
    """
    act = service.Act(caller.name, version_of(None, None), running.record)
    wanted = body.model_copy(update={"note": running.mask(body.note)})
    with running.database.transaction() as session:
        return service.hand_over_all(session, name, wanted, act, _frame(running))


@router.get(
    "/policy",
    summary="Show the response policy in force 查看现行响应策略",
    dependencies=[allow("pr", "support")],
    responses=problems(),
)
def get_policy(running: Running) -> PolicyShown:
    """Who decides, by when, who is told and who owns, level by level.

    各级别的决策者、时限、升级对象与负责人规则。
    """
    return shown_policy(running.policy, shipped=running.settings.policy is None)


def shown_policy(policy: Policy, *, shipped: bool) -> PolicyShown:
    """Return a policy with every clock as it holds, whether a level or the rest says so."""
    return PolicyShown(
        version=policy.version,
        shipped=shipped,
        roles=policy.roles,
        calendars=policy.calendars,
        pauses=policy.pauses,
        acknowledged_for=policy.acknowledged_for,
        levels={
            name: LevelShown(
                decides=policy.level(level).decides,
                clocks={clock: policy.clock(level, clock) for clock in CLOCKS},
            )
            for level, name in enumerate(LEVELS, start=1)
        },
        owners=policy.owners,
        holidays_known_until=china_known_until(),
    )


def _frame(running: Services) -> service.Frame:
    return service.Frame(running.policy, running.now(), running.settings.zone)


def _tagged(shown: AlertClocks, response: Response) -> AlertClocks:
    tag(response, shown.version)
    return shown
