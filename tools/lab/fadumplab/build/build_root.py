# SPDX-License-Identifier: GPL-2.0-or-later
"""The build root: fadumpctl and its packages are built and checked in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .. import BUILD, REPO
from ..ui import ui
from .toolbox import BUILD_ROOT, LIBRARIES, Toolbox

#: Of the packages: one for the build machine, one for the machine that crashes.
ARCHITECTURES = ("amd64", "ppc64el")
#: The names that compilers and library directories have for an architecture.
TRIPLETS = {"ppc64el": "powerpc64le-linux-gnu"}
RPM_NAMES = {"amd64": "x86_64", "ppc64el": "ppc64le"}


class BuildRoot(Toolbox):
    """Roots beside the toolbox's: a build here and a kernel's do not wait for each other."""

    RECIPES = (BUILD_ROOT, LIBRARIES)

    def check_argv(self, *variables: str) -> list[str]:
        """The command (for popen or stream) that runs fadumpctl's tests."""
        return self.enter_argv(["make", f"-j{os.cpu_count() or 2}", "--no-print-directory",
                                "-C", "tools/fadumpctl", f"O={BUILD}/build-root", "K=", "V=0",
                                *variables, "check"])

    def deb(self, arch: str) -> Path:
        """Build the Debian package, for amd64 also its source package; its path."""
        what = "full" if self._is_native(arch) else "any"
        return self._package("deb", arch, [
            f"ARCH={arch}", f"DEB_FLAGS=--no-check-builddeps --build={what}"])

    def rpm(self, arch: str) -> Path:
        """Build the RPM package and its source package; its path."""
        cross = "" if self._is_native(arch) else f"{TRIPLETS[arch]}-"
        return self._package("rpm", arch, [f"RPM_ARCH={RPM_NAMES[arch]}", f"CROSS={cross}",
                                           "RPM_FLAGS=--nodeps"])

    def packages_argv(self, deb: Path, rpm: Path) -> list[str]:
        """The command that installs, upgrades and removes the packages for this machine."""
        return self.enter_argv(["python3", "tools/integration/tests/packages.py", deb, rpm])

    @staticmethod
    def _is_native(arch: str) -> bool:
        return arch == ARCHITECTURES[0]

    def _package(self, kind: str, arch: str, variables: Sequence[str]) -> Path:
        """Build a package; the last line of make's output is its path."""
        argv = ["make", "--no-print-directory", "-C", "tools/integration", kind, *variables,
                f"VERSION={self._describe('version')}",
                f"SOURCE_DATE_EPOCH={self._describe('epoch')}"]
        env = {}
        if not self._is_native(arch):
            argv = self._with_libraries(arch, argv)
            env = self._cross_environment(arch)
        log = BUILD / kind / f"{arch}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        with ui.task(f"{kind}: {arch}"):
            output = self.run(argv, env=env, log=log).stdout
        return Path(output.splitlines()[-1])

    def _with_libraries(self, arch: str, argv: Sequence[str]) -> list[str]:
        """The command, with the other architecture's libraries where its packages have them."""
        script = 'mkdir -p "$1" && mount --bind "$0$1" "$1" && shift && exec "$@"'
        return ["sh", "-c", script, str(self.builder.path(LIBRARIES)),
                f"/usr/lib/{TRIPLETS[arch]}", *argv]

    def _cross_environment(self, arch: str) -> dict[str, str]:
        """The other architecture's packages are not in the root's own database."""
        return {"DPKG_ADMINDIR": f"{self.builder.path(LIBRARIES)}/var/lib/dpkg",
                "PKG_CONFIG": "pkg-config",
                "PKG_CONFIG_LIBDIR": f"/usr/lib/{TRIPLETS[arch]}/pkgconfig"}

    def static_program(self, arch: str, out: Path) -> Path:
        """Build a statically linked fadumpctl below a directory; its path."""
        triplet = TRIPLETS[arch]
        self.bind(out)
        self.run(self._with_libraries(arch, [
            "make", "--no-print-directory", "-C", "tools/fadumpctl", f"O={out}",
            f"CROSS_COMPILE={triplet}-", "KDUMPFILE=n", "LDFLAGS=-static"]))
        return out / f"{triplet}-gcc" / "fadumpctl"

    @staticmethod
    def _describe(what: str) -> str:
        """The version or the date of the last commit: git runs on the host, not in the root."""
        return subprocess.run(["tools/integration/describe", what], cwd=REPO, check=True,
                              stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout.strip()
