"""`tingyin thresholds`: scores and what tiers offer in, cuts that pay best and what would move."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.commands.tiers_input import Tiers
    from tiering import Tier
    from tiering.thresholds import Recalibration


def thresholds(
    tiers: options.Tiers,
    offers: Annotated[
        Path, typer.Option(metavar="FILE", help="Benefit, cost, capacity by tier 各层权益")
    ],
    policy: options.Policy = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="POLICY", help="A policy with the new cuts 写出新策略"
        ),
    ] = None,
    moves: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who would move, with the reason 将变动的顾客"),
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of what a customer is worth, fen 价值列（分）"),
    ] = None,
    step: Annotated[
        float, typer.Option(metavar="SHARE", help="How much the alternatives differ 方案变动幅度")
    ] = 0.1,
) -> int:
    """Find the cuts that pay best under capacity, and report what they would move. Nothing moves.

    Each tier's offer says what it costs, what it brings by score, and how many it can serve. The
    report shows why each cut stands where it does, what other capacities and costs would change,
    and which customers would move because their score did, or only because the cut does.

    在名额限制下求收益最高的分层界线，并报告会有哪些变动；本命令不改动任何分层。
    """
    import tiering
    from service.commands.thresholds_report import Found, show
    from service.commands.tiers_input import read_runs, read_tiers
    from service.files import write_rows
    from service.files.places import demand_place, demand_tables
    from service.files.replacing import write_text
    from tiering.thresholds import (
        best_cuts,
        gains,
        load_offers,
        recalibration,
        simulation,
        with_cuts,
    )

    given_files = [tiers, offers, policy]
    demand_tables([moves], given_files)
    if output is not None:
        demand_place(output, [*given_files, moves])
    rules = tiering.load_policy(policy)
    names = [tier.name for tier in rules.tiers]
    given, read = load_offers(offers, names), read_tiers(tiers, value)
    today = _by_score(read, read_runs(tiers)["uncapped_tier"])
    current = _places(read, today, rules.tiers)
    grid = gains(read.scores, given, values=read.values, current=current)
    plan = best_cuts(grid, [offer.capacity for offer in given.tiers], names)
    other = simulation(grid, given, plan, (-step, step))
    moved = recalibration(read.customers, read.scores, today, rules.tiers, plan, rules.stability)
    if output is not None:
        proposed = with_cuts(rules, plan, f"{rules.version}-recalibrated")
        write_text(output, tiering.policy_text(proposed))
    if moves is not None:
        write_rows(moves, _rows(moved))
    show(Found(rules.tiers, plan, other, moved), output, moves)
    return ExitCode.DONE


def _by_score(read: "Tiers", uncapped: "Sequence[object]") -> list[str]:
    """Return today's tiers as they were before risk capped any: cuts move scores, not caps."""
    return [str(before or tier) for before, tier in zip(uncapped, read.tiers, strict=True)]


def _places(read: "Tiers", today: "Sequence[str]", ladder: "Sequence[Tier]") -> list[int]:
    from tiering.errors import MovesError

    place = {tier.name: number for number, tier in enumerate(ladder)}
    unknown = sorted(set(today) - set(place))
    if unknown:
        raise MovesError(
            f"{read.path}: tier {', '.join(unknown)} is not known; known are {', '.join(place)}; "
            "name the policy of this run with --policy",
            f"{read.path}：未知的层级 {'、'.join(unknown)}；可用的为 {'、'.join(place)}；"
            "请用 --policy 指定该次结果的策略",
        )
    return [place[tier] for tier in today]


def _rows(moved: "Recalibration") -> list[dict[str, object]]:
    return [
        {
            "customer_id": move.customer,
            "score": move.score,
            "tier": move.tier,
            "proposed": move.proposed,
            "cause": move.cause,
            "held": move.is_held,
            "reason": asdict(move.reason),
        }
        for move in moved.moves
    ]
