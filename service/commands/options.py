"""Options that several commands have, each declared once: its names, its form and its help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="text=评论内容", help="Name a column, repeatable 指定列，可多次"),
]
MakeIds = Annotated[
    bool, typer.Option("--make-ids", help="Number the rows by file and line 按文件名和行号编号")
]
At = Annotated[
    str | None, typer.Option(metavar="DATE", help="Time of rows that have none 缺少时间时的默认值")
]
DateFormat = Annotated[
    str | None, typer.Option(metavar="%d/%m/%Y", help="Form of the dates 日期格式")
]
Zone = Annotated[str, typer.Option(help="Zone of times that name none 未写时区的时间所在时区")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook [the first] 工作表")]
Strict = Annotated[
    bool, typer.Option("--strict", help="End with 4 where rows were rejected 有拒收则以 4 结束")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON 以 JSON 输出")]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="OUT", help=".jsonl .csv .parquet .xlsx 输出文件"),
]

ORDERS = typer.Option("--orders", metavar="FILE", help="Orders, amounts in fen 订单（分）")
SIGNALS = typer.Option("--signals", metavar="FILE", help="Signals of tingyin analyze 信号文件")
ENGAGEMENT = typer.Option("--engagement", metavar="FILE", help="Views, carts, NPS 行为记录")
Orders = Annotated[Path, ORDERS]
OrdersIfAny = Annotated[Path | None, ORDERS]
SignalsIfAny = Annotated[Path | None, SIGNALS]
Engagement = Annotated[Path, ENGAGEMENT]
EngagementIfAny = Annotated[Path | None, ENGAGEMENT]
AccountsIfAny = Annotated[
    Path | None, typer.Option("--accounts", metavar="FILE", help="Social accounts 社交账号")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Use nothing later [the newest row] 截至日期"),
]

Tiers = Annotated[Path, typer.Argument(metavar="TIERS", help="What tingyin score wrote 分层结果")]
AsOfTiers = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="[the day of TIERS] 截至日期")
]
NamedTables = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="NAME=FILE",
        help="A table that conditions name, repeatable 其他表，可多次",
    ),
]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Of the scores [the shipped one] 评分策略"),
]
ActionsPolicy = Annotated[
    Path | None,
    typer.Option("--actions-policy", metavar="FILE", help="[the shipped one] 行动策略文件"),
]


class LocalEngine(StrEnum):
    """What computes on this machine; all give the same."""

    PANDAS = "pandas"
    POLARS = "polars"
    DUCKDB = "duckdb"


Local = Annotated[
    LocalEngine,
    typer.Option("--engine", help="What computes; all give the same 计算引擎，结果相同"),
]
