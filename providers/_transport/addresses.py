"""Which addresses an upstream may have: the answer to server-side request forgery, asked at connect time."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Never, whatever a setting says: they hand out a machine's own credentials.
METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.170.23",  # most clouds; containers of AWS
        "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",  # AWS, its containers, Google
        "168.63.129.16", "100.100.100.200", "192.0.0.192",  # Azure (a public address), Alibaba, Oracle
    )
)  # fmt: skip
FORBIDDEN = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/3",
        "2001::/32", "2001:db8::/32", "3fff::/20",  # Teredo; documentation
    )
)  # fmt: skip
GLOBAL_UNICAST = ip_network("2000::/3")  # RFC 4291: beyond it nothing is public, but for NAT64's prefix
NAT64 = ip_network("64:ff9b::/96")
ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214, section 6.1: what stands before the IPv4 address


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside a mapped, NAT64, ISATAP or 6to4 IPv6 address; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64 or int(address) >> 32 & 0xFFFFFFFF in ISATAP:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address.sixtofour is not None else address


@lru_cache(maxsize=512)
def is_public(text: str) -> bool:
    """Whether an upstream may be at this address; a scope (`%eth0`) or anything unreadable is not public."""
    try:
        address = unwrapped(ip_address(text))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and address not in METADATA and not any(address in network for network in FORBIDDEN)


@lru_cache(maxsize=512)
def is_metadata(text: str) -> bool:
    """Whether a cloud's metadata service is at this address, in any spelling."""
    try:
        address = unwrapped(ip_address(text.partition("%")[0]))
    except ValueError:
        return True
    return address in METADATA


@lru_cache(maxsize=512)
def is_literal(host: str) -> bool:
    """Whether a URL's host is an address rather than a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
