#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In a capture boot, dracut's main loop goes on until the device of TARGET is there, for
# 30 seconds at most: it is this loop that starts LVM. It counts half seconds.

device=root
# shellcheck source=/dev/null
[ ! -e /proc/vmcore ] || . /etc/fadump.target
[ "$device" = root ] || [ -e "$device" ] || [ "${main_loop:-60}" -ge 60 ]
