"""The only HTML that an answer may contain. Everything that is shown to a reader went through here."""

from __future__ import annotations

import re

import nh3

_SCHEMES = {"http", "https", "mailto"}
_TEXT = "p br hr em strong del a code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 sup section div span input"
_TABLE = "table thead tbody tr th td"
_MATH = (
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub msup msubsup "
    "munder mover munderover mmultiscripts mprescripts mtable mtr mtd"
)
_ALERTS = ("note", "tip", "important", "warning", "caution")
_CLASSES = {
    "div": {"markdown-alert", *(f"markdown-alert-{kind}" for kind in _ALERTS)},
    "p": {"markdown-alert-title"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "a": {"footnote-backref"},
}
_ID = re.compile(r"fn(ref)?-[\w%.-]{1,80}")
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")


def _own_anchor(url: str) -> str | None:
    """Links of an answer lead out; the only relative ones are between a footnote and its reference."""
    return url if url.startswith("#fn") else None


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "class" and value.startswith("language-"):
        return value if _LANGUAGE.fullmatch(value) else None
    return value


_HTML = nh3.Cleaner(
    tags=set(_TEXT.split()) | set(_TABLE.split()),
    attributes={
        "a": {"href", "title", "id", "aria-label"},
        "code": {"class"},
        "ol": {"start"},
        "li": {"id"},
        "span": {"data-math-style"},
        "input": {"checked"},
        "th": {"align"},
        "td": {"align"},
    },
    attribute_filter=_attribute,
    allowed_classes=_CLASSES,
    url_schemes=_SCHEMES,
    url_relative=_own_anchor,
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}, "input": {"type": "checkbox", "disabled": ""}},
)
_MATHML = nh3.Cleaner(
    tags=set(_MATH.split()),
    attributes={
        "math": {"display", "xmlns"},
        "mi": {"mathvariant"},
        "mo": {"stretchy", "fence", "form", "separator", "accent", "largeop", "movablelimits", "minsize", "maxsize"},
        "mspace": {"width", "height", "depth", "linebreak"},
        "mstyle": {"displaystyle", "scriptlevel"},
        "mfrac": {"linethickness"},
        "mover": {"accent"},
        "munder": {"accentunder"},
        "menclose": {"notation"},
        "mtable": {"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines"},
        "mtd": {"columnalign", "columnspan", "rowspan"},
        "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    },
    url_schemes=_SCHEMES,
    link_rel=None,
)


def clean(html: str) -> str:
    """HTML with nothing in it but the formatting of an answer."""
    return _HTML.clean(html)


def clean_mathml(mathml: str) -> str:
    """MathML without links, scripts, styles and anything that is not MathML."""
    return _MATHML.clean(mathml)
