"""Order and tracking numbers as shops and carriers give them, drawn from a seed."""

from collections.abc import Callable, Mapping
from random import Random


def digits(draw: Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def day(draw: Random) -> str:
    return f"{draw.randint(2019, 2026)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"


FORMATS: Mapping[str, Callable[[Random], str]] = {
    "JD order, 12 digits": lambda draw: draw.choice("123") + digits(draw, 11),
    "Taobao order, 18 digits": lambda draw: draw.choice("1234") + digits(draw, 17),
    "Taobao order, 19 digits": lambda draw: draw.choice("1234") + digits(draw, 18),
    "Pinduoduo order": lambda draw: f"{day(draw)[2:]}-{digits(draw, 15)}",
    "Alipay transaction": lambda draw: day(draw) + "22001" + digits(draw, 15),
    "Meituan order, 17 digits": lambda draw: draw.choice("123456789") + digits(draw, 16),
    "SF waybill": lambda draw: "SF" + draw.choice("1234") + digits(draw, 12),
    "SF waybill, 12 digits": lambda draw: draw.choice("234") + digits(draw, 11),
    "YTO waybill": lambda draw: "YT" + digits(draw, 13),
    "ZTO waybill": lambda draw: "7" + digits(draw, 13),
    "STO waybill, 15 digits": lambda draw: "77" + digits(draw, 13),
    "JD waybill": lambda draw: "JDVA" + digits(draw, 11),
}
CARRIERS = ("这个{}查不到", "{}三天没动", "什么时候发货：{}", "就是{}，麻烦处理一下")


def order_texts(count: int, seed: int) -> list[tuple[str, str]]:
    """Return (format, text) pairs; no word of the text says what the number is."""
    draw = Random(seed)
    names = list(FORMATS)
    chosen = (names[place % len(names)] for place in range(count))
    return [(name, draw.choice(CARRIERS).format(FORMATS[name](draw))) for name in chosen]
