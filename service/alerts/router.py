"""The addresses at which alerts are listed and shown."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from service.alert_by_id import found
from service.alerts import showing, store
from service.alerts.groups import Label, show_groups
from service.alerts.schemas import AlertDetail, AlertGroupPage, AlertPage
from service.alerts.state import State
from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE, Id
from service.api.rights import allow
from service.api.services import Running
from service.api.versions import tag
from service.api.windows import Between, asked_time

router = APIRouter(prefix="/v1/alerts", tags=["alerts 告警"])


def _changed_since(
    running: Running,
    changed_since: Annotated[
        str | None,
        Query(
            description="With a line of its trail from this time on 此后有变动",
            examples=["2026-03-01T00:00:00+08:00"],
        ),
    ] = None,
) -> datetime | None:
    if changed_since is None:
        return None
    return asked_time("changed_since", changed_since, running.settings.zone)


def _filters(
    between: Between,
    changed_since: Annotated[datetime | None, Depends(_changed_since)],
    state: Annotated[
        list[State], Query(description="One or more 可给多个", examples=[["firing"]])
    ] = [],  # noqa: B006 - FastAPI copies it
    product: Annotated[str | None, Query(max_length=200, examples=["暖风机 A1"]), STORABLE] = None,
    level: Annotated[
        int | None, Query(ge=1, le=4, description="At least this grave: 1 to 4 不低于此级别")
    ] = None,
    category: Annotated[str | None, Query(max_length=200, examples=["safety"]), STORABLE] = None,
    reviewed: Annotated[
        bool | None, Query(description="false: nobody wrote a review yet 为假：尚无复盘")
    ] = None,
) -> store.Filters:
    return store.Filters(
        states=tuple(state),
        product=product,
        level=level,
        category=category,
        since=between.since,
        until=between.until,
        changed_since=changed_since,
        reviewed=reviewed,
    )


@router.get(
    "",
    summary="List alerts, the newest first 列出告警，新的在前",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def list_alerts(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    group_by: Annotated[
        list[Label], Query(description="Groups instead of alerts 按这些标签分组", max_length=4)
    ] = [],  # noqa: B006 - FastAPI copies it
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AlertPage | AlertGroupPage:
    """Every filter narrows the list; since and until are times of the onset.

    With group_by the alerts that share these labels are counted together.
    各筛选条件同时生效；since 与 until 指起始时间；给出 group_by 则按标签分组计数。
    """
    with running.database.transaction() as session:
        if group_by:
            return show_groups(session, filters, group_by, cursor, limit)
        sight = showing.Sight(session, running.silenced, running.now())
        return showing.show_page(sight, filters, cursor, limit)


@router.get(
    "/{alert_id}",
    summary="Show one alert with its proof and its history 查看一条告警及其证据与经过",
    dependencies=[allow("pr", "support")],
    responses=problems(404, 422),
)
def get_alert(running: Running, alert_id: Id, response: Response) -> AlertDetail:
    """Figures, reasons, the ids that prove it, who did what when, and the lessons of its kind.

    数据、理由、作为证据的反馈编号、何人何时做了什么，以及同类事件的教训。
    """
    with running.database.transaction() as session:
        sight = showing.Sight(session, running.silenced, running.now())
        detail = showing.detail(sight, found(session, alert_id))
    tag(response, detail.version)
    return detail
