"""Our histogram says what prometheus_client's own would say of the same observations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from thinkback.monitoring.distribution import Distribution

BOUNDS = (0.5, 1.0, 2.5, 67108864.0)
Seen = list[tuple[str, float]]
observations = st.lists(
    st.tuples(st.sampled_from(("a", 'b"\n')), st.sampled_from((0.0, *BOUNDS)) | st.floats(0, 1e9, width=32))
)


@given(observations)
def test_it_reads_like_the_librarys_own(seen: Seen) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    distribution = Distribution("waits", "How long.", ("who",), BOUNDS).registered(ours)
    histogram = Histogram("waits", "How long.", ("who",), buckets=BOUNDS, registry=theirs)
    for who, value in seen:
        distribution.cell(who).observe(value)
        histogram.labels(who).observe(value)
    assert lines(ours) == lines(theirs)


def lines(registry: CollectorRegistry) -> list[str]:
    """What Prometheus reads, without the times at which series began."""
    text = generate_latest(registry).decode()
    return [line for line in text.splitlines() if "_created" not in line]
