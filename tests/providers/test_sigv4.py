"""AWS Signature Version 4, by the vectors that AWS published (aws4_testsuite) and by botocore's own signer."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import Request
from providers._bedrock.sigv4 import AccessKey, Scope, canonical_path, read_pair, sign

KEY = AccessKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
MOMENT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
SCOPE = Scope(MOMENT, "us-east-1", "service")
SESSION = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7"
    "mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d"
    "+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
FORM = [("content-type", "application/x-www-form-urlencoded")]
TRIMMED = [("My-Header1", " value1"), ("My-Header2", '"a   b   c"')]
VECTORS = [  # name, method, target, headers, body, signature
    ("get-vanilla", "GET", "/", [], b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", [], b"",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ("get-header-value-trim", "GET", "/", TRIMMED, b"",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ("post-vanilla", "POST", "/", [], b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ("post-header-value-case", "POST", "/", [("My-Header1", "VALUE1")], b"",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    ("post-x-www-form-urlencoded", "POST", "/", FORM, b"Param1=value1",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
]  # fmt: skip


def asked(method: str, url: str, headers: list[tuple[str, str]] | None = None, body: bytes = b"") -> Request:
    """A request with its host among its headers."""
    made = httpx.URL(url)
    fields = [(b"host", made.netloc)] + [(name.encode(), value.encode()) for name, value in headers or ()]
    return Request(method, made, fields, body)


@pytest.mark.parametrize(("name", "method", "target", "headers", "body", "signature"), VECTORS)
def test_published_vectors(
    name: str, method: str, target: str, headers: list[tuple[str, str]], body: bytes, signature: str
) -> None:
    request = asked(method, f"https://example.amazonaws.com{target}", headers, body)
    signed = dict(sign(request, KEY, SCOPE))
    names = sorted([*(name.lower() for name, _ in headers), "host", "x-amz-date"])
    place = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
    told = f"AWS4-HMAC-SHA256 Credential={place}, SignedHeaders={';'.join(names)}"
    assert signed == {b"x-amz-date": b"20150830T123600Z", b"authorization": f"{told}, Signature={signature}".encode()}


def test_published_vector_of_a_session_token() -> None:
    signed = dict(sign(asked("POST", "https://example.amazonaws.com/"), KEY._replace(session_token=SESSION), SCOPE))
    assert signed[b"x-amz-security-token"] == SESSION.encode()
    assert signed[b"authorization"].endswith(
        b"SignedHeaders=host;x-amz-date;x-amz-security-token, "
        b"Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    )


def test_a_path_is_encoded_once_more_than_it_is_sent() -> None:
    assert canonical_path("/\u1234") == "/%E1%88%B4"  # get-utf8
    assert canonical_path("/example space/") == "/example%20space/"  # get-space
    assert canonical_path("/model/a%3A0/converse") == "/model/a%253A0/converse"


def by_botocore(request: Request, key: AccessKey, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """What AWS's own program puts into `Authorization`."""
    headers = {name.decode(): value.decode() for name, value in request.headers if name != b"host"}
    theirs = AWSRequest(request.method, str(request.url), headers=headers, data=request.content)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment.replace(tzinfo=None))
    SigV4Auth(Credentials(key.id, key.secret, key.session_token or None), "bedrock", "eu-central-1").add_auth(theirs)
    return str(theirs.headers["Authorization"])


PARTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/?#%\\"), min_size=1, max_size=12
)


@settings(max_examples=80, deadline=None)
@given(st.lists(PARTS, max_size=4), st.binary(max_size=60), st.booleans(), st.datetimes(datetime(2015, 1, 1)))
def test_it_agrees_with_botocore(path: list[str], body: bytes, temporary: bool, moment: datetime) -> None:
    parts = [part for part in path if part not in (".", "..")]
    url = f"https://bedrock-runtime.eu-central-1.amazonaws.com/model/a%3A0/{'/'.join(parts)}?maxResults=10&type=A%20B"
    request = asked("POST", url, [("content-type", "application/json")], body)
    key = KEY._replace(session_token=SESSION) if temporary else KEY
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as patch:
        theirs = by_botocore(request, key, moment, patch)
    assert dict(sign(request, key, Scope(moment, "eu-central-1", "bedrock")))[b"authorization"].decode() == theirs


def test_a_key_in_one_line() -> None:
    identity, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    assert read_pair(f"{identity}:{secret}") == (identity, secret, "")
    assert read_pair(f"{identity}:{secret}:{SESSION}") == (identity, secret, SESSION)
    for other in (
        "",
        identity,
        f"{identity}:",
        f"{identity}:{secret}:",
        "ABSKQmVkcm9jaw==",
        "sk-x:y",
        f"{identity} {secret}",
    ):
        assert read_pair(other) is None


def test_a_key_is_not_shown() -> None:
    assert "wJalr" not in repr(KEY)
