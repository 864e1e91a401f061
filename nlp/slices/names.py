"""The kinds of texts where systems that read sentiment fail, each measured by itself."""

from collections.abc import Mapping
from types import MappingProxyType

from nlp.message import Message

SLICES: Mapping[str, Message] = MappingProxyType(
    {
        "factual": Message("bad facts without a feeling word", "不带情绪词的负面事实"),
        "sarcasm": Message("sarcasm", "反讽"),
        "negation": Message("negation, once or twice", "否定与双重否定"),
        "comparison": Message("comparison", "比较"),
        "mixed": Message("praise and complaint in one text", "褒贬混合"),
        "emoji_only": Message("emoji alone", "仅有表情"),
        "very_short": Message("at most six letters", "极短文本（不超过六字）"),
    }
)
