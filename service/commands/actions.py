"""`tingyin actions`: scores and signals in, what to do next for whom out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from tiering.actions import ActionRun


def actions(
    tiers: options.Tiers,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="ACTIONS", help="Actions: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    signals: options.SignalsIfAny = None,
    orders: options.OrdersIfAny = None,
    accounts: options.AccountsIfAny = None,
    table: options.NamedTables = None,
    log: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Done so far: customer_id, action, at 行动记录，可多次"),
    ] = None,
    contact_consents: Annotated[
        Path | None,
        typer.Option(
            "--contact-consents",
            "--consent",
            metavar="FILE",
            help="customer_id, channel, granted, at 触达授权",
        ),
    ] = None,
    quiet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who rests: customer_id, until 免打扰"),
    ] = None,
    as_of: options.AsOfTiers = None,
    policy: options.Policy = None,
    actions_policy: options.ActionsPolicy = None,
    strict: options.Strict = False,
) -> int:
    """Say what to do next for whom: by tier, stage and signals, with reason and evidence.

    Whoever has an open severe complaint, or is worth much and unhappy, gets care and no offer. The
    log holds back what was done lately, the consents to contact decide the channel.

    按层级、生命周期与信号给出每位顾客的下一步行动，附理由与证据；
    有未结严重投诉或价值高而体验差的顾客先关怀，不发营销；遵守冷却期与触达授权。
    """
    import tiering
    from service.commands.actions_input import files_of, read_contact, read_given, read_log
    from service.commands.actions_report import show
    from service.commands.beside import keep_rejects
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.actions import Contacts, load_actions, next_actions

    files = files_of(tiers, orders, signals, accounts, table or [])
    demand_tables([output], [*files.every(), *(log or []), contact_consents, quiet])
    ladder = tiering.load_policy(policy).tiers
    rules = load_actions(actions_policy, tiers=ladder)
    given = read_given(files, as_of, rules)
    told = Contacts(
        read_log(log) if log else None,
        None if contact_consents is None else read_contact(contact_consents),
        None if quiet is None else read_contact(quiet),
    )
    run = next_actions(
        given.scores,
        rules,
        as_of=given.inputs.moment.text,
        tiers=ladder,
        tables=given.tables,
        contacts=told,
    )
    keep_rejects(output, given.rejects)
    write_rows(output, _rows(run), _schema())
    show(run, rules, ladder, given, output)
    return ended(given.rejects, strict=strict)


def _rows(run: "ActionRun") -> "Iterator[dict[str, object]]":
    return (row.as_row() for row in run.rows)


def _schema() -> "pa.Schema":
    """Return the types of the columns, so that a day without an action is a table all the same."""
    import pyarrow as pa

    sentence = pa.struct([("en", pa.string()), ("zh", pa.string())])
    figure = pa.struct([("column", pa.string()), ("value", pa.string())])
    names = ("action_id", "customer_id", "tier", "action", "kind", "channel")
    after = ("valid_until", "as_of", "policy_version")
    return pa.schema(
        [
            *((name, pa.string()) for name in names),
            ("priority", pa.int64()),
            ("gives", pa.string()),
            ("reason", sentence),
            *((name, pa.string()) for name in after),
            ("evidence", pa.list_(figure)),
        ]
    )
