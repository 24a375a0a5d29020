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
# The inputs that a run finds are kept in build/host for the next run. To try an input:
#	build/host/gcc/replay/fuzz-dump file

FUZZERS	:= dump sizes regsave opal-meta opal-regs crash-info compat options \
	   bootargs flat-tree vmcoreinfo
CORPUS	:= $(TOP)/tests/corpus
SECONDS	?= 60

# The compiler's name in the toolbox, which kbuild does not use.
FUZZ_CC	:= clang-19

# With our main(), which only replays, or with libFuzzer's.
FUZZ	?= replay
FDIR	= $(DIR)/$(FUZZ)
ifeq ($(FUZZ),replay)
FUZZ_MAIN = $(FDIR)/main.o
else
FUZZ_FLAGS := -fsanitize=fuzzer-no-link
FUZZ_LDFLAGS := -fsanitize=fuzzer
endif

# Files of early boot, with its environment.
FUZZ_BOOT_OBJS = $(FDIR)/kernel/boot/flat-tree.o $(FDIR)/kernel/boot/reserved.o
FUZZ_PURE = $(PURE:%=$(FDIR)/kernel/lib/%.o)
FUZZ_COMMON = $(FDIR)/fuzz.o $(FUZZ_MAIN) $(FUZZ_PURE)
FUZZ_HEADERS := $(wildcard fuzz/*.h fuzz/include/*/*.h) fuzz/rules.mk

# libfdt may be missing; only the fuzzers need it.
HAVE_FDT = $(shell $(CC) -E -include libfdt.h -xc /dev/null >/dev/null 2>&1 && echo y)
FUZZ_BUILT = $(if $(HAVE_FDT),$(FUZZERS),$(filter-out flat-tree,$(FUZZERS)))

FUZZ_COMPILE = $(CC) -Ifuzz/include $(CPPFLAGS) $(CFLAGS) -O2 $(TESTFLAGS) $(SANITIZE)

$(FDIR)/kernel/%.o: $(TOP)/%.c $(HEADERS) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	@$(FUZZ_COMPILE) $(FUZZ_FLAGS) -c -o $@ $<

# No coverage of the checks: libFuzzer should not follow their branches.
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

$(FDIR)/seeds: $(FDIR)/seeds.o $(FUZZ_PURE)
	@$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $^ -lfdt

fuzz-seeds:
	$(NEED_TOOLBOX)
	$(call INSIDE,fuzz-seeds-write CC=gcc)

fuzz-seeds-write: $(FDIR)/seeds
	@mkdir -p $(FUZZERS:%=$(CORPUS)/%)
	@$< $(CORPUS)

.PHONY: fuzz fuzz-replay fuzz-run fuzz-seeds fuzz-seeds-write
