"""Nothing but the keyboard: where the focus is, whether it can be seen there, and a record of what was pressed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Error, Page

from tests.browser.waiting import wait_for

FRAMES = 10  # in which a transition ends
MOST = 60  # presses of Tab until something counts as out of reach
# The ring of the focus, or of what it stands in; whether one sees through it; and what lies over its middle, so far as
# that is in the window. A field that is too small to be seen is meant by its label, which must have the ring.
LOOK = """function () {
  const look = (each) => (each ? getComputedStyle(each) : { outlineStyle: "none" });
  const least = this.matches("textarea") ? 1 : 2; // the composer has a border of the same colour beside it
  const clear = (colour) => colour === "transparent" || /[,/] ?0\\)$/.test(colour);
  const ringed = (each) => {
    const { outlineStyle, outlineWidth, outlineColor } = look(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= least && !clear(outlineColor);
  };
  const { left, right, top, bottom, width, height } = this.getBoundingClientRect();
  const tiny = width <= 1 || height <= 1 || look(this).opacity === "0";
  const label = this.closest("label") ?? this.labels?.[0] ?? this.parentElement;
  const holders = [tiny ? null : this, this.parentElement, this.closest("form, label")];
  const middle = (low, high, most) => (Math.max(low, 0) + Math.min(high, most)) / 2;
  const over = document.elementFromPoint(middle(left, right, innerWidth), middle(top, bottom, innerHeight));
  if (this.matches("[type=date]:not(:focus)")) return ""; // its own button for a calendar, with the browser's ring
  if (this.matches("main, #section")) return ""; // where the skip link leads: all that there is
  if (!this.matches(":focus-visible") || !holders.some(ringed)) return "shows no ring";
  const seen = { opacityProperty: true, visibilityProperty: true };
  if (!(tiny ? label : this).checkVisibility(seen)) return "is seen through";
  if (!over) return "is out of sight";
  return this.contains(over) || (tiny && over.contains(this)) ? "" : `lies under ${over.outerHTML.slice(0, 120)}`;
}"""


class Stop(NamedTuple):
    """Where the focus is, as a screen reader tells it."""

    role: str
    name: str

    def is_it(self, role: str, name: str) -> bool:
        """Whether it is that one; a name that ends in … is how it begins."""
        names = self.name == name or (name.endswith("…") and self.name.startswith(name[:-1]))
        return self.role == role and names

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


NOWHERE = Stop("page", "")


class Keys:
    """Somebody without a mouse. What is done and pressed is written down."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0
        self.lines: list[str] = []
        self._line = page.context.new_cdp_session(page)

    def action(self, what: str) -> None:
        """Begin with something else."""
        self.actions += 1
        self.lines.append(f"\n{self.actions}. {what}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.lines.append(f"   {', '.join(keys)}")

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.page.keyboard.type(text)
        self.lines.append(f"   types “{text[:60]}”")

    def tab(self, role: str, name: str, back: bool = False) -> None:
        """Press Tab until this has the focus, which must be seen at every stop."""
        passed: list[Stop] = []
        while len(passed) < MOST:
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            passed.append(self.at())
            if passed[-1].is_it(role, name):
                self.lines.append(f"   {'Shift+Tab' if back else 'Tab'} ×{len(passed)} → {passed[-1]}")
                return
        raise AssertionError(f"{role} “{name}” is not among {[str(stop) for stop in passed]}")

    def press_at(self, role: str, name: str, key: str = "Enter", back: bool = False) -> None:
        """Go there with Tab, and press it."""
        self.tab(role, name, back)
        self.press(key)

    def lands_on(self, role: str, name: str) -> None:
        """Wait until the focus is there by itself."""
        try:
            wait_for(self.page, lambda: self.at().is_it(role, name), f"the focus on {role} “{name}”")
        except AssertionError as error:
            raise AssertionError(f"{error}: it is on {self.at()}") from None
        self.lines.append(f"   the focus is on {self.at()}")

    def at(self) -> Stop:
        """What has the focus. Fails where nobody can see that."""
        for _ in range(FRAMES):
            stop, said = self._look()
            if not said:
                return stop
            self.page.wait_for_timeout(30)
        raise AssertionError(f"the focus on {stop} {said}")

    def _look(self) -> tuple[Stop, str]:
        try:
            return self._seen()
        except Error:  # the page goes while it is looked at; the next one has a focus of its own
            return NOWHERE, "is lost"

    def _seen(self) -> tuple[Stop, str]:
        told = self._line.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        if told.get("className") in (None, "HTMLBodyElement"):
            return NOWHERE, ""
        node = {"objectId": told["objectId"]}
        (found,) = self._line.send("Accessibility.getPartialAXTree", {**node, "fetchRelatives": False})["nodes"]
        return Stop(found["role"]["value"], found.get("name", {}).get("value", "")), self._call(LOOK, node)

    def _call(self, function: str, node: dict[str, Any]) -> Any:
        asked = {"functionDeclaration": function, "returnByValue": True, **node}
        return self._line.send("Runtime.callFunctionOn", asked)["result"].get("value")

    def write(self, path: Path) -> None:
        """Keep the record."""
        path.write_text("\n".join((f"{self.actions} actions", *self.lines)) + "\n")
