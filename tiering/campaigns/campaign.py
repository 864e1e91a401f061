"""One campaign with one account: what was paid, what came, what is known of the account."""

from dataclasses import dataclass
from math import isfinite

from tiering.errors import CampaignError

MOST_FEN = 10**13
"""A hundred billion yuan: sums of thousands of campaigns are still exact in floats."""


@dataclass(frozen=True, slots=True)
class Voices:
    """What an account said about us before the campaign: texts by sentiment, each 0 or more."""

    positive: int = 0
    neutral: int = 0
    negative: int = 0

    def total(self) -> int:
        """Return the number of texts."""
        return self.positive + self.neutral + self.negative


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign. Money is whole fen.

    `orders` are the orders it brought, by code, link or a hold-out; a campaign without any
    measured effect has 0. `margin` is the share of revenue that is left after cost of goods, None
    where the rules' own counts. `fake_share` is the share of the audience thought to be no people
    (0 to 1), None where unknown; `voices` None where no texts of the account are known.

    Raises
    ------
    CampaignError
        A figure is below 0, not whole or too large, a share is not within 0 to 1, the cost is 0,
        or there is revenue without orders.
    """

    campaign: str
    account: str
    cost: int
    orders: int
    revenue: int
    margin: float | None = None
    fake_share: float | None = None
    voices: Voices | None = None

    def __post_init__(self) -> None:
        for name in ("cost", "orders", "revenue"):
            self._demand_whole(name, getattr(self, name))
        for name in ("margin", "fake_share"):
            self._demand_share(name, getattr(self, name))
        if self.cost == 0:
            self._refuse("cost", 0, "above 0; a campaign without cost has no return", "大于 0")
        if self.revenue and not self.orders:
            self._refuse("orders", 0, "above 0 where there is revenue", "大于 0（有收入时）")

    def _demand_whole(self, name: str, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_FEN:
            en, zh = f"a whole number from 0 to {MOST_FEN:,}", f"0 到 {MOST_FEN:,} 的整数"
            self._refuse(name, value, en, zh)

    def _demand_share(self, name: str, value: float | None) -> None:
        if value is not None and not (isfinite(value) and 0 <= value <= 1):
            self._refuse(name, value, "within 0 to 1", "0 到 1 之间")

    def _refuse(self, name: str, value: object, en: str, zh: str) -> None:
        raise CampaignError(
            f"campaign {self.campaign}, {name}: {value!r} must be {en}; correct the row",
            f"投放 {self.campaign}，{name}：{value!r} 须为{zh}；请更正此行",
        )
