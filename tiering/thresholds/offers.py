"""What each tier offers a customer: what it costs us, what it brings, and for how many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlp.message import Message
from tiering.curves import Curve
from tiering.errors import CutsError
from tiering.policy_reader import Reader, read_yaml

NOTHING = Curve(((0.0, 0.0), (100.0, 0.0)))
MOST_FEN = 10**12


@dataclass(frozen=True, slots=True)
class Offer:
    """The entitlements of one tier, per customer and period, in fen.

    `benefit` is the margin they bring over a customer without any, by score; `uplift` adds that
    share of what the customer is worth, where the tiers file has a column for it. `capacity` is
    the most customers that can be served; None is no limit.
    """

    name: str
    cost: float
    benefit: Curve = NOTHING
    uplift: float = 0.0
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class MoveCosts:
    """What moving one customer costs once, in fen: a letter up, an angry call down."""

    up: float = 0.0
    down: float = 0.0


@dataclass(frozen=True, slots=True)
class Offers:
    """The offers of all tiers, the best tier first, and what moves cost."""

    tiers: tuple[Offer, ...]
    move: MoveCosts = field(default_factory=MoveCosts)


def load_offers(path: Path | str, names: Sequence[str]) -> Offers:
    """Return the offers of a YAML file for the tiers named, the best first.

    Raises
    ------
    CutsError
        The file cannot be read; a key is unknown, missing or of another type; the tiers are not
        those of the policy in their order; a cost, curve or capacity cannot be used.
    """
    path = Path(path)
    data = read_yaml(path, Message("offers", "权益文件"), CutsError)
    offers: Offers = Reader(str(path), CutsError).section(Offers, data, "")
    found = [offer.name for offer in offers.tiers]
    if found != list(names):
        raise CutsError(
            f"{path}, tiers: {found} must be the tiers of the policy in their order: {list(names)}",
            f"{path}，tiers：{found} 须与策略的层级及次序一致：{list(names)}",
        )
    for offer in offers.tiers:
        _demand_sound(str(path), offer)
    return offers


def _demand_sound(source: str, offer: Offer) -> None:
    figures = [figure for figure, _ in offer.benefit.knots]
    money = [offer.cost, *(points for _, points in offer.benefit.knots)]
    if len(figures) < 2 or sorted(set(figures)) != figures:
        _refuse(source, offer, "benefit", f"{figures} must be at least two scores that ascend")
    if max(map(abs, money)) > MOST_FEN or offer.cost < 0:
        _refuse(source, offer, "cost", f"{money} must be fen from 0 to {MOST_FEN}")
    if offer.capacity is not None and offer.capacity < 0:
        _refuse(source, offer, "capacity", f"{offer.capacity} must be 0 or more; null: no limit")


def _refuse(source: str, offer: Offer, key: str, said: str) -> None:
    zh = {
        "benefit": "取值须至少两个且逐个递增",
        "cost": f"金额须为 0 至 {MOST_FEN} 分",
        "capacity": "须不小于 0；null 表示不限",
    }
    raise CutsError(
        f"{source}, {offer.name}.{key}: {said}", f"{source}，{offer.name}.{key}：{zh[key]}"
    )
