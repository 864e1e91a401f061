"""What a segment is like: how its mean customer differs from the average one, in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from nlp.evaluation import Floats
from nlp.message import Message

TOLD = 3
NOTICED = 0.2
"""Standard deviations from which a difference is told."""
WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "since_order_days": Message("days since the last order", "距上次下单天数"),
        "purchases": Message("purchases", "购买次数"),
        "spend_fen": Message("money spent", "消费金额"),
        "basket_fen": Message("money a purchase", "客单价"),
        "tenure_days": Message("days with us", "关系时长"),
        "promo_share": Message("share bought in promotions", "促销期购买占比"),
        "refund_share": Message("share refunded", "退款占比"),
        "active_days": Message("active days", "活跃天数"),
        "content_events": Message("views, likes, saves", "浏览点赞收藏"),
        "search_events": Message("searches", "搜索次数"),
        "cart_events": Message("carts", "加购次数"),
        "share_events": Message("shares", "分享次数"),
        "looks_per_order": Message("looks per order", "每单浏览次数"),
        "public_texts": Message("public texts", "公开发言"),
        "echo": Message("reactions to them", "发言获得互动"),
        "price_complaints": Message("complaints about prices", "价格投诉"),
    }
)


def told(
    columns: Sequence[str], centre: Floats, profile: Mapping[str, float]
) -> list[dict[str, str]]:
    """Return up to `TOLD` sentences {en, zh}: what made the name first, then the most unlike.

    Differences too small to notice are not told.
    """
    fits = np.array([profile.get(name, 0.0) for name in columns]) * centre
    order = np.lexsort((-np.abs(centre), -np.maximum(fits, 0.0)))
    unlike = [place for place in order if abs(centre[place]) >= NOTICED]
    said = [_sentence(columns[place], float(centre[place])) for place in unlike[:TOLD]]
    return said or [{"en": "like the average customer", "zh": "与平均顾客相近"}]


def _sentence(name: str, apart: float) -> dict[str, str]:
    word = WORDS.get(name, Message(name, name))
    en, zh = ("more", "偏高") if apart > 0 else ("less", "偏低")
    return {
        "en": f"{word.en}: {en} than average, by {abs(apart):.1f} standard deviations",
        "zh": f"{word.zh}{zh} {abs(apart):.1f} 个标准差",
    }
