#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs when the root device is there and nothing is mounted yet.

if [ -e /proc/vmcore ]; then
	# shellcheck disable=SC2154
	if ! /usr/lib/fadump/fadump-capture "${root#block:}" "$fstype" "$rflags"; then
		if [ -e /proc/vmcore ]; then
			warn "fadump: the dump stays in memory"
		else
			warn "fadump: the dump is saved, but not all of its memory is released"
		fi
	fi
fi
