"""Words of the contract: the text itself, names, and values out of a closed list."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from nlp.message import Message
from nlp.schema import CHANNELS, ROLES
from service.files.contract.fault import Fault
from service.files.contract.numbers import is_nothing

LONGEST_TEXT = 100_000
LONGEST_NAME = 1_000
INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")
UNWRITABLE = re.compile("[\0\ud800-\udfff]")

CHANNEL_WORDS: Mapping[str, str] = MappingProxyType(
    {name: name for name in CHANNELS}
    | dict.fromkeys(("评论", "留言", "回复", "弹幕", "comments", "reply"), "comment")
    | dict.fromkeys(("评价", "点评", "商品评价", "晒单", "reviews"), "review")
    | dict.fromkeys(("笔记", "帖子", "微博", "文章", "post", "posts", "notes"), "note")
    | dict.fromkeys(("对话", "会话", "聊天", "客服对话", "工单", "chat", "dialogue"), "transcript")
)
ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {name: name for name in ROLES}
    | dict.fromkeys(("客户", "顾客", "用户", "买家", "访客", "user", "buyer", "client"), "customer")
    | dict.fromkeys(("客服", "坐席", "商家", "卖家", "机器人", "seller", "staff", "bot"), "agent")
)

EMPTY = Fault(
    Message("the text is empty", "文本为空"),
    Message("fill it in or leave the row out", "请补上文本或删除此行"),
)
TOO_LONG = Fault(
    Message(
        f"the text has more than {LONGEST_TEXT:,} characters", f"文本超过 {LONGEST_TEXT:,} 个字符"
    ),
    Message("split it into several rows", "请拆分成多行"),
)
NOT_TEXT = Fault(Message("text is expected, not a list or an object", "应为文本，而不是列表或对象"))
NAME_TOO_LONG = Fault(
    Message(f"more than {LONGEST_NAME:,} characters", f"超过 {LONGEST_NAME:,} 个字符"),
    Message("check that this is the right column", "请检查是否选对了列"),
)
BROKEN = Fault(
    Message(
        "a NUL character, half an emoji, or bytes that are no UTF-8",
        "含有 NUL 字符、半个表情符号或不是 UTF-8 的字节",
    ),
    Message("remove it, or export the row again", "请删除该字符或重新导出此行"),
)


def read_text(value: object) -> str | Fault:
    """Return the text of a piece of feedback, or why it is none."""
    text = _as_text(value)
    if isinstance(text, Fault):
        return text
    if not INVISIBLE.sub("", text):
        return EMPTY
    return text if len(text) <= LONGEST_TEXT else TOO_LONG


def read_name(value: object) -> str | Fault | None:
    """Return an identity, a product, a region ... stripped, None when the cell holds nothing."""
    if is_nothing(value):
        return None
    name = _as_text(value)
    if isinstance(name, Fault):
        return name
    return name.strip() if len(name) <= LONGEST_NAME else NAME_TOO_LONG


def _as_text(value: object) -> str | Fault:
    if isinstance(value, list | dict):
        return NOT_TEXT
    if value is None or value != value:
        return ""
    if isinstance(value, bytes):
        # Parquet of some writers holds text as bytes; what is not UTF-8 there becomes a surrogate.
        value = value.decode(errors="surrogateescape")
    whole = isinstance(value, float) and value.is_integer()
    text = f"{value:.0f}" if whole else str(value)
    return BROKEN if UNWRITABLE.search(text) else text


def read_channel(value: object) -> str | Fault | None:
    """Return the channel, whose Chinese names are understood too; None when the cell is empty."""
    return _one_of(value, CHANNEL_WORDS, CHANNELS, NOT_A_CHANNEL)


def read_role(value: object) -> str | Fault | None:
    """Return the role of the speaker, customer or agent; None when the cell is empty."""
    return _one_of(value, ROLE_WORDS, ROLES, None)


NOT_A_CHANNEL = Message(
    "correct it; if the column holds the platform, say so: --map platform=NAME_OF_THE_COLUMN",
    "请更正；如果该列是平台名称，请用 --map platform=列名",
)


def _one_of(
    value: object, words: Mapping[str, str], allowed: tuple[str, ...], remedy: Message | None
) -> str | Fault | None:
    if is_nothing(value):
        return None
    known = words.get(str(value).strip().lower())
    if known is not None:
        return known
    reason = Message(f"allowed: {', '.join(allowed)}", f"只允许：{'、'.join(words)}")
    return Fault(reason, remedy) if remedy else Fault(reason)
