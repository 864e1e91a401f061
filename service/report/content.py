"""The content of a report: the sections of a 通报, built from a surge and its story."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

from nlp.message import Language, Message
from nlp.surveillance import LEVELS, Surge, category_name, product_name
from nlp.surveillance.story import Growth, Matching, Story, Stretch
from service.report.about import about, quotes
from service.report.model import Paragraph, Report, Section, Told
from service.report.where import forecast, where
from service.report.who import who
from service.report.words import NO_DATA, Writer, baseline, moment, number

MATCHING: Mapping[Matching, Message] = MappingProxyType(
    {
        "hour of the week": Message(", hour of the week by hour", "，按一周中的同一小时对应"),
        "hour of the day": Message(", hour of the day by hour", "，按一天中的同一小时对应"),
        "none": Message(", all hours alike", "，不区分时刻"),
    }
)


def report_of(surge: Surge, story: Story, language: Language, kept: Message) -> Report:
    """Return the report of a surge.

    Parameters
    ----------
    surge
        As the watch found it.
    story
        What `nlp.surveillance.story.tell` made of it.
    language
        "zh" or "en".
    kept
        Where the ids are that a cut list leaves out.
    """
    writer, zone = Writer(language), surge.onset.tzinfo
    sections = (
        _happened(writer, surge, story),
        _figures(writer, surge, story),
        _timeline(writer, story, zone),
        about(writer, surge, story),
        who(writer, surge, story),
        where(writer, story),
        forecast(writer, story, zone),
        quotes(writer, surge),
    )
    level, name = LEVELS[surge.level], product_name(surge.product)
    topic = category_name(surge.category) if surge.category else None
    return Report(
        language=language,
        title=writer.text("Crisis report", "舆情通报"),
        headline=writer.text(
            f"Level {level.en}: {name.en}" + (f", {topic.en}" if topic else ""),
            f"{level.zh}：{name.zh}" + (f"（{topic.zh}）" if topic else ""),
        ),
        sections=sections,
        proof_heading=writer.text("Proof", "证据附录"),
        proof_note=writer.text(kept.en, kept.zh),
        references=tuple(writer.references),
    )


def _happened(writer: Writer, surge: Surge, story: Story) -> Section:
    proof = writer.cite("negative mentions of the surge", "本次事件的负面反馈", surge.ids)
    name, onset, until = product_name(surge.product), moment(surge.onset), moment(surge.until)
    as_of = moment(story.as_of.astimezone(surge.onset.tzinfo))
    lines = [
        writer.say(
            f"{name.en}: {surge.observed:,} negative mentions from {onset} to {until}; "
            f"{number(surge.expected)} were expected, up to {surge.upper:,} would be chance.",
            f"{name.zh}：{onset} 至 {until} 共有负面反馈 {surge.observed:,} 条；"
            f"预期 {number(surge.expected)} 条，{surge.upper:,} 条以内属正常波动。",
            proof,
            baseline(writer, story),
        ),
        writer.say(f"Known up to {as_of}.", f"数据截至 {as_of}。"),
        _history(writer, story),
    ]
    if story.missing_ids:
        gone = writer.cite("not in the signals given", "所给信号中没有的反馈", story.missing_ids)
        lines.append(
            writer.say(
                f"{len(story.missing_ids):,} of them are not in the signals given: what follows "
                f"is told from the other {story.told:,}.",
                f"其中 {len(story.missing_ids):,} 条不在所给信号中："
                f"以下仅据其余 {story.told:,} 条。",
                gone,
            )
        )
    return writer.section("What happened", "事件概况", *lines)


def _history(writer: Writer, story: Story) -> Paragraph:
    history = story.history
    if history is None:
        return writer.say(
            f"History to compare with: {NO_DATA}.", f"可供比较的历史数据：{NO_DATA}。"
        )
    matched = MATCHING[history.matching]
    since, until, count = moment(history.since), moment(history.until), len(history.ids)
    return writer.say(
        f"Compared with {count:,} negative mentions from {since} to {until}{matched.en}.",
        f"对比基线：{since} 至 {until} 的负面反馈 {count:,} 条{matched.zh}。",
        baseline(writer, story),
    )


def _figures(writer: Writer, surge: Surge, story: Story) -> Section:
    proof = writer.cite("negative mentions of the surge", "本次事件的负面反馈", surge.ids)
    usual = baseline(writer, story)
    drivers, growth = story.drivers, story.growth
    rows = [
        (writer.tell("negative mentions", "负面反馈"), writer.cell(f"{surge.observed:,}", proof)),
        (writer.tell("expected", "预期"), writer.cell(number(surge.expected), usual)),
        (writer.tell("by chance at most", "正常波动上限"), writer.cell(f"{surge.upper:,}", usual)),
        (
            writer.tell("severity, 0 to 3", "严重度（0 至 3）"),
            writer.cell(f"{surge.severity}", proof),
        ),
        (
            writer.tell("known authors", "已知作者"),
            writer.cell(f"{drivers.authors:,}" if drivers else None, proof if drivers else ()),
        ),
        (writer.tell("growth while it rose", "上升阶段增速"), _growth(writer, growth)),
    ]
    return writer.section(
        "Figures", "数据", writer.table((("what", "指标"), ("value", "数值")), rows)
    )


def _growth(writer: Writer, growth: Growth | None) -> Told:
    if growth is None:
        return writer.cell(None)
    cited = writer.cite("mentions of the rising phase", "上升阶段的反馈", growth.ids)
    rate = f"{growth.rate:+.2f} ({growth.low:+.2f} … {growth.high:+.2f})"
    if not growth.growing:
        return writer.tell(
            f"not growing: log rate {rate} per hour, 95 %",
            f"未见增长：对数速率每小时 {rate}，95% 区间",
            cited,
        )
    low, high = number(growth.doubling_low), number(growth.doubling_high)
    return writer.tell(
        f"doubles in {number(growth.doubling)} hours ({low} to {high}, 95 %)",
        f"每 {number(growth.doubling)} 小时翻倍（95% 区间 {low} 至 {high}）",
        cited,
    )


def _timeline(writer: Writer, story: Story, zone: tzinfo | None) -> Section:
    heads = (("from", "起"), ("to", "止"), ("observed", "实际"), ("expected", "预期"))
    usual = baseline(writer, story)
    rows = [
        (
            writer.cell(moment(stretch.start.astimezone(zone))),
            writer.cell(moment(stretch.end.astimezone(zone))),
            writer.cell(f"{stretch.observed:,}", _stretch(writer, stretch, zone)),
            writer.cell(number(stretch.expected), usual),
        )
        for stretch in story.timeline
    ]
    return writer.section("Timeline", "时间线", writer.table(heads, rows))


def _stretch(writer: Writer, stretch: Stretch, zone: tzinfo | None) -> tuple[int, ...]:
    start = moment(stretch.start.astimezone(zone))
    return writer.cite(f"negative mentions from {start}", f"{start} 起的负面反馈", stretch.ids)
