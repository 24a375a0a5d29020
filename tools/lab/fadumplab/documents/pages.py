# SPDX-License-Identifier: GPL-2.0-or-later
"""`make docs`: our documents as the kernel builds its own.

The kernel's Sphinx configuration and kernel-doc run over our documents alone, in a folder
of the lab's grafted tree. Any warning is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from .. import BUILD, REPO
from ..build.kernel import Finding, Source
from ..build.toolbox import DEFAULT_KVER, DOCUMENTS, Toolbox, locked
from ..graft.graft import Patch
from ..ui import ui

OUT = BUILD / "docs"
#: The folder of the tree that Sphinx is told to build.
FOLDER = "fadump-lab"

INDEX = """.. SPDX-License-Identifier: GPL-2.0-or-later

======================
Firmware-assisted dump
======================

.. toctree::
   :maxdepth: 2

   arch/powerpc/firmware-assisted-dump
   arch/powerpc/fadump-design
   arch/powerpc/fadump-faults
   abi
"""

#: A line of Sphinx, docutils or kernel-doc that is about something wrong, in a file of ours.
#: The tree has warnings of its own: about other ABI entries, about programs for other formats.
COMPLAINT = re.compile(r"\b(warning|error|critical|severe)\b", re.IGNORECASE)
OURS = re.compile(rf"Documentation/{FOLDER}/|arch/powerpc/fadump/|sysfs-kernel-fadump"
                  "|sysfs-firmware-opal-mpipl")


class DocumentsRoot(Toolbox):
    """A root with Sphinx in place of compilers."""

    RECIPES = (DOCUMENTS,)


def place(tree: Path, repo: Path = REPO) -> Path:
    """Put our documents into a folder of the tree, at the paths that a kernel has them."""
    folder = tree / "Documentation" / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    for path, where in Patch.placed(repo):
        if where.startswith("Documentation/"):
            copy = folder / where.removeprefix("Documentation/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (folder / "index.rst").write_text(INDEX)
    return folder


def complaints(output: str) -> list[str]:
    """The lines that a document has to be mended for, by paths of this repository."""
    lines = [line for line in output.splitlines()
             if COMPLAINT.search(line) and OURS.search(line)]
    return [re.sub(rf"\S*Documentation/{FOLDER}/(arch/powerpc/)?", "Documentation/", line)
            for line in lines]


class Pages:
    """One build of the pages."""

    def __init__(self, toolbox: DocumentsRoot) -> None:
        self.toolbox = toolbox
        # The compilers' toolbox unpacks a tree that is missing.
        self.source = Source(Toolbox.open(toolbox.verbose), DEFAULT_KVER, False, None)

    def build(self) -> Finding:
        """All pages; what Sphinx, kernel-doc and the checker of ABI entries complain about."""
        tree = self.source.prepare()
        lock = self.toolbox.cache / "locks" / f"tree-{self.source.label}"
        with locked(lock, "building documents"), ui.task("docs: html") as task:
            folder = place(tree)
            try:
                lines = self._abi(tree, folder) + self._html(tree)
            finally:
                shutil.rmtree(folder)
            task.result = f"{len(lines)} complaints" if lines else str(self.index)
        return Finding("html", lines)

    @property
    def index(self) -> Path:
        """The first page."""
        return OUT / FOLDER / "index.html"

    def _abi(self, tree: Path, folder: Path) -> list[str]:
        """A page of the ABI entries, by the kernel's own program."""
        argv = ["python3", "tools/docs/get_abi.py", "--dir", folder.relative_to(tree) / "ABI"]
        said = self.toolbox.run([*argv, "validate"], cwd=tree).stdout
        title = "ABI entries\n===========\n\n"
        page = self.toolbox.run([*argv, "rest"], cwd=tree).stdout
        (folder / "abi.rst").write_text(title + page)
        return complaints(said)

    def _html(self, tree: Path) -> list[str]:
        """The kernel's own target."""
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        log = OUT / "sphinx.log"
        done = self.toolbox.run(
            ["make", f"-j{os.cpu_count() or 2}", "htmldocs", f"SPHINXDIRS={FOLDER}",
             f"BUILDDIR={OUT}"], cwd=tree, log=log, check=False)
        lines = complaints(done.stdout)
        if done.returncode or not self.index.is_file():
            lines.append(f"make htmldocs failed; see {log}")
        return lines
