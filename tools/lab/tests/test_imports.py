# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's imports: no circle, and no module imports from a layer above its own.

The syntax tree has every import, also one inside a function or below TYPE_CHECKING.
"""

from __future__ import annotations

import ast
import sys
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab.build.layers import Arrow, circles  # noqa: E402

LAB = Path(__file__).resolve().parents[1]

#: The layers of fadumplab by the first part of a module's name, and what each may import
#: beside itself. "" stands for the package's own names.
LAYERS: Mapping[str, set[str]] = {
    "": set(),
    "ui": set(),
    "graft": {""},
    "build": {"", "ui", "graft"},
    "machine": {"", "build"},
    "dump": {"", "build"},
    "system": {"", "ui", "build", "machine", "dump"},
    "report": {"", "ui", "build", "machine", "dump", "system"},
    "words": {""},
    "documents": {"", "ui", "graft", "build"},
    "check": {"", "ui", "build", "words", "documents"},
    "check_series": {"", "ui", "graft", "build", "machine", "report"},
}
#: Modules with which graft and ungraft work; they must not need more than Python and the tree.
GRAFT_NEEDS = {"graft", ""}


def module_name(path: Path, top: Path) -> str:
    """The dotted name of a file below top; a package has its folder's name."""
    parts = path.relative_to(top).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, name: str) -> set[str]:
    """Every dotted name that a file imports; "from a import b" gives a.b."""
    found: set[str] = set()
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) + 1 - node.level] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


def import_graph(top: Path) -> dict[str, set[str]]:
    """The modules below top, each with those among them that it imports."""
    files = {module_name(path, top): path for path in sorted(top.rglob("*.py"))}
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        # An imported name is a module, or it is defined in the module in front of it.
        targets = {full if full in files else full.rpartition(".")[0]
                   for full in imports_of(path, name)}
        graph[name] = (targets & files.keys()) - {name}
    return graph


def import_circles(graph: Mapping[str, set[str]]) -> list[str]:
    """The circles of imports, a line for each."""
    return circles(Arrow(name, target, "import")
                   for name, targets in graph.items() for target in targets)


def layer(name: str) -> str:
    """The layer of a module of fadumplab."""
    return (name.split(".") + [""])[1]


def forbidden_arrows(graph: Mapping[str, set[str]],
                     layers: Mapping[str, set[str]] = LAYERS) -> list[str]:
    """Imports between layers that are not declared."""
    return [f"{name} -> {target}" for name, targets in sorted(graph.items())
            if name.partition(".")[0] == "fadumplab" for target in sorted(targets)
            if layer(target) not in layers[layer(name)] | {layer(name)}]


def scenario_imports(graph: Mapping[str, set[str]]) -> list[str]:
    """Imports of a scenario's file; what scenarios share belongs to a file of steps."""
    return [f"{name} -> {target}" for name, targets in sorted(graph.items())
            for target in sorted(targets) if target.partition(".")[0].startswith("test_")]


class LayersTest(unittest.TestCase):
    """The lab as it is."""

    def test_every_module_has_a_layer(self) -> None:
        self.assertEqual({layer(name) for name in import_graph(LAB) if
                          name.partition(".")[0] == "fadumplab"}, LAYERS.keys())

    def test_no_circle(self) -> None:
        self.assertEqual(import_circles(import_graph(LAB)), [])
        self.assertEqual(import_circles(import_graph(LAB / "scenarios")), [])

    def test_no_undeclared_arrow(self) -> None:
        self.assertEqual(forbidden_arrows(import_graph(LAB)), [])

    def test_layers_have_an_order(self) -> None:
        self.assertEqual(import_circles(LAYERS), [])

    def test_graft_needs_nothing_else(self) -> None:
        self.assertLessEqual(LAYERS["graft"], GRAFT_NEEDS)

    def test_no_scenario_imports_another(self) -> None:
        self.assertEqual(scenario_imports(import_graph(LAB / "scenarios")), [])


class PlantedTest(unittest.TestCase):
    """What the checks say of a lab with a fault."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name)
        self.plant("fadumplab/__init__.py", "NAME = 1\n")
        self.plant("fadumplab/ui.py", "")
        self.plant("fadumplab/build/__init__.py", "")
        self.plant("fadumplab/build/kernel.py", "from .. import NAME\nfrom ..ui import ui\n")
        self.plant("fadumplab/report/__init__.py", "")
        self.plant("fadumplab/report/demo.py", "from ..build import kernel\n"
                                               "from .page import write\n")
        self.plant("fadumplab/report/page.py", "")

    def plant(self, name: str, text: str) -> None:
        """A file of the small lab."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_small_lab_is_clean(self) -> None:
        graph = import_graph(self.top)
        self.assertEqual(graph["fadumplab.report.demo"],
                         {"fadumplab.build.kernel", "fadumplab.report.page"})
        self.assertEqual((import_circles(graph), forbidden_arrows(graph)), ([], []))

    def test_hidden_circle_is_found(self) -> None:
        for text in ("if TYPE_CHECKING:\n    from .demo import Demo\n",
                     "def late():\n    from . import demo\n",
                     "import fadumplab.report.demo\n"):
            with self.subTest(text):
                self.plant("fadumplab/report/page.py", text)
                self.assertEqual(import_circles(import_graph(self.top)),
                                 ["a circle: fadumplab.report.demo, fadumplab.report.page"])

    def test_arrow_against_the_layers_is_found(self) -> None:
        self.plant("fadumplab/build/kernel.py", "def late():\n    from ..report import page\n")
        self.assertEqual(forbidden_arrows(import_graph(self.top)),
                         ["fadumplab.build.kernel -> fadumplab.report.page"])

    def test_import_of_a_scenario_is_found(self) -> None:
        self.plant("scenarios/test_a.py", "from test_b import helper\n")
        self.plant("scenarios/test_b.py", "")
        self.assertEqual(scenario_imports(import_graph(self.top / "scenarios")),
                         ["test_a -> test_b"])


if __name__ == "__main__":
    unittest.main()
