"""What is said about a customer's experience, with the figures."""

import narwhals as nw

from nlp.labels import COMPLAINTS
from tiering.frames import Frame
from tiering.reasons import tenths

ENGLISH = {
    "voices": "NSR {}% (voices {})",
    "complaints": "complaints {} ({}; {}), of them open {}",
    "open_requests": "requests without a recorded answer {}",
    "churn": "says it will leave",
    "escalations": "threatens to go public or to an authority",
    "nps_count": "NPS answer {} of 10",
}
CHINESE = {
    "voices": "NSR {}%（{} 条评价）",
    "complaints": "投诉 {} 次（{}；{}），其中未结 {} 次",
    "open_requests": "{} 个诉求没有答复记录",
    "churn": "表示要离开",
    "escalations": "威胁曝光或投诉至监管",
    "nps_count": "NPS 打分 {}（满分 10）",
}


def with_sentences(customers: Frame) -> Frame:
    """Return the customers with `experience_en` and `experience_zh`; what is 0 is not said."""
    customers = customers.with_columns(
        said_nsr=(nw.col("nsr") * 100 + 0.5).floor().cast(nw.Int64),
        said_nps=tenths(nw.col("nps")),
        **_complaints(),
    )
    return customers.with_columns(
        experience_en=_text(ENGLISH, "en", ", ", "nothing that judges us"),
        experience_zh=_text(CHINESE, "zh", "，", "没有带评价的内容"),
    ).drop("said_nsr", "said_nps", *_complaints())


def _complaints() -> dict[str, nw.Expr]:
    """Return how many complaints are of which category and of which severity, as text."""
    categories = {f"complaint_{name}": (name, zh) for name, zh in COMPLAINTS.items()}
    severities = {f"severity_{n}": (f"severity {n}:", f"严重度 {n}：") for n in (3, 2, 1, 0)}
    return {
        "said_categories_en": _listed({n: f"{en} {{}}" for n, (en, _) in categories.items()}, ", "),
        "said_categories_zh": _listed({n: f"{zh} {{}}" for n, (_, zh) in categories.items()}, "、"),
        "said_severities_en": _listed({n: f"{en} {{}}" for n, (en, _) in severities.items()}, ", "),
        "said_severities_zh": _listed({n: f"{zh}{{}}" for n, (_, zh) in severities.items()}, "、"),
    }


def _listed(patterns: dict[str, str], separator: str) -> nw.Expr:
    """Return the counts that are above 0, each in its pattern; a dash where there are none."""
    parts = [
        nw.when(nw.col(name) > 0).then(nw.format(pattern, nw.col(name)))
        for name, pattern in patterns.items()
    ]
    text = nw.concat_str(parts, separator=separator, ignore_nulls=True)
    return nw.when(text != "").then(text).otherwise(nw.lit("–"))


def _text(patterns: dict[str, str], language: str, separator: str, nothing: str) -> nw.Expr:
    figures = {
        "voices": ("said_nsr", "voices"),
        "complaints": (
            *("complaints", f"said_categories_{language}", f"said_severities_{language}"),
            "open_complaints",
        ),
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
