# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs with a report: the demos and the benchmark."""
