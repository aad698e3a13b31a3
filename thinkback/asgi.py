"""Which part of the site answers what: read this to find where a request goes."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thinkback.settings")
pages = get_asgi_application()  # sets Django up, which the models below need

from django.conf import settings  # noqa: E402

from proxy.consumers import ProxyConsumer  # noqa: E402
from proxy.unified.consumer import UnifiedConsumer  # noqa: E402
from thinkback.accounts.revocation import POLLER  # noqa: E402
from thinkback.agents.keeper import KEEPER  # noqa: E402
from thinkback.attachments.sweeping import SWEEPER  # noqa: E402
from thinkback.chat.consumers import ChatConsumer  # noqa: E402
from thinkback.chat.service import CHAT  # noqa: E402
from thinkback.configuration.watching import CONFIGURATION  # noqa: E402
from thinkback.connections.shared_models import FETCHER  # noqa: E402
from thinkback.connectivity import probes  # noqa: E402
from thinkback.host import SITE  # noqa: E402
from thinkback.monitoring.endpoint import Metrics  # noqa: E402
from thinkback.monitoring.loop_lag import LAG  # noqa: E402
from thinkback.monitoring.registry import CALLS, REGISTRY  # noqa: E402
from thinkback.monitoring.standing import Standing  # noqa: E402
from thinkback.serving import static  # noqa: E402
from thinkback.serving.access_log import AccessLog  # noqa: E402
from thinkback.serving.body_limit import BodyLimit  # noqa: E402
from thinkback.serving.forwarded import Forwarded  # noqa: E402
from thinkback.serving.health import Health  # noqa: E402
from thinkback.serving.lifecycle import Lifecycle  # noqa: E402
from thinkback.serving.lifespan import Lifespan  # noqa: E402
from thinkback.serving.socket_origin import SameOrigin, turned_away  # noqa: E402
from thinkback.tidying import TIDYING  # noqa: E402
from thinkback.tools.mcp.sessions import SESSIONS  # noqa: E402
from thinkback.transfer.queue import IMPORTS  # noqa: E402
from thinkback.usage.ledger import LEDGER  # noqa: E402

LIFECYCLE = Lifecycle(
    (CONFIGURATION, LEDGER, SITE, POLLER, LAG, FETCHER, KEEPER, SESSIONS, SWEEPER, IMPORTS, TIDYING, CHAT)
)  # started in this order, stopped in reverse
SITE.is_ending = lambda: LIFECYCLE.leaving is not None
PROXY = "/api/proxy/"
UNIFIED = "/api/v1/"

proxy = ProxyConsumer.as_asgi(host=SITE)  # no session middleware: it would cost more than everything else
unified = UnifiedConsumer.as_asgi(host=SITE)
SOCKETS = {"/ws/chat": SameOrigin(ChatConsumer.as_asgi()), "/ws/connection": probes.socket}
health = Health(LIFECYCLE, LEDGER.ready)
metrics = Metrics(REGISTRY)
REGISTRY.register(Standing(CALLS, LEDGER, LAG, SITE))
lifespan = Lifespan(LIFECYCLE)
files_or_pages = static.served(pages)


async def site(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Hand a connection to the part that answers it."""
    path = scope.get("path", "")
    part: Any
    if scope["type"] == "lifespan":
        part = lifespan
    elif scope["type"] == "websocket":
        part = SOCKETS.get(path, turned_away)
    elif path.startswith(PROXY):
        part = proxy
    elif path.startswith(UNIFIED):
        part = unified
    elif path == "/metrics":
        part = metrics
    else:
        part = health if path in ("/healthz", "/readyz") else files_or_pages
    await part(scope, receive, send)


ours = Forwarded(site, settings.TRUSTED_PROXIES) if settings.TRUSTED_PROXIES else site  # for our own HTTP
application = AccessLog(BodyLimit(ours))  # for servers with an HTTP of their own
