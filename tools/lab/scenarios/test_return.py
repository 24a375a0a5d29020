# SPDX-License-Identifier: GPL-2.0-or-later
"""A release adds deferred memory: with several writers, little memory, interruptions."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest
from conftest import MachineFactory
from deferred import (BLOCKS, add_module, assert_memory_restored, block_size, crash_deferred,
                      deferred_ranges, index_of, memory_totals, online_blocks, remove_block)
from fadumplab.machine.qemu import TIMEOUT_FACTOR, Machine
from memory import crash_sampled, dump_area_and_copies
from steps import (CRASH, GIB, MIB, SYSFS, assert_armed, assert_dump, assert_pattern, fill_memory,
                   meminfo, read, release, token, value)

pytestmark = pytest.mark.ours("no memory is deferred")

STATUS = f"{SYSFS}/dump_status"
RELEASE = f"echo 1 >{SYSFS}/release_mem"
#: A shell command: start a release in the background, wait until it is in progress.
RELEASING = f"{RELEASE} & until grep -q 'dump: releasing' {STATUS}; do :; done"
LARGE = {"mem": "64G", "smp": "2", "reserve": False}


def wait_released(m: Machine) -> None:
    """Wait until no release is in progress."""
    m.check(f"while grep -q 'dump: releasing' {STATUS}; do sleep 0.2; done", timeout=180)


# -- other processes ---------------------------------------------------------


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
    """Of eight writers one releases all memory; the others get an error."""
    m = machine(mem="16G", smp="4", reserve=False)
    m.boot()
    assert_armed(m)
    before = memory_totals(m)
    for _ in range(2):
        crash_deferred(m, cpus=4)
        answers = Counter(m.check(EIGHT_WRITERS, timeout=240).splitlines())
        wait_released(m)
        assert answers.pop("0", 0) == 1, f"not one success: {answers}"
        assert sum(answers.values()) == 7
        assert set(answers) <= {"1 Device or resource busy", "1 Operation not permitted"}
        assert_armed(m)
        assert_memory_restored(m, before)
        result = m.sh(RELEASE)
        assert result.rc and "not permitted" in result.out


class Reading(NamedTuple):
    """One reading of dump_status, with the guest's time before and after it."""

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


def readings(m: Machine) -> list[Reading]:
    """All readings of WATCH since the begin of the release."""
    found = re.findall(r"^([\d.]+) ([\d.]+) dump: (\w+) returned: (\d+) to_return: (\d+) ",
                       read(m, "/tmp/looks"), re.M)
    return [Reading(float(start), float(end), dump, int(back), int(left))
            for start, end, dump, back, left in found]


def test_progress_can_be_watched(machine: MachineFactory) -> None:
    """The progress never decreases, and a reader of dump_status does not wait."""
    m = machine(**LARGE)
    m.boot()
    assert_armed(m)
    before = memory_totals(m)
    away = crash_deferred(m)
    m.check(WATCH, timeout=240)
    seen = readings(m)
    steps = [one.returned for one in seen]
    assert steps == sorted(steps), "the progress has decreased"
    assert len({one.returned + one.left for one in seen}) == 1
    assert seen[0].left <= away
    between = {one.returned for one in seen if one.dump == "releasing" and one.left < away}
    assert len(between) >= 8, f"only {len(between)} values of {away // GIB} GiB"
    assert (seen[-1].dump, seen[-1].left) == ("released", 0)
    took = [one.end - one.start for one in seen]
    ends = [one.end for one in seen if one.dump == "releasing"]
    print(f"{len(seen)} readings in {ends[-1] - ends[0]:.1f} s, longest {max(took):.2f} s, "
          f"{len(between)} values")
    assert max(took) < 1 * TIMEOUT_FACTOR, f"a reading of dump_status took {max(took)} s"
    assert_memory_restored(m, before)


# -- little memory -------------------------------------------------------------


@pytest.mark.parametrize("mmu", ["radix", "hash"])
def test_with_hardly_any_memory(machine: MachineFactory, mmu: str) -> None:
    """A block's own data is allocated from restored blocks, not from other processes' memory."""
    m = machine(mem="16G", smp="2", reserve=False,
                append="fadump=on" if mmu == "radix" else "fadump=on disable_radix")
    m.boot()
    assert_armed(m)
    assert mmu in read(m, "/proc/cpuinfo").lower()
    before = memory_totals(m)
    crash_deferred(m)
    fill_memory(m)
    assert meminfo(m, "MemAvailable") < 64 * MIB
    release(m)
    assert_armed(m)
    assert_memory_restored(m, before)
    assert_pattern(m)
    m.check("rm /tmp/pattern")
    crash_deferred(m)
    release(m)
    assert_memory_restored(m, before)


# -- interrupted ---------------------------------------------------------------


def test_writer_is_killed(machine: MachineFactory) -> None:
    """The writer is killed during the release; another write releases the rest."""
    m = machine(**LARGE)
    m.boot()
    before = memory_totals(m)
    crash_deferred(m)
    seen = m.check(f"{RELEASING}; kill -9 $!; cat {STATUS}", timeout=240)
    left = int(re.search(r"^to_return: (\d+)$", seen, re.M)[1])
    assert left >= 8 * GIB, f"{left // MIB} MiB were left when the writer was killed"
    m.check(f"while grep -q 'dump: releasing' {STATUS}; do {RELEASE} 2>/dev/null; sleep 0.2; done",
            timeout=240)
    assert value(m, "dump_status").startswith("dump: released\n")
    assert_armed(m)
    assert_memory_restored(m, before)


CRASH_IN_THE_MIDDLE = f"""
left() {{ while read -r key left; do [ "$key" != to_return: ] || return 0; done <{STATUS}; }}
{RELEASING}
until left && [ "$left" -lt {48 * GIB} ]; do :; done
cat {STATUS} >/lab/status
{CRASH}
"""


def test_crash_in_the_middle(machine: MachineFactory) -> None:
    """A crash during the release: the dump has all memory, and the next kernel as well."""
    m = machine(**LARGE)
    m.boot()
    assert_armed(m)
    before, (area, copies) = memory_totals(m), dump_area_and_copies(m)
    # On a busy host the release may end before the shell reads its progress.
    for _ in range(3):
        crash_deferred(m)
        crash_sampled(m, area, copies, CRASH_IN_THE_MIDDLE)
        status = (m.share / "status").read_text()
        left = int(re.search(r"^to_return: (\d+)$", status, re.M)[1])
        if left >= 8 * GIB:
            break
        release(m)
    assert status.startswith("dump: releasing\n") and 8 * GIB <= left < 48 * GIB, status
    release(m)
    assert_armed(m)
    assert_memory_restored(m, before)
    crash_deferred(m)
    release(m)
    assert_memory_restored(m, before)


# -- nodes -----------------------------------------------------------------------


NODES = "/sys/devices/system/node"
#: A kernel's early tables are at the end of its memory, in a capture kernel on node 0.
TABLES = 32 * MIB


class Node(NamedTuple):
    """The memory of a node."""

    blocks: set[str]
    present: int
    total: int


def nodes_of(m: Machine) -> dict[int, Node]:
    """Each node's blocks, present bytes and total bytes."""
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
    """Two nodes: deferred memory is restored to the node that it had before."""
    objects = [("-object", f"memory-backend-ram,id=ram{n},size=4G,reserve=off") for n in (0, 1)]
    m = machine(mem=f"8G{more}", smp="2", extra=[word for words in objects for word in words],
                numa=[f"node,nodeid={n},cpus={n},memdev=ram{n}" for n in (0, 1)])
    m.boot()
    assert_armed(m)
    before, nodes = memory_totals(m), nodes_of(m)
    assert [nodes[nid].present for nid in (0, 1)] == [4 * GIB, 4 * GIB]
    assert all(node.blocks and node.total > 3 * GIB for node in nodes.values()), nodes
    for _ in range(2):
        crash_deferred(m)
        release(m)
        assert_armed(m)
        assert_memory_restored(m, before)
        after = nodes_of(m)
        for nid, node in nodes.items():
            assert after[nid].blocks == node.blocks, f"node {nid} has other blocks"
            assert after[nid].present == node.present, f"node {nid} has other memory"
            assert after[nid].total >= node.total - TABLES, f"node {nid} lacks memory"


# -- memory modules ------------------------------------------------------------------


def remove_module(m: Machine, name: str) -> None:
    """Remove a memory module; wait until the kernel has agreed."""
    seen = len(m.events)
    m.qmp.command("device_del", id=name)
    m.wait(lambda: any(event.name == "DEVICE_DELETED" and event.data.get("device") == name
                       for event in m.events[seen:]), 60, f"removal of {name}")


def address_of(m: Machine, name: str) -> int:
    """The address of a module."""
    devices = m.qmp.command("query-memory-devices")
    return next(int(d["data"]["addr"]) for d in devices if d["data"].get("id") == name)


def off_and_on(m: Machine, blocks: set[int]) -> int:
    """Take the first block that allows it offline and online; its address."""
    size = block_size(m)
    for block in sorted(blocks, reverse=True):
        state = f"{BLOCKS}/memory{block // size}/state"
        if m.sh(f"echo offline >{state}").rc == 0:
            assert block not in online_blocks(m)
            m.check(f"echo online >{state}")
            assert block in online_blocks(m)
            return block
    raise AssertionError("none of the restored blocks can be set offline")


def test_modules_come_and_go(machine: MachineFactory) -> None:
    """A module added before the crash is restored; one added after the release can be removed."""
    m = machine(mem="4G,slots=4,maxmem=12G", smp="2")
    m.boot()
    add_module(m, "early")
    assert_armed(m)
    early = address_of(m, "early")
    before = memory_totals(m)
    assert early in before[2]
    crash_deferred(m)
    away = deferred_ranges(m)
    assert any(start <= early and early + GIB <= end for start, end in away), away
    assert not remove_block(m, index_of(m, early)), "memory of the dump was removed"
    release(m)
    assert_armed(m)
    assert_memory_restored(m, before)
    off_and_on(m, {block for block in before[2]
                   if any(start <= block < end for start, end in away)})
    assert_memory_restored(m, before)
    add_module(m, "late")
    assert meminfo(m, "MemTotal") >= before[0] + GIB
    remove_module(m, "late")
    assert_memory_restored(m, before)
    assert_armed(m)
    crash_deferred(m)
    release(m)
    assert_memory_restored(m, before)


def test_no_removal_while_memory_returns(machine: MachineFactory) -> None:
    """No memory can be removed during a release."""
    m = machine(**{**LARGE, "mem": "64G,slots=4,maxmem=96G"})
    m.boot()
    add_module(m, "module")
    assert_armed(m)
    before = memory_totals(m)
    address = address_of(m, "module")
    index, block = index_of(m, address), f"{BLOCKS}/memory{address // block_size(m)}"
    crash_deferred(m)
    seen = m.check(f"{RELEASING}; until grep -qs online {block}/state; do :; done; "
                   f"echo 'memory remove index {index:#x}' >/sys/kernel/dlpar && echo gone; "
                   f"cat {STATUS}; wait", timeout=240)
    assert "dump: releasing" in seen, f"the release ended too early: {seen}"
    assert "gone" not in seen, "memory was removed during a release"
    assert_memory_restored(m, before)


def test_huge_pages_of_returned_memory(machine: MachineFactory) -> None:
    """After a release, more huge pages can be allocated than a capture kernel has memory."""
    m = machine(mem="8G", smp="2", reserve=False)
    m.boot()
    crash_deferred(m)
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
