"""The errors of the tiering room.

TingyinError
└── TieringError
    ├── ContractError   a table lacks a column that its contract asks for
    ├── EngineError     a frame is of an engine that cannot be used here, or of two engines at once
    ├── PolicyError     a policy file cannot be used: unknown key, gap, weights, order of cuts
    ├── AsOfError       the day or moment of scoring cannot be read
    ├── HistoryError    a purchase history is impossible, such as a purchase after its end
    ├── FitError        a lifetime model cannot be fitted to these customers
    ├── JudgementError  pairwise judgements cannot be used: not square, positive or reciprocal
    │   └── ConsistencyError  they contradict each other by more than the allowed ratio
    ├── CutsError       cuts cannot be found: capacities too small, scores or offers unusable
    ├── MovesError      tiers of two runs cannot be compared
    ├── ExperimentError  a plan, groups or outcomes of an experiment cannot be used
    ├── JourneyError    touches, paths or steps of customers cannot be used
    ├── LiftError       a score and what came later cannot be held against each other
    ├── ActionsError    entitlements, actions or KPIs, or the tables they look at, cannot be used
    ├── FeatureError    features cannot be computed, judged or named so
    ├── ChurnError      who leaves cannot be learned: history too short, outcomes of one kind only
    ├── SegmentError    customers cannot be put into segments: nobody, one twice, no figures
    ├── TagError        rules of tags, or what they are computed from, cannot be used
        └── MergeError  merged identities lead back to themselves
    ├── IndexFigureError  a figure of a published index is below 0 or not finite
    └── CampaignError   campaigns or their policy cannot be used
"""

from nlp.errors import TingyinError


class TieringError(TingyinError):
    """Root of the errors of the tiering room."""


class ContractError(TieringError):
    """A table lacks a column that its contract asks for."""


class EngineError(TieringError):
    """A frame is of an engine that cannot be used here, or tables are of different engines."""


class PolicyError(TieringError):
    """A policy file cannot be used; the message names the file, the key and the remedy."""


class AsOfError(TieringError):
    """The day or moment of scoring cannot be read."""


class HistoryError(TieringError):
    """A purchase history is impossible; the message names the row."""


class FitError(TieringError):
    """A lifetime model cannot be fitted to these customers; the message says what to do."""


class JudgementError(TieringError):
    """Pairwise judgements cannot be used; the message names the matrix, the cell and the remedy."""


class ConsistencyError(JudgementError):
    """Judgements contradict each other; the message names the worst three."""


class CutsError(TieringError):
    """Cuts cannot be found: capacities are too small, or scores or offers cannot be used."""


class MovesError(TieringError):
    """Tiers of two runs cannot be compared: a customer twice, an unknown tier, no customer."""


class ExperimentError(TieringError):
    """A plan, groups or outcomes of an experiment cannot be used; the message names the remedy."""


class JourneyError(TieringError):
    """Touches, paths or steps of customers cannot be used; the message names the value."""


class LiftError(TieringError):
    """A score and what came later cannot be held against each other: lengths, nan, too few."""


class ActionsError(TieringError):
    """Entitlements, actions or KPIs, or the tables that they look at, cannot be used."""


class FeatureError(TieringError):
    """Features cannot be computed, judged or named so; the message says what to do."""


class ChurnError(TieringError):
    """Who leaves cannot be learned from this history; the message says what is missing."""


class SegmentError(TieringError):
    """Customers cannot be put into segments; the message names the column and the remedy."""


class TagError(TieringError):
    """Rules of tags cannot be used; the message names the tag, the place and the nearest names."""


class MergeError(TagError):
    """Merged identities lead back to themselves; the message names the cycle."""


class IndexFigureError(TieringError):
    """A figure of a published index is below 0, not finite, or a period without a day."""


class CampaignError(TieringError):
    """Campaigns or their policy cannot be used; the message names row or key and the remedy."""
