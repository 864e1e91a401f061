"""What `tingyin experiment` prints: groups first, then differences with their verdicts."""

from collections.abc import Iterable, Sequence
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering.experiments import Comparison, Difference, Observed, Reading, TierReturn, Uplift

METRICS = (
    Message("metric", "指标"),
    Message("arm", "组"),
    Message("control", "对照"),
    Message("treatment", "实验"),
    Message("difference", "差异"),
    Message("relative", "相对差异"),
    Message("p", "p 值"),
    Message("verdict", "结论"),
)
UPLIFT = (
    Message("group", "组"),
    Message("score", "得分"),
    Message("treated", "干预"),
    Message("untreated", "未干预"),
    Message("uplift", "增量"),
)
RETURNS = (
    Message("tier", "层级"),
    Message("customers", "享权益"),
    Message("held out", "对照"),
    Message("cost ¥", "成本（元）"),
    Message("gain ¥", "增量（元）"),
    Message("net ¥", "净增（元）"),
    Message("return", "回报率"),
)
FEN, THOUSAND = 100, 1000
VERDICTS = MappingProxyType(
    {
        "better": Message("better", "更好"),
        "worse": Message("worse", "更差"),
        "no difference shown": Message("no difference shown", "未显示差异"),
        "held": Message("guard held", "护栏守住"),
        "breached": Message("guard breached", "护栏失守"),
        "open": Message("guard open", "护栏未定"),
        "not judged": Message("not judged", "不作判断"),
    }
)


def show_reading(found: "Reading", observed: "Observed", rejects: int, output: Path | None) -> None:
    """Print what an experiment says."""
    customers = len(observed.customers)
    lines = [
        found.groups.reason(),
        Message(
            f"customers with a row in the tables: {observed.found:,} of {customers:,}",
            f"在数据表中有记录的顾客：{customers:,} 位中的 {observed.found:,} 位",
        ),
    ]
    if observed.unfinished:
        lines.append(
            Message(
                f"left out, their days are not over: {observed.unfinished:,}",
                f"观察期未满，未计入：{observed.unfinished:,} 位",
            )
        )
    print_lines(lines)
    _table(METRICS, (_metric(each) for each in found.comparisons))
    print_lines(_notes(found))
    _ending(rejects, output)


def show_uplift(found: "Uplift", left_out: Message, output: Path | None) -> None:
    """Print uplift along a score, and which customers were `left_out`."""
    _table(
        UPLIFT,
        (
            (
                str(group.number),
                f"{group.least:g}–{group.most:g}",
                f"{group.treated:,}",
                f"{group.untreated:,}",
                "–" if group.found is None else _interval(group.found),
            )
            for group in found.groups
        ),
    )
    least, most = found.area_interval
    low, high = found.qini_interval
    beats = found.beats_random()
    print_lines(
        [
            left_out,
            Message(f"of all: {_interval(found.all)}", f"总体增量：{_interval(found.all)}"),
            Message(
                f"AUUC {found.area:.4g} ({least:.4g}–{most:.4g})",
                f"AUUC {found.area:.4g}（{least:.4g}–{most:.4g}）",
            ),
            Message(
                f"Qini {found.qini:.4g} ({low:.4g}–{high:.4g}): "
                + ("better than a lot" if beats else "not shown to be better than a lot"),
                f"Qini {found.qini:.4g}（{low:.4g}–{high:.4g}）："
                + ("优于随机" if beats else "未显示优于随机"),
            ),
        ]
    )
    _ending(0, output)


def show_returns(found: "Sequence[TierReturn]", output: Path | None) -> None:
    """Print what each tier brings; money in yuan."""
    _table(
        RETURNS,
        (
            (
                each.tier,
                f"{each.treated:,}",
                f"{each.held_out:,}",
                _number(each.cost / FEN, ",.2f"),
                "–" if each.gain is None else _interval(each.gain, FEN),
                "–" if each.net is None else _interval(each.net, FEN),
                "–"
                if isnan(each.roi)
                else f"{each.roi:.2f} ({each.roi_low:.2f}–{each.roi_high:.2f})",
            )
            for each in found
        ),
    )
    print_lines(
        Message(f"{each.tier}: {each.reason.en}", f"{each.tier}：{each.reason.zh}")
        for each in found
    )
    _ending(0, output)


def _metric(each: "Comparison") -> Iterable[str]:
    found, verdict = each.found, VERDICTS[each.verdict].text(spoken_language())
    if found is None:
        return (each.metric, each.arm, "–", "–", "–", "–", "–", verdict)
    relative = _number(found.relative, "+.1%")
    if not isnan(found.relative_low):
        relative += f" ({found.relative_low:+.1%}–{found.relative_high:+.1%})"
    return (
        each.metric,
        each.arm,
        _amount(found.control.figure, ""),
        _amount(found.treatment.figure, ""),
        _interval(found),
        relative,
        f"{each.adjusted_p:.3g}",
        verdict,
    )


def _notes(found: "Reading") -> list[Message]:
    return [
        Message(
            f"{each.metric}, {each.arm}: {'; '.join(reason.en for reason in each.reasons)}",
            f"{each.metric}，{each.arm}：{'；'.join(reason.zh for reason in each.reasons)}",
        )
        for each in found.comparisons
    ]


def _interval(found: "Difference", unit: int = 1) -> str:
    figures = (each / unit for each in (found.difference, found.low, found.high))
    middle, low, high = (_amount(each, "+") for each in figures)
    return f"{middle} ({low}–{high})"


def _amount(figure: float, sign: str) -> str:
    """Return a figure without exponent, whatever its unit is."""
    return f"{figure:{sign},.0f}" if abs(figure) >= THOUSAND else f"{figure:{sign}.4g}"


def _number(figure: float, form: str) -> str:
    return "–" if isnan(figure) else f"{figure:{form}}"


def _table(heads: Sequence[Message], rows: Iterable[Iterable[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*(head.text(spoken_language()) for head in heads))
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _ending(rejects: int, output: Path | None) -> None:
    print_lines(rejects_line(rejects, output))
    if output is not None:
        print_lines([Message(f"rows: {output}", f"结果：{output}")])
