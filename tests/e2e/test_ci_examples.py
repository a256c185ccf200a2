"""examples/ci: what is in there parses, and its commands are run with a good and a faulty Corefile."""

import json
import os
import re
import shlex
import subprocess
import xml.etree.ElementTree

import pytest
import yaml

GOOD = "example.org:1053 {\n\tfile db.example.org\n}\n"
BAD = "example.org:1053 {\n\twhoamI\n\tcache {\n\t\tsuccess 5000\n\t}\n}\n"


def manifest_of(corefile):
    lines = "".join(f"    {line}\n" for line in corefile.splitlines())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns\ndata:\n  Corefile: |\n{lines}"


@pytest.fixture
def examples(root):
    return root / "examples" / "ci"


@pytest.fixture
def path(compiler, tmp_path):
    """A PATH on which the programs are found under their names."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("corefilec", "corefile-lint"):
        (folder / name).symlink_to(compiler.path)
    return f"{folder}:{os.environ['PATH']}"


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "Good").write_text(GOOD)
    (folder / "Bad").write_text(BAD)
    (folder / "good.yaml").write_text(manifest_of(GOOD))
    (folder / "bad.yaml").write_text(manifest_of(BAD))
    return folder


def shell(script, cwd, env):
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


# ---- GitHub ----


class Action:
    """The steps of a composite action, run as a runner would."""

    def __init__(self, folder, work, path):
        self.definition = yaml.safe_load((folder / "action.yml").read_text())
        self.folder = folder
        self.work = work
        self.path = path
        self.files = {name: work / name for name in ("GITHUB_PATH", "GITHUB_OUTPUT")}

    def evaluate(self, text, inputs):
        def value(match):
            return inputs[match[1]]

        result = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", value, text)
        assert "${{" not in result
        return result

    def run(self, **given):
        inputs = {name: i["default"] for name, i in self.definition["inputs"].items()}
        inputs.update({name.replace("_", "-"): value for name, value in given.items()})
        output = ""
        for step in self.definition["runs"]["steps"]:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "an input in a script is an injection"
            if step.get("if") == "inputs.sarif != ''" and inputs["sarif"] == "":
                continue
            env = {k: self.evaluate(v, inputs) for k, v in step.get("env", {}).items()}
            env |= {name: str(file) for name, file in self.files.items()}
            env |= {"GITHUB_ACTION_PATH": str(self.folder), "PATH": self.path}
            done = shell(step["run"], self.work, env)
            output += done.stdout
            if done.returncode != 0:
                return done.returncode, output
        return 0, output


def test_github_action(examples, work, path):
    action = Action(examples / "github-action", work, path)
    assert action.definition["runs"]["using"] == "composite"
    assert action.run(files="Good") == (0, "")
    status, output = action.run(files="Good Bad", sarif="report.sarif")
    assert status == 1
    assert re.search(r"^::error file=Bad,line=2,.*whoamI", output, re.MULTILINE)
    report = json.loads((work / "report.sarif").read_text())
    assert {r["ruleId"] for r in report["runs"][0]["results"]} >= {"CF1005"}
    assert (work / "GITHUB_OUTPUT").read_text() == "file=report.sarif\n"
    status, output = action.run(files="Good", fail_on="info", profile="edge")
    assert status in (0, 1) and "usage" not in output
    status, output = action.run(files="good.yaml bad.yaml")
    assert status == 1
    assert re.search(r"^::error file=bad.yaml,line=8,.*whoamI", output, re.MULTILINE)
    # No word of an input is run.
    action.run(files="Good $(touch evil)", profile="x; touch evil")
    assert not (work / "evil").exists()


def test_problem_matcher(examples, compiler, work):
    matchers = json.loads((examples / "problem-matcher.json").read_text())["problemMatcher"]
    done = compiler.run("lint", "--format", "json", "Bad", cwd=work)
    findings = json.loads(done.stdout)["findings"]
    for arguments in (["--format", "gcc"], []):
        done = compiler.run("lint", *arguments, "Bad", cwd=work)
        found = []
        for line in (done.stdout + done.stderr).splitlines():
            for matcher in matchers:
                (pattern,) = matcher["pattern"]
                match = re.match(pattern["regexp"], line)
                if match:
                    severity = match[pattern["severity"]] if "severity" in pattern else matcher["severity"]
                    assert severity in ("error", "warning", "notice")
                    found.append((match[pattern["file"]], match[pattern["line"]], match[pattern["code"]]))
        assert ("Bad", "2", "CF1005") in found
        assert ("Bad", "4", "CF2016") in found
        assert len(found) == len(findings)


# ---- GitLab ----


def test_gitlab(examples, work, path):
    (job,) = yaml.safe_load((examples / "gitlab-ci.yml").read_text()).values()
    script = "\n".join(job["script"])
    for files, status in ("Good", 0), ("Bad", 1), ("Good good.yaml", 0), ("bad.yaml", 1):
        env = {**job["variables"], "COREFILES": files, "PATH": path}
        done = shell(script, work, env)
        assert done.returncode == status
        reports = job["artifacts"]["reports"]
        quality = json.loads((work / reports["codequality"]).read_text())
        suite = xml.etree.ElementTree.parse(work / reports["junit"])
        assert bool(quality) == bool(status)
        assert (suite.find(".//failure") is not None) == bool(status)


# ---- pre-commit ----


def test_pre_commit_hooks(root, work, path):
    hooks = {h["id"]: h for h in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())}
    assert set(hooks) == {
        f"corefile-{what}{where}" for what in ("lint", "fmt") for where in ("", "-manifest")
    }
    for name, taken in ("a/coredns.yaml", True), ("coredns-custom.yml", True), ("mycoredns.yaml", False):
        for id in ("corefile-lint-manifest", "corefile-fmt-manifest"):
            assert bool(re.search(hooks[id]["files"], name)) == taken, name
    for hook in (hooks["corefile-lint"], hooks["corefile-fmt"]):
        assert hook["language"] == "system"
        for name, taken in (
            ("Corefile", True),
            ("a/b/Corefile", True),
            ("a/Corefile.prod", True),
            ("Corefiles", False),
            ("Corefile.d/x", False),
            ("myCorefile", False),
        ):
            assert bool(re.search(hook["files"], name)) == taken, name
    (work / "Corefile").write_text("example.org {\n  whoami\n}\n")
    for name, file, status in (
        ("corefile-lint", "Good", 0),
        ("corefile-lint", "Bad", 1),
        ("corefile-fmt", "Corefile", 0),
        ("corefile-lint-manifest", "good.yaml", 0),
        ("corefile-lint-manifest", "bad.yaml", 1),
        ("corefile-fmt-manifest", "bad.yaml", 0),
    ):
        done = shell(f"{hooks[name]['entry']} {shlex.quote(file)}", work, {"PATH": path})
        assert done.returncode == status, done.stderr
    assert (work / "Corefile").read_text() == "example.org {\n\twhoami\n}\n"
    assert "\n        cache {\n            success 5000\n" in (work / "bad.yaml").read_text()


# ---- Argo CD and Flux ----


def test_argocd(examples, work, path):
    plugin = yaml.safe_load((examples / "argocd" / "plugin.yaml").read_text())
    application = yaml.safe_load((examples / "argocd" / "application.yaml").read_text())
    name = f"{plugin['metadata']['name']}-{plugin['spec']['version']}"
    assert application["spec"]["source"]["plugin"]["name"] == name
    kustomize = work.parent / "bin" / "kustomize"
    kustomize.write_text("#!/bin/sh\ntest \"$*\" = 'build .' && echo 'kind: ConfigMap'\n")
    kustomize.chmod(0o755)

    def run(command, **env):
        return subprocess.run(
            command, cwd=work, env={**os.environ, "PATH": path, **env}, capture_output=True, text=True
        )

    find = plugin["spec"]["discover"]["find"]["command"]
    generate = plugin["spec"]["generate"]["command"]
    assert run(find).stdout == ""
    (work / "kustomization.yaml").write_text("")
    (work / "Corefile").write_text(GOOD)
    assert run(find).stdout == "Corefile\n"
    assert run(generate).stdout == "kind: ConfigMap\n"
    (work / "Corefile").write_text(BAD)
    done = run(generate)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Corefile:2:2: error:" in done.stderr
    (work / "Corefile").write_text(BAD.replace("whoamI", "whoami"))
    assert run(generate).returncode == 0
    assert run(generate, ARGOCD_ENV_FAIL_ON="info").returncode == 1


def test_argocd_with_manifests(examples, work, path):
    plugin = yaml.safe_load((examples / "argocd" / "plugin-manifests.yaml").read_text())
    kustomize = work.parent / "bin" / "kustomize"
    kustomize.write_text("#!/bin/sh\ntest \"$*\" = 'build .' && cat manifests\n")
    kustomize.chmod(0o755)
    command = plugin["spec"]["generate"]["command"]
    for text, status in (GOOD, 0), (BAD, 1):
        manifest = f"kind: Service\n---\n{manifest_of(text)}"
        (work / "manifests").write_text(manifest)
        done = subprocess.run(
            command, cwd=work, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (status, "" if status else manifest)
        assert ("manifests.yaml:10:6: error:" in done.stderr) == bool(status), done.stderr


def test_flux(examples, path, tmp_path):
    folder = examples / "flux"
    check, rollout = yaml.safe_load_all((folder / "flux.yaml").read_text())
    assert [d["name"] for d in rollout["spec"]["dependsOn"]] == [check["metadata"]["name"]]
    assert check["spec"]["wait"] is True
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    (generator,) = kustomization["configMapGenerator"]
    job = yaml.safe_load((folder / "lint-job.yaml").read_text())
    pod = job["spec"]["template"]["spec"]
    assert pod["volumes"][0]["configMap"]["name"] == generator["name"]
    for name in (*generator["files"], *kustomization["resources"]):
        assert (folder / name).exists()
    (container,) = pod["containers"]
    mount = container["volumeMounts"][0]["mountPath"]
    for text, status in ((folder / "Corefile").read_text(), 0), (BAD, 1):
        (tmp_path / "Corefile").write_text(text)
        command = [word.replace(mount, str(tmp_path)) for word in container["command"]]
        done = subprocess.run(
            command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr
        assert status == 1 or "warning" not in done.stderr
