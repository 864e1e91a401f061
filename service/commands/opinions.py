"""`tingyin opinions`: a signals file in, what customers say of each aspect out."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands import options
from service.commands.beside import keep_rejects
from service.commands.opinions_input import Listened, listen, mentions_schema
from service.commands.opinions_report import Told, show
from service.errors import InputError
from service.exit_codes import ended
from service.files.places import demand_tables
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa

    from nlp.opinions import OpinionSettings, Summariser


def opinions(
    signals: Annotated[
        Path,
        typer.Argument(metavar="SIGNALS", help="Signals of tingyin analyze 信号文件"),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Aspects: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="NAME", help="Only this, repeatable 仅此产品，可多次"),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Aspects of each product at most 每个产品最多几项"),
    ] = None,
    aspects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own aspects, beside the shipped 自备方面词库"),
    ] = None,
    mentions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write every mention with its id 另存每条提及及其编号"
        ),
    ] = None,
    by_likes: Annotated[
        bool, typer.Option("--by-likes", help="Each like is one more voice 每个赞计为一票")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until this time [the last one] 截至时间，默认最后一条"),
    ] = None,
    zone: options.Zone = "Asia/Shanghai",
    strict: options.Strict = False,
) -> int:
    """Summarise what customers judge: aspects by share and polarity, with quotes.

    For all products together and for each: mentions, shares with 95 % intervals, the last 30 days
    against before, complaint categories, and sentences with their ids. Rows that cannot be used
    go to OUT.rejects.jsonl with value, reason and remedy.

    汇总顾客评价了什么：全部产品及每个产品的各方面占比与褒贬（95% 区间）、近 30 天变化、投诉类别，
    并附原句与编号。无法使用的行写入 OUT.rejects.jsonl，附原因和办法。
    """
    from nlp.opinions import Summariser, load_lexicon
    from service.files import write_rows

    demand_tables([output, mentions], [signals])
    settings = _settings(as_of, zone, by_likes=by_likes)
    summariser = Summariser(load_lexicon(aspects), settings)
    listened = _listened(signals, summariser, tuple(product or ()), zone, mentions)
    rows = [row for row in summariser.summary() if not product or row.scope == "product"]
    told = Told(rows, listened, summariser, settings, top)
    keep_rejects(output, listened.rejects)
    write_rows(output, (row.as_row() for row in told.chosen()), opinions_schema())
    show(told, output, mentions)
    return ended(listened.rejects, strict=strict)


@cache
def opinions_schema() -> "pa.Schema":
    """Return the Arrow schema of the opinions table: one row per product and aspect."""
    import pyarrow as pa

    from nlp import SENTIMENTS

    text, number, whole = pa.string(), pa.float64(), pa.int64()
    shares = [f"{name}_{part}" for name in SENTIMENTS for part in ("share", "low", "high")]
    change = ["negative_change", "negative_change_low", "negative_change_high"]
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(("scope", "product", "aspect", "zh"), text),
        "known": pa.bool_(),
        **dict.fromkeys(("mentions", *SENTIMENTS), whole),
        **dict.fromkeys(("share", *shares, "net"), number),
        "recent_mentions": whole,
        "recent_net": number,
        "before_mentions": whole,
        "before_net": number,
        **dict.fromkeys(change, number),
        "trend": text,
        "complaints": pa.list_(pa.struct([("category", text), ("count", whole)])),
        "terms": pa.list_(pa.struct([("term", text), ("count", whole)])),
        "quotes": pa.list_(pa.struct([("polarity", text), ("id", text), ("text", text)])),
    }
    return pa.schema(list(columns.items()))


def _settings(as_of: str | None, zone: str, *, by_likes: bool) -> "OpinionSettings":
    from nlp.opinions import OpinionSettings
    from service.commands.times import zone_of
    from service.files.contract import Fault, read_moment

    moment = None if as_of is None else read_moment(as_of, zone_of(zone))
    if isinstance(moment, Fault):
        raise InputError(
            f"--as-of {as_of!r}: {moment.reason.en}; write it as 2026-01-05 or 2026-01-05T08:03",
            f"--as-of {as_of!r}：{moment.reason.zh}；请写成 2026-01-05 或 2026-01-05T08:03",
        )
    return OpinionSettings(as_of=moment, weight="likes" if by_likes else "one")


def _listened(
    signals: Path,
    summariser: "Summariser",
    products: tuple[str, ...],
    zone: str,
    mentions: Path | None,
) -> Listened:
    from rich.console import Console

    from service.files import write_rows

    listened = Listened()
    stream = listen(signals, summariser, products, zone, listened)
    status = Message(f"listening to {signals} …", f"正在汇总 {signals} …")
    with Console(stderr=True).status(status.text(spoken_language())):
        if mentions is not None:
            write_rows(mentions, stream, mentions_schema())
        else:
            for _ in stream:
                pass
    return listened
