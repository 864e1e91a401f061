"""Intervals and p values that hold however often one looks: for experiments read while they run.

The mixture sequential test: with z the difference in standard errors, n customers so far and r the
weight of the mixture, p = sqrt(1 + n r) exp(-z² n r / (2 (1 + n r))), and the interval is all that
this does not reject (Robbins 1970; Johari, Pekelis and Walsh 2015, Always valid inference; that it
holds for means of any distribution in the long run: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas
2024, Time-uniform central limit theory, theorem 2.2). The price is width: at its narrowest half as
wide again as an interval that is looked at once.
"""

from dataclasses import replace
from math import exp, log, sqrt

from tiering.experiments.difference import Difference, with_quantile


def anytime(found: Difference, level: float, planned: int) -> Difference:
    """Return a difference with an interval and a p that hold at every look.

    Parameters
    ----------
    found
        As it stands now.
    level
        How often any interval of the whole experiment may miss the truth.
    planned
        Customers, of both groups together, at which the interval shall be narrowest.
    """
    customers = found.control.customers + found.treatment.customers
    weight = customers * _mixture(level, planned)
    error = sqrt(found.control.variance + found.treatment.variance)
    quantile = sqrt(2 * (1 + 1 / weight) * log(sqrt(1 + weight) / level))
    z = abs(found.difference) / error if error else 0.0
    p = min(1.0, sqrt(1 + weight) * exp(-(z**2) * weight / (2 * (1 + weight))))
    return replace(with_quantile(found, quantile), p=p if error else float(found.difference == 0))


def _mixture(level: float, planned: int) -> float:
    """Return r per customer, with which the interval is narrowest at the number planned."""
    tail = -2 * log(level)
    return (tail + log(tail + 1)) / planned
