#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fadump lab: python3 tools/lab/lab.py COMMAND [options]."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("The lab needs Python 3.11 or newer; this is " + sys.version.split()[0])

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from fadumplab import BUILD, REPO, LabError, cache_dir  # noqa: E402
from fadumplab.build.kernel import Kernel  # noqa: E402
from fadumplab.build.toolbox import DEFAULT_KVER, EVERY_ROOT, Toolbox, remove_tree  # noqa: E402
from fadumplab.check import ALL_STAGES, BOOT_STAGES, Check  # noqa: E402
from fadumplab.graft.graft import KNOWN, Graft, Patch  # noqa: E402
from fadumplab.ui import ui  # noqa: E402


#: Names of roots, grafted trees and kernels in the cache.
ROOT = "({})-[0-9a-f]{{10}}".format("|".join(
    re.escape(recipe.name) for recipe in EVERY_ROOT))
TREE = r"\d+\.\d+(-own[0-9a-f]{6})?-(untouched|[0-9a-f]{6})"
KERNEL = rf"([\w-]+-)?{TREE}-[bl]e-\d+k-(fast|debug)(-[\w-]+)?"

#: Names that the lab gives in its cache, folder by folder. FADUMP_LAB may name any directory,
#: also one with the user's own files in a folder "src": those must survive a clean.
MADE = {
    "build": KERNEL,
    "trees": rf"{TREE}(\.new)?",
    "debian": r"(base|system)-[0-9a-f]{12}(\.\w+)?",
    "src": r"linux-source-\d[\d.]*(\.new)?",
    "initramfs": r"[0-9a-f]{12}\.(cpio|new)",
    "logs": rf"{ROOT}\.log",
    "locks": rf"{ROOT}|build-{KERNEL}|tree-{TREE}|src-[\d.]+|debian-[0-9a-f]{{12}}|initramfs",
    ".": rf"{ROOT}(\.new)?|labtool-[a-z0-9_]{{8}}",
}


def need_ksrc(args: argparse.Namespace) -> Path:
    """The tree for graft, ungraft and patch; a LabError without one."""
    if not args.ksrc:
        raise LabError(f"Which tree? make {args.command} KSRC=path")
    return Path(args.ksrc)


def cmd_setup(args: argparse.Namespace) -> int:
    """Fetch and unpack the toolbox."""
    toolbox = Toolbox.open(args.verbose)
    print(f"Toolbox ready in {toolbox.cache}; kernels: {', '.join(KNOWN)}")
    return 0


def cmd_kernel(args: argparse.Namespace) -> int:
    """Build the kernel (KVER, FLAVOUR, KSRC); print where it is."""
    kernel = Kernel(Toolbox.open(args.verbose), args.kver, args.flavour, ksrc=args.ksrc,
                    untouched=args.untouched, pages=args.pages, endian=args.endian).build()
    print(f"source  {kernel.src}\nvmlinux {kernel.vmlinux}\nimage   {kernel.image}")
    return 0


def cmd_graft(args: argparse.Namespace) -> int:
    """Put this directory into the tree KSRC."""
    graft = Graft(need_ksrc(args), REPO)
    print(f"{graft.tree}: " + ("grafted" if graft.apply() else "already grafted, nothing to do"))
    return 0


def cmd_ungraft(args: argparse.Namespace) -> int:
    """Restore the tree KSRC."""
    graft = Graft(need_ksrc(args), REPO)
    print(f"{graft.tree}: " + ("restored" if graft.undo() else "not grafted, nothing to do"))
    return 0


def cmd_patch(args: argparse.Namespace) -> int:
    """Print the graft of KSRC as a patch."""
    tree = Path(args.ksrc) if args.ksrc else Toolbox.open(args.verbose).ksrc(args.kver)
    sys.stdout.buffer.write(Patch(tree, REPO).text())
    return 0


def cmd_series(args: argparse.Namespace) -> int:
    """Write the graft of KSRC as numbered mails."""
    from fadumplab.graft import series
    tree = Path(args.ksrc) if args.ksrc else Toolbox.open(args.verbose).ksrc(args.kver)
    for path in series.write(series.Series(tree)):
        print(path)
    return 0


def cmd_check_series(args: argparse.Namespace) -> int:
    """Apply the mails one by one; build, check and test after each."""
    from fadumplab import check_series
    return check_series.main(args)


def cmd_demo(args: argparse.Namespace) -> int:
    """Crash a machine, save its dump, release it, arm again; write a report."""
    from fadumplab.report import debian_demo, demo
    return demo.main(args, debian_demo.DebianDemo if args.debian else demo.Demo)


def cmd_check(args: argparse.Namespace) -> int:
    """Run all tests, or the named stages."""
    newest = Toolbox.resolve(args.kver) == DEFAULT_KVER
    return Check(args).run(args.stage or (ALL_STAGES if newest else BOOT_STAGES))


def cmd_check_control(args: argparse.Namespace) -> int:
    """Run the weakness scenarios on a kernel without this subsystem, where each must fail."""
    return Check(args).run(["control"])


def cmd_prove(args: argparse.Namespace) -> int:
    """Prove properties of the library code with a model checker."""
    return Check(args).run(["prove"])


def cmd_bench(args: argparse.Namespace) -> int:
    """Measure an untouched kernel and ours side by side."""
    from fadumplab.report import bench
    return bench.main(args)


def cmd_docs(args: argparse.Namespace) -> int:
    """Build the documents as web pages, with the kernel's own Sphinx configuration."""
    return Check(args).run(["docs"])


def cmd_pictures(args: argparse.Namespace) -> int:
    """Write the pictures, and the README's table of the benchmark."""
    from fadumplab.documents import pictures
    for path in pictures.write():
        print(path)
    return 0


def cmd_package(args: argparse.Namespace) -> int:
    """Build the package fadump-tools for Debian, or as RPM."""
    from fadumplab.build.build_root import ARCHITECTURES, BuildRoot
    root = BuildRoot.open(args.verbose)
    for arch in ARCHITECTURES:
        print(getattr(root, args.command)(arch))
    return 0


def cmd_shell(args: argparse.Namespace) -> int:
    """Open a shell inside the tools root."""
    toolbox = Toolbox.open(args.verbose)
    ui.say(f"Inside {toolbox.tools}; this repository and the cache are at their own paths.")
    return toolbox.popen(["bash", "-i"], env={"PS1": "(lab) \\w$ "}).wait()


def remove(path: Path) -> None:
    """Delete a file, a link or a directory."""
    if path.is_dir() and not path.is_symlink():
        remove_tree(path)
    else:
        path.unlink(missing_ok=True)


def remove_made(cache: Path, folders: Iterable[str]) -> None:
    """Delete the lab's own files in these folders, and each folder that is then empty."""
    for folder in folders:
        where = cache / folder
        if not where.is_dir():
            continue
        for path in sorted(where.iterdir()):
            if re.fullmatch(MADE[folder], path.name):
                if folder != "locks":
                    ui.say(f"removing {path}")
                remove(path)
        with contextlib.suppress(OSError):
            where.rmdir()


def cmd_clean(args: argparse.Namespace) -> int:
    """Remove results, kernels, their trees, Debian's disks, and roots of older recipes."""
    toolbox = Toolbox(cache_dir(), args.verbose)
    for path in (BUILD, *toolbox.stale()):
        if path.exists():
            ui.say(f"removing {path}")
            remove_tree(path)
    remove_made(toolbox.cache, ("build", "trees", "debian"))
    return 0


def cmd_distclean(args: argparse.Namespace) -> int:
    """Remove results and everything that the lab has put into its cache."""
    if BUILD.exists():
        ui.say(f"removing {BUILD}")
        remove_tree(BUILD)
    cache = cache_dir()
    remove_made(cache, MADE)
    if cache.is_dir():
        left = sorted(path.name for path in cache.iterdir())
        ui.say(f"{cache} stays, because it has files that the lab did not make: "
               + ", ".join(left[:5]) + (", ..." if left[5:] else ""))
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "setup": cmd_setup, "kernel": cmd_kernel, "graft": cmd_graft, "ungraft": cmd_ungraft,
    "patch": cmd_patch, "series": cmd_series, "check-series": cmd_check_series,
    "demo": cmd_demo, "check": cmd_check,
    "check-control": cmd_check_control, "prove": cmd_prove, "bench": cmd_bench, "docs": cmd_docs,
    "pictures": cmd_pictures, "deb": cmd_package, "rpm": cmd_package, "shell": cmd_shell,
    "clean": cmd_clean, "distclean": cmd_distclean,
}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line; the environment gives the defaults, as make passes them."""
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        command.add_argument("--ksrc", default=env("KSRC") or None,
                             help="a Linux tree of your own")
        command.add_argument("--kver", default=env("KVER") or DEFAULT_KVER,
                             help=f"a Linux version of the lab: {', '.join(KNOWN)} "
                                  "(default: %(default)s)")
        command.add_argument("--flavour", default=env("FLAVOUR") or "fast",
                             choices=("fast", "debug"), help="which config")
        command.add_argument("--machine", default=env("MACHINE") or "pseries",
                             help="which QEMU machine")
        command.add_argument("--debian", action="store_true",
                             default=env("DEBIAN", "0") not in ("", "0"),
                             help="the demo with a Debian system")
        command.add_argument("--verbose", "-v", action="store_true",
                             default=env("V", "0") not in ("", "0"), help="show what runs")
        command.add_argument("--untouched", action="store_true",
                             help="the kernel without this subsystem")
        command.add_argument("--pages", default="64k", choices=("4k", "64k"))
        command.add_argument("--endian", default="le", choices=("le", "be"))
        command.add_argument("--select", default=env("K") or "",
                             help="only scenarios whose name matches (pytest -k)")
        command.add_argument("--bench", default=env("BENCH") or "",
                             help="only figures whose names have these parts, "
                                  "such as 'release_16G boot'")
        command.add_argument("--repeat", type=int, default=int(env("REPEAT") or "1"),
                             help="measure so often, and fail where counts differ by 1 %%")
        command.add_argument("--images", default=env("BENCH_IMAGES") or None,
                             help="take vmlinux and vmlinux.stripped of both kernels from the "
                                  "directories ours and untouched in there; build nothing")
        command.add_argument("stage" if name == "check" else "--stage", nargs="*", default=[],
                             help="only these stages: " + " ".join(ALL_STAGES)
                             if name == "check" else argparse.SUPPRESS)
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit status."""
    args = parse(argv)
    for tool in ("unshare", "chroot", "mount"):
        if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            raise LabError(f"The lab needs '{tool}' (packages util-linux, coreutils)")
    return COMMANDS[args.command](args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        sys.exit(130)
