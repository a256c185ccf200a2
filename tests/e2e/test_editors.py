"""doc/editors.md: its settings parse, and with the one for Debian's Neovim that editor works."""

import json
import os
import re
import shutil
import subprocess
import tomllib

import pytest


@pytest.fixture
def blocks(root):
    text = (root / "doc" / "editors.md").read_text()

    def of(kind):
        return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    return of


def test_settings_parse(blocks):
    options, code = (json.loads(block) for block in blocks("json"))
    assert set(options) == {"profile", "root", "compat", "config"}
    assert (code["glspc.server.command"], code["glspc.server.commandArguments"]) == ("corefilec", ["lsp"])
    (helix,) = (tomllib.loads(block) for block in blocks("toml"))
    assert helix["language-server"]["corefilec"] == {"command": "corefilec", "args": ["lsp"]}
    assert helix["language"][0]["language-servers"] == ["corefilec"]


# What a person would do, one after the other; everything that is seen goes into a file as JSON.
SESSION = r"""
local seen = {}
local function problems()
  return vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(0))
end
local function wait(what)
  local ok, why = vim.wait(60000, what, 20)
  assert(ok, debug.traceback("nothing has come in time " .. tostring(why) .. vim.inspect(problems())))
end
local function ask(method, params)
  local answers = assert(vim.lsp.buf_request_sync(0, method, params, 20000))
  for _, answer in pairs(answers) do
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
end
local ok, err = pcall(function()
  vim.cmd("edit Corefile")
  assert(vim.bo.filetype == "corefile")
  wait(function() return #vim.lsp.buf_get_clients(0) > 0 and vim.lsp.buf_get_clients(0)[1].initialized end)
  wait(function() return #problems() == 1 end)
  seen.before = problems()
  seen.at = { vim.diagnostic.get(0)[1].lnum, vim.diagnostic.get(0)[1].col }

  local params = vim.lsp.util.make_given_range_params({ 2, 0 }, { 2, 20 })
  params.context = { diagnostics = {} }
  local action = ask("textDocument/codeAction", params)[1]
  seen.action = action.title
  vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  wait(function() return #problems() == 0 end)

  vim.api.nvim_win_set_cursor(0, { 2, 3 })
  seen.hover = ask("textDocument/hover", vim.lsp.util.make_position_params()).contents.value
  vim.api.nvim_win_set_cursor(0, { 5, 10 })
  seen.definition = ask("textDocument/definition", vim.lsp.util.make_position_params())[1].range.start.line

  vim.api.nvim_buf_set_lines(0, 1, 1, false, { "   errors  é𝄞 {", "   chaos \"é𝄞\" x  " })
  wait(function() return #problems() > 0 end)
  vim.api.nvim_buf_set_text(0, 1, 11, 1, 19, {})
  wait(function() return #problems() == 0 end)
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  vim.cmd("write")
  seen.after = vim.api.nvim_buf_get_lines(0, 0, -1, false)
end)
seen.error = not ok and tostring(err) or nil
vim.fn.writefile({ vim.fn.json_encode(seen) }, "seen.json")
vim.cmd("qall!")
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="no Neovim here")
def test_neovim(blocks, compiler, tmp_path):
    (tmp_path / "init.lua").write_text(blocks("lua")[1])
    (tmp_path / "session.lua").write_text(SESSION)
    (tmp_path / "Corefile").write_text("(common) {\n\twhoamI\n}\n. {\n\timport common\n}\n")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "corefilec").symlink_to(compiler.path)
    environment = {
        **os.environ,
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    subprocess.run(
        ["nvim", "--headless", "-u", "init.lua", "-c", "luafile session.lua"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert "error" not in seen, seen["error"]
    assert seen["before"] == ["unknown directive 'whoamI'\ndid you mean 'whoami'?"]
    assert seen["at"] == [1, 1]
    assert seen["action"] == "write 'whoami'"
    assert "tells the client its address" in seen["hover"]
    assert seen["definition"] == 0
    assert seen["after"] == [
        "(common) {",
        "\terrors",
        '\tchaos "é𝄞" x',
        "\twhoami",
        "}",
        "",
        ". {",
        "\timport common",
        "}",
    ]
    assert (tmp_path / "Corefile").read_text() == "\n".join(seen["after"]) + "\n"
