"""What `tingyin export` prints: rows, changes, where the file is, and what was sent."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.language import spoken_language

if TYPE_CHECKING:
    from service.export import Manifest, Sent

CHANGES = MappingProxyType(
    {
        "entered": Message("entered", "新增"),
        "left": Message("left", "离开"),
        "tier_up": Message("tier up", "升级"),
        "tier_down": Message("tier down", "降级"),
        "score_up": Message("score up", "得分上升"),
        "score_down": Message("score down", "得分下降"),
        "care_on": Message("care begun", "开始关怀"),
        "care_off": Message("care ended", "结束关怀"),
        "reasons": Message("other reasons", "理由变化"),
    }
)


def show(manifest: "Manifest", output: Path, sent: "tuple[str, Sent] | None") -> None:
    """Print the outcome in the spoken language."""
    from rich.console import Console

    console = Console()
    for line in (*_rows(manifest, output), *_sent(sent)):
        console.print(line.text(spoken_language()), highlight=False, markup=False, soft_wrap=True)


def _rows(manifest: "Manifest", output: Path) -> Iterator[Message]:
    from service.export import manifest_path

    since = manifest.previous_as_of
    en = f" since {since}" if since else ""
    zh = f"，自 {since} 起" if since else ""
    yield Message(
        f"{manifest.rows:,} rows ({manifest.mode}) of {manifest.customers:,} customers as of "
        f"{manifest.as_of or '?'}{en}: {output}",
        f"截至 {manifest.as_of or '?'}{zh}，{manifest.customers:,} 位顾客，"
        f"{manifest.rows:,} 行（{manifest.mode}）：{output}",
    )
    if since or manifest.changes:
        told = {name: CHANGES[name] for name in CHANGES if manifest.changes.get(name)}
        counts = manifest.changes
        yield Message(
            "changes: " + (", ".join(f"{m.en} {counts[n]:,}" for n, m in told.items()) or "none"),
            "变化：" + ("，".join(f"{m.zh} {counts[n]:,}" for n, m in told.items()) or "无"),
        )
    yield Message(
        f"manifest: {manifest_path(output)} (sha256 {manifest.sha256[:16]}…, "
        f"{manifest.bytes:,} bytes)",
        f"清单：{manifest_path(output)}（sha256 {manifest.sha256[:16]}…，{manifest.bytes:,} 字节）",
    )


def _sent(sent: "tuple[str, Sent] | None") -> Iterator[Message]:
    if sent is not None:
        host, found = sent
        yield Message(
            f"sent to {host}: {found.now:,} messages now, {found.before:,} before",
            f"已发送至 {host}：本次 {found.now:,} 条，此前 {found.before:,} 条",
        )
