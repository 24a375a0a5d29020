#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The root's device is there, and nothing is mounted yet.

if [ -e /proc/vmcore ]; then
	# shellcheck disable=SC2154
	/usr/lib/fadump/fadump-capture "${root#block:}" "$fstype" "$rflags" ||
		warn "fadump: the dump stays in memory"
fi
