"""The address of the complaint desk."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import allow
from service.api.services import Running
from service.api.windows import Between
from service.complaints import service, store
from service.complaints.schemas import ComplaintPage

router = APIRouter(prefix="/v1/complaints", tags=["complaints 投诉"])


def _filters(
    between: Between,
    product: Annotated[str | None, Query(max_length=200, examples=["暖风机 A1"]), STORABLE] = None,
    category: Annotated[str | None, Query(max_length=200, examples=["safety"]), STORABLE] = None,
    severity: Annotated[
        int | None, Query(ge=0, le=3, description="At least this grave 不低于此严重度")
    ] = None,
    customer_id: Annotated[str | None, Query(max_length=200, examples=["c-1024"]), STORABLE] = None,
) -> store.Filters:
    return store.Filters(
        product=product,
        category=category,
        severity=severity,
        customer_id=customer_id,
        since=between.since,
        until=between.until,
    )


@router.get(
    "",
    summary="List complaints, the gravest first 列出投诉，最严重的在前",
    dependencies=[allow("support", "pr")],
    responses=problems(422),
)
def list_complaints(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ComplaintPage:
    """Ranked by severity, then by reach, then by time; adverts and agents' turns left out.

    按严重度、触达、时间依次排序；不含广告和客服的话。
    """
    with running.database.transaction() as session:
        return service.show_page(session, filters, cursor, limit)
