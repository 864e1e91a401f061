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
    "/{customer_id}",
    summary="Erase a customer, with a receipt 删除客户的全部数据并出具回执",
    dependencies=[allow("admin")],
    responses=problems(404, 422),
)
def delete_customer(
    running: Running,
    caller: Called,
    customer_id: Annotated[str, Path(max_length=200, examples=["c-1024"]), STORABLE],
) -> Receipt:
    """Orders, engagement and scores go; feedback stays as a count without text or person.

    订单、行为与评分删除；反馈只留下不含文字与个人的计数。
    """
    with running.database.transaction() as session:
        return service.erase(session, customer_id, caller.name, running.now())
