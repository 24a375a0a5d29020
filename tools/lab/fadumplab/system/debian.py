# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian systems on disks for the lab's machines, and an ssh server for their dumps.

The packages are for another architecture, so their scripts cannot run on this host. The
packages are unpacked here and copied into a file system; dpkg installs them in a machine
with this disk. That takes minutes, so the disk is kept. A second disk is kept with one more
package, its configuration and the initramfs that it makes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import shlex
import shutil
import socket
import subprocess
import tarfile
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Optional

from .. import BUILD, LAB, LabError
from ..build.initramfs import Initramfs
from ..build.kernel import Kernel
from ..build.toolbox import DEBIAN, HOST, Recipe, Toolbox, locked, tail
from ..machine.qemu import Machine
from ..ui import ui

SCRIPTS = LAB / "debian"
FILES = SCRIPTS / "files"
AGENT = LAB / "guest/agent"

SIZE = "4G"
#: The number of systems that are kept; each new state of our package makes a new one.
KEPT = 4
#: The kernel's argument for the disk.
ROOT_DISK = "root=/dev/vda"
#: Seconds for an installation on a busy host.
INSTALL_TIMEOUT = 3600


def digest(parts: Iterable[bytes]) -> str:
    """A name that depends on all parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:12]


def files_of(top: Path) -> list[Path]:
    """The files below a directory, sorted."""
    return sorted(path for path in top.rglob("*") if path.is_file())


def pack(top: Path, also: Optional[dict[str, Path]] = None) -> bytes:
    """A tar archive, owned by root, of a directory's files and other files under new names."""
    members = {str(path.relative_to(top)): path for path in files_of(top)} | (also or {})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, path in sorted(members.items()):
            info = tarfile.TarInfo(name)
            info.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            info.size = path.stat().st_size
            archive.addfile(info, io.BytesIO(path.read_bytes()))
    return out.getvalue()


class Host(Toolbox):
    """The host side of a Debian system: makes its disk, receives its dumps."""

    RECIPES = (HOST,)

    def make_disk(self, root: Path, disk: Path) -> None:
        """Make a file system with a copy of a root."""
        self.run(["mke2fs", "-q", "-t", "ext4", "-L", "debian", "-E", "root_owner=0:0",
                  "-d", root, disk, SIZE], cwd="/")


@dataclasses.dataclass(frozen=True)
class System:
    """A Debian system that can be started: its disk, and the initramfs that it made."""

    disk: Path
    initramfs: Path


class Debian:
    """Makes Debian systems and keeps them in the cache."""

    def __init__(self, toolbox: Toolbox, kernel: Kernel, packages: Recipe = DEBIAN) -> None:
        self.toolbox = toolbox
        self.kernel = kernel
        self.packages = packages
        self.store = toolbox.cache / "debian"
        self.locks = toolbox.cache / "locks"

    # -- systems ------------------------------------------------------------

    def system(self, package: Path, configure: str = "") -> System:
        """A system with a Debian package installed, configured by a shell command."""
        base = self.base()
        name = digest([base.name.encode(), package.read_bytes(), configure.encode(),
                       (SCRIPTS / "add").read_bytes()])
        where = self.store / f"system-{name}"
        with locked(self.locks / f"debian-{name}", "installing a package in Debian"):
            if not where.is_dir():
                title = package.name.split("_")[0]
                with ui.task(f"debian: installing {title} and making an initramfs"):
                    self._add(base, package, configure, where)
        return System(where / "disk.img", where / "initrd.img")

    def kdump_tools(self) -> Path:
        """Debian's package kdump-tools."""
        root = self.toolbox.builder.ensure(self.packages)
        found = list((root / "var/lib/lab/kdump-tools").glob("kdump-tools_*.deb"))
        if len(found) != 1:
            raise LabError(f"No kdump-tools in {root}")
        return found[0]

    def base(self) -> Path:
        """The disk of a system without any package for dumps."""
        root = self.toolbox.builder.ensure(self.packages)
        name = digest([root.name.encode(), self._release().encode(),
                       self.kernel.config.read_bytes(), self._files(),
                       (SCRIPTS / "install").read_bytes()])
        disk = self.store / f"base-{name}.img"
        with locked(self.locks / f"debian-{name}", "installing Debian"):
            if not disk.is_file():
                with ui.task("debian: installing the system, which takes minutes"):
                    self._install(root, disk)
        return disk

    # -- installation ---------------------------------------------------------

    def _release(self) -> str:
        """The kernel's release, as uname -r prints it."""
        return (self.kernel.obj / "include/config/kernel.release").read_text().strip()

    @staticmethod
    def _files() -> bytes:
        return pack(FILES, {"usr/local/lib/lab/agent": AGENT})

    def _install(self, root: Path, disk: Path) -> None:
        self.store.mkdir(parents=True, exist_ok=True)
        unpacked = disk.with_suffix(".unpacked")
        unpacked.unlink(missing_ok=True)
        Host.open(self.toolbox.verbose).make_disk(root, unpacked)
        with self._machine(unpacked, "base") as m:
            unpacked.unlink()
            (m.share / "files.tar").write_bytes(self._files())
            for name in ("modules.builtin", "modules.builtin.modinfo"):
                shutil.copyfile(self.kernel.obj / name, m.share / name)
            shutil.copyfile(self.kernel.config, m.share / "config")
            self._run(m, "install", self._release())
            self._take_disk(m, disk)

    def _add(self, base: Path, package: Path, configure: str, where: Path) -> None:
        new = where.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        with self._machine(base, "package") as m:
            shutil.copyfile(package, m.share / "package.deb")
            self._run(m, "add", "/media/package.deb", configure)
            self._take_disk(m, new / "disk.img")
            shutil.copyfile(m.share / "initrd.img", new / "initrd.img")
        new.rename(where)
        self._forget()

    @staticmethod
    def _take_disk(m: Machine, to: Path) -> None:
        """Keep a machine's disk. The cache may be on another file system."""
        new = to.with_suffix(".new")
        shutil.move(m.disks[0], new)
        new.rename(to)

    def _forget(self) -> None:
        """Remove the oldest systems; a running machine has a copy of its disk."""
        systems = sorted(self.store.glob("system-????????????"),
                         key=lambda path: path.stat().st_mtime)
        for path in systems[:-KEPT]:
            shutil.rmtree(path, ignore_errors=True)

    def _machine(self, disk: Path, name: str) -> Machine:
        """A machine with the lab's initramfs and a disk, without fadump."""
        return Machine(self.toolbox, self.kernel.image, Initramfs(self.toolbox).build(),
                       name=name, smp="2", append="", disks=[disk], base=BUILD / "debian")

    @staticmethod
    def _run(m: Machine, script: str, *args: str) -> None:
        """Run one of our scripts with the disk as its root."""
        m.boot()
        shutil.copyfile(SCRIPTS / script, m.share / script)
        m.check("mkdir -p /mnt && mount -t ext4 /dev/vda /mnt && mkdir -p /mnt/media && "
                "for d in proc sys dev; do mount -o bind /$d /mnt/$d || exit; done && "
                "mount -t tmpfs run /mnt/run && mount -o bind /lab /mnt/media")
        # udev would make this link; dracut's scripts need it.
        m.check("[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd")
        # Without the path, busybox would start its own applets in there.
        words = shlex.join(["chroot", "/mnt", "/bin/sh", f"/media/{script}", *args])
        if m.sh(f"{words} >/lab/{script}.log 2>&1", timeout=INSTALL_TIMEOUT).rc:
            log = m.share / f"{script}.log"
            raise m.error(f"Debian could not be installed:\n{tail(log)}\nThe whole log: {log}")
        m.check("for d in media run dev sys proc; do umount /mnt/$d; done; umount /mnt",
                timeout=300)
        m.power_off()


class SshServer:
    """sshd for one key, on a port of 127.0.0.1, with one process for each connection."""

    def __init__(self, host: Host, where: Path) -> None:
        self.host = host
        self.where = where
        self.port = 0
        self._socket = socket.socket()
        self._children: list["subprocess.Popen[bytes]"] = []

    def __enter__(self) -> "SshServer":
        self.where.mkdir(parents=True)
        # sshd does not start without it.
        (self.host.tools / "run/sshd").mkdir(parents=True, exist_ok=True)
        for name in ("host", "user"):
            self.host.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name,
                           "-f", self.where / name])
        self._conf().write_text("".join(f"{line}\n" for line in (
            f"HostKey {self.where}/host", f"AuthorizedKeysFile {self.where}/user.pub",
            "StrictModes no", "UsePAM no", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
            "DisableForwarding yes", "PrintMotd no", "LogLevel VERBOSE")))
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for child in self._children:
            child.kill()
            child.wait()

    def _conf(self) -> Path:
        return self.where / "sshd_config"

    @property
    def key(self) -> str:
        """The private key that the server accepts."""
        return (self.where / "user").read_text()

    @property
    def public_key(self) -> str:
        """The server's public host key."""
        return " ".join((self.where / "host.pub").read_text().split()[:2])

    def _serve(self) -> None:
        with (self.where / "sshd.log").open("ab") as log:
            while True:
                try:
                    connection, _ = self._socket.accept()
                except OSError:
                    return
                with connection:
                    self._children.append(self.host.popen(
                        ["/usr/sbin/sshd", "-i", "-e", "-f", self._conf()],
                        stdin=connection, stdout=connection, stderr=log))
