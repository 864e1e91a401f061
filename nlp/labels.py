"""The labels: what a signal can say. English key, Chinese name, in one written-out table each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Sentiment = Literal["negative", "neutral", "positive"]

SENTIMENTS: Mapping[Sentiment, str] = MappingProxyType(
    {"negative": "负面", "neutral": "中性", "positive": "正面"}
)

INTENTS = MappingProxyType(
    {
        "complaint": "投诉",
        "request": "诉求",
        "inquiry": "咨询",
        "suggestion": "建议",
        "praise": "表扬",
        "purchase": "购买意向",
        "churn": "流失",
        "escalation": "升级维权",
    }
)

COMPLAINTS = MappingProxyType(
    {
        "quality": "质量与功能",
        "mismatch": "与描述不符",
        "logistics": "物流配送",
        "packaging": "包装与缺漏",
        "service": "服务态度",
        "aftersales": "售后与退款",
        "price": "价格与促销",
        "account": "账户、系统与支付",
        "privacy": "隐私与骚扰",
        "safety": "安全与健康",
        "environment": "环境与设施",
        "other": "其他",
    }
)

SEVERITIES = MappingProxyType({0: "无问题", 1: "轻微", 2: "实际损失", 3: "严重"})
