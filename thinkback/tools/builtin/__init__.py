"""The tools that ThinkBack brings itself. They touch neither data nor network, unless they say so."""

from thinkback.tools.builtin.calculator import CALCULATOR
from thinkback.tools.builtin.clock import CLOCK
from thinkback.tools.builtin.page import page_tool

__all__ = ["CALCULATOR", "CLOCK", "page_tool"]
