"""Where personal numbers, names and accounts stand in a text.

All functions read folded text (`characters.fold`): plain digits and marks, positions unchanged.
"""

import re
from collections.abc import Callable, Iterator

from nlp.text.check_digits import is_bank_card, is_id_card

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

_GAP = "[ \\-\ufdd0]?"  # people group digits; invisible characters fold to U+FDD0
_BEING = r"(?:号码?|账号|编号|是|为|叫|[ :=+#])"
_IS = _BEING + "{0,4}"


def matches(pattern: str, check: Callable[[str], bool] | None = None) -> Finder:
    """Return a finder of the group `it` of `pattern`, kept where `check` of its text is true."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def find(text: str) -> Iterator[Span]:
        for match in compiled.finditer(text):
            if check is None or check(match["it"]):
                yield match.span("it")

    return find


def all_of(*finders: Finder) -> Finder:
    """Return a finder of what any of `finders` finds, in their order."""

    def find(text: str) -> Iterator[Span]:
        for finder in finders:
            yield from finder(text)

    return find


def _signs(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


mobile = all_of(
    matches(
        rf"(?<![0-9])(?<![0-9]\.)(?P<it>(?:\(?(?:\+|00)?86\)?[ -]?)?1[3-9]"
        rf"(?:[0-9](?:[ \-.·\ufdd0]?[0-9]{{4}}){{2}}|[0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
        r"|[0-9]{3} [0-9]{6}))(?![0-9元块]|\.[0-9])"
    ),
    matches(r"(?<![0-9])(?P<it>1[ -][3-9](?:[ -][0-9]){9})(?! ?[0-9])"),
    matches(
        "(?P<it>[一幺][三四五六七八九][零〇一二三四五六七八九幺]{9})(?![零〇一二三四五六七八九])"
    ),
)

landline = all_of(
    matches(
        r"(?<![0-9])(?<![0-9]-)(?P<it>(?:\(0[0-9]{2,3}\)|0(?:10|2[0-9]|[3-9][0-9]{2})[ -]) ?"
        r"[1-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?)(?![0-9])"
    ),
    matches(
        rf"(?:座机|固话|电话|致电|拨打|来电){_IS}(?P<it>(?:010|02[0-9]|0[3-9][0-9]{{2}})?"
        r"[1-9][0-9]{6,7})(?![0-9元块])"
    ),
)

id_card = all_of(
    matches(
        rf"(?<![0-9])(?P<it>[1-9][0-9]{{5}}{_GAP}(?:18|19|20)[0-9]{{2}}{_GAP}[0-9]{{4}}{_GAP}"
        r"[0-9]{3}[0-9X])(?![0-9A-Z])",
        lambda found: is_id_card(_signs(found)),
    ),
    matches(r"(?<![0-9A-Z])(?<![0-9]-)(?P<it>[1-9][0-9]{14})(?![0-9A-Z])", is_id_card),
    # Named as one, a number with a slip of the finger is still somebody's.
    matches("(?:身份证|证件)[^0-9,。;!?]{0,8}(?P<it>[1-9][0-9]{13,16}[0-9X])(?![0-9A-Z])"),
)

bank_card = all_of(
    matches(
        rf"(?<![0-9A-Z])(?P<it>[1-9][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?)"
        r"(?![0-9]|-[0-9])",
        lambda found: is_bank_card(_signs(found)),
    ),
    matches(
        rf"(?:银行卡|储蓄卡|信用卡|借记卡|工资卡|卡号|银行账号|银行账户){_IS}"
        rf"(?P<it>[1-9][0-9]{{3}}(?:{_GAP}[0-9]{{4}}){{2,3}}(?:{_GAP}[0-9]{{1,3}})?)(?![0-9])"
    ),
)

_PLATE_SIGN = "[A-HJ-NP-Z0-9]"
PROVINCES_SHORT = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def _is_plate_tail(found: str) -> bool:
    tail = _signs(found)[2:]
    return sum(sign.isdigit() for sign in tail) >= 3 and sum(sign.isascii() for sign in tail) >= 4


plate = matches(
    rf"(?P<it>[{PROVINCES_SHORT}][A-HJ-NP-Z][ ·•・.\-]?{_PLATE_SIGN}{{4}}"
    rf"(?:{_PLATE_SIGN}{{1,2}}|[挂学警港澳领]))(?![A-Z0-9元块.])",
    _is_plate_tail,
)

passport = all_of(
    matches(r"(?<![A-Z0-9])(?P<it>(?-i:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}))(?![A-Z0-9])"),
    matches(
        rf"(?:护照|通行证|回乡证|台胞证|passport){_IS}(?P<it>[A-Z]{{1,2}}[0-9]{{7,10}})(?![A-Z0-9])"
    ),
)

email = matches(
    r"(?<![A-Z0-9_%+-])(?P<it>[A-Z0-9_][A-Z0-9._%+-]{0,63}@(?:[A-Z0-9-]{1,63}\.){1,5}[A-Z]{2,24})(?![A-Z0-9])"
)

_NO_ACCOUNT = "(?!iphone|ipad|android|windows|wechat|weixin|harmony|huawei|xiaomi(?!ng)|https?|www)"
_NOT_COUNTED = "(?![A-Z0-9_元块钱万亿人个次年月天号分秒毛折%])"
_WECHAT = "(?:微信|薇信|威信|徽信|加v|v信|(?<![A-Z])(?:wechat|weixin|vx|wx(?!id_)|v(?=[ :号])))"

wechat = all_of(
    matches(
        rf"{_WECHAT}(?:群|id|{_BEING}){{0,4}}{_NO_ACCOUNT}"
        rf"(?P<it>(?=[A-Z_-]*[0-9])[A-Z][A-Z0-9_-]{{5,19}}|[1-9][0-9]{{4,11}}){_NOT_COUNTED}"
    ),
    matches(
        rf"{_WECHAT}(?:号码?|账号|id)?(?:是|为|[ :=])+{_NO_ACCOUNT}(?P<it>[A-Z][A-Z0-9_-]{{5,19}})"
        rf"{_NOT_COUNTED}"
    ),
    matches(r"(?<![A-Z0-9_])(?P<it>wxid_[A-Z0-9]{8,20})(?![A-Z0-9_])"),
)
qq = matches(
    rf"(?:(?<![A-Z])qq|扣扣|企鹅|球球)(?:群|{_BEING}){{0,4}}(?P<it>[1-9][0-9]{{4,11}}){_NOT_COUNTED}"
)

_DATE = re.compile(r"(?:19|20)[0-9]{2}-?(?:0?[1-9]|1[0-2])(?:-?[0-3]?[0-9])?")


def _is_order_number(found: str) -> bool:
    return sum(sign.isdigit() for sign in found) >= 6 and not _DATE.fullmatch(found)


order = all_of(
    matches(
        rf"(?:单号|(?:订单|运单|快递|物流|交易|流水|退款|售后|工单|受理|投诉)(?:编号|号码?)|订单|流水号)"
        rf"{_IS}(?P<it>[A-Z0-9][A-Z0-9-]{{5,31}})(?![A-Z0-9元块])",
        _is_order_number,
    ),
    matches(
        r"(?<![A-Z0-9])(?P<it>(?-i:(?:SF|YT|JT|JD[A-Z]{0,2}|ZTO|STO|YD|DPK|EMS)[0-9]{10,15}"
        r"|[A-Z]{2}[0-9]{9}CN))(?![A-Z0-9])"
    ),
)

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
name = matches(
    rf"(?:收件人|收货人|联系人|投诉人|当事人|姓名|我叫|本人叫){_IS}"
    rf"(?P<it>(?:欧阳|上官|司马|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"
)
