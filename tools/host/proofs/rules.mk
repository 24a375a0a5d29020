# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proofs by bounded model checking, see proofs/proof.h. Part of the Makefile above.
#
#	make -C tools/host prove		all of them; needs cbmc 6
#	make -C tools/host prove K=regsave	those with this in their names

PROVE_SECONDS ?= 300
K	?=

prove:
	@command -v cbmc >/dev/null || \
		{ echo "cbmc is missing: make prove, without -C, uses the lab's" >&2; exit 1; }
	@sh proofs/run.sh $(O)/proofs $(PROVE_SECONDS) '$(K)' $(wildcard proofs/*.c)

.PHONY: prove
