/*
 * Source units: the texts that a compilation reads.
 *
 * A unit is a file, standard input, the builtin default Corefile, or a text handed in by a test.
 * Every token, comment and diagnostic points into one with a `struct cfc_span`. Units are
 * never freed or moved before the compilation ends, so spans and token texts may be kept freely.
 *
 *	struct cfc_source *s = cfc_source_file(c, "Corefile", no_span);
 *	if (s == NULL)
 *		... the reason has been reported as CF1000 ...
 *
 * Reading uses open(2) and read(2) only. What is refused, each with its own message: a path that is
 * absent, unreadable, a directory, a device (in imports a pipe, too), and a text above
 * CFC_SOURCE_MAX. What stands in an editor (c->overlay) goes before the file, and with mounts
 * (mount.h) nothing else is a file. The text itself is not judged here; the lexer reports NUL bytes
 * and malformed UTF-8.
 *
 * Threads: a `struct cfc` and everything reached from it belong to one thread.
 * Memory: everything lives in the arena of the `struct cfc`.
 */
#ifndef COMPILER_SOURCE_H
#define COMPILER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfc;
struct cfc_embedding;
struct cfc_node;
struct cfc_source;

#define CFC_SOURCE_MAX ((size_t)64 << 20) /* bytes in one unit */

enum cfc_source_kind {
	CFC_SOURCE_FILE,    /* named by the user or by an import */
	CFC_SOURCE_STDIN,   /* read to its end, shown as <stdin> */
	CFC_SOURCE_BUILTIN, /* the default Corefile, shown as <builtin> */
	CFC_SOURCE_TEXT,    /* handed in by a caller, shown under the given name */
	CFC_SOURCE_PART,    /* stands within another; path is where a server will find it */
};

/*
 * How an imported token came here: one step of the chain, innermost first.
 * A token of the main file has no origin.
 */
struct cfc_origin;

/*
 * A place: bytes [column, column + length) of a line, going on over line ends if the
 * length says so. With source == NULL there is no place (a message about the run as a whole).
 */
struct cfc_span {
	const struct cfc_source *source; /* NULL = no place */
	const struct cfc_origin *origin; /* innermost import; NULL = main file */
	uint32_t line;                   /* 1 = first */
	uint32_t column;                 /* in bytes, 1 = first */
	uint32_t length;                 /* in bytes, 0 = a point */
};

struct cfc_origin {
	struct cfc_span at;   /* argument of the import; at.origin = the import around it */
	const char *name;     /* snippet name, or path as displayed */
	bool snippet;         /* a snippet; otherwise a file */
	const uint32_t *uses; /* how often that snippet or file is imported in all */
	uint32_t depth;       /* 1 = imported by the main file */
};

struct cfc_source {
	enum cfc_source_kind kind;
	uint32_t index;                     /* 0 = first unit of this compilation */
	const char *path;                   /* as shown to the user */
	const char *text;                   /* len bytes, then one NUL that is not part of it */
	size_t len;                         /* bytes, at most CFC_SOURCE_MAX */
	uint64_t dev, ino;                  /* identity of a file, to see cycles; 0, 0 = none */
	const uint32_t *starts;             /* offset of each line's first byte */
	uint32_t nlines;                    /* at least 1, also for the empty text */
	struct cfc_node *nodes;             /* syntax tree once parsed (tree.h) */
	uint32_t uses;                      /* imports of it */
	bool parsed;                        /* cfc_parse has been here */
	bool broken;                        /* ... and has reported at least one error */
	const struct cfc_embedding *inside; /* it is part of another (embed.h); NULL = a file */
};

/*
 * Read the file at path; `from` is the place that asked for it (an import; no place for the
 * command line). The same file read again gives the same unit. NULL = reported.
 */
struct cfc_source *cfc_source_file(struct cfc *c, const char *path, struct cfc_span from);

/* Whether there is something at path that an import may name: on disk, or in an editor. */
bool cfc_source_exists(struct cfc *c, const char *path);

/* Read a descriptor (standard input) to its end. NULL = reported. Does not close it. */
struct cfc_source *cfc_source_fd(struct cfc *c, int fd, const char *name);

/* Copy a text in memory; cannot fail below CFC_SOURCE_MAX, above it NULL = reported. */
struct cfc_source *cfc_source_text(struct cfc *c, const char *name, const char *text, size_t len);

/* A unit whose text stands within another (embed.h). */
struct cfc_source *cfc_source_part(struct cfc *c, const char *path, const char *text, size_t len,
				   const struct cfc_embedding *inside);

/* What CoreDNS serves without a Corefile: whoami and log for every name on c->dns_port. */
struct cfc_source *cfc_source_builtin(struct cfc *c);

/* The bytes of a line without its line end. `line` counts from 1; outside the text it is empty. */
const char *cfc_source_line(const struct cfc_source *s, uint32_t line, size_t *len);

/* The place of bytes [offset, offset + length) of a unit, with no origin. */
struct cfc_span cfc_source_span(const struct cfc_source *s, size_t offset, size_t length);

/* The offset of a span's first byte in its unit. */
size_t cfc_span_offset(struct cfc_span span);

/* No place. */
struct cfc_span cfc_no_span(void);

#endif
