"""What people write in support chats that says by itself what it is: fillers, thanks, threats.

Written-out lists, matched on normalised text. They are Mandarin as it is typed; other wording is
not found, and the verdicts that rest on them say which turn they found it in.
"""

import re

from nlp.text import normalise

_HOLD_ON = (
    "请您?稍等(一下|片刻|下)?|稍等(一下|片刻|下|哈|哦)*|等一下|请您?耐心等待(一下)?|请您?稍候|马上|"
    "(正在|在|先|这就)?(为您|帮您|给您)?(查询|核实|查看|处理|转接|看一下|查一下)(中|一下)?|"
    "请不要着急|别着急|不要急"
)
_POLITE = (
    "您好|你好|亲亲?|在的|在呢|欢迎光临\\w*|欢迎咨询\\w*|\\w{0,8}很高兴(能)?(为|给)您服务|"
    "(请问)?有什么(可以|能)(帮|帮助|帮到|为)\\w*|(非常|十分|真的|实在|很)?(抱歉|对不起|不好意思)|"
    "(给|为)?您?(带来|造成)了?\\w{0,4}(不便|困扰|麻烦)|(敬请|还请|请您?|望您?)?(谅解|理解|见谅|海涵)|"
    "(非常|十分)?(感谢|谢谢)(您的?|亲的?)?(理解|支持|耐心等待|反馈|咨询|来电|配合|关注)?|"
    "(非常|十分|很)?(能)?理解您的?(心情|感受)?|(祝您|祝你)\\w+"
)
_PROMISE = (
    "(我们|我|这边|客服|后续)?(会|将|一定|一定会)?(尽快|及时|马上|第一时间)"
    "(为您|帮您|给您)?(处理|核实|反馈|回复|解决|跟进|联系您|答复)(的|您)?|"
    "(我们|这边)?(会|将)(为您|帮您)?(反馈|跟进|改进|重视)\\w{0,4}"
)
_SMALL = (
    "我们|我|这边|为您|帮您|给您|您的?|问题|好的|好|嗯+|收到|是的|哦|呢|哈|了|的|呀|啊|哟|请|~|～"
)
_FILLER = re.compile("|".join((_PROMISE, _POLITE, _HOLD_ON, _SMALL)))
_LETTERS = re.compile(r"[^\W_]")
MOST_LETTERS_OF_FILLER = 2

_QUESTION = re.compile(
    "[?？]|[吗呢么]$|怎么|为什么|为啥|什么时候|啥时候|多久|多少|哪里|哪个|几天|能不能|可不可以|是不是|有没有"
)
_AUTHORITIES = "12315|12345|消协|消费者协会|工商局?|市场监管|监管局|银保监|工信部|黑猫"
_PUBLIC = "曝光|(发|挂|放|传)(到|在|上)?(网上|微博|小红书|抖音|朋友圈)|媒体|记者|电视台"
_LAW = "起诉|法院|律师|报警|维权|打官司"
_THREAT = re.compile("|".join((_AUTHORITIES, _PUBLIC, _LAW)))
_AGAIN = re.compile(
    "(第[二三四五六七八九十2-9]|好几|[三四五六2-9])[次遍回]|[问说打催](了|过)?(两|三|四|五|好几|无数)[次遍个]|"
    "上次\\w{0,6}(找|联系|问|说|同事|寄|反馈)|(昨天|前天|上周|上礼拜|之前|前几天)\\w{0,4}"
    "(就|已经)?\\w{0,3}(问|联系|反馈|找|说|传|发)过|又来(问|找|催)|每次都这么"
)
_SOLVED = re.compile(
    "(已经|终于|都)?解决(了|好了)|(弄|搞|修|处理|退|收|补|换|领|查|找)(好|到)了|可以(用)?了|没问题了|恢复了|到账了"
)
_UNSOLVED = re.compile(
    "(没|未|没有|还没|不能|不)(得到)?(解决|处理)|(还是|依然|仍然)(不|没|打不开|一样)|没用|每次都这么|"
    "没有?一次|快一?点|尽快(处理|解决|给|回|退|发)|再不\\w{0,6}(就|我)|什么时候才"
)
_GAVE_UP = re.compile("^(那|那就)?(算了|不用了|不问了|不说了|懒得)")
_THANKS = re.compile("谢|感谢|辛苦|麻烦(你|您)了|好评|点赞|👍|🙏")
_ACCEPTS = re.compile(
    "^(那|那就)?(嗯+)?(好(的|吧|嘞|哒|滴)?|行(吧|的)?|可以(的|吧)?|收到|明白(了)?|知道了|了解了?|清楚了|"
    "没(有)?了|没问题|ok(的|ay)?|哦+(这样|好的)?)"
)
MOST_LETTERS_OF_ACCEPTANCE = 12


def is_filler(text: str) -> bool:
    """Return whether an agent's text says nothing: greeting, apology, hold-on, bare promise.

    >>> is_filler("亲，非常抱歉给您带来不便，请您耐心等待哦~"), is_filler("今天下午五点前发出。")
    (True, False)
    """
    rest = _FILLER.sub("", _plain(text))
    return len(_LETTERS.findall(rest)) <= MOST_LETTERS_OF_FILLER


def is_question(text: str) -> bool:
    """Return whether a text asks in its form.

    >>> is_question("什么时候发货"), is_question("好的谢谢")
    (True, False)
    """
    return bool(_QUESTION.search(_plain(text).rstrip("。!！~ ")))


def threat(text: str) -> str | None:
    """Return the words with which a text names a regulator, a court, the police or the public.

    >>> threat("再不解决我直接12315")
    '12315'
    """
    return _found(_THREAT, text)


def says_again(text: str) -> str | None:
    """Return the words with which a text says that it is not the first contact.

    >>> says_again("已经是第三次联系你们了")
    '第三次'
    """
    return _found(_AGAIN, text)


def says_solved(text: str) -> str | None:
    """Return the words with which a text says that the problem is solved."""
    return None if says_unsolved(text) or is_question(text) else _found(_SOLVED, text)


def says_unsolved(text: str) -> str | None:
    """Return the words with which a text says that the problem is not solved."""
    return _found(_UNSOLVED, text)


def gives_up(text: str) -> str | None:
    """Return the words with which a customer gives up; a refusal with thanks is none."""
    return None if _THANKS.search(_plain(text)) else _found(_GAVE_UP, text)


def accepts(text: str) -> str | None:
    """Return the words with which a customer takes an answer as given: thanks, or a short yes.

    >>> accepts("好的谢谢"), accepts("好，那你们到底什么时候给我退这笔钱")
    ('谢', None)
    """
    if is_question(text):
        return None
    if thanks := _found(_THANKS, text):
        return thanks
    short = len(_LETTERS.findall(text)) <= MOST_LETTERS_OF_ACCEPTANCE
    return _found(_ACCEPTS, text) if short else None


def letters(text: str) -> str:
    """Return the letters and digits of a text, normalised, in lower case."""
    return "".join(_LETTERS.findall(_plain(text)))


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(_plain(text))
    return match[0] if match else None


def _plain(text: str) -> str:
    return normalise(text).text.lower().strip()
