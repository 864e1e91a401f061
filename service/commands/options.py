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
SignalsOption = Annotated[
    Path | None, typer.Option("--signals", metavar="FILE", help="Signals of analyze 信号文件")
]
OrdersOption = Annotated[
    Path | None, typer.Option("--orders", metavar="FILE", help="Orders, amounts in fen 订单（分）")
]
AccountsOption = Annotated[
    Path | None, typer.Option("--accounts", metavar="FILE", help="Social accounts 社交账号")
]
TableOption = Annotated[
    list[str] | None,
    typer.Option(
        "--table",
        metavar="NAME=FILE",
        help="A table that conditions name, repeatable 其他表，可多次",
    ),
]
ActionsDay = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="[the day of TIERS] 截至日期")
]
ScoringPolicy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Of the scores [the shipped one] 评分策略"),
]
ActionsPolicyOption = Annotated[
    Path | None,
    typer.Option("--actions-policy", metavar="FILE", help="[the shipped one] 行动策略文件"),
]


class LocalEngine(StrEnum):
    """What computes on this machine; all give the same."""

    PANDAS = "pandas"
    POLARS = "polars"
    DUCKDB = "duckdb"


Orders = Annotated[Path, typer.Option(metavar="FILE", help="Orders, amounts in fen 订单（分）")]
Signals = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Signals of tingyin analyze 信号文件")
]
Engagement = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Views, carts, logins 行为记录")
]
Accounts = Annotated[Path | None, typer.Option(metavar="FILE", help="Social accounts 社交账号")]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="As of this day [the newest row] 截至日期")
]
Local = Annotated[
    LocalEngine,
    typer.Option("--engine", help="What computes; all give the same 计算引擎，结果相同"),
]
