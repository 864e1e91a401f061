"""`tingyin migration`: two files of tiers in, who moved where and whether the scores drifted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from service.commands.tiers_input import Tiers
    from tiering.migration import Drift

LEVEL = 0.95


def migration(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Tiers of the earlier run 前次分层")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Tiers of the later run 本次分层")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="One row a pair of tiers: .csv .jsonl … 输出文件"
        ),
    ] = None,
    policy: options.Policy = None,
    level: Annotated[
        float, typer.Option(metavar="P", help="Confidence of the intervals 区间的置信水平")
    ] = LEVEL,
) -> int:
    """Compare the tiers of two runs: who moved where, with intervals, and whether scores drifted.

    The population stability index is judged by what chance alone would give with so many
    customers, not by the fixed lines 0.1 and 0.25.

    比较两次分层：谁从哪一级到了哪一级（附区间），以及得分是否漂移。
    PSI 按同样人数下纯属偶然的水平判断，而不是按固定的 0.1 与 0.25。
    """
    import tiering
    from service.commands.migration_report import show
    from service.commands.tiers_input import read_tiers
    from service.files import write_rows
    from service.files.places import demand_tables

    demand_tables([output], [old, new])
    rules = tiering.load_policy(policy)
    before, after = read_tiers(old), read_tiers(new)
    names = [tier.name for tier in rules.tiers]
    found = tiering.migration(before.by_customer(), after.by_customer(), names, level)
    if output is not None:
        write_rows(output, found.rows())
    show(found, _drifts(before, after, names), rules.tiers, output)
    return ExitCode.DONE


def _drifts(before: "Tiers", after: "Tiers", names: list[str]) -> "dict[str, Drift]":
    import numpy as np

    from tiering import population_stability, same_bins

    tiers = ([run.tiers.count(name) for name in names] for run in (before, after))
    bands = same_bins(np.array(before.scores), np.array(after.scores))
    return {"tiers": population_stability(*tiers), "scores": population_stability(*bands)}
