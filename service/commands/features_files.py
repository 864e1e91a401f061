"""The files of `tingyin features`: a target in; features, and what was judged of them, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.beside import keep_run
from service.commands.columns_input import figure, read_columns, text
from service.errors import InputError
from service.files import Reject, write_rows
from service.files.places import demand_tables

if TYPE_CHECKING:
    import pyarrow as pa

    from tiering.features import Importance, Redundancy


@dataclass(frozen=True, slots=True)
class Places:
    """Where the features go, and beside them what was dropped and how much each one tells."""

    output: Path
    dropped: Path
    importance: Path


@dataclass(frozen=True, slots=True)
class Judged:
    """The features that stay, and the judgements; `strangers` are targets without features."""

    table: "pa.Table"
    redundancy: "Redundancy | None"
    importance: "Importance | None" = None
    strangers: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """One value a row of the features, None where the file has none."""

    values: list[float | None]
    strangers: int


def places_of(output: Path | None, inputs: Mapping[str, Path], target: Path | None) -> Places:
    """Return where everything goes.

    Raises
    ------
    InputError
        No table or no output is named.
    OutputError
        The output is an input, or its folder does not exist.
    """
    if not inputs or output is None:
        raise InputError(
            "name at least one of --orders, --signals, --engagement, --accounts, and the output "
            "with -o; or --list to see the features",
            "请至少指定 --orders、--signals、--engagement、--accounts 之一，并用 -o 指定输出；"
            "或用 --list 查看特征",
        )
    read = [*inputs.values(), *([] if target is None else [target])]
    demand_tables([output], read)  # before names are made of it: a folder has none
    places = Places(output, *(_beside(output, what) for what in ("dropped", "importance")))
    demand_tables([places.output, places.dropped, places.importance], read)
    return places


def _beside(output: Path, what: str) -> Path:
    return output.with_name(f"{output.name}.{what}.csv")


def read_target(path: Path, features: "pa.Table") -> Target:
    """Return the target of each row: a file of customer_id, target and, of several days, as_of.

    Raises
    ------
    InputError
        A column is missing, a value is no number, a row stands there twice, or none fits.
    """
    keys = [name for name in ("customer_id", "as_of") if name in features.column_names]
    read = read_columns(path, {**dict.fromkeys(keys, text), "target": figure}, once=keys)
    given = dict(zip(zip(*(read[name] for name in keys), strict=True), read["target"], strict=True))
    rows = list(zip(*(features[name].to_pylist() for name in keys), strict=True))
    return Target([given.get(row) for row in rows], len(given.keys() - set(rows)))


def write_features(judged: Judged, rejects: Sequence[Reject], places: Places) -> None:
    """Write features, rejects, and beside them what was judged; what is of an earlier run goes.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    _keep(places.dropped, dropped_rows(judged.redundancy) if judged.redundancy else [])
    _keep(places.importance, importance_rows(judged.importance) if judged.importance else [])
    keep_run(places.output, judged.table, rejects)


def dropped_rows(found: "Redundancy") -> list[dict[str, object]]:
    """Return one row a dropped feature, with the reason in both languages."""
    return [
        {
            "feature": gone.name,
            "why": gone.why,
            "figure": gone.figure,
            "instead": gone.instead or "",
            "reason": gone.reason().en,
            "reason_zh": gone.reason().zh,
        }
        for gone in found.dropped
    ]


def importance_rows(found: "Importance") -> list[dict[str, object]]:
    """Return one row a feature, the most important first."""
    return [
        {"feature": each.name, f"{found.metric}_lost": each.mean, "spread": each.spread}
        for each in found.features
    ]


def _keep(place: Path, rows: list[dict[str, object]]) -> None:
    if rows:
        write_rows(place, rows)
    else:
        place.unlink(missing_ok=True)
