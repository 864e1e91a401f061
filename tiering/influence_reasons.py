"""What is said about an account: its parts with their figures, and why it was discounted."""

from collections.abc import Iterable
from types import MappingProxyType

import narwhals as nw

from tiering.frames import Frame
from tiering.reasons import Notice, Reason, tenths, with_reasons

ACCOUNT = (
    "{} ({}, {}, followers {}): posts {}, reactions {}",
    "{}（{}，{}，粉丝 {}）：{} 条内容，{} 次互动",
)
PARTS = MappingProxyType(
    {
        "reach": (
            "reach {}/100: posts {}, reactions {}{}, followers {}",
            "传播 {}/100：{} 条内容，{} 次互动{}，粉丝 {}",
        ),
        "depth": (
            "depth {}/100: of {} posts answered {}, judging {}, naming a matter {}",
            "互动深度 {}/100：{} 条内容中 {} 条获回复，{} 条有褒贬，{} 条言之有物",
        ),
        "audience": (
            "grown account {}/100: posts {}, followers {}",
            "账号成熟度 {}/100：累计发帖 {}，粉丝 {}",
        ),
        "network": (
            "network {}/100: heard {} times as much as the average account, in the {}-core",
            "网络位置 {}/100：被听到的程度是平均账号的 {} 倍，位于 {}-核",
        ),
        "opinion": (
            "opinion of us {}/100: NSR {}, positive {}, negative {}",
            "对我们的评价 {}/100：NSR {}，正面 {} 条，负面 {} 条",
        ),
    }
)
FIGURES = MappingProxyType(
    {
        "reach": ("posts", "reactions", "shown", "followers"),
        "depth": ("posts", "answered", "judging", "naming"),
        "audience": ("said_account_posts", "followers"),
        "network": ("said_times", "core"),
        "opinion": ("said_nsr", "praising", "blaming"),
    }
)
CAUSES = MappingProxyType(
    {
        "coordinated": (
            "of {} posts {} open like those of other accounts",
            "{} 条内容中 {} 条与其他账号开头雷同",
        ),
        "sign_silent": ("many followers but hardly a reaction", "粉丝多而互动极少"),
        "sign_likes": ("many likes but hardly a reply", "点赞多而回复极少"),
        "sign_newborn": ("newly registered", "注册不久"),
        "sign_growth": (
            "followers grew from {} by {} in {} days, more than its posts explain",
            "粉丝由 {} 增加 {}，历时 {} 天，互动不足以解释",
        ),
        "together": (
            "of {} reposts {} within moments of the same others",
            "{} 次转发中 {} 次与同一批账号几乎同时",
        ),
        "spam": ("of {} posts {} are adverts", "{} 条内容中 {} 条为广告"),
    }
)
CAUSE_FIGURES = MappingProxyType(
    {
        "coordinated": ("posts", "coordinated"),
        "sign_growth": ("grown_from", "grown_by", "grown_days"),
        "together": ("reposted", "together"),
        "spam": ("posts", "spam"),
    }
)
SHOWN = (", impressions {}", "，曝光 {} 次")
OPINION = ("; NSR {} of what it says about us", "；对我们的 NSR {}")


def with_author_sentences(authors: Frame, *, weighs_opinion: bool = False) -> Frame:
    """Return the authors with the sentences that the score card passes on.

    These are `social_en`, `social_zh` (the account with its figures, net sentiment among them
    where it counts), and `doubt_en`, `doubt_zh` (why it was discounted; null where it was not).
    """
    authors = authors.with_columns(
        said_platform=nw.col("platform").fill_null("–"),
        said_kept=(nw.col("kept") * 100 + 0.5).floor().cast(nw.Int64),
        said_nsr=nw.format("{}%", (nw.col("nsr") * 100 + 0.5).floor().cast(nw.Int64)).fill_null(
            "–"
        ),
    )
    english, chinese = OPINION if weighs_opinion else ("", "")
    return authors.with_columns(
        social_en=_account(ACCOUNT[0] + english, "band", weighs_opinion=weighs_opinion),
        social_zh=_account(ACCOUNT[1] + chinese, "band_zh", weighs_opinion=weighs_opinion),
        doubt_en=_doubt(0, "kept at {}%", "; "),
        doubt_zh=_doubt(1, "计分保留 {}%", "；"),
    )


def with_author_reasons(authors: Frame, parts: Iterable[str]) -> Frame:
    """Return the authors with `reasons`: why they were discounted, then their measured parts."""
    parts = list(parts)
    authors = with_author_sentences(authors).with_columns(
        **{f"said_{name}": tenths(nw.col(name)) for name in parts},
        said_account_posts=nw.col("account_posts").cast(nw.String).fill_null("–"),
    )
    if "network" in parts:
        authors = authors.with_columns(said_times=tenths(nw.col("times_average")))
    doubted = Notice(nw.col("kept") < 1, Reason(nw.col("doubt_en"), nw.col("doubt_zh")))
    told = [Reason(_part(name, 0), _part(name, 1)) for name in parts]
    return with_reasons(authors, [doubted], told, len(told) + 1)


def _account(pattern: str, band: str, *, weighs_opinion: bool) -> nw.Expr:
    columns = ("author_id", "said_platform", band, "followers", "posts", "reactions")
    more = ("said_nsr",) if weighs_opinion else ()
    return nw.format(pattern, *map(nw.col, (*columns, *more)))


def _part(name: str, language: int) -> nw.Expr:
    figures = [_shown(language) if each == "shown" else nw.col(each) for each in FIGURES[name]]
    return nw.format(PARTS[name][language], nw.col(f"said_{name}"), *figures)


def _shown(language: int) -> nw.Expr:
    """Return how often the posts were shown, nothing where nobody knows."""
    told = nw.format(SHOWN[language], nw.col("impressions"))
    return nw.when(nw.col("impressions") > 0).then(told).otherwise(nw.lit(""))


def _doubt(language: int, kept: str, separator: str) -> nw.Expr:
    """Return why an account was discounted, null where it was not."""
    causes = [
        nw.when(nw.col(name) > 0).then(_cause(name, patterns[language]))
        for name, patterns in CAUSES.items()
    ]
    share = nw.format(kept, nw.col("said_kept"))
    text = nw.concat_str([share, *causes], separator=separator, ignore_nulls=True)
    return nw.when(nw.col("kept") < 1).then(text)


def _cause(name: str, pattern: str) -> nw.Expr:
    figures = CAUSE_FIGURES.get(name, ())
    return nw.format(pattern, *map(nw.col, figures)) if figures else nw.lit(pattern)
