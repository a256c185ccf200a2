"""`diff` tells of every word that is changed: no option is read and then forgotten."""

import pathlib
import re

# What another word changes nothing about, and why.
SILENT = {
    ("import", ""): "a snippet that nothing uses imports nothing",
    ("autopath", ""): "a second one takes the place of the first",
    ("azure", "fallthrough"): "the port of a zone says nothing there",
    ("hosts", "frobnicate"): "unknown options are passed over",
}
TRIES = 4  # variants of a word at one place, until one is taken by both files
AT_LEAST = 200  # places at which a change is told


def corefiles(root):
    """Corefiles, without comments."""
    for line in (root / "tests" / "verdicts" / "coredns.txt").read_text().splitlines():
        if line.startswith("+\t"):
            yield re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], line[2:])
    for path in sorted(root.glob("examples/*/Corefile")) + sorted(root.glob("tests/golden/*/Corefile")):
        yield re.sub(r"(?m)(^|\s)#.*", "", path.read_bytes().decode(errors="replace"))


def places(text):
    """(plugin, option, number of the word in its line), where it is, and the word."""
    depth, plugin = 0, ""
    for line in re.finditer(r"[^\n]*\n?", text):
        words = list(re.finditer(r'[^\s{}"]+', line[0]))
        if depth == 1 and words:
            plugin = words[0][0]
        if depth in (1, 2):
            option = words[0][0] if depth == 2 and words else ""
            for number, word in enumerate(words[1:], 1):
                yield (plugin, option, min(number, 4)), line.start() + word.start(), word[0]
        depth += line[0].count("{") - line[0].count("}")


def another(word):
    """The word with its last digit, or else a letter, changed; None if it has neither."""
    digits = list(re.finditer(r"\d", word))
    if digits:
        at = digits[-1].start()
        return word[:at] + str(int(word[at]) % 8 + 1) + word[at + 1 :]
    letters = list(re.finditer("[a-z]", word))
    if not letters:
        return None
    at = letters[min(1, len(letters) - 1)].start()
    return word[:at] + ("x" if word[at] != "x" else "y") + word[at + 1 :]


def test_every_word_counts(compiler, root, tmp_path):
    told, tries, silent = set(), {}, {}
    old, new = pathlib.Path(tmp_path / "old"), pathlib.Path(tmp_path / "new")
    for text in corefiles(root):
        for place, at, word in places(text):
            changed = another(word)
            if changed is None or place in told or tries.get(place, 0) >= TRIES:
                continue
            tries[place] = tries.get(place, 0) + 1
            old.write_text(text)
            new.write_text(text[:at] + changed + text[at + len(word) :])
            done = compiler.run("diff", "--no-config", "--no-env", "--tries", "1", "old", "new",
                                cwd=tmp_path)
            if done.returncode == 1:
                told.add(place)
            elif done.returncode == 0:
                assert done.stdout == ""
                silent[place] = f"{word} -> {changed} in {text!r}"
    unexpected = {k: v for k, v in silent.items() if k[:2] not in SILENT and k not in told}
    unused = set(SILENT) - {k[:2] for k in silent}
    assert unused == set()
    assert unexpected == {}
    assert len(told) >= AT_LEAST
