# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbox: small Debian roots with every program that the lab runs.

Each root has one architecture, because the package lists of two architectures are not
always in step. The roots of every run:

``tools``      amd64: compilers, QEMU, gdb
``guest``      ppc64el: what the initramfs is made of
``crash``      ppc64el: a crash(8) new enough for the kernel, run under qemu-user
``sparse``     amd64: a sparse(1) new enough for the kernel
``linux-7.3``  any: a package linux-source-7.3

Roots that are made when a command needs them:

``buildroot``  amd64: compilers and checkers for fadumpctl and its packages
``libraries``  ppc64el: the libraries that fadumpctl links to
``debuggers``  amd64: drgn and gdb for dumps
``documents``  amd64: Sphinx
``proofs``     amd64: cbmc, a bounded model checker for C
``debian``     ppc64el: the packages of a whole system, to be installed in a machine
``dracut``     ppc64el: the same with dracut
``host``       amd64: mke2fs for that system's disk, sshd for its dumps
``grub``       ppc64el: a boot loader for partitions
``linux-7.2``  any: an older kernel's source; one root for each version

A root has unpacked packages that are not configured, so an ordinary user can make one.
Its name has the hash of its recipe: a changed recipe makes a new root, and a run that
uses the old one is not disturbed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Optional, Self, Union

from .. import REPO, LabError, cache_dir
from ..graft.graft import KNOWN
from ..ui import ui

PathLike = Union[str, Path]

#: The kernel version of a command without KVER.
DEFAULT_KVER = KNOWN[-1]

#: Packages that the lab's shell commands rely on.
BASE_PACKAGES = (
    "base-files", "bash", "coreutils", "dash", "debianutils", "diffutils", "findutils",
    "grep", "gzip", "libc-bin", "mawk", "perl-base", "sed", "tar", "util-linux",
)

TOOLS_PACKAGES = BASE_PACKAGES + (
    # building a kernel
    "bc", "binutils", "bison", "cpio", "flex", "gcc", "kmod", "libc6-dev", "libelf-dev",
    "libssl-dev", "m4", "make", "patch", "perl", "python3", "rsync", "xz-utils", "zstd",
    "gcc-powerpc64le-linux-gnu", "libc6-dev-ppc64el-cross",
    "gcc-powerpc64-linux-gnu", "libc6-dev-ppc64-cross",
    # tests
    "git", "python3-pytest", "python3-pytest-xdist",
    # fuzzing; kbuild does not find a compiler of this name by accident
    "clang-19", "libclang-rt-19-dev", "libfdt-dev",
    # running a kernel; all three parts of QEMU have to come from the same suite
    "device-tree-compiler", "gdb-multiarch", "qemu-user",
    "qemu-system-ppc/trixie-backports", "qemu-system-common/trixie-backports",
    "qemu-system-data/trixie-backports",
)

#: For building and checking fadumpctl and its packages, which are also installed there.
BUILD_ROOT_PACKAGES = BASE_PACKAGES + (
    "binutils", "clang-19", "debhelper", "dpkg", "dpkg-dev", "gcc", "gcc-powerpc64le-linux-gnu",
    "init-system-helpers", "libc6-dev", "libc6-dev-ppc64el-cross", "libclang-rt-19-dev",
    "libjansson-dev", "libkdumpfile-dev", "libmd-dev", "lintian", "make", "makedumpfile",
    "mandoc", "mount", "pkgconf", "python3", "rpm", "rpmlint", "shellcheck", "systemd",
    "xz-utils",
)
LIBRARIES_PACKAGES = ("libjansson-dev", "libmd-dev")
#: Debuggers that open dumps, beside crash.
DEBUGGERS_PACKAGES = BASE_PACKAGES + ("gdb-multiarch", "python3", "python3-drgn")

#: A Debian system with the dependencies of fadump-tools and kdump-tools.
SYSTEM_PACKAGES = (
    "?essential", "apt", "busybox", "bsdextrautils", "dbus", "e2fsprogs", "file",
    "iproute2", "kexec-tools", "kmod", "libjansson4", "libmd0",
    "linux-base", "login", "makedumpfile", "mount", "openssh-client", "passwd", "procps",
    "systemd", "systemd-sysv", "ucf", "udev", "zstd",
)
DEBIAN_PACKAGES = (*SYSTEM_PACKAGES, "initramfs-tools")
#: The same with another generator of initramfs, and what its images may need.
DRACUT_PACKAGES = (*SYSTEM_PACKAGES, "cryptsetup", "dracut", "lvm2", "systemd-cryptsetup")
#: For the host side of a Debian system.
HOST_PACKAGES = BASE_PACKAGES + ("e2fsprogs", "openssh-client", "openssh-server")

#: What the kernel's documents are built with.
DOCUMENTS_PACKAGES = BASE_PACKAGES + ("make", "python3", "python3-sphinx", "python3-yaml")

#: For proofs about the library code; cbmc preprocesses with gcc.
PROOFS_PACKAGES = BASE_PACKAGES + ("binutils", "cbmc", "gcc", "libc6-dev", "make")

GUEST_PACKAGES = ("busybox-static", "makedumpfile", "kexec-tools")
CRASH_PACKAGES = ("crash",)

#: Puts the packages themselves into the root: the machine installs them later.
PACKAGES_HOOK = r"""
set -eu
root=$1
export APT_CONFIG="${MMDEBSTRAP_APT_CONFIG:-${APT_CONFIG:-}}"
mkdir -p "$root/var/lib/lab/system" "$root/var/lib/lab/kdump-tools"
ln "$root"/var/cache/apt/archives/*.deb "$root/var/lib/lab/system/"
cd "$root/var/lib/lab/kdump-tools"
apt-get -q download kdump-tools
"""

#: dpkg's database, for a root in which packages are only unpacked.
DATABASE_HOOK = r"""
set -eu
db=$1/var/lib/dpkg
mkdir -p "$db/info" "$db/triggers" "$db/updates" "$1/etc/dpkg/origins"
echo 1 >"$db/info/format"
ln -s debian "$1/etc/dpkg/origins/default"
for deb in "$1"/var/cache/apt/archives/*.deb; do
    name=$(dpkg-deb -f "$deb" Package)
    [ "$(dpkg-deb -f "$deb" Multi-Arch)" != same ] ||
        name=$name:$(dpkg-deb -f "$deb" Architecture)
    dpkg-deb -e "$deb" "$db/new"
    dpkg-deb -f "$deb" | sed 's/^Package:/Status: install ok installed\n&/' >>"$db/status"
    echo >>"$db/status"
    for file in "$db"/new/*; do
        mv "$file" "$db/info/$name.${file##*/}"
    done
    rmdir "$db/new"
    dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's|^\.||; s|\(.\)/$|\1|; s|^/$|/.|' \
        >"$db/info/$name.list"
done
rm "$db"/info/*.control
"""

#: sshd needs a user, which its package's scripts would make; they do not run.
SSHD_HOOK = r"""
set -eu
echo root:x:0: >"$1/etc/group"
cat >"$1/etc/passwd" <<END
root:x:0:0:root:/root:/bin/sh
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
END
"""

#: The kernel's makefile asks which(1) for Sphinx, and Sphinx does not start without
#: certificates; scripts of their packages make both, and do not run.
DOCUMENTS_HOOK = r"""
set -eu
ln -s which.debianutils "$1/usr/bin/which"
mkdir -p "$1/etc/ssl/certs"
cat "$1"/usr/share/ca-certificates/mozilla/*.crt >"$1/etc/ssl/certs/ca-certificates.crt"
"""

#: Enters a root in a mount namespace of its own. Each step is an exec, so that the caller's
#: child process is the program itself.
ENTER = r"""
root=$1; dir=$2; shift 2
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$(dirname "$root$1")"; : >>"$root$1"; fi
    mount --rbind "$1" "$root$1" || exit 125
    shift
done
shift
exec chroot "$root" /usr/bin/sh -c 'cd "$0" && exec "$@"' "$dir" "$@"
"""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The content of one root."""

    name: str
    arch: str
    suite: str
    packages: tuple[str, ...]
    suites: tuple[str, ...] = ()
    aptopts: tuple[str, ...] = ()
    hook: str = ""
    #: Used while the mirror's package lists of ``suite`` do not match its Release file.
    second_choice: str = ""

    @property
    def stamp(self) -> str:
        """A short hash of everything above."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    @property
    def dirname(self) -> str:
        """The directory of this root in the cache."""
        return f"{self.name}-{self.stamp}"

    def sources(self, mirror: str) -> list[str]:
        """One apt source line for each suite."""
        names = (self.suite,) + self.suites
        return [f"deb {mirror} {name} main" for name in names]

    def alternatives(self) -> list["Recipe"]:
        """This recipe, then the one with the second choice of suite."""
        if not self.second_choice:
            return [self]
        return [self, dataclasses.replace(self, suite=self.second_choice)]


TOOLS = Recipe("tools", "amd64", "trixie", TOOLS_PACKAGES, ("trixie-backports",))
#: The Release file of sid may be older than apt likes.
SID_APTOPTS = ('Acquire::Check-Valid-Until "false"',)

#: Mirrors update ppc64el, a port, less carefully than amd64: a package list that does not
#: match its Release file can stay for days.
GUEST = Recipe("guest", "ppc64el", "trixie", GUEST_PACKAGES, (), SID_APTOPTS,
               second_choice="sid")
CRASH = Recipe("crash", "ppc64el", "sid", CRASH_PACKAGES, (), SID_APTOPTS)
#: sparse 0.6.4 (trixie) does not know the C of newer kernels, and kbuild then
#: skips it without failing.
SPARSE = Recipe("sparse", "amd64", "sid", ("sparse", "libc6"), (), SID_APTOPTS)
#: The roots of older versions are made when a command needs them.
LINUX = {version: Recipe(f"linux-{version}", "amd64", "trixie", (f"linux-source-{version}",),
                         ("trixie-backports",))
         for version in KNOWN}
ROOTS = (TOOLS, GUEST, CRASH, SPARSE, LINUX[DEFAULT_KVER])

#: Made when a command needs them, see build_root.py and dump/debuggers.py.
BUILD_ROOT = Recipe("buildroot", "amd64", "trixie", BUILD_ROOT_PACKAGES, (), (), DATABASE_HOOK)
LIBRARIES = Recipe("libraries", "ppc64el", "trixie", LIBRARIES_PACKAGES, (), SID_APTOPTS,
                   DATABASE_HOOK, second_choice="sid")
DOCUMENTS = Recipe("documents", "amd64", "trixie", DOCUMENTS_PACKAGES, (), (), DOCUMENTS_HOOK)
DEBUGGERS = Recipe("debuggers", "amd64", "trixie", DEBUGGERS_PACKAGES)
#: Made for the proofs about library code, see proofs.py.
PROOFS = Recipe("proofs", "amd64", "trixie", PROOFS_PACKAGES)
#: Made for the Debian scenarios, see system/debian.py.
DEBIAN = Recipe("debian", "ppc64el", "trixie", DEBIAN_PACKAGES, (), SID_APTOPTS, PACKAGES_HOOK,
                second_choice="sid")
DRACUT = Recipe("dracut", "ppc64el", "trixie", DRACUT_PACKAGES, (), SID_APTOPTS, PACKAGES_HOOK,
                second_choice="sid")
#: GRUB for a partition, made for the scenario that boots by it, see machine/grub.py.
GRUB = Recipe("grub", "ppc64el", "trixie", ("grub-common", "grub-ieee1275-bin"), (), SID_APTOPTS,
              second_choice="bookworm")
HOST = Recipe("host", "amd64", "trixie", HOST_PACKAGES, (), (), SSHD_HOOK)
EVERY_ROOT = (*ROOTS, *LINUX.values(), BUILD_ROOT, LIBRARIES, DEBUGGERS, DOCUMENTS, PROOFS, DEBIAN,
              DRACUT, GRUB, HOST)


def find_mirror() -> str:
    """The Debian mirror that this machine already uses, or DEBIAN_MIRROR."""
    wanted = os.environ.get("DEBIAN_MIRROR")
    if wanted:
        return wanted
    try:
        listed = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
            capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        listed = []
    for uri in listed:
        if uri.rstrip("/").endswith("/debian"):
            return uri.rstrip("/")
    raise LabError("No Debian mirror found in this machine's apt configuration.\n"
                   "Name one: DEBIAN_MIRROR=http://.../debian make ...")


@contextlib.contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold a lock file; print once that another run has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ui.say(f"   waiting: another run is {waiting} ({path})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def remove_tree(path: Path) -> None:
    """Delete a root, including its directories without write permission."""
    def allow(function: Callable[[str], Any], name: str, _info: Any) -> None:
        os.chmod(os.path.dirname(name), 0o700)
        with contextlib.suppress(OSError):
            os.chmod(name, 0o700)
        function(name)
    if path.exists():
        shutil.rmtree(path, onerror=allow)


class RootBuilder:
    """Makes a root from its recipe; an incomplete root never gets the final name."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def path(self, recipe: Recipe) -> Path:
        """Where the finished root is."""
        return self.cache / recipe.dirname

    def ensure(self, recipe: Recipe) -> Path:
        """The path of the finished root; a missing one is made now."""
        final = self.path(recipe)
        if final.is_dir():
            return final
        with locked(self.cache / "locks" / recipe.dirname, f"setting up {recipe.name}"):
            if not final.is_dir():
                self._build(recipe, final)
        return final

    def _build(self, recipe: Recipe, final: Path) -> None:
        new = final.with_name(final.name + ".new")
        log = self.cache / "logs" / f"{recipe.dirname}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        *others, last = recipe.alternatives()
        for choice in others:
            try:
                return self._fetch(choice, new, log, final)
            except LabError as error:
                if "Failed to fetch" not in log.read_text(errors="replace"):
                    raise
                ui.say(f"   lab: {choice.suite} is not available for {choice.arch} now, "
                       f"using {last.suite}\n{str(error).splitlines()[0]}")
        return self._fetch(last, new, log, final)

    def _fetch(self, recipe: Recipe, new: Path, log: Path, final: Path) -> None:
        remove_tree(new)
        title = f"lab: {recipe.name} ({recipe.suite}, {recipe.arch}) from {find_mirror()}"
        with ui.task(title) as task:
            self._mmdebstrap(recipe, new, log, task.update)
            self._finish(new)
            new.rename(final)

    def _mmdebstrap(self, recipe: Recipe, target: Path, log: Path,
                    progress: Callable[[str], None]) -> None:
        argv = [require_mmdebstrap(), "--variant=extract", f"--architectures={recipe.arch}",
                "--mode=root" if os.geteuid() == 0 else "--mode=chrootless",
                # One option for each: a pattern such as ?essential is not allowed in a list.
                *(f"--include={package}" for package in recipe.packages), "--format=directory",
                '--aptopt=APT::Sandbox::User "root"', '--aptopt=Acquire::Retries "3"']
        argv += [f"--aptopt={option}" for option in recipe.aptopts]
        if recipe.hook:
            argv.append("--extract-hook=" + recipe.hook.strip() + "\n")
        argv += [recipe.suite, str(target)] + recipe.sources(find_mirror())
        with log.open("w") as out:
            out.write(f"+ {' '.join(argv)}\n")
            out.flush()
            child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     stdin=subprocess.DEVNULL, text=True, errors="replace")
            for line in child.stdout or ():
                out.write(line)
                if line.startswith("I: "):
                    progress(line[3:].strip())
            code = child.wait()
        if code:
            raise LabError(f"mmdebstrap could not make the {recipe.name} root (exit {code}).\n"
                           f"{tail(log)}\nThe whole log: {log}")

    @staticmethod
    def _finish(root: Path) -> None:
        """The links and files that the packages' scripts, which do not run, would have made."""
        for name in ("bin", "sbin", "lib", "lib64"):
            link = root / name
            if not os.path.lexists(link) and (root / "usr" / name).exists():
                link.symlink_to(f"usr/{name}")
        awk = root / "usr/bin/awk"
        if not os.path.lexists(awk) and (root / "usr/bin/mawk").exists():
            awk.symlink_to("mawk")
        passwd = root / "etc/passwd"
        passwd.parent.mkdir(exist_ok=True)
        if not passwd.exists():
            passwd.write_text("root:x:0:0:root:/root:/bin/sh\n")
            (root / "etc/group").write_text("root:x:0:\n")
        (root / "tmp").mkdir(exist_ok=True)


def require_mmdebstrap() -> str:
    """The path of mmdebstrap; root installs it with apt if it is missing."""
    found = shutil.which("mmdebstrap")
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with ui.task("lab: apt-get install mmdebstrap"):
            for command in (["apt-get", "-q", "update"],
                            ["apt-get", "-qy", "install", "--no-install-recommends",
                             "mmdebstrap"]):
                subprocess.run(command, stdout=subprocess.DEVNULL, check=False,
                               env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = shutil.which("mmdebstrap")
    if not found:
        raise LabError("The lab needs mmdebstrap: apt-get install mmdebstrap")
    return found


class Toolbox:
    """Programs of the lab and the kernel sources that came with them."""

    #: The roots that open() completes; the programs that run are in the first.
    RECIPES: Sequence[Recipe] = ROOTS

    def __init__(self, cache: Path, verbose: bool = False) -> None:
        self.cache = cache
        self.verbose = verbose
        self.builder = RootBuilder(cache)
        self.tools = self.builder.path(self.RECIPES[0])
        self.guest = self.builder.path(GUEST)
        self.crash = self.builder.path(CRASH)
        self.sparse = self.builder.path(SPARSE)
        self.logs = cache / "logs"
        self.extra_binds: list[Path] = []

    @classmethod
    def open(cls, verbose: bool = False) -> Self:
        """The toolbox with complete roots; missing ones are fetched now."""
        box = cls(cache_dir(), verbose)
        box.logs.mkdir(parents=True, exist_ok=True)
        missing = [recipe for recipe in cls.RECIPES
                   if not box.builder.path(recipe).is_dir()]
        if missing:
            require_mmdebstrap()
            with ThreadPoolExecutor(len(missing)) as pool:
                list(pool.map(box.builder.ensure, missing))
        return box

    def bind(self, path: PathLike) -> None:
        """Make one more directory of this machine visible inside, at its own path."""
        self.extra_binds.append(Path(path).resolve())

    # -- running programs -------------------------------------------------

    def enter_argv(self, argv: Sequence[PathLike], cwd: Optional[PathLike] = None) -> list[str]:
        """The command that runs argv inside the tools root."""
        binds = [Path("/dev"), Path("/proc"), Path("/sys"), Path("/tmp"), self.cache, REPO]
        binds += self.extra_binds
        unshare = ["unshare", "--mount", "--propagation=private"]
        if os.geteuid() != 0:
            unshare.insert(1, "--map-root-user")
        return [*unshare, "sh", "-c", ENTER, "enter", str(self.tools), str(cwd or REPO),
                *unique(binds), "--", *map(str, argv)]

    @staticmethod
    def environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
        """The environment of programs inside; the caller's is not passed on."""
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/tmp",
               "TERM": os.environ.get("TERM", "dumb"), "PYTHONDONTWRITEBYTECODE": "1"}
        env.update(extra or {})
        return env

    def popen(self, argv: Sequence[PathLike], *, cwd: Optional[PathLike] = None,
              env: Optional[Mapping[str, str]] = None, **options: Any) -> subprocess.Popen[Any]:
        """Start a program inside; the child process is the program itself."""
        return subprocess.Popen(self.enter_argv(argv, cwd), env=self.environment(env), **options)

    def run(self, argv: Sequence[PathLike], *, cwd: Optional[PathLike] = None,
            env: Optional[Mapping[str, str]] = None, log: Optional[Path] = None,
            check: bool = True, input: Optional[str] = None, timeout: Optional[float] = None,
            on_line: Optional[Callable[[str], None]] = None) -> subprocess.CompletedProcess[str]:
        """Run a program inside and wait; output (both streams) is returned and logged.

        A non-zero exit is a LabError that names the log, unless check is false.
        """
        child = self.popen(argv, cwd=cwd, env=env, text=True, errors="replace",
                           stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           start_new_session=True)
        try:
            if on_line is None and log is None:
                output, _ = child.communicate(input, timeout)
            else:
                output = self._follow(child, input, log, on_line)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
        if check and child.returncode:
            raise LabError(self._complaint(argv, child.returncode, output, log))
        return subprocess.CompletedProcess(list(map(str, argv)), child.returncode, output, "")

    def _follow(self, child: subprocess.Popen[str], input: Optional[str], log: Optional[Path],
                on_line: Optional[Callable[[str], None]]) -> str:
        """Pass each line of output to the log and to on_line."""
        if input is not None and child.stdin:
            child.stdin.write(input)
            child.stdin.close()
        seen: list[str] = []
        with open(log or os.devnull, "a") as out:
            for line in child.stdout or ():
                seen.append(line)
                out.write(line)
                if self.verbose:
                    sys.stdout.write(line)
                if on_line:
                    on_line(line.rstrip("\n"))
        child.wait()
        return "".join(seen)

    @staticmethod
    def _complaint(argv: Sequence[PathLike], code: int, output: str, log: Optional[Path]) -> str:
        lines = output.splitlines()
        wrong = [line for line in lines if re.search(r"\berror\b|\bError\b|\*\*\*", line)]
        shown = "\n".join((wrong or lines)[-15:])
        where = f"\nThe whole log: {log}" if log else ""
        return f"{' '.join(map(str, argv))}: exit {code}\n{shown}{where}"

    def crash_argv(self, *args: PathLike) -> list[str]:
        """The argv (for run or popen) of crash(8) with these arguments."""
        return ["qemu-ppc64le", "-L", str(self.crash), str(self.crash / "usr/bin/crash"),
                *map(str, args)]

    def sparse_argv(self) -> list[str]:
        """The argv of sparse(1), with the C library it was built for."""
        root = self.sparse
        return [f"{root}/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
                f"{root}/usr/lib/x86_64-linux-gnu", f"{root}/usr/bin/sparse"]

    # -- kernels ----------------------------------------------------------

    @staticmethod
    def resolve(kver: str = DEFAULT_KVER) -> str:
        """The newest version that starts with kver: 7 is 7.3, 6.12 itself."""
        parts = version_key(kver)
        fits = [known for known in KNOWN if version_key(known)[:len(parts)] == parts]
        if not fits:
            raise LabError(f"No Linux {kver} in the lab; there are: {', '.join(KNOWN)}. "
                           "KSRC=path uses a tree of your own.")
        return fits[-1]

    def ksrc(self, kver: str = DEFAULT_KVER) -> Path:
        """A pristine source tree; never change a file of it in place."""
        version = self.resolve(kver)
        tree = self.cache / "src" / f"linux-source-{version}"
        with locked(self.cache / "locks" / f"src-{version}", f"unpacking Linux {version}"):
            if not tree.is_dir():
                root = self.builder.ensure(LINUX[version])
                self._unpack(root / f"usr/src/linux-source-{version}.tar.xz", tree)
        return tree

    def _unpack(self, archive: Path, tree: Path) -> None:
        new = tree.parent / (tree.name + ".new")
        remove_tree(new)
        new.mkdir(parents=True)
        with ui.task(f"lab: unpacking {archive.name}"):
            self.run(["tar", "-C", new, "--strip-components=1", "-xf", archive], cwd="/")
            new.rename(tree)

    # -- housekeeping -----------------------------------------------------

    def stale(self) -> list[Path]:
        """Roots of recipes that have changed since."""
        ours = {recipe.dirname for recipe in EVERY_ROOT}
        names = "|".join(re.escape(recipe.name) for recipe in EVERY_ROOT)
        pattern = re.compile(rf"({names})-[0-9a-f]{{10}}(\.new)?$")
        return [path for path in self.cache.glob("*-*")
                if pattern.match(path.name) and path.name not in ours]


def version_key(version: str) -> list[int]:
    """A sort key: 6.9 is before 6.12."""
    return [int(part) for part in re.findall(r"\d+", version)]


def unique(paths: Iterable[Path]) -> list[str]:
    """Paths as text, each once, parents before what lies below them."""
    return sorted({str(path) for path in paths if path.exists()}, key=lambda p: (len(p), p))
