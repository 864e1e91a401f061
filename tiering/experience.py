"""How a customer has fared with us: what they say, what they complain of, what is still open.

A complaint lowers the experience, never the commercial value; the policy decides what experience
counts in the tier, and who is worth much and unhappy is flagged for care.
"""

from functools import reduce
from operator import add

import narwhals as nw

from nlp.labels import COMPLAINTS
from tiering.answers import with_waiting
from tiering.curves import UNIT, decayed, settled, whole_units
from tiering.experience_reasons import with_sentences
from tiering.frames import Frame, settle
from tiering.policy import ExperiencePolicy, SeverityPoints
from tiering.times import Moment, day_of

CATEGORIES = tuple(f"complaint_{name}" for name in COMPLAINTS)
SUMS = (
    "voices",
    "good",
    "bad",
    "complaints",
    "complaint_cost",
    "open_complaints",
    "open_requests",
    "churn",
    "escalations",
    "nps_sum",
    "nps_count",
    *CATEGORIES,
)
SEVERITIES = tuple(f"severity_{level}" for level in (3, 2, 1, 0))
MEANS = ("good", "bad")
GRAVEST = tuple(name for name in (*SUMS, "worst") if name not in MEANS)


def measure_experience(
    signals: Frame, engagement: Frame | None, moment: Moment, policy: ExperiencePolicy
) -> Frame:
    """Return one row a customer from checked signals, and NPS answers from checked engagement.

    Columns: `voices` that judge; `nsr` = (positive - negative) / (positive + negative) over them,
    decayed, null without any; in the window `complaints`, of them
    `open_complaints`, made lately and with no agent's answer recorded since, `complaint_*` by
    category and `severity_*` by the worst severity of each, `churn`, `escalations`, and `nps`,
    the mean answer (null without any); `open_requests`: asked lately, and no agent's answer
    recorded since; `experience` from 0 to 100; the figures as a sentence, `experience_en`,
    `experience_zh`.

    What a customer says in one session counts once, as one text does. It is one voice, the mean of
    its turns that judge; one complaint where any turn complains, as dear as its dearest turn, with
    the worst severity and every category named; one open request where any is unanswered.

    Turns of agents, adverts and rows without a customer are left out. Abstained sentiment is no
    voice; what such a row complains of or asks for counts.
    """
    rows = _voices(_rows(_said(signals), moment, policy))
    if engagement is not None:
        rows = nw.concat([rows, _nps_rows(engagement, moment, policy)])
    sums = rows.group_by("customer_id").agg(nw.col(*SUMS, *SEVERITIES).sum())
    customers = sums.with_columns(nw.col(*SUMS, *SEVERITIES).cast(nw.Int64))
    return with_sentences(settle(_scored(customers, policy)))


def _said(signals: Frame) -> Frame:
    """Return what customers said, with `waiting`, and `unit`: its session, else itself."""
    session = nw.concat_str([nw.lit("session:"), nw.col("session_id")])
    alone = nw.concat_str([nw.lit("text:"), nw.col("id")])
    said = with_waiting(signals).filter(
        ~nw.col("customer_id").is_null()
        & (nw.col("role").fill_null("") != "agent")
        & (nw.col("spam") == 0)
    )
    return said.with_columns(unit=nw.coalesce(session, alone))


def _rows(said: Frame, moment: Moment, policy: ExperiencePolicy) -> Frame:
    """Return per text what it would add to the sums of its customer; whole numbers only."""
    age = moment.day - day_of(nw.col("created_at"))
    weight = decayed(age, policy.half_life_days)
    recent = (age < policy.window_days).cast(nw.Int64)
    judged = 1 - nw.col("abstained")
    complains = nw.when(_complains()).then(1).otherwise(0) * recent
    kept = decayed(age, policy.complaint_half_life_days or policy.half_life_days)
    fresh = (age < policy.open_days).cast(nw.Int64)
    return said.select(
        "customer_id",
        "unit",
        voices=(nw.col("sentiment") != "neutral").cast(nw.Int64) * judged,
        good=(nw.col("sentiment") == "positive").cast(nw.Int64) * judged * weight,
        bad=(nw.col("sentiment") == "negative").cast(nw.Int64) * judged * weight,
        complaints=complains,
        complaint_cost=complains * kept * _cost(policy.severity),
        open_complaints=complains * nw.col("waiting") * fresh,
        open_requests=nw.col("intents_request") * nw.col("waiting") * fresh,
        churn=nw.col("intents_churn") * recent,
        escalations=nw.col("intents_escalation") * recent,
        nps_sum=recent * 0,
        nps_count=recent * 0,
        **{name: nw.col(name) * complains for name in CATEGORIES},
        worst=nw.col("severity") * complains,
    )


def _voices(rows: Frame) -> Frame:
    """Return per session, or text outside of any, what it adds to the sums of its customer."""
    units = rows.group_by("customer_id", "unit").agg(
        nw.col("voices").sum().alias("judging"),
        nw.col(*MEANS).sum(),
        nw.col(*GRAVEST).max(),
    )
    judging = nw.when(nw.col("judging") > 0).then(nw.col("judging")).otherwise(1)
    means = {name: nw.col(name).cast(nw.Int64) // judging.cast(nw.Int64) for name in MEANS}
    return units.with_columns(**means, **_by_severity()).select("customer_id", *SUMS, *SEVERITIES)


def _by_severity() -> dict[str, nw.Expr]:
    """Return by severity whether the complaint of a unit is of it at worst."""
    complaint = nw.col("complaints").cast(nw.Int64)
    return {
        name: (nw.col("worst") == int(name[-1])).cast(nw.Int64) * complaint for name in SEVERITIES
    }


def _complains() -> nw.Expr:
    return reduce(add, (nw.col(name) for name in ("intents_complaint", *CATEGORIES))) > 0


def _cost(points: SeverityPoints) -> nw.Expr:
    """Return what a complaint costs, in whole units; one without severity is an annoyance."""
    annoyance, loss, critical = (
        int(value * UNIT + 0.5) for value in (points.annoyance, points.loss, points.critical)
    )
    severe = nw.when(nw.col("severity") == 2).then(loss).otherwise(annoyance)
    return nw.when(nw.col("severity") == 3).then(critical).otherwise(severe)


def _nps_rows(engagement: Frame, moment: Moment, policy: ExperiencePolicy) -> Frame:
    age = moment.day - day_of(nw.col("at"))
    answers = engagement.filter(
        (nw.col("event").str.to_lowercase() == "nps")
        & ~nw.col("value").is_null()
        & (age < policy.window_days)
    )
    nothing = (nw.col("at") * 0).cast(nw.Int64)
    return answers.select(
        "customer_id",
        **dict.fromkeys((*SUMS, *SEVERITIES), nothing)
        | {"nps_sum": whole_units(nw.col("value")), "nps_count": nothing + 1},
    )


def _scored(customers: Frame, policy: ExperiencePolicy) -> Frame:
    voiced = nw.col("good") + nw.col("bad")
    balance = nw.col("good") - nw.col("bad")
    shrunk = balance / (voiced + int(policy.prior * UNIT))
    nps = nw.col("nps_sum") / UNIT / nw.when(nw.col("nps_count") > 0).then(nw.col("nps_count"))
    lost = {
        "complaints": _at_most(nw.col("complaint_cost") / UNIT / UNIT, policy.complaints_most),
        "open_requests": _at_most(nw.col("open_requests") * policy.open_request, policy.open_most),
        "churn": (nw.col("churn") > 0).cast(nw.Float64) * policy.churn,
        "escalations": (nw.col("escalations") > 0).cast(nw.Float64) * policy.escalation,
    }
    customers = customers.with_columns(
        nsr=nw.when(voiced > 0).then(balance) / voiced, nps=nps, shrunk=shrunk
    ).with_columns(
        nps_points=policy.nps.at(nw.col("nps")).fill_null(0.0),
        **{f"lost_{name}": points for name, points in lost.items()},
    )
    points = policy.neutral + nw.col("shrunk") * policy.sentiment
    all_lost = reduce(add, (nw.col(f"lost_{name}") for name in lost))
    return customers.with_columns(
        experience=settled(points - all_lost + nw.col("nps_points"))
    ).drop("nps_sum", "complaint_cost", "good", "bad")


def _at_most(value: nw.Expr, most: float) -> nw.Expr:
    return nw.when(value > most).then(most).otherwise(value)
