"""The labelling page of Label Studio: every field of the label guide, in Chinese and English.

Tags and attributes: Label Studio's documentation of `Choices`, `Choice`, `Labels`, `Text`
(labelstud.io/tags). An alias is what annotations hold in place of the words that are shown.
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree as ET

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES

TEXT, TARGET = "text", "target"
# Without this, Label Studio squeezes blanks, and the offsets of targets are off.
KEEP_BLANKS = ".htx-text{ white-space: pre-wrap; }"
CHOICES: Mapping[str, tuple[str, str, Mapping[str, str]]] = MappingProxyType(
    {
        "sentiment": ("情感 sentiment", "single", {str(k): zh for k, zh in SENTIMENTS.items()}),
        "intents": ("意图（可多选，可不选）intents (several or none)", "multiple", INTENTS),
        "complaint": (
            "投诉类别（仅限投诉，一至三个）categories (of complaints alone, one to three)",
            "multiple",
            COMPLAINTS,
        ),
        "severity": (
            "严重程度 severity",
            "single",
            {str(level): zh for level, zh in SEVERITIES.items()},
        ),
    }
)


def label_config() -> str:
    """Return the XML of the labelling page."""
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = KEEP_BLANKS
    ET.SubElement(view, "Header", value="$why", size="6")
    targets = ET.SubElement(view, "Labels", name=TARGET, toName=TEXT)
    named = "评价对象（最多三个最短片段）target (at most three, the shortest spans)"
    ET.SubElement(targets, "Label", value=named, alias=TARGET, background="#36B37E")
    ET.SubElement(view, "Text", name=TEXT, value="$text", granularity="symbol")
    for field, (title, choice, labels) in CHOICES.items():
        _choices(view, field, title, choice, labels)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def shown(label: str, zh: str) -> str:
    """Return a label as the page shows it.

    >>> shown("negative", "负面")
    '负面 negative'
    """
    return f"{zh} {label}"


def _choices(
    view: ET.Element, field: str, title: str, choice: str, labels: Mapping[str, str]
) -> None:
    ET.SubElement(view, "Header", value=title, size="5")
    group = ET.SubElement(
        view, "Choices", name=field, toName=TEXT, choice=choice, showInline="true"
    )
    if choice == "single":
        group.set("required", "true")
    for label, zh in labels.items():
        ET.SubElement(group, "Choice", value=shown(label, zh), alias=label)
