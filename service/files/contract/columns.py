"""Which column of a file is which column of the contract."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from nlp.message import Message
from nlp.schema import FEEDBACK_CONTEXT
from nlp.text import mask
from service.errors import InputError

CONTRACT_COLUMNS = ("id", "text", *FEEDBACK_CONTEXT)
SPARE_COLUMNS = ("product", "industry", "platform", "region", "session_id")
SHOWN_NAME, SHOWN_NAMES = 20, 24
LATE_SETS = 256

SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "序号", "评论id", "评价id", "留言编号", "留言id", "微博id", "comment_id",
               "review_id", "feedback_id", "message_id", "mid", "rpid", "row_id", "uuid"),
        "text": ("评论内容", "评价内容", "留言详情", "留言内容", "反馈内容", "微博正文", "正文",
                 "内容", "文本", "评论", "评价", "留言", "反馈", "content", "review", "comment",
                 "review_text", "review_body", "comment_text", "message", "body", "feedback",
                 "sentence", "utterance"),
        "created_at": ("评论时间", "评价时间", "发布时间", "发表时间", "留言时间", "创建时间",
                       "发布日期", "时间", "日期", "created", "create_time", "created_time",
                       "publish_time", "pub_time", "comment_time", "review_time", "review_date",
                       "timestamp", "datetime", "date", "time", "ctime"),
        "channel": ("渠道", "反馈渠道", "来源渠道", "内容类型"),
        "platform": ("平台", "来源平台", "来源", "站点", "source", "site"),
        "author_id": ("作者id", "用户id", "用户编号", "评论者id", "发布者id", "博主id", "作者",
                      "留言用户", "用户名", "昵称", "user_id", "author", "uid", "user", "username",
                      "nickname"),
        "customer_id": ("客户id", "客户编号", "会员id", "会员号", "顾客id", "member_id",
                        "client_id"),
        "session_id": ("会话id", "会话编号", "对话id", "dialogue_id", "conversation_id", "chat_id"),
        "turn": ("轮次", "句序", "turn_id", "turn_index"),
        "role": ("角色", "说话人", "发言人", "speaker"),
        "parent_id": ("父评论id", "上级id", "回复对象id", "reply_to", "in_reply_to"),
        "product": ("产品", "产品名称", "商品", "商品名称", "product_name", "goods_name", "item"),
        "industry": ("行业", "所属行业"),
        "region": ("地区", "地域", "省份", "城市", "ip属地", "province", "city", "location"),
        "likes": ("点赞数", "点赞", "点赞量", "赞", "like_count", "likes_count", "thumbs_up",
                  "digg_count", "attitudes_count"),
        "reposts": ("转发数", "转发", "转发量", "分享数", "repost_count", "reposts_count", "shares",
                    "share_count"),
        "saves": ("收藏数", "收藏", "收藏量", "save_count", "collect_count", "favorites"),
        "replies": ("评论数", "回复数", "回复量", "reply_count", "comment_count", "comments_count"),
        "impressions": ("曝光量", "曝光数", "曝光", "展现量", "阅读量", "阅读数", "浏览量",
                        "impression_count", "views", "view_count", "read_count"),
        "author_followers": ("粉丝数", "粉丝量", "粉丝", "followers", "followers_count", "fans"),
        "rating": ("评分", "星级", "打分", "score", "stars", "star", "rate"),
    }
)  # fmt: skip
"""Names that need no `--map`; where a file has several of a row, the first one is taken."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of the file feeds which column of the contract.

    `sources` maps contract column to file column; `recognised` are those found by their synonym,
    with the other candidates; `unused` are the columns of the file that nothing reads; `columns`
    are all of them.
    """

    sources: Mapping[str, str]
    recognised: Mapping[str, tuple[str, ...]]
    unused: tuple[str, ...]
    columns: frozenset[str]

    def sources_of(self, row: Mapping[str, object]) -> Mapping[str, str]:
        """Return the sources for one row: those of the file, and those that only the row brings.

        Rows of JSON may have columns that the first rows of the file lacked. They feed what nothing
        else feeds, by their own name or a synonym.
        """
        late = row.keys() - self.columns
        return {**_late_sources(frozenset(late)), **self.sources} if late else self.sources

    def remarks(self) -> tuple[Message, ...]:
        """Return what the user should know about the columns."""
        read = [_recognition(name, found) for name, found in self.recognised.items()]
        if not self.unused:
            return tuple(read)
        free = next((name for name in SPARE_COLUMNS if name not in self.sources), "COLUMN")
        example = f"--map {free}={mask(self.unused[0])}"
        return (
            *read,
            Message(
                f"columns not used: {listed(self.unused, ', ')} (to carry one along: {example})",
                f"未使用的列：{listed(self.unused, '、')}（可用 {example} 这样的选项带入）",
            ),
        )


def listed(columns: Sequence[str], mark: str) -> str:
    """Return column names for a message: long ones cut, many of them counted.

    Personal data is masked: the first line of a file without a header is a customer's.

    >>> listed(["id", "a very long line that is no header"], ", ")
    'id, a very long line tha…'
    """
    names = [mask(name) for name in columns[:SHOWN_NAMES]]
    shown = [name if len(name) <= SHOWN_NAME else name[:SHOWN_NAME] + "…" for name in names]
    rest = len(columns) - SHOWN_NAMES
    return mark.join(shown) + (f"{mark}… (+{rest})" if rest > 0 else "")


def _recognition(name: str, found: tuple[str, ...]) -> Message:
    chosen, *others = found
    note = f" (also there: {', '.join(others)}; choose with --map {name}=...)" if others else ""
    note_zh = f"（另有：{'、'.join(others)}；可用 --map {name}=... 选择）" if others else ""
    return Message(f"{name} is read from {chosen!r}{note}", f"{name} 读自“{chosen}”列{note_zh}")


def parse_mapping(pairs: Sequence[str], known: Sequence[str] = CONTRACT_COLUMNS) -> dict[str, str]:
    """Return `--map` pairs (`text=评论内容`) as known column to file column.

    Raises
    ------
    InputError
        A pair is no pair, names no column of `known`, or names one twice.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, source = (part.strip() for part in pair.partition("="))
        if not equals or not source or name not in known:
            raise InputError(
                f"--map {pair!r}: expected COLUMN=NAME_IN_THE_FILE, COLUMN one of"
                f" {', '.join(known)}",
                f"--map {pair!r}：应为 标准列=文件中的列名，标准列可为 {'、'.join(known)}",
            )
        if name in mapping:
            raise InputError(
                f"--map names {name} twice ({mapping[name]!r} and {source!r}); keep one",
                f"--map 重复指定了 {name}（{mapping[name]!r} 和 {source!r}）；请只保留一个",
            )
        mapping[name] = source
    return mapping


def map_columns(columns: Sequence[str], mapping: Mapping[str, str]) -> ColumnMap:
    """Return which column feeds which: as mapped, else by its own name, else by a synonym.

    Raises
    ------
    InputError
        `mapping` names a column that the file does not have.
    """
    for name, source in mapping.items():
        if source not in columns:
            raise _no_such_column(name, source, columns)
    sources = dict(mapping)
    free = [column for column in columns if column not in mapping.values()]
    sources |= {name: name for name in CONTRACT_COLUMNS if name in free and name not in sources}
    free = [column for column in free if column not in sources.values()]
    recognised = {
        name: found
        for name in CONTRACT_COLUMNS
        if name not in sources and (found := _candidates(name, free))
    }
    sources |= {name: found[0] for name, found in recognised.items()}
    unused = tuple(column for column in columns if column not in sources.values())
    return ColumnMap(
        MappingProxyType(sources), MappingProxyType(recognised), unused, frozenset(columns)
    )


@lru_cache(maxsize=LATE_SETS)
def _late_sources(columns: frozenset[str]) -> Mapping[str, str]:
    return map_columns(sorted(columns), {}).sources


def _candidates(name: str, free: Sequence[str]) -> tuple[str, ...]:
    spelled = {_spelling(column): column for column in reversed(free)}
    known = (_spelling(word) for word in (name, *SYNONYMS[name]))
    return tuple(dict.fromkeys(spelled[word] for word in known if word in spelled))


def _spelling(column: str) -> str:
    text = unicodedata.normalize("NFKC", column).casefold()
    return "".join(character for character in text if character not in " _-")


def _no_such_column(name: str, source: str, columns: Sequence[str]) -> InputError:
    close = difflib.get_close_matches(source, columns, n=1)
    hint = f"; did you mean {mask(close[0])!r}?" if close else ""
    hint_zh = f"；是否想用“{mask(close[0])}”？" if close else ""
    return InputError(
        f"--map {name}={source}: the file has no column {source!r}{hint} It has:"
        f" {listed(columns, ', ')}",
        f"--map {name}={source}：文件中没有列“{source}”{hint_zh} 现有列：{listed(columns, '、')}",
    )
