"""Base URLs that somebody could use to make this server speak to what only it can reach; each with its reason.

Every one is refused by the settings form and the JSON API, and once more, whatever the form said, when a connection
would be made. `NAMES` is the hostile name server: those names look fine, and are refused when they are resolved.
"""

from __future__ import annotations

from typing import NamedTuple


class Hostile(NamedTuple):
    """A base URL, why it is hostile, and a part of the sentence that refuses it in the form."""

    url: str
    why: str
    said: str


PRIVATE = "at a private or reserved address"
NUMBER = "is a number that is not written like"
HOME = "is a name of a private network"
TLS = "Providers are reached over HTTPS only"
SCHEME = "begins with https:// and a host"
UNREADABLE = "This is not an address"
PLAIN = "no spaces, control characters or letters beyond ASCII"
PERSON = "Leave the user name and password out"
TAIL = "Leave out everything from the"
NAME = "is not a proper host name"
DOT = "ends with a dot"
PORT = "is not a web port"
PATH = "The path of an address has no"

FORM = [
    # One address, loopback, in every spelling that some library takes for it
    Hostile("https://127.0.0.1", "loopback", PRIVATE),
    Hostile("https://127.255.255.254", "loopback is a whole /8", PRIVATE),
    Hostile("https://2130706433", "decimal", NUMBER),
    Hostile("https://017700000001", "octal", NUMBER),
    Hostile("https://0x7f000001", "hexadecimal", NUMBER),
    Hostile("https://127.1", "short", NUMBER),
    Hostile("https://127.0.1", "short", NUMBER),
    Hostile("https://0x7f.1", "mixed", NUMBER),
    Hostile("https://0x7F.0.0.0x1", "mixed, in capitals", NUMBER),
    Hostile("https://0177.0.0.01", "octal parts", UNREADABLE),
    Hostile("https://127.000.000.001", "padded", UNREADABLE),
    Hostile("https://127.0.0.1.", "closing dot", NUMBER),
    Hostile("https://256.1.1.1", "a part beyond 255", UNREADABLE),
    Hostile("https://1.2.3.4.5", "five parts", NUMBER),
    Hostile("https://0", "unspecified, short", NUMBER),
    Hostile("https://0.0.0.0", "unspecified: Linux connects to loopback", PRIVATE),
    # IPv4 networks that are not public
    Hostile("https://10.0.0.1", "private (RFC 1918)", PRIVATE),
    Hostile("https://172.16.0.1", "private (RFC 1918)", PRIVATE),
    Hostile("https://172.31.255.255", "private (RFC 1918)", PRIVATE),
    Hostile("https://192.168.1.1", "private (RFC 1918)", PRIVATE),
    Hostile("https://100.64.0.1", "carrier-grade NAT (RFC 6598)", PRIVATE),
    Hostile("https://169.254.0.1", "link-local", PRIVATE),
    Hostile("https://192.0.0.8", "IETF protocol assignments", PRIVATE),
    Hostile("https://192.0.2.1", "documentation", PRIVATE),
    Hostile("https://198.51.100.1", "documentation", PRIVATE),
    Hostile("https://203.0.113.1", "documentation", PRIVATE),
    Hostile("https://192.88.99.1", "6to4 relays", PRIVATE),
    Hostile("https://198.18.0.1", "benchmarks", PRIVATE),
    Hostile("https://224.0.0.1", "multicast", PRIVATE),
    Hostile("https://240.0.0.1", "reserved", PRIVATE),
    Hostile("https://255.255.255.255", "broadcast", PRIVATE),
    # What hands out a machine's own credentials
    Hostile("https://169.254.169.254/latest/meta-data", "metadata: AWS, Google, Azure, Oracle", PRIVATE),
    Hostile("https://169.254.170.2", "metadata: AWS containers", PRIVATE),
    Hostile("https://[fd00:ec2::254]", "metadata: AWS over IPv6", PRIVATE),
    Hostile("https://[fd20:ce::254]", "metadata: Google over IPv6", PRIVATE),
    Hostile("https://168.63.129.16", "metadata: Azure's wire server, a public address", PRIVATE),
    Hostile("https://100.100.100.200", "metadata: Alibaba", PRIVATE),
    Hostile("https://192.0.0.192", "metadata: Oracle", PRIVATE),
    Hostile("https://metadata.google.internal", "metadata: Google by name", HOME),
    Hostile("https://instance-data", "metadata: AWS by name", HOME),
    # IPv6 that is not public
    Hostile("https://[::1]", "loopback", PRIVATE),
    Hostile("https://[0:0:0:0:0:0:0:1]", "loopback, long", PRIVATE),
    Hostile("https://[::]", "unspecified", PRIVATE),
    Hostile("https://[fe80::1]", "link-local", PRIVATE),
    Hostile("https://[fe80::1%25eth0]", "link-local with its zone", PRIVATE),
    Hostile("https://[fe80::1%eth0]", "link-local with its zone, not escaped", PRIVATE),
    Hostile("https://[::1%25lo]", "loopback with a zone", PRIVATE),
    Hostile("https://[fc00::1]", "unique local", PRIVATE),
    Hostile("https://[fd12:3456::1]", "unique local", PRIVATE),
    Hostile("https://[fec0::1]", "site-local", PRIVATE),
    Hostile("https://[ff02::1]", "multicast", PRIVATE),
    Hostile("https://[100::1]", "discard", PRIVATE),
    Hostile("https://[2001:2::1]", "benchmarks", PRIVATE),
    Hostile("https://[2001:db8::1]", "documentation", PRIVATE),
    Hostile("https://[3fff::1]", "documentation", PRIVATE),
    Hostile("https://[5f00::1]", "segment routing", PRIVATE),
    Hostile("https://[4000::1]", "outside of what is given out (2000::/3)", PRIVATE),
    # IPv4 inside IPv6
    Hostile("https://[::ffff:127.0.0.1]", "mapped loopback", PRIVATE),
    Hostile("https://[::ffff:a00:1]", "mapped private, in hexadecimal", PRIVATE),
    Hostile("https://[0:0:0:0:0:ffff:a9fe:a9fe]", "mapped metadata, long", PRIVATE),
    Hostile("https://[::127.0.0.1]", "IPv4-compatible", PRIVATE),
    Hostile("https://[::ffff:0:127.0.0.1]", "IPv4-translated (SIIT)", PRIVATE),
    Hostile("https://[64:ff9b::7f00:1]", "NAT64 of loopback", PRIVATE),
    Hostile("https://[64:ff9b::169.254.169.254]", "NAT64 of metadata", PRIVATE),
    Hostile("https://[64:ff9b:1::a00:1]", "NAT64 for local use (RFC 8215)", PRIVATE),
    Hostile("https://[2002:7f00:1::]", "6to4 of loopback", PRIVATE),
    Hostile("https://[2002:a9fe:a9fe::1]", "6to4 of metadata", PRIVATE),
    Hostile("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "Teredo", PRIVATE),
    Hostile("https://[2001:470:1:1:0:5efe:127.0.0.1]", "ISATAP of loopback", PRIVATE),
    Hostile("https://[2001:470:1:1:200:5efe:10.0.0.1]", "ISATAP of a private address", PRIVATE),
    Hostile("https://[127.0.0.1]", "IPv4 in brackets", UNREADABLE),
    Hostile("https://[::1", "no closing bracket", UNREADABLE),
    Hostile("https://[v1.fe80::a]", "an address of the future", UNREADABLE),
    # Names that are known at home
    Hostile("https://localhost", "loopback by name", HOME),
    Hostile("https://LocalHost", "in capitals", HOME),
    Hostile("https://localhost.", "closing dot", DOT),
    Hostile("https://api.localhost", "all of .localhost is loopback", HOME),
    Hostile("https://ip6-localhost", "from /etc/hosts", HOME),
    Hostile("https://router", "no dot in it", HOME),
    Hostile("https://printer.local", "multicast DNS", HOME),
    Hostile("https://db.internal", "private use", HOME),
    Hostile("https://nas.home.arpa", "private use (RFC 8375)", HOME),
    # Letters that turn into others
    Hostile("https://１２７.０.０.１", "full-width digits", PLAIN),
    Hostile("https://127。0。0。1", "ideographic full stops", PLAIN),
    Hostile("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "circled letters", PLAIN),
    Hostile("https://lo\u00adcalhost", "soft hyphen", PLAIN),
    Hostile("https://local\u200bhost", "zero-width space", PLAIN),
    Hostile("https://api\u2024example.com", "one dot leader", PLAIN),
    Hostile("https://xn--", "a malformed IDNA name", UNREADABLE),
    Hostile("https://xn--a.example.com", "a malformed IDNA name", UNREADABLE),
    Hostile("https://loc%61lhost", "an escaped letter", NAME),
    Hostile("https://127%2e0%2e0%2e1", "escaped dots", NAME),
    Hostile("https://%31%32%37.0.0.1", "escaped digits", NUMBER),
    Hostile("https://127.0.0.1%00.example.com", "NUL, escaped", NAME),
    # Two readers, two hosts
    Hostile("https://user:pw@example.com", "user name and password", PERSON),
    Hostile("https://example.com@127.0.0.1", "a user name that looks like the host", PERSON),
    Hostile("https://example.com:443@127.0.0.1", "with a port", PERSON),
    Hostile("https://@127.0.0.1", "an empty user name", PERSON),
    Hostile("https://127.0.0.1#@example.com", "the fragment as the host", TAIL),
    Hostile("https://127.0.0.1?@example.com", "the query as the host", TAIL),
    Hostile("https://example.com\\@127.0.0.1", "backslash", PLAIN),
    Hostile("https:\\\\127.0.0.1", "backslashes for slashes", PLAIN),
    Hostile("https:127.0.0.1", "no slashes", SCHEME),
    Hostile("https:/127.0.0.1", "one slash", SCHEME),
    Hostile("https:///127.0.0.1", "three slashes", SCHEME),
    Hostile("//127.0.0.1", "no scheme", SCHEME),
    Hostile("https://exam\tple.com", "tab inside", PLAIN),
    Hostile("https://exam\nple.com", "newline inside", PLAIN),
    Hostile("https://example.com/\r\nX-Evil: 1", "a header behind the path", PLAIN),
    Hostile("https://example.com/ HTTP/1.1", "a space inside", PLAIN),
    Hostile("https://example.com,127.0.0.1.example.com", "two hosts", NAME),
    Hostile("https://example.com;127.0.0.1.example.com", "two hosts", NAME),
    Hostile("https://a*b.com", "a wildcard", NAME),
    # Other schemes
    Hostile("http://example.com", "no TLS", TLS),
    Hostile("HTTP://example.com", "no TLS, in capitals", TLS),
    Hostile("ftp://example.com", "scheme", SCHEME),
    Hostile("file:///etc/passwd", "scheme", SCHEME),
    Hostile("gopher://127.0.0.1:6379/_INFO", "scheme", SCHEME),
    Hostile("data:text/plain,x", "scheme", SCHEME),
    Hostile("javascript:alert(1)", "scheme", SCHEME),
    Hostile("unix:///run/docker.sock", "scheme", SCHEME),
    Hostile("http+unix://%2frun%2fdocker.sock/v1", "scheme", SCHEME),
    Hostile("ws://example.com", "scheme", SCHEME),
    # Ports
    Hostile("https://example.com:22", "SSH", PORT),
    Hostile("https://example.com:25", "SMTP", PORT),
    Hostile("https://example.com:6379", "Redis", PORT),
    Hostile("https://example.com:0", "no port", SCHEME),
    Hostile("https://example.com:65536", "beyond the last", UNREADABLE),
    Hostile("https://example.com:-1", "negative", UNREADABLE),
    Hostile("https://example.com:+443", "with a sign", UNREADABLE),
    Hostile("https://example.com:443:80", "two", UNREADABLE),
    # Names that are none
    Hostile("https://example.com.", "closing dot", DOT),
    Hostile("https://example..com", "an empty label", NAME),
    Hostile("https://.example.com", "an empty label", NAME),
    Hostile(f"https://{'a' * 64}.com", "a label beyond 63", NAME),
    Hostile(f"https://{'a.' * 127}com", "a name beyond 253", NAME),
    Hostile(f"https://{'a' * 500}.com", "an address beyond 500", "at most 500 characters"),
    # Paths that lead out of themselves
    Hostile("https://example.com/../admin", "a step up", PATH),
    Hostile("https://example.com/v1/../../admin", "steps up", PATH),
    Hostile("https://example.com/%2e%2e/admin", "escaped", PATH),
    Hostile("https://example.com/%252e%252e/admin", "escaped twice", PATH),
    Hostile("https://example.com/..%2fadmin", "with an escaped slash", PATH),
    Hostile("https://example.com/..;/admin", "with a parameter, which some servers cut off", PATH),
    Hostile("https://example.com//127.0.0.1", "an address without a scheme, to a careless joiner", PATH),
    Hostile("https://example.com/%00", "NUL", PATH),
    Hostile("https://example.com/%0d%0aX:1", "an escaped line break", PATH),
    Hostile("https://example.com/%5cadmin", "an escaped backslash", PATH),
    Hostile("https://example.com/%zz", "an escape of nothing", PATH),
    Hostile("https://example.com/v1?key=x", "a query", TAIL),
    Hostile("https://example.com/v1#x", "a fragment", TAIL),
]

PUBLIC = "93.184.215.14"  # never really connected to

NAMES = {  # what the hostile name server says: the form cannot know, the connection is refused
    "private.attacker.example": (["10.1.2.3"], "resolves to a private address"),
    "loopback.attacker.example": (["127.0.0.1"], "resolves to loopback"),
    "metadata.attacker.example": (["169.254.169.254"], "resolves to metadata"),
    "azure.attacker.example": (["168.63.129.16"], "resolves to a metadata service at a public address"),
    "six.attacker.example": (["::1"], "resolves to IPv6 loopback"),
    "mapped.attacker.example": (["::ffff:127.0.0.1"], "resolves to a mapped address"),
    "nat64.attacker.example": (["64:ff9b::a9fe:a9fe"], "resolves to NAT64 of metadata"),
    "zone.attacker.example": (["fe80::1%lo"], "resolves to link-local"),
    "mixed.attacker.example": ([PUBLIC, "127.0.0.1"], "one private address among public ones"),
    "mixed-six.attacker.example": ([PUBLIC, "fd00::1"], "one private IPv6 address among public ones"),
}

HARMLESS = {  # odd, and what they come to
    "HTTPS://API.Example.COM/V1": "https://api.example.com/V1",
    "https://api.example.com:443/v1": "https://api.example.com/v1",
    "https://api.example.com:/v1/": "https://api.example.com/v1",
    "https://api.example.com:8443": "https://api.example.com:8443",
    "https://api_eu.example.com": "https://api_eu.example.com",
    "https://xn--bcher-kva.example.com": "https://xn--bcher-kva.example.com",
    "https://api.example.com/a;b=1/@c/d:e": "https://api.example.com/a;b=1/@c/d:e",
    "https://[2606:4700::1111]": "https://[2606:4700::1111]",
    "https://1.1.1.1": "https://1.1.1.1",
}

LISTED = "gpu.example.com:8080,127.0.0.1:11434,[::1]:1234"  # THINKBACK_PRIVATE_UPSTREAMS

NOT_LISTED = [  # near to what is listed
    Hostile("http://127.0.0.1:11435", "another port", TLS),
    Hostile("http://127.0.0.2:11434", "another address", TLS),
    Hostile("http://127.1:11434", "another spelling", NUMBER),
    Hostile("http://2130706433:11434", "another spelling", NUMBER),
    Hostile("http://localhost:11434", "a name of it", TLS),
    Hostile("http://[::ffff:127.0.0.1]:11434", "its IPv6 form", TLS),
    Hostile("https://[::ffff:127.0.0.1]:11434", "its IPv6 form, with TLS", PRIVATE),
    Hostile("http://[0:0:0:0:0:0:0:1]:1234", "another spelling", TLS),
    Hostile("http://gpu.example.com", "the usual port", TLS),
    Hostile("http://gpu.example.com:8081", "another port", TLS),
    Hostile("http://a.gpu.example.com:8080", "a subdomain", TLS),
    Hostile("http://gpu.example.com.evil.com:8080", "a longer name", TLS),
    Hostile("http://gpu.example.com.:8080", "closing dot", DOT),
]
