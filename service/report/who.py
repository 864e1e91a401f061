"""Who drives it: first post, largest cascade, authors by influence, signs of coordination."""

from nlp.surveillance import Surge
from nlp.surveillance.story import Drivers, Story
from service.report.model import Block, Paragraph, Section
from service.report.words import NO_DATA, Writer, moment, percent


def who(writer: Writer, surge: Surge, story: Story) -> Section:
    """Return the section about the people behind a surge."""
    drivers = story.drivers
    if drivers is None:
        return writer.section("Who drives it", "传播者", writer.missing(), _arranged(writer, surge))
    return writer.section(
        "Who drives it",
        "传播者",
        _first(writer, surge, drivers),
        _turn(writer, drivers),
        _authors(writer, drivers),
        writer.say(
            f"Mentions without an author: {drivers.anonymous:,}.",
            f"未注明作者的反馈：{drivers.anonymous:,} 条。",
        ),
        _arranged(writer, surge),
    )


def _first(writer: Writer, surge: Surge, drivers: Drivers) -> Paragraph:
    post = drivers.first
    at = moment(post.at.astimezone(surge.onset.tzinfo) if post.at else None)
    author, text = post.author_id or NO_DATA, post.text or NO_DATA
    return writer.say(
        f"First post: {at}, author {author}: “{text}”",
        f"首发：{at}，作者 {author}：“{text}”",
        writer.cite("first post", "首发", [post.id]),
    )


def _turn(writer: Writer, drivers: Drivers) -> Paragraph:
    turn = drivers.turn
    if not drivers.linked:
        return writer.say(
            f"Largest cascade: {NO_DATA} (no mention says what it reposts or answers).",
            f"最大传播链：{NO_DATA}（没有反馈注明所转发或回复的内容）。",
        )
    if turn is None:
        return writer.say(
            "Largest cascade: none of two or more.", "最大传播链：没有两条以上的传播链。"
        )
    author, text = turn.post.author_id or NO_DATA, turn.post.text or NO_DATA
    return writer.say(
        f"Largest cascade: {turn.size:,} reposts and answers, with {percent(turn.share)} of the "
        f"surge, below the post of {author}: “{text}”",
        f"最大传播链：{author} 的帖子引出转发和回复 {turn.size:,} 条，占本次事件 "
        f"{percent(turn.share)}：“{text}”",
        writer.cite("root of the largest cascade", "最大传播链的起点", [turn.post.id]),
        writer.cite("largest cascade", "最大传播链", turn.ids),
    )


def _authors(writer: Writer, drivers: Drivers) -> Block:
    heads = (
        ("author", "作者"),
        ("posts", "条数"),
        ("share", "占比"),
        ("reach", "传播力"),
        ("reposts caused", "引发转发"),
        ("influence", "影响力"),
    )
    rows = []
    for one in drivers.top:
        own = writer.cite(f"posts of {one.author_id}", f"{one.author_id} 的反馈", one.ids)
        below = writer.cite(
            f"set off by {one.author_id}", f"由 {one.author_id} 引发的反馈", one.caused_ids
        )
        caused = None if one.caused is None else f"{one.caused:,}"
        rows.append(
            (
                writer.cell(one.author_id),
                writer.cell(f"{one.posts:,}", own),
                writer.cell(percent(one.share), own),
                writer.cell(f"{one.reach:,}", own),
                writer.cell(caused, below),
                writer.cell(f"{one.influence:.2f}", own, below),
            )
        )
    return writer.table(heads, rows)


def _arranged(writer: Writer, surge: Surge) -> Paragraph:
    cited = writer.cite(
        "near-duplicates by different authors, close in time",
        "不同账号短时间内发布的近似内容",
        surge.coordinated_ids,
    )
    share, count = percent(surge.coordinated_share), len(surge.coordinated_ids)
    suspected = surge.suspected_coordination
    return writer.say(
        f"Coordination {'suspected' if suspected else 'not suspected'}: {count:,} mentions "
        f"({share}) are near-duplicates by different authors within hours.",
        f"{'疑似' if suspected else '未见'}有组织迹象：{count:,} 条（{share}）为不同账号短时间内"
        "发布的近似内容。",
        cited,
    )
