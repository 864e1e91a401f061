"""`tingyin interview`: whom of each tier to ask, the same customers when others join."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tiering import TierSample

EACH = 5


def interview(
    tiers: options.Tiers,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="One row a customer 访谈名单")
    ],
    number: Annotated[
        int | None, typer.Option(help=f"How many of each tier [{EACH}] 每层人数")
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="Or which share of each tier 或每层比例")
    ] = None,
    interviewed: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="customer_id, at of past interviews 以往访谈"),
    ] = None,
    rest: Annotated[int, typer.Option(metavar="DAYS", help="Not again within 间隔天数")] = 180,
    seed: Annotated[str, typer.Option(help="Keep it to keep the sample 抽样种子")] = "tingyin",
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of asking [today] 访谈日期")
    ] = None,
    zone: options.Zone = "Asia/Shanghai",
) -> int:
    """Draw customers of each tier to interview.

    By a hash of seed and id: with --share a customer stays drawn whoever joins; with --number one
    who joins takes the place of one at most. Who was interviewed lately is left out.

    按层级抽取访谈顾客：以种子与编号的哈希抽取，他人加入时名单保持稳定；近期已访谈者不再抽取。
    """
    from service.commands.tiers_input import read_tiers
    from service.commands.times import moment_of, zone_of
    from service.files import write_rows
    from service.files.places import demand_tables
    from service.language import spoken_language
    from tiering import interview_sample

    demand_tables([output], [tiers, interviewed])
    place = zone_of(zone)
    day = (datetime.now(place) if on is None else moment_of("--on", on, place)).date()
    found = interview_sample(
        read_tiers(tiers).by_customer(),
        seed=seed,
        on=day,
        number=EACH if number is None and share is None else number,
        share=share,
        interviewed=None if interviewed is None else _interviewed(interviewed, place),
        rest_days=rest,
    )
    write_rows(output, _rows(found))
    for tier in found:
        typer.echo(tier.reason().text(spoken_language()))
    return ExitCode.DONE


def _interviewed(path: Path, zone: "ZoneInfo") -> dict[str, date]:
    """Return the day of each customer's last interview."""
    from service.commands.columns_input import moment, read_columns, text

    read = read_columns(path, {"customer_id": text, "at": moment(zone)})
    days: dict[str, date] = {}
    for customer, at in zip(read["customer_id"], read["at"], strict=True):
        days[customer] = max(days.get(customer, at.date()), at.date())
    return days


def _rows(found: "list[TierSample]") -> list[dict[str, object]]:
    return [
        {"tier": who.tier, "place": who.place, "customer_id": who.customer_id, "lot": who.lot}
        for tier in found
        for who in tier.invited
    ]
