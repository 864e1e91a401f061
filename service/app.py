"""The application: the addresses of every domain, and the right to each of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse

from nlp.errors import TingyinError
from service.access.router import router as access
from service.alerts.moves_router import router as moves
from service.alerts.review_router import router as reviews
from service.alerts.router import router as alerts
from service.alerts.stream_router import router as stream
from service.api.docs_page import docs_page
from service.api.health import router as health
from service.api.limits import BodyLimit
from service.api.metrics import Metrics
from service.api.observing import Observing
from service.api.problems import install_problems
from service.api.rights import PUBLIC, require_declared
from service.complaints.router import router as complaints
from service.customers.insight_router import router as insight
from service.customers.router import router as customers
from service.database import refusals_told
from service.delivery.deliveries_router import router as deliveries
from service.delivery.router import router as routes
from service.erasure.router import router as erasure
from service.feedback.router import router as feedback
from service.influencers.router import router as influencers
from service.installed import own_version
from service.logs import where
from service.report.router import router as report
from service.response.router import router as response
from service.runtime import Parts, opened
from service.series.router import router as series
from service.settings import Settings, load_settings
from service.silences.router import router as silences

ROUTERS = (
    access,
    stream,  # before alerts: its address looks like that of one
    alerts,
    complaints,
    customers,
    insight,
    deliveries,
    erasure,
    feedback,
    health,
    influencers,
    moves,
    report,
    response,
    reviews,
    routes,
    series,
    silences,
)
DESCRIPTION = (
    "Hear what Chinese customers say: signals, alerts, complaints, tiers. "
    "听懂中国顾客在说什么：信号、告警、投诉、分层。"
)


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> FastAPI:
    """Return the application; its database and worker start and stop with its lifespan.

    Parameters
    ----------
    settings
        Taken from the environment when not given.
    parts
        The model and the clock, when not the usual ones.

    Raises
    ------
    SettingError
        A setting of the environment is not allowed.
    """
    settings, metrics = settings or load_settings(), Metrics()
    app = FastAPI(
        title="Tingyin 听音",
        version=own_version(),
        description=DESCRIPTION,
        lifespan=partial(_lifespan, settings, parts or Parts(), metrics),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for router in (*ROUTERS, _papers(app)):
        app.include_router(router)
    install_problems(app)
    require_declared(app)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(Observing, metrics=metrics)
    return app


@asynccontextmanager
async def _lifespan(
    settings: Settings, parts: Parts, metrics: Metrics, app: FastAPI
) -> AsyncIterator[None]:
    try:
        async with AsyncExitStack() as stack:
            with refusals_told():
                app.state.services = await stack.enter_async_context(
                    opened(settings, parts, metrics)
                )
            yield
    except TingyinError as error:
        # The server only logs what ends a lifespan; whoever started it wants the words.
        app.state.failure = error
        raise
    except Exception as error:
        # The server writes its traceback out as text, of which the log keeps nothing.
        structlog.get_logger("tingyin").error("service ended by an error", **where(error))
        raise


def _papers(app: FastAPI) -> APIRouter:
    """Return the addresses that describe the others."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json", dependencies=[PUBLIC])
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @router.get("/docs", dependencies=[PUBLIC])
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi()))

    return router
