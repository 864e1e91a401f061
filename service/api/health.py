"""Is it alive, is it ready, and how much has it done; for machines, without a key."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from service.api.rights import PUBLIC
from service.api.services import Running

router = APIRouter(tags=["health 状态"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether each part works."""

    status: Annotated[Literal["ready", "not ready"], Field(examples=["ready"])]
    parts: Annotated[
        dict[str, bool], Field(examples=[{"database": True, "worker": True, "model": True}])
    ]


@router.get("/health/live", summary="Is the process alive 进程是否存活", dependencies=[PUBLIC])
def live() -> Alive:
    """It answers, so it is.

    能应答即存活。
    """
    return Alive()


@router.get(
    "/health/ready",
    summary="Do all parts work 各部分是否就绪",
    dependencies=[PUBLIC],
    responses={503: {"model": Readiness, "description": "Not ready 未就绪"}},
)
def ready(running: Running, response: Response) -> Readiness:
    """Database, worker and model; 503 while one of them does not work.

    数据库、任务进程与模型；任一未就绪时返回 503。
    """
    parts = running.health()
    if not all(parts.values()):
        response.status_code = 503
    return Readiness(status="ready" if all(parts.values()) else "not ready", parts=parts)


@router.get(
    "/metrics",
    summary="Figures for Prometheus 供 Prometheus 采集的指标",
    dependencies=[PUBLIC],
    response_class=PlainTextResponse,
)
def metrics(running: Running) -> Response:
    """Counts and times; no name and no text.

    仅计数与耗时，不含姓名与文本。
    """
    return Response(running.metrics.text(), media_type=CONTENT_TYPE_LATEST)
