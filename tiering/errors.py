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


class IndexFigureError(TieringError):
    """A figure of a published index is below 0, not finite, or a period without a day."""


class CampaignError(TieringError):
    """Campaigns or their policy cannot be used; the message names row or key and the remedy."""
