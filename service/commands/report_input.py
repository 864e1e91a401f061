"""The alert of `tingyin report`: which one of a file, and the format of the report."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from service.errors import InputError, OutputError

if TYPE_CHECKING:
    from nlp.surveillance import Surge

FIRST = "first"
SHOWN = 20
Paper = Literal["md", "html", "pdf"]
SUFFIXES: Mapping[str, Paper] = MappingProxyType(
    {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".pdf": "pdf"}
)


def output_form(output: Path) -> Paper:
    """Return the format that the name of a report asks for.

    Raises
    ------
    OutputError
        The extension is none of a report.
    """
    form = SUFFIXES.get(output.suffix.lower())
    if form is not None:
        return form
    allowed = " ".join(SUFFIXES)
    raise OutputError(
        f"{output}: extension {output.suffix!r} is none of a report; use one of {allowed}",
        f"{output}：扩展名 {output.suffix!r} 不是报告格式；可用：{allowed}",
    )


def chosen(alerts: Path, wanted: str, zone: tzinfo) -> "Surge":
    """Return the alert that `--alert` names: the latest of a fingerprint, or the gravest.

    Raises
    ------
    InputError
        The file holds no alert, or none of this fingerprint; the message lists the known ones.
    """
    from service.files import read_rows
    from service.report import surge_from_row

    surges = [surge_from_row(row, zone) for row in read_rows(alerts)]
    if not surges:
        raise InputError(
            f"{alerts} holds no alert: nothing to report", f"{alerts} 中没有告警，无可报告"
        )
    if wanted == FIRST:
        return min(surges, key=lambda surge: (surge.level, surge.onset))
    own = [surge for surge in surges if surge.fingerprint == wanted]
    if not own:
        raise _unknown(alerts, wanted, surges)
    return max(own, key=lambda surge: surge.onset)


def _unknown(alerts: Path, wanted: str, surges: "Sequence[Surge]") -> InputError:
    from nlp.surveillance import product_name

    names = {surge.fingerprint: product_name(surge.product) for surge in surges}
    known = list(names.items())[:SHOWN]
    more = len(names) - len(known)
    en = ", ".join(f"{own} ({name.en})" for own, name in known) + (f" and {more} more" * (more > 0))
    zh = "、".join(f"{own}（{name.zh}）" for own, name in known) + (
        f"等，另有 {more} 个" * (more > 0)
    )
    return InputError(
        f"--alert {wanted!r} is not in {alerts}; it holds {en}",
        f"--alert {wanted!r} 不在 {alerts} 中；其中有 {zh}",
    )
