"""What `tingyin churn` prints: stages, how the probability was told and how good it is, who."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line, row_lines
from service.commands.score_output import arrow_of
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from service.files import Reject
    from tiering.churn import ChurnRun, ChurnSettings, Quality

SHOWN = 5
HEADS = MappingProxyType(
    {
        "stage": Message("stage", "阶段"),
        "customers": Message("customers", "顾客数"),
        "p_churn": Message("mean p", "平均概率"),
        "customer_id": Message("customer", "顾客"),
        "p": Message("leaves", "流失概率"),
        "reasons": Message("why", "理由"),
    }
)
QUALITIES = MappingProxyType(
    {
        "held_out": Message("customers that the fit did not see", "拟合未见过的顾客"),
        "ahead": Message("a later window than the fit knew", "拟合之后的时间窗"),
        "recency": Message("there, recency alone", "同一时间窗，仅用距上次下单天数"),
    }
)


def summary_of(run: "ChurnRun[Any]", settings: "ChurnSettings") -> str:
    """Return the run as JSON: stages, method, and how good the probabilities are."""
    table = arrow_of(run.table)
    told: dict[str, object] = {
        "as_of": run.as_of,
        "horizon_days": settings.horizon_days,
        "method": run.method,
        "why_not": None if run.why_not is None else asdict(_why_not(run)),
        "stages": {stage: count for stage, (count, _) in _stages(table).items()},
        "quality": {name: asdict(each) for name, each in _qualities(run)},
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def show(
    run: "ChurnRun[Any]", settings: "ChurnSettings", rejects: "Sequence[Reject]", output: Path
) -> None:
    """Print the run in the spoken language."""
    from rich.console import Console

    console, table = Console(), arrow_of(run.table)
    console.print(_stage_table(table))
    console.print(_first(table))
    lines = (
        *_method(run, settings),
        *_measured(run),
        *row_lines(run.rows),
        *_places(rejects, output),
    )
    print_lines(lines)


def _stages(table: "pa.Table") -> dict[str, tuple[int, float | None]]:
    """Return how many customers each stage has, and their mean probability."""
    import pyarrow.compute as pc

    from tiering.lifecycle import STAGES

    found = {}
    for stage in STAGES:
        rows = table.filter(pc.equal(table["stage"], stage))
        found[stage] = (rows.num_rows, pc.mean(rows["p_churn"]).as_py())
    return found


def _stage_table(table: "pa.Table") -> "Table":
    from rich.table import Table

    from tiering.lifecycle import STAGES

    language = spoken_language()
    heads = (HEADS[name].text(language) for name in ("stage", "customers", "p_churn"))
    title = Message("Lifecycle", "生命周期").text(language)
    made = Table(*heads, title=title, title_justify="left")
    for stage, (count, mean) in _stages(table).items():
        told = "–" if mean is None else f"{mean:.1%}"
        made.add_row(f"{stage} {STAGES[stage]}", f"{count:,}", told)
    return made


def _first(table: "pa.Table") -> "Table":
    """Return who is worth a call: still mature, growing or declining, and most likely to leave."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from rich.markup import escape
    from rich.table import Table

    language = spoken_language()
    open_stages = pa.array(["growth", "mature", "decline"], table.schema.field("stage").type)
    reachable = table.filter(pc.is_in(table["stage"], value_set=open_stages))
    keys = [("p_churn", "descending"), ("customer_id", "ascending")]
    heads = (HEADS[name].text(language) for name in ("customer_id", "stage", "p", "reasons"))
    title = Message("Most likely to leave of who is not yet gone", "尚未离开者中最可能流失")
    made = Table(*heads, title=title.text(language), title_justify="left")
    for row in reachable.take(pc.select_k_unstable(reachable, SHOWN, keys)).to_pylist():
        why = "\n".join(reason[language] for reason in row["churn_reasons"] or ())
        stage = f"{row['stage']} {row['stage_zh']}"
        p = "–" if row["p_churn"] is None else f"{row['p_churn']:.1%}"
        made.add_row(escape(row["customer_id"]), stage, p, escape(why), end_section=True)
    return made


def _why_not(run: "ChurnRun[Any]") -> Message:
    error = run.why_not
    return Message("", "") if error is None else Message(error.text("en"), error.text("zh"))


def _method(run: "ChurnRun[Any]", settings: "ChurnSettings") -> Iterator[Message]:
    days = settings.horizon_days
    yield Message(
        f"as of {run.as_of}: probability of no order in the next {days} days, by "
        f"{'a model learned from these orders' if run.method == 'learned' else 'Pareto/NBD'}",
        f"截至 {run.as_of}：未来 {days} 天内不再下单的概率，"
        f"{'由本批数据学得的模型给出' if run.method == 'learned' else '由 Pareto/NBD 给出'}",
    )
    if run.why_not is not None:
        said = _why_not(run)
        yield Message(f"not learned: {said.en}", f"未能学习：{said.zh}")
    if run.taught is not None and run.taught.tables:
        named = ", ".join(run.taught.tables)
        yield Message(f"besides orders it reads: {named}", f"除订单外还使用：{named}")


def _qualities(run: "ChurnRun[Any]") -> Iterator[tuple[str, "Quality"]]:
    for name in QUALITIES if run.taught is not None else ():
        found: Quality | None = getattr(run.taught, name)
        if found is not None:
            yield name, found


def _measured(run: "ChurnRun[Any]") -> Iterator[Message]:
    for name, found in _qualities(run):
        said = QUALITIES[name]
        figures = f"AUC {found.auc:.3f}, Brier {found.brier:.3f}"
        yield Message(
            f"{said.en}: {figures}, calibration error {found.calibration:.3f} "
            f"({found.customers:,} customers, {found.rate:.1%} left)",
            f"{said.zh}：{figures}，校准误差 {found.calibration:.3f}"
            f"（{found.customers:,} 位顾客，流失 {found.rate:.1%}）",
        )


def _places(rejects: "Sequence[Reject]", output: Path) -> Iterator[Message]:
    yield Message(f"customers: {output}", f"顾客：{output}")
    yield from rejects_line(len(rejects), output)
