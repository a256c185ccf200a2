#!/usr/bin/python3
"""Adds up test results.

    sum.py [--make STATUS] FILE...

FILE is a .trs of automake's test harness (the .log next to it is read), a folder (all .trs below
it; none at all is a failure), or a pytest .xml.  Counted
are test cases: what Check counts in a unit test, `N passed, N failed` at the end of a script's log,
otherwise one per program.  Exit codes are believed before counts: a program that automake says
failed has at least one failure.  --make is the exit status of the commands that ran the tests; if it
is not 0 and no failure was found, that is one.

Prints the failures with their logs, then `N passed, N failed`.  Exit status 0 if nothing failed
and something passed.
"""

import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.MULTILINE)
SCRIPT = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
LOG_LINES = 60


def automake(trs):
    """(passed, failed, text about failures) of one test program."""
    result = re.search(r"^:global-test-result: (\w+)", trs.read_text(), re.MULTILINE)
    outcome = result[1] if result else "ERROR"
    log = trs.with_suffix(".log")
    text = log.read_text(errors="backslashreplace") if log.exists() else "(no log)\n"
    if outcome == "SKIP":
        return 0, 0, f"skipped: {trs.stem}\n"
    passed = failed = 0
    for checks, failures, errors in CHECK.findall(text):
        bad = int(failures) + int(errors)
        passed, failed = passed + int(checks) - bad, failed + bad
    counted = SCRIPT.findall(text)
    if not CHECK.search(text) and counted:
        passed, failed = map(int, counted[-1])
    if outcome == "PASS":
        # A success that counts failures is none.
        if passed + failed == 0:
            passed = 1
    else:
        failed = max(failed, 1)
    if failed == 0:
        return passed, 0, ""
    tail = "\n".join(text.splitlines()[-LOG_LINES:])
    return passed, failed, f"---- {trs.with_suffix('')}: {outcome} ----\n{tail}\n"


def folder(path):
    results = [automake(trs) for trs in sorted(path.rglob("*.trs"))]
    if not results:
        return 0, 1, f"---- {path}: no test program was run ----\n"
    passed, failed, texts = zip(*results)
    return sum(passed), sum(failed), "".join(texts)


def pytest(file):
    try:
        root = xml.etree.ElementTree.parse(file).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        return 0, 1, f"---- {file}: {error} ----\n"
    passed = failed = 0
    texts = []
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        bad = case.findall("failure") + case.findall("error")
        skipped = case.find("skipped")
        if bad:
            failed += 1
            tail = "\n".join((bad[0].text or "").splitlines()[-LOG_LINES:])
            texts.append(f"---- {name} ----\n{tail}\n")
        elif skipped is not None:
            texts.append(f"skipped: {name}: {skipped.get('message')}\n")
        else:
            passed += 1
    return passed, failed, "".join(texts)


def main():
    parser = argparse.ArgumentParser(description="adds up test results")
    parser.add_argument("--make", type=int, default=0, metavar="STATUS")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    passed = failed = 0
    for file in options.files:
        read = folder if file.is_dir() else automake if file.suffix == ".trs" else pytest
        good, bad, text = read(file)
        passed, failed = passed + good, failed + bad
        sys.stdout.write(text)
    if options.make and not failed:
        print(f"---- a command ended with status {options.make} ----")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
