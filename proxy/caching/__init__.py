"""An answer given once may be given again: to the same person, for the same request, from memory alone."""

from proxy.caching.lookup import Search, search
from proxy.caching.store import ANSWERS, MEGABYTE

__all__ = ["ANSWERS", "MEGABYTE", "Search", "search"]
