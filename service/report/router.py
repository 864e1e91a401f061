"""The address of reports."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from nlp.message import Language, Message
from nlp.surveillance import Surge, WatchSettings
from nlp.surveillance.story import tell
from service.alert_by_id import found
from service.api.described import Responses, problems
from service.api.fields import Id
from service.api.rights import allow
from service.api.services import Running, Spoken
from service.database.tables import Alert, AlertEvidence
from service.errors import NotFoundError
from service.mentions import mentions_of
from service.report.alert_rows import surge_from_row
from service.report.content import report_of
from service.report.formats import ReportFormat, rendered
from service.trail import KPI

router = APIRouter(prefix="/v1/alerts", tags=["alerts 告警"])
MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "jsonl": "application/jsonl; charset=utf-8",
}
KEPT = Message(
    "All ids: the same address with format=jsonl.", "完整编号：以 format=jsonl 访问同一地址。"
)
CONTENT = {media.split(";")[0]: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()}
ANSWERS: Responses = {200: {"content": CONTENT}}


@router.get(
    "/{alert_id}/report",
    summary="The report of an alert, with its proof 一条告警的通报及证据",
    dependencies=[allow("pr", "support")],
    responses=ANSWERS | problems(404, 422),
    response_class=Response,
)
def get_report(
    running: Running,
    spoken: Spoken,
    alert_id: Id,
    form: Annotated[
        ReportFormat, Query(alias="format", description="jsonl: all ids 为完整编号")
    ] = "md",
    language: Annotated[
        Language | None, Query(description="By default of Accept-Language 默认按 Accept-Language")
    ] = None,
) -> Response:
    """What, who, where, how fast, what next; from the feedback that is there now.

    内容、传播者、分布、增速与预测；依据当前已有的反馈。
    """
    settings = WatchSettings(zone=running.settings.time_zone)
    with running.database.transaction() as session:
        surge = _surge(session, alert_id, settings)
        mentions = mentions_of(session, surge.product, settings.memory)
    as_of = max((mention.at for mention in mentions), default=surge.until)
    story = tell(surge, mentions, as_of=as_of, settings=settings)
    made = rendered(report_of(surge, story, language or spoken, KEPT), form)
    name = f'inline; filename="report.{form}"'
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
    return Response(made, media_type=MEDIA_TYPES[form], headers=headers)


def _surge(session: Session, alert_id: str, settings: WatchSettings) -> Surge:
    alert = found(session, alert_id)
    if alert.fingerprint.startswith(KPI):
        raise NotFoundError(
            "This alert is about a figure of a tier, not about mentions; its reasons tell it.",
            "该告警针对层级指标而非反馈，没有通报；详情见其 reasons。",
        )
    proofs = session.query(AlertEvidence.feedback_id).filter(AlertEvidence.alert_id == alert_id)
    row = {column.key: getattr(alert, column.key) for column in Alert.__table__.columns}
    ids = [one for (one,) in proofs.order_by(AlertEvidence.feedback_id)]
    return surge_from_row(row | {"ids": ids}, settings.clock)
