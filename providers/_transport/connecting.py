"""Makes a new connection: the name, its addresses, TCP, TLS, the pins. Until it is made, nothing is sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from providers._failures.errors import CertificateInvalid, NetworkFailed, PinMismatch, TimedOut
from providers._transport.dialling import dial
from providers._transport.guard import refusal
from providers._transport.names import Names
from providers._transport.pins import presented
from providers._transport.place import Place
from providers._transport.wire import Owner, Wire

READ = 64 * 1024  # bytes of one read


class Connector:
    """Makes connections for the loop that runs, to checked addresses only."""

    def __init__(self, names: Names, verify: ssl.SSLContext, owner: Owner) -> None:
        self.names = names
        self.verify = verify
        self.owner = owner
        self.buffer = memoryview(bytearray(READ))

    async def connect(self, place: Place, limit: float | None) -> Wire:
        """A new connection within `limit` seconds. Raises HostRefused, NetworkFailed or TimedOut, all unsent."""
        with named_failures(place):
            async with asyncio.timeout(limit):
                with named_lookups(place):
                    addresses = await self.names.find(place.host, place.port)
                return await self._secure(await dial(addresses, place.port), place)

    async def _secure(self, dialled: socket.socket, place: Place) -> Wire:
        transport, wire = await asyncio.get_running_loop().create_connection(
            lambda: Wire(place, self.owner, self.buffer),
            sock=dialled,
            ssl=self.verify if place.tls else None,
            server_hostname=place.host if place.tls else None,
        )
        if place.pins and (pin := presented(transport.get_extra_info("ssl_object"))) not in place.pins:
            wire.close()
            raise PinMismatch(place.name, pin)
        return wire


@contextmanager
def named_lookups(place: Place) -> Iterator[None]:
    """Say that a name was not found, or cannot be one."""
    try:
        yield
    except TimeoutError:
        raise
    except OSError as error:
        raise NetworkFailed(f"The name {place.name} could not be found.", unsent=True) from error
    except UnicodeError as error:
        raise refusal("The address of the provider is not a proper one.") from error


@contextmanager
def named_failures(place: Place) -> Iterator[None]:
    """Turn what goes wrong on the way into failures that are fit to show: the system's own name addresses."""
    try:
        yield
    except TimeoutError as error:
        raise TimedOut(f"{place.name} gave no word within the time allowed.", unsent=True) from error
    except ssl.SSLCertVerificationError as error:
        raise CertificateInvalid(f"The certificate of {place.name} is not valid.", unsent=True) from error
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError) as error:
        if not place.tls:
            raise NetworkFailed(f"{place.name} could not be reached.", unsent=True) from error
        raise NetworkFailed(f"No TLS connection to {place.name} could be made.", unsent=True) from error
    except OSError as error:
        raise NetworkFailed(f"{place.name} could not be reached.", unsent=True) from error
