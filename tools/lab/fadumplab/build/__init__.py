# SPDX-License-Identifier: GPL-2.0-or-later
"""Building: Debian roots with programs, kernels, the guest's initramfs, packages."""
