"""Where Vertex AI is: its hosts by location, its resources by project.

https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from providers._failures.errors import InvalidRequest
from providers._joining import is_version, join_once

GLOBAL = "global"
ROOT = "aiplatform.googleapis.com"  # the host of the location `global`
LOCATION = re.compile(r"global|[a-z]{2}|[a-z]+(?:-[a-z]+)+\d{1,2}")
PROJECT = re.compile(r"(?:[a-z0-9.-]{1,80}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{4,20}")
VERSION = "v1"
OURS = "-"  # stands for the project, or location, of the configuration
UNPLACED = ("projects", "publishers")  # a path that begins so says by itself what it belongs to


def host_of(location: str) -> str:
    """The host of a location."""
    if location == GLOBAL:
        return ROOT
    return f"aiplatform.{location}.rep.googleapis.com" if len(location) == 2 else f"{location}-{ROOT}"


def joined(root: list[str], path: list[str], project: str, location: str) -> list[str]:
    """Root and path with a version, and with project and location before what belongs to them.

    Raises InvalidRequest for a path of another location: its models are at another host.
    """
    head = path[:1] if path and is_version(path[0]) else []
    rest = placed(path[len(head) :], project, location)
    if root and is_version(root[-1]):
        return join_once(root, rest)
    return join_once(root, [*(head or [VERSION]), *rest])


def placed(rest: list[str], project: str, location: str) -> list[str]:
    """The resource that a path without its version means."""
    if rest[:1] == ["projects"]:
        return known(rest, project, location)
    if not project or not rest or (rest[0] == "publishers" and not is_method(rest[-1])):
        return rest
    return ["projects", project, "locations", location, *rest]


def known(rest: list[str], project: str, location: str) -> list[str]:
    """A path that names its project, and usually its location."""
    if rest[1:2] == [OURS] and project:
        rest = [rest[0], project, *rest[2:]]
    if len(rest) < 4 or rest[2] != "locations":
        return rest
    if rest[3] not in (OURS, location):
        asked = rest[3][:40] if LOCATION.fullmatch(rest[3]) else "another one"
        message = f"This configuration is for the location {location}, and the request for {asked}."
        raise InvalidRequest(message, code="wrong_location")
    return [*rest[:3], location, *rest[4:]]


def is_method(segment: str) -> bool:
    """Whether a segment calls a method of a resource, as `gemini-2.5-pro:generateContent` does."""
    return ":" in unquote(segment)
