/*
 * What must hold for Corefiles in YAML, whatever the bytes: abort()s with the text when it does not.
 *
 *	- the places of every value are known (manifest/scalar.c reads it as libyaml does)
 *	- they are in order, within the file, and where they are byte for byte the bytes are the same
 *	- reports and fixes are about the file, not about the units in it
 *	- an edit of a unit, made in the file, gives the unit with that edit, and nothing else changes
 */
#ifndef TESTS_FUZZ_FUZZ_MANIFEST_H
#define TESTS_FUZZ_FUZZ_MANIFEST_H

#include <stddef.h>

#include "tests/fuzz/fuzz.h"

/* Returns the number of units found; *edits, unless NULL, counts the edits that were made. */
size_t fuzz_manifest_text(const char *text, size_t len, size_t *edits);

#endif
