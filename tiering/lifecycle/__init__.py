"""Where every customer stands: introduction, growth, maturity, decline, dormant, lost.

导入、成长、成熟、衰退、沉睡、流失. `lifecycle` goes from tables to stages; the rule table is
`rules`, whose last rule that holds decides; thresholds are `lifecycle.yaml`.
"""

from tiering.lifecycle.course import COURSE, measure_course
from tiering.lifecycle.policy import LifecyclePolicy, load_lifecycle_policy
from tiering.lifecycle.rules import STAGES, Rule, Sign, rules, signs
from tiering.lifecycle.sources import Sources, open_sources
from tiering.lifecycle.stages import LIFECYCLE_COLUMNS, lifecycle, with_stage

__all__ = [
    "COURSE",
    "LIFECYCLE_COLUMNS",
    "STAGES",
    "LifecyclePolicy",
    "Rule",
    "Sign",
    "Sources",
    "lifecycle",
    "load_lifecycle_policy",
    "measure_course",
    "open_sources",
    "rules",
    "signs",
    "with_stage",
]
