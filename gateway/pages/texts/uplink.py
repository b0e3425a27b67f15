"""What is wrong with the road to the centre, as one word of it, in; what the line at the top of every page says, out.

The words say what to look at: whoever reads them has no log. Nothing is lost meanwhile, which the page says as well.
"""

from collections.abc import Mapping

from devices.mqtt import Trouble
from gateway.view import UNCONFIRMED
from gateway.words.language import Words

TROUBLES: Mapping[str, Words] = {
    Trouble.AWAY: Words("断网", "offline"),
    Trouble.FILES: Words("密码或证书文件读不出", "its password or certificate file cannot be read"),
    Trouble.CERTIFICATE: Words("证书对不上", "the certificates do not fit"),
    Trouble.PROTOCOL: Words(
        "服务器没有应答：查 protocol、tls、端口", "no answer from the broker: see protocol, tls, port"
    ),
    Trouble.REFUSED: Words("服务器不认：查用户名、密码", "refused by the broker: see user and password"),
    Trouble.TAKEN_OVER: Words("另有一台用了同一个 client_id", "another one has the same client_id"),
    Trouble.QOS: Words("服务器不收需确认的消息（QoS 1）", "the broker takes no QoS 1"),
    Trouble.DROPPED: Words("一接上就被断开：查权限、client_id", "dropped at once: see access list and client_id"),
    Trouble.WRITE: Words("服务器不收上报：查权限", "the broker takes no alerts: see its access list"),
    Trouble.READ: Words("收不到中心的话：查权限", "may not hear the centre: see the access list"),
    Trouble.TOO_LARGE: Words("有消息超过服务器上限", "a message is larger than the broker takes"),
    UNCONFIRMED: Words("已发出，中心没有确认", "sent, and the centre confirms nothing"),
}
