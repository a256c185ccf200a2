/*
 * sign_setup.c - compile time: what `sign` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"

#define SIGN_KEY_FLAGS 0x101u /* zone key and secure entry point */

struct sign_config {
	const char *path;
	struct rt_names zones;
	const char *directory;
	struct rt_strings keys;
};

/* Where CoreDNS knows no such kind of key, it goes on without one; the words after it are options. */
static bool
no_file(struct cfc_bind *b, const struct cfc_line *line)
{
	const char *kind = line->tokens[1].text;
	bool go_on;

	if (strcmp(kind, "directory") == 0 || line->ntokens > 2) {
		cfc_error(b->c, line->tokens[1].span, "CF2002",
			  strcmp(kind, "directory") == 0 ? "'%s' is not implemented in CoreDNS"
							 : "unknown kind of key '%s'",
			  kind);
		go_on = false;
	} else {
		go_on = cfc_stricter(b->c, line->tokens[1].span, "CF2002",
				     "unknown kind of key '%s'", kind);
	}
	cfc_note(b->c, cfc_no_span(), "expected file");
	return go_on;
}

static bool
check_key(struct cfc_bind *b, const struct cfc_token *tok, const char *path)
{
	struct cfc_setup_key key;

	if (!cfc_setup_key(b, tok, path, &key))
		return false;
	if (!key.known || (key.flags & SIGN_KEY_FLAGS) == SIGN_KEY_FLAGS)
		return true;
	cfc_error(b->c, tok->span, "CF2002", "'%s' is no key-signing key", tok->text);
	return false;
}

static bool
parse_key(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct sign_config *self = config;

	if (!cfc_bind_count(b, line, b->c->compat ? 1 : 2, SIZE_MAX))
		return false;
	if (strcmp(line->tokens[1].text, "file") != 0)
		return no_file(b, line);
	if (!cfc_bind_count(b, line, 2, SIZE_MAX))
		return false;
	for (size_t i = 2; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		const char *path = cfc_bind_path(b, tok->text, tok->len);

		if (!check_key(b, tok, path))
			return false;
		*(const char **)cfc_list_add(b, &self->keys, sizeof(char *)) = path;
	}
	return true;
}

/* Text that was no UTF-8 and has become U+FFFD. */
static bool
sign_check(struct cfc_bind *b, void *config)
{
	const struct sign_config *self = config;

	if (strstr(self->path, "\xef\xbf\xbd") == NULL)
		return true;
	cfc_error(b->c, b->directive->args[0].span, "CF2002",
		  "the name of the zone file is not UTF-8");
	return false;
}

static const struct cfc_arg sign_args[] = {
	{ .name = "DBFILE",
	  .kind = CFC_PATH,
	  CFC_AT(struct sign_config, path),
	  .help = "the zone file" },
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct sign_config, zones),
	  .help = "the zones in it" },
};

static const struct cfc_arg directory_args[] = {
	{ .name = "DIR",
	  .kind = CFC_PATH,
	  .dflt = "/var/lib/coredns",
	  CFC_AT(struct sign_config, directory) },
};

static const struct cfc_option sign_options[] = {
	{ .name = "key",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_key,
	  .syntax = "file KEY...",
	  .help = "a key to sign with: the names of its files" },
	{ .name = "directory",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(directory_args),
	  .help = "where signed zones are written" },
};

static const struct cfc_field sign_fields[] = {
	{ .field = "keys", .kind = CFC_STRINGS, .offset = offsetof(struct sign_config, keys) },
};

const struct cfc_plugin sign_plugin = {
	.name = "sign",
	.summary = "signs zone files",
	CFC_CONFIG(sign_config),
	.directive = { CFC_ARGS(sign_args) },
	CFC_OPTIONS(sign_options),
	CFC_FIELDS(sign_fields),
	.repeat = CFC_REPEAT_EACH,
	.traits = CFC_LINT_ONLY,
	.check = sign_check,
};
