"""Where a webhook may go: no address of our own network, unless its owner allowed it.

Every address of a host is checked, and the connection is made to a checked address, so a name that
answers differently a moment later (DNS rebinding) leads nowhere. Addresses that carry an IPv4
address inside (mapped, 6to4, Teredo, NAT64) are judged by that one as well.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from service.errors import AddressRefusedError

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]
Resolve = Callable[[str, int], Sequence[str]]
NAT64 = ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


def resolve(host: str, port: int) -> Sequence[str]:
    """Return every address of a host, in the order of the system.

    Raises
    ------
    OSError
        It has none, or the name service does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def networks(text: str) -> Networks:
    """Return the networks in a list such as `10.0.0.0/8, 127.0.0.1`.

    Raises
    ------
    ValueError
        One of them is no network.
    """
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


def split_url(url: str) -> SplitResult:
    """Return the parts of an address that may be posted to.

    Raises
    ------
    AddressRefusedError
        It is not http or https, has no host, or carries a name and password.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None or any(c <= " " or c == "\x7f" for c in url):
        raise AddressRefusedError(
            "The target must be an http:// or https:// address of a host, without name and "
            "password in it.",
            "目标须是 http:// 或 https:// 主机地址，且不含用户名与密码。",
        )
    return parts


def port_of(url: SplitResult) -> int:
    """Return the port of an address."""
    return url.port or PORTS[url.scheme]


def checked(
    host: str, port: int, allowed: Networks, resolving: Resolve = resolve
) -> tuple[str, ...]:
    """Return the addresses of a host, when all of them may be called.

    Raises
    ------
    AddressRefusedError
        One of them may not; which one is not told, nor whether anything is there.
    OSError
        The host has no address.
    """
    found = tuple(resolving(host, port))
    if not found:
        raise OSError("no address")
    if not all(may_call(ip_address(each.partition("%")[0]), allowed) for each in found):
        raise AddressRefusedError(
            "The target leads into a private, local or reserved network; whoever runs the "
            "service can allow it in TINGYIN_DELIVERY_NETWORKS.",
            "目标指向私有、本机或保留网络；服务管理者可在 TINGYIN_DELIVERY_NETWORKS 中放行。",
        )
    return found


def may_call(address: Address, allowed: Networks = ()) -> bool:
    """Return whether an address is public, or one that its owner allowed."""
    if any(address.version == net.version and address in net for net in allowed):
        return True
    if isinstance(address, IPv4Address):
        return _public(address)
    translated = _translated(address)
    if translated is not None:
        return may_call(translated, allowed)
    return _public(address) and all(may_call(each, allowed) for each in _tunnelled(address))


def _public(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )


def _translated(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that is called in truth: mapped, or behind NAT64."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _tunnelled(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that a tunnel (6to4, Teredo) would lead through."""
    return tuple(filter(None, (address.sixtofour, *(address.teredo or ()))))
