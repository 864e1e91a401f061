"""What can be wrong with a row, in both languages, with what to do; and the row that is refused."""

from dataclasses import dataclass
from types import MappingProxyType

from nlp.message import Message
from tiering.schema import CONTRACTS, MOST_COUNT, MOST_FEN

FAULTS = MappingProxyType(
    {
        "missing": Message("the cell is empty; each row needs a value", "单元格为空；每行必须有值"),
        "no_id": Message("is no id; write text or a whole number", "不是编号；请写文本或整数"),
        "no_time": Message(
            "is no date or time; write 2026-03-01 or 2026-03-01 12:30:00",
            "不是日期或时间；请写成 2026-03-01 或 2026-03-01 12:30:00",
        ),
        "time_out_of_range": Message(
            "lies outside 1992 to 2199; correct the date", "不在 1992 年至 2199 年之间；请更正日期"
        ),
        "no_number": Message(
            "is no number; write digits without separators and units",
            "不是数字；请只写数字，不带分隔符和单位",
        ),
        "not_whole_fen": Message(
            "money is in whole fen; write 12950 for 129.50 yuan",
            "金额以整数分为单位；129.50 元请写 12950",
        ),
        "not_whole": Message("is no whole number; write a count", "不是整数；请写计数"),
        "negative": Message("is negative; write 0 or more", "为负数；请写不小于 0 的数"),
        "too_large": Message(
            f"is above the limit (money {MOST_FEN} fen, counts {MOST_COUNT}, severity 3)",
            f"超过上限（金额 {MOST_FEN} 分，计数 {MOST_COUNT}，严重度 3）",
        ),
        "refund_of_one_fen": Message(
            "1 may be a flag or one fen; write true for the whole order, or name the column "
            "refunded_fen where all its cells are fen",
            "1 可能是标记，也可能是一分钱；整单退款请写 true；"
            "若整列均为分，请将列名改为 refunded_fen",
        ),
        "refund_above_amount": Message(
            "more is paid back than the order's amount; check both", "退款大于订单金额；请核对两者"
        ),
        "no_flag": Message("is neither true nor false; write one of them", "不是 true 或 false"),
        "not_allowed": Message("is none of the allowed values", "不是允许的值"),
        "self_loop": Message(
            "an account cannot follow, repost or answer itself here; leave the row out",
            "账号不能关注、转发或回复自己；请删除此行",
        ),
        "no_manual_tag": Message(
            "is no published tag with `source: manual`; define it in the rules, or correct it",
            "不是已发布的人工标签（source: manual）；请在规则中定义，或更正名称",
        ),
        "duplicate": Message(
            "the same row stands here more than once; one is kept", "同一行重复出现；只保留一行"
        ),
        "conflict": Message(
            "this id stands for different rows; one is kept: give the right one a later known_at",
            "同一编号对应不同内容；只保留一行：请给正确的一行写更晚的 known_at",
        ),
    }
)

NEGATIVE_AMOUNT = Message(
    "is negative; write a refund into the column refunded, not as a negative amount",
    "为负数；退款请写入 refunded 列，不要写成负金额",
)
"""What is said of an amount below 0, which people write for a refund."""

NOTHING = Message("", "")
CURRENCY = Message(
    "; convert the amount to fen of yuan at the day's rate, or leave the row out",
    "；请按当日汇率换算为人民币分，或去掉此行",
)
"""What is said beside the allowed currencies: amounts of several do not add up."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not used: where it stands, which cell is at fault, and why."""

    table: str
    line: int | None
    column: str
    value: str
    code: str

    def reason(self) -> Message:
        """Return what is wrong and what to do."""
        if (self.code, self.column) == ("negative", "amount"):
            return NEGATIVE_AMOUNT
        allowed = self._allowed() if self.code == "not_allowed" else ""
        more = CURRENCY if (self.code, self.column) == ("not_allowed", "currency") else NOTHING
        fault = FAULTS[self.code]
        return Message(f"{fault.en}{allowed}{more.en}", f"{fault.zh}{allowed}{more.zh}")

    def _allowed(self) -> str:
        columns = {column.name: column for column in CONTRACTS[self.table].columns}
        return f": {', '.join(word for word in columns[self.column].allowed if word)}"
