/*
 * The compilation context: what every pass is handed.
 *
 *	struct cfc c;
 *	struct cfc_tree tree;
 *
 *	cfc_init(&c);
 *	struct cfc_source *s = cfc_source_file(&c, "Corefile", cfc_no_span());
 *	if (s != NULL && cfc_expand(&c, s, &tree))
 *		... bind, plan, check, emit ...
 *	cfc_diags_print(&c, stderr);
 *	cfc_release(&c);
 *
 * Everything that a pass makes lives in `arena` until cfc_release. There is no other state: no
 * globals, so two compilations may run in two threads with a context each.
 * When memory runs out the program ends (the arena does that), so nothing here returns NULL for it.
 */
#ifndef COMPILER_CFC_H
#define COMPILER_CFC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/diag.h"
#include "compiler/source.h"

struct arena;
struct cfc_maps;
struct cfc_mounts;
struct cfc_plugin;
struct cfc_token;
struct map;

/* Value of an environment variable, NULL = not set. The name is NUL-terminated. */
typedef const char *cfc_getenv_fn(void *arg, const char *name);

/*
 * The text of a file that stands in an editor and takes the place of what is on disk; NULL = not that
 * file. The text is copied.
 */
typedef const char *cfc_overlay_fn(void *arg, const char *path, size_t *len);

/*
 * Whether a name of a host has an address: NULL, or why none was found, in the words of who was asked.
 */
typedef const char *cfc_lookup_fn(void *arg, const char *name);

/* What the server is for: some rules only make sense, or judge otherwise, for one of these. */
enum cfc_profile {
	CFC_PROFILE_NONE,      /* not said: only what is true everywhere */
	CFC_PROFILE_CLUSTER,   /* cluster DNS of Kubernetes */
	CFC_PROFILE_NODELOCAL, /* cache on every node of a cluster */
	CFC_PROFILE_RESOLVER,  /* asks others for clients of a network */
	CFC_PROFILE_EDGE,      /* serves zones to the public */
};

/* What a file is taken for. */
enum cfc_form {
	CFC_FORM_AUTO, /* manifest.h tells */
	CFC_FORM_COREFILE,
	CFC_FORM_YAML, /* a Kubernetes manifest that holds Corefiles */
};

struct cfc {
	struct arena *arena; /* the lifetime of this compilation */
	struct cfc_diags diags;

	struct cfc_source **sources; /* every unit read so far, in order */
	size_t nsources;
	size_t sources_room;
	struct map *files;     /* path -> unit, of those read from files */
	struct cfc_maps *maps; /* those of cfc_map() */

	cfc_getenv_fn *getenv; /* the process environment unless a test replaces it */
	void *getenv_arg;

	struct cfc_span *unset_words; /* whose value is not known here (env.h) */
	size_t nunset_words;
	size_t unset_room;

	cfc_overlay_fn *overlay; /* NULL = files are what is on disk */
	void *overlay_arg;

	struct cfc_mounts *mounts; /* instead of a file system (mount.h); NULL = that of here */
	enum cfc_form form;        /* of the files named by the user */

	const struct cfc_plugin *const *plugins; /* of this build, in chain order (plugins.h) */
	size_t nplugins;

	/* A server is to be made: what can only be checked is an error (cfc_unserved). */
	bool building;

	/* What each plugin adds to the server is to be told (CF4017). */
	bool costs;

	/* The verdict of CoreDNS and nothing else: what it refuses is an error (see diag.h). */
	bool compat;

	/* With compat: who is asked for the names of upstreams; NULL = nobody (bind/lookup.h). */
	cfc_lookup_fn *lookup;
	void *lookup_arg;

	enum cfc_profile profile;
	const char *root_dir; /* where rules may look at files; NULL = look at none */
	const char *base_dir; /* the same files as they are served now; NULL = not known */
	const char *const *server_names; /* what clients call the server, for its certificate */
	size_t nserver_names;

	uint16_t dns_port; /* port of dns:// keys without one, 53 unless -dns.port says otherwise */
};

/* "none", "cluster", "nodelocal", "resolver", "edge"; false = none of these. */
bool cfc_profile_parse(const char *word, enum cfc_profile *profile);
#define CFC_PROFILE_WORDS "cluster, nodelocal, resolver or edge"

/* "auto", "corefile", "yaml"; false = none of these. */
bool cfc_form_parse(const char *word, enum cfc_form *form);
#define CFC_FORM_WORDS "auto, corefile or yaml"

void cfc_init(struct cfc *c);
void cfc_release(struct cfc *c);

/* printf into the arena. */
char *cfc_printf(struct cfc *c, const char *fmt, ...) CFC_PRINTF(2, 3);

/*
 * A list as text, made by one entry after the other: {0}, cfc_text_add() for each, cfc_text().  Users can make
 * lists of any length, so none is copied anew for each entry.  Memory: the arena.
 */
struct cfc_text {
	char *s;
	size_t len, room;
};

/* between: what stands before the entry unless it is the first. */
void cfc_text_add(struct cfc *c, struct cfc_text *t, const char *between, const char *entry);

/* "" for an empty list. */
const char *cfc_text(const struct cfc_text *t);

/* n words with a blank between each two. */
const char *cfc_words(struct cfc *c, const struct cfc_token *words, size_t n);

/* A copy of the text with ASCII letters in lower case. */
char *cfc_lower(struct cfc *c, const char *text);

/* Room for count objects of size bytes, zeroed; the product is checked. */
void *cfc_array(struct cfc *c, size_t count, size_t size);

/*
 * Room for one more element in a list of count elements of size bytes: returns array itself or a
 * copy twice as long (new places zeroed) and sets *room. The old copy stays in the arena.
 *
 *	list = cfc_grow(c, list, count, &room, sizeof(list[0]));
 *	list[count++] = x;
 */
void *cfc_grow(struct cfc *c, void *array, size_t count, size_t *room, size_t size);

/* A list of texts that its owner keeps; {0} is an empty one. */
struct cfc_strings {
	const char **list;
	size_t count, room;
};

void cfc_strings_add(struct cfc *c, struct cfc_strings *s, const char *text);

/*
 * An empty map (base/map.h) that lives as long as the compilation: for whatever is looked for once for each
 * line of a Corefile, which may have as many as it likes.  The values are the caller's, and only read:
 *
 *	const struct cfc_line *first = cfc_map_get(seen, text, len);
 *	if (first == NULL)
 *		cfc_map_set(seen, text, len, line);
 */
struct map *cfc_map(struct cfc *c);
void cfc_map_set(struct map *m, const void *key, size_t len, const void *value);
const void *cfc_map_get(const struct map *m, const void *key, size_t len);

#endif
