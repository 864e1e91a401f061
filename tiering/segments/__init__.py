"""Groups of customers who are alike: found by K-means, named by what their centres are like.

`segments` goes from tables to segments; `group` from any figures. Names are a written rule,
`segments.yaml`.
"""

from tiering.segments.clustering import Clusters, clusters
from tiering.segments.customers import (
    SEGMENT_COLUMNS,
    Grouped,
    Segment,
    SegmentRun,
    group,
    segments,
)
from tiering.segments.figures import FIGURES
from tiering.segments.naming import Name, fit_of, named
from tiering.segments.policy import Profile, SegmentPolicy, load_segment_policy
from tiering.segments.soundness import Soundness, soundness
from tiering.segments.transform import Standard, standardised

__all__ = [
    "FIGURES",
    "SEGMENT_COLUMNS",
    "Clusters",
    "Grouped",
    "Name",
    "Profile",
    "Segment",
    "SegmentPolicy",
    "SegmentRun",
    "Soundness",
    "Standard",
    "clusters",
    "fit_of",
    "group",
    "load_segment_policy",
    "named",
    "segments",
    "soundness",
    "standardised",
]
