"""The addresses of series and backtests."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from nlp.surveillance import Key, WatchSettings, WatchWidth
from service.api.described import problems
from service.api.fields import STORABLE
from service.api.rights import allow
from service.api.services import Running
from service.api.windows import Between
from service.series import service
from service.series.schemas import BacktestIn, BacktestOut, Series

router = APIRouter(prefix="/v1", tags=["series 序列"])


def _asked(
    between: Between,
    product: Annotated[str, Query(max_length=200, examples=["暖风机 A1"]), STORABLE],
    category: Annotated[str | None, Query(max_length=200, examples=["safety"]), STORABLE] = None,
    width: Annotated[WatchWidth, Query(description="How long a bin is 每格时长")] = "hour",
) -> service.Asked:
    return service.Asked(Key(product, category), width, between.since, between.until)


@router.get(
    "/series",
    summary="Show counts with what was expected of them 查看计数及其预期区间",
    dependencies=[allow("pr", "support")],
    responses=problems(422),
)
def get_series(running: Running, asked: Annotated[service.Asked, Depends(_asked)]) -> Series:
    """The negative mentions of a product, bin by bin, as surveillance judges them.

    按时间格给出某产品的负面提及数，与监测所用的预期、上限和告警一致。
    """
    settings = WatchSettings(zone=running.settings.time_zone)
    with running.database.transaction() as session:
        return service.show(session, asked, settings)


@router.post(
    "/backtest",
    summary="Run a detector over past counts 用历史计数回测检测器",
    dependencies=[allow("pr", "support", "tiering")],
    responses=problems(400, 413, 422),
)
def post_backtest(running: Running, asked: BacktestIn) -> BacktestOut:
    """Each bin is judged by what lies before it; a missing bin is unknown, not zero.

    每格只依据此前的数据判断；缺失的格视为未知，而不是零。
    """
    return service.judge_counts(asked, running.settings.zone)
