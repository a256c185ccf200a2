/*
 * Files and patterns of imports.
 */
#include "config.h"

#include "compiler/syntax/import.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "compiler/mount.h"
#include "compiler/text.h"

static bool
is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

const struct cfc_origin *
cfc_import_origin(struct cfc *c, const struct cfc_token *arg, const char *name, bool snippet,
		  uint32_t *uses)
{
	struct cfc_origin *o = arena_zalloc(c->arena, sizeof(*o));

	o->at = arg->span;
	o->name = name;
	o->snippet = snippet;
	o->uses = uses;
	++*uses;
	o->depth = arg->span.origin == NULL ? 1 : arg->span.origin->depth + 1;
	return o;
}

const char *
cfc_import_path(struct cfc *c, const struct cfc_source *unit, const char *name)
{
	const char *slash = strrchr(unit->path, '/');

	while (name[0] == '.' && name[1] == '/' && name[2] != '\0' && name[2] != '/')
		name += 2;
	if (name[0] == '/' || slash == NULL || unit->kind == CFC_SOURCE_STDIN)
		return arena_strdup(c->arena, name);
	return cfc_printf(c, "%.*s/%s", (int)(slash - unit->path), unit->path, name);
}

/* Bytes of the character at s. */
static size_t
char_len(const char *s)
{
	uint32_t cp;
	bool valid;

	return text_decode(s, strlen(s), &cp, &valid);
}

bool
cfc_glob_match(const char *pattern, const char *name)
{
	const char *star = NULL;
	const char *retry = NULL;

	while (*name != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == '?') {
			pattern++;
			name += char_len(name);
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star != NULL) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static void
add_path(struct cfc *c, struct cfc_paths *out, const char *path)
{
	if (out->count >= CFC_MATCHES_MAX) {
		out->full = true;
		return;
	}
	out->list = cfc_grow(c, out->list, out->count, &out->room, sizeof(out->list[0]));
	out->list[out->count++] = path;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder that match, sorted. A folder that cannot be read has none. */
static struct cfc_paths
list_folder(struct cfc *c, const char *folder, const char *pattern)
{
	struct cfc_paths names = { .list = NULL };
	DIR *d = opendir(folder[0] == '\0' ? "." : folder);

	if (d == NULL)
		return names;
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (cfc_glob_match(pattern, e->d_name))
			add_path(c, &names, arena_strdup(c->arena, e->d_name));
	}
	closedir(d);
	if (names.count > 1)
		qsort(names.list, names.count, sizeof(names.list[0]), compare_names);
	return names;
}

static const char *
join(struct cfc *c, const char *folder, const char *name)
{
	size_t len = strlen(folder);

	if (len == 0)
		return name;
	return cfc_printf(c, "%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", name);
}

/*
 * Match the segments of rest below folder. At most two segments hold a '*' or '?', so the depth
 * of the recursion is that of the path and the width is bounded by the folders.
 */
static void
match_below(struct cfc *c, const char *folder, const char *rest, struct cfc_paths *out)
{
	const char *slash = strchr(rest, '/');
	size_t len = slash == NULL ? strlen(rest) : (size_t)(slash - rest);
	const char *segment = arena_strndup(c->arena, rest, len);
	struct cfc_paths names = { .list = &segment, .count = 1 };
	struct stat st;

	if (strpbrk(segment, "*?") != NULL) {
		names = list_folder(c, folder, segment);
		out->full = out->full || names.full;
	}
	for (size_t i = 0; i < names.count; i++) {
		const char *path = join(c, folder, names.list[i]);
		if (slash != NULL)
			match_below(c, path, slash + 1 + strspn(slash + 1, "/"), out);
		else if (lstat(path, &st) == 0)
			add_path(c, out, path);
	}
}

/* The mounted files that match, which are in order. */
static void
match_mounted(struct cfc *c, const char *pattern, struct cfc_paths *out)
{
	for (size_t i = 0; i < c->mounts->count; i++)
		if (cfc_mount_matches(c, c->mounts->list[i], pattern))
			add_path(c, out, c->mounts->list[i]->path);
}

static size_t
count_char(const char *s, char ch)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == ch;
	return n;
}

static bool
check_pattern(struct cfc *c, const struct cfc_token *arg)
{
	const char *p = arg->text;

	if (strchr(p, '[') != NULL) {
		cfc_error(c, arg->span, "CF1007", "pattern '%s' has a '['", p);
		cfc_note(c, arg->span,
			 "an import may have one '*' and one '?', no character classes");
		return false;
	}
	if (count_char(p, '*') > 1 || count_char(p, '?') > 1) {
		cfc_error(c, arg->span, "CF1007", "pattern '%s' has more than one '%c'", p,
			  count_char(p, '*') > 1 ? '*' : '?');
		cfc_note(c, arg->span, "an import may have one '*' and one '?'");
		return false;
	}
	return true;
}

/* CoreDNS warns as well.  A folder that is not here at all is on the machine that will serve. */
static void
report_no_match(struct cfc *c, const struct cfc_source *unit, const struct cfc_token *arg)
{
	const char *path = cfc_import_path(c, unit, arg->text);
	const char *slash = strrchr(path, '/');
	bool here = c->mounts != NULL
			    ? cfc_mount_knows(c, path)
			    : slash == NULL || slash == path ||
				      access(arena_strndup(c->arena, path, (size_t)(slash - path)),
					     F_OK) == 0;

	if (here)
		cfc_warn(c, arg->span, "CF1007", "no file matches '%s'", arg->text);
	else
		cfc_info(c, arg->span, "CF1007", "no file matches '%s', nor is its folder here",
			 arg->text);
	cfc_note(c, arg->span, "looked for '%s'", path);
}

static bool
match_pattern(struct cfc *c, const struct cfc_source *unit, const struct cfc_token *arg,
	      struct cfc_paths *out)
{
	const char *slash = strrchr(unit->path, '/');
	const char *name = arg->text;

	if (!check_pattern(c, arg))
		return false;
	while (name[0] == '.' && name[1] == '/')
		name += 2;
	if (c->mounts != NULL)
		match_mounted(c, cfc_import_path(c, unit, arg->text), out);
	else if (name[0] == '/')
		match_below(c, "/", name + strspn(name, "/"), out);
	else if (slash == NULL || unit->kind == CFC_SOURCE_STDIN)
		match_below(c, "", name, out);
	else
		match_below(c,
			    arena_strndup(c->arena, unit->path,
					  slash == unit->path ? 1 : (size_t)(slash - unit->path)),
			    name, out);
	if (out->full) {
		cfc_error(c, arg->span, "CF1007", "pattern '%s' matches more than %u files",
			  arg->text, CFC_MATCHES_MAX);
		return false;
	}
	if (out->count == 0)
		report_no_match(c, unit, arg);
	return true;
}

bool
cfc_import_files(struct cfc *c, const struct cfc_source *unit, const struct cfc_token *arg,
		 struct cfc_paths *out)
{
	if (is_pattern(arg->text))
		return match_pattern(c, unit, arg, out);
	add_path(c, out, cfc_import_path(c, unit, arg->text));
	return true;
}

bool
cfc_import_is_elsewhere(struct cfc *c, const struct cfc_token *arg, const char *path)
{
	if (c->mounts == NULL || c->building)
		return false;
	if (c->mounts->is_part)
		cfc_info(c, arg->span, "CF1007",
			 "what '%s' stands for is not known here, only to the Corefile", arg->text);
	else if (strchr(arg->text, '/') != NULL && !cfc_mount_knows(c, path))
		cfc_info(c, arg->span, "CF1007", "'%s' is not in this manifest", arg->text);
	else
		return false;
	cfc_note(c, arg->span, "what it holds is not looked at");
	c->mounts->is_incomplete = true;
	return true;
}
