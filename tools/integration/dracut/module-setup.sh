#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Adds the programs that save a dump to the initramfs, if /etc/fadump.conf asks for it.

fadump_lib=/usr/lib/fadump

# The image is for this host. Others have the module only if they are told its name.
is_for_this_host() {
	# shellcheck disable=SC2154
	[[ ${hostonly-} && ! ${dracutsysrootdir-} ]] || return 1
	[[ ${DRACUT_ARCH:-$(uname -m)} == ppc64* ]]
}

check() {
	is_for_this_host || return 255
	require_binaries fadumpctl makedumpfile || return 1
	$fadump_lib/fadump-target >/dev/null && return 0
	# The image will have no part of fadump: store that.
	# shellcheck disable=SC2154
	$fadump_lib/fadump-stamp "$kernel" 2>/dev/null
	return 1
}

depends() {
	echo base fs-lib
}

installkernel() {
	local type

	eval "$($fadump_lib/fadump-target | grep '^type=')"
	[ -z "$type" ] || instmods "$type"
}

install() {
	inst_multiple fadumpctl makedumpfile mkdir mount sleep umount
	# pthread_exit() loads it at run time; no program links to it.
	inst_libdir_file "libgcc_s.so*"
	inst_simple $fadump_lib/fadump-capture
	inst_multiple -o /etc/fadump.conf /etc/machine-id
	# shellcheck disable=SC2154
	mkdir -p "$initdir/etc"
	$fadump_lib/fadump-target >"$initdir/etc/fadump.target"
	$fadump_lib/fadump-stamp "$kernel"
	# shellcheck disable=SC2154
	inst_hook initqueue/finished 10 "$moddir/wait.sh"
	dracut_need_initqueue
	inst_hook pre-mount 10 "$moddir/capture.sh"
}
