# SPDX-License-Identifier: GPL-2.0-or-later
"""The folders of the program and their order."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

import layers
from lab import HERE

#: Two folders, with one call in the right direction.
GOOD = {
    "lib/README": "Uses: nothing else\n",
    "lib/say.h": "void say(void);\n",
    "lib/say.c": '#include "lib/say.h"\nvoid say(void) { }\n',
    "cmd/README": "Uses: lib\n",
    "cmd/run.h": "void run(void);\nextern int runs;\n",
    "cmd/run.c": '#include "cmd/run.h"\n#include "lib/say.h"\n'
                 "int runs;\nvoid run(void) { say(); }\n",
    "cmd/main.c": '#include "cmd/run.h"\nvoid start(void) { run(); }\n',
}


class TestLayers(unittest.TestCase):
    """Calls and includes go in one direction, and in no circle."""

    def check(self, **changes: str) -> list[str]:
        """Complaints about GOOD with other contents of some files."""
        files = {**GOOD, **{name.replace("__", "/").replace("_", "."): text
                            for name, text in changes.items()}}
        with tempfile.TemporaryDirectory(prefix="fadumpctl-test-") as place:
            top = Path(place)
            for name, text in files.items():
                (top / name).parent.mkdir(exist_ok=True)
                (top / name).write_text(text)
            for path in sorted(top.glob("*/*.c")):
                subprocess.run([*shlex.split(os.environ["CC"]), "-iquote", top, "-c", path,
                                "-o", path.with_suffix(".o")], check=True)
            return layers.check(top, top)

    def test_program(self) -> None:
        self.assertEqual(layers.check(HERE.parent, Path(os.environ["OBJECTS"])), [])

    def test_good(self) -> None:
        self.assertEqual(self.check(), [])

    def test_call_upwards(self) -> None:
        """The includes do not show a function that the file declares itself."""
        text = GOOD["lib/say.c"].replace("void say(void) { }",
                                         "void run(void);\nvoid say(void) { run(); }")
        wrong = self.check(lib__say_c=text)
        self.assertIn("lib/say.o -> cmd/run.o (run): not in lib/README", wrong)
        self.assertTrue(any(line.startswith("circle: ") for line in wrong), wrong)

    def test_variable_upwards(self) -> None:
        text = "extern int runs;\nvoid say(void) { runs++; }\n"
        self.assertIn("lib/say.o -> cmd/run.o (runs): not in lib/README",
                      self.check(lib__say_c=text))

    def test_include_upwards(self) -> None:
        self.assertEqual(self.check(lib__say_h='#include "cmd/run.h"\nvoid say(void);\n'),
                         ["lib/say.h -> cmd/run.h (#include): not in lib/README"])

    def test_circle_in_a_folder(self) -> None:
        text = '#include "cmd/run.h"\nvoid start(void);\nvoid run(void) { start(); }\nint runs;\n'
        wrong = self.check(cmd__run_c=text)
        self.assertEqual(len(wrong), 1)
        self.assertRegex(wrong[0], r"^circle: cmd/\w+\.o -> cmd/\w+\.o -> cmd/\w+\.o$")

    def test_circle_of_headers(self) -> None:
        wrong = self.check(cmd__run_h='#include "cmd/start.h"\nvoid run(void);\nextern int runs;\n',
                           cmd__start_h='#ifndef S\n#define S\n#include "cmd/run.h"\n#endif\n')
        self.assertEqual(len(wrong), 1)
        self.assertTrue(wrong[0].startswith("circle: cmd/"))

    def test_nothing_to_check(self) -> None:
        """Objects in another place are no proof."""
        self.assertNotEqual(layers.check(HERE.parent, HERE), [])
