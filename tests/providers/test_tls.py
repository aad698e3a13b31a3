"""TLS to services: whose certificate is taken, which pins hold, and that the end of a body is not forged."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
import warnings
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from providers import HostRefused, NetworkFailed, PinMismatch, Pool, TimedOut
from tests.providers.certificates import made, serving, trusting
from tests.providers.raw import OK, ask, network, read_request, says, server, whole

ANSWER = says(OK + b"Content-Length: 2\r\n\r\nok", stay=True)
HERE = "127.0.0.1"


def pin(address: str = HERE) -> str:
    key = x509.load_pem_x509_certificate(made(address)[0]).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


def pinned(*pins: str) -> dict[str, Any]:
    return {"extensions": {"pins": pins}}


async def test_a_trusted_certificate_is_taken_and_the_connection_kept() -> None:
    async with server(ANSWER, serving()) as there, network(there, verify=trusting(HERE)) as net:
        for _ in range(3):
            assert await whole(net, there.url) == (200, b"ok")
        assert there.connections == 1


async def test_a_certificate_of_nobody_is_refused_before_anything_is_sent() -> None:
    seen: list[bytes] = []

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))

    async with server(listens, serving()) as there, network(there) as net:
        with pytest.raises(NetworkFailed, match=r"The certificate of 127\.0\.0\.1:\d+ is not valid") as failed:
            await whole(net, there.url)
        assert failed.value.unsent and not failed.value.retryable and not seen and net.pool() == Pool(0, 0)


async def test_a_certificate_of_somebody_else_is_refused() -> None:
    other = "other.example"
    async with server(ANSWER, serving(other)) as there, network(there, verify=trusting(other)) as net:
        with pytest.raises(NetworkFailed, match="is not valid"):
            await whole(net, there.url)


async def test_the_name_is_told_and_checked() -> None:
    names: list[str | None] = []
    context = serving("service.example")
    context.sni_callback = lambda connection, name, _: names.append(name)

    async def here(host: str, port: int) -> list[str]:
        return [HERE]

    async with server(ANSWER, context) as there:
        async with network(there, verify=trusting("service.example"), resolver=here) as net:
            net.carrier.guard.private |= {f"service.example:{there.port}"}  # type: ignore[attr-defined]
            assert await whole(net, f"https://service.example:{there.port}/") == (200, b"ok")
            with pytest.raises(HostRefused):
                await whole(net, f"https://another.example:{there.port}/")
    assert names == ["service.example"]


async def test_old_tls_is_not_spoken() -> None:
    careless = trusting(HERE)
    old = serving()
    for context in (careless, old):
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        careless.minimum_version = ssl.TLSVersion.TLSv1
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    async with server(ANSWER, old) as there, network(there, verify=careless) as net:
        with pytest.raises(NetworkFailed, match="No TLS connection"):
            await whole(net, there.url)


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""], ids=["speaks HTTP", "hangs up"])
async def test_no_tls_at_all_is_said(reply: bytes) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(reply)

    async with server(plain) as there, network(there) as net:
        with pytest.raises(NetworkFailed, match="No TLS connection") as failed:
            await whole(net, there.url.replace("http:", "https:"))
        assert failed.value.unsent and net.pool() == Pool(0, 0)


async def test_a_handshake_that_is_left_closes_the_connection() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set()

    async with server(silent) as there, network(there) as net:
        with pytest.raises(TimedOut) as failed:
            limits = {"timeout": {"connect": 0.05}}
            await whole(net, there.url.replace("http:", "https:"), extensions=limits)
        assert failed.value.unsent
        await asyncio.wait_for(gone.wait(), 5)


async def test_a_pinned_certificate_is_taken() -> None:
    async with server(ANSWER, serving()) as there, network(there, verify=trusting(HERE)) as net:
        assert await whole(net, there.url, **pinned("A" * 43 + "=", pin())) == (200, b"ok")


async def test_another_certificate_is_refused_before_anything_is_sent() -> None:
    seen: list[bytes] = []

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read())

    async with server(listens, serving()) as there, network(there, verify=trusting(HERE)) as net:
        with pytest.raises(PinMismatch) as failed:
            await whole(net, there.url, **pinned(pin("other.example")))
        assert failed.value.presented == pin()
        assert str(failed.value) == f"127.0.0.1:{there.port} presented a certificate that is not among its pins."
        assert failed.value.unsent and net.pool() == Pool(0, 0)
        await asyncio.sleep(0.05)
        assert seen in ([], [b""])


async def test_a_pin_takes_no_certificate_that_is_not_trusted() -> None:
    async with server(ANSWER, serving()) as there, network(there) as net:
        with pytest.raises(NetworkFailed, match="is not valid"):
            await whole(net, there.url, **pinned(pin()))


async def test_pins_without_tls_do_not_hold() -> None:
    async with server(ANSWER) as there, network(there) as net:
        with pytest.raises(NetworkFailed, match="not among its pins"):
            await whole(net, there.url, **pinned(pin()))


async def test_a_connection_made_without_pins_is_not_used_with_them() -> None:
    async with server(ANSWER, serving()) as there, network(there, verify=trusting(HERE)) as net:
        assert await whole(net, there.url) == (200, b"ok")
        with pytest.raises(NetworkFailed, match="not among its pins"):
            await whole(net, there.url, **pinned(pin("other.example")))
        for _ in range(2):
            assert await whole(net, there.url, **pinned(pin())) == (200, b"ok")
        assert there.connections == 3 and net.pool() == Pool(busy=0, idle=2)


@pytest.mark.parametrize("honest", [True, False])
async def test_the_end_of_a_body_without_length_is_told_from_a_cut(honest: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK + b"\r\nuntil it closes")
        await writer.drain()
        await asyncio.sleep(0.02)
        if not honest:
            writer.get_extra_info("socket")._sock.shutdown(1)  # as anybody on the way may do
            await asyncio.sleep(60)

    async with server(serve, serving()) as there, network(there, verify=trusting(HERE)) as net:
        if honest:
            assert await whole(net, there.url) == (200, b"until it closes")
        else:
            with pytest.raises(NetworkFailed):
                await whole(net, there.url)


async def test_much_goes_both_ways_whole() -> None:
    size = 8 * 1024 * 1024

    async def echoes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = (await read_request(reader)).partition(b"\r\n\r\n")[2]
        writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(content))
        for start in range(0, len(content), 100_003):
            writer.write(content[start : start + 100_003])
            await writer.drain()
        await reader.read()

    async with server(echoes, serving()) as there, network(there, verify=trusting(HERE)) as net:
        content = bytes(range(256)) * (size // 256)
        response = await ask(net, there.url, content=content)
        arrived = bytearray()
        async for chunk in response.stream:  # type: ignore[union-attr]
            arrived += chunk
            await asyncio.sleep(0.0005)  # a reader slow enough to have the service wait
        assert arrived == content and net.pool() == Pool(busy=0, idle=1)


async def test_leaving_closes_at_once() -> None:
    gone = asyncio.Event()

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK + b"Content-Length: 9\r\n\r\nhi")
        try:
            await reader.read()
        finally:
            gone.set()

    async with server(drips, serving()) as there, network(there, verify=trusting(HERE)) as net:
        response = await ask(net, there.url)
        await response.aclose()
        assert net.pool() == Pool(0, 0)
        await asyncio.wait_for(gone.wait(), 5)
