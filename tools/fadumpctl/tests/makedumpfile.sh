#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In place of makedumpfile: writes what looks like a dump, or fails as FAKE says.
#
#	FAKE		ok, full, killed, partial, junk, hang, threads (works with one only)
#	FAKE_LOG	gets the arguments of each call
#	FAKE_DMESG	ok, fail or hang
#	FAKE_SIZE	KiB of the dump
#	FAKE_VERSION	of -v: ok, hang, fail, old (tells nothing of compression)
#	FAKE_ZSTD	of -v: enabled or disabled
#	FAKE_PID	gets the process that hangs in one of these two
#	FAKE_PARAMS	of --check-params: ok, fail, old (does not know it)
#	FAKE_USAGE	of --mem-usage: ok, new (kernel), kdump (wants it), fail, hang

set -u
[ -z "${FAKE_LOG:-}" ] || printf '%s\n' "$*" >>"$FAKE_LOG"

if [ "$1" = --dump-dmesg ]; then
	[ "${FAKE_DMESG:-ok}" != hang ] || exec sleep 60
	if [ "${FAKE_DMESG:-ok}" = fail ]; then
		echo "The kernel version is not supported."
		exit 1
	fi
	[ ! -e "$3" ] || exit 1
	echo "[    1.000000] log of $2" >"$3"
	exit 0
fi

hang() {
	[ -z "${FAKE_PID:-}" ] || echo $$ >"$FAKE_PID"
	exec sleep 60
}

version() {
	echo "makedumpfile: version 1.7.8 (released on 1 Jan 2026)"
	[ "${FAKE_VERSION:-ok}" != old ] || return
	printf 'lzo\tenabled\nsnappy\tdisabled\nzstd\t%s\n\n' "${FAKE_ZSTD:-enabled}"
}

if [ "$1" = -v ]; then
	[ "${FAKE_VERSION:-ok}" != hang ] || hang
	[ "${FAKE_VERSION:-ok}" != fail ] || exit 1
	version
	exit 0
fi

if [ "$1" = --mem-usage ]; then
	case ${FAKE_USAGE:-ok} in
	hang) hang ;;
	kdump)
		echo "show_mem_usage: No memory is reserved for crashkernel!"
		exit 1
		;;
	fail)
		echo "readpage_elf: Attempt to read non-existent page at 0x0." >&2
		exit 1
		;;
	new)
		echo "The kernel version is not supported."
		echo "The makedumpfile operation may be incomplete."
		;;
	esac
	printf 'TYPE\tPAGES\nFREE\t1\n\nTotal pages on system:\t2\n'
	exit 0
fi

case $* in
*--check-params*)
	case ${FAKE_PARAMS:-ok} in
	fail)
		echo "Commandline parameter is invalid."
		exit 1
		;;
	old)
		echo "$0: unrecognized option '--check-params'" >&2
		exit 1
		;;
	esac
	exit 0
	;;
esac

flat=
threads=
for arg in "$@"; do
	case $arg in
	-F) flat=1 ;;
	--num-threads) threads=1 ;;
	esac
	last=$arg
done

progress() { # PERCENT
	printf '\rCopying data                                      : [%5.1f %%] |  eta: 0s' "$1" >&2
}

body() { # KIB
	if [ -n "$flat" ]; then
		printf 'makedumpfile\0\0\0\0'
	else
		printf 'KDUMP   \6\0\0\0'
	fi
	n=0
	while [ $n -lt "$1" ]; do
		printf '%1024d' $n
		n=$((n + 1))
	done
}

write() { # KIB
	if [ -n "$flat" ]; then body "$1"; else body "$1" >"$last"; fi
}

size=${FAKE_SIZE:-100}
progress 12.5
mode=${FAKE:-ok}
if [ "$mode" = threads ]; then
	mode=ok
	[ -z "$threads" ] || mode=killed
fi
case $mode in
ok)
	write "$size"
	progress 100.0
	printf '\n\nThe dumpfile is saved to %s.\n\nmakedumpfile Completed.\n' "$last" >&2
	;;
full)
	write 7
	echo "write_buffer: Can't write the dump file(dump). No space left on device" >&2
	echo "makedumpfile Failed." >&2
	exit 1
	;;
killed)
	write 7
	kill -9 $$
	;;
partial)
	write 7
	echo "readmem: type_addr: 1, addr:0, size:4096" >&2
	exit 1
	;;
junk)
	if [ -n "$flat" ]; then echo junk; else echo junk >"$last"; fi
	;;
hang)
	write 7
	[ -z "${FAKE_READY:-}" ] || : >"$FAKE_READY"
	exec sleep 60
	;;
esac
