/*
 * auto_setup.c - compile time: what `auto` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "base/duration.h"
#include "compiler/plugin.h"
#include "compiler/bind/regexp.h"
#include "compiler/bind/setup_file.h"

struct auto_config {
	struct rt_names zones;
	uint64_t reload; /* nanoseconds */
	const char *directory;
	const char *pcre;     /* matches names of files */
	const char *template; /* of the zone's name: {1} is the first group */
};

static void
check_template(struct cfc_bind *b, const struct cfc_token *tok, unsigned groups)
{
	for (const char *p = tok->text; (p = strchr(p, '{')) != NULL; p++) {
		size_t digits = strspn(p + 1, "0123456789");
		unsigned n = 0;

		if (digits == 0 || digits > 3 || p[1 + digits] != '}')
			continue;
		for (size_t i = 1; i <= digits; i++)
			n = n * 10 + (unsigned)(p[i] - '0');
		if (n > groups)
			cfc_warn(b->c, tok->span, "CF2017",
				 "there is no group %u: the expression has %u", n, groups);
	}
}

static bool
parse_directory(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct auto_config *self = config;
	const struct cfc_token *tok = line->tokens;

	if (!cfc_bind_count(b, line, 1, 3))
		return false;
	self->directory = cfc_bind_path(b, tok[1].text, tok[1].len);
	if (cfc_setup_stat(b->c, self->directory) == CFC_SETUP_DENIED) {
		cfc_error(b->c, tok[1].span, "CF1000", "'auto' cannot look at '%s'",
			  self->directory);
		return false;
	}
	if (line->ntokens == 2)
		return true;
	if (line->ntokens == 3) {
		cfc_error(b->c, tok[2].span, "CF2001",
			  "'directory' needs a template after the expression");
		cfc_note(b->c, cfc_no_span(), "such as {1}: what the first group matched");
		return false;
	}
	unsigned groups = cfc_regexp_groups(tok[2].text);
	if (!cfc_regexp(b->c, tok[2].span, tok[2].text, tok[2].len, &self->pcre))
		return false;
	if (groups == 0) {
		cfc_error(b->c, tok[2].span, "CF2002", "the expression '%s' has no group",
			  tok[2].text);
		cfc_note(b->c, cfc_no_span(),
			 "what a group (...) matches becomes the name of the zone");
		return false;
	}
	check_template(b, &tok[3], groups);
	self->template = tok[3].text;
	return true;
}

static void
auto_init(struct cfc_bind *b, void *config)
{
	struct auto_config *self = config;

	(void)b;
	self->pcre = "db\\.(.*)";
	self->template = "{1}";
}

static const struct cfc_arg auto_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct auto_config, zones),
	  .help = "the zones that may be there" },
};

static const struct cfc_arg reload_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .dflt = "1m",
	  CFC_AT(struct auto_config, reload) },
};

static const struct cfc_option auto_options[] = {
	{ .name = "directory",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_directory,
	  .syntax = "DIR [REGEXP TEMPLATE]",
	  .help = "the folder, which names of files are zones, and how their zones are called" },
	{ .name = "reload",
	  CFC_ARGS(reload_args),
	  .lax = CFC_LAX_MORE,
	  .help = "how often to look, 0 for never" },
	{ .name = "upstream", .ignored = true, .help = "had a meaning in old versions of CoreDNS" },
};

static const struct cfc_field auto_fields[] = {
	{ .field = "directory",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct auto_config, directory) },
	{ .field = "pcre", .kind = CFC_STRING, .offset = offsetof(struct auto_config, pcre) },
	{ .field = "template",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct auto_config, template) },
};

const struct cfc_plugin auto_plugin = {
	.name = "auto",
	.summary = "serves every zone file of a folder",
	CFC_CONFIG(auto_config),
	.directive = { CFC_ARGS(auto_args) },
	CFC_OPTIONS(auto_options),
	CFC_FIELDS(auto_fields),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_LINT_ONLY,
	.init = auto_init,
};
