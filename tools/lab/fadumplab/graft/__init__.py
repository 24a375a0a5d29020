# SPDX-License-Identifier: GPL-2.0-or-later
"""The graft: this directory inside a Linux tree, or as a patch for one. Needs only Python."""
