# SPDX-License-Identifier: GPL-2.0-or-later
"""Breakpoints at the kernel's requests to firmware, for RTAS and OPAL."""

from __future__ import annotations

from collections.abc import Callable

from fadumplab.machine.breakpoints import (Answers, Breakpoint, Call, before_rtas_call,
                                           opal_answers, opal_call, rtas_answers)
from fadumplab.machine.qemu import Machine

#: Commands of ibm,configure-kernel-dump.
REGISTER, UNREGISTER, INVALIDATE = 1, 2, 3
#: Operations of opal_mpipl_update().
ADD_RANGE, REMOVE_ALL, FREE_PRESERVED = 0, 2, 3
REBOOT_MPIPL = 3
OPAL_BUSY, OPAL_HARDWARE, OPAL_UNSUPPORTED, OPAL_BUSY_EVENT = -2, -6, -7, -12

#: OPAL's operation for each of RTAS's commands.
UPDATES = {REGISTER: ADD_RANGE, UNREGISTER: REMOVE_ALL, INVALIDATE: FREE_PRESERVED}


def token_of(m: Machine, call: str) -> int:
    """The token of an RTAS call."""
    return int(m.check(f"hexdump -ve '1/1 \"%02x\"' /proc/device-tree/rtas/{call}"), 16)


def at_order(m: Machine, command: int, action: Callable[[Call], None]) -> Breakpoint:
    """A breakpoint before a command to firmware."""
    if m.machine == "pseries":
        return before_rtas_call([token_of(m, "ibm,configure-kernel-dump"), command], action)
    return opal_call("opal_mpipl_update", [UPDATES[command]], action)


def dump_call(m: Machine, answers: Answers, command: int) -> Breakpoint:
    """Return values of a command of ibm,configure-kernel-dump."""
    return rtas_answers([token_of(m, "ibm,configure-kernel-dump"), command], answers)


def refuse_discard(m: Machine, answers: Answers) -> Breakpoint:
    """Return values of the command to invalidate a dump."""
    if m.machine == "pseries":
        return dump_call(m, answers, INVALIDATE)
    return opal_answers("opal_mpipl_update", answers, FREE_PRESERVED)


def refuse_trigger(m: Machine, answers: Answers) -> Breakpoint:
    """Return values of the command to take a dump."""
    if m.machine == "pseries":
        return rtas_answers([token_of(m, "ibm,os-term")], answers)
    return opal_answers("opal_cec_reboot2", answers, REBOOT_MPIPL)
