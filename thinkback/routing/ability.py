"""How able a model probably is, from 0 to 1, by its price and its name: a guess, where the file does not say.

The dearer its output, the abler: 0 at 0.1 US dollars a million tokens, 1 at 75, on a logarithmic scale. Without a
price, the billions of parameters in the name (1b: 0.1, 70b: 0.6), else words such as `mini` and `opus`, else half.
"""

from __future__ import annotations

import math
import re

CHEAP, DEAR = 0.1, 75.0  # US dollars for a million tokens
BILLIONS = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
SMALL = re.compile(r"mini|nano|lite|flash|haiku|small|tiny|instant|fast|micro", re.IGNORECASE)
LARGE = re.compile(r"opus|ultra|large|max|pro\b|sonnet", re.IGNORECASE)


def ability(model: str, output_price: float | None) -> float:
    """The guess; `output_price` is in US dollars for a million tokens, None or 0 where it says nothing."""
    if output_price:
        return _between(math.log(output_price / CHEAP) / math.log(DEAR / CHEAP))
    billions = BILLIONS.search(model)
    if billions is not None:
        return _between(0.1 + 0.27 * math.log10(max(float(billions[1]), 1.0)))
    if SMALL.search(model):
        return 0.25
    return 0.75 if LARGE.search(model) else 0.5


def _between(value: float) -> float:
    return min(1.0, max(0.0, value))
