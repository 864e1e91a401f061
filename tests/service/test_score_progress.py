"""Steps of `tingyin score`: reported as they begin, timed, told in both languages."""

from itertools import count

import pyarrow as pa

from service.commands.score_progress import STEPS, Stage, Steps, score_extent


def test_steps_are_reported_timed_and_told() -> None:
    seen: list[Stage] = []
    ticks = count()
    steps = Steps(seen.append, clock=lambda: float(next(ticks)))
    for step in STEPS:
        if step != "write":
            steps.begin(step)
    tables = [pa.table({"customer_id": ["a", "b"]}), pa.table({"customer_id": ["c"]})]
    assert list(steps.passing(tables, 3)) == tables
    steps.end()
    assert [stage.step for stage in seen] == [*STEPS, "write", "write"]
    assert [(stage.done, stage.whole) for stage in seen[-2:]] == [(2, 3), (3, 3)]
    assert steps.seconds == dict.fromkeys(STEPS, 1.0)
    assert steps.line().en.startswith("6.0 seconds: reading 1.0, checking rows 1.0, ")
    assert steps.line().zh.startswith("用时 6.0 秒：读取 1.0，核对各行 1.0，")


def test_a_stage_is_a_bar_where_customers_are_written() -> None:
    early = score_extent(Stage("figures"), 2)
    assert (early.done, early.whole, early.line.en) == (0, 0, "measuring customers")
    late = score_extent(Stage("write", 2_000, 9_000), 7)
    assert (late.done, late.whole) == (2_000, 9_000)
    assert late.line.en == "telling and writing: 2,000 / 9,000 customers, 7 s"
    assert late.line.zh == "生成理由并写出：2,000 / 9,000 位顾客，7 秒"
