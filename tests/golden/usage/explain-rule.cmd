lint --explain CF9006
