"""Where it happens, and what comes next."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from types import MappingProxyType

from nlp.message import Message
from nlp.surveillance import category_name, channel_name
from nlp.surveillance.story import DIMENSIONS, Cell, Explanation, Story
from service.report.model import Paragraph, Section, Told
from service.report.words import NO_DATA, Writer, baseline, moment, number, percent

MOST_ROWS = 5
NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "product": Message("product", "产品"),
        "category": Message("category", "类别"),
        "region": Message("region", "地区"),
        "channel": Message("channel", "渠道"),
    }
)
HEADS = (
    ("dimension", "维度"),
    ("value", "取值"),
    ("observed", "实际"),
    ("expected", "预期"),
    ("explains", "解释占比"),
    ("surprise, bits", "意外度（比特）"),
)


def where(writer: Writer, story: Story) -> Section:
    """Return the section that takes a surge apart."""
    drill = story.drilldown
    if drill is None:
        return writer.section("Where", "分布与定位", writer.missing())
    every = writer.cite("negative mentions of all products", "全部产品的负面反馈", drill.ids)
    expected = number(drill.expected) or NO_DATA
    return writer.section(
        "Where",
        "分布与定位",
        writer.say(
            f"Negative mentions of all products in that time: {drill.observed:,}, expected "
            f"{expected}.",
            f"同期全部产品的负面反馈：{drill.observed:,} 条，预期 {expected} 条。",
            every,
        ),
        _explained(writer, drill.explanation, comparable=drill.expected is not None),
        writer.table(HEADS, (_row(writer, cell) for cell in _told(drill.elements))),
    )


def forecast(writer: Writer, story: Story, zone: tzinfo | None) -> Section:
    """Return the section about the next hours."""
    heads = (
        ("up to", "截至"),
        ("negative mentions, median", "负面反馈（中位数）"),
        ("80 % interval", "80% 区间"),
        ("usual", "平常"),
    )
    rows = []
    for one in story.forecasts:
        cited = writer.cite("the last 24 hours", "最近 24 小时的反馈", one.ids)
        cells = (
            writer.cell(f"{one.median:,}", cited),
            writer.cell(f"{one.low:,} – {one.high:,}", cited),
        )
        until = writer.tell(
            f"{moment(one.until.astimezone(zone))} (+{one.hours} h)",
            f"{moment(one.until.astimezone(zone))}（+{one.hours} 小时）",
        )
        rows.append((until, *cells, writer.cell(number(one.usual), baseline(writer, story))))
    return writer.section("Forecast", "趋势预测", writer.table(heads, rows))


def _told(elements: tuple[Cell, ...]) -> Iterator[Cell]:
    """Yield the most frequent values of every dimension of which any value is known."""
    for dimension in DIMENSIONS:
        own = [cell for cell in elements if cell.dimensions == (dimension,)]
        if any(cell.values[0] is not None for cell in own):
            yield from own[:MOST_ROWS]


def _explained(writer: Writer, found: Explanation | None, *, comparable: bool) -> Paragraph:
    if not comparable:
        return writer.say(f"What explains it: {NO_DATA}.", f"解释：{NO_DATA}。")
    if found is None:
        return writer.say(
            "No combination of few values explains two thirds of the rise.",
            "没有少数取值的组合能解释三分之二的上升。",
        )
    names = [_name(cell) for cell in found.cells]
    observed = sum(cell.observed for cell in found.cells)
    expected = number(sum(cell.expected or 0.0 for cell in found.cells))
    return writer.say(
        f"Explained by {'; '.join(name.en for name in names)}: {observed:,} where {expected} are "
        f"expected, {percent(found.explains)} of the rise (score {found.score:.2f}).",
        f"主要集中于{'；'.join(name.zh for name in names)}：实际 {observed:,} 条，预期 {expected} "
        f"条，解释上升的 {percent(found.explains)}（得分 {found.score:.2f}）。",
        *(
            writer.cite(f"in {name.en}", f"{name.zh}的反馈", cell.ids)
            for name, cell in zip(names, found.cells, strict=True)
        ),
    )


def _row(writer: Writer, cell: Cell) -> tuple[Told, ...]:
    dimension, name = NAMES[cell.dimensions[0]], _name(cell)
    cited = writer.cite(f"in {name.en}", f"{name.zh}的反馈", cell.ids)
    usual = writer.cite(f"before, in {name.en}", f"此前{name.zh}的反馈", cell.usual_ids)
    told = None if cell.surprise is None else f"{cell.surprise:.3f}"
    return (
        writer.tell(dimension.en, dimension.zh),
        writer.tell(name.en, name.zh),
        writer.cell(f"{cell.observed:,}", cited),
        writer.cell(number(cell.expected), usual),
        writer.cell(percent(cell.explains), cited, usual),
        writer.cell(told, cited, usual),
    )


def _name(cell: Cell) -> Message:
    values = [
        Message(NO_DATA, NO_DATA) if value is None else _value(dimension, value)
        for dimension, value in zip(cell.dimensions, cell.values, strict=True)
    ]
    return Message(" × ".join(v.en for v in values), " × ".join(v.zh for v in values))


def _value(dimension: str, value: str) -> Message:
    if dimension == "category":
        return category_name(value)
    return channel_name(value) if dimension == "channel" else Message(value, value)
