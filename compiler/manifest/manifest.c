/*
 * manifest.c - what is a manifest, which Corefile of it is meant, and what stands beside that one.
 */
#include "config.h"

#include "compiler/manifest/manifest.h"

#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "compiler/cfc.h"
#include "compiler/command/command.h"
#include "compiler/embed.h"
#include "compiler/mount.h"

/* ---- what is one ---- */

static bool
has_ending(const char *path, const char *const *endings)
{
	size_t len = strlen(path);

	for (; *endings != NULL; endings++) {
		size_t n = strlen(*endings);
		if (len > n && strcmp(path + len - n, *endings) == 0)
			return true;
	}
	return false;
}

bool
cfc_manifest_has_name(const char *path)
{
	static const char *const endings[] = { ".yaml", ".yml", NULL };

	return has_ending(path, endings);
}

/* The first line that is neither blank nor a comment, without its indentation; NULL = none. */
static const char *
first_line(const char *text, size_t len, size_t *left)
{
	static const char bom[] = "\xef\xbb\xbf";
	const char *end = text + len;

	if (len >= strlen(bom) && memcmp(text, bom, strlen(bom)) == 0)
		text += strlen(bom);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *next = nl == NULL ? end : nl + 1;

		while (text < next && strchr(" \t\r\n", *text) != NULL && *text != '\0')
			text++;
		*left = (size_t)(end - text);
		if (text < next && *text != '#')
			return text;
		text = next;
	}
	return NULL;
}

static bool
begins_with(const char *text, size_t len, const char *word, const char *then)
{
	size_t n = strlen(word);

	return len >= n && memcmp(text, word, n) == 0 &&
	       (len == n || (text[n] != '\0' && strchr(then, text[n]) != NULL));
}

/* How a manifest begins and no Corefile does. */
static bool
begins_like_yaml(const char *text, size_t len)
{
	static const char *const keys[] = { "apiVersion:", "kind:",       "metadata:",
					    "data:",       "binaryData:", "items:" };
	size_t left;
	const char *line = first_line(text, len, &left);

	if (line == NULL)
		return false;
	if (begins_with(line, left, "---", " \t\r\n") || begins_with(line, left, "%YAML", " \t"))
		return true;
	if (*line == '{') {
		size_t rest;
		const char *next = first_line(line + 1, left - 1, &rest);

		return next != NULL && *next == '"';
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (begins_with(line, left, keys[i], " \t\r\n"))
			return true;
	return false;
}

bool
cfc_manifest_is(const struct cfc *c, const struct cfc_source *unit)
{
	static const char *const endings[] = { ".yaml", ".yml", ".json", NULL };

	switch (c->form) {
	case CFC_FORM_COREFILE:
		return false;
	case CFC_FORM_YAML:
		return true;
	case CFC_FORM_AUTO:
		break;
	}
	return unit->kind != CFC_SOURCE_BUILTIN &&
	       (has_ending(unit->path, endings) || begins_like_yaml(unit->text, unit->len));
}

static bool
has_word(const struct cfc_source *s, const char *word)
{
	size_t n = strlen(word);
	const char *end = s->text + s->len;

	for (const char *p = s->text; (p = memchr(p, word[0], (size_t)(end - p))) != NULL; p++)
		if ((size_t)(end - p) >= n && memcmp(p, word, n) == 0)
			return true;
	return false;
}

bool
cfc_manifest_may_hold(const struct cfc_source *host)
{
	return has_word(host, "orefile") || has_word(host, "coredns");
}

bool
cfc_manifest_is_template(const struct cfc_source *host)
{
	return has_word(host, "{{");
}

/* ---- which Corefile ---- */

/* "kube-system/coredns", with the key where it is not 'Corefile': "coredns:Corefile.base". */
static const char *
label_of(struct cfc *c, const struct cfc_manifest_part *part)
{
	const struct cfc_config_map *map = part->map;
	bool plain = strcmp(part->key->name, "Corefile") == 0;

	return cfc_printf(c, "%s%s%s%s%s", map->namespace, map->namespace[0] == '\0' ? "" : "/",
			  map->name, plain ? "" : ":", plain ? "" : part->key->name);
}

static bool
is_called(struct cfc *c, const struct cfc_manifest_part *part, const char *name)
{
	const char *label = label_of(c, part);
	const char *slash = strchr(label, '/');

	return name == NULL || strcmp(label, name) == 0 ||
	       (slash != NULL && strcmp(slash + 1, name) == 0);
}

void
cfc_manifest_report_none(struct cfc *c, const struct cfc_source *host)
{
	cfc_error(c, cfc_no_span(), "CF1014", "'%s' holds no Corefile", host->path);
	cfc_note(c, cfc_no_span(),
		 "looked for a ConfigMap whose 'data' has a key 'Corefile', and for one "
		 "like 'coredns-custom' with keys '*.server' or '*.override'");
	if (cfc_manifest_is_template(host))
		cfc_note(c, cfc_no_span(),
			 "it looks like a template: lint what 'helm template' makes of it");
}

static void
note_labels(struct cfc *c, const struct cfc_manifest *m)
{
	for (size_t i = 0; i < m->nparts; i++)
		if (m->parts[i].kind == CFC_MANIFEST_COREFILE)
			cfc_note(c, m->parts[i].key->at, "'%s#%s' is this one", m->host->path,
				 label_of(c, &m->parts[i]));
}

const struct cfc_manifest_part *
cfc_manifest_find(struct cfc *c, const struct cfc_manifest *m, const char *name)
{
	const struct cfc_manifest_part *found = NULL;
	size_t all = 0, called = 0;

	for (size_t i = 0; i < m->nparts; i++) {
		if (m->parts[i].kind != CFC_MANIFEST_COREFILE)
			continue;
		all++;
		if (!is_called(c, &m->parts[i], name))
			continue;
		called++;
		found = &m->parts[i];
	}
	if (called == 1)
		return found;
	if (all == 0) {
		cfc_manifest_report_none(c, m->host);
	} else if (called == 0) {
		cfc_error(c, cfc_no_span(), "CF1014", "'%s' holds no Corefile '%s'", m->host->path,
			  name);
		note_labels(c, m);
	} else {
		cfc_error(c, cfc_no_span(), "CF1014", "'%s' holds %zu Corefiles: say which one",
			  m->host->path, all);
		note_labels(c, m);
	}
	return NULL;
}

/* ---- what stands beside it ---- */

static bool
is_near(const struct cfc_config_map *a, const struct cfc_config_map *b)
{
	return a == b || (b->is_custom && (a->namespace[0] == '\0' || b->namespace[0] == '\0' ||
					   strcmp(a->namespace, b->namespace) == 0));
}

static struct cfc_mounts *
mounts_of(struct cfc *c, const struct cfc_manifest *m, const struct cfc_config_map *map)
{
	struct cfc_mounts *mounts = cfc_array(c, 1, sizeof(*mounts));

	mounts->is_part = map->is_custom;
	for (size_t i = 0; i < m->nmaps; i++)
		for (size_t k = 0; is_near(map, m->maps[i]) && k < m->maps[i]->nkeys; k++)
			cfc_mount_add(c, mounts, m->maps[i]->keys[k].unit);
	cfc_mount_sort(mounts);
	return mounts;
}

static void
mount(struct cfc *c, const struct cfc_manifest *m, const struct cfc_manifest_part *part)
{
	if (part->map->mounts == NULL)
		part->map->mounts = mounts_of(c, m, part->map);
	c->mounts = part->map->mounts;
	c->mounts->is_incomplete = false;
}

struct cfc_source *
cfc_manifest_choose(struct cfc *c, const struct cfc_manifest *m, const char *name)
{
	const struct cfc_manifest_part *part = cfc_manifest_find(c, m, name);

	if (part == NULL)
		return NULL;
	mount(c, m, part);
	return part->key->unit;
}

/* ---- parts ---- */

/* Whether a part has been compiled: it was imported. */
static bool
is_done(const struct cfc_manifest_part *part)
{
	return part->kind != CFC_MANIFEST_COREFILE && part->key->unit->uses > 0;
}

/* A unit with a server block around directives that belong into one. */
static struct cfc_source *
put_in_block(struct cfc *c, const struct cfc_manifest_part *part)
{
	static const char head[] = ".:53 {\n";
	const struct cfc_source *unit = part->key->unit;
	struct cfc_embedding *in = cfc_array(c, 1, sizeof(*in));
	struct cfc_piece *pieces = cfc_array(c, unit->inside->npieces + 2, sizeof(*pieces));
	size_t lead = strlen(head);
	struct buf text;

	*in = *unit->inside;
	pieces[0].host = (uint32_t)cfc_span_offset(part->key->at);
	pieces[0].host_len = part->key->at.length;
	for (size_t i = 0; i < in->npieces; i++) {
		pieces[i + 1] = in->pieces[i];
		pieces[i + 1].at += (uint32_t)lead;
	}
	pieces[in->npieces + 1] = (struct cfc_piece){
		.at = (uint32_t)(lead + unit->len),
		.host = (uint32_t)in->end,
	};
	in->pieces = pieces;
	in->npieces += 2;
	in->lead = lead;
	buf_init(&text, CFC_SOURCE_MAX * 4);
	buf_add(&text, head, lead);
	buf_add(&text, unit->text, unit->len);
	buf_puts(&text, "\n}\n");
	struct cfc_source *whole = cfc_source_part(c, unit->path, buf_cstr(&text), text.len, in);
	buf_release(&text);
	return whole;
}

static void
load_part(struct cfc *c, const struct cfc_manifest *m, const struct cfc_manifest_part *part,
	  struct cfc_program *out)
{
	enum cfc_profile profile = c->profile;

	mount(c, m, part);
	switch (part->kind) {
	case CFC_MANIFEST_COREFILE:
		cfc_load_unit(c, part->key->unit, out);
		return;
	case CFC_MANIFEST_SERVER:
		/* What a whole server needs may be in the Corefile. */
		c->profile = CFC_PROFILE_NONE;
		cfc_load_unit(c, part->key->unit, out);
		c->profile = profile;
		return;
	case CFC_MANIFEST_OVERRIDE:
		cfc_load_part(c, put_in_block(c, part), out);
		return;
	}
}

size_t
cfc_manifest_load_all(struct cfc *c, const struct cfc_source *host, struct cfc_programs *out)
{
	struct cfc_manifest m;

	memset(out, 0, sizeof(*out));
	out->parsed = cfc_manifest_read(c, host, &m);
	out->list = cfc_array(c, m.nparts + 1, sizeof(out->list[0]));
	for (size_t i = 0; i < m.nparts; i++) {
		struct cfc_program *program = &out->list[out->count];

		if (is_done(&m.parts[i]))
			continue;
		load_part(c, &m, &m.parts[i], program);
		out->parsed = out->parsed && program->parsed;
		out->count++;
	}
	return m.nparts;
}
