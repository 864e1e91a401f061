"""Is a text an advert, a contact drop or filler? Then it is no customer's voice.

Signs of advertising carry points, and a text is spam from three points on. A complaint may well
name WeChat, money or a link (`让我加微信返现，骗子`), so words of complaint raise the bar:
a customer who is counted as spam is lost, an advert that slips through is only noise.
"""

import re
from dataclasses import dataclass
from itertools import islice

from nlp.message import Message
from nlp.text.characters import fold

_ENOUGH = 3
_ENOUGH_BESIDE_COMPLAINT = 6


@dataclass(frozen=True, slots=True)
class _Sign:
    points: int
    pattern: re.Pattern[str]
    reason: Message


def _sign(points: int, pattern: str, en: str, zh: str) -> _Sign:
    return _Sign(points, re.compile(pattern), Message(en, zh))


_CHAT = "(?:微信|薇信|威信|v信|vx|wx|wechat|薇|v|qq|扣扣|企鹅)"
_TRADES = (
    "高仿|莆田|纯原|一比一|原单|代充|代写|代购|代考|代发货|黄牛|祖传|算命|引流|精准粉|搬砖|日收益|保本保息|带单|涨停"
    "|特码|计划群|料群|秒批|不看征信|征信花|pos机|一手流量|流量卡|实名号|高价回收|试[课学]|全网通用|永久免费"
    "|追回.{0,6}(?:资金|损失)|删差评|学习资料|工厂价|男女不限|附近美女|同城约"
)
_SIGNS = (
    _sign(2, _TRADES, "sells what only adverts sell here", "兜售常见于广告的商品或服务"),
    _sign(
        1,
        r"免费(?:领|试|送|用)|[0零]元(?:拿|购|用)|\d元100g|任意提|秒到账",
        "gives something for nothing",
        "声称免费或白送",
    ),
    _sign(
        2,
        r"(?:诚|急|招|聘|找|求|做)[^ ]{0,6}(?:兼职|刷单|代理|宝妈|推广员)|招[^,。! ]{0,8}员[,，]"
        r"|(?:兼职|刷单|副业).{0,12}(?:日结|佣金|加|联系|私|复制|滴滴|宝子)|日结[\d一二三四五六七八九]"
        r"|佣金(?:高|\d)|(?:做任务|点赞).{0,4}(?:佣金|赚|员)|单单结|一单[一\d]+(?:元|块)"
        r"|日(?:赚|入|进)(?:斗金|过千|过百|\d+)|[日天]轻松赚|在家.{0,6}赚钱|动动手指|躺赚|月入(?:过万|\d+)",
        "offers paid clicks or side jobs",
        "招揽刷单或兼职",
    ),
    _sign(
        3,
        r"(?:代开|专业开|可开|出售|大量).{0,4}(?:各类|各种|正规|增值税|普通)?发票"
        r"|(?:代办|专业办).{0,4}(?:证件|文凭|学历|信用卡|贷款)"
        r"|(?:花呗|白条|信用卡).{0,3}(?:套现|提现.{0,4}(?:秒|找我|联系))"
        r"|(?:代刷|刷).{0,3}(?:粉丝|信誉|钻).{0,8}(?:加|联系|找我|元)"
        r"|无抵押.{0,8}(?:放款|贷)|黑户可[办贷]"
        r"|(?:时时彩|北京赛车|百家乐|博彩|真人荷官|六合彩).{0,20}(?:加|注册|群|送|网)",
        "offers invoices, papers, loans or bets for sale",
        "兜售发票、证件、贷款或博彩",
    ),
    _sign(
        2,
        rf"(?:加|➕|\+|私|私聊|私信|找|滴滴|戳).{{0,3}}(?:我|下方|主页|{_CHAT}|裙|群主)"
        rf"|有(?:需要|兴趣|意)的.{{0,6}}(?:加|联系|私|找|{_CHAT})|需要的(?:加|联系|私|滴)"
        r"|想(?:要|做|学|买|瘦)[^,。]{0,4}的.{0,4}(?:加|联系|私|找)|(?:有意|需要的)私"
        r"|进群|加群|加裙|扫码(?:进|领|加)|(?:看|点)我?(?:的?主页|头像|简介)|咨询v",
        "invites to get in touch",
        "招揽联系",
    ),
    _sign(
        1,
        rf"{_CHAT}(?:号|群)?[^\w]{{0,4}}[a-z0-9*_-]{{5,}}|(?<!\d)1[3-9]\d{{9}}(?!\d)|\*{{11}}|群号"
        r"|tg[:,]|公众号(?:搜|[\"“':])|主页有",
        "leaves a contact",
        "留下联系方式",
    ),
    _sign(
        1,
        r"https?://|www\.|(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|cn|net|top|xyz|vip|cc)(?![a-z])"
        r"|\[网址\]|链接.{0,4}(?:点|戳|进|领)|(?:点击?|戳).{0,4}链接",
        "leads to a link",
        "引向链接",
    ),
    _sign(
        2,
        r"(?:领|送|抢|内部|隐藏|大额|免费).{0,4}(?:优惠券|内部券|神券|红包|福利)"
        r"|(?:优惠券|红包|福利).{0,4}(?:群|免费领|领取|等你)|返利|返现群|邀请码|拉新"
        r"|限时特惠|全网最低|厂家直销|一手货源|批发.{0,8}(?:联系|加)",
        "hands out coupons or bargains",
        "派发优惠券或低价信息",
    ),
    _sign(
        2,
        r"淘口令|复制(?:这[段条]|此|本|链接)|帮(?:忙|我)?(?:砍|助力)|[¥€$][a-z0-9]{8,14}[¥€$]",
        "passes on a code to paste",
        "传播口令",
    ),
    _sign(
        2,
        r"(?:专业|正规|诚信|靠谱|老牌)(?:团队|平台|公司|渠道|办理|代).{0,20}(?:加|联系|咨询|私|包)"
        r"|稳赚不赔|保证?(?:盈利|收益|下款|通过)|内幕消息|带你(?:赚钱|上岸|飞)|先做后付|无效退款"
        r"|包(?:过|下款|盈利|教会)|0元(?:加盟|创业|购).{0,8}(?:加|联系|点)",
        "promises profit or success",
        "承诺收益或包过",
    ),
)
_STRONG = tuple(sign for sign in _SIGNS if sign.points > 1)
_COMPLAINT = re.compile(
    "投诉|举报|骗|诈|坑|差评|退款|退货|退钱|垃圾|恶心|上当|维权|曝光|12315|套路|骚扰|不发货|不给|不退|不理"
    "|没收到|没人|不回|太差|很差|失望|(?:让|叫|要|引导|诱导|非要|求)(?:我|人|顾客|客户|加)|怎么办|为什么"
    "|全是|广告|烦|结果|假的|假货|警惕|小心|别信|避雷|不要(?:相信|信|加|点)|提醒"
)

# What hands leave on a keyboard when they only have to fill a box.
_MASHED = re.compile(
    "阿斯顿|撒大声地|啊实打实|啊啊大|撒旦|大撒大|发顺丰|是大法官|打发打发|的撒|爱的色放|法规和|刚好和|规划局"
    "|看了看了|(?:asdf|qwer|zxcv|sdfg|dfgh|fghj|ghjk|hjkl|wert|erty|rtyu|tyui|uiop|xcvb|cvbn|vbnm"
    "|dsad|dfdf|fdfd|jfkd|sdsd)+|(?:qwe|wer|ert|rty|asd|sdf|dfg|fgh|ghj|hjk|jkl|zxc|xcv|cvb|vbn){3,}|[bcdfghjklmnpqrstvwxz]{8,}"
)
_FILLER_SIGNS = frozenset(_MASHED.pattern) | frozenset(map(chr, range(128)))
_EMOTION = frozenset("6!?.~,")
_WORDLESS_FLOOD = 16
_HANZI_LEFT = 2
_GLANCE = 16


def _advert(text: str) -> tuple[Message, ...]:
    if not any(sign.pattern.search(text) for sign in _STRONG):
        return ()  # the weak ones together are never enough
    signs = [sign for sign in _SIGNS if sign.pattern.search(text)]
    enough = _ENOUGH_BESIDE_COMPLAINT if _COMPLAINT.search(text) else _ENOUGH
    if sum(sign.points for sign in signs) < enough:
        return ()
    return tuple(sign.reason for sign in signs)


def _filler(text: str) -> tuple[Message, ...]:
    """Keys without words; a word said twenty times (差评差评差评) is still the customer's word."""
    if _holds_words(set(text[:_GLANCE])) or _holds_words(set(text)):
        return ()
    signs = "".join(text.split())
    rest = _MASHED.sub("", signs)
    hanzi = sum(not sign.isascii() and sign.isalpha() for sign in rest)
    if len(signs) >= 6 and len(rest) * 3 <= len(signs) and hanzi <= _HANZI_LEFT:
        return (Message("random keys, no words", "乱敲键盘，没有词语"),)
    kinds = set(signs)
    flood = len(signs) >= _WORDLESS_FLOOD and len(kinds) <= 3 and all(map(_is_key, kinds))
    if flood and not kinds <= _EMOTION:
        return (Message("the same few keys over and over", "反复堆砌同样几个按键"),)
    return ()


def _holds_words(kinds: set[str]) -> bool:
    """Tell whether more letters than filler may hold are left: most texts need no closer look."""
    left = filter(str.isalpha, kinds - _FILLER_SIGNS)
    return len(list(islice(left, _HANZI_LEFT + 1))) > _HANZI_LEFT


def _is_key(sign: str) -> bool:
    return sign.isascii() or sign in "。、·"


def spam_reasons(text: str) -> tuple[Message, ...]:
    """Return why `text` is spam; empty when it is not.

    Conservative by design: a text with words of complaint is spam only with twice the signs of
    advertising. Works on original and on masked text alike.

    >>> [reason.zh for reason in spam_reasons("诚招兼职刷单，日结300，加微信abc12345")]
    ['招揽刷单或兼职', '招揽联系', '留下联系方式']
    >>> spam_reasons("客服让我加微信退款，结果是骗子")
    ()
    """
    folded = fold(text).lower()
    return _advert(folded) + _filler(folded)


def is_spam(text: str) -> bool:
    """Tell whether `text` is an advert, a contact drop or filler; `spam_reasons` says why."""
    return bool(spam_reasons(text))
