"""Which channel earned the orders: by removal from the chain, beside last, first, equal touch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tiering.attribution.chain import chain_of, removal_effects
from tiering.attribution.intervals import Spread, spreads
from tiering.attribution.paths import Path, merged

Shares = tuple[tuple[str, float], ...]


def _last(touches: tuple[str, ...]) -> Shares:
    return ((touches[-1], 1.0),)


def _first(touches: tuple[str, ...]) -> Shares:
    return ((touches[0], 1.0),)


def _linear(touches: tuple[str, ...]) -> Shares:
    return tuple((channel, 1 / len(touches)) for channel in touches)


RULES: MappingProxyType[str, Callable[[tuple[str, ...]], Shares]] = MappingProxyType(
    {"last": _last, "first": _first, "linear": _linear}
)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one channel earned: orders and their value (fen), by the chain and by each rule.

    `removal` is the share of orders that would be lost without the channel, `removal_value` that
    of their value. The shares of all channels sum to more than 1, for a path that several channels
    made is lost without each of them; credits are scaled to what there is. `spread` has the
    intervals, None where none were asked for.
    """

    channel: str
    removal: float
    removal_value: float
    conversions: float
    value: float
    by_rule: MappingProxyType[str, tuple[float, float]]
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """The credits of all channels, the largest first, and the orders that nothing led to.

    `conversions` and `value` are those of all paths; `direct` and `direct_value` of paths without
    a touch, which are no channel's; `nulls` are paths that ended in no order.
    """

    order: int
    credits: tuple[Credit, ...]
    conversions: float
    value: float
    direct: float
    direct_value: float
    nulls: float


def attribution(
    paths: Iterable[Path],
    order: int = 1,
    *,
    walkers: Sequence[str] | None = None,
    draws: int = 0,
    seed: int = 1,
) -> Attribution:
    """Return what each channel earned.

    The conversions (and the value) of paths with a touch are shared among channels by their
    removal effects, and by each of `RULES`. Defined at the edges: a channel that repeats after
    itself is a self-loop and changes nothing by itself; one that stands alone (an island) earns
    exactly its own orders where others are islands too; one that never leads to an order earns 0;
    without any order, all earn 0.

    Parameters
    ----------
    paths
        Equal ones need not be merged.
    order
        How many of the last touches decide what comes next: 1, 2 or 3.
    walkers
        The customer of each path (`walked_paths`): who is drawn for the intervals. None draws
        every order, and every path without one, by itself.
    draws, seed
        How often is drawn for the 95 % intervals, from which seed; 0 gives none.

    Raises
    ------
    JourneyError
        No path has a touch, the order is not 1 to 3, a count is negative, or see `spreads`.
    """
    given = list(paths)
    whole = merged(given)
    chain = chain_of(whole, order)
    effects = removal_effects(chain, chain.orders, chain.values)
    sure = spreads(given, order, walkers=walkers, draws=draws, seed=seed) if draws else {}
    touched = [path for path in whole if path.touches]
    totals = sum(path.conversions for path in touched), sum(path.value for path in touched)
    earned = [_scaled(each, total) for each, total in zip(effects, totals, strict=True)]
    rules = {name: _by_rule(touched, rule) for name, rule in RULES.items()}
    made = [
        Credit(
            channel,
            effects[0][channel],
            effects[1][channel],
            earned[0][channel],
            earned[1][channel],
            MappingProxyType({name: by[channel] for name, by in rules.items()}),
            sure.get(channel),
        )
        for channel in chain.channels()
    ]
    return Attribution(
        order,
        tuple(sorted(made, key=lambda credit: (-credit.conversions, credit.channel))),
        sum(path.conversions for path in whole),
        sum(path.value for path in whole),
        sum(path.conversions for path in whole if not path.touches),
        sum(path.value for path in whole if not path.touches),
        sum(path.nulls for path in whole),
    )


def _scaled(effects: dict[str, float], total: float) -> dict[str, float]:
    whole = sum(effects.values())
    return {name: total * effect / whole if whole else 0.0 for name, effect in effects.items()}


def _by_rule(
    paths: Sequence[Path], rule: Callable[[tuple[str, ...]], Shares]
) -> dict[str, tuple[float, float]]:
    earned = {channel: (0.0, 0.0) for path in paths for channel in path.touches}
    for path in paths:
        for channel, share in rule(path.touches):
            orders, value = earned[channel]
            earned[channel] = orders + share * path.conversions, value + share * path.value
    return earned
