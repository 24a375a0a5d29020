# SPDX-License-Identifier: GPL-2.0-or-later
"""Put this directory into a Linux tree, take it out again, or print it as a patch.

The changes to a tree are a list of `Edit` objects. `plan` applies all of them in memory
before the first file of the tree changes, so that a tree is grafted completely or not at all.

`Graft.apply` links this directory into the tree and keeps the originals, with their modes
and times, in `.fadump-graft/` next to a manifest of hashes. `Graft.undo` restores them.
`Patch` prints the same changes for git, with files in place of links.

The selftests get a directory of their own in the tree with links to single files: make
follows a link to a directory, and would build in this repository.
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import json
import os
import re
import shutil
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .. import LabError
from . import proc_vmcore
from .edits import (AddLine, Content, DropLines, DropText, Edit, Link, Misfit, Plant, Remove,
                    Replace, ReplaceKconfig, ReplaceText, object_line)

POWERPC = "arch/powerpc"
HOME = f"{POWERPC}/fadump"
SELFTESTS = "tools/testing/selftests/powerpc"
STATE = ".fadump-graft"

#: The Linux versions that the edits below and the sources are tested with, newest last.
KNOWN = ("6.12", "7.2", "7.3")
#: The environment variable that allows other versions, if it is neither empty nor 0.
ANY = "ANY"


class GraftError(LabError):
    """The tree is not as expected; no file was changed."""


#: All changes to a tree but the link to this directory. To change one more place of the
#: tree, add one more object.
EDITS: tuple[Edit, ...] = (
    AddLine(f"{POWERPC}/Kbuild", r"obj-y\s*\+=\s*kernel/$", "obj-y += fadump/"),
    ReplaceKconfig(f"{POWERPC}/Kconfig", ("FA_DUMP", "PRESERVE_FA_DUMP", "OPAL_CORE"),
                   f"{HOME}/Kconfig"),
    DropLines(f"{POWERPC}/kernel/Makefile", object_line("fadump.o")),
    DropLines(f"{POWERPC}/platforms/pseries/Makefile", object_line("rtas-fadump.o")),
    DropLines(f"{POWERPC}/platforms/powernv/Makefile",
              object_line("opal-fadump.o", "opal-core.o")),
    Remove(f"{POWERPC}/kernel/fadump.c"),
    Remove(f"{POWERPC}/platforms/pseries/rtas-fadump.c"),
    Remove(f"{POWERPC}/platforms/pseries/rtas-fadump.h"),
    Remove(f"{POWERPC}/platforms/powernv/opal-fadump.c"),
    Remove(f"{POWERPC}/platforms/powernv/opal-fadump.h"),
    Remove(f"{POWERPC}/platforms/powernv/opal-core.c"),
    Remove(f"{POWERPC}/include/asm/fadump-internal.h"),
    Replace(f"{POWERPC}/include/asm/fadump.h", "../../fadump/asm/fadump.h"),
    # An oops must not count as fatal because fadump is armed: the checks that follow decide.
    DropText(f"{POWERPC}/kernel/traps.c",
             "\tif (should_fadump_crash())", "\t\treturn true;"),
    # After a migration the new firmware has no registration: register again.
    AddLine(f"{POWERPC}/platforms/pseries/mobility.c", r"#include <asm/machdep.h>$",
            "#include <asm/fadump.h>"),
    AddLine(f"{POWERPC}/platforms/pseries/mobility.c", r"\tread_24x7_sys_info\(\);$",
            "\tfadump_migrated();"),
    # A dump survives kexec if no segment overlaps it. Both system calls check segments here.
    AddLine(f"{POWERPC}/kexec/core_64.c", r"#include <asm/crashdump-ppc64.h>$",
            "#include <asm/fadump.h>"),
    ReplaceText(f"{POWERPC}/kexec/core_64.c",
                "\t\t\treturn -ETXTBSY;\n\n\t/* We also should not",
                "\t\t\treturn -ETXTBSY;\n\n"
                "\tfor (i = 0; i < image->nr_segments; i++)\n"
                "\t\tif (is_fadump_preserved(image->segment[i].mem,\n"
                "\t\t\t\t\timage->segment[i].memsz))\n"
                "\t\t\treturn -EBUSY;\n\n"
                "\t/* We also should not"),
    # The hash table is for all memory, also for the deferred memory of a capture kernel.
    ReplaceText(f"{POWERPC}/mm/book3s64/hash_utils.c",
                "\tunsigned target_hpt_shift;\n\n\tif (!mmu_hash_ops.resize_hpt)\n",
                "\tunsigned target_hpt_shift;\n\tbool deferred;\n\n"
                "\tif (!mmu_hash_ops.resize_hpt)\n"),
    ReplaceText(f"{POWERPC}/mm/book3s64/hash_utils.c",
                "\ttarget_hpt_shift = htab_shift_for_mem_size(new_mem_size);\n",
                "\tdeferred = fadump_count_deferred(&new_mem_size);\n"
                "\ttarget_hpt_shift = htab_shift_for_mem_size(new_mem_size);\n"),
    ReplaceText(f"{POWERPC}/mm/book3s64/hash_utils.c",
                "\t    target_hpt_shift < ppc64_pft_size - 1)\n",
                "\t    (target_hpt_shift < ppc64_pft_size - 1 && !deferred))\n"),
    # The mapping of a dump's page may fail.
    ReplaceText(f"{POWERPC}/kernel/crash_dump.c",
                "\t\tvaddr = ioremap_cache(paddr, PAGE_SIZE);\n",
                "\t\tvaddr = ioremap_cache(paddr, PAGE_SIZE);\n"
                "\t\tif (!vaddr)\n\t\t\treturn -ENOMEM;\n"),
    AddLine(f"{SELFTESTS}/Makefile", r"\s+dscr\s*\\$", "\t   fadump\t\t\\"),
    *proc_vmcore.EDITS,
)

#: Files that a build or an editor leaves behind.
LITTER = re.compile(r"(^|/)(__pycache__|\.[^/]*\.cmd|.*\.(o|a|ko|mod|pyc|orig|rej)|.*~)(/|$)")


def files_below(top: Path) -> list[Path]:
    """All files of one of our directories, without litter."""
    return sorted(path for path in top.rglob("*")
                  if path.is_file() and not LITTER.search(str(path.relative_to(top))))


def selftests(repo: Path) -> dict[str, Path]:
    """Our selftests' files by their paths in a kernel tree."""
    top = repo / "selftests"
    return {f"{SELFTESTS}/fadump/{path.relative_to(top)}": path for path in files_below(top)}


def digest(content: Content) -> Optional[str]:
    """A hash of a content; None for no content."""
    if content is None:
        return None
    if isinstance(content, Link):
        return f"link:{content.target}"
    return hashlib.sha256(content).hexdigest()


def read(path: Path) -> Content:
    """The content of a path; a link is not followed."""
    if path.is_symlink():
        return Link(os.readlink(path))
    if path.is_file():
        return path.read_bytes()
    if path.exists():
        return Link("(a directory)")
    return None


def write(path: Path, content: Content, mode: int = 0o644) -> None:
    """Write a path by rename, so that hard links of the old file keep its content."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.fadump-new")
    new.unlink(missing_ok=True)
    if isinstance(content, Link):
        new.symlink_to(content.target)
    else:
        new.write_bytes(content)
        new.chmod(mode)
    new.replace(path)


def remove_file(path: Path, top: Path) -> None:
    """Remove a file, and each folder below top that is then empty."""
    path.unlink(missing_ok=True)
    folder = path.parent
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@dataclass
class Change:
    """A path with its old and new content."""

    path: str
    old: Content
    new: Content


def make_plan(edits: Sequence[Edit], content_of: Callable[[str], Content]) -> list[Change]:
    """The changes of all edits, or one GraftError that names every misfit."""
    changes: dict[str, Change] = {}
    misfits: list[str] = []
    for edit in edits:
        if edit.path not in changes:
            content = content_of(edit.path)
            changes[edit.path] = Change(edit.path, content, content)
        change = changes[edit.path]
        try:
            change.new = edit.change(change.new)
        except Misfit as why:
            misfits.append(f"  {edit.path}: {why}")
    if misfits:
        raise GraftError("This tree is not as expected; nothing was changed:\n"
                         + "\n".join(misfits))
    return list(changes.values())


def require_kernel_tree(tree: Path) -> None:
    """Raise a GraftError unless this is the top of a Linux tree."""
    for name in ("Makefile", "Kbuild", f"{POWERPC}/Kbuild", f"{POWERPC}/Kconfig"):
        if not (tree / name).is_file():
            raise GraftError(f"{tree} is not the top of a Linux tree: no {name}. "
                             "Nothing was changed.")


def tree_version(tree: Path) -> str:
    """The version in a Linux tree's Makefile, such as 6.12.118."""
    fields = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)$",
                             (tree / "Makefile").read_text(), re.MULTILINE))
    numbers = [fields.get(name, "0") for name in ("VERSION", "PATCHLEVEL", "SUBLEVEL")]
    return ".".join(numbers)


def series(version: str) -> str:
    """The first two numbers of a version."""
    return ".".join(version.split(".")[:2])


def require_known_kernel(tree: Path) -> None:
    """Raise a GraftError for a version that is not in KNOWN, unless ANY is set."""
    require_kernel_tree(tree)
    version = tree_version(tree)
    if series(version) in KNOWN or os.environ.get(ANY, "0") not in ("", "0"):
        return
    raise GraftError(f"{tree} is Linux {version}; this works with Linux {', '.join(KNOWN)}. "
                     f"Nothing was changed.\nTake one of these, or add {ANY}=1 to try it with "
                     f"Linux {series(version)}: it may not compile.")


class Graft:
    """This directory inside one Linux tree."""

    VERSION = 1

    def __init__(self, tree: Path, repo: Path, edits: Sequence[Edit] = EDITS) -> None:
        self.tree = Path(tree).expanduser().resolve()
        self.repo = Path(repo).resolve()
        self.state = self.tree / STATE
        self.edits = [*self._planting(), *self._selftests(), *edits]

    @property
    def grafted(self) -> bool:
        """Whether the tree has the manifest of a graft."""
        return (self.state / "manifest.json").is_file()

    def _planting(self) -> list[Edit]:
        """The link to this directory, unless this directory is in the tree already."""
        home = self.tree / HOME
        if home.resolve() == self.repo and not home.is_symlink():
            return []
        return [Plant(HOME, str(self.repo))]

    def _selftests(self) -> list[Edit]:
        """A relative link to each selftest's file, by this directory's path in the tree."""
        return [Plant(where, os.path.relpath(f"{HOME}/{path.relative_to(self.repo)}",
                                             os.path.dirname(where)))
                for where, path in selftests(self.repo).items()]

    # -- grafting -----------------------------------------------------------

    def plan(self) -> list[Change]:
        """The changes to the original tree, as it was before any graft."""
        require_known_kernel(self.tree)
        return make_plan(self.edits, self._original)

    def _original(self, path: str) -> Content:
        if self.grafted:
            for entry in self._manifest():
                if entry["path"] == path:
                    return read(self.state / "orig" / path) if entry["old"] else None
        return read(self.tree / path)

    def apply(self) -> bool:
        """Graft the tree; False if the same graft was complete already."""
        changes = self.plan()
        if self.grafted:
            self._refuse_if_edited()
            if self._entries(changes) == self._manifest():
                return self._write_missing(changes)
            self.undo()
        self._save(changes)
        self._write_missing(changes)
        return True

    def _write_missing(self, changes: Sequence[Change]) -> bool:
        """Write each path that does not have its new content; whether one was written."""
        busy = False
        for change in changes:
            path = self.tree / change.path
            if digest(read(path)) != digest(change.new):
                write(path, change.new, self._mode(path))
                busy = True
        return busy

    @staticmethod
    def _mode(path: Path) -> int:
        return stat.S_IMODE(path.lstat().st_mode) if path.is_file() else 0o644

    @staticmethod
    def _entries(changes: Sequence[Change]) -> list[dict[str, Any]]:
        return [{"path": change.path, "old": digest(change.old), "new": digest(change.new)}
                for change in changes]

    def _save(self, changes: Sequence[Change]) -> None:
        """Save the originals and the manifest, completely before the first file changes."""
        new = self.state.with_name(STATE + ".new")
        shutil.rmtree(new, ignore_errors=True)
        for change in changes:
            if change.old is None:
                continue
            kept = new / "orig" / change.path
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.tree / change.path, kept, follow_symlinks=False)
        new.mkdir(parents=True, exist_ok=True)
        manifest = {"version": self.VERSION, "files": self._entries(changes)}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
        (new / ".gitignore").write_text("*\n")
        new.rename(self.state)

    # -- undoing ------------------------------------------------------------

    def _manifest(self) -> list[dict[str, Any]]:
        try:
            manifest = json.loads((self.state / "manifest.json").read_text())
            if manifest["version"] != self.VERSION:
                raise GraftError(f"{self.state} is of version {manifest['version']}, "
                                 f"this lab knows {self.VERSION}. Nothing was changed.")
            files: list[dict[str, Any]] = manifest["files"]
        except (ValueError, KeyError) as why:
            raise GraftError(f"{self.state}/manifest.json is damaged ({why}). "
                             "Nothing was changed.") from why
        return files

    def _refuse_if_edited(self) -> None:
        """Raise a GraftError if a file was edited after the graft."""
        edited: list[str] = []
        for entry in self._manifest():
            if digest(read(self.tree / entry["path"])) not in (entry["old"], entry["new"]):
                edited.append(f"  {entry['path']} was changed after it was grafted")
            kept = read(self.state / "orig" / entry["path"])
            if digest(kept) != entry["old"]:
                edited.append(f"  {STATE}/orig/{entry['path']} is not what was kept")
        if edited:
            raise GraftError("The tree was edited after it was grafted; nothing was changed:\n"
                             + "\n".join(edited)
                             + f"\nSave these edits, and restore the files from {STATE}/orig/.")

    def undo(self) -> bool:
        """Restore the tree byte for byte; False if it was not grafted."""
        if not self.grafted:
            return False
        self._refuse_if_edited()
        entries = self._manifest()
        for entry in entries:
            path = self.tree / entry["path"]
            if entry["old"] is None:
                remove_file(path, self.tree)
            elif digest(read(path)) != entry["old"]:
                self._put_back(path, self.state / "orig" / entry["path"])
        shutil.rmtree(self.state)
        return True

    @staticmethod
    def _put_back(path: Path, kept: Path) -> None:
        new = path.with_name(f".{path.name}.fadump-new")
        shutil.copy2(kept, new, follow_symlinks=False)
        new.replace(path)


class Patch:
    """The graft as one patch for git: files in place of links, documents included."""

    TOP = ("*.c", "*.h", "*.S", "Kconfig", "Kbuild", ".kunitconfig")
    #: Folders that are the same in a tree.
    FOLDERS = ("boot", "capture", "lib", "memory", "tests")
    #: Input of tests on the host; a kernel tree does not need it.
    NOT_FOR_A_TREE = "tests/corpus"

    def __init__(self, tree: Path, repo: Path, edits: Sequence[Edit] = EDITS) -> None:
        self.tree = Path(tree).expanduser().resolve()
        self.repo = Path(repo).resolve()
        self.edits = edits

    # -- places -------------------------------------------------------------

    @classmethod
    def sources(cls, repo: Path) -> list[Path]:
        """All our files that a kernel tree gets."""
        return sorted(path for path, _ in cls.placed(repo))

    @classmethod
    def placed(cls, repo: Path) -> Iterator[tuple[Path, str]]:
        """Each of our files with its path in a kernel tree."""
        for pattern in cls.TOP:
            for path in sorted(repo.glob(pattern)):
                yield path, f"{HOME}/{path.name}"
        for folder in cls.FOLDERS:
            for path in files_below(repo / folder):
                if not path.is_relative_to(repo / cls.NOT_FOR_A_TREE):
                    yield path, f"{HOME}/{path.relative_to(repo)}"
        header = repo / "asm/fadump.h"
        if header.is_file():
            yield header, f"{POWERPC}/include/asm/fadump.h"
        for path in files_below(repo / "Documentation"):
            yield path, cls._document(path.relative_to(repo / "Documentation"))
        for where, path in selftests(repo).items():
            yield path, where

    @staticmethod
    def _document(path: Path) -> str:
        """The path of a document in a kernel tree."""
        if path.parts[0] == "ABI":
            inner = Path(*path.parts[1:])
            shelf = "" if len(inner.parts) > 1 else "testing/"
            return f"Documentation/ABI/{shelf}{inner}"
        if path.name.startswith("sysfs-"):
            return f"Documentation/ABI/testing/{path.name}"
        return f"Documentation/arch/powerpc/{path}"

    # -- the patch ----------------------------------------------------------

    def changes(self) -> list[Change]:
        """The changes of all paths that the patch touches."""
        require_known_kernel(self.tree)
        if (self.tree / STATE).exists():
            raise GraftError(f"{self.tree} is grafted; the patch is made against a clean tree: "
                             "ungraft it first")
        if read(self.tree / HOME) is not None:
            raise GraftError(f"{self.tree / HOME} already exists; "
                             "the patch is made against a clean tree")
        placed = {where: path for path, where in self.placed(self.repo)}
        edits = [*self.edits, *self._index_edits(placed)]
        planned = make_plan(edits, lambda path: read(self.tree / path))
        changes = {change.path: change for change in planned if not isinstance(change.new, Link)}
        links = {change.path for change in planned if isinstance(change.new, Link)}
        missing = links - placed.keys()
        if missing:
            raise GraftError("Files that the tree needs are missing here: "
                             + ", ".join(sorted(missing)))
        for where, path in placed.items():
            changes[where] = Change(where, read(self.tree / where), path.read_bytes())
        return [changes[path] for path in sorted(changes)
                if digest(changes[path].old) != digest(changes[path].new)]

    def _index_edits(self, placed: dict[str, Path]) -> list[Edit]:
        """Edits that add our documents to the tree's tables of contents."""
        edits: list[Edit] = []
        index = f"Documentation/{POWERPC}/index.rst"
        present = read(self.tree / index)
        listed = Edit.text(present) if isinstance(present, bytes) else ""
        for where in sorted(placed, reverse=True):
            if not where.startswith("Documentation/arch/powerpc/") or not where.endswith(".rst"):
                continue
            name = where.removeprefix("Documentation/arch/powerpc/").removesuffix(".rst")
            if not re.search(rf"^\s+{re.escape(name)}$", listed, re.MULTILINE):
                edits.append(AddLine(index, r"\s+firmware-assisted-dump$", f"    {name}"))
        return edits

    def text(self) -> bytes:
        """The patch, as git apply takes it."""
        modes = {where: path for path, where in self.placed(self.repo)}
        return b"".join(self._one(change, modes.get(change.path)) for change in self.changes())

    def _one(self, change: Change, ours: Optional[Path]) -> bytes:
        old = change.old if isinstance(change.old, bytes) else None
        new = change.new if isinstance(change.new, bytes) else None
        lines = [f"diff --git a/{change.path} b/{change.path}"]
        if old is None:
            lines.append(f"new file mode {git_mode(ours or self.tree / change.path)}")
        elif new is None:
            lines.append(f"deleted file mode {git_mode(self.tree / change.path)}")
        if is_binary(old) or is_binary(new):
            lines.append(f"index {blob_id(old)}..{blob_id(new)}"
                         + (f" {git_mode(ours)}" if ours and old is not None else ""))
            head = "\n".join(lines).encode() + b"\nGIT binary patch\n"
            return head + binary_literal(new or b"") + b"\n" + binary_literal(old or b"") + b"\n"
        if not old and not new:
            lines.append(f"index {blob_id(old)}..{blob_id(new)}")
            return "\n".join(lines).encode() + b"\n"
        lines += [f"--- a/{change.path}" if old is not None else "--- /dev/null",
                  f"+++ b/{change.path}" if new is not None else "+++ /dev/null"]
        return "\n".join(lines).encode() + b"\n" + hunks(old or b"", new or b"")


def git_mode(path: Path) -> str:
    """A file's mode as git writes it."""
    return "100755" if path.stat().st_mode & stat.S_IXUSR else "100644"


def is_binary(data: Optional[bytes]) -> bool:
    """Whether git treats this content as binary."""
    return data is not None and b"\0" in data[:8000]


def blob_id(data: Optional[bytes]) -> str:
    """git's object id of a content; all zeros for no file."""
    if data is None:
        return "0" * 40
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def binary_literal(data: bytes) -> bytes:
    """A content in git's binary patch form."""
    packed = zlib.compress(data)
    out = [b"literal %d" % len(data)]
    for start in range(0, len(packed), 52):
        piece = packed[start:start + 52]
        size = chr(ord("A") + len(piece) - 1 if len(piece) <= 26 else ord("a") + len(piece) - 27)
        out.append(size.encode() + base64.b85encode(piece + b"\0" * (-len(piece) % 4)))
    return b"\n".join(out) + b"\n"


def hunks(old: bytes, new: bytes) -> bytes:
    """The body of a unified diff; a missing newline at the end of file is marked."""
    before, after = (data.decode("latin-1").split("\n") for data in (old, new))
    before, after = (close_lines(lines) for lines in (before, after))
    out: list[str] = []
    for line in list(difflib.unified_diff(before, after, n=3))[2:]:
        out.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(out).encode("latin-1")


def close_lines(pieces: list[str]) -> list[str]:
    """Lines with their newlines; the last may have none."""
    lines = [piece + "\n" for piece in pieces[:-1]]
    return lines + [pieces[-1]] if pieces[-1] else lines
