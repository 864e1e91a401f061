"""The `tingyin` command: one table of commands, one place that turns errors into exit codes."""

import errno
import sys
from collections.abc import Callable, Mapping, Sequence

import typer

from nlp.errors import TingyinError
from service.commands.actions import actions
from service.commands.analyze import analyze
from service.commands.attribution import attribution
from service.commands.backtest import backtest
from service.commands.campaigns import campaigns
from service.commands.churn import churn
from service.commands.demo import demo
from service.commands.doctor import doctor
from service.commands.duplicates import duplicates
from service.commands.evaluate import evaluate
from service.commands.experiment import build_experiment
from service.commands.export import export
from service.commands.features import features
from service.commands.funnel import funnel
from service.commands.ingest import ingest
from service.commands.interview import interview
from service.commands.kpi import kpi
from service.commands.lift import lift
from service.commands.migration import migration
from service.commands.opinions import opinions
from service.commands.report import report
from service.commands.review import build_review
from service.commands.score import score
from service.commands.segments import segments
from service.commands.serve import serve
from service.commands.tags import tags
from service.commands.taxonomy import build_taxonomy
from service.commands.thresholds import thresholds
from service.commands.train import train
from service.commands.transcripts import transcripts
from service.commands.watch import watch
from service.errors import NotBuiltError, OutputError
from service.exit_codes import ExitCode
from service.language import spoken_language

COMMANDS: Mapping[str, Callable[..., object]] = {
    "demo": demo,
    "doctor": doctor,
    "analyze": analyze,
    "transcripts": transcripts,
    "opinions": opinions,
    "duplicates": duplicates,
    "watch": watch,
    "report": report,
    "backtest": backtest,
    "score": score,
    "thresholds": thresholds,
    "migration": migration,
    "churn": churn,
    "segments": segments,
    "features": features,
    "tags": tags,
    "actions": actions,
    "kpi": kpi,
    "export": export,
    "lift": lift,
    "funnel": funnel,
    "attribution": attribution,
    "campaigns": campaigns,
    "interview": interview,
    "eval": evaluate,
    "train": train,
    "serve": serve,
    "ingest": ingest,
}
GROUPS: Mapping[str, Callable[[], typer.Typer]] = {
    "taxonomy": build_taxonomy,
    "review": build_review,
    "experiment": build_experiment,
}
PANELS: Mapping[str, Sequence[str]] = {
    "Start 开始": ("demo", "doctor"),
    "Texts 文本": ("analyze", "transcripts", "opinions", "duplicates", "taxonomy", "review"),
    "Alerts 告警": ("watch", "report", "backtest"),
    "Tiers 分层": ("score", "thresholds", "migration"),
    "Customers 顾客": ("churn", "segments", "features", "tags"),
    "What follows 行动": ("actions", "kpi", "export"),
    "Does it work? 效果": (
        "lift",
        "funnel",
        "attribution",
        "campaigns",
        "interview",
        "experiment",
    ),
    "Model 模型": ("eval", "train"),
    "Service 服务": ("serve", "ingest"),
}
"""The order of all commands and groups in `tingyin --help` and the README, by what they are for."""


def build_app() -> typer.Typer:
    """Return the application with every command of the table."""
    app = typer.Typer(
        name="tingyin",
        help="Hear what Chinese customers say. 听音：听懂中国顾客在说什么。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for panel, names in PANELS.items():
        for name in names:
            if name in GROUPS:
                app.add_typer(GROUPS[name](), name=name, rich_help_panel=panel)
            else:
                app.command(name, rich_help_panel=panel)(COMMANDS[name])
    return app


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit status that an error ends the command with."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return ExitCode.INTERRUPTED
    if isinstance(error, NotBuiltError | typer.TyperException):
        return ExitCode.USAGE
    if isinstance(error, OutputError) or _disk_is_full(error):
        return ExitCode.CANNOT_WRITE
    return ExitCode.BAD_INPUT if isinstance(error, TingyinError) else ExitCode.INTERNAL


def _disk_is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def main() -> None:
    """Run one command and end the process with its documented exit status."""
    try:
        status = build_app()(standalone_mode=False)
    except typer.TyperException as error:
        if message := error.format_message():
            typer.echo(f"tingyin: {message}  (tingyin COMMAND --help)", err=True)
        sys.exit(exit_code_of(error))
    except TingyinError as error:
        typer.echo(f"tingyin: {error.text(spoken_language())}", err=True)
        sys.exit(exit_code_of(error))
    except (KeyboardInterrupt, typer.Abort) as error:
        sys.exit(exit_code_of(error))
    except OSError as error:
        if not _disk_is_full(error):
            raise
        typer.echo(f"tingyin: {error}", err=True)
        sys.exit(exit_code_of(error))
    sys.exit(status if isinstance(status, int) else ExitCode.DONE)
