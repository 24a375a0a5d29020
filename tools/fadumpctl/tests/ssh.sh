#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In place of ssh: runs the command here, or fails as FAKE_SSH says.
#
#	FAKE_SSH	ok, refused, broken (in the middle of a file), full, altered, hang,
#		readonly, asks (for a password, where it is not told to ask nothing)
#	FAKE_PID	gets the process that hangs
#	FAKE_LOG	gets the arguments of each call, but for the command

set -u
args=
while [ "$1" != -- ]; do
	args="$args $1"
	shift
done
shift
[ -z "${FAKE_LOG:-}" ] || printf 'ssh%s -- %s\n' "$args" "$1" >>"$FAKE_LOG"
host=$1
shift

mode=${FAKE_SSH:-ok}
case $mode:$* in
hang:*)
	sleep 60 &
	[ -z "${FAKE_PID:-}" ] || echo $! >"$FAKE_PID"
	wait
	;;
readonly:*"test -w"*)
	exit 1
	;;
asks:*)
	case $args in
	*BatchMode=yes*) ;;
	*) exec sleep 60 ;;
	esac
	echo "$host: Permission denied (publickey,password)." >&2
	exit 255
	;;
refused:*)
	echo "ssh: connect to host $host port 22: Connection refused" >&2
	exit 255
	;;
broken:*cat*vmcore.*.partial)
	head -c 5000 | sh -c "$*"
	echo "Connection to $host closed by remote host." >&2
	exit 255
	;;
full:*cat*vmcore.*.partial)
	head -c 5000 | sh -c "$*"
	echo "cat: write error: No space left on device" >&2
	exit 1
	;;
altered:*cat*vmcore.*.partial)
	tr 0 1 | sh -c "$*"
	exit
	;;
esac
exec sh -c "$*"
