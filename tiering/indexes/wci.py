"""WCI, the index of WeChat accounts of 清博 (gsdata.cn): versions V14.2 and V2.0.

Sources: V14.2 stevekatra.com/site/usage-1 (a mirror of gsdata.cn); V2.0 gulangu.com/a/344.html.
The platform hides reads above 100,000, so that large accounts are underrated by any version.
"""

from dataclasses import dataclass
from math import log
from types import MappingProxyType

from tiering.indexes.figures import demand_counts, demand_periods

REACTIONS = MappingProxyType({"reads": 0.70, "wows": 0.09, "likes": 0.06, "reposts": 0.15})
SCALE = MappingProxyType({"reads": 1.0, "wows": 10.0, "likes": 10.0, "reposts": 10.0})
PARTS = MappingProxyType({"overall": 0.6, "average": 0.2, "headline": 0.1, "peak": 0.1})


@dataclass(frozen=True, slots=True)
class WechatFigures:
    """What articles of an account earned: reads 阅读, wows 在看, likes 点赞, reposts 转发.

    All 0 or more; means need not be whole.
    """

    reads: float
    wows: float = 0.0
    likes: float = 0.0
    reposts: float = 0.0


def wci(
    total: WechatFigures,
    headlines: WechatFigures,
    peak: WechatFigures,
    *,
    days: int,
    articles: int,
) -> float:
    """Return the WCI V14.2 of an account over a period, 0 or more (about 2,000 is the very top).

    Parameters
    ----------
    total, headlines
        Sums over all articles of the period, and over its headline articles.
    peak
        The largest figures of any single article.
    days, articles
        Length of the period in days and how many articles it saw, at least 1.

    Raises
    ------
    IndexFigureError
        A figure is below 0 or not finite, or there is no day or article.

    Examples
    --------
    >>> one = WechatFigures(1000, 10, 10, 10)
    >>> round(wci(one, one, one, days=1, articles=1), 1)
    464.4
    """
    demand_periods(days=days, articles=articles)
    parts = {
        "overall": _weighed(total, days),
        "average": _weighed(total, articles),
        "headline": _weighed(headlines, days),
        "peak": _weighed(peak, 1),
    }
    return float(sum(PARTS[name] * part for name, part in parts.items()) ** 2 * 1.2 * 10)


def wci_v2(total: WechatFigures, mean: WechatFigures, peak: WechatFigures) -> float:
    """Return the WCI V2.0, from sums, means per article and largest figures; reposts do not count.

    The older version knows reads and likes only; give its likes as `likes`.

    Raises
    ------
    IndexFigureError
        A figure is below 0 or not finite.

    Examples
    --------
    >>> of = WechatFigures
    >>> round(wci_v2(of(10000, likes=4000), of(100, likes=40), of(300, likes=60)), 4)
    411.4875
    """
    kinds = ((total, 0.40), (mean, 0.45), (peak, 0.15))
    for each, _ in kinds:
        demand_counts(reads=each.reads, likes=each.likes)
    reading = sum(weight * log(each.reads + 1) for each, weight in kinds)
    liking = sum(weight * log(each.likes + 1) for each, weight in kinds)
    return (0.8 * reading + 0.2 * liking) ** 2 * 10


def _weighed(figures: WechatFigures, over: int) -> float:
    counts = {name: float(getattr(figures, name)) for name in REACTIONS}
    demand_counts(**counts)
    return sum(
        weight * log(SCALE[name] * counts[name] / over + 1) for name, weight in REACTIONS.items()
    )
