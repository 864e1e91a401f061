"""The files of `tingyin features`: a target in; features, and what was judged of them, out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.beside import keep_rejects
from service.commands.columns_input import Fault, text
from service.commands.score_files import demand_output
from service.errors import InputError, OutputError
from service.files import Reject, open_table, write_rows
from service.files.rejects import shown
from service.files.replacing import replacing
from service.files.rows import read_records
from service.files.write import output_format

if TYPE_CHECKING:
    import pyarrow as pa

    from tiering.features import Importance, Redundancy

BATCH = 1_000
TRUTH = {"true": 1.0, "false": 0.0, "是": 1.0, "否": 0.0}


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
    places = Places(output, *(_beside(output, what) for what in ("dropped", "importance")))
    output_format(output)
    for written in (places.output, places.dropped, places.importance):
        demand_output(written, read)
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
    given: dict[tuple[str, ...], float] = {}
    for record in read_records(open_table(path)):
        _demand_columns(path, record.values, (*keys, "target"))
        key = tuple(_key(path, record.line, name, record.values[name]) for name in keys)
        if key in given:
            told = shown(" ".join(key))
            raise InputError(
                f"{path}, line {record.line}: {told} stands there twice; keep one row",
                f"{path} 第 {record.line} 行：{told} 重复；只保留一行",
            )
        given[key] = _number(path, record.line, record.values["target"])
    rows = list(zip(*(features[name].to_pylist() for name in keys), strict=True))
    return Target([given.get(row) for row in rows], len(given.keys() - set(rows)))


def _demand_columns(path: Path, values: Mapping[str, object], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in values]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; needed are {', '.join(needed)}",
            f"{path}：缺少列 {'、'.join(missing)}；需要 {'、'.join(needed)}",
        )


def _key(path: Path, line: int, name: str, cell: object) -> str:
    """Return a cell of the key as the features write it."""
    read = text(cell)
    if isinstance(read, Fault):
        raise InputError(
            f"{path}, line {line}, {name}: {read.reason.en}",
            f"{path} 第 {line} 行，{name}：{read.reason.zh}",
        )
    return str(read)


def _number(path: Path, line: int, cell: object) -> float:
    word = str(cell).strip().lower()
    try:
        number = TRUTH[word] if word in TRUTH else float(word)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise InputError(
            f"{path}, line {line}, target: {cell!r} is no number; write a number, true or false, "
            "or leave the row out",
            f"{path} 第 {line} 行，target：{cell!r} 不是数字；请写数字、true 或 false，或删去此行",
        )
    return number


def write_features(judged: Judged, rejects: Sequence[Reject], places: Places) -> None:
    """Write features, rejects, and beside them what was judged; what is of an earlier run goes.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    keep_rejects(places.output, rejects)
    _keep(places.dropped, dropped_rows(judged.redundancy) if judged.redundancy else [])
    _keep(places.importance, importance_rows(judged.importance) if judged.importance else [])
    if output_format(places.output) == "parquet":
        _write_parquet(places.output, judged.table)
    else:
        write_rows(places.output, _rows(judged.table), _plain(judged.table))


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


def _rows(table: "pa.Table") -> Iterator[dict[str, object]]:
    for batch in table.to_batches(BATCH):
        yield from batch.to_pylist()


def _plain(table: "pa.Table") -> "pa.Schema":
    """Return the schema without an engine's notes and kinds of text, alike for every engine."""
    import pyarrow as pa

    def plain(kind: "pa.DataType") -> "pa.DataType":
        return kind if pa.types.is_integer(kind) or pa.types.is_floating(kind) else pa.string()

    return pa.schema([(field.name, plain(field.type)) for field in table.schema])


def _write_parquet(path: Path, table: "pa.Table") -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = table.select(table.column_names).cast(_plain(table))
    with replacing(path) as stream:
        try:
            pq.write_table(plain, stream)
        except pa.ArrowException as error:
            raise OutputError(
                f"cannot write {path}: {error}; choose another place",
                f"无法写入 {path}：{error}；请更换位置",
            ) from error
