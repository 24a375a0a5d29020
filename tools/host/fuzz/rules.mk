# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzers: one per decoder, see fuzz/fuzz.h. Part of the Makefile above.
#
#	make -C tools/host fuzz-replay		the corpus once, with any compiler
#	make -C tools/host fuzz TOOLBOX=path SECONDS=60
#						the corpus, then libFuzzer
#	make -C tools/host fuzz-seeds TOOLBOX=path
#						write the valid blobs of the corpus
#
# New inputs of a run are kept in build/host; the next run continues with them.
# To run one input:
#	build/host/gcc/replay/fuzz-dump file

FUZZERS	:= dump sizes regsave opal-meta opal-regs crash-info compat options \
	   bootargs flat-tree vmcoreinfo
CORPUS	:= $(TOP)/tests/corpus
SECONDS	?= 60

# This name in the toolbox prevents that kernels are built with it.
FUZZ_CC	:= clang-19

# replay: with our main(), which runs each input once. Otherwise: with libFuzzer.
FUZZ	?= replay
FDIR	= $(DIR)/$(FUZZ)
ifeq ($(FUZZ),replay)
FUZZ_MAIN = $(FDIR)/main.o
else
FUZZ_FLAGS := -fsanitize=fuzzer-no-link
FUZZ_LDFLAGS := -fsanitize=fuzzer
endif

# Files of early boot, which use the headers in fuzz/include.
FUZZ_BOOT_OBJS = $(FDIR)/kernel/boot/flat-tree.o $(FDIR)/kernel/boot/reserved.o
FUZZ_LIB = $(LIB:%=$(FDIR)/kernel/lib/%.o)
FUZZ_COMMON = $(FDIR)/fuzz.o $(FUZZ_MAIN) $(FUZZ_LIB)
FUZZ_HEADERS := $(wildcard fuzz/*.h fuzz/include/*/*.h) fuzz/rules.mk

# libfdt may not be installed. Expanded only if fuzzers are built.
HAVE_FDT = $(shell $(CC) -E -include libfdt.h -xc /dev/null >/dev/null 2>&1 && echo y)
FUZZ_BUILT = $(if $(HAVE_FDT),$(FUZZERS),$(filter-out flat-tree,$(FUZZERS)))

FUZZ_COMPILE = $(CC) -Ifuzz/include $(CPPFLAGS) $(CFLAGS) -O2 $(TESTFLAGS) $(SANITIZE)

$(FDIR)/kernel/%.o: $(TOP)/%.c $(HEADERS) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	@$(FUZZ_COMPILE) $(FUZZ_FLAGS) -c -o $@ $<

# Without coverage: libFuzzer must not follow the paths of the checks.
$(FDIR)/%.o: fuzz/%.c $(HEADERS) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	@$(FUZZ_COMPILE) -c -o $@ $<

$(FDIR)/fuzz-flat-tree: $(FUZZ_BOOT_OBJS)
$(FDIR)/fuzz-flat-tree: LDLIBS += -lfdt

$(FDIR)/fuzz-%: $(FDIR)/%.o $(FUZZ_COMMON)
	@$(CC) $(LDFLAGS) $(SANITIZE) $(FUZZ_LDFLAGS) -o $@ $^ $(LDLIBS)

.SECONDARY:

fuzz-replay:
	@$(MAKE) --no-print-directory $(FUZZ_BUILT:%=$(FDIR)/fuzz-%)
	@$(if $(HAVE_FDT),,echo "flat-tree is not built: no libfdt.h here")
	@sh fuzz/run.sh $(FDIR) $(CORPUS) 0 $(FUZZ_BUILT)

fuzz:
	$(NEED_TOOLBOX)
	$(call INSIDE,fuzz-run FUZZ=libfuzzer CC=$(FUZZ_CC) SECONDS=$(SECONDS))

fuzz-run:
	@$(MAKE) --no-print-directory -j2 $(FUZZERS:%=$(FDIR)/fuzz-%)
	@sh fuzz/run.sh $(FDIR) $(CORPUS) $(SECONDS) $(FUZZERS)

$(FDIR)/seeds: $(FDIR)/seeds.o $(FUZZ_LIB)
	@$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $^ -lfdt

fuzz-seeds:
	$(NEED_TOOLBOX)
	$(call INSIDE,fuzz-seeds-write CC=gcc)

fuzz-seeds-write: $(FDIR)/seeds
	@mkdir -p $(FUZZERS:%=$(CORPUS)/%)
	@$< $(CORPUS)

.PHONY: fuzz fuzz-replay fuzz-run fuzz-seeds fuzz-seeds-write
