"""Whether segments are really there: apart, more than by chance, and found again.

Words for the silhouette are those of Kaufman and Rousseeuw (1990, Finding Groups in Data, p. 88).
A silhouette alone misleads: with two columns any cloud can be cut into groups of 0.38. So it stands
beside that of the same columns, each shuffled by itself, where nothing belongs together (as the
gap statistic of Tibshirani, Walther and Hastie 2001 compares with a reference).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType

from nlp.message import Message
from tiering.segments.clustering import Clusters

LEVELS = (("strong", 0.70, 0.20), ("reasonable", 0.50, 0.20), ("weak", 0.25, 0.05))
"""Level, the silhouette above which it lies, and by how much that must be above chance."""
FOUND_AGAIN = 0.8
"""Mean adjusted Rand index from which on refits find the same segments."""
SAID: Mapping[str, Message] = MappingProxyType(
    {
        "strong": Message("clearly separate groups", "各群界限分明"),
        "reasonable": Message("reasonably separate groups", "各群较为分明"),
        "weak": Message(
            "weak groups with wide borders: to describe customers, not to decide about one",
            "分群较弱、边界模糊：可用于描述客群，不宜据此决定单个顾客",
        ),
        "none": Message(
            "no groups to speak of: customers differ by degrees; use the figures themselves",
            "没有明显的分群：顾客之间只有程度之别；请直接使用各项数据",
        ),
        "one": Message(
            "everybody is in one segment: fewer than three customers differ",
            "所有顾客同属一群：彼此不同的顾客不足三位",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Soundness:
    """How far segments can be believed.

    `level` is a key of `SAID`. `silhouette` is that of the chosen number, `chance` that of shuffled
    columns, `agreement` the mean adjusted Rand index of refits; all nan where there is one segment.
    """

    level: str
    silhouette: float
    chance: float
    agreement: float

    def reason(self) -> Message:
        """Return the level in words."""
        return SAID[self.level]


def soundness(found: Clusters) -> Soundness:
    """Return how far the segments can be believed.

    What refits do not find again, or shuffled columns show nearly as well, is weak at best; what
    they show as well is none.
    """
    count = len(found.centres)
    nan = float("nan")
    if count not in found.silhouettes:
        return Soundness("one", nan, nan, nan)
    silhouette, chance = found.silhouettes[count], found.chance[count]
    agreement = fmean(found.agreement) if found.agreement else nan
    above = silhouette - chance
    held = (name for name, least, apart in LEVELS if silhouette > least and above >= apart)
    level = next(held, "none")
    if level in ("strong", "reasonable") and agreement < FOUND_AGAIN:
        level = "weak"
    return Soundness(level, silhouette, chance, agreement)
