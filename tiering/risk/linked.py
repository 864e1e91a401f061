"""Linked accounts: customers who share a device, an address, a phone or a means of payment."""

import narwhals as nw

from tiering.frames import Frame
from tiering.policy import RiskSigns

ENGLISH = "; shares device, address, phone or payment with {} other customers (such as {})"
CHINESE = "；与其他 {} 位顾客共用设备、地址、电话或支付方式（如 {}）"
MOST_EXACT = float(1 << 53)
"""Numbers up to here are whole numbers exactly; a device id beyond them is not told apart."""


def measure_linked(links: Frame | None, devices: Frame | None, signs: RiskSigns) -> Frame | None:
    """Return one row for each customer who shares something; None without any table.

    Parameters
    ----------
    links
        Checked rows of the contract `links`: customer, kind, value (a hash).
    devices
        Checked `device` events; their value, a whole number, is the device.

    Returns
    -------
    Frame | None
        Columns: `linked` (other customers who share a value directly), `lost_linked`, and a
        sentence, `linked_en`, `linked_zh`, where that costs anything. What `public_from` or more
        customers share (a parcel station, a switchboard) links nobody.
    """
    tables = []
    if links is not None:
        tables.append(links.select("customer_id", "kind", "value"))
    if devices is not None:
        tables.append(_devices(devices))
    if not tables:
        return None
    held = nw.concat(tables).unique()
    holders = held.group_by("kind", "value").agg(nw.len().alias("holders"))
    several = holders.filter((nw.col("holders") >= 2) & (nw.col("holders") < signs.public_from))
    shared = held.join(several.select("kind", "value"), on=["kind", "value"], how="semi")
    others = shared.select("kind", "value", other=nw.col("customer_id"))
    pairs = shared.join(others, on=["kind", "value"], how="inner")
    pairs = pairs.filter(nw.col("customer_id") != nw.col("other")).select("customer_id", "other")
    found = (
        pairs.unique()
        .group_by("customer_id")
        .agg(nw.len().alias("linked"), nw.col("other").min().alias("such_as"))
        .with_columns(linked=nw.col("linked").cast(nw.Int64))
    )
    return _told(found.with_columns(lost_linked=signs.linked.at(nw.col("linked"))))


def _devices(events: Frame) -> Frame:
    number = nw.col("value")
    exact = (number == number.floor()) & (number.abs() < MOST_EXACT)
    known = events.filter(~number.is_null()).filter(exact)
    return known.select(
        "customer_id",
        kind=nw.lit("device").cast(nw.String),
        value=nw.col("value").cast(nw.Int64).cast(nw.String),
    )


def _told(found: Frame) -> Frame:
    costs = nw.col("lost_linked") > 0
    figures = nw.col("linked"), nw.col("such_as")
    return found.with_columns(
        linked_en=nw.when(costs).then(nw.format(ENGLISH, *figures)),
        linked_zh=nw.when(costs).then(nw.format(CHINESE, *figures)),
    ).drop("such_as")
