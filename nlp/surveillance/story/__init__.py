"""The story of a surge: what it is about, who drives it, where, how fast, and what comes next."""

from nlp.surveillance.story.cells import DIMENSIONS, Cell
from nlp.surveillance.story.clusters import Cluster
from nlp.surveillance.story.drilldown import Drilldown, Explanation
from nlp.surveillance.story.drivers import Driver, Drivers, Post, Turn
from nlp.surveillance.story.forecast import Forecast
from nlp.surveillance.story.growth import Growth
from nlp.surveillance.story.phrases import Phrase
from nlp.surveillance.story.story import History, Story, tell
from nlp.surveillance.story.timeline import Stretch
from nlp.surveillance.story.usual import Matching

__all__ = [
    "DIMENSIONS",
    "Cell",
    "Cluster",
    "Drilldown",
    "Driver",
    "Drivers",
    "Explanation",
    "Forecast",
    "Growth",
    "History",
    "Matching",
    "Phrase",
    "Post",
    "Story",
    "Stretch",
    "Turn",
    "tell",
]
