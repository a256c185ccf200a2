lsp --port 7
