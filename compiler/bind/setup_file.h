/*
 * setup_file.h - the files that CoreDNS opens when it sets a plugin up.
 *
 * Compiling never depends on the files of the machine that will serve.  CoreDNS refuses to start
 * without some of them, so lint --compat looks them up: below --root, or from the current directory.
 * For a Corefile out of a manifest these are the mounted ones (mount.h), and those below --root.
 * Every function here is for that mode only and says "fine" without looking in any other, so callers
 * need no condition:
 *
 *	return cfc_setup_readable(b, tok->span, path, NULL);
 *
 * Errors are CF1000, at the place where the file is named.  Memory: texts live as long as the
 * compilation.
 */
#ifndef COMPILER_SETUP_FILE_H
#define COMPILER_SETUP_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/plugin.h"
#include "dns/name.h"

/* What a file holds; NULL where nothing was looked up. */
struct cfc_setup_text {
	const char *v; /* NUL-terminated */
	size_t len;
};

/* What stat says. */
enum cfc_setup_kind {
	CFC_SETUP_UNKNOWN, /* not looked up */
	CFC_SETUP_FILE,    /* or anything else that is no directory */
	CFC_SETUP_DIR,
	CFC_SETUP_ABSENT, /* ENOENT */
	CFC_SETUP_DENIED, /* other errors */
};

/* The path below --root; path itself without it. */
const char *cfc_setup_path(struct cfc *c, const char *path);

enum cfc_setup_kind cfc_setup_stat(struct cfc *c, const char *path);

/*
 * Whether the file can be read; false: reported.  Its content goes to *text unless that is NULL.
 * A directory can be opened, and fails only when it is read: text == NULL does not read.
 */
bool cfc_setup_readable(struct cfc_bind *b, struct cfc_span span, const char *path,
			struct cfc_setup_text *text);

/*
 * Certificates as pkg/tls takes them: none; CA; CERT KEY; CERT KEY CA.  They must exist, parse, and
 * belong together.  Paths are those that the server opens (cfc_bind_path).
 */
bool cfc_setup_tls(struct cfc_bind *b, struct cfc_span span, const char *const *paths, size_t n);

/* The same for an option 'tls' with paths as its words; for its parse(). */
bool cfc_setup_tls_line(struct cfc_bind *b, const struct cfc_line *line);

/* What pkg/parse takes a text without a scheme for. */
enum cfc_setup_upstream {
	CFC_SETUP_ADDRESS, /* IP, IP:PORT (any port), [IP]:PORT, with a zone or without */
	CFC_SETUP_SERVERS, /* a file with 'nameserver' lines */
	CFC_SETUP_NOTHING, /* a file without: counts for nothing */
	CFC_SETUP_NEITHER, /* forward goes on with it as a host name, grpc refuses it */
};

enum cfc_setup_upstream cfc_setup_upstream(struct cfc_bind *b, const char *text);

/* What the files of a key tell. */
struct cfc_setup_key {
	bool known; /* false where nothing was looked up */
	uint16_t flags;
	uint8_t owner[DNS_NAME_BUF]; /* in lower case */
};

/*
 * A pair of keys as dnssec and sign read it: PATH.key, a DNSKEY record, and PATH.private; path may have
 * either ending.
 */
bool cfc_setup_key(struct cfc_bind *b, const struct cfc_token *tok, const char *path,
		   struct cfc_setup_key *key);

#endif
