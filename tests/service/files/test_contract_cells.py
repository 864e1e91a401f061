"""Cells of a feedback row as people write them, and what the contract makes of them."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from nlp.schema import FEEDBACK_CONTEXT
from service.files.contract import Fault
from service.files.contract.check import OPTIONAL_READERS
from service.files.contract.moments import (
    AMBIGUOUS,
    HOUR_OR_SECONDS,
    IMPLAUSIBLE,
    MISSING,
    UNKNOWN,
    read_moment,
)
from service.files.contract.numbers import (
    NEGATIVE,
    NOT_A_COUNT,
    NOT_A_RATING,
    NOT_WHOLE,
    TOO_LARGE,
    read_count,
    read_rating,
)
from service.files.contract.words import (
    BROKEN,
    EMPTY,
    NAME_TOO_LONG,
    NOT_TEXT,
    TOO_LONG,
    read_channel,
    read_name,
    read_role,
    read_text,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]  # year, month, day ...


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-05", at(2026, 1, 5)),
        ("2026-01-05 08:03", at(2026, 1, 5, 8, 3)),
        ("2026-01-05T08:03:20", at(2026, 1, 5, 8, 3, 20)),
        ("2026-01-05T08:03:20.250", at(2026, 1, 5, 8, 3, 20)),
        ("2026-01-05T08:03:00Z", at(2026, 1, 5, 16, 3)),
        ("2026-01-05T08:03:00+00:00", at(2026, 1, 5, 16, 3)),
        ("2026-01-05 08:03:00 +0900", at(2026, 1, 5, 7, 3)),
        ("2026/1/5 8:03", at(2026, 1, 5, 8, 3)),
        ("2026/1/5", at(2026, 1, 5)),
        ("2026.01.05 8:03:09", at(2026, 1, 5, 8, 3, 9)),
        ("2026年1月5日 8时3分", at(2026, 1, 5, 8, 3)),
        ("2026年1月5日8时3分20秒", at(2026, 1, 5, 8, 3, 20)),
        ("2026年01月05日", at(2026, 1, 5)),
        ("2026年1月5日 下午3点", at(2026, 1, 5, 15)),
        ("2026年1月5日 星期一 上午 8:03", at(2026, 1, 5, 8, 3)),
        ("2026年1月5日 中午12:30", at(2026, 1, 5, 12, 30)),
        ("2026年1月5日 凌晨12:30", at(2026, 1, 5, 0, 30)),
        ("2026年1月5日 中午11:30", at(2026, 1, 5, 11, 30)),
        ("2026年1月5日 中午1点", at(2026, 1, 5, 13)),
        ("2026年1月5日 晚上8点5分", at(2026, 1, 5, 20, 5)),
        ("2026年1月5日 下午15:30", at(2026, 1, 5, 15, 30)),
        ("２０２６－０１－０５　０８：０３", at(2026, 1, 5, 8, 3)),
        ("  2026-01-05\t08:03\n", at(2026, 1, 5, 8, 3)),
        ("20260105", at(2026, 1, 5)),
        ("202601050803", at(2026, 1, 5, 8, 3)),
        ("20260105080320", at(2026, 1, 5, 8, 3, 20)),
        ("20260105T080320", at(2026, 1, 5, 8, 3, 20)),
        (20260105, at(2026, 1, 5)),
        ("1767571380", at(2026, 1, 5, 8, 3)),
        ("1712010508", at(2024, 4, 2, 6, 28, 28)),
        (1767571380, at(2026, 1, 5, 8, 3)),
        (1767571380.0, at(2026, 1, 5, 8, 3)),
        (1767571380000, at(2026, 1, 5, 8, 3)),
        ("1767571380000000", at(2026, 1, 5, 8, 3)),
        (46027, at(2026, 1, 5)),
        ("46027.335416666669", at(2026, 1, 5, 8, 3)),
        (46027.335416666669, at(2026, 1, 5, 8, 3)),
        (Decimal(46027), at(2026, 1, 5)),
        ("Mon Jan 05 08:03:00 +0800 2026", at(2026, 1, 5, 8, 3)),
        (dt.datetime(2026, 1, 5, 0, 3, tzinfo=dt.UTC), at(2026, 1, 5, 8, 3)),
        (dt.datetime(2026, 1, 5, 8, 3), at(2026, 1, 5, 8, 3)),  # noqa: DTZ001 - as Excel gives it
        (dt.date(2026, 1, 5), at(2026, 1, 5)),
        (pd.Timestamp("2026-01-05T08:03:00.000000001"), at(2026, 1, 5, 8, 3)),
    ],
    ids=str,
)
def test_moments_are_read(value: object, moment: dt.datetime) -> None:
    read = read_moment(value, SHANGHAI)
    assert isinstance(read, dt.datetime)
    assert read.replace(microsecond=0) == moment
    assert read.utcoffset() == dt.timedelta(hours=8)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (None, MISSING),
        ("", MISSING),
        (" ", MISSING),
        (float("nan"), MISSING),
        (pd.NaT, MISSING),
        ("01/05/2026", AMBIGUOUS),
        ("25/12/2026 08:00", AMBIGUOUS),
        ("5.1.26", AMBIGUOUS),
        ("26-01-05", AMBIGUOUS),
        ("2026010508", HOUR_OR_SECONDS),
        ("２０２６０１０５０８", HOUR_OR_SECONDS),
        (2026010508, HOUR_OR_SECONDS),
        (2026010508.0, HOUR_OR_SECONDS),
        ("1990010100", HOUR_OR_SECONDS),
        ("昨天 12:30", UNKNOWN),
        ("3分钟前", UNKNOWN),
        ("2026年1月5日 晚上12点", UNKNOWN),
        ("2026-02-30", UNKNOWN),
        ("2026-01-05 25:00", UNKNOWN),
        ("20261305", UNKNOWN),
        ("2026", UNKNOWN),
        (5, UNKNOWN),
        (-1, UNKNOWN),
        (True, UNKNOWN),
        ([], UNKNOWN),
        (10**30, UNKNOWN),
        ("0001-01-01T00:00:00", IMPLAUSIBLE),
        ("1970-01-01 00:00", IMPLAUSIBLE),
        ("2206-01-05", IMPLAUSIBLE),
    ],
    ids=str,
)
def test_what_is_no_moment_says_why(value: object, fault: Fault) -> None:
    assert read_moment(value, SHANGHAI) == fault


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("01/05/2026", "%m/%d/%Y", at(2026, 1, 5)),
        ("05/01/2026", "%d/%m/%Y", at(2026, 1, 5)),
        ("05.01.2026 08:03 +0000", "%d.%m.%Y %H:%M %z", at(2026, 1, 5, 16, 3)),
        ("2026010508", "%Y%m%d%H", at(2026, 1, 5, 8)),
        (2026010508, "%Y%m%d%H", at(2026, 1, 5, 8)),
        (46027, "%d/%m/%Y", at(2026, 1, 5)),
        ("2026-01-05", "%d/%m/%Y", UNKNOWN),
        (dt.date(2026, 1, 5), "%d/%m/%Y", at(2026, 1, 5)),
    ],
)
def test_a_named_form_decides(value: object, form: str, expected: object) -> None:
    assert read_moment(value, SHANGHAI, form) == expected


def test_a_time_without_zone_is_in_the_zone_given() -> None:
    read = read_moment("2026-01-05 08:03", ZoneInfo("America/New_York"))
    assert read == dt.datetime(2026, 1, 5, 13, 3, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        ("12", 12),
        (" 1,234 ", 1234),
        ("１２３", 123),
        ("1.2万", 12_000),
        ("3w", 30_000),
        ("2.5K", 2_500),
        ("1亿", 10**8),
        ("10万+", 100_000),
        ("999+", 999),
        (3.0, 3),
        ("3.0", 3),
        (Decimal(7), 7),
        (None, None),
        ("", None),
        ("-", None),
        ("NULL", None),
        ("无", None),
        (float("nan"), None),
        (-1, NEGATIVE),
        ("-3", NEGATIVE),
        ("-1.2万", NEGATIVE),
        (1.5, NOT_WHOLE),
        ("1.5", NOT_WHOLE),
        ("赞", NOT_A_COUNT),
        ("12,34", NOT_A_COUNT),
        ("1e5", NOT_A_COUNT),
        (True, NOT_A_COUNT),
        (float("inf"), NOT_A_COUNT),
        ([1], NOT_A_COUNT),
        ("99999999999999999999", TOO_LARGE),
    ],
    ids=str,
)
def test_counts(value: object, expected: object) -> None:
    assert read_count(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, 4.0),
        ("4.5", 4.5),
        ("5星", 5.0),
        ("9.0分", 9.0),
        ("", None),
        (None, None),
        ("-1", NOT_A_RATING),
        (-1, NOT_A_RATING),
        ("好评", NOT_A_RATING),
        (True, NOT_A_RATING),
    ],
    ids=str,
)
def test_ratings(value: object, expected: object) -> None:
    assert read_rating(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("太差", "太差"),
        ("😡😡", "😡😡"),
        (" 好 ", " 好 "),
        (666, "666"),
        (5.0, "5"),
        ("无", "无"),
        ("null", "null"),
        ("字" * 100_000, "字" * 100_000),
        ("字" * 100_001, TOO_LONG),
        ("", EMPTY),
        (None, EMPTY),
        (float("nan"), EMPTY),
        (" \u3000\u200b\ufeff\n", EMPTY),
        ("a\0b", BROKEN),
        ("a\ud83d", BROKEN),
        ("好".encode(), "好"),
        (b"\xff", BROKEN),
        (["a"], NOT_TEXT),
        ({"a": 1}, NOT_TEXT),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_texts(value: object, expected: object) -> None:
    assert read_text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("u1", "u1"),
        (" u1 ", "u1"),
        (12345678901, "12345678901"),
        (12345678901.0, "12345678901"),
        ("007", "007"),
        (None, None),
        ("", None),
        ("NaN", None),
        ("-", None),
        ("x" * 1001, NAME_TOO_LONG),
        ("a\0", BROKEN),
        ([], NOT_TEXT),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_names(value: object, expected: object) -> None:
    assert read_name(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("review", "review"),
        ("评价", "review"),
        ("评论", "comment"),
        ("笔记", "note"),
        ("对话", "transcript"),
        ("Comment ", "comment"),
        ("", None),
    ],
)
def test_channels(value: object, expected: object) -> None:
    assert read_channel(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("客户", "customer"), ("AGENT", "agent"), (None, None)]
)
def test_roles(value: object, expected: object) -> None:
    assert read_role(value) == expected


@pytest.mark.parametrize("reader", [read_channel, read_role])
def test_a_closed_list_names_what_is_allowed(reader: object) -> None:
    fault = reader("抖音")  # type: ignore[operator]  # one of the two readers
    assert isinstance(fault, Fault)
    assert fault.reason.en.startswith("allowed: ")


def test_every_context_column_has_a_reader() -> None:
    assert {*OPTIONAL_READERS, "created_at"} == set(FEEDBACK_CONTEXT)
