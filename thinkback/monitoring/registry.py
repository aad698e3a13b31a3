"""Everything that is measured in this process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from thinkback.monitoring.calls import Calls

REGISTRY = CollectorRegistry()  # of our own: the library's holds what we do not want
PROCESS = ProcessCollector(registry=REGISTRY)  # memory, processor time, open files, start
PLATFORM = PlatformCollector(registry=REGISTRY)
CALLS = Calls(REGISTRY)
