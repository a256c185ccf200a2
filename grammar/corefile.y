/*
 * The grammar of a Corefile: lines of words, some of which open a block of lines.
 *
 * What a line means (keys, directive, option, import) depends on where it comes to stand after imports
 * and is decided by expand. Braces pair by construction (see corefile.h), so there are no
 * error rules: every sequence of symbols that the lexer can produce is a sentence.
 */
%require "3.8"
%define api.pure full
%define api.prefix {corefile_}
%define api.token.prefix {TOK_}
%define api.value.type {union corefile_value}
%define parse.error simple
%parse-param {struct corefile_parse *p}
%lex-param {struct corefile_parse *p}
%expect 0

%code requires {
#include "grammar/corefile.h"
}

%code top {
#include "config.h"
}

%token <token> WORD
%token <comment> COMMENT
%token <span> OPEN "{"
%token <span> CLOSE "}"
%token NEWLINE "end of line"

%type <list> lines
%type <node> line head block

%%

unit:
	lines			{ p->unit->nodes = $1.first; }
;

lines:
	%empty			{ $$ = (struct corefile_list){ NULL, NULL }; }
|	lines line		{ $$ = corefile_append($1, $2); }
;

line:
	NEWLINE			{ $$ = NULL; }
|	head NEWLINE		{ $$ = $1; }
|	block
;

/* Without a head: a '{' at the start of a line. */
block:
	head OPEN lines CLOSE	{ $$ = corefile_block(p, $1, $2, $3, $4); }
|	OPEN lines CLOSE	{ $$ = corefile_block(p, NULL, $1, $2, $3); }
;

head:
	parts			{ $$ = corefile_head(p); }
;

parts:
	part
|	parts part
;

part:
	WORD			{ corefile_word(p, &$1); }
|	COMMENT			{ corefile_comment(p, $1); }
;
