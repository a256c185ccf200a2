/*
 * json.h - what the compiler needs beyond jansson itself: building that cannot fail.
 *
 * Texts must be valid UTF-8 (cfc_json_text, cfc_utf8).  Keys keep the order in which they were set.
 */
#ifndef COMPILER_JSON_H
#define COMPILER_JSON_H

#include <jansson.h>
#include <stdio.h>

/* json_pack that ends the program instead of returning NULL. */
json_t *cfc_json(const char *fmt, ...);

/* A string of any bytes: malformed UTF-8 is replaced. */
json_t *cfc_json_text(const char *text, size_t len);

/* Print an object with a line end behind it, and let go of it. */
void cfc_json_print(json_t *root, FILE *out);

#endif
