"""corefile-lint --fix: files are changed as the diff says, and no other way."""

import os
import pathlib
import shutil
import stat
import subprocess

import pytest

CASE = pathlib.Path(__file__).resolve().parents[1] / "golden" / "fix"


@pytest.fixture
def folder(tmp_path):
    for name in ("Corefile", "part.conf", "clean"):
        shutil.copy(CASE / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def lint(compiler, folder):
    def run(*arguments, **options):
        return subprocess.run(
            [compiler.path, "lint", *arguments], cwd=folder, capture_output=True, timeout=60, **options
        )

    return run


def test_fix_does_what_the_diff_says(lint, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    diff = lint("--fix", "--diff", "Corefile", "clean").stdout
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    copy = folder / "copy"
    copy.mkdir()
    for name, content in before.items():
        (copy / name).write_bytes(content)
    subprocess.run(["patch", "-p0", "-s"], cwd=copy, input=diff, check=True)
    lint("--fix", "Corefile", "clean")
    for name in before:
        assert (copy / name).read_bytes() == (folder / name).read_bytes()
    assert (folder / "Corefile").read_bytes() != before["Corefile"]
    assert (folder / "part.conf").read_bytes() != before["part.conf"]


def test_nothing_is_left_to_fix(lint, folder):
    lint("--fix", "Corefile")
    once = (folder / "Corefile").read_bytes()
    assert lint("--fix", "--diff", "Corefile").stdout == b""
    lint("--fix", "Corefile")
    assert (folder / "Corefile").read_bytes() == once


def test_mode_owner_and_links_stay(lint, folder):
    os.chmod(folder / "Corefile", 0o640)
    if os.geteuid() == 0:
        os.chown(folder / "Corefile", 12345, 23456)
    (folder / "link").symlink_to("Corefile")
    before = (folder / "Corefile").stat()
    lint("--fix", "link")
    after = (folder / "Corefile").stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert (folder / "link").is_symlink()
    assert b"chache" not in (folder / "Corefile").read_bytes()


def test_a_clean_file_is_not_touched(lint, folder):
    before = (folder / "clean").stat()
    assert lint("--fix", "clean").returncode == 0
    after = (folder / "clean").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_cannot_be_written_is_reported(lint, folder):
    name = "c" * 252  # the name of the new file beside it would be too long
    (folder / name).write_text(". {\n\twhoam\n}\n")
    done = lint("--fix", name)
    assert done.returncode == 2 and b"CF9004" in done.stderr
    assert (folder / name).read_text() == ". {\n\twhoam\n}\n"


def test_suppressed_and_switched_off_is_not_fixed(lint, folder):
    text = ". {\n\twhoami\n\tfile db.x x.example {\n\t\tupstream # corefile-lint disable=CF2011 -- kept\n\t}\n}\n"
    (folder / "Corefile").write_text(text)
    lint("--fix", "Corefile")
    assert (folder / "Corefile").read_text() == text
    text = text.replace(" # corefile-lint disable=CF2011 -- kept", "")
    (folder / "Corefile").write_text(text)
    (folder / ".corefile-lint").write_text("[severity]\nCF2011 = off\n")
    lint("--fix", "Corefile")
    assert (folder / "Corefile").read_text() == text
