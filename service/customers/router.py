"""The addresses of customers: orders, engagement, runs of the tiering job, scores."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Query, Response, status

from service.api.bodies import BulkResult, JsonBody, checked
from service.api.described import bulk_request, problems
from service.api.fields import CLOCKS_DIFFER, STORABLE, Clock
from service.api.rights import Called, allow
from service.api.services import Running, Spoken
from service.api.windows import asked_time
from service.customers import service
from service.customers.schemas import EngagementIn, OrderIn, RunOut, RunRequest, ScoreOut
from service.errors import InputError

router = APIRouter(prefix="/v1", tags=["customers 客户"])
CustomerId = Annotated[str, Path(max_length=200, examples=["c-1024"]), STORABLE]
RunId = Annotated[int, Path(ge=1, le=2**62, examples=[1])]


@router.post(
    "/orders",
    summary="Take in orders, one or up to 1,000 收下订单，一条或至多 1,000 条",
    dependencies=[allow("tiering")],
    responses=problems(400, 413, 422),
    openapi_extra=bulk_request(OrderIn),
)
def post_orders(running: Running, language: Spoken, body: JsonBody) -> BulkResult:
    """Amounts in fen; an order that is sent again with other values replaces the older one.

    金额以分为单位；同一订单再次提交且内容不同时，以新的为准。
    """
    now = running.now()
    rows = checked(body, OrderIn, "order_id", Clock(now, running.settings.zone))
    with running.database.transaction() as session:
        result = service.take_orders(session, rows, now, language)
    running.metrics.count_rows("orders", result)
    return result


@router.post(
    "/engagement",
    summary="Take in what customers did, up to 1,000 events 收下客户行为，至多 1,000 条",
    dependencies=[allow("tiering")],
    responses=problems(400, 413, 422),
    openapi_extra=bulk_request(EngagementIn),
)
def post_engagement(running: Running, language: Spoken, body: JsonBody) -> BulkResult:
    """View, search, add_to_cart, like, save, share, login, nps and the like.

    浏览、搜索、加购、点赞、收藏、分享、登录、NPS 等。
    """
    now = running.now()
    rows = checked(body, EngagementIn, "customer_id", Clock(now, running.settings.zone))
    with running.database.transaction() as session:
        result = service.take_engagement(session, rows, now, language)
    running.metrics.count_rows("engagement", result)
    return result


@router.post(
    "/scores/run",
    summary="Start the tiering job 启动客户分层",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[allow("tiering")],
    responses=problems(400, 422),
)
def start_run(
    running: Running,
    caller: Called,
    response: Response,
    later: BackgroundTasks,
    wanted: RunRequest | None = None,
) -> RunOut:
    """Every customer known gets a tier with reasons; ask at Location how the run goes.

    为每位已知客户给出层级和理由；进度见 Location 所指地址。
    """
    now = running.now()
    as_of = now
    if wanted is not None and wanted.as_of is not None:
        as_of = _not_later(asked_time("as_of", wanted.as_of, running.settings.zone), now)
    with running.database.transaction() as session:
        run = service.ask_for_run(session, as_of, caller.name, now)
    later.add_task(running.start_scoring, run.id)
    response.headers["Location"] = f"/v1/scores/runs/{run.id}"
    return run


def _not_later(as_of: datetime, now: datetime) -> datetime:
    """Return `as_of` unless it lies in the future: a score of then would hide those until then.

    Raises
    ------
    InputError
        It is later than now by more than clocks differ.
    """
    latest = now + CLOCKS_DIFFER
    if as_of <= latest:
        return as_of
    asked, bound = (moment.isoformat(timespec="minutes") for moment in (as_of, latest))
    raise InputError(
        f"as_of {asked} lies after {bound}; give a time up to now, or leave as_of out.",
        f"as_of {asked} 晚于 {bound}；请给不晚于当前的时间，或省略 as_of。",
    )


@router.get(
    "/scores/runs/{run_id}",
    summary="Show how a run of the tiering job goes 查看客户分层的进度",
    dependencies=[allow("tiering")],
    responses=problems(404, 422),
)
def get_run(running: Running, run_id: RunId) -> RunOut:
    """Waiting, running, done or failed; how many customers were scored.

    等待、进行、完成或失败，以及已评分人数。
    """
    with running.database.transaction() as session:
        return service.show_run(session, run_id)


@router.get(
    "/customers/{customer_id:path}/score",
    summary="Show the tier of a customer with the reasons 查看客户的层级与理由",
    dependencies=[allow("tiering", "support", "pr")],
    responses=problems(404, 422),
)
def get_score(
    running: Running,
    customer_id: CustomerId,
    as_of: Annotated[
        str | None,
        Query(description="Not later than this 不晚于", examples=["2026-03-01T00:00:00+08:00"]),
    ] = None,
) -> ScoreOut:
    """The newest score, its dimensions, and why.

    最近一次评分、各维度得分及理由。
    """
    moment = None if as_of is None else asked_time("as_of", as_of, running.settings.zone)
    with running.database.transaction() as session:
        return service.show_score(session, customer_id, moment)
