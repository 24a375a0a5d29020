# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine: QEMU with its control channels, breakpoints in the guest, its firmware's data."""
