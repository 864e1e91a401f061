"""The addresses of influencers, and of the accounts and edges that they are found by."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.api.bodies import BulkResult, JsonBody, checked
from service.api.cursors import Cursor, Limit
from service.api.described import bulk_request, problems
from service.api.fields import STORABLE, Clock
from service.api.rights import allow
from service.api.services import Running, Spoken
from service.influencers import service, store
from service.influencers.schemas import AccountIn, EdgeIn, InfluencerPage

router = APIRouter(prefix="/v1", tags=["influencers 影响者"])


def _filters(
    platform: Annotated[str | None, Query(max_length=200, examples=["weibo"]), STORABLE] = None,
    band: Annotated[str | None, Query(max_length=200, examples=["KOL"]), STORABLE] = None,
    at_least: Annotated[float | None, Query(ge=0, le=100, description="影响力不低于")] = None,
) -> store.Filters:
    return store.Filters(platform=platform, band=band, at_least=at_least)


@router.get(
    "/influencers",
    summary="List influencers, the farthest heard first 列出影响者，影响力大的在前",
    dependencies=[allow("pr", "tiering")],
    responses=problems(422),
)
def list_influencers(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> InfluencerPage:
    """As the last run of the tiering job found them; coordinated posts and adverts discounted.

    依最近一次分层运行的结果；水军与广告已打折。
    """
    with running.database.transaction() as session:
        return service.show_page(session, filters, cursor, limit)


@router.post(
    "/accounts",
    summary="Take in social accounts, up to 1,000 收下社交账号，至多 1,000 个",
    dependencies=[allow("tiering")],
    responses=problems(400, 413, 422),
    openapi_extra=bulk_request(AccountIn),
)
def post_accounts(running: Running, language: Spoken, body: JsonBody) -> BulkResult:
    """Followers and age tell how real an audience is; customer_id ties an account to a customer.

    粉丝与账号年龄用于判断受众真实性；customer_id 将账号与客户相连。
    """
    now = running.now()
    rows = checked(body, AccountIn, "account_id", Clock(now, running.settings.zone))
    with running.database.transaction() as session:
        result = service.take_accounts(session, rows, now, language)
    running.metrics.count_rows("accounts", result)
    return result


@router.post(
    "/edges",
    summary="Take in who follows, reposts or answers whom 收下关注、转发与回复关系",
    dependencies=[allow("tiering")],
    responses=problems(400, 413, 422),
    openapi_extra=bulk_request(EdgeIn),
)
def post_edges(running: Running, language: Spoken, body: JsonBody) -> BulkResult:
    """Up to 1,000 edges; they give the network part of influence.

    至多 1,000 条；用于影响力中的网络部分。
    """
    now = running.now()
    rows = checked(body, EdgeIn, "source", Clock(now, running.settings.zone))
    with running.database.transaction() as session:
        result = service.take_edges(session, rows, now, language)
    running.metrics.count_rows("edges", result)
    return result
