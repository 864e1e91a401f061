"""Why a physical line of a text file cannot be taken over."""

from pathlib import Path

from nlp.message import Message
from service.files.lines import LONGEST_LINE, Line
from service.files.rejects import CORRECT_IT, Reject

TOO_LONG = Message(
    f"the line is longer than {LONGEST_LINE >> 20} MiB", f"此行超过 {LONGEST_LINE >> 20} MiB"
)
SPLIT_IT = Message("check that the file has line breaks", "请检查文件是否含有换行")
NUL = Message("the line holds a NUL byte", "此行含有 NUL 字节")
STRIP_NUL = Message("remove it: tr -d '\\000' < IN > OUT", "请删除：tr -d '\\000' < 输入 > 输出")
EXPORT_AGAIN = Message("export this row again, as UTF-8", "请以 UTF-8 重新导出此行")


def line_fault(path: Path, line: Line) -> Reject | None:
    """Return the reject of a line with no end, broken bytes or NUL bytes; None when it is well."""
    # The length first: the head of a line that was cut may end inside a character, and look broken.
    if not line.whole:
        return _reject(path, line, TOO_LONG, SPLIT_IT)
    if line.broken_at is not None:
        return _reject(path, line, _broken_bytes(line.broken_at), EXPORT_AGAIN)
    return _reject(path, line, NUL, STRIP_NUL) if "\0" in line.text else None


def _reject(path: Path, line: Line, reason: Message, remedy: Message = CORRECT_IT) -> Reject:
    return Reject(path.name, line.number, "", line.text.strip(), reason, remedy)


def _broken_bytes(offset: int) -> Message:
    return Message(
        f"bytes that the encoding does not allow, at byte {offset} of the file (from 0)",
        f"含有编码不允许的字节，位于文件第 {offset} 字节（从 0 计）",
    )
