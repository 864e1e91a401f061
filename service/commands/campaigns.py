"""`tingyin campaigns`: what influencers cost and brought in; return, risk and a verdict out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    import pyarrow as pa

    from tiering.campaigns import Assessment


def campaigns(
    table: Annotated[
        Path, typer.Argument(metavar="CAMPAIGNS", help="One row a campaign 每行一次投放")
    ],
    output: options.Output,
    signals: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What tingyin analyze wrote: their texts 其言论信号"),
    ] = None,
    authors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What score --authors wrote: discounts 账号影响力"),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rules [the shipped ones] 评判规则")
    ] = None,
    zone: options.Zone = "Asia/Shanghai",
) -> int:
    """Judge campaigns with influencers: return with its interval, risk with its reasons.

    CAMPAIGNS has campaign_id, account_id, cost, orders and revenue (money in fen), and where known
    margin, fake_share (0 to 1) and started_at; texts of an account count as past up to then.

    评判达人投放：回报及其区间、风险及其原因，并给出续投、测试或停投的建议。金额单位为分。
    """
    from service.commands.campaigns_input import read_campaigns
    from service.commands.campaigns_report import show
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.campaigns import assess, load_campaign_rules

    demand_tables([output], [table, signals, authors, rules])
    given = load_campaign_rules(rules)
    judged = assess(read_campaigns(table, signals, authors, zone), given)
    write_rows(output, map(_row, judged), _schema())
    show(judged, output)
    return ExitCode.DONE


def _row(judged: "Assessment") -> dict[str, Any]:
    campaign, returned = judged.campaign, judged.returned
    voices = campaign.voices
    return {
        "campaign_id": campaign.campaign,
        "account_id": campaign.account,
        "cost": campaign.cost,
        "orders": campaign.orders,
        "revenue": campaign.revenue,
        "profit": returned.profit,
        "return": returned.ratio,
        "return_low": returned.low,
        "return_high": returned.high,
        "fake_share": campaign.fake_share,
        "past_texts": None if voices is None else voices.total(),
        "past_negatives": None if voices is None else voices.negative,
        "nsr": next((part.figure for part in judged.parts if part.name == "nsr"), None),
        "risk": judged.risk,
        "verdict": judged.verdict,
        "reasons": [{"en": reason.en, "zh": reason.zh} for reason in judged.reasons],
    }


def _schema() -> "pa.Schema":
    import pyarrow as pa

    text, number, whole = pa.string(), pa.float64(), pa.int64()
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(("campaign_id", "account_id"), text),
        **dict.fromkeys(("cost", "orders", "revenue"), whole),
        **dict.fromkeys(("profit", "return", "return_low", "return_high", "fake_share"), number),
        **dict.fromkeys(("past_texts", "past_negatives"), whole),
        **dict.fromkeys(("nsr", "risk"), number),
        "verdict": text,
        "reasons": pa.list_(pa.struct([("en", text), ("zh", text)])),
    }
    return pa.schema(list(columns.items()))
