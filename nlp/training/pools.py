"""Texts that further labels are joined with, beside those of the training corpora.

One reader for each set, in one table. Only the text is read here. A text that must not be trained
on is left out by `nlp.training.exclusion`, as everywhere.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook


@dataclass(frozen=True, slots=True)
class Pool:
    """A set of texts: how to read it, and what the model card says of it."""

    read: Callable[[Path], Iterator[str]]
    folder: str
    licence: str


def read_pay_support(data: Path) -> Iterator[str]:
    """Yield the questions to a payment app's support, two on each line of AFQMC's training file."""
    with (data / "afqmc" / "train.txt").open(encoding="utf-8") as lines:
        for line in lines:
            yield from line.rstrip("\n").split("\t")[:2]


def read_car_forum(data: Path) -> Iterator[str]:
    """Yield the forum posts of the BDCI 2018 car opinions."""
    yield from _csv_column(data / "bdci2018-car-opinion" / "train_2.csv", "content")


def read_covid_weibo(data: Path) -> Iterator[str]:
    """Yield the Weibo posts of the COVID-19 emotion set."""
    yield from _csv_column(data / "covid19-weibo-7emotions" / "labeledData.csv", "review")


def read_virus_weibo(data: Path) -> Iterator[str]:
    """Yield the Weibo posts of the training part of SMP2020-EWECT's virus track."""
    path = data / "smp2020-ewect" / "virus_train.txt"
    for row in json.loads(path.read_text(encoding="utf-8")):
        yield row["content"]


def read_citizens_messages(data: Path) -> Iterator[str]:
    """Yield citizens' messages to their government, white space squeezed."""
    folder = data / "teddycup2020-gov-messages"
    for name in ("附件3.xlsx", "附件4_人工标注.xlsx"):
        for text in _sheet_column(folder / name, "留言详情"):
            yield " ".join(text.split())


def read_bank_sentences(data: Path) -> Iterator[str]:
    """Yield the sentences of bank complaints."""
    folder = data / "ccb-short-sentences"
    yield from _sheet_column(folder / "short_sentences_220421分类.xlsx", "dataset")


POOLS: Mapping[str, Pool] = {
    "pay-support": Pool(read_pay_support, "afqmc", "Apache-2.0 repository, re-hosted"),
    "car-forum": Pool(read_car_forum, "bdci2018-car-opinion", "none stated"),
    "covid-weibo": Pool(read_covid_weibo, "covid19-weibo-7emotions", "none stated"),
    "virus-weibo": Pool(read_virus_weibo, "smp2020-ewect", "none stated, for evaluation"),
    "citizens": Pool(read_citizens_messages, "teddycup2020-gov-messages", "none stated"),
    "bank": Pool(read_bank_sentences, "ccb-short-sentences", "none stated"),
}


def read_pools(data: Path) -> Iterator[str]:
    """Yield every text of the pools.

    Raises
    ------
    FileNotFoundError
        When the folder lacks a set.
    """
    for pool in POOLS.values():
        yield from pool.read(data)


def _csv_column(path: Path, column: str) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row[column]


def _sheet_column(path: Path, column: str) -> Iterator[str]:
    book = load_workbook(path, read_only=True)
    rows = book[book.sheetnames[0]].iter_rows(values_only=True)
    place = next(rows).index(column)
    yield from (str(row[place]) for row in rows if row[place])
