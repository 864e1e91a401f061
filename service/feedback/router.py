"""The addresses of feedback."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Response, status
from fastapi.concurrency import run_in_threadpool

from nlp.message import Language
from service.api.bodies import Body, BulkResult, JsonBody, checked
from service.api.cursors import Cursor, Limit
from service.api.described import bulk_request, problems
from service.api.fields import STORABLE, Clock
from service.api.idempotency import Claim, IdempotencyKey, once
from service.api.rights import Called, allow
from service.api.services import Mask, Running, Services, Spoken
from service.api.windows import Between
from service.feedback import service, store
from service.feedback.schemas import FeedbackIn, FeedbackOut, FeedbackPage, Sentiment

router = APIRouter(prefix="/v1/feedback", tags=["feedback 反馈"])
SMALL = 16 * 1024
"""Bytes of a body that is checked and masked at once; a longer one would keep others waiting."""
Id = Annotated[str, Path(max_length=200, examples=["wb-20260301-0001"]), STORABLE]


@router.post(
    "",
    summary="Take in feedback, one piece or up to 1,000 收下反馈，一条或至多 1,000 条",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[allow("pr", "support")],
    responses=problems(400, 413, 422),
    openapi_extra=bulk_request(FeedbackIn),
)
async def post_feedback(
    running: Running,
    caller: Called,
    language: Spoken,
    body: JsonBody,
    response: Response,
    later: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> BulkResult:
    """Masked, stored, and analysed soon after; rows that are not valid do not stop the others.

    先遮蔽个人信息再保存，随后自动分析；无效的行不影响其余的行。
    """
    now, replayed = running.now(), False
    clock = Clock(now, running.settings.zone)
    if idempotency_key is None and body.size <= SMALL:
        posted = _posted(body, running.mask, clock, language)
        result = await running.together(service.take_in, posted)
    else:
        claim = (caller, idempotency_key, body.digest)
        result, replayed = await run_in_threadpool(_alone, running, body, claim, clock, language)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    else:
        running.metrics.count_rows("feedback", result)
        later.add_task(running.wake)
    return result


def _posted(body: Body, mask: Mask, clock: Clock, language: Language) -> service.Posted:
    good, bad = checked(body, FeedbackIn, "id", clock)
    return service.Posted(service.masked_rows(good, mask, clock.now), good, bad, language)


def _alone(
    running: Services,
    body: Body,
    claim: Claim,
    clock: Clock,
    language: Language,
) -> tuple[BulkResult, bool]:
    """Take a body in by a transaction of its own: it is long, or may have been sent before."""
    posted = _posted(body, running.mask, clock, language)
    with running.database.transaction() as session:
        return once(session, claim, clock.now, lambda: service.take_in(session, [posted])[0])


def _filters(
    between: Between,
    product: Annotated[str | None, Query(max_length=200, examples=["暖风机 A1"]), STORABLE] = None,
    sentiment: Annotated[Sentiment | None, Query(examples=["negative"])] = None,
    category: Annotated[str | None, Query(max_length=200, examples=["quality"]), STORABLE] = None,
    customer_id: Annotated[str | None, Query(max_length=200, examples=["c-1024"]), STORABLE] = None,
) -> store.Filters:
    return store.Filters(
        product=product,
        sentiment=sentiment,
        category=category,
        customer_id=customer_id,
        since=between.since,
        until=between.until,
    )


@router.get(
    "",
    summary="List feedback, the newest first 列出反馈，新的在前",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_feedback(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> FeedbackPage:
    """Every filter narrows the list; `category` is a complaint category.

    各筛选条件同时生效；category 为投诉类别。
    """
    with running.database.transaction() as session:
        return service.show_page(session, filters, cursor, limit)


@router.get(
    "/{feedback_id:path}",
    summary="Show one piece of feedback with its signals 查看一条反馈及其信号",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_feedback(running: Running, feedback_id: Id) -> FeedbackOut:
    """The text as it is kept, and what it says with the words that made the verdict.

    遮蔽后的文本，以及判定结果与依据词。
    """
    with running.database.transaction() as session:
        return service.show(session, feedback_id)
