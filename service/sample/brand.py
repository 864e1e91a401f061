"""The fictional brand 云岭 (Yunling): its products, where its customers live, where they talk."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the brand; `price` is in fen, `share` is its share of what is sold."""

    name: str
    industry: str
    price: int
    share: float
    aliases: tuple[str, ...]


PRODUCTS = MappingProxyType(
    {
        "kettle": Product("电热水壶K2", "家电", 9_900, 0.24, ("云岭水壶", "云岭K2", "这个烧水壶")),
        "airfryer": Product("空气炸锅A5", "家电", 39_900, 0.17, ("云岭炸锅", "云岭A5", "空气炸锅")),
        "hairdryer": Product(
            "吹风机H3", "个护", 25_900, 0.16, ("云岭吹风机", "云岭H3", "这把吹风机")
        ),
        "toothbrush": Product(
            "电动牙刷T1", "个护", 16_900, 0.19, ("云岭牙刷", "云岭T1", "电动牙刷")
        ),
        "nuts": Product("每日坚果", "食品", 6_900, 0.24, ("云岭坚果", "云岭每日坚果", "这款坚果")),
        "store": Product("云岭商城", "零售", 0, 0.0, ("云岭商城", "云岭App")),
    }
)
GOODS = tuple(key for key, product in PRODUCTS.items() if product.price)

CITY_REGION = MappingProxyType(
    {
        "广州": "广东",
        "深圳": "广东",
        "东莞": "广东",
        "杭州": "浙江",
        "宁波": "浙江",
        "南京": "江苏",
        "苏州": "江苏",
        "上海": "上海",
        "北京": "北京",
        "成都": "四川",
        "武汉": "湖北",
        "济南": "山东",
        "郑州": "河南",
        "长沙": "湖南",
        "西安": "陕西",
        "福州": "福建",
        "沈阳": "辽宁",
        "南宁": "广西",
    }
)
SOCIAL_PLATFORMS = MappingProxyType({"微博": 0.45, "小红书": 0.30, "抖音": 0.25})
SHOP_PLATFORMS = MappingProxyType({"天猫": 0.45, "京东": 0.35, "云岭商城": 0.20})
SUPPORT_PLATFORM = "在线客服"
