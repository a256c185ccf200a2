/*
 * read.c - from YAML to ConfigMaps and the units in them.
 */
#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/cfc.h"
#include "compiler/embed.h"
#include "compiler/manifest/manifest.h"
#include "compiler/manifest/yaml.h"

#define LISTS_DEEP 8u    /* lists within lists */
#define PARTS_MAX  1000u /* Corefiles and parts of some in one file */

/* A key of 'data', before it is known what the object is. */
struct entry {
	const char *name;
	struct cfc_span at;
	struct cfc_yaml_item value;
};

struct object {
	const char *kind, *name, *namespace;
	struct entry *entries;
	size_t count;
	size_t room;
	struct map seen;          /* names -> struct entry, the last of each */
	struct cfc_span binary;   /* a Corefile in 'binaryData' */
	struct cfc_span indirect; /* 'data' that is elsewhere: an alias, a merge */
	struct cfc_span odd;      /* a Corefile that is no text */
};

/* Line ends of the manifest, up to some place. */
struct line_ends {
	size_t to;
	size_t newlines, returns;
	bool has_odd; /* a return alone, or one that only YAML knows: a line that an edit would not see */
};

struct reader {
	struct cfc *c;
	struct cfc_yaml *y;
	struct cfc_manifest *m;
	struct line_ends ends;
};

/* ---- names ---- */

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

bool
cfc_is_corefile_name(const char *name)
{
	return strcmp(name, "Corefile") == 0 || strncmp(name, "Corefile.", 9) == 0 ||
	       ends_with(name, ".corefile") || ends_with(name, ".Corefile");
}

static bool
is_part_name(const char *name)
{
	return ends_with(name, ".server") || ends_with(name, ".override");
}

/* ---- units ---- */

/*
 * Looks on to the end of a scalar, from where it was looked at last: what stands before it counts, since
 * lines are counted there as well.
 */
static const struct line_ends *
line_ends_to(struct reader *r, const struct cfc_scalar_raw *raw, size_t end)
{
	struct line_ends *seen = &r->ends;
	const char *text = raw->text;

	if (end < seen->to) /* an alias of something before */
		*seen = (struct line_ends){ .to = 0 };
	for (size_t i = seen->to; i < end; i++) {
		seen->newlines += text[i] == '\n';
		seen->returns += text[i] == '\r';
		if (text[i] == '\r' && (i + 1 >= raw->len || text[i + 1] != '\n'))
			seen->has_odd = true;
		if ((i >= 1 && memcmp(text + i - 1, "\xc2\x85", 2) == 0) ||
		    (i >= 2 && memcmp(text + i - 2, "\xe2\x80", 2) == 0 &&
		     (text[i] == '\xa8' || text[i] == '\xa9')))
			seen->has_odd = true;
	}
	seen->to = end;
	return seen;
}

/* Whether the lines up to there are those that everybody sees: the same ends everywhere. */
static bool
has_plain_lines(const struct line_ends *ends, bool *crlf)
{
	*crlf = !ends->has_odd && ends->returns > 0 && ends->returns == ends->newlines;
	return !ends->has_odd && (ends->returns == 0 || *crlf);
}

static const char *const style_names[] = {
	[CFC_SCALAR_PLAIN] = "text without quotes",
	[CFC_SCALAR_SINGLE] = "quoted text",
	[CFC_SCALAR_DOUBLE] = "quoted text",
	[CFC_SCALAR_LITERAL] = "block with odd line ends",
	[CFC_SCALAR_FOLDED] = "folded block",
};

static const struct cfc_embedding *
embed(struct reader *r, const struct cfc_yaml_item *item)
{
	struct cfc_embedding *in = cfc_array(r->c, 1, sizeof(*in));
	struct cfc_scalar s;

	cfc_scalar_read(r->c, &item->raw, &s);
	in->host = r->m->host;
	in->begin = s.begin;
	in->end = s.end;
	in->kind = CFC_EMBED_FIXED;
	in->what = style_names[item->raw.style];
	if (s.len != item->len || memcmp(s.text, item->text, s.len) != 0) {
		/* A bug in scalar.c, or another libyaml: all that is certain is the scalar. */
		struct cfc_piece *whole = cfc_array(r->c, 1, sizeof(*whole));

		whole->host = (uint32_t)item->raw.start;
		whole->host_len = (uint32_t)(item->raw.end - item->raw.start);
		in->pieces = whole;
		in->npieces = 1;
		in->begin = item->raw.start;
		in->end = item->raw.end;
		in->is_vague = true;
		return in;
	}
	in->pieces = s.pieces;
	in->npieces = s.npieces;
	in->indent = s.indent;
	in->indent_is_given = s.indent_is_given;
	if (!has_plain_lines(line_ends_to(r, &item->raw, s.end), &in->crlf))
		return in;
	if (item->raw.style == CFC_SCALAR_LITERAL)
		in->kind = CFC_EMBED_BLOCK;
	else if (item->raw.style == CFC_SCALAR_DOUBLE &&
		 memchr(item->raw.text + s.begin, '\n', s.end - s.begin) == NULL)
		in->kind = CFC_EMBED_QUOTED;
	return in;
}

static void
add_key(struct reader *r, struct cfc_config_map *map, const struct entry *e)
{
	const char *folder = map->is_custom ? "/etc/coredns/custom" : "/etc/coredns";
	const struct cfc_embedding *in = embed(r, &e->value);

	map->keys = cfc_grow(r->c, map->keys, map->nkeys, &map->keys_room, sizeof(map->keys[0]));
	map->keys[map->nkeys++] = (struct cfc_manifest_key){
		.name = e->name,
		.at = e->at,
		.unit = cfc_source_part(r->c, cfc_printf(r->c, "%s/%s", folder, e->name),
					e->value.text, e->value.len, in),
	};
	if (in->is_vague)
		cfc_info(r->c, e->at, "CF1014",
			 "places in this text are not known: all is reported here");
}

/* ---- objects ---- */

/* Faults of an object by which a Corefile is lost. */
static void
report_faults(struct reader *r, const struct object *o)
{
	if (o->binary.source != NULL) {
		r->m->broken = true;
		cfc_error(r->c, o->binary, "CF1014", "a Corefile in 'binaryData' is not read");
		cfc_note(r->c, cfc_no_span(), "put it under 'data', as text");
	}
	if (o->odd.source != NULL) {
		r->m->broken = true;
		cfc_error(r->c, o->odd, "CF1014", "the value of a key of 'data' must be a text");
	}
}

/* Whether it is a ConfigMap that holds something to look at. */
static bool
matters(struct reader *r, const struct object *o, bool *is_custom)
{
	bool has_corefile = false;
	bool has_parts = false;

	*is_custom = false;
	if (strcmp(o->kind, "ConfigMap") != 0)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		has_corefile = has_corefile || cfc_is_corefile_name(o->entries[i].name);
		has_parts = has_parts || is_part_name(o->entries[i].name);
	}
	*is_custom = !has_corefile && has_parts && strstr(o->name, "coredns") != NULL;
	if (o->indirect.source != NULL && (has_corefile || strstr(o->name, "coredns") != NULL)) {
		r->m->broken = true;
		cfc_error(r->c, o->indirect, "CF1014",
			  "keys of 'data' by way of an anchor are not read");
		cfc_note(r->c, cfc_no_span(), "write them out");
	}
	return has_corefile || *is_custom;
}

static void
report_twice(struct reader *r, const struct entry *first, const struct entry *second)
{
	r->m->broken = true;
	cfc_error(r->c, second->at, "CF1014", "the key '%s' is there twice", second->name);
	cfc_note(r->c, first->at, "here it is first");
}

static void
add_part(struct reader *r, struct cfc_config_map *map, const struct cfc_manifest_key *key,
	 enum cfc_manifest_kind kind)
{
	struct cfc_manifest *m = r->m;

	if (m->nparts == PARTS_MAX) {
		if (!m->broken)
			cfc_error(r->c, key->at, "CF1014", "'%s' holds more than %u Corefiles",
				  m->host->path, PARTS_MAX);
		m->broken = true;
		return;
	}
	m->parts = cfc_grow(r->c, m->parts, m->nparts, &m->parts_room, sizeof(m->parts[0]));
	m->parts[m->nparts++] = (struct cfc_manifest_part){ .kind = kind, .map = map, .key = key };
}

static void
take_object(struct reader *r, struct object *o)
{
	bool is_custom;

	if (strcmp(o->kind, "ConfigMap") == 0)
		report_faults(r, o);
	if (!matters(r, o, &is_custom))
		return;
	struct cfc_config_map *map = cfc_array(r->c, 1, sizeof(*map));
	map->name = o->name;
	map->namespace = o->namespace;
	map->is_custom = is_custom;
	for (size_t i = 0; i < o->count; i++) {
		const struct entry *e = &o->entries[i];
		const struct entry *last = map_get_str(&o->seen, e->name);

		if (last != NULL && last != e)
			report_twice(r, last, e);
		else
			add_key(r, map, e);
		if (last == NULL)
			xmap_set(&o->seen, e->name, strlen(e->name), &o->entries[i]);
	}
	r->m->maps = cfc_grow(r->c, r->m->maps, r->m->nmaps, &r->m->maps_room, sizeof(map));
	r->m->maps[r->m->nmaps++] = map;
}

static const char *
text_of(struct reader *r, const struct cfc_yaml_item *item)
{
	return item->text == NULL ? "" : arena_strndup(r->c->arena, item->text, item->len);
}

/* The next key of a mapping, with what follows it in *value; false: the mapping is over. */
static bool
next_pair(struct reader *r, struct entry *e)
{
	struct cfc_yaml_item key;

	if (!cfc_yaml_next(r->y, &key) || key.kind == CFC_YAML_CLOSE)
		return false;
	cfc_yaml_skip(r->y, &key);
	e->name = text_of(r, &key);
	e->at = cfc_yaml_span(r->y, &key);
	return cfc_yaml_next(r->y, &e->value);
}

static void
read_metadata(struct reader *r, struct object *o)
{
	struct entry e;

	while (next_pair(r, &e)) {
		if (strcmp(e.name, "name") == 0)
			o->name = text_of(r, &e.value);
		else if (strcmp(e.name, "namespace") == 0)
			o->namespace = text_of(r, &e.value);
		cfc_yaml_skip(r->y, &e.value);
	}
}

static void
read_data(struct reader *r, struct object *o)
{
	struct entry e;

	while (next_pair(r, &e)) {
		if (strcmp(e.name, "<<") == 0) {
			o->indirect = e.at;
		} else if (e.value.text == NULL) {
			if (cfc_is_corefile_name(e.name))
				o->odd = e.at;
		} else {
			e.value.text = text_of(r, &e.value);
			o->entries = cfc_grow(r->c, o->entries, o->count, &o->room, sizeof(e));
			o->entries[o->count++] = e;
		}
		cfc_yaml_skip(r->y, &e.value);
	}
}

static void
read_binary(struct reader *r, struct object *o)
{
	struct entry e;

	while (next_pair(r, &e)) {
		if (cfc_is_corefile_name(e.name))
			o->binary = e.at;
		cfc_yaml_skip(r->y, &e.value);
	}
}

static void read_object(struct reader *r, unsigned depth);

static void
read_items(struct reader *r, unsigned depth)
{
	struct cfc_yaml_item item;

	while (cfc_yaml_next(r->y, &item) && item.kind != CFC_YAML_CLOSE) {
		if (item.kind == CFC_YAML_MAPPING && depth < LISTS_DEEP)
			read_object(r, depth + 1);
		else
			cfc_yaml_skip(r->y, &item);
	}
}

static void
read_value(struct reader *r, struct object *o, const struct entry *e, unsigned depth)
{
	bool is_mapping = e->value.kind == CFC_YAML_MAPPING;

	if (strcmp(e->name, "kind") == 0 && e->value.text != NULL)
		o->kind = text_of(r, &e->value);
	else if (strcmp(e->name, "metadata") == 0 && is_mapping)
		read_metadata(r, o);
	else if (strcmp(e->name, "data") == 0 && is_mapping)
		read_data(r, o);
	else if (strcmp(e->name, "binaryData") == 0 && is_mapping)
		read_binary(r, o);
	else if (strcmp(e->name, "items") == 0 && e->value.kind == CFC_YAML_SEQUENCE)
		read_items(r, depth);
	else
		cfc_yaml_skip(r->y, &e->value);
	if (e->value.kind == CFC_YAML_ALIAS && strcmp(e->name, "data") == 0)
		o->indirect = e->at;
}

/* A mapping that may be an object of Kubernetes. */
static void
read_object(struct reader *r, unsigned depth)
{
	struct object o = { .kind = "", .name = "", .namespace = "" };
	struct entry e;

	map_init(&o.seen);
	while (next_pair(r, &e))
		read_value(r, &o, &e, depth);
	if (!cfc_yaml_is_broken(r->y))
		take_object(r, &o);
	map_release(&o.seen);
}

static void
list_parts(struct reader *r)
{
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < r->m->nmaps; i++) {
			struct cfc_config_map *map = r->m->maps[i];

			for (size_t k = 0; map->is_custom == (pass == 1) && k < map->nkeys; k++) {
				const struct cfc_manifest_key *key = &map->keys[k];

				if (pass == 0 && cfc_is_corefile_name(key->name))
					add_part(r, map, key, CFC_MANIFEST_COREFILE);
				else if (pass == 1 && ends_with(key->name, ".server"))
					add_part(r, map, key, CFC_MANIFEST_SERVER);
				else if (pass == 1 && ends_with(key->name, ".override"))
					add_part(r, map, key, CFC_MANIFEST_OVERRIDE);
			}
		}
	}
}

bool
cfc_manifest_read(struct cfc *c, const struct cfc_source *host, struct cfc_manifest *m)
{
	struct reader r = { .c = c, .m = m };
	struct cfc_yaml_item item;

	memset(m, 0, sizeof(*m));
	m->host = host;
	r.y = cfc_yaml_open(c, host);
	while (cfc_yaml_next(r.y, &item)) {
		if (item.kind == CFC_YAML_MAPPING)
			read_object(&r, 0);
		else
			cfc_yaml_skip(r.y, &item);
	}
	m->broken = m->broken || cfc_yaml_is_broken(r.y);
	cfc_yaml_close(r.y);
	list_parts(&r);
	return !m->broken;
}
