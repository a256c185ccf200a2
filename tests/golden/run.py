#!/usr/bin/python3
"""Golden tests: what corefilec says about each case, compared with what is stored.

A case is a folder below tests/golden with a Corefile (and whatever else it needs).  Each file
NAME.cmd in it is one command: the words after `corefilec`, on one line, quoted as in a shell;
lines before it of the form VAR=value set the environment.  A folder with a Corefile and no .cmd
means `lint Corefile`, under the name `lint`.  Next to it stand

    NAME.out     expected standard output (no file: none)
    NAME.err     expected standard error (no file: none)
    NAME.status  expected exit status (no file: 0)
    NAME.in      standard input (no file: none)

The command runs in a copy of the folder, so it may write there.

    run.py [--update] [--filter TEXT]

--update rewrites the expectations and shows what changed.  COREFILEC names the compiler under test.
The last line printed is `N passed, N failed`.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXPECTATIONS = (".out", ".err", ".status")
SECONDS = 60

LINE_DIRECTIVE = re.compile(rb'^#line (\d+) "((?:[^"\\]|\\.)*)"$')


def commands(case):
    """Yields (name, environment, arguments) for each command of a case folder."""
    files = sorted(case.glob("*.cmd"))
    if not files:
        yield "lint", {}, ["lint", "Corefile"]
    for file in files:
        environment = {}
        arguments = None
        for line in file.read_text().splitlines():
            variable = re.match(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)$", line)
            if arguments is None and variable:
                environment[variable[1]] = variable[2]
            elif line.strip():
                if arguments is not None:
                    raise ValueError(f"{file}: more than one command")
                arguments = shlex.split(line)
        if arguments is None:
            raise ValueError(f"{file}: no command")
        yield file.stem, environment, arguments


def cases(text):
    folders = {p.parent for p in HERE.rglob("*.cmd")} | {p.parent for p in HERE.rglob("Corefile")}
    for folder in sorted(folders):
        # A folder that a case with commands uses as data is not a case itself.
        if any(up in folders and list(up.glob("*.cmd")) for up in folder.parents):
            continue
        if text in str(folder.relative_to(HERE)):
            yield folder


def expected(case, name):
    found = {}
    for suffix in EXPECTATIONS:
        file = case / (name + suffix)
        found[suffix] = file.read_bytes() if file.exists() else b""
    return found


def execute(compiler, case, name, environment, arguments):
    """Runs one command in a copy of its case; the outputs by suffix."""
    with tempfile.TemporaryDirectory(prefix="golden-") as scratch:
        work = pathlib.Path(scratch) / "case"
        # What is expected stays out: --update may be writing it.
        shutil.copytree(case, work, symlinks=True, ignore=lambda folder, names: [
            name for name in names
            if pathlib.Path(folder) == case and pathlib.Path(name).suffix in EXPECTATIONS + (".cmd",)
        ])
        os.chmod(work, 0o755)
        stdin = case / (name + ".in")
        done = subprocess.run(
            [compiler, *arguments],
            cwd=work,
            env={**os.environ, "LC_ALL": "C", **environment},
            input=stdin.read_bytes() if stdin.exists() else b"",
            capture_output=True,
            timeout=SECONDS,
        )
    status = f"{done.returncode}\n".encode() if done.returncode else b""
    return {".out": done.stdout, ".err": done.stderr, ".status": status}


def difference(case, name, suffix, want, got):
    label = f"{case.relative_to(HERE)}/{name}{suffix}"
    lines = difflib.unified_diff(
        want.decode(errors="backslashreplace").splitlines(keepends=True),
        got.decode(errors="backslashreplace").splitlines(keepends=True),
        f"{label} (stored)",
        f"{label} (now)",
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def wrong_line_directives(case, output):
    """A #line that leads back into generated C must name the line that follows it."""
    for number, line in enumerate(output.splitlines(), 1):
        match = LINE_DIRECTIVE.match(line)
        if match and match[2].endswith(b".c") and int(match[1]) != number + 1:
            yield f"{case.relative_to(HERE)}: output line {number}: {line.decode()}: wrong number\n"


def store(case, name, got):
    for suffix, content in got.items():
        file = case / (name + suffix)
        if content:
            file.write_bytes(content)
        elif file.exists():
            file.unlink()


def run_one(compiler, update, case, name, environment, arguments):
    """Text about what is wrong, or changed; empty when all is as stored."""
    try:
        got = execute(compiler, case, name, environment, arguments)
    except subprocess.TimeoutExpired:
        return f"{case.relative_to(HERE)}/{name}: no end after {SECONDS} s\n"
    want = expected(case, name)
    report = "".join(
        difference(case, name, suffix, want[suffix], got[suffix])
        for suffix in EXPECTATIONS
        if want[suffix] != got[suffix]
    )
    if report and update:
        store(case, name, got)
    return report + "".join(wrong_line_directives(case, got[".out"]))


def main():
    parser = argparse.ArgumentParser(description="golden tests")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--filter", default="", metavar="TEXT")
    options = parser.parse_args()
    compiler = os.path.abspath(os.environ.get("COREFILEC", "build/corefilec"))
    if not os.access(compiler, os.X_OK):
        sys.exit(f"golden: {compiler} cannot be run; set COREFILEC")

    work = [(case, *command) for case in cases(options.filter) for command in commands(case)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        reports = list(pool.map(lambda job: run_one(compiler, options.update, *job), work))
    for report in reports:
        sys.stdout.write(report)
    failed = sum(1 for report in reports if report)
    if options.update:
        print(f"{failed} of {len(work)} changed")
        return 0
    print(f"{len(work) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
