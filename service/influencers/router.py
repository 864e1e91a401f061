"""The address of influencers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import allow
from service.api.services import Running
from service.influencers import service, store
from service.influencers.schemas import InfluencerPage

router = APIRouter(prefix="/v1/influencers", tags=["influencers 影响者"])


def _filters(
    platform: Annotated[str | None, Query(max_length=200, examples=["weibo"]), STORABLE] = None,
    band: Annotated[str | None, Query(max_length=200, examples=["KOL"]), STORABLE] = None,
    at_least: Annotated[float | None, Query(ge=0, le=100, description="影响力不低于")] = None,
) -> store.Filters:
    return store.Filters(platform=platform, band=band, at_least=at_least)


@router.get(
    "",
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
