"""The addresses of deliveries."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from service.api.cursors import Cursor, Limit
from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import allow
from service.api.services import Running
from service.delivery import deliveries, store
from service.delivery.delivery_schemas import DeliveryDetail, DeliveryOut, DeliveryPage, Replayed
from service.delivery.states import DeliveryState

router = APIRouter(tags=["delivery 投递"])
Id = Annotated[int, Path(ge=1, le=2**62, examples=[2])]


def _filters(
    state: Annotated[DeliveryState | None, Query(examples=["dead"])] = None,
    route_id: Annotated[int | None, Query(ge=1, le=2**62, examples=[2])] = None,
    alert_id: Annotated[
        str | None, Query(max_length=200, examples=["3f0c9a1e5b7d4c2f8a6e1d0b9c8f7a65"]), STORABLE
    ] = None,
) -> store.Filters:
    return store.Filters(state, route_id, alert_id)


@router.get(
    "/v1/deliveries",
    summary="List deliveries, the newest first 列出投递，新的在前",
    dependencies=[allow("pr")],
    responses=problems(422),
)
def list_deliveries(
    running: Running,
    filters: Annotated[store.Filters, Depends(_filters)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DeliveryPage:
    """`state=dead` lists what was given up.

    `state=dead` 列出已放弃的投递。
    """
    with running.database.transaction() as session:
        return deliveries.show_page(session, filters, cursor, limit)


@router.get(
    "/v1/deliveries/{delivery_id}",
    summary="Show one delivery with its tries 查看一条投递及各次尝试",
    dependencies=[allow("pr")],
    responses=problems(404, 422),
)
def get_delivery(running: Running, delivery_id: Id) -> DeliveryDetail:
    """When it was tried, how long that took, what came of it; never what was said.

    何时尝试、耗时与结果；不含内容。
    """
    with running.database.transaction() as session:
        return deliveries.show_delivery(session, delivery_id)


@router.post(
    "/v1/deliveries/{delivery_id}/replay",
    summary="Replay a dead delivery 重放一条死信",
    dependencies=[allow("pr")],
    responses=problems(404, 409, 422),
)
def replay_delivery(running: Running, delivery_id: Id) -> DeliveryOut:
    """It waits again under its old id, with all that was in the same message.

    以原编号重新排队，同一消息内的其他事件一并重放。
    """
    with running.database.transaction() as session:
        return deliveries.replay(session, delivery_id, running.now())


@router.post(
    "/v1/routes/{route_id}/replay",
    summary="Replay all that a route gave up 重放一条路由的全部死信",
    dependencies=[allow("pr")],
    responses=problems(404, 422),
)
def replay_route(running: Running, route_id: Id) -> Replayed:
    """Every dead delivery waits again, under its old id.

    所有已放弃的投递重新排队，编号不变。
    """
    with running.database.transaction() as session:
        return deliveries.replay_all(session, route_id, running.now())
