"""What it is about: categories, phrases, clusters, and what customers say."""

from nlp.surveillance import Surge, category_name
from nlp.surveillance.story import Story
from service.report.model import Block, Quotes, Section
from service.report.words import Writer, baseline, moment, number, percent


def about(writer: Writer, surge: Surge, story: Story) -> Section:
    """Return the section about the topic."""
    return writer.section(
        "What it is about",
        "主要内容",
        writer.say("Complaint categories:", "投诉类别："),
        _categories(writer, surge),
        writer.say(
            "Said more than before (log-odds with a Dirichlet prior):",
            "较平常更多的说法（带狄利克雷先验的对数几率）：",
        ),
        _phrases(writer, story),
        writer.say("Said again and again (near-duplicates):", "反复出现的说法（近似内容）："),
        _clusters(writer, surge, story),
    )


def quotes(writer: Writer, surge: Surge) -> Section:
    """Return the section of quotes."""
    told = tuple(
        writer.tell(one.text, one.text, writer.cite("quoted", "引用的反馈", [one.id]))
        for one in surge.quotes
    )
    block: Block = Quotes(told) if told else writer.missing()
    return writer.section("Quotes", "原声引用", block)


def _categories(writer: Writer, surge: Surge) -> Block:
    heads = (("category", "类别"), ("mentions", "条数"), ("share", "占比"))
    rows = []
    for one in surge.categories:
        name = category_name(one.category)
        cited = writer.cite(f"about {name.en}", f"涉及{name.zh}的反馈", one.ids)
        share = percent(one.count / surge.observed) if surge.observed else None
        cells = writer.cell(f"{one.count:,}", cited), writer.cell(share, cited)
        rows.append((writer.tell(name.en, name.zh), *cells))
    return writer.table(heads, rows)


def _phrases(writer: Writer, story: Story) -> Block:
    heads = (("phrase", "短语"), ("texts", "条数"), ("before", "此前条数"), ("z", "z 值"))
    rows, usual = [], baseline(writer, story)
    for one in story.phrases:
        cited = writer.cite(f"say “{one.phrase}”", f"含“{one.phrase}”的反馈", one.ids)
        texts, before = f"{one.texts:,}", f"{one.usual_texts:,}"
        cells = (
            writer.cell(texts, cited),
            writer.cell(before, usual),
            writer.cell(number(one.z), cited, usual),
        )
        rows.append((writer.cell(one.phrase), *cells))
    return writer.table(heads, rows)


def _clusters(writer: Writer, surge: Surge, story: Story) -> Block:
    heads = (("wording", "代表文本"), ("mentions", "条数"), ("share", "占比"), ("first", "首条"))
    rows = []
    for one in story.clusters:
        cited = writer.cite("near-duplicates of one wording", "同一文本的近似内容", one.ids)
        said = writer.cite("quoted", "引用的反馈", [one.quote_id])
        first = writer.cite("first of its wording", "同类中的首条", [one.first_id])
        rows.append(
            (
                writer.cell(one.quote, said),
                writer.cell(f"{one.count:,}", cited),
                writer.cell(percent(one.share), cited),
                writer.cell(moment(one.first_at.astimezone(surge.onset.tzinfo)), first),
            )
        )
    return writer.table(heads, rows)
