"""Whether this caller may use this connection at all."""

from __future__ import annotations

from proxy.call import Call, Caller, Connection
from proxy.errors import NoKey, Refused
from proxy.host import Host

SCOPES = {"proxy": "proxy", "unified": "proxy"}  # what a token needs, by the source of the call


def check_scope(caller: Caller, call: Call) -> None:
    """Raise Refused (403) when a token was not made for this."""
    scope = SCOPES.get(call.source)
    if caller.via == "token" and scope is not None and scope not in caller.scopes:
        raise Refused("auth_failed", f"This token does not have the scope “{scope}”.", 403)


async def find_connection(call: Call, host: Host) -> Connection:
    """The caller's connection. Raises Refused (404); a slug `custom/name` stands for connections of that kind alone."""
    kind, _, slug = call.slug.rpartition("/")
    connection = await host.connection(call.caller, slug)
    if connection is None or (kind and connection.target.kind != kind):
        raise Refused("invalid_request", f"You have no provider called “{slug}”.", 404)
    return connection


def check_usable(connection: Connection, call: Call) -> None:
    """Raise Refused when the connection is switched off, NoKey when it lacks its key."""
    if not connection.enabled:
        raise Refused("auth_failed", f"{connection.name} is switched off in the settings.", 403)
    if connection.adapter.needs_key and not connection.has_key and call.provider_key is None:
        raise no_key(connection)


def no_key(connection: Connection) -> NoKey:
    """The refusal for want of a key."""
    return NoKey("auth_failed", f"{connection.name} has no key yet. Put one in, in the settings.", 401)
