"""What a campaign returned for its cost, with an interval.

Orders that a campaign brings are counted, so their number is taken as Poisson with the exact
interval of Garwood (1936), "Fiducial limits for the Poisson distribution". The mean value of an
order is held: with few orders the interval is wide because they are few, and with none it still
has an upper end.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Return:
    """Profit in fen, and profit per fen of cost with its interval; -1 is all that was paid lost."""

    profit: float
    ratio: float
    low: float
    high: float


def campaign_return(
    cost: int, orders: int, order_value: float, margin: float, level: float
) -> Return:
    """Return what `orders` of a mean value (fen), of which `margin` is ours, leave after the cost.

    Parameters
    ----------
    cost
        In fen, above 0.
    orders
        Counted orders, 0 or more.
    order_value
        Mean revenue of an order in fen; of no meaning but for the interval where there are none.
    margin
        Share of revenue that is ours, 0 to 1.
    level
        Of the interval, between 0 and 1.

    Examples
    --------
    >>> found = campaign_return(100_000, 20, 20_000, 0.3, 0.95)
    >>> round(found.ratio, 2), round(found.low, 2), round(found.high, 2)
    (0.2, -0.27, 0.85)
    """
    each = order_value * margin
    low, high = poisson_interval(orders, level)
    profit = orders * each - cost
    return Return(profit, profit / cost, low * each / cost - 1, high * each / cost - 1)


def poisson_interval(count: int, level: float) -> tuple[float, float]:
    """Return Garwood's exact interval of the mean of a Poisson variable that came to `count`.

    Examples
    --------
    >>> tuple(round(end, 3) for end in poisson_interval(10, 0.95))
    (4.795, 18.39)
    """
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))
