"""What a failed check says to people: pydantic's error types in English and Chinese.

The value that failed is never repeated: it may be somebody's personal data, or a password.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_core import PydanticCustomError

from nlp.message import Message
from service.errors import InputError

_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("is missing", "缺失"),
        "extra_forbidden": ("is not a known field", "不是已知字段"),
        "model_type": ("must be an object", "必须是对象"),
        "model_attributes_type": ("must be an object", "必须是对象"),
        "dict_type": ("must be an object", "必须是对象"),
        "list_type": ("must be a list", "必须是列表"),
        "string_type": ("must be a string", "必须是字符串"),
        "string_too_short": (
            "must have at least {min_length} character(s)",
            "至少要有 {min_length} 个字符",
        ),
        "string_too_long": (
            "must have at most {max_length} characters",
            "最多 {max_length} 个字符",
        ),
        "string_pattern_mismatch": ("must match {pattern}", "必须符合 {pattern}"),
        "int_type": ("must be a whole number", "必须是整数"),
        "int_parsing": ("must be a whole number", "必须是整数"),
        "int_from_float": ("must be a whole number", "必须是整数"),
        "int_parsing_size": ("is too large a number", "数值过大"),
        "float_type": ("must be a number", "必须是数字"),
        "float_parsing": ("must be a number", "必须是数字"),
        "finite_number": ("must be a finite number", "必须是有限数值"),
        "bool_parsing": ("must be true or false", "必须是 true 或 false"),
        "bool_type": ("must be true or false", "必须是 true 或 false"),
        "greater_than_equal": ("must be at least {ge}", "不得小于 {ge}"),
        "greater_than": ("must be greater than {gt}", "必须大于 {gt}"),
        "less_than_equal": ("must be at most {le}", "不得大于 {le}"),
        "less_than": ("must be less than {lt}", "必须小于 {lt}"),
        "enum": ("must be one of {expected}", "必须是下列之一：{expected}"),
        "literal_error": ("must be one of {expected}", "必须是下列之一：{expected}"),
        "too_long": ("must have at most {max_length} entries", "最多 {max_length} 项"),
        "too_short": ("must have at least {min_length} entries", "至少要有 {min_length} 项"),
        "json_invalid": ("is not valid JSON", "不是合法的 JSON"),
        "unstorable": (
            "holds a NUL character or half of a surrogate pair, which cannot be stored: remove it",
            "含有 NUL 字符或半个代理对，无法保存，请去除",
        ),
        "blank": ("must not be blank", "不得为空白"),
        "time_unreadable": ("is {en}", "{zh}"),
        "time_out_of_range": (
            "lies outside {earliest} to {latest}",
            "不在 {earliest} 到 {latest} 之间",
        ),
        "unknown_zone": ("is not a known time zone", "不是已知的时区"),
        "unknown_network": (
            "must be networks such as 10.0.0.0/8, separated by commas",
            "须是以逗号分隔的网络，如 10.0.0.0/8",
        ),
        "unknown_mail_server": (
            "must be smtp://, smtps:// or smtp+plain:// and a host",
            "须为 smtp://、smtps:// 或 smtp+plain:// 加主机",
        ),
        "refund_over_amount": (
            "refunded is larger than amount",
            "退款 refunded 大于金额 amount",
        ),
        "self_loop": (
            "is the account of source itself: leave this row out",
            "与 source 是同一账号，请删去此行",
        ),
        "told": ("{en}", "{zh}"),
        "date_from_datetime_parsing": (
            "is no date; write 2026-10-01",
            "不是日期；请写成 2026-10-01",
        ),
        "tuple_type": ("must be a list", "必须是列表"),
        "mapping_type": ("must be a section of keys", "必须是键值小节"),
    }
)
_OTHERWISE = ("is not valid ({type})", "无效（{type}）")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a value: the field (a path such as `orders.3.amount`) and why."""

    field: str
    kind: str
    message: Message


class InvalidRowError(InputError):
    """One row breaks its contract; `faults` says where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            "; ".join(fault.message.en for fault in faults) + ".",
            "；".join(fault.message.zh for fault in faults) + "。",
        )
        self.faults = faults


def faults_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Return the faults in a list of pydantic errors, without the values that failed.

    >>> faults_of([{"type": "missing", "loc": ("text",)}])[0].message.zh
    'text 缺失'
    """
    return tuple(map(_fault, errors))


def _fault(error: Mapping[str, Any]) -> Fault:
    field = ".".join(str(part) for part in error["loc"])
    kind = str(error["type"])
    facts = {"type": kind, **error.get("ctx", {})}
    en, zh = (text.format(**facts) for text in _REASONS.get(kind, _OTHERWISE))
    return Fault(field, kind, Message(f"{field or 'value'} {en}", f"{field or '该值'} {zh}"))


def known_zone(name: str) -> str:
    """Return the name of a time zone, as a validator of pydantic fields.

    Raises
    ------
    PydanticCustomError
        There is no such zone.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("unknown_zone", "unknown time zone") from error
    return name
