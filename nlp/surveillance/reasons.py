"""A surge in sentences: how many, since when, what about, who drives it, arranged or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from nlp.labels import COMPLAINTS
from nlp.message import Message
from nlp.surveillance.detectors.reasons import moment, number
from nlp.surveillance.levels import LEVELS
from nlp.surveillance.mention import Weight
from nlp.surveillance.places import Place
from nlp.surveillance.surge import Author, Surge

CHANNEL_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "comment": Message("comment", "评论"),
        "review": Message("review", "评价"),
        "note": Message("note", "笔记"),
        "transcript": Message("transcript", "客服对话"),
    }
)
SHORT = timedelta(days=7)
NONE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a surge beside its own fields.

    Attributes
    ----------
    authors
        How many authors it has in all.
    history
        How long the product was listened to before.
    places
        The region and the channel that stand out.
    weight
        How the detector counted.
    """

    authors: int
    history: timedelta
    places: tuple[Place, ...] = ()
    weight: Weight = "mentions"


def reasons_of(surge: Surge, told: Told) -> tuple[Message, ...]:
    """Return the reasons of a surge whose own are still empty."""
    return (
        _size(surge),
        *(_by_reach(surge) if told.weight == "reach" else ()),
        _time(surge),
        *_history(told.history),
        _topic(surge),
        *_where(told.places),
        *_drivers(surge, told.authors),
        _coordination(surge),
        _level(surge),
    )


def category_name(category: str) -> Message:
    """Return the name of a complaint category; of the company's own as it is."""
    return Message(category, COMPLAINTS.get(category, category))


def product_name(product: str) -> Message:
    """Return the name of a product, or that there is none."""
    return Message(product, product) if product else Message("(no product)", "（未注明产品）")


def channel_name(channel: str) -> Message:
    """Return the name of a channel; of one that the contract does not know as it is."""
    return CHANNEL_NAMES.get(channel, Message(channel, channel))


def _size(surge: Surge) -> Message:
    name, expected = product_name(surge.product), number(surge.expected)
    return Message(
        f"{name.en}: {surge.observed} negative mentions where {expected} are expected "
        f"(up to {surge.upper} would be chance)",
        f"{name.zh}：负面反馈 {surge.observed} 条，预期 {expected} 条"
        f"（{surge.upper} 条以内属正常波动）",
    )


def _by_reach(surge: Surge) -> tuple[Message, ...]:
    """Say why few mentions alarm, where they are counted by reach."""
    if surge.observed > surge.upper:
        return ()
    reach = sum(author.reach for author in surge.authors)
    return (
        Message(
            f"their number alone could be chance; it is their reach that stands out ({reach:,})",
            f"仅看条数可能属正常波动，异常之处在于其传播力（{reach:,}）",
        ),
    )


def _time(surge: Surge) -> Message:
    counts = {
        "10min": Message("ten-minute", "十分钟"),
        "hour": Message("hourly", "小时"),
        "day": Message("daily", "日"),
    }
    en = " and ".join(counts[width].en for width in surge.bins)
    zh = "、".join(counts[width].zh for width in surge.bins)
    return Message(
        f"since {moment(surge.onset)}, last seen before {moment(surge.until)} ({en} counts)",
        f"始于 {moment(surge.onset)}，截至 {moment(surge.until)}（按{zh}计数）",
    )


def _history(history: timedelta) -> tuple[Message, ...]:
    if history < NONE:
        return (
            Message(
                "there is no history to compare with; a quiet beginning is assumed",
                "没有可供比较的历史数据，按此前平静估计",
            ),
        )
    if history < SHORT:
        days = number(history / timedelta(days=1))
        return (
            Message(f"the history is only {days} days long", f"历史数据仅 {days} 天，预期值较粗略"),
        )
    return ()


def _topic(surge: Surge) -> Message:
    phrases = ", ".join(surge.keyphrases[:5]), "、".join(surge.keyphrases[:5])
    if not surge.categories:
        return Message(f"about: {phrases[0]}", f"内容：{phrases[1]}")
    main = surge.categories[0]
    name, share = category_name(main.category), f"{main.count / surge.observed:.0%}"
    if surge.category is None:
        return Message(
            f"no single topic; {name.en} is the largest ({share}): {phrases[0]}",
            f"无单一主题，{name.zh}最多（{share}）：{phrases[1]}",
        )
    chosen = next(count for count in surge.categories if count.category == surge.category)
    name, share = category_name(chosen.category), f"{chosen.count / surge.observed:.0%}"
    return Message(
        f"about {name.en} ({share}): {phrases[0]}", f"主要涉及{name.zh}（{share}）：{phrases[1]}"
    )


def _where(places: tuple[Place, ...]) -> tuple[Message, ...]:
    """Say which region and which channel hold more of it than they used to."""
    if not places:
        return ()
    en = ", ".join(f"{_named(one).en} {one.share:.0%} (before {one.before:.0%})" for one in places)
    zh = "、".join(f"{_named(one).zh} {one.share:.0%}（此前 {one.before:.0%}）" for one in places)
    return (Message(f"from: {en}", f"来源集中：{zh}"),)


def _named(place: Place) -> Message:
    if place.dimension == "region":
        return Message(f"region {place.value}", f"地区 {place.value}")
    name = channel_name(place.value)
    return Message(f"channel {name.en}", f"渠道 {name.zh}")


def _drivers(surge: Surge, authors: int) -> tuple[Message, ...]:
    if not surge.authors:
        return ()
    first: Author = surge.authors[0]
    total = Message(f"{authors} authors", f"{authors} 位作者")
    return (
        Message(
            f"{total.en}; the widest reach has {first.author_id} "
            f"(posts {first.posts}, reach {first.reach:,})",
            f"{total.zh}，传播最广的是 {first.author_id}"
            f"（{first.posts} 条，传播力 {first.reach:,}）",
        ),
    )


def _coordination(surge: Surge) -> Message:
    share, count = f"{surge.coordinated_share:.0%}", len(surge.coordinated_ids)
    if surge.suspected_coordination:
        return Message(
            f"coordination suspected: {count} mentions ({share}) are near-duplicates by "
            "different authors within hours",
            f"疑似有组织：{count} 条（{share}）为不同账号短时间内发布的近似内容",
        )
    return Message(
        f"no sign of coordination ({share} near-duplicates)",
        f"未见有组织迹象（近似内容占 {share}）",
    )


def _level(surge: Surge) -> Message:
    level = LEVELS[surge.level]
    return Message(
        f"level {level.en} (severity {surge.severity} of 3)",
        f"级别：{level.zh}（严重度 {surge.severity}/3）",
    )
