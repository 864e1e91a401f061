"""What is said about a customer's experience, with the figures."""

import narwhals as nw

from nlp.labels import COMPLAINTS
from tiering.frames import Frame
from tiering.reasons import tenths, word_of

ENGLISH = {
    "voices": "NSR {}% (voices {})",
    "complaints": "complaints {} (most about {}, worst severity {})",
    "open_requests": "requests without a recorded answer {}",
    "churn": "says it will leave",
    "escalations": "threatens to go public or to an authority",
    "nps_count": "NPS answer {} of 10",
}
CHINESE = {
    "voices": "NSR {}%（{} 条评价）",
    "complaints": "投诉 {} 次（以{}为主，最高严重度 {}）",
    "open_requests": "{} 个诉求没有答复记录",
    "churn": "表示要离开",
    "escalations": "威胁曝光或投诉至监管",
    "nps_count": "NPS 打分 {}（满分 10）",
}


def with_sentences(customers: Frame) -> Frame:
    """Return the customers with `experience_en` and `experience_zh`; what is 0 is not said."""
    top = nw.col("top").fill_null("other")
    customers = customers.with_columns(
        said_nsr=(nw.col("nsr") * 100 + 0.5).floor().cast(nw.Int64),
        said_nps=tenths(nw.col("nps")),
        said_top_en=top,
        said_top_zh=word_of(top, COMPLAINTS),
    )
    return customers.with_columns(
        experience_en=_text(ENGLISH, "en", ", ", "nothing that judges us"),
        experience_zh=_text(CHINESE, "zh", "，", "没有带评价的内容"),
    ).drop("said_nsr", "said_nps", "said_top_en", "said_top_zh")


def _text(patterns: dict[str, str], language: str, separator: str, nothing: str) -> nw.Expr:
    figures = {
        "voices": ("said_nsr", "voices"),
        "complaints": ("complaints", f"said_top_{language}", "worst"),
        "open_requests": ("open_requests",),
        "nps_count": ("said_nps",),
    }
    parts = [
        nw.when(nw.col(count) > 0).then(_filled(pattern, figures.get(count, ())))
        for count, pattern in patterns.items()
    ]
    text = nw.concat_str(parts, separator=separator, ignore_nulls=True)
    return nw.when(text != "").then(text).otherwise(nw.lit(nothing))


def _filled(pattern: str, columns: tuple[str, ...]) -> nw.Expr:
    return nw.format(pattern, *map(nw.col, columns)) if columns else nw.lit(pattern)
