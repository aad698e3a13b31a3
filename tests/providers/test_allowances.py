"""What is left of a rate limit, in the headers of each service as they were seen."""

from __future__ import annotations

import pytest

from providers import Allowance, allowances, telling

NOW = 1_790_000_000.0  # seconds since 1970
OPENAI = {
    "x-ratelimit-limit-requests": "10000", "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-limit-tokens": "200000", "x-ratelimit-remaining-tokens": "199960",
    "x-ratelimit-reset-tokens": "1m12.5s",
}  # fmt: skip
ANTHROPIC = {
    "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "2026-09-21T14:14:20Z", "anthropic-ratelimit-input-tokens-limit": "40000",
    "anthropic-ratelimit-input-tokens-remaining": "40000",
    "anthropic-ratelimit-input-tokens-reset": "2026-09-21T14:13:10Z",
}  # fmt: skip
MISTRAL = {
    "x-ratelimit-limit-req-minute": "60", "x-ratelimit-remaining-req-minute": "59",
    "x-ratelimit-limit-tokens-minute": "50000", "x-ratelimit-remaining-tokens-minute": "47196",
    "x-ratelimit-remaining-tokens-month": "3950246", "x-ratelimit-tokens-query-cost": "2804",
}  # fmt: skip
OPENROUTER = {
    "x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{int((NOW + 30) * 1000)}",
}  # fmt: skip
GITHUB = {
    "x-ratelimit-remaining-requests": "999", "x-ratelimit-limit-requests": "1000",
    "x-ratelimit-renewalperiod-requests": "60", "x-ratelimit-abusepenalty-active": "False",
    "x-ratelimit-reset-requests": "3",
}  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (OPENAI, [Allowance("requests", 9999, 10000, 0.006), Allowance("tokens", 199960, 200000, 72.5)]),
        (ANTHROPIC, [Allowance("requests", 49, 50, 60.0), Allowance("input tokens", 40000, 40000, 0.0)]),
        (
            MISTRAL,
            [
                Allowance("requests per minute", 59, 60),
                Allowance("tokens per minute", 47196, 50000),
                Allowance("tokens per month", 3950246),
            ],
        ),
        (OPENROUTER, [Allowance("requests", 0, 20, 30.0)]),
        (GITHUB, [Allowance("requests", 999, 1000, 3.0)]),
        (
            {"x-ratelimitbysize-remaining-minute": "499000", "x-ratelimitbysize-limit-minute": "500000"},
            [Allowance("tokens per minute", 499000, 500000)],
        ),
        (
            {"x-trial-endpoint-call-limit": "20", "x-trial-endpoint-call-remaining": "19"},
            [Allowance("trial calls per minute", 19, 20)],
        ),
        ({"x-ratelimit-remaining-requests": "-1", "x-ratelimit-remaining-tokens": "5"}, [Allowance("tokens", 5)]),
        ({"x-ratelimit-remaining": "9, 9;w=60", "x-ratelimit-reset": "soon"}, [Allowance("requests", 9)]),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": f"{int(NOW) - 5}"}, [Allowance("requests", 1, None, 0.0)]),
        ({"x-ratelimit-remaining": "many"}, []),
    ],
)
def test_each_service_in_its_own_words(headers: dict[str, str], expected: list[Allowance]) -> None:
    told = telling({"content-type": "application/json", **headers})
    assert "content-type" not in told
    found = allowances(told, NOW)
    assert [(one.what, one.left, one.limit) for one in found] == [(one.what, one.left, one.limit) for one in expected]
    assert [one.whole_in for one in found] == pytest.approx([one.whole_in for one in expected])


def test_a_service_that_says_nothing() -> None:
    assert telling({"content-type": "application/json", "x-request-id": "1", "retry-after": "3"}) == {}


def test_a_thousand_headers_are_not_a_thousand_rows() -> None:
    headers = {f"x-ratelimit-remaining-{chr(97 + at % 26)}{chr(97 + at // 26)}": "1" for at in range(200)}
    told = telling({"x-ratelimit-remaining": "1" * 500, **headers})
    assert "x-ratelimit-remaining" not in told
    assert len(allowances(told, NOW)) == 8
