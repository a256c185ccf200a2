"""The project file, its variables and suppressing comments: the same for every command."""

import json
import os

PROJECT = "[severity]\nCF2012 = off\n\n[variables]\nNAME = from-the-project\n"
COREFILE = """\
# corefile-lint disable=CF2016 -- few names
{$NAME}.example {
	cache {
		success 5000
	}
	log {common}
	whoami
}
"""


def write(folder, **files):
    for name, text in files.items():
        (folder / (".corefile-lint" if name == "project" else name)).write_text(text)


def test_build_says_what_lint_says(compiler, tmp_path):
    write(tmp_path, Corefile=COREFILE, project=PROJECT)
    for command in (["lint"], ["build", "-C", "-o", "out.c"], ["build", "-o", "dns"], ["explain"], ["diff", "Corefile", "Corefile"]):
        done = compiler.run(*command, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), command
    assert "from-the-project" in (tmp_path / "out.c").read_text()
    for command in (["lint"], ["build", "-C"], ["explain"]):
        done = compiler.run(*command, "--no-config", "--set", "NAME=x", cwd=tmp_path)
        assert "[CF2012]" in done.stderr and "[CF2016]" not in done.stderr, command


def test_a_folder_below_has_its_project(compiler, tmp_path):
    (tmp_path / "sub").mkdir()
    write(tmp_path, project=PROJECT)
    write(tmp_path / "sub", Corefile=COREFILE)
    done = compiler.run("build", "-C", "sub/Corefile", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    # Standard input belongs to the current folder.
    for cwd, expected in ((tmp_path / "sub", ""), (tmp_path.parent, "[CF2012]")):
        done = compiler.run("explain", "-f", "-", "--set", "NAME=x", cwd=cwd, stdin=COREFILE)
        assert done.returncode == 0 and expected in done.stderr
        assert expected or done.stderr == ""


def run_version(compiler, folder, **variables):
    """What `run` starts, told by the server itself."""
    done = compiler.run("run", "Corefile", "--", "-version", cwd=folder, env={"XDG_CACHE_HOME": str(folder / "cache"), **variables})
    assert done.returncode == 0, done.stderr
    return set(os.listdir(folder / "cache" / "corefilec"))


def test_run_builds_anew_for_another_value(compiler, tmp_path):
    write(tmp_path, Corefile="{$NAME}.example {\n\twhoami\n}\n")
    first = run_version(compiler, tmp_path, NAME="a")
    assert run_version(compiler, tmp_path, NAME="a") == first
    second = run_version(compiler, tmp_path, NAME="b")
    assert len(second) == 2 and first < second


# ---- limits of diff ----


def names(n):
    return "".join(f"\t\t192.0.2.{i % 250 + 1} host{i}.example.org\n" for i in range(n))


def test_diff_tells_where_it_stopped(compiler, tmp_path):
    text = "example.org {\n\thosts {\n%s\t\tfallthrough\n\t}\n\tforward . %s\n}\n"
    write(tmp_path, old=text % (names(40), "192.0.2.1"), new=text % (names(40), "192.0.2.2"))

    def diff(*options):
        done = compiler.run("diff", *options, "old", "new", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (1, "")
        return done.stdout

    whole = json.loads(diff("--format", "json"))
    assert whole["complete"] and set(whole["left"].values()) == {0}
    part = json.loads(diff("--format", "json", "--tries", "5"))
    assert not part["complete"] and part["tried"] == 5
    assert part["left"] == {"queries": whole["tried"] - 5, "types": 0, "clients": 0, "differences": 0}
    assert "not all queries" not in diff()
    assert diff("--tries", "5").endswith(
        "not all queries at the borders were tried, so more may take another way:\n"
        f"  the search stopped after 5 queries, {whole['tried'] - 5} were left (--tries N tries more)\n"
    )
    exact = json.loads(diff("--format", "json", "--tries", str(whole["tried"])))
    assert exact == whole
    # The same meaning is told by the plans: no query needs to be tried for that.
    done = compiler.run("diff", "--tries", "1", "old", "old", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_diff_tells_of_clients_and_types(compiler, tmp_path):
    networks = "".join(f"\t\tblock net 10.{i}.0.0/16\n" for i in range(30))
    types = "TXT MX NS SRV CAA HINFO NAPTR SSHFP TLSA URI"
    text = "example.org {\n\tacl {\n%s\t}\n\ttemplate IN %s {\n\t\trcode %s\n\t}\n}\n"
    each = "".join(f"\t\tblock type {t} net 10.0.0.0/16\n" for t in types.split())
    write(tmp_path, old=text % (networks + each, "ANY", "REFUSED"), new=text % (networks + each, "ANY", "NXDOMAIN"))
    done = compiler.run("diff", "old", "new", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.endswith("  2 more record types are named\n  14 more networks of clients are named\n")
    left = json.loads(compiler.run("diff", "--format", "json", "old", "new", cwd=tmp_path).stdout)["left"]
    assert left == {"queries": 0, "types": 2, "clients": 14, "differences": 0}
