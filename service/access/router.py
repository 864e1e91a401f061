"""The addresses of keys."""

from typing import Annotated

from fastapi import APIRouter, Path, status

from service.access import service
from service.access.schemas import KeyList, KeyOut, KeyRequest, NewKey
from service.api.described import problems
from service.api.rights import Called, allow
from service.api.services import Running

router = APIRouter(prefix="/v1/keys", tags=["keys 密钥"])


@router.post(
    "",
    summary="Make an API key 创建 API 密钥",
    status_code=status.HTTP_201_CREATED,
    dependencies=[allow("admin")],
    responses=problems(400, 409, 422),
)
def post_key(running: Running, caller: Called, wanted: KeyRequest) -> NewKey:
    """The key is shown once and stored only as a hash.

    密钥只显示一次，仅以哈希形式保存。
    """
    with running.database.transaction() as session:
        return service.make_key(session, wanted.name, wanted.scopes, caller.name, running.now())


@router.get(
    "",
    summary="List API keys 列出 API 密钥",
    dependencies=[allow("admin")],
    responses=problems(),
)
def get_keys(running: Running) -> KeyList:
    """Names, scopes and dates; never the keys.

    名称、权限与日期，不含密钥本身。
    """
    with running.database.transaction() as session:
        return service.list_keys(session)


@router.delete(
    "/{key_id}",
    summary="Revoke an API key 吊销 API 密钥",
    dependencies=[allow("admin")],
    responses=problems(404, 409, 422),
)
def delete_key(
    running: Running, key_id: Annotated[int, Path(ge=1, le=2**62, examples=[2])]
) -> KeyOut:
    """It is worthless at once; its name stays in the audit trail.

    立即失效；其名称仍留在审计记录中。
    """
    with running.database.transaction() as session:
        return service.revoke_key(session, key_id, running.now())
