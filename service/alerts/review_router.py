"""The addresses of reviews: what was learnt from alerts that are over."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from service.alerts import review_store, reviews
from service.alerts.moves_router import MOVING, Meant
from service.alerts.review_schemas import ReviewIn, ReviewOut, ReviewPage
from service.alerts.state import Event
from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE, Id
from service.api.rights import allow
from service.api.services import Mask, Running
from service.api.versions import tag
from service.api.windows import Between
from service.trail import Entry

router = APIRouter(prefix="/v1", tags=["reviews 复盘"])


@router.put(
    "/alerts/{alert_id}/review",
    summary="Write down what an alert taught 写下告警的复盘",
    dependencies=[allow("pr")],
    responses=MOVING,
)
def put_review(meant: Meant, response: Response, review: ReviewIn) -> ReviewOut:
    """Only of a resolved alert; every writing is a version, and the ones before stay on record.

    仅限已解决的告警；每次写入为一个新版本，旧版本保留。
    """
    running = meant.running
    entry = Entry(Event.REVIEW, meant.caller.name, running.now())
    masked = _masked(review, running.mask)
    with running.database.transaction() as session:
        act = reviews.Act(entry, meant.saw(review.version), running.settings.zone)
        written = reviews.write(session, meant.alert_id, masked, act)
    tag(response, written.version)
    return written


@router.get(
    "/alerts/{alert_id}/review",
    summary="Show what an alert taught 查看告警的复盘",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_review(
    running: Running,
    alert_id: Id,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=10**9, description="An earlier one 旧版本", examples=[1])
    ] = None,
) -> ReviewOut:
    """What happened, why, what was done, what to do otherwise, and how fast people were.

    经过、原因、措施、教训，以及响应用时。
    """
    with running.database.transaction() as session:
        shown = reviews.show(session, alert_id, version, running.settings.zone)
    tag(response, shown.version)
    return shown


def _filters(
    between: Between,
    product: Annotated[str | None, Query(max_length=200, examples=["暖风机 A1"]), STORABLE] = None,
    category: Annotated[str | None, Query(max_length=200, examples=["safety"]), STORABLE] = None,
    fingerprint: Annotated[
        str | None, Query(max_length=200, description="Of alerts 告警指纹"), STORABLE
    ] = None,
    words: Annotated[
        str | None, Query(max_length=200, description="In its texts 文中含有"), STORABLE
    ] = None,
) -> review_store.Filters:
    return review_store.Filters(
        product, category, fingerprint, words or None, between.since, between.until
    )


@router.get(
    "/reviews",
    summary="List reviews, the newest first 列出复盘，新的在前",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_reviews(
    running: Running,
    filters: Annotated[review_store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReviewPage:
    """Every filter narrows the list; since and until are times of the writing.

    各筛选条件同时生效；since 与 until 指写入时间。
    """
    with running.database.transaction() as session:
        return reviews.show_page(session, filters, cursor, limit, running.settings.zone)


def _masked(review: ReviewIn, mask: Mask) -> ReviewIn:
    """Return a review without personal data."""
    return review.model_copy(
        update={
            "what_happened": mask(review.what_happened),
            "cause": mask(review.cause),
            "actions": [mask(action) for action in review.actions],
            "lessons": mask(review.lessons),
        }
    )
