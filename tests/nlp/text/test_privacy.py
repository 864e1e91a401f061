"""Personal data: what must be found, what must be left alone, and that masking moves nothing."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import KINDS, find_personal_data, mask
from nlp.text.check_digits import is_bank_card, is_id_card, luhn_remainder

# (kind, text, the piece that identifies)
FOUND = [
    ("mobile", "我电话13800138000，快联系我", "13800138000"),
    ("mobile", "打138 0013 8000找我", "138 0013 8000"),
    ("mobile", "打138-0013-8000找我", "138-0013-8000"),
    ("mobile", "手机+86 13912345678", "+86 13912345678"),
    ("mobile", "手机8613912345678", "8613912345678"),
    ("mobile", "手机１３９１２３４５６７８", "１３９１２３４５６７８"),
    ("mobile", "13812345678张先生收", "13812345678"),
    ("mobile", "幺三八零零一三八零零零", "幺三八零零一三八零零零"),
    ("mobile", "1 3 8 0 0 1 3 8 0 0 0", "1 3 8 0 0 1 3 8 0 0 0"),
    ("mobile", "打138\u200b0013\u200b8000", "138\u200b0013\u200b8000"),
    ("landline", "座机010-62345678没人接", "010-62345678"),
    ("landline", "打（0755）86543210", "（0755）86543210"),
    ("landline", "电话0571-88157838-6021", "0571-88157838-6021"),
    ("landline", "电话是88157838", "88157838"),
    ("id_card", "身份证11010519491231002X", "11010519491231002X"),
    ("id_card", "身份证11010519491231002x丢了", "11010519491231002x"),
    ("id_card", "440524188001010014实名", "440524188001010014"),
    ("id_card", "110105 1949 1231 002X", "110105 1949 1231 002X"),
    ("id_card", "老证130503670401001", "130503670401001"),
    ("id_card", "身份证号：110105194912310021", "110105194912310021"),
    ("bank_card", "退到6222021234567890128", "6222021234567890128"),
    ("bank_card", "卡6222 0212 3456 7890 128", "6222 0212 3456 7890 128"),
    ("bank_card", "visa 4111111111111111", "4111111111111111"),
    ("bank_card", "银行卡号：6222021234567890123", "6222021234567890123"),
    ("plate", "车牌粤B12345停在门口", "粤B12345"),
    ("plate", "京A·88888挡路", "京A·88888"),
    ("plate", "沪AD12345是新能源", "沪AD12345"),
    ("plate", "粤Z1234港的车", "粤Z1234港"),
    ("plate", "浙a8k66z超速", "浙a8k66z"),
    ("passport", "E12345678过期了", "E12345678"),
    ("passport", "护照号G87654321", "G87654321"),
    ("passport", "护照EA1234567", "EA1234567"),
    ("passport", "回乡证H12345678", "H12345678"),
    ("email", "发到zhang.san@example.com.cn谢谢", "zhang.san@example.com.cn"),
    ("email", "邮箱ａｂｃ＠qq.com", "ａｂｃ＠qq.com"),
    ("wechat", "加我微信abc_123456", "abc_123456"),
    ("wechat", "微信号：zhangsanfeng", "zhangsanfeng"),
    ("wechat", "vx：hello2023", "hello2023"),
    ("wechat", "v信hello2023聊", "hello2023"),
    ("wechat", "wxid_a1b2c3d4e5f622", "wxid_a1b2c3d4e5f622"),
    ("qq", "QQ：12345678", "12345678"),
    ("qq", "扣扣 3344556677", "3344556677"),
    ("qq", "qq群123456789进来", "123456789"),
    ("order", "订单号：202301150012345678", "202301150012345678"),
    ("order", "单号SF1234567890123还没到", "SF1234567890123"),
    ("order", "YT1234567890123停了三天", "YT1234567890123"),
    ("order", "订单 4123456789012345678 不发货", "4123456789012345678"),
    ("order", "工单编号 KF-2023-998877", "KF-2023-998877"),
    ("order", "EA123456789CN清关", "EA123456789CN"),
    ("address", "在广东省深圳市南山区科技园路1号3栋201室", "广东省深圳市南山区科技园路1号3栋201室"),
    ("address", "我住在中山路128号", "中山路128号"),
    ("address", "寄到杭州市西湖区文三路90号东部苑5号楼301", "杭州市西湖区文三路90号东部苑5号楼301"),
    ("address", "住阳光花园12栋3单元502室", "阳光花园12栋3单元502室"),
    ("address", "北京市朝阳区建国路八十八号", "北京市朝阳区建国路八十八号"),
    ("name", "收货人：张三丰，没收到", "张三丰"),
    ("name", "联系人李四 催单", "李四"),
]  # fmt: skip

LEFT_ALONE = [
    "价格1299元，降到999",
    "2023-01-15下单，2023年2月3日才到",
    "20230115买的",
    "版本12.0.1.20230115",
    "iPhone15ProMax256G",
    "时间1700000000000",
    "订单号是多少",
    "我的订单2023-01-15下的",
    "给我转了13800000000元",
    "订单太多，处理不过来",
    "打12315投诉，95588也不管，400-820-8820没人接",
    "微信支付100元失败",
    "微信转账5000000元",
    "微信小程序打不开",
    "微信iPhone15pro版闪退",
    "用QQ音乐会员88元一年",
    "QQ登录不了",
    "qq飞车很好玩",
    "商品编码1234567812345670",
    "号码1234567890123456789",
    "G12345678次列车",
    "地铁10号线",
    "这条路5号才通车",
    "修路3号开工",
    "走了一路2号才到",
    "新A级车",
    "新iPhone12345",
    "@张三 你好",
    "3.1415926535897932",
    "比分13:12 15:18",
    "我叫了外卖，没到",
    "联系人工客服",
    "姓名写错了",
    "满1000减200，买2送1，共3件",
    "尺寸138*200*90",
    "订单：无",
    "****",
    "",
]


def found_pieces(text):
    return [(data.kind, text[data.start : data.end]) for data in find_personal_data(text)]


@pytest.mark.parametrize(("kind", "text", "piece"), FOUND, ids=[row[1] for row in FOUND])
def test_personal_data_is_found(kind, text, piece):
    assert (kind, piece) in found_pieces(text)


@pytest.mark.parametrize(("kind", "text", "piece"), FOUND, ids=[row[1] for row in FOUND])
def test_only_the_piece_is_masked(kind, text, piece):
    hidden = "".join("*" if sign.isalnum() else sign for sign in piece)
    assert mask(text) == text.replace(piece, hidden)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_not_personal_stays(text):
    assert found_pieces(text) == []
    assert mask(text) == text


def test_every_kind_has_a_fact():
    assert {row[0] for row in FOUND} == set(KINDS)


def test_several_kinds_in_one_text():
    text = "收货人：王小明，电话13800138000，微信abc_123456，地址：中山路128号2楼"
    assert [kind for kind, _ in found_pieces(text)] == ["name", "mobile", "wechat", "address"]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("110105194913310023", False),
        ("990105194912310020", False),
        ("130503670401001", True),
        ("130503671301001", False),
        ("1101051949", False),
    ],
)
def test_id_card_checks(number, valid):
    assert is_id_card(number) is valid


@pytest.mark.parametrize("digit", "0123456789")
def test_one_check_digit_in_ten_is_right(digit):
    right = luhn_remainder("622202123456789012" + digit) == 0
    assert right is (digit == "8")


def test_an_order_number_with_a_luhn_digit_is_no_bank_card():
    assert luhn_remainder("411111111111111111") != 0 or not is_bank_card("411111111111111111")
    assert luhn_remainder("1234567812345670") == 0
    assert not is_bank_card("1234567812345670")


SIGNS = st.sampled_from(
    list("0123456789 -.@:号路街栋室省市区微信电话订单京粤AXEvx我的，\u200b１２\ud800*张人姓名是")
)


@settings(max_examples=150, deadline=None)
@given(st.text(SIGNS | st.characters(), max_size=60))
def test_masking_keeps_the_length(text):
    masked = mask(text)
    assert len(masked) == len(text)
    changed = [(old, new) for old, new in zip(text, masked, strict=True) if old != new]
    assert all(new == "*" and old.isalnum() for old, new in changed)


@settings(max_examples=150, deadline=None)
@given(st.text(SIGNS, max_size=60))
def test_spans_are_ordered_and_apart(text):
    found = find_personal_data(text)
    assert all(0 <= data.start < data.end <= len(text) for data in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
