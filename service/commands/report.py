"""`tingyin report`: an alert and the signals behind it in, a report with proof out."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Language, Message
from service.commands.beside import keep_rejects
from service.commands.report_input import chosen, output_form
from service.commands.times import moment_of
from service.commands.watch_input import hear
from service.errors import InputError
from service.exit_codes import ExitCode
from service.files.places import demand_place
from service.language import spoken_language

if TYPE_CHECKING:
    from nlp.surveillance import Mention, Surge
    from nlp.surveillance.story import Story


def report(
    alerts: Annotated[
        Path, typer.Argument(metavar="ALERTS", help="Alerts of tingyin watch 告警文件")
    ],
    signals: Annotated[
        Path, typer.Argument(metavar="SIGNALS", help="Signals of tingyin analyze 信号文件")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="REPORT", help="Report: .md .html .pdf 报告文件"),
    ],
    alert: Annotated[
        str,
        typer.Option(
            metavar="FINGERPRINT|first",
            help="Which alert, its latest incident; first: the gravest 哪条告警；first 为最严重者",
        ),
    ] = "first",
    language: Annotated[
        str | None, typer.Option(metavar="zh|en", help="Language of the report 报告语言")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Tell as of this time [last mention] 截至时间"),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="Whose clock tells the times 按哪个时区")
    ] = "Asia/Shanghai",
) -> int:
    """Write the report of an alert: what, who, where, how fast, what next, with the proof.

    Every figure carries the number of its proof. The appendix lists the ids; all of them are in
    REPORT.proof.jsonl. What the signals do not tell is told as "no data".

    生成一条告警的通报：内容、传播者、分布、增速、预测和证据。每个数字都注明证据编号，附录列出反馈编号，
    完整清单见 REPORT.proof.jsonl。信号中没有的写作“无数据”。
    """
    from nlp.surveillance import WatchSettings
    from nlp.surveillance.story import tell
    from service.files.replacing import replacing
    from service.report import rendered, report_of

    form, spoken = output_form(output), _language(language)
    demand_place(output, [alerts, signals])
    settings = WatchSettings(zone=zone)
    surge = chosen(alerts, alert, settings.clock)
    now = None if as_of is None else moment_of("--as-of", as_of, settings.clock)
    heard = hear(signals, settings)
    end = now or _last(heard.mentions, surge, datetime.now(settings.clock))
    story = tell(surge, heard.mentions, as_of=end, settings=settings)
    proofs = output.with_name(f"{output.name}.proof.jsonl")
    kept = Message(f"All ids are in {proofs.name}.", f"完整编号见 {proofs.name}。")
    made = report_of(surge, story, spoken, kept)
    with replacing(proofs) as stream:
        stream.write(rendered(made, "jsonl"))
    with replacing(output) as stream:
        stream.write(rendered(made, form))
    keep_rejects(output, heard.rejects)
    for line in _outcome(made.headline, story, output, proofs, len(made.references)):
        typer.echo(line.text(spoken_language()))
    return ExitCode.DONE


def _language(asked: str | None) -> Language:
    if asked is None:
        return spoken_language()
    if asked == "zh":
        return "zh"
    if asked == "en":
        return "en"
    raise InputError(
        f"--language {asked!r} is not spoken; give zh or en",
        f"--language {asked!r} 不支持；请给出 zh 或 en",
    )


def _last(mentions: "Sequence[Mention]", surge: "Surge", now: datetime) -> datetime:
    """Return the time of the last mention that is not in the future, else the end of the surge."""
    return max((one.at for one in mentions if one.at <= now), default=surge.until)


def _outcome(
    headline: str, story: "Story", output: Path, proofs: Path, references: int
) -> list[Message]:
    lines = [Message(headline, headline)]
    if story.missing_ids:
        gone, first = len(story.missing_ids), story.missing_ids[0]
        lines.append(
            Message(
                f"{gone:,} of {gone + story.told:,} ids of the alert are not in the signals up to "
                f"{story.as_of:%Y-%m-%d %H:%M}, the first: {first}",
                f"告警的 {gone + story.told:,} 个编号中有 {gone:,} 个不在截至 "
                f"{story.as_of:%Y-%m-%d %H:%M} 的信号中，首个：{first}",
            )
        )
    return [
        *lines,
        Message(f"report: {output}", f"报告：{output}"),
        Message(
            f"proofs: {proofs} ({references:,} references)", f"证据：{proofs}（{references:,} 项）"
        ),
    ]
