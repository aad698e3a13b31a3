"""What personal data looks like. Every repetition is bounded, so that no text can make a search slow."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], bool]
MOST_PATHS = 4096  # ways in which a pattern of somebody's own may try to fit at one place
LONGEST_PATTERN = 500  # characters
CONTEXT = 40  # characters before a match that may tell what it is
BEGINNINGS = {14: ("30", "36", "38", "39"), 15: ("34", "37")} | dict.fromkeys(range(16, 20), tuple("23456"))  # of cards
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:[0-2]\d|3[01])(?!\d)")
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,30}")
PARTS = re.compile(  # of a pattern: an escape, a class of characters, a repetition, a group, a branch, anything else
    r"(?P<escape>\\.)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<repeat>\{\d*,?\d*\}|[*+?])"
    r"|(?P<open>\((?:\?(?:[:=!]|<[=!]))?)|(?P<close>\))|(?P<branch>\|)|(?P<plain>.)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of data. `hint` is a character without which none can be there; `check` judges what looks like it.

    Where `unless` ends just before it, it is something else: an order, a version.
    """

    kind: str
    regex: re.Pattern[str]
    hint: str = ""
    check: Check = lambda _: True
    unless: re.Pattern[str] | None = None

    def fits(self, match: re.Match[str]) -> bool:
        """Whether what looks like it is it."""
        if self.unless is not None:
            start = match.start()
            if self.unless.search(match.string, max(0, start - CONTEXT), start):
                return False
        return self.check(match[0])


def digits_of(text: str) -> str:
    """The digits in a text."""
    return "".join(filter(str.isdigit, text))


def is_card(text: str) -> bool:
    """A number that a card network gives out, with Luhn's check digit (ISO/IEC 7812-1).

    One number in ten has that digit by chance, so times in milliseconds, EANs and IMEIs must fail on something else.
    """
    number = digits_of(text)
    if not number.startswith(BEGINNINGS.get(len(number), ())):
        return False
    digits = [int(digit) for digit in number]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """The check digits of ISO 13616."""
    code = text.replace(" ", "").upper()
    number = "".join(str(int(letter, 36)) for letter in code[4:] + code[:4])
    return 15 <= len(code) <= 34 and int(number) % 97 == 1


def is_address(text: str) -> bool:
    """Whether this is an IP address, and more than two colons."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "." in text or len(text.replace(":", "")) > 3


def is_phone(text: str) -> bool:
    """Enough digits for a number that somebody could call, and no date among them."""
    return 8 <= len(digits_of(text).removeprefix("00")) <= 15 and DATE.search(text) is None


IBAN = r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
INTERNATIONAL = r"(?<![\w.])\+[1-9](?:[ ()./\-]{0,2}\d){6,14}(?!\d)"
ALONE = r"(?<![\w.\-/#])(?<!\d[ ])"  # not within groups of digits: a broken IBAN, a large number
PHONE = (
    ALONE + r"00(?:[2-9]|1[ ()./\-]{0,2}[2-9])(?:[ ()./\-]{0,2}\d){6,14}(?!\d)"  # international without its plus
    r"|" + ALONE + r"\(?0[1-9]\d{1,4}\)?[ /\-]{1,2}\d(?:[ \-]?\d){4,10}(?!\d|[.\-]\d)"  # national, after its area code
    r"|" + ALONE + r"\(\d{3}\) ?\d{3}[\-. ]\d{4}(?!\d|-\d)"  # North American
    r"|" + ALONE + r"\d{3}-\d{3}-\d{4}(?!\d|-\d)"
    r"|" + ALONE + r"[2-9]\d{2}(?P<gap>[. ])[2-9]\d{2}(?P=gap)\d{4}(?!\d|[.-]\d)"
)
ORDER = re.compile(
    r"(?<![^\W\d_])(?:order|invoice|ticket|case|ref(?:erence)?|serial|part|item|article|tracking|customer|batch|sku|id"
    r"|bestellung|rechnung|auftrag|kunden|artikel|commande|facture|pedido|factura|n[or°º])"
    r"(?:[ \-]?(?:no|nr|num|number|nummer|id|code))?[.:]?[ ]?[:#=]?[ ]?$|(?:nummer|number)[:]?[ ]?$",
    re.IGNORECASE,
)
VERSION = re.compile(r"(?<![^\W\d_])(?:v|ver|version|release|build|firmware)[.:=]?[ ]?$", re.IGNORECASE)
# In this order: what is a card or an account is no telephone.
PATTERNS = (
    Pattern("EMAIL", re.compile(r"(?<![\w.%+\-])[\w.%+\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,63}"), "@"),
    Pattern("IBAN", re.compile(IBAN), "", is_iban),
    Pattern("CARD", re.compile(r"(?<![\d.\-])\d(?:[ \-]?\d){12,18}(?![\d])"), "", is_card),
    Pattern("IP", re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)"), ".", is_address, VERSION),
    Pattern("IP", re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"), ":", is_address),
    Pattern("PHONE", re.compile(INTERNATIONAL), "+", is_phone),
    Pattern("PHONE", re.compile(PHONE), "", is_phone, ORDER),
)
KINDS = frozenset(pattern.kind for pattern in PATTERNS)


def own(kind: object, text: object) -> Pattern:
    """A pattern that somebody wrote. Raises ValueError for one that is wrong, or could be slow."""
    if not isinstance(kind, str) or NAME.fullmatch(kind) is None:
        raise ValueError("the name of a pattern has capital letters, digits and underscores, like EMPLOYEE_ID")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_PATTERN:
        raise ValueError(f"the pattern {kind} is a text of at most {LONGEST_PATTERN} characters")
    check_cost(kind, text)
    try:
        regex = re.compile(text)
    except re.error as error:
        raise ValueError(f"the pattern {kind} is not understood: {error}") from None
    if regex.match("") is not None:
        raise ValueError(f"the pattern {kind} fits an empty text")
    return Pattern(kind, regex)


def check_cost(kind: str, text: str) -> None:
    """Raise ValueError where a pattern repeats without an end, repeats a group, or may fit in too many ways."""
    paths, last = 1, ""
    for part in PARTS.finditer(text):
        if part.lastgroup == "repeat":
            if part[0] in ("*", "+") or part[0].endswith(",}"):
                raise ValueError(f"the pattern {kind} repeats without an end: write {{1,40}} instead of + or *")
            if last in ("close", "repeat"):
                raise ValueError(f"the pattern {kind} repeats a group, or a repetition; that could be slow")
            low, _, high = part[0].strip("{}").partition(",")
            paths *= 2 if part[0] == "?" else int(high or low) - int(low or 0) + 1
        paths += part.lastgroup == "branch"
        last = part.lastgroup or ""
        if paths > MOST_PATHS:
            raise ValueError(f"the pattern {kind} may fit in too many ways; make its repetitions shorter")
