"""Facts and features of what a customer says, and how far it is heard.

A chat is one voice, however many turns it takes: of its turns count the latest day, every label
that any turn has, the worst severity, and the feeling that most of its turns have. Turns of agents
and adverts are left out; an abstained sentiment is none. A post is a voice outside of support
transcripts; reactions are counted as the signals give them.
"""

from collections.abc import Mapping
from functools import reduce
from operator import add
from types import MappingProxyType

import narwhals as nw

from nlp.labels import COMPLAINTS, INTENTS, SEVERITIES
from nlp.message import Message
from tiering.answers import with_waiting
from tiering.features.feature import EVER, Fact
from tiering.features.grammar import EVERY, SOME, Line, features_of, shares, since, totals, trends
from tiering.frames import Frame
from tiering.times import Moment, day_of

CATEGORIES = tuple(f"complaint_{name}" for name in COMPLAINTS)
WISHES = tuple(f"intent_{name}" for name in INTENTS)
GRADES = tuple(grade for grade in SEVERITIES if grade)
REACTIONS = MappingProxyType(
    {"likes": "获赞", "reposts": "转发", "saves": "收藏", "replies": "回复"}
)
HEARD = (30, 90, 365, EVER)

FACTS = (
    Fact("texts", Message("texts", "发言")),
    Fact("text_days", Message("days with a text", "有发言的日子"), "days"),
    Fact("chats", Message("chats with support", "客服会话")),
    Fact("negative_texts", Message("negative texts", "负面发言")),
    Fact("neutral_texts", Message("neutral texts", "中性发言")),
    Fact("positive_texts", Message("positive texts", "正面发言")),
    Fact("judged_texts", Message("texts with a sure sentiment", "情感明确的发言")),
    Fact("complaints", Message("complaints", "投诉")),
    *(
        Fact(f"intent_{name}", Message(f"texts of intent {name}", f"意图为“{zh}”的发言"))
        for name, zh in INTENTS.items()
    ),
    *(
        Fact(f"complaint_{name}", Message(f"complaints of {name}", f"“{zh}”类投诉"))
        for name, zh in COMPLAINTS.items()
    ),
    *(
        Fact(f"severity_{g}", Message(f"complaints of severity {g}", f"“{SEVERITIES[g]}”级投诉"))
        for g in GRADES
    ),
    Fact("worst_severity", Message("the worst severity of a complaint", "投诉最高严重度"), "max"),
    Fact("open_requests", Message("requests without an answer", "未获答复的诉求")),
    Fact("text_characters", Message("characters of texts", "发言字符")),
    Fact("last_text", Message("the last text", "最近一次发言"), "min"),
    Fact("first_text", Message("the first text", "首次发言"), "max"),
    Fact("last_negative", Message("the last negative text", "最近一次负面发言"), "min"),
    Fact("last_positive", Message("the last positive text", "最近一次正面发言"), "min"),
    Fact("last_complaint", Message("the last complaint", "最近一次投诉"), "min"),
    Fact("posts", Message("public posts", "公开发帖")),
    *(Fact(f"post_{n}", Message(f"{n} of posts", f"发帖{zh}")) for n, zh in REACTIONS.items()),
    Fact("post_reactions", Message("reactions to posts", "发帖互动")),
    Fact("most_reactions", Message("the most reactions to one post", "单帖最多互动"), "max"),
    Fact("most_followers", Message("the most followers seen at a post", "发帖时最多粉丝"), "max"),
)

COUNTS = ("texts", "text_days", "negative_texts", "neutral_texts", "positive_texts", "complaints")

LINES = (
    *totals(COUNTS, EVERY),
    *totals((*WISHES, *CATEGORIES), SOME),
    *totals((*(f"severity_{grade}" for grade in GRADES), "open_requests", "chats"), SOME),
    Line("worst_severity", "largest", ("worst_severity",), "count", SOME, float(max(GRADES))),
    Line("net_sentiment", "balance", ("positive_texts", "negative_texts"), "balance", EVERY, 1.0),
    *shares(
        EVERY,
        negative_share=("negative_texts", "judged_texts"),
        complaint_share=("complaints", "texts"),
    ),
    Line("mean_text_characters", "mean", ("text_characters", "texts"), "characters", SOME),
    *trends("texts", "negative_texts", "complaints"),
    *since("last_text", "first_text", "last_negative", "last_positive", "last_complaint"),
    *totals(("posts", *(f"post_{name}" for name in REACTIONS), "post_reactions"), HEARD),
    Line("reactions_per_post", "mean", ("post_reactions", "posts"), "ratio", HEARD),
    Line("most_reactions", "largest", ("most_reactions",), "count", HEARD),
    Line("most_followers", "largest", ("most_followers",), "count", HEARD),
)

FEATURES = features_of("signals", FACTS, LINES)


def rows(signals: Frame, moment: Moment) -> tuple[Frame, Mapping[str, nw.Expr]]:
    """Return one row a voice of checked signals, and its facts as expressions, with its `age`."""
    judged = nw.col("turns_judged")
    feeling = nw.col("turns_positive") - nw.col("turns_negative")
    felt = {
        "negative_texts": (judged > 0) & (feeling < 0),
        "positive_texts": (judged > 0) & (feeling > 0),
        "neutral_texts": (judged > 0) & (feeling == 0),
        "judged_texts": judged > 0,
    }
    complains, public = nw.col("complains"), nw.col("public")
    severity, age = nw.col("severity") * complains, nw.col("age")
    reactions = reduce(add, (nw.col(name) for name in REACTIONS)) * public
    return _voices(_turns(signals, moment)), {
        "age": age,
        "texts": age * 0 + 1,
        "text_days": age * 0 + 1,
        "chats": 1 - public,
        **{name: where.cast(nw.Int64) for name, where in felt.items()},
        "complaints": complains,
        **{wish: nw.col(f"intents_{wish.removeprefix('intent_')}") for wish in WISHES},
        **{category: nw.col(category) for category in CATEGORIES},
        **{f"severity_{grade}": (severity == grade).cast(nw.Int64) for grade in GRADES},
        "worst_severity": nw.when(complains > 0).then(severity),
        "open_requests": nw.col("open"),
        "text_characters": nw.col("characters"),
        "last_text": age,
        "first_text": age,
        "last_negative": nw.when(felt["negative_texts"]).then(age),
        "last_positive": nw.when(felt["positive_texts"]).then(age),
        "last_complaint": nw.when(complains > 0).then(age),
        "posts": public,
        **{f"post_{name}": nw.col(name) * public for name in REACTIONS},
        "post_reactions": reactions,
        "most_reactions": nw.when(public > 0).then(reactions),
        "most_followers": nw.when(public > 0).then(nw.col("author_followers")),
    }


SUMS = ("turns_judged", "turns_positive", "turns_negative", "characters", *REACTIONS)
LABELS = (*(f"intents_{name}" for name in INTENTS), *CATEGORIES)
MOST = (*LABELS, "complains", "severity", "open", "public", "author_followers")


def _turns(signals: Frame, moment: Moment) -> Frame:
    """Return per turn of a customer, or text, what it adds to its voice."""
    said = with_waiting(signals).filter(
        ~nw.col("customer_id").is_null()
        & (nw.col("role").fill_null("") != "agent")
        & (nw.col("spam") == 0)
    )
    sure = 1 - nw.col("abstained")
    complains = reduce(add, (nw.col(name) for name in ("intents_complaint", *CATEGORIES))) > 0
    return said.select(
        "customer_id",
        "session_id",
        *LABELS,
        "author_followers",
        age=moment.day - day_of(nw.col("created_at")),
        turns_judged=sure,
        turns_positive=(nw.col("sentiment") == "positive").cast(nw.Int64) * sure,
        turns_negative=(nw.col("sentiment") == "negative").cast(nw.Int64) * sure,
        characters=nw.col("masked_text").str.len_chars().fill_null(0).cast(nw.Int64),
        complains=complains.cast(nw.Int64),
        severity=nw.col("severity") * complains.cast(nw.Int64),
        open=nw.col("intents_request") * nw.col("waiting"),
        public=(nw.col("channel").fill_null("") != "transcript").cast(nw.Int64),
        **{name: nw.col(name).fill_null(0) for name in REACTIONS},
    )


def _voices(turns: Frame) -> Frame:
    """Return one row a session, and every text outside of any as it is."""
    columns = ("customer_id", "age", *SUMS, *MOST)
    alone = turns.filter(nw.col("session_id").is_null()).select(columns)
    sessions = turns.filter(~nw.col("session_id").is_null())
    grouped = sessions.group_by("customer_id", "session_id").agg(
        nw.col("age").min(), nw.col(*SUMS).sum(), nw.col(*MOST).max()
    )
    whole = nw.col("age", *SUMS, *MOST).cast(nw.Int64)
    return nw.concat([alone, grouped.with_columns(whole).select(columns)])
