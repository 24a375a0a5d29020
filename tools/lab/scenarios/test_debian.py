# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian with systemd: it crashes under load, and the next boot saves the dump and continues.

With the package fadump-tools: saving to its own disk, to another host by ssh, and to a full
disk; "fadumpctl check" before a crash. With an initramfs by initramfs-tools and by dracut.
And with Debian's kdump-tools.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import STATUS, Factory
from deferred import add_module, assert_memory_restored, memory_totals
from fadumplab.build.build_root import BuildRoot
from fadumplab.build.initramfs import Initramfs
from fadumplab.build.kernel import Kernel
from fadumplab.build.toolbox import DRACUT, Toolbox
from fadumplab.dump.crash import CrashSession
from fadumplab.machine.qemu import SLOF, Machine
from fadumplab.system.debian import ROOT_DISK, Debian, Host, SshServer, System
from fadumplab.system.guest import (BOOT, CONFIGURE, CRASH_DIR, RETURN, Load, check_files, dumps_in,
                                    failed_units, fetch, kernels_seen, put_under_load,
                                    state_of_system, tables_shrank)
from steps import CRASH, MIB, assert_armed, meminfo, read, token, value

# One after the other: each makes the host busy, and they share systems.
pytestmark = [pytest.mark.ours("an untouched kernel would have to reboot"), pytest.mark.long,
              pytest.mark.xdist_group("debian")]

#: MemTotal, CmaTotal, and the blocks that are online.
Amounts = tuple[int, int, set[int]]


@pytest.fixture(scope="session")
def debian_kernel(toolbox: Toolbox, pytestconfig: pytest.Config) -> Kernel:
    """The kernel of a Debian system."""
    return Kernel(toolbox, pytestconfig.getoption("--kver"), "fast",
                  ksrc=os.environ.get("KSRC"), variant="debian").build()


@pytest.fixture(scope="session")
def debian(toolbox: Toolbox, debian_kernel: Kernel) -> Debian:
    """The maker of systems."""
    return Debian(toolbox, debian_kernel)


@pytest.fixture(scope="session")
def tools(debian: Debian) -> System:
    """A system with our package."""
    return debian.system(BuildRoot.open().deb("ppc64el"), CONFIGURE)


@pytest.fixture(scope="session")
def dracut(toolbox: Toolbox, debian_kernel: Kernel) -> System:
    """A system with our package whose initramfs is made by dracut."""
    configure = f"{CONFIGURE} && echo 'hostonly=yes' >/etc/dracut.conf.d/host.conf"
    return Debian(toolbox, debian_kernel, DRACUT).system(BuildRoot.open().deb("ppc64el"),
                                                         configure)


class Guests(Factory):
    """Makes machines with a Debian system."""

    def __call__(self, **options: Any) -> Machine:
        """A machine with options["system"], and options["disks"] in addition to its own."""
        system: System = options.pop("system")
        options["disks"] = [system.disk, *options.get("disks", [])]
        options.setdefault("initramfs", system.initramfs)
        return super().__call__(append=f"{ROOT_DISK} fadump=on", **options)


@pytest.fixture
def guest(request: pytest.FixtureRequest, toolbox: Toolbox,
          debian_kernel: Kernel) -> Iterator[Guests]:
    """A factory of machines with a Debian system for one scenario."""
    factory = Guests(toolbox, debian_kernel, Initramfs(toolbox).build(), request.node.name)
    yield factory
    factory.finish(request.node.stash.get(STATUS, False))


# -- a system ------------------------------------------------------------------


def assert_running(m: Machine) -> None:
    """The boot is complete, and no unit has failed."""
    state = state_of_system(m)
    assert state == "running", f"{state}: {failed_units(m)}"
    assert m.check("systemctl is-active multi-user.target") == "active"


def started(m: Machine) -> Amounts:
    """Wait for the first boot; its memory. Scenarios have no time to make an initramfs."""
    m.boot(BOOT)
    assert_running(m)
    assert_armed(m)
    m.check("systemctl stop fadump-initramfs.path || :")
    return memory_totals(m)


def assert_boots(m: Machine, count: int) -> None:
    """The number of kernels that have run, by the agent, the console and QEMU's resets."""
    assert (m.boots, kernels_seen(m), m.guest_resets) == (count, count, count - 1)


def assert_back(m: Machine, before: Amounts) -> None:
    """The system and its memory are as after the first boot, which was not a capture."""
    assert_running(m)
    assert_armed(m)
    assert_memory_restored(m, before)
    assert memory_totals(m)[0] == before[0] + tables_shrank(m)
    m.check("fadumpctl status --quiet && systemctl is-active fadump.service")


def crash_at_work(m: Machine, command: str = CRASH) -> tuple[Load, str]:
    """Crash under load, and wait for the next boot; the load, and a word of the log."""
    load, word = put_under_load(m), token(m)
    m.crash(command, timeout=RETURN)
    state_of_system(m)
    assert_boots(m, m.expected_boots)
    assert load.lines and not load.missing_lines(read(m, load.file))
    return load, word


def assert_crash_reads(toolbox: Toolbox, kernel: Kernel, dump: Path, word: str) -> None:
    """crash opens the dump: panic, backtrace, log and the load's process."""
    session = CrashSession(toolbox, kernel.vmlinux, dump)
    said = session.run(["sys", "bt", "log", "ps"])
    assert re.search(r"PANIC: .*sysrq triggered crash", said["sys"]), said["sys"]
    assert re.search(r"#\d+ \[\w+\] sysrq_handle_crash at", said["bt"]), said["bt"]
    assert word in said["log"]
    assert re.search(r"\bload$", said["ps"], re.MULTILINE), said["ps"]


# -- with our package ------------------------------------------------------------


#: An argument for the capture kernel.
EXTRA = "lab.extra=17"


def assert_program_knows(m: Machine, dump: str) -> None:
    """fadumpctl status after a capture; a missing library is named."""
    advice = json.loads(m.check("fadumpctl recommend --json"))
    assert 0 < advice["boot_mem_used"] < advice["boot_mem_size"], advice
    assert re.match(r"fadump=on crashkernel=\d+M$", advice["command_line"]), advice
    assert "Ready for a dump." in m.check("fadumpctl map")
    refused = m.sh(f"fadumpctl inspect {dump}/vmcore 2>&1")
    assert refused.rc == 3 and "needs libkdumpfile" in refused.out, refused


def use_program(m: Machine) -> None:
    """Disarm and arm with fadumpctl, and set an argument for the capture kernel."""
    m.check("fadumpctl unregister")
    assert value(m, "registered") == "0"
    m.check(f"fadumpctl register && fadumpctl args {EXTRA}")
    assert_armed(m)


@pytest.mark.parametrize("maker,firmware", [("tools", ""), ("tools", SLOF), ("dracut", "")],
                         ids=["vof", "slof", "dracut"])
def test_saves_and_goes_on(request: pytest.FixtureRequest, guest: Guests, toolbox: Toolbox,
                           debian_kernel: Kernel, maker: str, firmware: str) -> None:
    """Two crashes need three kernels; each dump is on the disk before the root is mounted."""
    m = guest(system=request.getfixturevalue(maker), machine_opts=firmware)
    before = started(m)
    saved: set[str] = set()
    for command in ("fadumpctl test --yes", CRASH):
        load, word = crash_at_work(m, command)
        assert m.kind == "production", "the dump was still there when services started"
        assert_back(m, before)
        new = dumps_in(m) - saved
        assert len(new) == 1, f"new in {CRASH_DIR}: {new}"
        saved |= new
        where = fetch(m, f"{CRASH_DIR}/{new.pop()}")
        check_files(where)
        assert_crash_reads(toolbox, debian_kernel, where / "vmcore", word)
        assert not load.missing_pieces(where / "vmcore"), f"of {len(load.kept)} pieces of memory"
        if command != CRASH:
            m.check("fadumpctl test --report")
            assert_program_knows(m, f"{CRASH_DIR}/{where.name}")
            use_program(m)
    assert EXTRA in m.check("cat /proc/cmdline").split()


#: The initramfs has been made anew.
UP_TO_DATE = ('[ "$(/usr/lib/fadump/fadump-stamp)" = '
              '"$(cat /var/lib/fadumpctl/initramfs-$(uname -r))" ] && '
              '[ "$(systemctl show -P ActiveState fadump-initramfs.service)" = inactive ]')

#: Commands that put a file system on the second disk, /dev/vdb, as DEVICE.
ON_LVM = """pvcreate -q /dev/vdb
vgcreate -q dumps /dev/vdb
lvcreate -q -y -l 100%FREE -n crash dumps
DEVICE=/dev/dumps/crash
"""
ON_LUKS = """umask 077
head -c 64 /dev/urandom >/etc/dumps.key
cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vdb /etc/dumps.key
cryptsetup open --key-file /etc/dumps.key /dev/vdb dumps
echo 'dumps /dev/vdb /etc/dumps.key luks' >>/etc/crypttab
echo 'install_items+=" /etc/dumps.key "' >/etc/dracut.conf.d/key.conf
DEVICE=/dev/mapper/dumps
"""
#: Then it is the target, and the initramfs is made anew by itself.
AS_TARGET = f"""mkfs.ext4 -q $DEVICE
systemctl start fadump-initramfs.path
echo "$DEVICE {CRASH_DIR} ext4 defaults 0 2" >>/etc/fstab
systemctl daemon-reload
mount {CRASH_DIR}
"""


@pytest.mark.parametrize("commands", [ON_LVM, ON_LUKS], ids=["lvm", "luks"])
def test_target_on(guest: Guests, dracut: System, tmp_path: Path, commands: str) -> None:
    """The dump is on a file system of its own before the root is mounted."""
    other = tmp_path / "other.img"
    with other.open("wb") as file:
        file.truncate(2 << 30)
    m = guest(system=dracut, disks=[other])
    started(m)
    (m.share / "commands").write_text(f"set -e\n{commands}{AS_TARGET}")
    m.check("sh /lab/commands", timeout=BOOT)
    m.wait_for(lambda: m.sh(UP_TO_DATE).rc == 0, RETURN, "new initramfs")
    m.check("cp /boot/initrd.img-$(uname -r) /lab/initrd.img")
    m.power_off()

    system, second = m.disks
    m = guest(system=System(system, m.share / "initrd.img"), disks=[second])
    before = started(m)
    mounted = m.check(f"findmnt -n -o SOURCE --mountpoint {CRASH_DIR}")
    assert mounted.startswith("/dev/mapper/dumps"), mounted
    crash_at_work(m)
    assert m.kind == "production", "the dump was still there when services started"
    assert_back(m, before)
    assert m.check(f"findmnt -n -o SOURCE --mountpoint {CRASH_DIR}") == mounted
    (name,) = dumps_in(m)
    check_files(fetch(m, f"{CRASH_DIR}/{name}"))


def test_thorough(guest: Guests, tools: System) -> None:
    """fadumpctl's report about a dump that the initramfs has saved, with SLOF."""
    m = guest(system=tools, machine_opts=SLOF)
    before = started(m)
    crash_at_work(m, "fadumpctl test --thorough --yes")
    assert_back(m, before)
    said = m.check("fadumpctl test --report --output /lab/report.json", timeout=RETURN)
    report = json.loads((m.share / "report.json").read_text())
    assert report["text"] == said.splitlines()
    assert report["save"] is not None and report["proof"]["level"] == 17, said
    for place in ("low", "middle", "high"):
        assert report["proof"]["pages"][place]["good"] and \
            not report["proof"]["pages"][place]["named"], said


def send_to(m: Machine, server: SshServer, where: Path) -> None:
    """Configure a target by ssh as an administrator does: a key, a known host, the target."""
    (m.share / "key").write_text(server.key)
    (m.share / "known").write_text(f"[10.0.2.2]:{server.port} {server.public_key}\n")
    m.check("install -m 700 -d ~/.ssh && "
            "install -m 600 -T /lab/key ~/.ssh/id_ed25519 && "
            "install -m 600 -T /lab/known ~/.ssh/known_hosts && rm /lab/key && "
            f"sed -i 's|^TARGET=.*|TARGET=ssh://root@10.0.2.2:{server.port}{where}|' "
            "/etc/fadump.conf && fadumpctl conf | grep -q ^TARGET=.ssh: && sync")


@pytest.mark.skipif(os.geteuid() != 0, reason="sshd cannot become another user in a namespace")
def test_sends_by_ssh(guest: Guests, toolbox: Toolbox, debian_kernel: Kernel,
                      tools: System) -> None:
    """The dump is saved on another host, by a system without an initramfs."""
    m = guest(system=tools, initramfs=None, network=True)
    there = m.workspace / "received"
    there.mkdir()
    with SshServer(Host.open(), m.workspace / "ssh") as server:
        before = started(m)
        send_to(m, server, there)
        for number in (1, 2):
            load, word = crash_at_work(m)
            assert m.kind == "capture"
            assert_back(m, before)
            names = sorted(path.name for path in there.iterdir() if path.name[0] != ".")
            assert len(names) == number and all(name.startswith("fadump-") for name in names)
            check_files(there / names[-1], "vmcore.flat")
            dump = there / names[-1] / "vmcore.flat"
            assert_crash_reads(toolbox, debian_kernel, dump, word)
            # The flattened format cuts a few pieces in two.
            assert load.missing_pieces(dump) < len(load.kept) // 10
        assert not dumps_in(m)


def test_goes_on_without_room(guest: Guests, toolbox: Toolbox, debian_kernel: Kernel,
                              tools: System, tmp_path: Path) -> None:
    """A full disk: the dump stays in memory, a message says so, and it can be saved elsewhere."""
    other = tmp_path / "other.img"
    with other.open("wb") as file:
        file.truncate(2 << 30)
    m = guest(system=tools, disks=[other])
    before = started(m)
    load, word = put_under_load(m), token(m)
    m.check("systemctl stop lab-load && fallocate /srv/ballast "
            f"-l $(($(stat -f -c '%f * %S' /) - {32 * MIB})) && sync")
    m.crash(timeout=RETURN)

    assert state_of_system(m) == "degraded"
    assert failed_units(m) == ["fadump-capture.service"]
    assert m.check("systemctl is-active multi-user.target") == "active"
    assert not load.missing_lines(read(m, load.file))
    said = m.console_text(kernel=2)
    assert "No space left on device" in said
    # Once in the initramfs, and once by the service.
    assert said.count("not saved; the dump stays in memory") == 2
    assert not dumps_in(m)
    assert m.sh("fadumpctl status --quiet").rc == 11, "no dump is waiting"
    assert meminfo(m, "MemTotal") < before[0] // 2

    m.check("mkfs.ext4 -q /dev/vdb && mount /dev/vdb /mnt", timeout=120)
    name, *said = m.check("fadumpctl save --quiet --release /mnt 2>/lab/said",
                          timeout=RETURN).splitlines()
    assert any(line.startswith("Released") for line in said), said
    m.check("rm /srv/ballast && systemctl reset-failed && systemctl start fadump.service")
    assert_back(m, before)
    where = fetch(m, name)
    check_files(where)
    said = CrashSession(toolbox, debian_kernel.vmlinux, where / "vmcore").run(["bt", "log"])
    assert "sysrq_handle_crash" in said["bt"] and word in said["log"]
    assert_boots(m, 2)


# -- before a crash ----------------------------------------------------------------


#: Files that a check must not change.
UNTOUCHED = "find /etc /boot /root /srv /var/crash -xdev -newer /run/lab-marker"


def check_now(m: Machine, how: str = "") -> dict[str, str]:
    """The lines "verdict: text" of a check, which changes nothing."""
    m.check("touch /run/lab-marker && cp /proc/self/mounts /run/lab-mounts")
    done = m.sh(f"{how} fadumpctl check --json --timeout=20 2>/dev/null", timeout=BOOT)
    assert m.check(UNTOUCHED) == ""
    m.check("cmp /proc/self/mounts /run/lab-mounts")
    said = json.loads(done.out)
    assert done.rc == (0 if said["ready"] else 12), done
    return {c["name"]: f'{c["verdict"]}: {c["text"]}' for c in said["checks"]}


def wrong(said: dict[str, str]) -> set[str]:
    """The lines of a check with a failure."""
    return {name for name, text in said.items() if text.startswith("wrong")}


def put_in_front(m: Machine, script: str) -> str:
    """Install another makedumpfile; the prefix of a command that uses it."""
    (m.share / "makedumpfile").write_text(f"#!/bin/sh\n{script}\n")
    m.check("install -D -m 755 /lab/makedumpfile /run/lab-bin/makedumpfile")
    return "PATH=/run/lab-bin:$PATH"


def set_target(m: Machine, target: object) -> None:
    """Set the target in the configuration, but not in the initramfs, which is then stale."""
    m.check(f"sed -i 's|^TARGET=.*|TARGET={target}|' /etc/fadump.conf")


def assert_boot_has_checked(m: Machine) -> set[str]:
    """The journal and the status have the boot's check; its failures on this machine."""
    journal = m.check("journalctl -b -o cat -u fadump-check.service")
    assert re.search(r"^Armed +ok: ", journal, re.MULTILINE), journal
    assert json.loads(m.check("fadumpctl status --json"))["check"], "status does not know it"
    m.check("test $(systemctl show -P Result fadump-check.service) = success")
    usual = wrong(check_now(m))
    # The lab's machines have the kernel's default size of boot memory.
    assert usual <= {"boot-memory"}, usual
    return usual


def break_directory(m: Machine, usual: set[str]) -> None:
    """Directories that are missing, read-only, or full."""
    m.check(f"mv {CRASH_DIR} {CRASH_DIR}.away")
    said = check_now(m)
    assert wrong(said) - usual >= {"target"}, said
    assert "No such file or directory" in said["target"], said
    m.check(f"mv {CRASH_DIR}.away {CRASH_DIR}")
    m.check(f"mount -t tmpfs -o ro none {CRASH_DIR}")
    said = check_now(m)
    assert "Read-only file system" in said["writable"], said
    m.check(f"umount {CRASH_DIR}")
    m.check("fallocate /srv/ballast "
            f"-l $(($(stat -f -c '%a * %S' /) - {4 * MIB})) && sync")
    said = check_now(m)
    assert wrong(said) - usual == {"room"}, said
    m.check("rm /srv/ballast && sync")


def break_device(m: Machine, usual: set[str]) -> None:
    """Devices with content, or mounted."""
    set_target(m, "/dev/vdb")
    assert wrong(check_now(m)) - usual == {"initramfs"}
    m.check("mkfs.ext4 -q /dev/vdb", timeout=120)
    assert "holds data" in check_now(m)["target"]
    m.check("mount /dev/vdb /mnt")
    assert "busy" in check_now(m)["target"]
    m.check("umount /mnt")
    set_target(m, CRASH_DIR)


def break_makedumpfile(m: Machine, usual: set[str]) -> None:
    """A makedumpfile without compression, and one that hangs; the initramfs has neither."""
    m.check("cp /etc/fadump.conf /var/tmp/fadump.conf && echo COMPRESS=zstd >>/etc/fadump.conf")
    for script, text in (("printf 'makedumpfile: version 0\\nzstd\\tdisabled\\n'", "has no zstd"),
                         ("exec sleep 600", "no answer within 20 s")):
        said = check_now(m, put_in_front(m, script))
        assert wrong(said) - usual == {"makedumpfile", "initramfs"}, said
        assert text in said["makedumpfile"], said
    m.check("! pgrep -f '[s]leep 600' && mv /var/tmp/fadump.conf /etc/fadump.conf")


def break_initramfs(m: Machine, usual: set[str]) -> None:
    """A stale initramfs: configuration or host name has changed; it is made anew by itself."""
    for change, text in (("echo KEEP=2 >>/etc/fadump.conf", "/etc/fadump.conf"),
                         ("echo other >/etc/hostname", "the host name")):
        m.check(change)
        said = check_now(m)
        assert wrong(said) - usual == {"initramfs"}, said
        assert f"made before {text} changed" in said["initramfs"], said
        m.check(f"systemctl start fadump-initramfs.path && {change}")
        m.wait_for(lambda: m.sh(UP_TO_DATE).rc == 0, RETURN, "new initramfs")
        m.check("systemctl stop fadump-initramfs.path")
        assert wrong(check_now(m)) == usual


def test_check(guest: Guests, tools: System, tmp_path: Path) -> None:
    """Each fault that would lose the dump is found before the crash."""
    other = tmp_path / "other.img"
    with other.open("wb") as file:
        file.truncate(2 << 30)
    m = guest(system=tools, disks=[other])
    started(m)
    usual = assert_boot_has_checked(m)
    m.check("fadumpctl unregister")
    assert wrong(check_now(m)) - usual == {"armed"}
    m.check("fadumpctl register")
    break_directory(m, usual)
    break_makedumpfile(m, usual)
    # The file's time has changed, and its content has not.
    break_device(m, usual)
    assert wrong(check_now(m)) == usual
    break_initramfs(m, usual)
    assert_armed(m)
    assert_running(m)


@pytest.mark.skipif(os.geteuid() != 0, reason="sshd cannot become another user in a namespace")
def test_check_asks_by_ssh(guest: Guests, tools: System) -> None:
    """The check of a target by ssh: correct, without the key, without the directory, silent."""
    m = guest(system=tools, initramfs=None, network=True)
    there = m.workspace / "received"
    there.mkdir()
    with SshServer(Host.open(), m.workspace / "ssh") as server:
        started(m)
        send_to(m, server, there)
        said = check_now(m)
        assert not wrong(said) & {"target", "writable", "room"}, said
        assert not list(there.iterdir())
        set_target(m, f"ssh://root@10.0.2.2:{server.port}{there}/gone")
        assert "there is no such directory" in check_now(m)["target"]
        set_target(m, f"ssh://root@10.0.2.2:{server.port}{there}")
        m.check("mv ~root/.ssh/id_ed25519 ~root/key")
        assert "Permission denied" in check_now(m)["target"]
        m.check("mv ~root/key ~root/.ssh/id_ed25519")
    assert "ssh does not log in" in check_now(m)["target"]
    with socket.create_server(("127.0.0.1", server.port)):
        assert "no answer within 20 s" in check_now(m)["target"]
    m.check("! pgrep -x ssh")


# -- with kdump-tools --------------------------------------------------------------


def kdump_config(m: Machine, command: str) -> str:
    """The output of kdump-config."""
    return m.check(f"kdump-config {command}", timeout=120)


def assert_loads(m: Machine) -> None:
    """kdump-config detects fadump, registers and unregisters."""
    shown = kdump_config(m, "show")
    assert re.search(r"DUMP_MODE:\s+fadump", shown) and "ready to fadump" in shown, shown
    for command, registered, state in (("unload", "0", ": Not ready to fadump"),
                                       ("load", "1", ": ready to fadump"),
                                       ("reload", "1", ": ready to fadump")):
        kdump_config(m, command)
        assert value(m, "registered") == registered, f"after kdump-config {command}"
        assert state in kdump_config(m, "status")
    kdump_config(m, "test")


def assert_udev_rules(m: Machine) -> None:
    """Memory is added: the udev rules register again, and fadump stays registered."""
    m.check("rm -f /var/crash/kdump_lock")
    add_module(m, "module")
    m.check("udevadm settle --timeout=170", timeout=180)
    m.check("test -e /var/crash/kdump_lock")
    assert_armed(m)


def crash_twice_booted(m: Machine) -> None:
    """kdump-tools save and reboot; the lab may not see the agent of the boot in between."""
    m.expected_boots += 2
    m.expect_crash()
    m.send(CRASH)
    m.wait(lambda: m.guest_resets == 2, RETURN, "reboot by kdump-tools")
    m.wait(lambda: m.hellos[-1].when > m.reset_times[-1], BOOT, "agent after that reboot")


def test_debians_own(guest: Guests, toolbox: Toolbox, debian_kernel: Kernel,
                     debian: Debian) -> None:
    """kdump-tools with one changed line of configuration: load, unload, added memory, a dump."""
    m = guest(system=debian.system(debian.kdump_tools()), mem="2G,slots=4,maxmem=4G")
    started(m)
    # With level 31, makedumpfile 1.7.8 filters stacks of Linux 7.3 (the guide's table of tools).
    m.check("echo 'MAKEDUMP_ARGS=\"-c -d 23\"' >>/etc/default/kdump-tools && sync")
    assert_loads(m)
    assert_udev_rules(m)
    word = token(m)
    crash_twice_booted(m)
    assert_running(m)
    assert_armed(m)
    assert kernels_seen(m) == 3
    where = fetch(m, m.check(f"ls -d {CRASH_DIR}/2*"))
    dump, log = where / f"dump.{where.name}", where / f"dmesg.{where.name}"
    assert {path.name for path in where.iterdir()} == {dump.name, log.name}
    assert word in log.read_text(errors="replace")
    said = CrashSession(toolbox, debian_kernel.vmlinux, dump).run(["sys", "log"])
    assert re.search(r"PANIC: .*sysrq triggered crash", said["sys"]), said["sys"]
    assert word in said["log"]
