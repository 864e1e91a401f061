"""One run of the tags: tables, rules and the run before in; every tag with its evidence out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

import narwhals as nw
import pyarrow as pa

from tiering.card import customers_of
from tiering.cells import read_cells, text_of
from tiering.check import Checked, RowCounts, check
from tiering.errors import TagError
from tiering.faults import RefusedRow
from tiering.frames import (
    Frame,
    Native,
    attach,
    collect,
    columns_of,
    give_back,
    nothing_of,
    one_text,
    open_frame,
    settle,
)
from tiering.merges import all_remapped, open_merges
from tiering.policy import Policy
from tiering.schema import Column
from tiering.scorecard import score
from tiering.tables import attributed, counts_of, demand_one_engine, refused_of
from tiering.tags.definitions import YES, Definition, Rules, load_rules
from tiering.tags.facts import Tables
from tiering.tags.history import (
    CHANGE_COLUMNS,
    TAG_COLUMNS,
    TIMES,
    empty_like,
    open_previous,
    with_history,
)
from tiering.tags.matching import FOUND, measured, tagged
from tiering.tags.vocabulary import SCORED, Field, look_up
from tiering.times import DAY_US, Moment, china_time, moment_of


@dataclass(frozen=True, slots=True)
class TagTables(Generic[Native]):
    """What tags are made of: frames of one engine by their contracts (`tiering.schema`).

    `profile` is what `tingyin score` wrote, with columns of the user's own where the rules name
    them; without it, customers are scored here where a rule asks for it. `previous` are the tags
    of the run before.
    """

    orders: Native
    signals: Native
    engagement: Native | None = None
    accounts: Native | None = None
    profile: Native | None = None
    merges: Native | None = None
    consents: Native | None = None
    manual: Native | None = None
    previous: Native | None = None


@dataclass(frozen=True, slots=True)
class TagRun(Generic[Native]):
    """Everything that one run gives.

    `tags` has `TAG_COLUMNS`, `changes` what is different since the run before. `held` counts the
    current rows of each published tag, `changed` the changes by their kind; `withdrawn` are the
    rows that were removed because consent was, `merged` the ids that lead to another, `stale` the
    rows of the profile that stood under one of these.
    """

    as_of: str
    rules_version: str
    tags: Native
    changes: Native
    held: Mapping[str, int]
    changed: Mapping[str, int]
    withdrawn: int
    merged: int
    stale: int
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


def tag_run(
    tables: TagTables[Native],
    *,
    as_of: date | datetime | str,
    rules: Rules | None = None,
    policy: Policy | None = None,
) -> TagRun[Native]:
    """Return the tags of every customer as of a moment; nothing later is used.

    Parameters
    ----------
    tables
        pandas, Polars, DuckDB or PySpark frames, all of one engine. Their rows stay with it; in
        memory come the merges, the different notes of people, and, for a rule with a sequence, who
        took its steps and when.
    rules
        Those of the shipped sample when None.
    policy
        By which customers are scored where a rule asks for it and no profile is given.

    Raises
    ------
    TagError
        The profile lacks a column that a rule names, or has a customer twice; `previous` cannot be
        used.
    MergeError
        Merged identities lead back to themselves.
    ContractError, EngineError, AsOfError, PolicyError
        As for `tiering.score`.
    """
    moment, given = moment_of(as_of), rules or load_rules()
    names = ("orders", "signals", "engagement", "accounts", "merges", "consents", "manual")
    others = ("profile", "previous")
    native = {
        name: getattr(tables, name)
        for name in (*names, *others)
        if getattr(tables, name) is not None
    }
    demand_one_engine(native)
    merges, known = open_merges(native.get("merges"), moment)
    checked: dict[str, Checked] = {} if known is None else {"merges": known}
    plain = {n: frame for n, frame in native.items() if n not in ("merges", *others)}
    moved = all_remapped(plain, merges)
    checked |= {name: check(frame, name, moment) for name, frame in moved.items()}
    profile, stale = _profile(native, moved, given, merges, moment, policy)
    read = Tables(
        orders=checked["orders"].good,
        signals=attributed(checked).filter(nw.col("role").fill_null("") != "agent"),
        events=checked["engagement"].good if "engagement" in checked else None,
        profile=profile,
    )
    manual, unknown = _manual(checked, given, moment)
    withdrawn = _withdrawn(checked, merges)
    now = _without(_now(read, manual, given, moment), withdrawn, given)
    before = empty_like(now)
    removed = 0
    if "previous" in native:
        whole = open_previous(native["previous"], moment)
        before = settle(_without(whole, withdrawn, given))
        removed = _count(whole) - _count(before)
    published = [tag.name for tag in given.published()]
    old = attach(pa.table({"customer_id": pa.array(list(merges), pa.string())}), now)
    history = with_history(now, before, published, old, moment)
    rows = _written(history.rows)
    current = nw.col("ended").is_null()
    return TagRun(
        as_of=moment.text,
        rules_version=given.version,
        tags=give_back(rows.sort("customer_id", "tag", "valid_from", "known_at"), tables.orders),
        changes=give_back(
            history.changes.select(CHANGE_COLUMNS).sort("customer_id", "tag"), tables.orders
        ),
        held=dict.fromkeys(published, 0) | _counts(rows.filter(current), "tag"),
        changed=_counts(history.changes, "change"),
        withdrawn=removed,
        merged=len(merges),
        stale=stale,
        rows=counts_of(checked),
        refused=(*refused_of(checked), *unknown),
    )


def _profile(
    native: Mapping[str, Native],
    moved: Mapping[str, Native],
    rules: Rules,
    merges: Mapping[str, str],
    moment: Moment,
    policy: Policy | None,
) -> tuple[Frame | None, int]:
    """Return the columns of the profile that rules name, typed, and how many rows were stale."""
    names = rules.profile_names()
    if not names:
        return None, 0
    kinds = {**SCORED, **rules.columns}
    if "profile" in native:
        return _read_profile(native["profile"], names, kinds, merges)
    for name in names:
        look_up(name, SCORED, "rules, without a profile (--tiers)")
    found = score(
        moved["orders"],
        moved["signals"],
        as_of=moment.text,
        engagement=moved.get("engagement"),
        accounts=moved.get("accounts"),
        policy=policy,
    )
    return _read_profile(found, names, kinds, {})


def _read_profile(
    native: object, names: tuple[str, ...], kinds: Mapping[str, Field], merges: Mapping[str, str]
) -> tuple[Frame, int]:
    present = columns_of(native)
    for name in ("customer_id", *names):
        look_up(name, dict.fromkeys(present), "the profile (--tiers)")
    frame = open_frame(native, ["customer_id", *names])
    schema = frame.collect_schema()
    cells = {
        name: read_cells(Column(name, kinds[name].kind), schema[name]).values[name]
        for name in names
    }
    read = frame.select(customer_id=text_of("customer_id", schema["customer_id"]), **cells)
    read = settle(read.filter(~nw.col("customer_id").is_null()))
    kept = settle(read.filter(~nw.col("customer_id").is_in(list(merges)))) if merges else read
    rows, ids = (
        collect(kept.select(nw.len().alias("n"), nw.col("customer_id").n_unique().alias("u")))
        .to_pylist()[0]
        .values()
    )
    if rows != ids:
        raise TagError(
            f"the profile (--tiers) has {rows - ids} rows of customers that stand there already; "
            "keep one row a customer",
            f"档案（--tiers）有 {rows - ids} 行顾客编号重复；每位顾客只保留一行",
        )
    return kept, _count(read) - rows


def _now(read: Tables, manual: Frame | None, rules: Rules, moment: Moment) -> Frame:
    """Return every current tag: `FOUND`, `valid_from`, `valid_to`."""
    sources = (read.of(name) for name in ("orders", "signals", "events", "profile"))
    everybody = customers_of([source for source in sources if source is not None])
    tags = tuple(tag for tag in rules.published() if tag.levels)
    kinds = {**SCORED, **rules.columns}
    facts, named = measured(settle(everybody), read, tags, kinds, moment)
    found = [
        _typed(_valid(rows, tag, moment)) for tag in tags for rows in tagged(facts, tag, named)
    ]
    if manual is not None:
        found.append(_typed(manual))
    if not found:
        raise TagError(
            "the rules publish no tag that can be computed here; publish one, or give --manual",
            "规则中没有可计算的已发布标签；请发布一个，或提供 --manual",
        )
    return settle(nw.concat(found))


def _valid(rows: Frame, tag: Definition, moment: Moment) -> Frame:
    days = tag.valid_days
    until = nothing_of(nw.Int64) if days is None else nw.lit(moment.us + days * DAY_US)
    return rows.with_columns(valid_from=nw.lit(moment.us), valid_to=until)


def _typed(rows: Frame) -> Frame:
    """Return rows of now in one kind of text, so that those of several tags can be put together."""
    texts = [name for name in FOUND if name != "confidence"]
    cast = rows.select(
        *(nw.col(name).cast(nw.Float64 if name == "confidence" else nw.String) for name in FOUND),
        nw.col("valid_from", "valid_to").cast(nw.Int64),
    )
    return one_text(cast, texts)


def _manual(
    checked: Mapping[str, Checked], rules: Rules, moment: Moment
) -> tuple[Frame | None, list[RefusedRow]]:
    """Return the tags that people gave, the last known of each, and the rows of no such tag."""
    if "manual" not in checked:
        return None, []
    tags = {tag.name: tag for tag in rules.published() if tag.source == "manual"}
    rows = checked["manual"].good
    known = nw.col("tag").is_in(list(tags))
    wrong = collect(rows.filter(~known).select("line", "tag")).to_pylist()
    refused = [
        RefusedRow("manual", row["line"], "tag", row["tag"], "no_manual_tag") for row in wrong
    ]
    good = rows.filter(known).with_columns(
        newest=-nw.coalesce("known_at", "valid_from"), start=-nw.col("valid_from")
    )
    order = ["newest", "start", "value", "line"]
    place = nw.col("tag").cum_count().over("customer_id", "tag", order_by=order)
    last = settle(good.with_columns(place=place)).filter(nw.col("place") == 1)
    last = last.filter(nw.col("valid_to").is_null() | (nw.col("valid_to") > moment.us))
    versions = pa.table(
        {
            "tag": pa.array(list(tags), pa.string()),
            "rule_version": pa.array([tag.label() for tag in tags.values()], pa.string()),
        }
    )
    told = _masked(last).join(attach(versions, last), on="tag", how="left")
    return (
        told.with_columns(
            value=nw.coalesce("value", nw.lit(YES)),
            source=nw.lit("manual"),
            evidence_en=nw.format("by hand: {}", nw.coalesce("note", nw.lit("no note"))),
            evidence_zh=nw.format("人工：{}", nw.coalesce("note", nw.lit("无备注"))),
        ),
        refused,
    )


def _masked(rows: Frame) -> Frame:
    """Return the rows with personal data masked in their notes: people write what they like."""
    from nlp.text import mask

    notes = collect(rows.filter(~nw.col("note").is_null()).select("note").unique())["note"]
    written = notes.to_pylist()
    table = pa.table(
        {
            "note": pa.array(written, pa.string()),
            "masked": pa.array([mask(note) for note in written], pa.string()),
        }
    )
    joined = rows.join(attach(table, rows), on="note", how="left")
    return joined.with_columns(note=nw.col("masked")).drop("masked")


def _withdrawn(checked: Mapping[str, Checked], merges: Mapping[str, str]) -> Frame | None:
    """Return who has withdrawn consent, under every id: whose last word is no.

    At the same moment no wins.
    """
    if "consents" not in checked:
        return None
    rows = checked["consents"].good.with_columns(
        last=nw.col("at").max().over("customer_id"),
    )
    last = rows.filter(nw.col("at") == nw.col("last"))
    given = last.group_by("customer_id").agg(nw.col("given").min())
    gone = settle(given.filter(nw.col("given") == 0).select("customer_id"))
    ids = {"old": pa.array(list(merges), pa.string())}
    ids |= {"customer_id": pa.array(list(merges.values()), pa.string())}
    older = attach(pa.table(ids), gone).join(gone, on="customer_id", how="semi")
    return settle(nw.concat([_ids(gone, "customer_id"), _ids(older, "old")]))


def _ids(frame: Frame, name: str) -> Frame:
    return one_text(frame.select(customer_id=nw.col(name).cast(nw.String)), ["customer_id"])


def _without(rows: Frame, withdrawn: Frame | None, rules: Rules) -> Frame:
    """Return the rows without the derived ones of customers who have withdrawn consent."""
    if withdrawn is None:
        return rows
    free = [tag.name for tag in rules.tags if tag.consent == "not_needed"]
    marked = rows.join(withdrawn.with_columns(gone=nw.lit(1)), on="customer_id", how="left")
    stays = nw.col("gone").is_null() | nw.col("tag").is_in(free)
    return marked.filter(stays).drop("gone")


def _written(rows: Frame) -> Frame:
    """Return the rows with their times as text, in China's time."""
    for name in TIMES:
        different = collect(rows.select(name).unique())[name].to_pylist()
        known = [us for us in different if us is not None]
        table = pa.table(
            {
                name: pa.array(known, pa.int64()),
                "text": pa.array([_iso(us) for us in known], pa.string()),
            }
        )
        rows = settle(rows.join(attach(table, rows), on=name, how="left"))
        rows = rows.with_columns(nw.col("text").alias(name)).drop("text")
    return settle(rows.select(TAG_COLUMNS))


def _iso(microseconds: int) -> str:
    return china_time(microseconds).isoformat()


def _counts(rows: Frame, name: str) -> dict[str, int]:
    found = collect(rows.group_by(name).agg(nw.len().alias("n")).sort(name)).to_pylist()
    return {str(row[name]): int(row["n"]) for row in found}


def _count(frame: Frame) -> int:
    return int(collect(frame.select(nw.len().alias("n")))["n"][0].as_py())
