"""From a row of the alerts table back to the surge that it was written from."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from nlp.message import Message
from nlp.surveillance import Author, CategoryCount, Quote, Surge
from service.errors import InputError
from service.files.cells import is_filled

TRUE = ("true", "1", "1.0")


def surge_from_row(row: Mapping[str, Any], zone: tzinfo) -> Surge:
    """Return the surge of one row of the alerts that `tingyin watch` writes, in any format.

    Parameters
    ----------
    row
        The columns of `Surge.as_row`; further ones are left alone.
    zone
        Whose clock the times are told by.

    Raises
    ------
    InputError
        A column is missing or holds no value of its kind.
    """
    try:
        return _surge(row, zone)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"this is no alert of tingyin watch ({type(error).__name__}: {error}); write the "
            "alerts again with tingyin watch",
            f"这不是 tingyin watch 生成的告警（{type(error).__name__}：{error}）；"
            "请用 tingyin watch 重新生成",
        ) from error


def _surge(row: Mapping[str, Any], zone: tzinfo) -> Surge:
    return Surge(
        fingerprint=str(row["fingerprint"]),
        product=_text(row["product"]) or "",
        category=_text(row["category"]),
        onset=_moment(row["onset"], zone),
        until=_moment(row["until"], zone),
        bins=tuple(row["bins"] or ()),
        observed=int(float(row["observed"])),
        expected=float(row["expected"]),
        upper=int(float(row["upper"])),
        p=float(row["p"]),
        level=int(float(row["level"])),
        severity=int(float(row["severity"])),
        categories=tuple(
            CategoryCount(str(one["category"]), int(one["count"]), _ids(one))
            for one in row["categories"] or ()
        ),
        authors=tuple(
            Author(str(one["author_id"]), int(one["posts"]), int(one["reach"]), _ids(one))
            for one in row["authors"] or ()
        ),
        coordinated_share=float(row["coordinated_share"]),
        coordinated_ids=tuple(map(str, row["coordinated_ids"] or ())),
        suspected_coordination=str(row["suspected_coordination"]).lower() in TRUE,
        keyphrases=tuple(map(str, row["keyphrases"] or ())),
        quotes=tuple(Quote(str(one["id"]), str(one["text"])) for one in row["quotes"] or ()),
        ids=_ids(row),
        reasons=tuple(Message(str(one["en"]), str(one["zh"])) for one in row["reasons"] or ()),
    )


def _text(value: object) -> str | None:
    return str(value) if is_filled(value) else None


def _ids(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, row["ids"] or ()))


def _moment(value: datetime | str, zone: tzinfo) -> datetime:
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read.replace(tzinfo=zone) if read.tzinfo is None else read.astimezone(zone)
