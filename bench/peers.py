"""Other gateways, where they are installed. README.md says which versions, and what had to be done to them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from bench.processes import free_port
from bench.subject import Subject


def litellm(upstream: int, folder: Path) -> Subject | None:
    """LiteLLM's proxy: one worker, no database, a model that its price list knows."""
    program = os.environ.get("BENCH_LITELLM") or shutil.which("litellm")
    if program is None:
        return None
    port, config = free_port(), folder / "litellm.json"
    base = f"http://127.0.0.1:{upstream}/v1"
    model = {"model": "openai/gpt-4o-mini", "api_base": base, "api_key": "sk-x"}
    # JSON is YAML as well
    config.write_text(
        json.dumps(
            {
                "model_list": [{"model_name": "gpt-4o-mini", "litellm_params": model}],
                "general_settings": {"master_key": "sk-master"},
            }
        )
    )
    options = ["--num_workers", "1", "--telemetry", "False", "--host", "127.0.0.1", "--port", str(port)]
    return Subject(
        "LiteLLM",
        port,
        "/v1/chat/completions",
        [program, "--config", config, *options],
        {"Authorization": "Bearer sk-master"},
        {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )


def portkey(upstream: int, folder: Path) -> Subject | None:
    """Portkey's gateway. BENCH_PORTKEY names the folder of the package `@portkey-ai/gateway`."""
    package, node = os.environ.get("BENCH_PORTKEY"), shutil.which("node")
    if package is None or node is None:
        return None
    port = free_port()
    return Subject(
        "Portkey",
        port,
        "/v1/chat/completions",
        [node, Path(package, "build", "start-server.js"), f"--port={port}", "--headless"],
        {
            "Authorization": "Bearer sk-x",
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": f"http://127.0.0.1:{upstream}/v1",
        },
        {"TRUSTED_CUSTOM_HOSTS": "localhost,127.0.0.1"},
        Path(package),
    )


def installed(upstream: int, folder: Path) -> list[Subject]:
    """All that are there."""
    return [found for found in (litellm(upstream, folder), portkey(upstream, folder)) if found is not None]
