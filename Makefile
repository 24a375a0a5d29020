# SPDX-License-Identifier: GPL-2.0-or-later
#
# Commands for developers. Inside a kernel tree kbuild reads the file Kbuild instead.

PYTHON ?= python3
KSRC ?=
KVER ?=
FLAVOUR ?=
MACHINE ?=
ANY ?=
DEBIAN ?=
K ?=
V ?= 0
SECONDS ?= 60
BENCH ?=
REPEAT ?= 1
export KSRC KVER ANY FLAVOUR MACHINE DEBIAN K V BENCH REPEAT

LAB = @command -v $(PYTHON) >/dev/null || \
	{ echo "$(PYTHON) is missing: apt-get install python3" >&2; exit 1; }; \
	$(PYTHON) tools/lab/lab.py

.DEFAULT_GOAL := help

help: ## Show this list
	@printf 'Firmware-assisted dump: arch/powerpc/fadump/ of a Linux tree, and its lab.\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r name text; do \
			printf '  make %-16s %s\n' "$$name" "$$text"; done
	@printf '\nVariables:\n'
	@printf '  KSRC=path     a Linux tree of your own instead of the lab'"'"'s\n'
	@printf '  ANY=1         accept a KSRC of any version, not only the tested ones\n'
	@printf '  KVER=7.2      another kernel of the lab, 6.12 or 7.2 (default: 7.3)\n'
	@printf '  FLAVOUR=debug a kernel with KASAN, lockdep and more (default: fast)\n'
	@printf '  MACHINE=name  the QEMU machine (default: pseries)\n'
	@printf '  DEBIAN=1      the demo with a Debian system, which saves its dump by itself\n'
	@printf '  K=expression  only scenarios or proofs with matching names\n'
	@printf '  LONG=1        also the scenarios that take hours\n'
	@printf '  SECONDS=n     the time for fuzzing\n'
	@printf '  BENCH=words   only figures whose names have these parts, such as release_16G\n'
	@printf '  REPEAT=2      measure twice, and fail if instruction counts differ by 1 %%\n'
	@printf '  V=1           show the output of the tools\n'
	@printf '\nFADUMP_LAB sets the cache (default ~/.cache/fadump-lab), DEBIAN_MIRROR the mirror.\n'

demo: ## Crash a machine in QEMU, save and open its dump, release it, arm again
	$(LAB) demo

check: ## Run all tests but check-control and the long ones; print the totals
	$(LAB) check

check-host: ## Run the host tests alone; they need only a compiler
	@$(MAKE) --no-print-directory -C tools/host check

faults-doc: ## Write Documentation/fadump-faults.rst from tests/faults.c
	@$(MAKE) --no-print-directory -C tools/host faults-doc

arguments-doc: ## Write the guide's table of filtered arguments from arguments.c
	@$(MAKE) --no-print-directory -C tools/host arguments-doc

check-unit: ## Run the lab's own tests
	$(LAB) check unit

check-static: ## Run W=1, sparse, checkpatch, kernel-doc, Sphinx and the list of words
	$(LAB) check static

fuzz: ## Fuzz all decoders, in SECONDS=60 together
	@FUZZ_SECONDS=$(SECONDS) $(PYTHON) tools/lab/lab.py check fuzz

prove: ## Prove that decoders and range sets are right for every input up to a length
	$(LAB) prove

check-scenarios: ## Build the kernel and run KUnit and the machine scenarios
	$(LAB) check build scenarios

check-control: ## Run the weakness scenarios on an untouched kernel, where each must fail
	$(LAB) check-control

check-debug: ## Run the scenarios on the debug kernel (KASAN, lockdep, DEBUG_VM)
	@FLAVOUR=debug $(PYTHON) tools/lab/lab.py check build scenarios

check-long: ## Run check with the long scenarios, check-control, the debug kernel, Linux 7.2, 6.12
	@LONG=1 $(PYTHON) tools/lab/lab.py check
	@LONG=1 $(PYTHON) tools/lab/lab.py check-control
	@FLAVOUR=debug $(PYTHON) tools/lab/lab.py check build scenarios
	@KVER=7.2 $(PYTHON) tools/lab/lab.py check
	@KVER=6.12 $(PYTHON) tools/lab/lab.py check

check-tools: ## Test fadumpctl and its boot services, and build the packages
	$(LAB) check tools

docs: ## Build the documents as web pages: build/docs/
	$(LAB) docs

pictures: ## Write the pictures and the README's table of the benchmark
	$(LAB) pictures

deb: ## Build the Debian package fadump-tools for amd64 and ppc64el: build/deb/
	$(LAB) deb

rpm: ## Build the RPM package fadump-tools for x86_64 and ppc64le: build/rpm/
	$(LAB) rpm

bench: ## Measure an untouched kernel and ours with the same work: build/bench/
	$(LAB) bench

setup: ## Fetch the toolbox: compilers, QEMU, kernel sources, guest programs
	$(LAB) setup

kernel: ## Build the kernel and print its path
	$(LAB) kernel

graft: ## Put this directory into the Linux tree KSRC, replacing its own fadump
	$(LAB) graft

ungraft: ## Restore the tree KSRC byte for byte
	$(LAB) ungraft

patch: ## Print the graft as one patch for git apply
	$(LAB) patch

series: ## Write the graft as numbered mails for a mailing list: build/series/
	$(LAB) series

check-series: ## Apply these mails one by one; build, check and run KUnit after each
	$(LAB) check-series

shell: ## Open a shell with the lab's tools
	$(LAB) shell

clean: ## Remove results, kernels, Debian disks and old roots; keep downloads
	$(LAB) clean
	@if [ -f tools/host/Makefile ]; then $(MAKE) --no-print-directory -C tools/host clean; fi

distclean: ## Remove results and everything that the lab has put into its cache
	$(LAB) distclean
	@if [ -f tools/host/Makefile ]; then $(MAKE) --no-print-directory -C tools/host clean; fi

.PHONY: help demo bench docs pictures check check-host check-unit check-static check-tools deb rpm \
	check-scenarios check-control \
	check-debug check-long faults-doc arguments-doc fuzz prove setup kernel graft ungraft patch \
	series check-series shell clean distclean
