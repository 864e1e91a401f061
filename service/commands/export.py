"""`tingyin export`: scores in; a file with a manifest, or webhooks, for a CRM out."""

from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from service.export import Export, Manifest, Sent

MOVED_BY = 5.0
CHUNK_BYTES = 19_999
LEAST_CHUNK, MOST_CHUNK = 2_000, 4_000_000


def export(
    tiers: options.Tiers,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="For the CRM: .csv .parquet .jsonl .xlsx 输出文件"
        ),
    ],
    previous: Annotated[
        Path | None,
        typer.Option(metavar="TIERS", help="Scores of before: what changed 前次分层，用于比较"),
    ] = None,
    delta: Annotated[
        bool, typer.Option("--delta", help="Only customers with a change 仅输出有变化的顾客")
    ] = False,
    moved_by: Annotated[
        float, typer.Option(metavar="X", help="A score moved by more than this 得分变动阈值")
    ] = MOVED_BY,
    actions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What tingyin actions wrote 并入下一步行动"),
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Also send it there, signed 同时发送至此地址（签名）"),
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with the whsec_ secret 签名密钥文件"),
    ] = None,
    chunk_bytes: Annotated[
        int, typer.Option(metavar="N", help="Largest message 单条消息的最大字节数")
    ] = CHUNK_BYTES,
    policy: options.Policy = None,
) -> int:
    """Write the scores for a CRM, whole or only what changed, with a manifest to check them by.

    A row says what changed since --previous: entered, left, tier up or down, score moved, care
    begun or ended, other reasons. With --webhook the rows also go out as Standard Webhooks, in
    chunks with ids; a run that broke off goes on where it stopped.

    导出给 CRM：全量或仅变化部分，附带供接收方核对的清单；
    可同时以 Standard Webhooks 分块发送，中断后从断点继续。
    """
    import tiering
    from service.commands.export_report import show
    from service.export import Source, manifest_path, open_export
    from service.export.sending import sent_path
    from service.files.places import demand_place, demand_tables

    given = [tiers, previous, actions, secret_file]
    demand_tables([output], given)
    for written in (manifest_path(output), sent_path(output)):
        demand_place(written, given)
    _demand_sound(moved_by, chunk_bytes, webhook, secret_file)
    source = Source(tiers, previous, actions, moved_by, delta)
    opened = open_export(source, tiering.load_policy(policy).tiers)
    manifest = _written(opened, output)
    sent = None
    if webhook is not None and secret_file is not None:
        sent = _sent(opened, manifest, webhook, secret_file, chunk_bytes, sent_path(output))
    show(manifest, output, sent)
    return ExitCode.DONE


def _demand_sound(
    moved_by: float, chunk_bytes: int, webhook: str | None, secret_file: Path | None
) -> None:
    from service.errors import InputError

    if not (isfinite(moved_by) and moved_by >= 0):
        raise InputError(
            f"--moved-by {moved_by:g} must be points from 0 up",
            f"--moved-by {moved_by:g} 须为不小于 0 的分数",
        )
    if not LEAST_CHUNK <= chunk_bytes <= MOST_CHUNK:
        raise InputError(
            f"--chunk-bytes {chunk_bytes} must lie from {LEAST_CHUNK} to {MOST_CHUNK}",
            f"--chunk-bytes {chunk_bytes} 须在 {LEAST_CHUNK} 到 {MOST_CHUNK} 之间",
        )
    if (webhook is None) != (secret_file is None):
        raise InputError(
            "--webhook and --secret-file go together: what is sent is signed",
            "--webhook 与 --secret-file 须同时给出：发送的内容都要签名",
        )


def _written(opened: "Export", output: Path) -> "Manifest":
    from service.export import write_manifest
    from service.export.kinds import schema_of
    from service.export.manifest import Count, manifest_of
    from service.files import write_rows

    count = Count()
    write_rows(output, count.through(opened.rows()), schema_of(opened.kinds))
    manifest = manifest_of(opened, count, output)
    write_manifest(manifest, output)
    return manifest


def _sent(
    opened: "Export",
    manifest: "Manifest",
    webhook: str,
    secret_file: Path,
    chunk_bytes: int,
    place: Path,
) -> "tuple[str, Sent]":
    from time import sleep

    from service.delivery.posting import Wire
    from service.delivery.ssrf import networks
    from service.export import send_export
    from service.export.messages import chunks
    from service.export.sending import Clock, read_target
    from service.settings import load_settings
    from tiering import moment_of

    target = read_target(webhook, secret_file)
    wire = Wire(networks(load_settings().delivery_networks))
    clock = Clock(lambda: datetime.now(UTC), sleep)
    at = moment_of(manifest.as_of).at() if manifest.as_of else datetime.fromtimestamp(0, UTC)
    messages = chunks(opened.rows(), manifest, at.isoformat(), chunk_bytes)
    export_id = f"{manifest.export_id}/{chunk_bytes}"
    return target.host, send_export(messages, export_id, target, wire, place, clock)
