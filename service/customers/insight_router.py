"""The addresses of what is told of one customer: tags, next actions, linked accounts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, get_args

from fastapi import APIRouter, Path

from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import allow
from service.api.said import Said
from service.api.services import Running
from service.customers import insight
from service.customers.insight_schemas import (
    AccountLink,
    ActionOut,
    ActionsOut,
    DeviceLink,
    Fate,
    LinksOut,
    TagOut,
    TagsOut,
)

if TYPE_CHECKING:
    from tiering.actions import ActionRun

router = APIRouter(prefix="/v1", tags=["customers 客户"])
CustomerId = Annotated[str, Path(max_length=200, examples=["c-1024"]), STORABLE]


@router.get(
    "/customers/{customer_id:path}/tags",
    summary="Show the tags of a customer with their evidence 查看客户的标签与依据",
    dependencies=[allow("tiering", "support")],
    responses=problems(404, 422),
)
def get_tags(running: Running, customer_id: CustomerId) -> TagsOut:
    """Computed now from what is stored; consents, merges and tags by hand are `tingyin tags`'s.

    依现有数据即时计算；授权、编号合并与人工标签见 `tingyin tags`。
    """
    now, book = running.now(), running.rulebook
    with running.database.transaction() as session:
        score = insight.scored(session, customer_id)
        rows = insight.tags_of(session, score, book, now)
        return TagsOut(
            customer_id=customer_id,
            as_of=now,
            scored_as_of=score.as_of,
            rules_version=book.tags.version,
            items=[_tag(row) for row in rows],
        )


@router.get(
    "/customers/{customer_id:path}/actions",
    summary="Show what to do next for a customer, and why 查看客户的下一步行动与理由",
    dependencies=[allow("tiering", "support")],
    responses=problems(404, 422),
)
def get_actions(running: Running, customer_id: CustomerId) -> ActionsOut:
    """Computed now; without consents no offer goes where one needs them.

    即时计算；服务不存触达授权，须授权的渠道不发营销。
    """
    now, book = running.now(), running.rulebook
    with running.database.transaction() as session:
        score = insight.scored(session, customer_id)
        run = insight.actions_of(session, score, book, now)
        return ActionsOut(
            customer_id=customer_id,
            tier=score.tier,
            as_of=now,
            scored_as_of=score.as_of,
            policy_version=run.policy_version,
            items=[ActionOut.model_validate(row.as_row()) for row in run.rows],
            held_back=_held_back(run),
            not_judged=dict(run.not_judged),
        )


@router.get(
    "/customers/{customer_id:path}/links",
    summary="Show the accounts of a customer, and who shares devices 查看客户的账号与共用设备者",
    dependencies=[allow("tiering", "support")],
    responses=problems(404, 422),
)
def get_links(running: Running, customer_id: CustomerId) -> LinksOut:
    """Devices are those of events `device`; links by address or payment are `score --links`'s.

    设备取自 `device` 事件；按地址、支付方式的关联见 `score --links`。
    """
    now, book = running.now(), running.rulebook
    with running.database.transaction() as session:
        insight.scored(session, customer_id)
        accounts = insight.accounts_of(session, customer_id)
        sharers = insight.sharers_of(session, customer_id, book, now)
        return LinksOut(
            customer_id=customer_id,
            accounts=[AccountLink.model_validate(each, from_attributes=True) for each in accounts],
            shared_devices=[
                DeviceLink(
                    customer_id=running.mask(each.customer_id),
                    devices=each.devices,
                    last_at=each.last_at,
                )
                for each in sharers
            ],
        )


def _held_back(run: "ActionRun") -> dict[str, Fate]:
    """Return by action, of a run of one customer, what held it back."""
    return {
        action: fate
        for action, counts in run.fates.items()
        for fate in get_args(Fate)
        if counts[fate]
    }


def _tag(row: Mapping[str, Any]) -> TagOut:
    evidence = Said(en=str(row["evidence_en"]), zh=str(row["evidence_zh"]))
    return TagOut.model_validate({**row, "evidence": evidence})
