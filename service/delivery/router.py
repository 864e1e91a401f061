"""The addresses of routes."""

from typing import Annotated

from fastapi import APIRouter, Path, status

from service.api.described import problems
from service.api.rights import Called, Caller, allow
from service.api.services import Running, Services
from service.delivery import service, trying
from service.delivery.schemas import (
    NewRoute,
    Rotation,
    RouteChange,
    RouteList,
    RouteOut,
    RouteRequest,
    TestResult,
)
from service.delivery.ssrf import networks
from service.delivery.targets import usable_target

router = APIRouter(tags=["delivery 投递"])
Id = Annotated[int, Path(ge=1, le=2**62, examples=[2])]


def _act(running: Services, caller: Caller) -> service.Act:
    return service.Act(caller.name, running.now(), running.vault)


@router.post(
    "/v1/routes",
    summary="Make a route: who is told what, and how 创建路由：把什么通知给谁",
    status_code=status.HTTP_201_CREATED,
    dependencies=[allow("admin")],
    responses=problems(400, 409, 422),
)
def post_route(running: Running, caller: Called, wanted: RouteRequest) -> NewRoute:
    """Target and secret are stored encrypted and never shown again; a secret we make, once.

    目标与密钥加密保存，不再显示；由我们生成的密钥只显示一次。
    """
    allowed = networks(running.settings.delivery_networks)
    running.policy.require_roles("roles", wanted.roles)
    target = usable_target(wanted.kind, wanted.target, allowed)
    with running.database.transaction() as session:
        return service.make(session, wanted, target, _act(running, caller))


@router.get(
    "/v1/routes",
    summary="List routes 列出路由",
    dependencies=[allow("pr")],
    responses=problems(),
)
def get_routes(running: Running) -> RouteList:
    """Without targets and secrets, with what waits and what was given up.

    不含目标与密钥，含待投递与已放弃的数量。
    """
    with running.database.transaction() as session:
        return service.show_all(session)


@router.get(
    "/v1/routes/{route_id}",
    summary="Show one route 查看一条路由",
    dependencies=[allow("pr")],
    responses=problems(404, 422),
)
def get_route(running: Running, route_id: Id) -> RouteOut:
    """Without target and secret.

    不含目标与密钥。
    """
    with running.database.transaction() as session:
        return service.show(session, route_id)


@router.patch(
    "/v1/routes/{route_id}",
    summary="Change a route 修改路由",
    dependencies=[allow("admin")],
    responses=problems(400, 404, 409, 422),
)
def patch_route(running: Running, caller: Called, route_id: Id, wanted: RouteChange) -> RouteOut:
    """What is not given stays; what waits goes by the new hours and to the new target.

    未给出的保持不变；待投递的按新的时段与目标处理。
    """
    allowed = networks(running.settings.delivery_networks)
    running.policy.require_roles("roles", wanted.roles)
    with running.database.transaction() as session:
        return service.change(session, route_id, wanted, allowed, _act(running, caller))


@router.delete(
    "/v1/routes/{route_id}",
    summary="Remove a route 删除路由",
    dependencies=[allow("admin")],
    responses=problems(404, 422),
)
def delete_route(running: Running, route_id: Id) -> RouteOut:
    """Its deliveries go with it.

    其投递记录一并删除。
    """
    with running.database.transaction() as session:
        return service.remove(session, route_id)


@router.post(
    "/v1/routes/{route_id}/rotate",
    summary="Take a new secret 更换签名密钥",
    dependencies=[allow("admin")],
    responses=problems(400, 404, 422),
)
def rotate_route(
    running: Running, caller: Called, route_id: Id, wanted: Rotation | None = None
) -> NewRoute:
    """Webhooks carry both signatures until the overlap ends.

    重叠期内，回调同时带两个签名。
    """
    with running.database.transaction() as session:
        return service.rotate(session, route_id, wanted or Rotation(), _act(running, caller))


@router.post(
    "/v1/routes/{route_id}/test",
    summary="Send a test message now 立即发送测试消息",
    dependencies=[allow("admin")],
    responses=problems(404, 409, 422),
)
def test_route(running: Running, caller: Called, route_id: Id) -> TestResult:
    """Tells what came of it; counts towards the channel's limit, minds no quiet hours.

    返回结果；计入渠道限速，不受免打扰时段影响。
    """
    with running.database.transaction() as session:
        act = _act(running, caller)
        letter = trying.trial(session, route_id, running.settings.zone, act)
    return trying.tried(running.send, letter)
