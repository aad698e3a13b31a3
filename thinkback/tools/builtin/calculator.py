"""A calculator: arithmetic in decimal numbers of bounded length, read by a parser of its own. Nothing is evaluated."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, DecimalException, localcontext
from typing import Any

from providers import Tool
from thinkback.tools.offered import Offered, ToolFailed, text_of, texts

LONGEST = 400  # characters of an expression
DEEPEST = 50  # parentheses, signs and powers inside each other
DIGITS = 50  # of every number on the way
SHOWN = 20  # of a result that is not whole
LARGEST = 9999  # powers of ten
TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z][A-Za-z0-9]*)|(\*\*|.))")
SIGNS = {"×": "*", "·": "*", "÷": "/", "−": "-", "^": "**"}
Operation = Callable[[Decimal, Decimal], Decimal]
SUMS: dict[str, Operation] = {"+": operator.add, "-": operator.sub}
PRODUCTS: dict[str, Operation] = {"*": operator.mul, "/": operator.truediv, "%": lambda a, b: a - b * whole(a / b)}
CONSTANTS = {
    "pi": Decimal("3.1415926535897932384626433832795028841971693993751"),
    "e": Decimal("2.7182818284590452353602874713526624977572470936999"),
}


def whole(value: Decimal) -> Decimal:
    """The largest whole number that is not above it."""
    return value.to_integral_value(ROUND_FLOOR)


def floating(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """A function of the machine's own numbers, which are good for about 15 digits."""
    return lambda value: Decimal(f"{function(float(value)):.15g}")


def logarithm(value: Decimal, base: Decimal | None = None) -> Decimal:
    """The natural one, or that to a base."""
    return value.ln() if base is None else value.ln() / base.ln()


def rounded(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Rounded to so many decimal places, halves to even."""
    return round(value, max(-LARGEST, min(int(places), DIGITS)))


FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "sqrt": Decimal.sqrt, "abs": abs, "round": rounded, "floor": whole, "min": min, "max": max,
    "ceil": lambda value: value.to_integral_value(ROUND_CEILING), "exp": Decimal.exp, "ln": Decimal.ln,
    "log": logarithm, "log10": Decimal.log10, "log2": lambda value: logarithm(value, Decimal(2)),
    "sin": floating(math.sin), "cos": floating(math.cos), "tan": floating(math.tan),
    "asin": floating(math.asin), "acos": floating(math.acos), "atan": floating(math.atan),
}  # fmt: skip


class Expression:
    """One expression, read from left to right. Powers bind to the right, and before a sign: -2^2 is -4."""

    def __init__(self, text: str) -> None:
        found = (next(filter(None, match.groups())) for match in TOKEN.finditer(text.strip()))
        self.tokens = [SIGNS.get(token, token) for token in found]
        self.place = 0
        self.depth = 0

    def value(self) -> Decimal:
        """What it comes to. Raises ToolFailed, or what `decimal` and `math` raise."""
        found = self._sum()
        if self._next():
            raise ToolFailed(f"{self._next()!r} was not expected there.")
        return found

    def _sum(self) -> Decimal:
        return self._chain(SUMS, self._product)

    def _product(self) -> Decimal:
        return self._chain(PRODUCTS, self._signed)

    def _chain(self, operations: Mapping[str, Operation], part: Callable[[], Decimal]) -> Decimal:
        found = part()
        while (sign := self._next()) in operations:
            self.place += 1
            found = operations[sign](found, part())
        return found

    def _signed(self) -> Decimal:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ToolFailed("That is too deeply nested.")
        try:
            if self._take("-"):
                return -self._signed()
            if self._take("+"):
                return self._signed()
            base = self._single()
            return base ** self._signed() if self._take("**") else base
        finally:
            self.depth -= 1

    def _single(self) -> Decimal:
        word = self._next()
        self.place += 1
        if word[:1].isdigit() or (word[:1] == "." and len(word) > 1):
            return Decimal(word)
        if word == "(":
            found = self._sum()
            self._expect(")")
            return found
        name = word.lower()
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            return FUNCTIONS[name](*self._arguments())
        raise ToolFailed(f"{word!r} is not understood." if word else "The expression ends too soon.")

    def _arguments(self) -> list[Decimal]:
        self._expect("(")
        found = [self._sum()]
        while self._take(","):
            found.append(self._sum())
        self._expect(")")
        return found

    def _next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self, token: str) -> bool:
        taken = self._next() == token
        self.place += taken
        return taken

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ToolFailed(f"{token!r} is missing.")


def calculate(text: str) -> str:
    """The value of an expression as text. Raises ToolFailed for what cannot be read or has no value."""
    if not text or len(text) > LONGEST:
        raise ToolFailed(f"Give an expression of at most {LONGEST} characters.")
    with localcontext(Context(prec=DIGITS, Emax=LARGEST, Emin=-LARGEST)):
        try:
            return shown(Expression(text).value())
        except (DecimalException, ArithmeticError, ValueError):
            raise ToolFailed("This has no value, or one too large.") from None
        except TypeError:
            raise ToolFailed("A function got too many or too few numbers.") from None


def shown(value: Decimal) -> str:
    """A number as people write it: whole ones with every digit, others rounded."""
    if value.is_finite() and value == value.to_integral_value() and value.adjusted() < DIGITS:
        return f"{value.quantize(Decimal(1)):f}"
    short = Context(prec=SHOWN).plus(value).normalize()
    return f"{short:f}" if -10 < short.adjusted() < SHOWN else f"{short:E}"


async def calculator(arguments: Mapping[str, Any]) -> str:
    """The value of `expression`."""
    return calculate(text_of(arguments, "expression"))


CALCULATOR = Offered(
    Tool(
        "calculator",
        "Computes an arithmetic expression in decimal numbers: + - * / % ^, parentheses, pi, e, and "
        + ", ".join(sorted(FUNCTIONS))
        + ". Angles are in radians; log is natural unless a base follows.",
        texts({"expression": "For example (1.5 + 2) * sqrt(16)"}, "expression"),
    ),
    "Calculator",
    calculator,
    harmless=True,
)
