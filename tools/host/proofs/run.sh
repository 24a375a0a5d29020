#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves functions of proofs/*.c with cbmc, JOBS at a time:
#
#	run.sh DIR SECONDS FILTER FILE...	SECONDS of CPU are the limit of a proof
#
# The comment above such a function has files of the repository and options of cbmc, on one
# line or more:
#
#	/* cbmc: lib/arguments.c --unwind 5 */
#	void proof_something(void)
#
# Logs go to DIR/log. A proof that FILTER (of grep -E) does not match is left out.

set -u

list() { # FILE...: "name file arguments" for each proof
	awk '/^(\/\*| \*) cbmc:/ { args = ""; on = 1; sub(/.*cbmc:/, "") }
	     on {
		text = $0
		end = sub(/\*\/.*/, "", text)
		sub(/^ \*/, "", text)
		args = args " " text
		if (end) on = 0
	     }
	     /^void proof_/ {
		name = $2
		sub(/^proof_/, "", name)
		sub(/\(.*/, "", name)
		gsub(/[ \t]+/, " ", args)
		sub(/ $/, "", args)
		print name, FILENAME args
		args = ""
	     }' "$@"
}

prove() { # NAME FILE ARGUMENT...
	name=$1 log=$dir/log/$1 file=$2
	shift 2
	for arg; do
		shift
		case $arg in lib/*) arg=../../$arg ;; esac
		set -- "$@" "$arg"
	done
	prlimit --cpu="$seconds" cbmc -Iproofs/include -Iinclude -I../.. \
		--function "proof_$name" --drop-unused-functions --slice-formula \
		"$file" "$@" >"$log" 2>&1
	code=$?
	times >"$log.times"
	used=$(awk 'NR == 2 { split($1, t, "m"); printf "%.1f s", 60 * t[1] + t[2] }' "$log.times")
	case $code in
	0) printf 'ok   %-22s %s properties, %s of CPU\n' "$name" \
		"$(sed -n 's/^\*\* 0 of \([0-9]*\) failed.*/\1/p' "$log")" "$used" ;;
	10) printf 'FAIL %-22s log: %s\n' "$name" "$log"
	    grep ': FAILURE$' "$log" ;;
	*) printf 'FAIL %-22s exit code %s after %s of CPU, log: %s\n' "$name" "$code" \
		"$used" "$log"
	   tail -n 5 "$log" ;;
	esac
}

dir=$1 seconds=$2 filter=$3
shift 3
if [ "$1" = --one ]; then
	shift
	prove "$@"
	exit
fi

mkdir -p "$dir/log"
list "$@" | grep -E "^[^ ]*($filter)" | xargs -P "${JOBS:-2}" -L 1 \
	sh "$0" "$dir" "$seconds" "$filter" --one | tee "$dir/log/sum"
failed=$(grep -c '^FAIL' "$dir/log/sum")
passed=$(grep -c '^ok' "$dir/log/sum")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
