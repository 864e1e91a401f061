"""The signals of `tingyin opinions`, streamed through a summary; and what became of every row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.times import zone_of
from service.errors import InputError
from service.files import Reject, read_signals
from service.files.rows import unreadable

if TYPE_CHECKING:
    import pyarrow as pa

    from nlp.opinions import Opinion, OpinionRowError, Summariser

NAMED = 8
MENTION_LENGTH = 200
WRITE_AGAIN = Message(
    "correct the row, or write the file again with tingyin analyze",
    "请更正此行，或用 tingyin analyze 重新生成文件",
)


@dataclass(slots=True)
class Listened:
    """What became of the rows of a signals file, counted while they pass."""

    rejects: list[Reject] = field(default_factory=list)
    usable: int = 0
    elsewhere: int = 0
    future: int = 0
    products: dict[str, None] = field(default_factory=dict)


def listen(
    signals: Path,
    summariser: "Summariser",
    products: tuple[str, ...],
    zone: str,
    listened: Listened,
) -> Iterator[dict[str, Any]]:
    """Yield every mention of a signals file, as a row, while the summary counts it.

    Raises
    ------
    InputError
        The file is no signals table, no row of it can be used, or none is of the products.
    """
    from nlp.opinions import OpinionRowError

    now = datetime.now(zone_of(zone))
    for row in read_signals(signals, zone_of(zone), listened.rejects.append):
        if not _is_heard(row, products, now, summariser, listened):
            continue
        place = listened.usable + listened.elsewhere + listened.future + len(listened.rejects) + 1
        try:
            said = summariser.add(row, place)
        except OpinionRowError as error:
            listened.rejects.append(_reject(signals, place, row, error))
            continue
        listened.usable += 1
        yield from (_mention(row, opinion) for opinion in said)
    _demand_rows(signals, products, listened)


@cache
def mentions_schema() -> "pa.Schema":
    """Return the Arrow schema of the mentions: one row per piece of feedback and aspect."""
    import pyarrow as pa

    names = ("id", "product", "aspect", "zh", "polarity")
    columns = [(name, pa.string()) for name in names]
    lists = [("known", pa.bool_()), ("terms", pa.list_(pa.string())), ("text", pa.string())]
    return pa.schema([*columns, *lists])


def _is_heard(
    row: dict[str, Any],
    products: tuple[str, ...],
    now: datetime,
    summariser: "Summariser",
    listened: Listened,
) -> bool:
    product = row["product"] or ""
    if len(listened.products) < NAMED and product:
        listened.products[product] = None
    if products and product not in products:
        listened.elsewhere += 1
        return False
    if summariser.as_of is None and row["created_at"] is not None and row["created_at"] > now:
        listened.future += 1
        return False
    return True


def _mention(row: dict[str, Any], opinion: "Opinion") -> dict[str, Any]:
    from nlp.opinions import excerpt
    from nlp.text import mask

    known = opinion.aspect is not None
    text = mask(row["masked_text"] or "")
    return {
        "id": row["id"],
        "product": row["product"],
        "aspect": opinion.group,
        "zh": opinion.aspect.zh if opinion.aspect else opinion.group,
        "polarity": opinion.polarity,
        "known": known,
        "terms": list(opinion.terms),
        "text": excerpt(text, *opinion.span, MENTION_LENGTH),
    }


def _reject(signals: Path, place: int, row: dict[str, Any], error: "OpinionRowError") -> Reject:
    return Reject(
        signals.name, place, error.column, str(row.get(error.column)), error.message, WRITE_AGAIN
    )


def _demand_rows(signals: Path, products: tuple[str, ...], listened: Listened) -> None:
    if listened.usable or listened.future:
        return
    if listened.elsewhere:
        known = ", ".join(listened.products) or "-"
        asked = ", ".join(products)
        raise InputError(
            f"no row of {signals} is about {asked}; it names {known}; write --product as there",
            f"{signals} 中没有关于 {asked} 的行；其中的产品有 {known}；请按原样填写 --product",
        )
    if listened.rejects:
        first = unreadable(signals, listened.rejects[0]).message
        count = len(listened.rejects)
        raise InputError(
            f"none of {count:,} rows can be used; the first: {first.en}",
            f"{count:,} 行均无法使用；首个问题：{first.zh}",
        )
