# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian system in the machine: its installation on a disk, and its state."""
