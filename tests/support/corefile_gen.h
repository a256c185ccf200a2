/*
 * Corefiles made up from the option tables, for tests of properties.
 *
 *	struct buf text;
 *	buf_init(&text, 1 << 20);
 *	corefile_gen(&c, 42, &text);
 *
 * The same seed gives the same text.  Server blocks hold directives of all plugins of c with the
 * options and values that their tables allow, now and then with one that they do not.  The
 * layout is anything but canonical: indentation, several blanks, tabs, quotes with and without need,
 * comments at all places, carriage returns, a byte order mark, keys over several lines, braces on the
 * next line, files without braces, snippets, environment variables.
 */
#ifndef TESTS_SUPPORT_COREFILE_GEN_H
#define TESTS_SUPPORT_COREFILE_GEN_H

#include <stdint.h>

struct buf;
struct cfc;

void corefile_gen(const struct cfc *c, uint32_t seed, struct buf *out);

#endif
