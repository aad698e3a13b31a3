"""The file's text → values, and on which line each of them stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

Path = tuple[str | int, ...]
VARIABLE = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}")  # `$${NAME}` stands for `${NAME}` itself


class Invalid(Exception):
    """What is wrong with the value at `path`; `line` where that is known without it."""

    def __init__(self, reason: str, path: Path = (), line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.line = line


class Document:
    """The values of one file (YAML, or JSON where `is_json`), variables filled in. Raises Invalid."""

    def __init__(self, text: str, find: Callable[[str], str | None], *, is_json: bool = False) -> None:
        self.lines: dict[Path, int] = {}
        self.find = find
        try:
            node = yaml.compose(text.replace("\t", " ") if is_json else text, Loader=yaml.SafeLoader)
            data = json.loads(text) if is_json else yaml.safe_load(text)
        except json.JSONDecodeError as error:
            raise Invalid(error.msg, line=error.lineno) from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise Invalid(error.problem or "cannot be read", line=mark.line + 1 if mark else None) from None
        except (yaml.YAMLError, ValueError, RecursionError):
            raise Invalid("is neither YAML nor JSON") from None
        self._number(node, ())
        self.data = self._filled(data, ())

    def line_of(self, path: Path) -> int | None:
        """The line of a value, or of the nearest one around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def _number(self, node: Any, path: Path) -> None:
        if node is None:
            return
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = str(key.value)
                if (*path, name) in self.lines:
                    raise Invalid(f"{name!r} stands there twice", line=key.start_mark.line + 1)
                self._number(value, (*path, name))
                self.lines[*path, name] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._number(value, (*path, number))

    def _filled(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {str(name): self._filled(item, (*path, str(name))) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item, (*path, number)) for number, item in enumerate(value)]
        return VARIABLE.sub(lambda match: self._variable(match, path), value) if isinstance(value, str) else value

    def _variable(self, match: re.Match[str], path: Path) -> str:
        if match[1]:
            return match[0][1:]
        found = self.find(match[2])
        if found is None:
            raise Invalid(f"the environment variable {match[2]} is not set", path, self.line_of(path))
        return found
