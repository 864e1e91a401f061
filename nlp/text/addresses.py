"""Where postal addresses stand in a text: road and number, or building and room.

A brand may be talked about by its street, so a find needs more than a road: a house number beyond
the days of a month, a room, the district before it, or a word such as 地址.
"""

import re
from collections.abc import Iterator

from nlp.text.personal_numbers import Span

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    "|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
# A hanzi that can stand in a place name: none of the words that lead up to one.
_NOT_A_PLACE = "在住到往去从于是址寄送发的我你他她们了这那条和与跟给请把被叫让个过来走修还有处"
_PLACE = f"(?![{_NOT_A_PLACE}])[\u4e00-\u9fff]"
# Inside the name of a road or an estate no region ends.
_NAME = f"(?:(?![省市区县镇乡]){_PLACE})"
_COUNT = "[0-9一二三四五六七八九十百]"
_ESTATE = "(?:小区|花园|花苑|公寓|新村|家园|大厦|广场|宿舍|社区|[苑园庭府湾里城村])"
_REGION = re.compile(
    rf"(?:(?:{_PROVINCES})(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)?)?"
    rf"(?:(?:{_PLACE}){{1,6}}(?:自治州|地区|市|盟))?(?:(?:{_PLACE}){{1,6}}[区县旗市])?"
    rf"(?:(?:{_PLACE}){{1,6}}(?:街道|镇|乡))? ?$"
)
_UNIT = (
    rf"(?:[ ,]?(?:{_NAME}{{2,8}}{_ESTATE})?[A-Za-z]?{_COUNT}{{1,5}}"
    rf"(?:号楼|单元|[栋幢座室房户层楼号门弄]))"
)
_CORE = re.compile(
    rf"(?:(?P<road>{_NAME}{{1,8}}(?:大道|大街|胡同|[路街巷弄道])(?:[东西南北中]段?|[一二三四五六七八九十]{{1,2}}段)?)"
    rf"(?P<house>{_COUNT}{{1,5}})(?:-[0-9]{{1,4}})?(?:号(?!线|文|令|机)|弄)"
    rf"|{_NAME}{{1,10}}{_ESTATE}[A-Za-z]?{_COUNT}{{1,4}}(?:号楼|单元|[栋幢座期]))"
    rf"(?P<units>{_UNIT}*(?:[ -]?[0-9]{{1,4}}(?:-[0-9]{{2,4}}){{0,2}}(?![0-9.年月日元块%]))?)"
)
_CUE = re.compile("(?:地址|收货|收件|住在|家住|住址|寄到|送到|位于)[是为在: ]{0,3}$")
_REGION_REACH = 36


def _is_address(core: re.Match[str], region: str, lead: str) -> bool:
    if core["units"] or region.strip() or _CUE.search(lead):
        return True
    return core["house"] is not None and core["house"].isdecimal() and int(core["house"]) > 31


def address(text: str) -> Iterator[Span]:
    """Yield the spans of postal addresses in folded text, region included."""
    for core in _CORE.finditer(text):
        lead = text[max(0, core.start() - _REGION_REACH) : core.start()]
        found = _REGION.search(lead)
        region = found[0] if found else ""
        if _is_address(core, region, lead[: len(lead) - len(region)]):
            yield core.start() - len(region), core.end()
