"""A KPI as successes among trials, and how likely chance looks as bad as it does."""

from math import isnan

from tiering.actions.kpi_row import KpiRow


def shares_of(row: KpiRow, measure: str) -> tuple[float, float]:
    """Return the KPI and its threshold as shares of successes, 0 to 1; nan as in the row.

    Net sentiment is twice the share of good units, less 1.
    """
    if measure == "nsr":
        return (row.value + 1) / 2, (row.threshold + 1) / 2
    return row.value, row.threshold


def chance_of(row: KpiRow, measure: str) -> float:
    """Return P(so few successes, or so many) of a binomial law with the threshold as its share.

    The trials are the effective ones, see `tally`, so the law is continued by the regularised
    incomplete beta function: P(X <= k) = I(1 - t; n - k, k + 1). 1 where nothing was counted.
    """
    if isnan(row.value) or row.effective <= 0:
        return 1.0
    from scipy.special import betainc

    share, line = shares_of(row, measure)
    n, k = row.effective, min(max(share, 0.0), 1.0) * row.effective
    if row.worse == "below":
        return 1.0 if k >= n else float(betainc(n - k, k + 1, 1 - line))
    return 1.0 if k <= 0 else float(betainc(k, n - k + 1, line))
