# SPDX-License-Identifier: GPL-2.0-or-later
"""The build root: fadumpctl and its Debian package are built and checked in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .. import BUILD, REPO
from ..ui import ui
from .toolbox import BUILD_ROOT, LIBRARIES, Toolbox

#: Of the packages: one for the build machine, one for the machine that crashes.
ARCHITECTURES = ("amd64", "ppc64el")
#: The names that compilers and library directories have for an architecture.
TRIPLETS = {"ppc64el": "powerpc64le-linux-gnu"}


class BuildRoot(Toolbox):
    """Roots beside the toolbox's: a build here and a kernel's do not wait for each other."""

    RECIPES = (BUILD_ROOT, LIBRARIES)

    def check_argv(self, *variables: str) -> list[str]:
        """The command (for popen or stream) that runs fadumpctl's tests."""
        return self.enter_argv(["make", f"-j{os.cpu_count() or 2}", "--no-print-directory",
                                "-C", "tools/fadumpctl", f"O={BUILD}/build-root", "K=", "V=0",
                                *variables, "check"])

    def deb(self, arch: str) -> Path:
        """Build the Debian package; its path."""
        argv = ["make", "--no-print-directory", "-C", "tools/integration", "deb", f"ARCH={arch}",
                f"VERSION={self._describe('version')}",
                f"SOURCE_DATE_EPOCH={self._describe('epoch')}"]
        if arch != ARCHITECTURES[0]:
            argv.append(f"SYSROOT={self.builder.path(LIBRARIES)}")
        log = BUILD / "deb" / f"{arch}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        with ui.task(f"deb: {arch}"):
            output = self.run(argv, log=log).stdout
        return Path(output.splitlines()[-1])

    def static_program(self, arch: str, out: Path) -> Path:
        """Build a statically linked fadumpctl below a directory; its path."""
        libs = self.builder.path(LIBRARIES)
        triplet = TRIPLETS[arch]
        self.bind(out)
        argv = ["make", "--no-print-directory", "-C", "tools/fadumpctl", f"O={out}",
                f"CROSS_COMPILE={triplet}-", "KDUMPFILE=n", "LDFLAGS=-static"]
        self.run(argv, env={"PKG_CONFIG_SYSROOT_DIR": str(libs),
                            "PKG_CONFIG_LIBDIR": f"{libs}/usr/lib/{triplet}/pkgconfig",
                            "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
                            "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1"})
        return out / f"{triplet}-gcc" / "fadumpctl"

    @staticmethod
    def _describe(what: str) -> str:
        """The version or the date of the last commit: git runs on the host, not in the root."""
        return subprocess.run(["tools/integration/deb/describe", what], cwd=REPO, check=True,
                              stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "LC_ALL": "C"}).stdout.strip()
