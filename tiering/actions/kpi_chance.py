"""How likely a KPI that just holds its threshold looks as bad as it does by chance."""

from math import isnan

from tiering.actions.kpi_row import KpiRow


def chance_of(row: KpiRow, measure: str) -> float:
    """Return P(so few successes, or so many) of a binomial law with the threshold as its share.

    The trials are the effective ones, see `tally`, so the law is continued by the regularised
    incomplete beta function: P(X <= k) = I(1 - t; n - k, k + 1). 1 where nothing was counted.
    """
    if isnan(row.value) or row.effective <= 0:
        return 1.0
    from scipy.special import betainc

    share, line = row.value, row.threshold
    if measure == "nsr":  # twice the share, less 1
        share, line = (share + 1) / 2, (line + 1) / 2
    n, k = row.effective, min(max(share, 0.0), 1.0) * row.effective
    if row.worse == "below":
        return 1.0 if k >= n else float(betainc(n - k, k + 1, 1 - line))
    return 1.0 if k <= 0 else float(betainc(k, n - k + 1, line))
