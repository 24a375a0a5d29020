# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels: grafted sources, verified configs, builds and static checks."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Optional

from .. import LAB, REPO, LabError
from ..graft.graft import Graft, Patch, series, tree_version
from ..ui import ui
from . import layers
from .toolbox import DEFAULT_KVER, Toolbox, locked, remove_tree, version_key

CONFIGS = LAB / "configs"

#: Lines of kbuild's output, one for each file that it has built.
STEP = re.compile(r"^\s+(CC|AS|LD|AR|HOSTCC|HOSTLD|VDSO64\w|VDSO32\w)\s")
#: Such lines in a first build of the fast flavour, roughly.
FIRST_GUESS = 1550

#: The second compiler, by its name in the toolbox.
CLANG = "clang-19"

#: What a kernel is linked from in our directory.
OURS = "arch/powerpc/fadump/built-in.a"

CROSS = {"le": "powerpc64le-linux-gnu-", "be": "powerpc64-linux-gnu-"}


def short_hash(text: str) -> str:
    """Six hexadecimal digits, different for different paths."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def parse_config(text: str) -> dict[str, str]:
    """Options of a .config or fragment; an unset one is 'n'."""
    options: dict[str, str] = {}
    for line in text.splitlines():
        match = (re.match(r"(CONFIG_\w+)=(.*)$", line)
                 or re.match(r"# (CONFIG_\w+) is not set()$", line))
        if match:
            options[match[1]] = match[2] or "n"
    return options


def options_since(kver: str) -> list[Path]:
    """The newest fragment linux-*.config that is not newer than this version, as a list."""
    paths = {tuple(version_key(path.stem)): path for path in CONFIGS.glob("linux-*.config")}
    return [paths[version] for version in sorted(paths) if version <= tuple(version_key(kver))][-1:]


def config_complaints(wanted: str, got: str) -> list[str]:
    """One line for each wanted option that the config does not have."""
    have = parse_config(got)
    return [f"{name}: wanted {value}, got {have.get(name, 'n (not offered by this tree)')}"
            for name, value in parse_config(wanted).items()
            if have.get(name, "n") != value]


@dataclasses.dataclass(frozen=True)
class Finding:
    """The result of one static check."""

    name: str
    lines: list[str]

    @property
    def ok(self) -> bool:
        """A check without output has passed."""
        return not self.lines


class Source:
    """The source tree of a kernel: pristine, grafted, or a copy of the user's."""

    def __init__(self, toolbox: Toolbox, kver: str, untouched: bool,
                 ksrc: Optional[str]) -> None:
        self.toolbox = toolbox
        self.untouched = untouched
        self.own = Path(ksrc).expanduser().resolve() if ksrc else None
        if self.own and not (self.own / "arch/powerpc/Kbuild").is_file():
            raise LabError(f"KSRC={ksrc} is not a Linux tree (no arch/powerpc/Kbuild)")
        self.version = series(tree_version(self.own)) if self.own else toolbox.resolve(kver)
        label = f"{self.version}-own{short_hash(str(self.own))}" if self.own else self.version
        self.base = label
        self.label = f"{label}-{'untouched' if untouched else short_hash(str(REPO))}"

    def prepare(self) -> Path:
        """The tree, ready to build."""
        pristine = self.own or self.toolbox.ksrc(self.version)
        if self.untouched and not self.own:
            return pristine
        tree = self.toolbox.cache / "trees" / self.label
        with locked(self.toolbox.cache / "locks" / f"tree-{self.label}", "preparing a tree"):
            if self.own:
                self._mirror(pristine, tree)
            elif not tree.is_dir():
                self._link(pristine, tree)
            if not self.untouched:
                Graft(tree, REPO).apply()
        return tree

    def _link(self, pristine: Path, tree: Path) -> None:
        """A copy made of hard links: changes go in by rename, never in place."""
        new = tree.with_name(tree.name + ".new")
        remove_tree(new)
        new.parent.mkdir(parents=True, exist_ok=True)
        with ui.task(f"kernel: a tree for {self.label}"):
            self.toolbox.run(["cp", "-al", pristine, new], cwd="/")
            new.rename(tree)

    def _mirror(self, own: Path, tree: Path) -> None:
        """Update the lab's copy of the user's tree; the user's tree is not changed."""
        if Graft(own, REPO).grafted:
            raise LabError(f"{own} is grafted, and the lab grafts a copy of its own: "
                           f"make ungraft KSRC={own}")
        self.toolbox.bind(own)
        tree.mkdir(parents=True, exist_ok=True)
        if Graft(tree, REPO).grafted:
            Graft(tree, REPO).undo()
        with ui.task(f"kernel: copying {own}") as task:
            self.toolbox.run(["rsync", "-a", "--delete", "--exclude=/.git",
                              "--exclude=/.fadump-graft", f"{own}/", f"{tree}/"], cwd="/")
            task.result = "only changes"


class Kernel:
    """One variant of a kernel; `build()` fills in the paths."""

    def __init__(self, toolbox: Toolbox, kver: str = DEFAULT_KVER, flavour: str = "fast", *,
                 untouched: bool = False, ksrc: Optional[str] = None,
                 pages: str = "64k", endian: str = "le", purpose: str = "",
                 variant: str = "", compiler: str = "") -> None:
        self.toolbox = toolbox
        #: The compiler; empty for gcc.
        self.compiler = compiler
        self.flavour = flavour
        self.untouched = untouched
        self.pages = pages
        self.endian = endian
        self.variant = variant
        self.source = Source(toolbox, kver, untouched, ksrc)
        self.kver = self.source.version
        prefix = f"{purpose}-" if purpose else ""
        suffix = f"-{variant}" if variant else ""
        self.name = f"{prefix}{self.source.label}-{endian}-{pages}-{flavour}{suffix}"
        self.obj = toolbox.cache / "build" / self.name
        self.src = Path()
        self.vmlinux = self.obj / "vmlinux"
        self.image = self.obj / "vmlinux.stripped"
        self.config = self.obj / ".config"
        self.log = self.obj / "lab-build.log"

    # -- configuration ------------------------------------------------------

    @property
    def alone(self) -> bool:
        """Whether the variant's fragment replaces base.config; otherwise it is added to it."""
        return (CONFIGS / f"alone-{self.variant}.config").is_file()

    def fragments(self) -> list[Path]:
        """The config fragments of this variant."""
        names = [f"pages-{self.pages}", f"endian-{self.endian}"]
        if self.alone:
            return [CONFIGS / f"{name}.config" for name in (f"alone-{self.variant}", *names)]
        names = ["base", self.flavour, *names]
        names += [path.stem for path in options_since(self.kver)]
        if not self.untouched:
            names.append("fadump")
        if self.variant:
            names.append(f"variant-{self.variant}")
        paths = [CONFIGS / f"{name}.config" for name in names]
        for path in paths:
            if not path.is_file():
                raise LabError(f"No config fragment {path.name} in {CONFIGS}")
        return paths

    def configure(self) -> None:
        """allnoconfig with the fragments; a LabError if the config lacks one of their options."""
        wanted = "".join(path.read_text() for path in self.fragments())
        fragment = self.obj / "wanted.config"
        fragment.write_text(wanted)
        self.make("allnoconfig", f"KCONFIG_ALLCONFIG={fragment}")
        wrong = config_complaints(wanted, self.config.read_text())
        if wrong:
            raise LabError(f"Linux {self.kver} ({self.name}): options that did not stick:\n  "
                           + "\n  ".join(wrong) + f"\nConfig: {self.config}")

    # -- building -----------------------------------------------------------

    def make(self, *args: str, jobs: Optional[int] = None, check: bool = True,
             task: Optional["Steps"] = None) -> str:
        """Run the tree's make for this variant; returns its output."""
        argv = ["make", f"-j{jobs or os.cpu_count() or 2}", "ARCH=powerpc",
                f"CROSS_COMPILE={CROSS[self.endian]}", f"O={self.obj}", *args]
        if self.compiler:
            argv.append(f"CC={self.compiler}")
        done = self.toolbox.run(argv, cwd=self.src, log=self.log, check=check,
                                env={"KBUILD_BUILD_USER": "fadump", "KBUILD_BUILD_HOST": "lab"},
                                on_line=task.see if task else None)
        return done.stdout

    @contextlib.contextmanager
    def _prepared(self) -> Iterator[None]:
        """Hold the lock of the object directory; source and object directory are ready."""
        self.src = self.source.prepare()
        with self._locked(self.name):
            if not self.obj.exists():
                self._start()
            self.log.write_text("")
            yield

    def _locked(self, name: str) -> contextlib.AbstractContextManager[None]:
        return locked(self.toolbox.cache / "locks" / f"build-{name}", "building this kernel")

    def _start(self) -> None:
        """A new object directory, with the objects of another kernel that kbuild can reuse.

        A variant gets everything but the linked files, and compiles what its options change.
        Any other kernel gets the programs of scripts/.
        """
        label = self.source.label
        name, what = f"{label}-{self.endian}-{self.pages}-{self.flavour}", ""
        if self.name != f"{name}-{self.variant}" or self.alone:
            name, what = f"{label}-le-64k-fast", "scripts"
        other = self.toolbox.cache / "build" / name
        self.obj.mkdir(parents=True)
        if other != self.obj and (other / "vmlinux").is_file():
            with self._locked(name):
                self.toolbox.run(["rsync", "-a", "--exclude=/vmlinux*", "--exclude=/lab-*",
                                  f"{other}/{what}", self.obj], cwd="/")

    def sibling(self, variant: str = "", pages: str = "") -> "Kernel":
        """The same source as another variant, or with another page size."""
        own = str(self.source.own) if self.source.own else None
        return Kernel(self.toolbox, self.kver, "fast", untouched=self.untouched, ksrc=own,
                      pages=pages or self.pages, endian=self.endian, variant=variant)

    def build(self) -> "Kernel":
        """Compile what is out of date."""
        with self._prepared(), ui.task(f"kernel: {self.name}") as task:
            self.configure()
            steps = Steps(task.update, self.obj / "lab-steps")
            self.make("vmlinux", task=steps)
            steps.remember()
            self._strip()
            task.result = f"{steps.count} steps, log {self.log}"
        return self

    def link_check(self, base: "Kernel") -> list[str]:
        """Symbols that a kernel of this config would lack; no kernel is linked for that.

        Only arch/powerpc is compiled with this config. Symbols that our directory needs must be
        defined there or in the rest of a kernel that is already linked, because most of a kernel
        does not depend on the platform. Symbols that arch/powerpc needs from our directory must
        be defined in it.
        """
        with self._prepared(), ui.task(f"kernel: {self.name}") as task:
            self.configure()
            self.make("arch/powerpc/", task=Steps(task.update, None))
            arch, ours = Symbols.of(self, "arch/powerpc"), Symbols.of(self, OURS)
            base_arch, base_ours = Symbols.of(base, "arch/powerpc"), Symbols.of(base, OURS)
            rest = Symbols.of(base, "vmlinux").defined - base_arch.defined - base_ours.defined
            lacking = ours.wanted - ours.defined - arch.defined - rest
            lacking |= arch.wanted & base_ours.defined - ours.defined
            task.result = f"{len(lacking)} symbols are missing" if lacking else "would link"
        return sorted(lacking)

    def _strip(self) -> None:
        """Remove DWARF from the image that QEMU loads, which makes it small."""
        if (self.image.exists()
                and self.image.stat().st_mtime >= self.vmlinux.stat().st_mtime):
            return
        new = self.image.with_name("vmlinux.stripped.new")
        self.toolbox.run([CROSS[self.endian] + "objcopy", "--strip-all", self.vmlinux, new],
                         cwd=self.obj)
        new.rename(self.image)

    def module(self, source: Path) -> Path:
        """Build a module from one file; the kernel must have been built."""
        where = self.obj / "lab-modules" / source.stem
        copy, module = where / source.name, where / f"{source.stem}.ko"
        with self._locked(self.name):
            if (module.exists() and copy.read_bytes() == source.read_bytes()
                    and module.stat().st_mtime > self.config.stat().st_mtime):
                return module
            with ui.task(f"kernel: {module.name}"):
                where.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                (where / "Kbuild").write_text(
                    f"obj-m := {source.stem}.o\n"
                    f"KBUILD_EXTRA_SYMBOLS := {self.obj}/vmlinux.symvers\n")
                self.make("modules_prepare")
                self.make(f"M={where}", "modules")
        return module

    # -- static checks ------------------------------------------------------

    def static_checks(self) -> list[Finding]:
        """The results of all static checks of our files."""
        self.src = self.source.prepare()
        checks = [self._checkpatch, self._kernel_doc, self._platforms]
        checks += [self.on_machine(*machine).compile_check
                   for machine in (("le", "64k"), ("le", "4k"), ("be", "64k"),
                                   ("le", "64k", CLANG))]
        # In parallel: each check has phases in which only one process runs.
        with ThreadPoolExecutor(len(checks)) as pool:
            found = list(pool.map(lambda check: check(), checks))
        return [*found, self.on_machine("le", "64k").layer_check()]

    def layer_check(self) -> Finding:
        """Includes and calls against the layers, after compile_check()."""
        ours = self.obj / "arch/powerpc/fadump"
        sources = {str(path.relative_to(REPO)): path.read_text()
                   for path in Patch.sources(REPO) if path.suffix in (".c", ".h")}
        objects = {name: Symbols.of(self, str(ours / name[:-len(".c")]) + ".o")
                   for name in sources if layers.is_ours(name)
                   and (ours / name).with_suffix(".o").is_file()}
        if not objects:
            return Finding("layers", ["There are no objects to check"])
        arrows = [*layers.includes(sources),
                  *layers.calls({name: one.defined for name, one in objects.items()},
                                {name: one.wanted for name, one in objects.items()})]
        return Finding("layers", layers.complaints(arrows))

    def on_machine(self, endian: str, pages: str, compiler: str = "") -> "Kernel":
        """The same source for another machine, in an object directory for checks."""
        own = str(self.source.own) if self.source.own else None
        return Kernel(self.toolbox, self.kver, self.flavour, untouched=self.untouched,
                      ksrc=own, pages=pages, endian=endian, compiler=compiler, variant="plain",
                      purpose=f"check-{compiler}" if compiler else "check")

    def compile_check(self) -> Finding:
        """Compile our directory alone with W=1; with gcc, run sparse as well."""
        name = f"{self.compiler or 'gcc and sparse'} {self.endian} {self.pages}"
        with self._prepared(), ui.task(f"static checks: {name}") as task:
            self.configure()
            args = [] if self.compiler else self.sparse_args()
            finding = Finding(name, self._compile_ours("W=1", *args))
            task.result = verdict([finding])
        return finding

    def _compile_ours(self, *args: str) -> list[str]:
        """Compile our directory from scratch; the warnings and errors about our files."""
        ours = self.obj / "arch/powerpc/fadump"
        shutil.rmtree(ours, ignore_errors=True)
        output = self.make(*args, "arch/powerpc/fadump/", check=False)
        lines = ours_only(output.splitlines())
        if not lines and not (ours / "built-in.a").exists():
            reasons = [line for line in output.splitlines() if "***" in line]
            lines = [*reasons[:1], f"arch/powerpc/fadump/ did not compile; see {self.log}"]
        if not lines and "C=2" in args and "  CHECK " not in output:
            lines = [f"the tree did not run sparse; see {self.log}"]
        return lines

    def sparse_args(self) -> list[str]:
        """Make variables that run sparse after the compiler, with its byte-order checks."""
        return ["C=2", "CHECK=" + " ".join(self.toolbox.sparse_argv()), "CF=-D__CHECK_ENDIAN__"]

    def _checkpatch(self) -> Finding:
        """checkpatch.pl --strict over each file that a patch would carry."""
        paths = [path for path in Patch.sources(REPO)
                 if path.suffix in (".c", ".h", ".S", ".rst") or path.name.startswith("sysfs-")]
        with ui.task("static checks: checkpatch") as task:
            done = self.toolbox.run(
                ["perl", "scripts/checkpatch.pl", "--strict", "--terse", "--no-summary",
                 "--show-types", "-f", *paths], cwd=self.src, check=False)
            lines = done.stdout.replace(f"{REPO}/", "").splitlines()
            task.result = f"{len(paths)} files, {len(lines)} complaints"
        return Finding("checkpatch", lines)

    @staticmethod
    def _platforms() -> Finding:
        """Code must not depend on the platform, except for the table of backends."""
        asks = re.compile(r"CONFIG_PPC_(POWERNV|PSERIES)\b")
        table = re.compile(r"^#ifdef CONFIG_PPC_\w+\n\t&\w+_fadump_backend,$", re.MULTILINE)
        lines = [f"{path.relative_to(REPO)}:{number}: {line}"
                 for path in Patch.sources(REPO)
                 if path.suffix in (".c", ".h")
                 for number, line in enumerate(table.sub("\n", path.read_text()).splitlines(), 1)
                 if asks.search(line)]
        return Finding("platforms", lines)

    def _kernel_doc(self) -> Finding:
        """kernel-doc over our C files; any output is a failure."""
        paths = [path for path in Patch.sources(REPO) if path.suffix in (".c", ".h")]
        if not paths:
            return Finding("kernel-doc", [])
        tool = "scripts/kernel-doc"
        with ui.task("static checks: kernel-doc") as task:
            done = self.toolbox.run([self.src / tool, "-none", *paths], cwd=self.src, check=False)
            lines = [line for line in done.stdout.splitlines() if line.strip()]
            task.result = f"{len(lines)} complaints"
        return Finding("kernel-doc", [line.replace(f"{REPO}/", "") for line in lines])


@dataclasses.dataclass(frozen=True)
class Symbols:
    """Global symbols that objects define, and symbols that they need from other objects."""

    defined: set[str]
    wanted: set[str]

    @classmethod
    def of(cls, kernel: Kernel, name: str) -> "Symbols":
        """The symbols of a file or an archive, or of all objects below a folder.

        vdso, boot and purgatory are left aside: they are linked on their own. So is fadump:
        objects of files that were moved or renamed are still there, and only its archive says
        what is linked.
        """
        path = kernel.obj / name
        objects = [path] if path.is_file() else \
            [one for one in sorted(path.rglob("*.o"))
             if not {"vdso", "boot", "purgatory", "fadump"} & set(one.relative_to(path).parts)]
        found: dict[bool, set[str]] = {False: set(), True: set()}
        done = kernel.toolbox.run([CROSS[kernel.endian] + "nm", "-P", "-g", *objects],
                                  cwd=kernel.obj)
        for line in done.stdout.splitlines():
            symbol, _, kind = line.partition(" ")
            # A weak symbol (lower case) may be undefined; the linker defines .TOC.
            if kind[:1].isupper() and symbol != ".TOC.":
                found[kind[0] == "U"].add(symbol)
        return cls(found[False], found[True])


class Steps:
    """Counts kbuild's steps and shows the count, with the expected total for a first build."""

    def __init__(self, show: Callable[[str], None], memory: Optional[Path]) -> None:
        self.show = show
        self.memory = memory
        self.count = 0
        self.expected = FIRST_GUESS if memory else 0
        if memory and memory.is_file():
            self.expected = 0

    def see(self, line: str) -> None:
        """Count a line of make's output if it is a step."""
        if not STEP.match(line):
            return
        self.count += 1
        of = f" of about {self.expected}" if self.expected >= self.count else ""
        self.show(f"{self.count}{of} steps")

    def remember(self) -> None:
        """Note that the first build is done; the size of a later one is unknown."""
        if self.memory:
            self.memory.touch()


def ours_only(lines: Iterable[str]) -> list[str]:
    """Warnings and errors with a location in our directory or our header."""
    place = re.compile(r"(arch/powerpc/fadump/|asm/fadump\.h)[^ ]*:\d+:.*\b(warning|error)\b")
    return [line for line in lines if place.search(line)]


def verdict(findings: Iterable[Finding]) -> str:
    """Findings in a few words."""
    wrong = [finding.name for finding in findings if not finding.ok]
    return "complaints: " + ", ".join(wrong) if wrong else "clean"
