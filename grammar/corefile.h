/*
 * Between the parts that read a Corefile: scanner, lexer, grammar and tree builder.
 *
 *	corefile.l      bytes -> lexemes: where a word, quoted text, comment or line ends
 *	compiler/syntax/lex.c  lexemes -> symbols: values, braces, everything that is wrong with them
 *	corefile.y      symbols -> lines and blocks
 *	compiler/syntax/parse.c  what the grammar's actions call: builds the syntax tree
 *
 * The lexer drops or supplies braces so that they always pair, and the grammar accepts every
 * sequence of symbols with pairing braces: no text stops the parser, so that one run finds all
 * mistakes.
 *
 * Used by cfc_parse only; nobody else includes this file but the fuzzer of the lexer.
 */
#ifndef GRAMMAR_COREFILE_H
#define GRAMMAR_COREFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/cfc.h"
#include "compiler/tree.h"

enum corefile_lexeme {
	LEXEME_END,
	LEXEME_NEWLINE,
	LEXEME_WORD,
	LEXEME_QUOTED,       /* with both quotes */
	LEXEME_UNTERMINATED, /* opening quote up to the end of its line */
	LEXEME_COMMENT,
};

/* What stood last on the line. */
enum corefile_last {
	LAST_NOTHING, /* the line begins */
	LAST_WORDS,   /* a word or comment */
	LAST_OPEN,
	LAST_CLOSE,
};

/* A '{' that waits for its '}'. */
struct corefile_open {
	struct cfc_span span;
	uint32_t indent; /* column of the first symbol on its line */
	uint32_t line;   /* ... and that line */
};

struct corefile_list {
	struct cfc_node *first, *last;
};

union corefile_value {
	struct cfc_token token;
	struct cfc_comment *comment;
	struct cfc_span span;
	struct cfc_node *node;
	struct corefile_list list;
};

struct corefile_symbol {
	int kind; /* TOK_..., 0 = end */
	union corefile_value value;
};

/* All state of parsing one unit. */
struct corefile_parse {
	struct cfc *c;
	struct cfc_source *unit;
	const struct cfc_origin *origin; /* put into every span */

	/* scanner */
	void *scanner;
	size_t next;       /* offset of the next byte to match */
	size_t start, end; /* the lexeme found last */

	/* lexer */
	enum corefile_last last;
	uint32_t line;        /* of the lexeme found last */
	uint32_t indent;      /* column of the first symbol on this line, 0 = none yet */
	uint32_t indent_line; /* the line that `indent` was taken on */
	size_t word_end;      /* end of the last unquoted word, SIZE_MAX = none */
	size_t quoted_end;    /* end of the last quoted word, SIZE_MAX = none */
	size_t words;         /* so far */
	unsigned skipped;     /* open blocks beyond the allowed depth */
	unsigned depth;       /* open blocks */
	bool ended;           /* LEXEME_END was seen */
	struct corefile_open opens[CFC_DEPTH_MAX];
	struct corefile_symbol ahead; /* the next symbol, if a lexeme made two */
	bool has_ahead;
	struct cfc_span odd_close;   /* first '}' indented unlike its block, for CF1002 */
	uint32_t odd_open_line;      /* the line that it closes */
	struct cfc_span glued_close; /* first word that ends in '}', likewise */
	struct cfc_span long_quote;  /* last quoted word that spans lines, for CF1001 */

	/* builder: the line being read */
	struct cfc_token *tokens;
	size_t ntokens;
	size_t tokens_room;
	struct cfc_comment *comment, *last_comment;
};

/* parse.c: the state at the beginning of a unit; NULL = reported, it is no text. */
struct corefile_parse *corefile_parse_new(struct cfc *c, struct cfc_source *unit,
					  const struct cfc_origin *origin);
void corefile_parse_free(struct corefile_parse *p);

/* corefile.l: the next lexeme goes to p->start and p->end. */
void *corefile_scanner_new(struct corefile_parse *p);
void corefile_scanner_free(void *scanner);
enum corefile_lexeme corefile_scan(struct corefile_parse *p, void *scanner);

/* lex.c: the next symbol, for the parser. */
int corefile_lex(union corefile_value *value, struct corefile_parse *p);

/* corefile.y */
int corefile_parse(struct corefile_parse *p);

/* parse.c: called by the grammar */
void corefile_error(struct corefile_parse *p, const char *msg);
void corefile_word(struct corefile_parse *p, const struct cfc_token *token);
void corefile_comment(struct corefile_parse *p, struct cfc_comment *comment);
struct cfc_node *corefile_head(struct corefile_parse *p);
struct cfc_node *corefile_block(struct corefile_parse *p, struct cfc_node *head,
				struct cfc_span open, struct corefile_list lines,
				struct cfc_span close);
struct corefile_list corefile_append(struct corefile_list list, struct cfc_node *node);

#endif
