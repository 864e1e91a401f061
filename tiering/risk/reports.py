"""Malicious reports: `report` events that were judged unfounded."""

import narwhals as nw

from tiering.frames import Frame
from tiering.policy import RiskSigns

ENGLISH = "; unfounded reports {} of {} judged"
CHINESE = "；举报不实 {} 次（已判定 {} 次）"


def measure_reports(engagement: Frame, signs: RiskSigns) -> Frame:
    """Return one row for each customer with a `report` that was judged.

    The event's value is the judgement: 0 unfounded, above 0 founded; a report without one is not
    judged and counts as nothing. Columns: `unfounded_reports`, `lost_reports`, and a sentence,
    `reports_en`, `reports_zh`, where any was unfounded.
    """
    is_report = nw.col("event").str.to_lowercase() == "report"
    judged = engagement.filter(is_report & ~nw.col("value").is_null())
    rows = judged.select("customer_id", wrong=(nw.col("value") == 0).cast(nw.Int64))
    sums = rows.group_by("customer_id").agg(
        nw.col("wrong").sum().alias("unfounded_reports"), nw.len().alias("judged")
    )
    sums = sums.with_columns(nw.col("unfounded_reports", "judged").cast(nw.Int64))
    number = nw.col("unfounded_reports")
    figures = number, nw.col("judged")
    return sums.select(
        "customer_id",
        "unfounded_reports",
        lost_reports=signs.reports.at(number),
        reports_en=nw.when(number > 0).then(nw.format(ENGLISH, *figures)),
        reports_zh=nw.when(number > 0).then(nw.format(CHINESE, *figures)),
    )
