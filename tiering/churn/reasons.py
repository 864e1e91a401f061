"""Why a customer is likely to leave or to stay: the groups of figures that do most, in words.

Of the learned model a reason is exact: the odds of leaving are those of the average customer times
the factors of all groups. Of the lifetime model it is what the model reads.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from nlp.evaluation import Floats
from tiering.churn.figures import GROUPS, VOICE_DAYS, WINDOW_DAYS, Figures
from tiering.churn.model import ChurnModel

Said = tuple[str, str]
Row = Mapping[str, float]
TOLD = 3


def _recency(row: Row) -> Said:
    days, cycles, month = row["since_order_days"], row["overdue"], row["month_purchases"]
    en = f"last order {days:.0f} days ago ({cycles:.1f} purchase cycles)"
    zh = f"距上次下单 {days:.0f} 天（{cycles:.1f} 个购买周期）"
    return (
        f"{en}, purchases in the last {WINDOW_DAYS} days {month:.0f}",
        f"{zh}，近 {WINDOW_DAYS} 天购买 {month:.0f} 次",
    )


def _habit(row: Row) -> Said:
    count, days = row["purchases"], row["age_days"]
    return (
        f"purchases {count:.0f} in the {days:.0f} days since the first",
        f"自首购起 {days:.0f} 天内购买 {count:.0f} 次",
    )


def _money(row: Row) -> Said:
    mean, last = row["mean_spend_fen"] / 100, row["last_spend_fen"] / 100
    return (
        f"spends ¥{mean:.2f} a purchase, last ¥{last:.2f}",
        f"笔均 ¥{mean:.2f}，最近一笔 ¥{last:.2f}",
    )


def _refunds(row: Row) -> Said:
    share = row["refunded_share"]
    return f"refunded {share:.0%} of orders", f"退款订单占 {share:.0%}"


def _activity(row: Row) -> Said:
    days, carts, kinds = row["active_days"], row["carts"], row["event_kinds"]
    en = f"active on {days:.0f} of the last {WINDOW_DAYS} days, carts {carts:.0f}"
    zh = f"近 {WINDOW_DAYS} 天活跃 {days:.0f} 天，加购 {carts:.0f} 次"
    return f"{en}, kinds of events {kinds:.0f}", f"{zh}，行为种类 {kinds:.0f}"


def _response(row: Row) -> Said:
    reached, answered = row["reached"], row["answered"]
    return (
        f"of {reached:.0f} messages in {WINDOW_DAYS} days answered {answered:.0f}",
        f"近 {WINDOW_DAYS} 天触达 {reached:.0f} 次，响应 {answered:.0f} 次",
    )


def _voice(row: Row) -> Said:
    bad, complaints, leaving = row["negatives"], row["complaints"], row["leaving_said"]
    en = f"in {VOICE_DAYS} days negative texts {bad:.0f}, complaints {complaints:.0f}"
    zh = f"近 {VOICE_DAYS} 天负面 {bad:.0f} 条、投诉 {complaints:.0f} 条"
    return f"{en}, talk of leaving {leaving:.0f}", f"{zh}、提及离开 {leaving:.0f} 条"


SENTENCES: Mapping[str, Callable[[Row], Said]] = MappingProxyType(
    {
        "recency": _recency,
        "habit": _habit,
        "money": _money,
        "refunds": _refunds,
        "activity": _activity,
        "response": _response,
        "voice": _voice,
    }
)


def learned_reasons(figures: Figures, model: ChurnModel) -> list[list[dict[str, str]]]:
    """Return for each customer the `TOLD` groups that move the odds most, the strongest first.

    Of equally strong ones the first in `GROUPS`; a group that does nothing is not told.
    """
    added = model.contributions(figures.matrix(model.names))
    groups, sums = _grouped(added, model.names)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :TOLD]
    rows = _rows(figures)
    return [
        [
            _with_odds(SENTENCES[groups[group]](row), float(sums[place, group]))
            for group in chosen
            if sums[place, group] != 0
        ]
        for place, (row, chosen) in enumerate(zip(rows, order, strict=True))
    ]


def lifetime_reasons(figures: Figures, p_alive: Floats) -> list[list[dict[str, str]]]:
    """Return for each customer what the lifetime model reads, and its probability of being there.

    `p_alive` stands in the order of the figures.
    """
    told = []
    for row, alive in zip(_rows(figures), p_alive, strict=True):
        sentences = (_alive(float(alive)), _recency(row), _habit(row))
        told.append([{"en": en, "zh": zh} for en, zh in sentences])
    return told


def _alive(alive: float) -> Said:
    return (
        f"still a customer with {alive:.1%} by Pareto/NBD",
        f"按 Pareto/NBD 仍为顾客的概率 {alive:.1%}",
    )


def _with_odds(said: Said, logit: float) -> dict[str, str]:
    en, zh = said
    factor = np.exp(np.clip(logit, -20, 20))
    return {"en": f"{en}: odds of leaving × {factor:.2f}", "zh": f"{zh}：流失几率 × {factor:.2f}"}


def _grouped(added: Floats, names: Sequence[str]) -> tuple[list[str], Floats]:
    places = {name: place for place, name in enumerate(names)}
    held = {
        group: [places[name] for name in members if name in places]
        for group, members in GROUPS.items()
    }
    groups = [group for group, columns in held.items() if columns]
    return groups, np.stack([added[:, held[group]].sum(axis=1) for group in groups], axis=1)


def _rows(figures: Figures) -> list[dict[str, float]]:
    names = list(figures.columns)
    cells = np.stack([figures.columns[name] for name in names], axis=1).tolist()
    return [dict(zip(names, row, strict=True)) for row in cells]
