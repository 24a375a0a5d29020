# SPDX-License-Identifier: GPL-2.0-or-later
"""Manual pages, completion and guide name all commands and options, and no others."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from test_capture import CaptureCase

HERE = Path(__file__).parent
TOP = HERE.parents[2]
MANUAL = HERE.parent / "fadumpctl.8"
CONF_MANUAL = TOP / "tools/integration/fadump.conf.5"
CONF = TOP / "tools/integration/fadump.conf"
COMPLETION = HERE.parent / "completion/fadumpctl"
GUIDE = TOP / "Documentation/firmware-assisted-dump.rst"

#: Of all commands, or of argp.
COMMON = {"--help", "--usage", "--version", "--root"}


def sections(manual: str) -> dict[tuple[str, ...], str]:
    """The text of each part about commands; one may be about several."""
    text = manual.split("\n.Sh ENVIRONMENT")[0]
    parts = (part.split("\n", 1) for part in re.split(r"^\.Ss ", text, flags=re.M)[1:])
    return {tuple(names.split(", ")): text for names, text in parts}


def documented(text: str) -> set[str]:
    """The long options that have an entry of their own."""
    entries = re.findall(r"^\.It (Fl .*)", text, re.M)
    return {f"-{name}" for entry in entries
            for name in re.findall(r"(?:Fl|,) (-[a-z-]+)", entry)}


class TestWords(CaptureCase):
    """Several documents say the same."""

    def commands(self) -> list[str]:
        """The commands that help lists."""
        return re.findall(r"^  ([a-z]+) ", self.run_program("help").stdout, re.M)

    def options(self, command: str) -> set[str]:
        """Long options of a command, as its help has them."""
        out = self.run_program("help", command).stdout
        return set(re.findall(r"^ +(?:-\S, )?(--[a-z-]+)", out, re.M)) - COMMON

    def test_manual(self) -> None:
        parts = sections(MANUAL.read_text())
        self.assertEqual({name for names in parts for name in names}, set(self.commands()))
        for names, text in parts.items():
            there = set().union(*map(self.options, names))
            said = documented(text)
            # What save has too is described there.
            if names == ("capture",):
                said |= documented(parts["save",]) & there
            self.assertEqual(said, there, names)

    def test_synopsis(self) -> None:
        synopsis = MANUAL.read_text().split(".Sh DESCRIPTION")[0]
        for command in self.commands():
            self.assertRegex(synopsis, rf"(?m)^\.Cm {command}\b")

    def test_completion(self) -> None:
        """Words that are written in the completion exist in the program."""
        known = set(self.commands())
        options = set().union(*map(self.options, known))
        text = COMPLETION.read_text()
        for name in re.findall(r"(?<![\w-])(--[a-z-]+)", text):
            self.assertIn(name, options | COMMON)
        for line in re.findall(r"\$command:\S+ in.*?esac", text, re.S):
            for name in re.findall(r"^\t([a-z|]+):", line, re.M):
                self.assertLessEqual(set(name.split("|")), known)

    def test_guide(self) -> None:
        """Commands in the guide exist, and the guide has all commands."""
        text = GUIDE.read_text()
        known = {command: self.options(command) | COMMON for command in self.commands()}
        for command, rest in re.findall(r"fadumpctl ([a-z]+)([^`|;&\n]*)", text):
            for option in re.findall(r"(?<![\w-])--[a-z-]+", rest):
                self.assertIn(option, known.get(command, set()), f"fadumpctl {command}{rest}")
        named = {command for command in known if f"fadumpctl {command}" in text}
        self.assertEqual(named, set(known) - {"help"})

    def test_configuration(self) -> None:
        """Each variable is in the program, in the manual page and in the file."""
        source = (HERE.parent / "save/conf.c").read_text()
        table = re.search(r"\} keys\[\] = \{(.*?)\n\};", source, re.S)
        assert table
        keys = set(re.findall(r'= \{ "([A-Z_]+)"', table[1]))
        self.assertGreater(len(keys), 5)
        manual = set(re.findall(r"^\.It Ev ([A-Z_]+)$", CONF_MANUAL.read_text(), re.M))
        self.assertEqual(manual, keys)
        self.assertEqual(set(re.findall(r"^#?([A-Z_]+)=", CONF.read_text(), re.M)), keys)

    def test_no_word_of_help_is_lost(self) -> None:
        """A page that mandoc renders has each option: none is hidden by a mistake in it."""
        try:
            page = subprocess.run(["mandoc", "-T", "utf8", MANUAL], check=True,
                                  capture_output=True, text=True).stdout
        except FileNotFoundError:
            self.skipTest("no mandoc")
        page = re.sub(".\b", "", page)
        for command in self.commands():
            for option in self.options(command):
                self.assertIn(option, page)
