# SPDX-License-Identifier: GPL-2.0-or-later
"""import: from the configuration of kdump to fadump.conf."""

from __future__ import annotations

import os
import re
from typing import Any

from lab import DONE, FAILED, INCOMPLETE, USAGE, Case

RED_HAT, SUSE, DEBIAN = "/etc/kdump.conf", "/etc/sysconfig/kdump", "/etc/default/kdump-tools"

#: What the files say that the distributions install, without comments.
STOCK = {
    RED_HAT: """\
auto_reset_crashkernel yes
path /var/crash
core_collector makedumpfile -l --message-level 7 -d 31
""",
    SUSE: """\
KDUMP_KERNELVER=""
KDUMP_CPUS=1
KDUMP_COMMANDLINE=""
KDUMP_COMMANDLINE_APPEND=""
KDUMP_AUTO_RESIZE="false"
KDUMP_FADUMP="true"
KDUMP_FADUMP_SHELL="false"
KEXEC_OPTIONS=""
KDUMP_IMMEDIATE_REBOOT="true"
KDUMP_TRANSFER=""
KDUMP_SAVEDIR="/var/crash"
KDUMP_KEEP_OLD_DUMPS=0
KDUMP_FREE_DISK_SIZE=64
KDUMP_VERBOSE=0
KDUMP_DUMPLEVEL=31
KDUMP_DUMPFORMAT="compressed"
KDUMP_CONTINUE_ON_ERROR="true"
KDUMP_REQUIRED_PROGRAMS=""
KDUMP_PRESCRIPT=""
KDUMP_POSTSCRIPT=""
KDUMP_NETCONFIG="auto"
KDUMP_NET_TIMEOUT=30
KDUMP_SMTP_SERVER=""
KDUMP_NOTIFICATION_TO=""
KDUMP_HOST_KEY=""
KDUMP_SSH_IDENTITY=""
""",
    DEBIAN: """\
USE_KDUMP=1
KDUMP_KERNEL=/var/lib/kdump/vmlinuz
KDUMP_INITRD=/var/lib/kdump/initrd.img
KDUMP_COREDIR="/var/crash"
""",
}

FSTAB = """\
/dev/sda1 / ext4 defaults 0 1
UUID=1234 /srv/crash xfs defaults 0 2
files:/export/dumps /mnt/dumps nfs defaults 0 0
files:/export /mnt/export/ nfs defaults 0 0
//files/share /mnt/share cifs defaults 0 0
"""

#: Of fadump.conf, but not known to every version of the program that reads it.
NEW_KEYS = {"FINAL", "MAKEDUMPFILE_ARGS", "PIPE", "PRE", "POST"}

HOST = "user@dumps.example.org"

#: Format, its lines, values that these change, and settings that are not taken over.
CASES: list[tuple[str, str, dict[str, str], list[str]]] = [
    (RED_HAT, "", {}, []),
    (RED_HAT, "path /srv/x # a comment", {"TARGET": "/srv/x"}, []),
    (RED_HAT, "raw /dev/vg/dump\npath /srv/x", {"TARGET": "/dev/vg/dump"}, []),
    (RED_HAT, f"ssh {HOST}", {"TARGET": f"ssh://{HOST}/var/crash"}, ["sshkey"]),
    (RED_HAT, "ssh u@2001:db8::1\npath /x", {"TARGET": "ssh://u@[2001:db8::1]/x"}, ["sshkey"]),
    (RED_HAT, "ssh -oProxyCommand=x", {"TARGET": ""}, ["ssh"]),
    (RED_HAT, "nfs files:/export/dumps\npath /", {"TARGET": "/mnt/dumps", "REQUIRE_MOUNT": "yes"},
     []),
    (RED_HAT, "nfs files:/export/dumps", {"TARGET": "/mnt/dumps/var/crash"}, []),
    (RED_HAT, "nfs other:/export", {"TARGET": ""}, ["nfs"]),
    (RED_HAT, "xfs UUID=1234\npath /a", {"TARGET": "/srv/crash/a"}, []),
    (RED_HAT, "xfs /dev/mapper/crash\npath /a", {"TARGET": "/srv/crash/a"}, []),
    (RED_HAT, "ext4 LABEL=none", {"TARGET": ""}, ["ext4"]),
    (RED_HAT, "failure_action shell\nfinal_action poweroff",
     {"FAILURE": "shell", "FINAL": "poweroff"}, []),
    (RED_HAT, "default halt\nfinal_action halt", {"FAILURE": "halt", "FINAL": ""},
     ["final_action"]),
    (RED_HAT, "failure_action dump_to_rootfs\nraw /dev/sdb", {"TARGET": "/dev/sdb /var/crash"},
     []),
    (RED_HAT, "failure_action dump_to_rootfs", {}, []),
    (RED_HAT, "kdump_pre /bin/a\nkdump_post /bin/b", {"PRE": "/bin/a", "POST": "/bin/b"}, []),
    (RED_HAT, "core_collector makedumpfile -d17 -z --num-threads=4",
     {"LEVEL": "17", "COMPRESS": "zstd", "THREADS": "4"}, []),
    (RED_HAT, 'core_collector "/sbin/makedumpfile -E -F --non-mmap -d 1"',
     {"LEVEL": "1", "COMPRESS": "none", "MAKEDUMPFILE_ARGS": "-E --non-mmap"}, []),
    (RED_HAT, "core_collector makedumpfile -ld 31", {"LEVEL": "0", "COMPRESS": "none",
                                                     "MAKEDUMPFILE_ARGS": "31"},
     ["core_collector"]),
    (RED_HAT, "core_collector makedumpfile -d 1,31", {"LEVEL": "0", "COMPRESS": "none"},
     ["core_collector"]),
    (RED_HAT, "core_collector cp --sparse=always", {"LEVEL": "0", "COMPRESS": "none"},
     ["core_collector"]),
    (RED_HAT, "extra_modules gfs2\nfence_kdump_nodes a b\nwrong 1", {},
     ["extra_modules", "fence_kdump_nodes", "wrong"]),
    (SUSE, "", {}, []),
    (SUSE, "KDUMP_SAVEDIR=file:///srv/x", {"TARGET": "/srv/x"}, []),
    (SUSE, f"KDUMP_SAVEDIR='ssh://{HOST}:222/x'\nKDUMP_SSH_IDENTITY=/etc/key",
     {"TARGET": f"ssh://{HOST}:222/x"}, ["KDUMP_SSH_IDENTITY"]),
    (SUSE, "KDUMP_SAVEDIR=ssh://user:secret@h/x", {"TARGET": "ssh://user@h/x"},
     ["KDUMP_SAVEDIR"]),
    (SUSE, "KDUMP_SAVEDIR=sftp://h/x", {"TARGET": "ssh://h/x"}, ["KDUMP_SAVEDIR"]),
    (SUSE, "KDUMP_SAVEDIR=nfs://files/export/dumps", {"TARGET": "/mnt/dumps",
                                                      "REQUIRE_MOUNT": "yes"}, []),
    (SUSE, "KDUMP_SAVEDIR=nfs://files/export/x", {"TARGET": "/mnt/export/x"}, []),
    (SUSE, "KDUMP_SAVEDIR=cifs://u:p@files/share/x", {"TARGET": "/mnt/share/x"}, []),
    (SUSE, "KDUMP_SAVEDIR=ftp://h/x", {"TARGET": ""}, ["KDUMP_SAVEDIR"]),
    (SUSE, 'KDUMP_SAVEDIR="/a /b"', {"TARGET": ""}, ["KDUMP_SAVEDIR"]),
    (SUSE, "KDUMP_KEEP_OLD_DUMPS=3", {"KEEP": "4"}, []),
    (SUSE, "KDUMP_KEEP_OLD_DUMPS=-1", {"KEEP": "1"}, []),
    (SUSE, "KDUMP_KEEP_OLD_DUMPS=some", {}, ["KDUMP_KEEP_OLD_DUMPS"]),
    (SUSE, "KDUMP_DUMPLEVEL=32", {"LEVEL": ""}, ["KDUMP_DUMPLEVEL"]),
    (SUSE, "KDUMP_DUMPFORMAT=ELF\nMAKEDUMPFILE_OPTIONS=-X",
     {"COMPRESS": "none", "MAKEDUMPFILE_ARGS": "-E -X"}, []),
    (SUSE, "KDUMP_DUMPFORMAT=raw", {"COMPRESS": "none", "LEVEL": "0"}, ["KDUMP_DUMPFORMAT"]),
    (SUSE, "KDUMP_IMMEDIATE_REBOOT=no", {"FINAL": "continue", "FAILURE": "release"}, []),
    (SUSE, "KDUMP_CONTINUE_ON_ERROR=0", {"FAILURE": "shell"}, []),
    (SUSE, "KDUMP_CONTINUE_ON_ERROR=perhaps", {"FAILURE": ""}, ["KDUMP_CONTINUE_ON_ERROR"]),
    (SUSE, "FADUMP_COMMANDLINE_APPEND='numa=off quiet'\nKDUMP_CPUS=8",
     {"THREADS": "8", "BOOTARGS": "nr_cpus=8 numa=off quiet"}, []),
    (SUSE, "KDUMP_CPUS=0\nKDUMP_SAVEDIR=/x", {"TARGET": "/x"}, []),
    (SUSE, "KDUMP_PRESCRIPT='/bin/a $x'\nKDUMP_FREE_DISK_SIZE=9\nKDUMP_SMTP_PASSWORD=secret", {},
     ["KDUMP_PRESCRIPT", "KDUMP_FREE_DISK_SIZE", "KDUMP_SMTP_PASSWORD"]),
    (DEBIAN, "", {}, []),
    (DEBIAN, f'SSH="{HOST}"\nKDUMP_COREDIR=/x', {"TARGET": f"ssh://{HOST}/x"}, ["SSH_KEY"]),
    (DEBIAN, "NFS=files:/export/dumps", {"TARGET": "/mnt/dumps", "REQUIRE_MOUNT": "yes"}, []),
    (DEBIAN, "KDUMP_NUM_DUMPS=2\nKDUMP_COMPRESSION=xz", {"KEEP": "2", "PIPE": "xz -c"}, []),
    (DEBIAN, 'MAKEDUMP_ARGS="-l -d 1"\nUSE_KDUMP=0', {"LEVEL": "1", "COMPRESS": "lzo",
                                                      "WHEN": "never"}, []),
    (DEBIAN, "KDUMP_FAIL_CMD=/bin/bash\nNFS_TIMEO=600", {"FAILURE": "shell"}, []),
    (DEBIAN, "KDUMP_FAIL_CMD=\"echo 'no'; /bin/bash\"\nFTP_PASSWORD=secret\nNFS_TIMEO=1",
     {"FAILURE": ""}, ["KDUMP_FAIL_CMD", "FTP_PASSWORD", "NFS_TIMEO"]),
]

DEFAULTS = {
    RED_HAT: {"TARGET": "/var/crash", "FAILURE": "reboot", "FINAL": "reboot", "LEVEL": "31",
              "COMPRESS": "lzo"},
    SUSE: {"TARGET": "/var/crash", "FAILURE": "reboot", "FINAL": "reboot", "LEVEL": "31",
           "COMPRESS": "zlib"},
    DEBIAN: {"TARGET": "/var/crash", "FAILURE": "reboot", "FINAL": "reboot", "LEVEL": "31",
             "COMPRESS": "zlib"},
}


class TestImport(Case):
    """fadumpctl import."""

    def setUp(self) -> None:
        super().setUp()
        self.write("/etc/fstab", FSTAB)
        self.write("/dev/dm-3", "")
        for name in ("/dev/mapper/crash", "/dev/disk/by-uuid/1234"):
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            self.path(name).symlink_to(self.path("/dev/dm-3"))

    def run_import(self, *args: Any, code: int = DONE) -> tuple[dict[str, str], list[str]]:
        """The values, and the names of what is not taken over."""
        result = self.run_program("import", *args, code=code)
        self.assertNotIn("secret", result.stdout + result.stderr)
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], "^# Made by fadumpctl import from /")
        values = dict(line.split("=", 1) for line in lines[1:])
        self.assertEqual(len(values), len(lines) - 1)
        left = sorted(re.findall(r": ([^ :]+): not taken over: .", result.stderr))
        self.assertEqual(len(left), len(result.stderr.splitlines()), result.stderr)
        return {name: value.strip('"') for name, value in values.items()}, left

    def test_cases(self) -> None:
        for path, text, values, left in CASES:
            with self.subTest(path=path, text=text):
                self.write(path, text + "\n")
                self.assertEqual(
                    self.run_import(self.path(path), code=INCOMPLETE if left else DONE),
                    ({name: value for name, value in {**DEFAULTS[path], **values}.items()
                      if value}, sorted(left)))

    def test_stock_files(self) -> None:
        """What a distribution installs is taken over as a whole, wherever it is."""
        for path, text in STOCK.items():
            self.write(path, text)
            values, left = self.run_import()
            cpus = {"THREADS": "1", "BOOTARGS": "nr_cpus=1"} if path == SUSE else {}
            self.assertEqual((values, left), ({**DEFAULTS[path], **cpus}, []))
            self.write("/srv/copy", text)
            self.assertEqual(self.run_import(self.path("/srv/copy"))[0], values)
            self.path(path).unlink()

    def test_red_hat_has_two_files(self) -> None:
        self.write(RED_HAT, "path /x\n")
        self.write(SUSE, 'KDUMP_COMMANDLINE_APPEND="irqpoll nr_cpus=1"\nKEXEC_ARGS="-s"\n'
                   'FADUMP_COMMANDLINE_APPEND="nr_cpus=16 numa=off"\n')
        values, left = self.run_import()
        self.assertEqual((values, left), ({**DEFAULTS[RED_HAT], "TARGET": "/x",
                                           "BOOTARGS": "nr_cpus=16 numa=off"}, []))

    def test_red_hat_directories(self) -> None:
        self.write(RED_HAT, "path /var/crash\n")
        self.path("/etc/kdump/post.d").mkdir(parents=True)
        self.assertEqual(self.run_import()[1], [])
        self.write("/etc/kdump/post.d/mail", "")
        self.assertEqual(self.run_import(code=INCOMPLETE)[1], ["/etc/kdump/post.d"])

    def test_shell_syntax(self) -> None:
        """Quotes and backslashes are as a shell has them; the last value counts."""
        for text, value in (
                ("KDUMP_SAVEDIR=/a\nKDUMP_SAVEDIR=/b", "/b"),
                ("export KDUMP_SAVEDIR=/a; KDUMP_CPUS=0", "/a"),
                ("KDUMP_SAVEDIR='/a'\"/b\"/c # comment", "/a/b/c"),
                ("KDUMP_SAVEDIR=/a\\\n/b", "/a/b"), ("KDUMP_SAVEDIR=/a#b", "/a#b"),
                ("\n  KDUMP_SAVEDIR=/a\\;b\t", "/a;b"),
                ('#KDUMP_SAVEDIR=/x\nKDUMP_SAVEDIR="/a"', "/a")):
            self.write(SUSE, text)
            self.assertEqual(self.run_import()[0]["TARGET"], value, text)

    def test_nothing_is_executed(self) -> None:
        """A value that a shell computes is named with its line, and the default is used."""
        mark = self.top / "mark"
        for value, why in ((f"$(touch {mark})", "a shell computes the value"),
                           (f"`touch {mark}`", "a shell computes the value"),
                           ('"$HOME/x"', "a shell computes the value"),
                           (f"/x|touch {mark}", "nothing is executed"),
                           (f"/x touch {mark}", "nothing is executed"),
                           ('"/x', "the quotes have no end"), ("/x\x01", "not printable")):
            self.write(SUSE, f"KDUMP_CPUS=0\n\nKDUMP_SAVEDIR={value}")
            result = self.run_program("import", code=INCOMPLETE)
            self.assertIn(f"{SUSE}:3: KDUMP_SAVEDIR: not taken over: ", result.stderr)
            self.assertIn(why, result.stderr)
            self.assertIn("TARGET=/var/crash\n", result.stdout)
        self.write(SUSE, "KDUMP_CPUS=0\nif [ -e /x ]; then\n\tKDUMP_CPUS+=1\nfi\n")
        self.assertEqual(self.run_program("import", code=INCOMPLETE).stderr.count(
            "not NAME=VALUE; nothing is executed"), 3)
        self.assertFalse(mark.exists())

    def test_refused_files(self) -> None:
        for content in ("nothing\nof the kind\n", "a\0b", "x" * (64 << 10), ""):
            self.write("/etc/other", content)
            self.assertIn("/etc/other: ", self.run_program(
                "import", self.path("/etc/other"), code=FAILED).stderr)
        self.run_program("import", self.top / "missing", code=FAILED)
        self.assertIn(RED_HAT, self.run_program("import", code=FAILED).stderr)
        self.run_program("import", "a", "b", code=USAGE)

    def test_output(self) -> None:
        """A file is replaced as a whole, and keeps its mode; a failure changes nothing."""
        self.write(DEBIAN, STOCK[DEBIAN])
        out = self.top / "fadump.conf"
        out.write_text("old\n")
        out.chmod(0o600)
        self.assertEqual(self.run_program("import", "--output", out).stdout, "")
        self.assertEqual(out.read_text(), self.run_program("import").stdout)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        self.write(DEBIAN, "nothing\n")
        before = out.read_text()
        self.run_program("import", "-o", out, self.path("/etc/fstab"), code=FAILED)
        self.assertEqual(out.read_text(), before)
        self.run_program("import", "-o", self.top / "no/such/dir", code=FAILED)
        self.assertEqual(sorted(os.listdir(self.top)), ["fadump.conf", "root"])

    def test_conf_reads_it(self) -> None:
        """The result is valid for the program itself, but for keys newer than that."""
        self.write(RED_HAT, "path /srv/x\nfailure_action shell\nkdump_pre /bin/a\n"
                   "kdump_post /bin/b -c\ncore_collector makedumpfile -z -d 17 --non-mmap\n")
        text = self.run_program("import").stdout
        kept = [line for line in text.splitlines() if line.split("=")[0] not in NEW_KEYS]
        self.write("/etc/fadump.conf", "\n".join(kept) + "\n")
        out = self.run_program("conf").stdout
        for line in ("TARGET='/srv/x'", "FAILURE='shell'", "LEVEL='17'", "COMPRESS='zstd'"):
            self.assertIn(line, out.splitlines())
        self.assertEqual([line for line in text.splitlines() if line.split("=")[0] in NEW_KEYS],
                         ["FINAL=reboot", "MAKEDUMPFILE_ARGS=--non-mmap", "PRE=/bin/a",
                          'POST="/bin/b -c"'])
