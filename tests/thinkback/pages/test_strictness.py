"""What no template and no stylesheet may contain, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted(path for path in (ROOT / "static").rglob("*.css") if path.name != "variables.css")
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))

DATA = r'(?! type="application/json")'  # which is not run
INLINE = re.compile(
    rf"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script{DATA}(?![^>]*\bsrc=)[^>]*>|javascript:""", re.I
)
ELSEWHERE = re.compile(
    r"""(?:src|srcset|action|data)\s*=\s*["']?(?:https?:)?//|<link[^>]+href\s*=\s*["']?(?:https?:)?//""", re.I
)
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\(", re.I)
NAMED = re.compile(r":\s*[^;{}]*\b(?:white|black|gr[ae]y|red|green|blue|yellow|orange|purple|silver)\b", re.I)
FONT = re.compile(r"font(?:-size)?\s*:[^;]*\d(?:px|pt|rem)\b", re.I)
SHADOW = re.compile(r"(?:box-shadow|text-shadow)\s*:(?!\s*(?:var\(|none))", re.I)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def text_of(path: Path) -> str:
    return re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(), flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_brings_its_own_style_or_script(path: Path) -> None:
    assert not INLINE.findall(text_of(path))
    assert not ELSEWHERE.findall(text_of(path))


@pytest.mark.parametrize("path", STYLES, ids=str)
def test_no_stylesheet_writes_a_literal(path: Path) -> None:
    css = COMMENT.sub("", path.read_text())
    for rule in (COLOUR, NAMED, FONT, SHADOW):
        assert not rule.findall(css)
    assert "url(" not in css and "@import" not in css


@pytest.mark.parametrize("path", STYLES, ids=str)
def test_every_stylesheet_knows_its_layer(path: Path) -> None:
    css = COMMENT.sub("", path.read_text()).strip()
    assert re.match(r"@layer (base|parts|pages) \{", css)


@pytest.mark.parametrize("path", STYLES, ids=str)
def test_every_token_that_is_used_exists(path: Path) -> None:
    used = set(re.findall(r"var\((--[\w-]+)\s*\)", path.read_text()))
    defined = set(re.findall(r"(--[\w-]+)\s*:", (ROOT / "static/css/variables.css").read_text() + path.read_text()))
    set_by_scripts = {name for script in SCRIPTS for name in re.findall(r"(--[\w-]+)", script.read_text())}
    assert used <= defined | set_by_scripts


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_no_script_makes_markup_or_code_of_text(path: Path) -> None:
    code = path.read_text()
    assert not re.findall(r"\beval\(|new Function|document\.write|\.setAttribute\(\"(?:style|on)", code)
    assert not re.findall(r"""["'`]https?://(?!127\.0\.0\.1|localhost)""", code)


def test_the_rules_see_what_they_forbid() -> None:
    assert INLINE.search('<p style="x">') and INLINE.search('<a onclick="x">') and INLINE.search("<script>x")
    assert not INLINE.search('<script type="module" src="x">')
    assert ELSEWHERE.search('<img src="//cdn.example/x">')
    assert COLOUR.search("color: #fff") and NAMED.search("color: white") and FONT.search("font-size: 13px")
    assert SHADOW.search("box-shadow: 0 1px") and not SHADOW.search("box-shadow: var(--shadow-float)")
