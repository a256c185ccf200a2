/*
 * Fuzz targets: functions that take arbitrary bytes, and what must hold for all of them.
 *
 * Each is the body of a libFuzzer program, libfuzzer_X (tests/fuzz/entry.c has its entry), and is fed
 * tests/fuzz/corpus/X by the unit test test_fuzz_corpus: an input that once failed is put there.
 * `./dev fuzz` builds and runs them; doc/fuzzing.md tells how.
 *
 * Violations end the process by abort(), as fuzzers want it.  The environment is the fixed one of
 * tests/support/corefile.h; imports and other files are looked up in the current folder, which should
 * hold nothing that matters.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfc;

typedef void fuzz_fn(const uint8_t *data, size_t size);

/*
 * Scanner and lexer.  It ends; symbols come in the order of the text; a word is what stands at its
 * place, and valid UTF-8; every brace that is opened is closed; what belongs to no symbol is white space,
 * a byte order mark, or a brace that was reported.
 */
fuzz_fn fuzz_lexer;

/*
 * Lexer and grammar, as written here and for --compat.  The tree has every word of the text once and in
 * order; blocks lie within blocks, lines within their block; every report has a place within the text; an
 * error is reported exactly if parsing says that it failed.
 */
fuzz_fn fuzz_parser;

/* Imports, snippets, variables, keys, formatting: fuzz_corefile.c. */
fuzz_fn fuzz_corefile;

/*
 * The binder, the plan and all rules, with a profile, for --compat, and to build; then the C of what has
 * no errors.  Every report has a place; --compat knows only errors.
 */
fuzz_fn fuzz_plan;

/* What formatting keeps: fuzz_fmt.h. */
fuzz_fn fuzz_fmt;

/* Corefiles in YAML: fuzz_manifest.h. */
fuzz_fn fuzz_manifest;

/* Sessions of the language server: fuzz_lsp.h. */
fuzz_fn fuzz_lsp;

/* DNS messages: tests/support/fuzz_message.h. */
fuzz_fn fuzz_message;

/* Zone files.  What is read is well-formed, what is refused says why. */
fuzz_fn fuzz_zonefile;

/* ---- for the targets ---- */

/* Ends the process if it does not hold, and prints the text. */
void fuzz_require(bool holds, const char *what, const char *text, size_t len);

/* Whether the places of all reports lie within their units. */
bool fuzz_places_are_good(const struct cfc *c);

#endif
