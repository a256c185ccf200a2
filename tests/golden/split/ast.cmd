build --dump-ast
