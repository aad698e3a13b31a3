"""LaTeX → MathML, sanitised: latex2mathml lets links and scripts through."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

from thinkback.chat.rendering.sanitising import clean_mathml

MAX_FORMULA = 4_000  # characters


@lru_cache(maxsize=512)
def formula(latex: str, *, display: bool) -> str:
    """A formula as MathML, or its source where it cannot be converted."""
    style = "block" if display else "inline"
    try:
        if len(latex) > MAX_FORMULA:
            return _source(latex)
        mathml = clean_mathml(convert(latex.strip(), display=style))
    except Exception:  # noqa: BLE001 - the converter raises anything on nonsense, RecursionError included
        return _source(latex)
    return f'<span class="formula formula-{style}">{mathml}</span>'


def _source(latex: str) -> str:
    return f"<code>{escape(latex, quote=False)}</code>"
