# SPDX-License-Identifier: GPL-2.0-or-later
"""The check for forbidden words: what it finds, what it accepts, and where it looks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fadumplab import LabError, words  # noqa: E402

#: Lines, and the word that each of them must be found by.
FORBIDDEN = (
    ("the dead kernel's memory", "dead kernel"),
    ("struct fadump_dead_kernel", "dead_kernel"),
    ("until the kernel dies", "kernel dies"),
    ("Memory is lent to applications", "lent"),
    ("fadump: Lending the area", "Lending"),
    ("fadump_cma_lendable(r)", "lendable"),
    ("fadump_claims_collect(&set)", "fadump_claims_collect"),
    ("obj-y += absent.o", "absent.o"),
    ("fadump_plug_in(block)", "plug_in"),
    ("It gives back all pages", "gives back"),
    ("fadump_give_back()", "give_back"),
    ("what_to_free(dump)", "what_to_free"),
    ("static void keep_back(void)", "keep_back"),
    ("fadump_salvage(", "salvage"),
    ("FADUMP_LOST_CPU_DATA", "FADUMP_LOST_CPU_DATA"),
    ("enum fadump_fate", "fate"),
    ("fadump_needs_more", "fadump_needs_more"),
    ("fadump_arguments_suit(line)", "arguments_suit"),
    ("get_twin(word)", "twin"),
    ("fadump_hugetlb_withhold()", "withhold"),
    ("struct patience", "patience"),
    ("has_books_of_all(r)", "has_books_of_all"),
    ("go_down_with_dump(d)", "go_down_with_dump"),
    ("fadump_crash_void()", "crash_void"),
    ('#include "fadump-pure.h"', "fadump-pure"),
    ("the pure files", "pure files"),
    ("what people do", "people"),
    ('#include "picture.h"', "picture.h"),
    ("firmware fell ill", "firmware fell ill"),
    ("bytes that nobody vouches for", "nobody"),
    ("Somebody's page", "Somebody's"),
    ("# Who maps it loses it", "Who"),
    ("slow; who reads it waits", "who reads"),
    ("built in the workshop", "workshop"),
    ("fadump_origin_tell(d)", "fadump_origin_tell"),
    ("fadump_rtas_attach(node)", "fadump_rtas_attach"),
    ("an address that firmware vouches for", "vouches"),
)

ALLOWED = (
    "static void calendar(void)", "#include <asm/book3s/64/hash.h>", "(void)rc;",
    "return -EINVAL;", "void *buf", "irq 7: nobody cared", "runuser -u nobody id",
    "nobody:x:65534:", "a device is plugged into the machine", "excellent, silent, talent",
    "the process whose page it is", "purely a name", "unavoidable", "a personal key",
    "the crashed kernel", "It claims the semaphore", "a picture in the README",
)


class PatternTest(unittest.TestCase):
    """Single lines."""

    def test_forbidden(self) -> None:
        for line, word in FORBIDDEN:
            with self.subTest(line):
                found = list(words.complaints_of(line))
                self.assertTrue(found and found[0].startswith(f"'{word}': "), found)

    def test_allowed(self) -> None:
        for line in ALLOWED:
            with self.subTest(line):
                self.assertEqual(list(words.complaints_of(line)), [])

    def test_every_pattern_has_an_example(self) -> None:
        unused = {pattern for pattern in words.WORDS
                  if not any(re.search(pattern, line, re.IGNORECASE) for line, _ in FORBIDDEN)}
        self.assertEqual(unused, set())

    def test_replacement_is_named(self) -> None:
        self.assertEqual(list(words.complaints_of("a dead kernel, a twin")),
                         ["'dead kernel': use crashed kernel", "'twin': use copy, complement"])


@unittest.skipUnless(shutil.which("git"), "needs git")
class FilesTest(unittest.TestCase):
    """A small repository."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.repo = Path(directory.name)
        self.git("init", "-q")

    def git(self, *args: str) -> None:
        """Run git in the repository, without the user's settings."""
        subprocess.run(["git", *args], cwd=self.repo, check=True,
                       env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"})

    def put(self, name: str, content: bytes, add: bool = True) -> None:
        """Write a file, and add it to git."""
        path = self.repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if add:
            self.git("add", name)

    def complaints(self) -> list[str]:
        """The check of the whole repository."""
        return words.complaints(self.repo, words.tracked_files(self.repo))

    def test_planted_word_is_found_with_its_line(self) -> None:
        self.put("good.c", b"/* The crashed kernel's memory. */\n")
        self.assertEqual(self.complaints(), [])
        self.put("doc/a.rst", b"Fine.\nThe dead kernel wrote it.\n")
        self.assertEqual(self.complaints(), ["doc/a.rst:2: 'dead kernel': use crashed kernel"])

    def test_names_of_files_count(self) -> None:
        self.put("salvage.c", b"int x;\n")
        self.assertEqual(self.complaints(), ["salvage.c: name: 'salvage': use recover"])

    def test_only_text_that_git_tracks(self) -> None:
        self.put("blob", b"\0dead kernel\n")
        self.put("untracked.c", b"/* dead kernel */\n", add=False)
        self.put("gone.c", b"/* dead kernel */\n")
        (self.repo / "gone.c").unlink()
        (self.repo / "link").symlink_to("untracked.c")
        self.git("add", "link")
        self.assertEqual(self.complaints(), [])

    def test_the_table_itself_is_exempt(self) -> None:
        for name in words.EXEMPT:
            self.put(name, b"dead kernel\n")
        self.assertEqual(self.complaints(), [])

    def test_no_repository(self) -> None:
        with tempfile.TemporaryDirectory() as other, self.assertRaises(LabError):
            words.tracked_files(Path(other))


if __name__ == "__main__":
    unittest.main()
