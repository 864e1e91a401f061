"""Categories of a phone shop with examples of their own, and the classifier learnt from them."""

import pytest

from nlp.encoder import Runtime, read_artifact
from nlp.taxonomy import learn, read_taxonomy

EXAMPLES = {
    "充电": (
        "充了一晚上只有百分之二十",
        "充电口松动，线一碰就断",
        "快充不起作用，充满要五个小时",
        "新买的充电头发烫得厉害",
        "无线充电放上去没反应",
        "用了一年电池掉电特别快",
        "充电时屏幕自己乱跳",
        "插上充电器提示不支持",
    ),
    "物流": (
        "快递在路上走了九天",
        "包裹显示签收但我没收到",
        "快递员把东西扔在楼下就走了",
        "物流信息三天没有更新",
        "箱子压扁了，里面都碎了",
        "送货约了两次都没来",
        "发货太慢，等到活动都结束了",
        "配送员态度恶劣还不送上楼",
    ),
    "客服": (
        "客服半天不回消息",
        "打了五次热线都没人接",
        "机器人答非所问，转不了人工",
        "客服说帮我查，然后就没下文了",
        "售前热情，售后装死",
        "客服让我自己去找厂家",
        "回复全是复制粘贴的套话",
        "投诉之后没有人联系我",
    ),
    "价格": (
        "刚买完第二天就降价三百",
        "优惠券结账时用不了",
        "同款别家便宜一百多",
        "说好的满减根本没有减",
        "运费比商品还贵",
        "会员价和普通价一样",
        "活动前先涨价再打折",
        "差价申请被拒绝了",
    ),
}
ENGLISH = {"充电": "Charging", "物流": "Delivery", "客服": "Staff", "价格": "Price"}
UNSEEN = {
    "充电": ("充电特别慢，一晚上都充不满", "充电线插上没反应"),
    "物流": ("快递一直不送，物流也不更新", "包裹送丢了"),
    "客服": ("人工客服怎么都联系不上", "客服一直不理人"),
    "价格": ("买完就降价，不给补差价", "优惠券根本不能用"),
}


def as_yaml(examples=EXAMPLES) -> str:
    lines = ["categories:"]
    for name, texts in examples.items():
        lines += [f"  - name: {name}", f"    en: {ENGLISH.get(name, name)}", "    examples:"]
        lines += [f"      - {text}" for text in texts]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def runtime():
    return Runtime(read_artifact())


@pytest.fixture(scope="session")
def taxonomy(tmp_path_factory):
    path = tmp_path_factory.mktemp("taxonomy") / "categories.yaml"
    path.write_text(as_yaml(), encoding="utf-8")
    return read_taxonomy(path)


@pytest.fixture(scope="session")
def learnt(taxonomy, runtime):
    return learn(taxonomy, runtime)


@pytest.fixture(scope="session")
def unseen():
    return UNSEEN
