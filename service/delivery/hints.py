"""What to do about a try that failed, by the word for it.

Codes of robots are those of their makers' pages (open.feishu.cn "custom bot", open.dingtalk.com
"custom robot", developer.work.weixin.qq.com "global error codes").
"""

from collections.abc import Mapping
from types import MappingProxyType

from nlp.message import Message

_SIGNATURE = Message(
    "the signature is not right: give the robot's secret with POST …/rotate, and check the clock "
    "of this machine",
    "签名不符：请用 POST …/rotate 填入机器人的密钥，并核对本机时钟",
)
_KEYWORD = Message(
    "the robot wants a keyword: give it 听音 (Tingyin for a route in English), with which every "
    "message begins",
    "机器人要求关键词：请设为“听音”（英文路由为 Tingyin），每条消息都以它开头",
)
_ADDRESSES = Message(
    "the robot takes only listed addresses: add this machine's to its list",
    "机器人限定来源 IP：请将本机加入其白名单",
)
_CROWDED = Message(
    "too many messages: nothing to do, it is tried again; give the route a window_seconds",
    "消息过多：无需处理，稍后自动重试；可为路由设置 window_seconds",
)
_WRONG_ADDRESS = Message(
    "there is no such robot or page: check the address, and give it with PATCH",
    "没有此机器人或页面：请核对地址，并用 PATCH 更正",
)
HINTS: Mapping[str, Message] = MappingProxyType(
    {
        "address refused": Message(
            "the host leads into a private network: whoever runs the service can allow it in "
            "TINGYIN_DELIVERY_NETWORKS",
            "主机指向私有网络：服务管理者可在 TINGYIN_DELIVERY_NETWORKS 中放行",
        ),
        "host not found": Message(
            "no such name: check the address, and the name service of this machine",
            "找不到主机名：请核对地址与本机的域名解析",
        ),
        "connection": Message(
            "nobody answers there: check address and port, and that a firewall lets it out",
            "无人应答：请核对地址与端口，并确认防火墙放行",
        ),
        "timeout": Message(
            "no answer in time: the receiver should answer at once and work afterwards",
            "超时未应答：接收方应先应答，再处理",
        ),
        "tls": Message(
            "the certificate is not valid for this name, or nobody vouches for it",
            "证书与主机名不符，或未受信任",
        ),
        "broken answer": Message(
            "the connection broke off in mid-answer: look into the receiver's log",
            "应答中断：请查看接收方日志",
        ),
        "redirect": Message(
            "redirects are not followed: give the address that it leads to",
            "不跟随重定向：请直接给出最终地址",
        ),
        "http 401": Message("the receiver wants another key", "接收方要求其他凭证"),
        "http 403": Message("the receiver wants another key", "接收方要求其他凭证"),
        "http 404": _WRONG_ADDRESS,
        "http 410": Message(
            "the receiver wants no more, and the route is switched off: PATCH enabled to true "
            "where that was a mistake",
            "接收方不再接收，路由已停用：若属误判，请用 PATCH 将 enabled 设为 true",
        ),
        "no code in the answer": Message(
            "no robot of this kind answers there: check kind and address",
            "该地址不是此类机器人：请核对 kind 与地址",
        ),
        "no mail server is set": Message("set TINGYIN_SMTP_URL", "请设置 TINGYIN_SMTP_URL"),
        "no STARTTLS or login offered": Message(
            "the mail server offers no encryption: use smtps://, or smtp+plain:// for a relay on "
            "this machine",
            "邮件服务器不支持加密：请改用 smtps://；仅本机中继可用 smtp+plain://",
        ),
        "recipients refused": Message(
            "the mail server takes none of the recipients: check them",
            "邮件服务器拒收全部收件人：请核对",
        ),
        "smtp 535": Message(
            "name or password of TINGYIN_SMTP_URL is wrong",
            "TINGYIN_SMTP_URL 中的用户名或密码有误",
        ),
        "code 19001": _WRONG_ADDRESS,
        "code 19021": _SIGNATURE,
        "code 19022": _ADDRESSES,
        "code 19024": _KEYWORD,
        "code 11232": _CROWDED,
        "code 9499": _CROWDED,
        "errcode 310000": Message(
            f"a guard of the robot refused it. One of: {_SIGNATURE.en}; {_KEYWORD.en}; "
            f"{_ADDRESSES.en}",
            f"被机器人的安全设置拒绝，原因为下列之一：{_SIGNATURE.zh}；{_KEYWORD.zh}；"
            f"{_ADDRESSES.zh}",
        ),
        "errcode 130101": _CROWDED,
        "errcode 45009": _CROWDED,
        "errcode 93000": _WRONG_ADDRESS,
    }
)


def hint_for(error: str | None) -> Message | None:
    """Return what to do about an error; None where there was none, or nothing is known of it."""
    return None if error is None else HINTS.get(error)
