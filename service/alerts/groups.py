"""Alerts in groups: by product, or by whichever labels are asked for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.alerts.schemas import AlertGroup, AlertGroupPage
from service.alerts.state import State
from service.alerts.store import Filters
from service.api.cursors import page
from service.database.tables import Alert

Label = Literal["product", "category", "level", "fingerprint"]
LABELS: Mapping[Label, InstrumentedAttribute[Any]] = MappingProxyType(
    {
        "product": Alert.product,
        "category": Alert.category,
        "level": Alert.level,
        "fingerprint": Alert.fingerprint,
    }
)
MOST_IDS = 50


def show_groups(
    session: Session,
    filters: Filters,
    labels: Sequence[Label],
    cursor: str | None,
    limit: int,
) -> AlertGroupPage:
    """Return one page of groups of the alerts that pass the filters.

    Parameters
    ----------
    labels
        What alerts of one group share; a label given twice counts once.
    """
    names = list(dict.fromkeys(labels))
    shared = [LABELS[name] for name in names]
    is_open = Alert.state != State.RESOLVED
    newest = aggregate_order_by(Alert.id, Alert.raised_at.desc(), Alert.id.desc())
    groups = (
        select(
            cast(func.jsonb_build_array(*shared), Text).label("key"),
            *(column.label(f"label_{name}") for name, column in zip(names, shared, strict=True)),
            func.count().label("count"),
            func.count().filter(is_open).label("open"),
            func.min(Alert.level).label("gravest"),
            func.min(Alert.level).filter(is_open).label("gravest_open"),
            func.max(Alert.raised_at).label("latest"),
            func.array_agg(newest, type_=ARRAY(Text)).label("alerts"),
        )
        .where(*filters.conditions())
        .group_by(*shared)
        .subquery()
    )
    first = groups.c.alerts[1:MOST_IDS].label("first")
    key = {"latest": groups.c.latest, "key": groups.c.key}
    found = page(session, select(groups, first), key, cursor, limit)
    items = [_group(row, names) for row in found.rows]
    return AlertGroupPage(groups=items, next_cursor=found.next_cursor)


def _group(row: Any, names: Sequence[Label]) -> AlertGroup:  # noqa: ANN401 - columns by label
    return AlertGroup(
        labels={name: getattr(row, f"label_{name}") for name in names},
        count=row.count,
        open=row.open,
        gravest=row.gravest,
        gravest_open=row.gravest_open,
        latest=row.latest,
        alerts=row.first,
    )
