# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading dumps: ELF core, fadump_region, comparison with memory, crash, drgn and gdb."""
