"""The policy: everything that a company decides about tiers, in one versioned file.

`policy.yaml` beside this file is the shipped one. The classes here are its sections, one field a
key; what a key means is said in the file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tiering.curves import Curve


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: customers whose score is at least this, and below the tier before."""

    name: str
    zh: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What each dimension counts in the score; all add up to 1, and one of 0 is not measured."""

    commercial: float
    social: float
    experience: float
    engagement: float
    content: float = 0.0
    community: float = 0.0
    risk: float = 0.0


@dataclass(frozen=True, slots=True)
class CarePolicy:
    """Who gets the flag `care`: worth at least this, experience at most that."""

    commercial_at_least: float
    experience_at_most: float


@dataclass(frozen=True, slots=True)
class RfmWeights:
    """What recency, frequency, money and the size of orders count in the commercial value."""

    recency: float
    frequency: float
    monetary: float
    ability: float = field(default=0.0, repr=False)


@dataclass(frozen=True, slots=True)
class RfmPolicy:
    """Curves over days since the last order, orders, fen, and fen of the mean order."""

    window_days: int
    weights: RfmWeights
    recency: Curve
    frequency: Curve
    monetary: Curve
    ability: Curve | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class InfluenceWeights:
    """What the parts of influence count."""

    reach: float
    depth: float
    audience: float
    network: float
    opinion: float = field(default=0.0, repr=False)


@dataclass(frozen=True, slots=True)
class Reactions:
    """What one reaction counts, and how many impressions count as one like (0: none does)."""

    likes: int
    saves: int
    replies: int
    reposts: int
    impressions_per_like: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class ReachPolicy:
    """Curves over decayed reactions and followers, and the share of the second."""

    reactions: Curve
    followers: Curve
    followers_share: float


@dataclass(frozen=True, slots=True)
class DepthPolicy:
    """Curves over the length of posts and what they name; what else has a share beside length."""

    characters: Curve
    answered_share: float
    information: Curve | None = field(default=None, repr=False)
    information_share: float = field(default=0.0, repr=False)
    judging_share: float = field(default=0.0, repr=False)

    def length_share(self) -> float:
        """Return what the length of posts counts: what the other shares leave."""
        return 1 - self.answered_share - self.information_share - self.judging_share


@dataclass(frozen=True, slots=True)
class OpinionPolicy:
    """Curve over the net sentiment of what an account says about us, and neutral voices added."""

    nsr: Curve = field(default_factory=lambda: Curve(((-1.0, 0.0), (0.0, 50.0), (1.0, 100.0))))
    prior: float = 2.0


@dataclass(frozen=True, slots=True)
class AudienceWeights:
    """What the marks of a grown account count."""

    ratio: float
    age: float
    verified: float
    posts: float


@dataclass(frozen=True, slots=True)
class AudiencePolicy:
    """Curves over the marks of a grown account; `unknown` stands for a mark that is not given."""

    weights: AudienceWeights
    ratio: Curve
    age: Curve
    posts: Curve
    unverified: float
    unknown: float


@dataclass(frozen=True, slots=True)
class CoordinationPolicy:
    """When posts that open alike are one campaign, and what that costs."""

    window_minutes: int
    least_authors: int
    least_characters: int
    opening_characters: int
    discount: float


@dataclass(frozen=True, slots=True)
class CoRepostPolicy:
    """When accounts that repost the same within seconds are a group, and what that costs."""

    window_seconds: int
    least_times: int
    least_authors: int
    most_accounts: int
    discount: float


@dataclass(frozen=True, slots=True)
class GrowthPolicy:
    """When an account has more followers at once than its posts explain."""

    daily_from: int
    daily_share: float
    lead_days: int
    followers_per_reaction: float


@dataclass(frozen=True, slots=True)
class FakeAudiencePolicy:
    """Signs of a bought audience, and what each costs."""

    followers_from: int
    least_reactions_rate: float
    likes_per_reply: int
    likes_from: int
    newborn_days: int
    newborn_following: int
    discount_each: float
    discount_most: float
    followers_counted: int = 100_000
    growth: GrowthPolicy | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Band:
    """One band of accounts by followers."""

    name: str
    zh: str
    at_least: int


@dataclass(frozen=True, slots=True)
class PlatformBands:
    """The bands of some platforms; `*` is every other."""

    platforms: tuple[str, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Curves over how often heard (the average account being 1) and the core; share of the core."""

    average: Curve
    core: Curve
    core_share: float


@dataclass(frozen=True, slots=True)
class InfluencePolicy:
    """How far an account is heard."""

    half_life_days: float
    weights: InfluenceWeights
    reactions: Reactions
    reach: ReachPolicy
    depth: DepthPolicy
    audience: AudiencePolicy
    network: NetworkPolicy
    coordination: CoordinationPolicy
    fake_audience: FakeAudiencePolicy
    spam_discount: float
    bands: tuple[PlatformBands, ...]
    opinion: OpinionPolicy = field(default_factory=OpinionPolicy, repr=False)
    co_reposts: CoRepostPolicy | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SeverityPoints:
    """What one fresh complaint of each severity (1, 2, 3) costs."""

    annoyance: float
    loss: float
    critical: float


@dataclass(frozen=True, slots=True)
class ExperiencePolicy:
    """How a customer has fared with us."""

    half_life_days: float
    window_days: int
    neutral: float
    sentiment: float
    prior: float
    severity: SeverityPoints
    complaints_most: float
    open_request: float
    open_days: int
    open_most: float
    churn: float
    escalation: float
    nps: Curve
    complaint_half_life_days: float | None = None


@dataclass(frozen=True, slots=True)
class EngagementWeights:
    """What days and actions count."""

    days: float
    actions: float


@dataclass(frozen=True, slots=True)
class EngagementPolicy:
    """Curves over active days and weighted actions in the window; events not named count 0."""

    window_days: int
    weights: EngagementWeights
    days: Curve
    actions: Curve
    events: Mapping[str, int]


LIFETIME_MODELS = ("none", "bg-nbd", "mbg-nbd", "pareto-nbd")


@dataclass(frozen=True, slots=True)
class LifetimePolicy:
    """Whether the scores tell what customers will be worth, and how that is computed.

    `model` is one of `LIFETIME_MODELS`; for the others see `tiering.lifetime.LifetimeSettings`.
    """

    model: str = "none"
    yearly_discount: float = 0.1
    last_share: float = 0.3


@dataclass(frozen=True, slots=True)
class ContentWeights:
    """What the parts of content count."""

    volume: float
    depth: float
    echo: float


@dataclass(frozen=True, slots=True)
class ContentPolicy:
    """Curves over posts, their letters, and the decayed reactions that they found."""

    window_days: int
    half_life_days: float
    weights: ContentWeights
    volume: Curve
    depth: Curve
    echo: Curve


@dataclass(frozen=True, slots=True)
class CommunityPolicy:
    """How a customer is with others: points from `neutral` up and down."""

    window_days: int
    neutral: float
    answers: Curve
    suggestions: Curve
    adverts: float


@dataclass(frozen=True, slots=True)
class RiskCap:
    """Whoever has fewer points than `below` is at best in the tier `at_best`."""

    below: float
    at_best: str


@dataclass(frozen=True, slots=True)
class RiskSigns:
    """What further signs cost: curves over their counts; of payments, over -log10 of p."""

    returned: Curve
    high_value_fen: int
    quick_days: int
    quick_returns: Curve
    least_burst: int
    payments: Curve
    public_from: int
    linked: Curve
    violations: Curve
    reports: Curve
    words: tuple[str, ...] = ()
    words_from: str = ""


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """Points from 100 down: 100 is no sign of risk at all."""

    window_days: int
    least_orders: int
    refunds: Curve
    devices: Curve
    adverts: float
    signs: RiskSigns | None = field(default=None, repr=False)
    caps: tuple[RiskCap, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Season:
    """A season of promotions; what is bought in it counts by `coefficient` (1: as any other).

    `starts` and `ends` are days in China, both included: `MM-DD` for every year, or `YYYY-MM-DD`.
    """

    name: str
    zh: str
    starts: str
    ends: str
    coefficient: float


@dataclass(frozen=True, slots=True)
class Industry:
    """What is different in an industry.

    `cycle` stretches the days of recency (2: people buy half as often as the curve assumes); the
    coefficients multiply the weights of dimensions, which then share 1 again.
    """

    cycle: float = 1.0
    coefficients: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Stability:
    """When a customer moves: the score passes a cut by `margin`, or lies beyond for `runs` runs."""

    margin: float = 0.0
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy; `version` is the file's, and a digest of its content tells edits apart."""

    version: str
    tiers: tuple[Tier, ...]
    weights: Weights
    care: CarePolicy
    reasons: int
    rfm: RfmPolicy
    influence: InfluencePolicy
    experience: ExperiencePolicy
    engagement: EngagementPolicy
    lifetime: LifetimePolicy = LifetimePolicy()
    content: ContentPolicy | None = None
    community: CommunityPolicy | None = None
    risk: RiskPolicy | None = None
    weights_from: str = ""
    decay: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    promotions: tuple[Season, ...] = ()
    industry: str = ""
    industries: Mapping[str, Industry] = field(default_factory=lambda: MappingProxyType({}))
    stability: Stability = field(default_factory=Stability)

    def label(self) -> str:
        """Return version and digest, such as `2026.11+1f0c9a3e`: it changes with any value.

        Of what was added later (risk's further signs and caps, say) only where it is used: a
        policy that does not use it is the one that it was before there was any.
        """
        told = repr(self) + "".join(map(repr, filter(None, self._added())))
        return f"{self.version}+{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def _added(self) -> tuple[object, ...]:
        """Return what policies did not always have; what is false is not used."""
        risk = self.risk if self.measures_risk() else None
        heard, depth = self.influence, self.influence.depth
        return (
            *(() if risk is None else (risk.signs, risk.caps)),
            self.rfm.weights.ability and (self.rfm.weights.ability, self.rfm.ability),
            heard.weights.opinion and (heard.weights.opinion, heard.opinion),
            depth.information_share and (depth.information_share, depth.information),
            depth.judging_share and ("judging_share", depth.judging_share),
            heard.reactions.impressions_per_like,
            heard.co_reposts,
            heard.fake_audience.growth,
        )

    def measures_risk(self) -> bool:
        """Return whether risk is measured: it has weight, or it caps tiers."""
        return self.risk is not None and bool(self.weights.risk or self.risk.caps)
