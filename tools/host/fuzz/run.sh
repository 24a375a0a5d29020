#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs fuzzers, two at a time: each with every file of its corpus, then with libFuzzer if
# SECONDS is not 0.
#
#	run.sh DIR CORPUS SECONDS NAME...	SECONDS are for all of them together
#
# DIR has the programs. Logs go to DIR/log, new inputs to DIR/found, inputs that fail to
# DIR/crash.

set -u
jobs=2

# Without llvm-symbolizer use addr2line of binutils.
command -v llvm-symbolizer >/dev/null || export ASAN_OPTIONS="allow_addr2line=1:\
external_symbolizer_path=$(command -v addr2line):${ASAN_OPTIONS:-}"

fail() { # NAME TEXT LOG
	printf 'FAIL %-11s %s, log: %s\n' "$1" "$2" "$3"
	tail -n 40 "$3"
}

replay() { # NAME
	name=$1 log=$dir/log/$1.replay
	set -- "$corpus/$name"/*
	if "$dir/fuzz-$name" "$@" >"$log" 2>&1; then
		printf 'ok   %-11s replay: %d files\n' "$name" $#
	else
		fail "$name" replay "$log"
	fi
}

stat_of() { # NAME LOG
	sed -n "s/^stat::$1: *//p" "$2"
}

fuzz() { # NAME
	log=$dir/log/$1.fuzz
	mkdir -p "$dir/found/$1" "$dir/crash"
	"$dir/fuzz-$1" -max_total_time="$seconds" -timeout=20 -print_final_stats=1 \
		-artifact_prefix="$dir/crash/$1-" "$dir/found/$1" "$corpus/$1" \
		>"$log" 2>&1 || { fail "$1" "fuzz: see $dir/crash" "$log"; return; }
	printf 'ok   %-11s fuzz: %s runs, %s/s, %s features\n' "$1" \
		"$(stat_of number_of_executed_units "$log")" \
		"$(stat_of average_exec_per_sec "$log")" \
		"$(sed -n 's/.* ft: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)"
}

dir=$1 corpus=$2 seconds=$3
shift 3
if [ "$1" = --one ]; then
	replay "$2"
	[ "$seconds" -eq 0 ] || fuzz "$2"
	exit
fi

mkdir -p "$dir/log"
[ "$seconds" -eq 0 ] || seconds=$(((seconds * jobs + $# - 1) / $#))
printf '%s\n' "$@" | xargs -P $jobs -n 1 sh "$0" "$dir" "$corpus" "$seconds" --one |
	tee "$dir/log/sum"
failed=$(grep -c '^FAIL' "$dir/log/sum")
echo "$(grep -c '^ok' "$dir/log/sum") passed, $failed failed"
[ "$failed" -eq 0 ]
