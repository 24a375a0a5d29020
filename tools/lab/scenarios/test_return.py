# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that was left out comes back: with others about, in want, and interrupted."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest
from conftest import MachineFactory
from deferred import (BLOCKS, amounts, assert_all_back, block_size, captured, index_of, left_out,
                      online_blocks, plug, remove)
from fadumplab.machine.qemu import PATIENCE, Machine
from samples import crash_sampled, firmwares
from steps import (CRASH, GIB, MIB, SYSFS, assert_armed, assert_dump, assert_pattern, fill_memory,
                   meminfo, read, release, token, value)

pytestmark = pytest.mark.ours("nothing is left out")

STATUS = f"{SYSFS}/dump_status"
RELEASE = f"echo 1 >{SYSFS}/release_mem"
#: In the guest: the release is at it, in the background.
RELEASING = f"{RELEASE} & until grep -q 'dump: releasing' {STATUS}; do :; done"
LARGE = {"mem": "64G", "smp": "2", "reserve": False}


def wait_returned(m: Machine) -> None:
    """Whoever returns memory has come to an end."""
    m.check(f"while grep -q 'dump: releasing' {STATUS}; do sleep 0.2; done", timeout=180)


# -- others about ------------------------------------------------------------


EIGHT_WRITERS = f"""
cd /tmp && rm -f start said.* code.*
for n in 1 2 3 4 5 6 7 8; do
	(until [ -e start ]; do :; done
	 {RELEASE} 2>said.$n; echo $? >code.$n) &
done
sleep 1; >start; wait
for n in 1 2 3 4 5 6 7 8; do echo $(cat code.$n) $(sed 's/.*: //' said.$n); done
"""


def test_one_of_eight_writers(machine: MachineFactory) -> None:
    """One gives the memory back, and all of it; the others hear that they are not needed."""
    m = machine(mem="16G", smp="4", reserve=False)
    m.boot()
    assert_armed(m)
    before = amounts(m)
    for _ in range(2):
        captured(m, cpus=4)
        answers = Counter(m.check(EIGHT_WRITERS, timeout=240).splitlines())
        wait_returned(m)
        assert answers.pop("0", 0) == 1, f"not one success: {answers}"
        assert sum(answers.values()) == 7
        assert set(answers) <= {"1 Device or resource busy", "1 Operation not permitted"}
        assert_armed(m)
        assert_all_back(m, before)
        result = m.sh(RELEASE)
        assert result.rc and "not permitted" in result.out


class Look(NamedTuple):
    """What somebody saw who read dump_status, and between which times of the guest's."""

    start: float
    end: float
    dump: str
    returned: int
    left: int


WATCH = f"""
cd /tmp && rm -f looks stop
watch() {{
	while [ ! -e stop ]; do
		read start idle </proc/uptime
		seen=$(cat {STATUS})
		read end idle </proc/uptime
		echo $start $end $seen
	done
}}
watch >looks &
until [ -s looks ]; do :; done
{RELEASE}
rc=$?
sleep 1; >stop; wait
exit $rc
"""


def looks(m: Machine) -> list[Look]:
    """Every look that WATCH has had, once the release had begun."""
    found = re.findall(r"^([\d.]+) ([\d.]+) dump: (\w+) returned: (\d+) to_return: (\d+) ",
                       read(m, "/tmp/looks"), re.M)
    return [Look(float(start), float(end), dump, int(back), int(left))
            for start, end, dump, back, left in found]


def test_progress_can_be_watched(machine: MachineFactory) -> None:
    """More and more is back, never less; who asks how far it is does not wait for it."""
    m = machine(**LARGE)
    m.boot()
    assert_armed(m)
    before = amounts(m)
    away = captured(m)
    m.check(WATCH, timeout=240)
    seen = looks(m)
    steps = [look.returned for look in seen]
    assert steps == sorted(steps), "memory that was back is away again"
    assert len({look.returned + look.left for look in seen}) == 1
    assert seen[0].left <= away
    between = {look.returned for look in seen if look.dump == "releasing" and look.left < away}
    assert len(between) >= 8, f"only {len(between)} values of {away // GIB} GiB"
    assert (seen[-1].dump, seen[-1].left) == ("released", 0)
    took = [look.end - look.start for look in seen]
    at_it = [look.end for look in seen if look.dump == "releasing"]
    print(f"{len(seen)} looks in {at_it[-1] - at_it[0]:.1f} s, longest {max(took):.2f} s, "
          f"{len(between)} values")
    assert max(took) < 1 * PATIENCE, f"somebody waited {max(took)} s for dump_status"
    assert_all_back(m, before)


# -- in want of memory ---------------------------------------------------------


@pytest.mark.parametrize("mmu", ["radix", "hash"])
def test_with_hardly_any_memory(machine: MachineFactory, mmu: str) -> None:
    """What each block needs is found in the blocks that are back; nobody else loses any."""
    m = machine(mem="16G", smp="2", reserve=False,
                append="fadump=on" if mmu == "radix" else "fadump=on disable_radix")
    m.boot()
    assert_armed(m)
    assert mmu in read(m, "/proc/cpuinfo").lower()
    before = amounts(m)
    captured(m)
    fill_memory(m)
    assert meminfo(m, "MemAvailable") < 64 * MIB
    release(m)
    assert_armed(m)
    assert_all_back(m, before)
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    captured(m)
    release(m)
    assert_all_back(m, before)


# -- interrupted ---------------------------------------------------------------


def test_writer_is_killed(machine: MachineFactory) -> None:
    """Who asked for it may die in the middle; what is left after that is there for the asking."""
    m = machine(**LARGE)
    m.boot()
    before = amounts(m)
    captured(m)
    seen = m.check(f"{RELEASING}; kill -9 $!; cat {STATUS}", timeout=240)
    left = int(re.search(r"^to_return: (\d+)$", seen, re.M)[1])
    assert left >= 8 * GIB, f"{left // MIB} MiB were left when the writer was killed"
    m.check(f"while grep -q 'dump: releasing' {STATUS}; do {RELEASE} 2>/dev/null; sleep 0.2; done",
            timeout=240)
    assert value(m, "dump_status").startswith("dump: released\n")
    assert_armed(m)
    assert_all_back(m, before)


CRASH_IN_THE_MIDDLE = f"""
left() {{ while read -r key left; do [ "$key" != to_return: ] || return 0; done <{STATUS}; }}
{RELEASING}
until left && [ "$left" -lt {48 * GIB} ]; do :; done
cat {STATUS} >/lab/status
{CRASH}
"""


def test_crash_in_the_middle(machine: MachineFactory) -> None:
    """A dump of a kernel that has only some of its memory has all of it, and so has the next."""
    m = machine(**LARGE)
    m.boot()
    assert_armed(m)
    before, (area, copies) = amounts(m), firmwares(m)
    # On a busy host the release may be over before the shell has looked.
    for _ in range(3):
        captured(m)
        crash_sampled(m, area, copies, CRASH_IN_THE_MIDDLE)
        status = (m.share / "status").read_text()
        left = int(re.search(r"^to_return: (\d+)$", status, re.M)[1])
        if left >= 8 * GIB:
            break
        release(m)
    assert status.startswith("dump: releasing\n") and 8 * GIB <= left < 48 * GIB, status
    release(m)
    assert_armed(m)
    assert_all_back(m, before)
    captured(m)
    release(m)
    assert_all_back(m, before)


# -- each in its place -----------------------------------------------------------


NODES = "/sys/devices/system/node"
#: A kernel's own tables are taken from memory's end, which in a capture is on node 0.
TABLES = 32 * MIB


class Node(NamedTuple):
    """What a node has of memory."""

    blocks: set[str]
    present: int
    total: int


def nodes_of(m: Machine) -> dict[int, Node]:
    """Each node's blocks, bytes that are there, and bytes that can be had."""
    present: Counter[int] = Counter()
    page = int(m.check("grep -m 1 KernelPageSize /proc/self/smaps").split()[1]) << 10
    for nid, pages in re.findall(r"^Node (\d+), zone .*?^ +present +(\d+)$",
                                 read(m, "/proc/zoneinfo"), re.M | re.S):
        present[int(nid)] += int(pages) * page
    found = {}
    for name in m.check(f"cd {NODES} && ls -d node[0-9]*").split():
        total = re.search(r"MemTotal:\s+(\d+) kB", read(m, f"{NODES}/{name}/meminfo"))
        blocks = m.check(f"cd {NODES}/{name} && ls -d memory[0-9]* || :").split()
        nid = int(name.removeprefix("node"))
        found[nid] = Node(set(blocks), present[nid], int(total[1]) << 10)
    return found


@pytest.mark.parametrize("more", ["", ",slots=4,maxmem=16G"], ids=["fixed", "maxmem"])
def test_each_node_has_its_own_again(machine: MachineFactory, more: str) -> None:
    """Two nodes: what was left out of one is not another's afterwards."""
    objects = [("-object", f"memory-backend-ram,id=ram{n},size=4G,reserve=off") for n in (0, 1)]
    m = machine(mem=f"8G{more}", smp="2", extra=[word for words in objects for word in words],
                numa=[f"node,nodeid={n},cpus={n},memdev=ram{n}" for n in (0, 1)])
    m.boot()
    assert_armed(m)
    before, nodes = amounts(m), nodes_of(m)
    assert [nodes[nid].present for nid in (0, 1)] == [4 * GIB, 4 * GIB]
    assert all(node.blocks and node.total > 3 * GIB for node in nodes.values()), nodes
    for _ in range(2):
        captured(m)
        release(m)
        assert_armed(m)
        assert_all_back(m, before)
        after = nodes_of(m)
        for nid, node in nodes.items():
            assert after[nid].blocks == node.blocks, f"node {nid} has other blocks"
            assert after[nid].present == node.present, f"node {nid} has other memory"
            assert after[nid].total >= node.total - TABLES, f"node {nid} lacks memory"


# -- memory that comes and goes ------------------------------------------------------


def unplug(m: Machine, name: str) -> None:
    """Ask the kernel to let go of a module; it has."""
    seen = len(m.events)
    m.qmp.command("device_del", id=name)
    m.wait(lambda: any(event.name == "DEVICE_DELETED" and event.data.get("device") == name
                       for event in m.events[seen:]), 60, f"removal of {name}")


def address_of(m: Machine, name: str) -> int:
    """Where a module is."""
    devices = m.qmp.command("query-memory-devices")
    return next(int(d["data"]["addr"]) for d in devices if d["data"].get("id") == name)


def off_and_on(m: Machine, blocks: set[int]) -> int:
    """Take the first block that can do without its users offline and online; its address."""
    size = block_size(m)
    for block in sorted(blocks, reverse=True):
        state = f"{BLOCKS}/memory{block // size}/state"
        if m.sh(f"echo offline >{state}").rc == 0:
            assert block not in online_blocks(m)
            m.check(f"echo online >{state}")
            assert block in online_blocks(m)
            return block
    raise AssertionError("none of the blocks that were returned goes offline")


def test_modules_come_and_go(machine: MachineFactory) -> None:
    """Memory added before the crash comes back; what is added after the release goes again."""
    m = machine(mem="4G,slots=4,maxmem=12G", smp="2")
    m.boot()
    plug(m, "early")
    assert_armed(m)
    early = address_of(m, "early")
    before = amounts(m)
    assert early in before[2]
    captured(m)
    away = left_out(m)
    assert any(start <= early and early + GIB <= end for start, end in away), away
    assert not remove(m, index_of(m, early)), "memory of a dump that waits was removed"
    release(m)
    assert_armed(m)
    assert_all_back(m, before)
    off_and_on(m, {block for block in before[2]
                   if any(start <= block < end for start, end in away)})
    assert_all_back(m, before)
    plug(m, "late")
    assert meminfo(m, "MemTotal") >= before[0] + GIB
    unplug(m, "late")
    assert_all_back(m, before)
    assert_armed(m)
    captured(m)
    release(m)
    assert_all_back(m, before)


def test_no_removal_while_memory_returns(machine: MachineFactory) -> None:
    """Nothing is taken away as long as something is still to come."""
    m = machine(**{**LARGE, "mem": "64G,slots=4,maxmem=96G"})
    m.boot()
    plug(m, "module")
    assert_armed(m)
    before = amounts(m)
    address = address_of(m, "module")
    index, block = index_of(m, address), f"{BLOCKS}/memory{address // block_size(m)}"
    captured(m)
    seen = m.check(f"{RELEASING}; until grep -qs online {block}/state; do :; done; "
                   f"echo 'memory remove index {index:#x}' >/sys/kernel/dlpar && echo gone; "
                   f"cat {STATUS}; wait", timeout=240)
    assert "dump: releasing" in seen, f"it was back too early: {seen}"
    assert "gone" not in seen, "memory was removed while other memory was to come"
    assert_all_back(m, before)


def test_huge_pages_of_returned_memory(machine: MachineFactory) -> None:
    """Huge pages for most of the memory are more than a capture has, and can be had."""
    m = machine(mem="8G", smp="2", reserve=False)
    m.boot()
    captured(m)
    small = meminfo(m, "MemTotal")
    release(m)
    size = meminfo(m, "Hugepagesize")
    count = 6 * GIB // size
    assert count * size > 4 * small
    m.check(f"echo {count} >/proc/sys/vm/nr_hugepages", timeout=120)
    assert re.search(rf"^HugePages_Free:\s+{count}$", read(m, "/proc/meminfo"), re.M)
    word = token(m)
    m.crash()
    assert_dump(m, word, cpus=2)
    release(m)
    assert_armed(m)
