"""The shape of the code: who may import whom, how large things may be, what files may be called."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("providers", "proxy", "thinkback", "bench")
FORBIDDEN = {
    "providers": {"proxy", "thinkback", "django", "channels"},
    "proxy": {"thinkback", "django"},
    "thinkback": {"tests", "bench"},
    "bench": {"providers", "proxy", "thinkback", "django", "tests"},  # it sees the site from outside, as its users do
}
# Where a module may be imported inside a function, with the reason beside it: heavy and seldom needed. Besides these,
# every apps.py, whose ready() runs when the models are there.
LAZY = {"thinkback/host.py", "thinkback/attachments/reading/child.py"}
VAGUE = {"utils", "helpers", "common", "manager", "core", "handler"}
ROWS = {"providers/compatible.py"}  # rows of data, as many as there are services
MAX_FILE, P90_FILE, MEDIAN_FILE = 300, 200, 80
MAX_FUNCTION, P90_FUNCTION, MEDIAN_FUNCTION = 50, 25, 8
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of the product, by path; migrations apart."""
    paths = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths if "migrations" not in path.parts]
    return {name: ast.parse((ROOT / name).read_text(), name) for name in names}


def length(name: str) -> int:
    return len((ROOT / name).read_text().splitlines())


def imports_of(name: str, tree: ast.AST) -> Iterator[str]:
    """The modules that a piece of code imports, `from x import y` as both x and x.y."""
    package = name.removesuffix(".py").removesuffix("/__init__").split("/")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def modules() -> dict[str, str]:
    """Each module's dotted name → its path."""
    return {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in sources()}


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, tree in sources().items()
        if name.startswith(f"{layer}/")
        for imported in imports_of(name, tree)
        if imported.split(".")[0] in FORBIDDEN[layer]
    ]
    assert not wrong


def test_no_cycle_of_imports() -> None:
    known = modules()
    graph = {module: set(imports_of(path, sources()[path])) & known.keys() - {module} for module, path in known.items()}
    for module in graph:  # a package's __init__ may gather its own modules
        graph[module] -= {".".join(module.split(".")[:count]) for count in range(1, module.count(".") + 1)}
    left = dict(graph)
    while free := [module for module, needs in left.items() if not needs & left.keys()]:
        for module in free:
            del left[module]
    assert not left, f"these import each other, or what does: {sorted(left)}"


def test_what_is_private_stays_in_its_package() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, tree in sources().items()
        for imported in imports_of(name, tree)
        for place, part in enumerate(imported.split("."))
        if part.startswith("_") and not part.startswith("__") and imported.split(".")[:place] != name.split("/")[:place]
        if imported.split(".")[0] in LAYERS
    ]
    assert not wrong


def test_no_import_inside_a_function() -> None:
    found = {
        name
        for name, tree in sources().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name for name in found if not name.endswith("/apps.py")} == LAZY


def test_no_answer_is_read_by_lines() -> None:
    """httpx also ends a line at U+2028 and the like, which may stand in a JSON text as they are."""
    wrong = [
        name
        for name, tree in sources().items()
        if name.startswith(("providers/", "proxy/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("aiter_lines", "iter_lines")
    ]
    assert not wrong


def file_lengths() -> dict[str, int]:
    """Lines of each module; those that are rows of data or say nothing but their name do not count."""
    return {
        name: length(name) for name in sources() if name not in ROWS and not name.endswith(("__init__.py", "apps.py"))
    }


def function_lengths() -> dict[str, int]:
    """Lines of each function and method."""
    return {
        f"{name}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for name, tree in sources().items()
        for function in functions(tree)
    }


def spread(lengths: dict[str, int]) -> tuple[float, float, int]:
    """Median, ninth decile, maximum."""
    return statistics.median(lengths.values()), statistics.quantiles(lengths.values(), n=10)[-1], max(lengths.values())


def test_files_are_small() -> None:
    median, ninth, _ = spread(file_lengths())
    assert not [name for name in sources() if name not in ROWS and length(name) > MAX_FILE]
    assert (median <= MEDIAN_FILE, ninth <= P90_FILE) == (True, True), f"median {median}, p90 {ninth}"


def test_functions_are_small() -> None:
    median, ninth, _ = spread(function_lengths())
    assert not {name: lines for name, lines in function_lengths().items() if lines > MAX_FUNCTION}
    assert (median <= MEDIAN_FUNCTION, ninth <= P90_FUNCTION) == (True, True), f"median {median}, p90 {ninth}"


def test_files_are_named_after_their_subject() -> None:
    assert not [name for name in sources() if Path(name).stem.strip("_") in VAGUE]


def test_every_module_says_what_it_is() -> None:
    silent = [name for name, tree in sources().items() if tree.body and not ast.get_docstring(tree)]
    assert not silent


if __name__ == "__main__":  # `python -m tests.test_architecture` tells the sizes
    sys.stdout.write("files:     median {:.0f}, p90 {:.0f}, max {}\n".format(*spread(file_lengths())))
    sys.stdout.write("functions: median {:.0f}, p90 {:.0f}, max {}\n".format(*spread(function_lengths())))
