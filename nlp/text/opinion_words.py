"""The small word classes that hold a phrase of opinion together. Written for Tingyin."""

from nlp.text.words import read_words

NEGATIONS = frozenset(
    {
        "不",
        "没",
        "没有",
        "未",
        "别",
        "无",
        "无法",
        "不能",
        "不会",
        "不要",
        "不让",
        "不给",
        "从不",
        "从没",
    }
    | {"从未", "毫无", "并不", "并没有", "不是", "不肯", "不愿", "拒绝", "拒不", "一直不", "迟迟不"}
)
DEGREES = frozenset(
    {
        "太",
        "很",
        "好",
        "非常",
        "特别",
        "超级",
        "超",
        "十分",
        "极",
        "极其",
        "过于",
        "过分",
        "相当",
        "有点",
    }
    | {
        "有些",
        "挺",
        "这么",
        "那么",
        "越来越",
        "稍",
        "稍微",
        "略",
        "偏",
        "真",
        "真的",
        "实在",
        "有",
        "也",
        "都",
    }
    | {"还", "就", "是", "又", "一直"}
)
VERDICTS = frozenset(
    "慢快差烂贵坏破脏臭小大薄厚硬软重轻短长丑少多好高低吵冷热烫苦酸咸甜淡油干湿假旧错美香亮暗松紧"
) | frozenset(
    {
        "便宜",
        "麻烦",
        "一般",
        "失望",
        "满意",
        "舒服",
        "方便",
        "难吃",
        "好吃",
        "难看",
        "好看",
        "难用",
        "好用",
    }
    | {
        "清晰",
        "模糊",
        "恶劣",
        "热情",
        "敷衍",
        "耐心",
        "垃圾",
        "划痕",
        "破损",
        "异味",
        "过敏",
        "瑕疵",
        "卡顿",
    }
    | {
        "闪退",
        "发烫",
        "发热",
        "漏水",
        "掉色",
        "起球",
        "褪色",
        "破洞",
        "开裂",
        "裂痕",
        "延误",
        "丢失",
        "退款",
    }
    | {
        "投诉",
        "欺骗",
        "骗人",
        "恶心",
        "难闻",
        "刺鼻",
        "超时",
        "舒适",
        "干净",
        "新鲜",
        "精致",
        "实惠",
        "划算",
    }
    | {
        "漂亮",
        "喜欢",
        "推荐",
        "值得",
        "流畅",
        "快捷",
        "及时",
        "周到",
        "贴心",
        "专业",
        "坑人",
        "离谱",
        "差劲",
    }
)
_LEADS = tuple("不没无未太很超极难")


def is_verdict(word: str) -> bool:
    """Tell whether a word judges: 慢, 恶劣, 划痕, and what starts like 不满意 or 太慢.

    >>> is_verdict("太慢"), is_verdict("物流")
    (True, False)
    """
    return word in VERDICTS or (len(word) > 1 and word.startswith(_LEADS))


STOP_WORDS = frozenset(read_words("stopwords.txt")) - NEGATIONS - DEGREES - VERDICTS
