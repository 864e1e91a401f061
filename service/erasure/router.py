"""The address of erasure."""

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import Called, allow
from service.api.services import Running
from service.erasure import service
from service.erasure.schemas import Receipt

router = APIRouter(prefix="/v1/customers", tags=["customers 客户"])


@router.delete(
    "/{customer_id:path}",
    summary="Erase a customer, with a receipt 删除客户的全部数据并出具回执",
    dependencies=[allow("admin")],
    responses=problems(404, 422),
)
def delete_customer(
    running: Running,
    caller: Called,
    customer_id: Annotated[str, Path(max_length=200, examples=["c-1024"]), STORABLE],
) -> Receipt:
    """Orders, engagement, scores and accounts go; feedback stays without text or person.

    It waits for a job that is running. 订单、行为、评分与账号删除；反馈只留下不含文字与个人的计数。
    若有任务正在运行，会等待其结束。
    """
    with running.database.transaction() as session:
        return service.erase(session, customer_id, caller.name, running.now())
