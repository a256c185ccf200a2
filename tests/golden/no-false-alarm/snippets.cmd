lint snippets
