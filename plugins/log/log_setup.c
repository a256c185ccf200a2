/*
 * log_setup.c - compile time: rules and formats.
 */
#include "config.h"

#include "log/log.h"

#include <string.h>

#include "base/buf.h"
#include "compiler/cfc.h"
#include "compiler/fix.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/suggest.h"
#include "dns/name.h"

#define COMMON                                                                                     \
	"{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do} {>bufsize}\" "       \
	"{rcode} {>rflags} {rsize} {duration}"
#define COMBINED COMMON " \"{>opcode}\""

/* In the order of enum log_field. */
static const char *const placeholders[] = { [LOG_TEXT] = "text",
#define X(symbol, placeholder) [LOG_##symbol] = placeholder,
					    LOG_FIELDS(X)
#undef X
						    [LOG_METADATA] = "metadata" };

static const struct {
	const char *name;
	uint32_t bit;
} classes[] = {
	{ "all", LOG_ALL },
	{ "success", LOG_SUCCESS },
	{ "denial", LOG_DENIAL },
	{ "error", LOG_ERROR },
};

/* ---- formats ---- */

static void
add_piece(struct cfc_bind *b, struct log_pieces *pieces, enum log_field field, const char *text,
	  size_t len)
{
	struct log_piece *piece = cfc_list_add(b, pieces, sizeof(*piece));

	piece->field = (int)field;
	piece->text = text == NULL ? NULL : cfc_printf(b->c, "%.*s", (int)len, text);
}

static enum log_field
find_field(const char *text, size_t len)
{
	for (size_t i = LOG_TEXT + 1; i < LOG_METADATA; i++) {
		if (strlen(placeholders[i]) == len && memcmp(placeholders[i], text, len) == 0)
			return (enum log_field)i;
	}
	return LOG_TEXT;
}

/* Text in braces that looks like a placeholder and is none is printed as it stands. */
static void
warn_unknown(struct cfc_bind *b, const struct cfc_token *tok, const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_>";
	const char *word = cfc_printf(b->c, "%.*s", (int)len, text);

	if (len < 3 || strspn(word + 1, letters) != len - 2)
		return;
	cfc_warn(b->c, tok->span, "CF2025", "'%s' is no placeholder: it is logged as it stands",
		 word);
	const char *near = cfc_suggest(word, placeholders + 1, LOG_METADATA - 1);
	if (near == NULL)
		return;
	cfc_note(b->c, tok->span, "did you mean '%s'?", near);
	const char *at = memmem(tok->raw, tok->rawlen, word, len);
	if (at == NULL || tok->env)
		return;
	struct cfc_span span = tok->span;
	span.column += (uint32_t)(at - tok->raw);
	span.length = (uint32_t)len;
	cfc_fix_replace(b->c, cfc_printf(b->c, "write '%s'", near), span, near);
}

static bool
has_directive(const struct cfc_bind *b, const char *name, size_t len)
{
	const struct cfc_server *server = b->block->tree;

	for (size_t i = 0; i < server->ndirectives; i++) {
		if (server->directives[i].name.len == len &&
		    memcmp(server->directives[i].name.text, name, len) == 0)
			return true;
	}
	return false;
}

/* {/PLUGIN/LABEL}: metadata.  What the plugin itself provides is known; a server has no other yet. */
static void
add_metadata(struct cfc_bind *b, const struct cfc_token *tok, struct log_pieces *pieces,
	     const char *text, size_t len)
{
	const char *label = cfc_printf(b->c, "%.*s", (int)len - 3, text + 2);

	if (b->c->building || !has_directive(b, label, strcspn(label, "/")))
		cfc_warn(b->c, tok->span, "CF3008",
			 "no plugin of this server provides metadata '%s': '-' is logged", label);
	else if (!has_directive(b, "metadata", strlen("metadata"))) {
		cfc_warn(b->c, tok->span, "CF3008",
			 "nothing collects metadata in this server block: '-' is logged for '%s'",
			 label);
		cfc_note(b->c, cfc_no_span(), "add 'metadata'");
	}
	add_piece(b, pieces, LOG_METADATA, text, len);
}

/* Cuts a format at its placeholders.  A brace belongs to the nearest one of the other kind. */
static void
cut_format(struct cfc_bind *b, const struct cfc_token *tok, const char *text,
	   struct log_pieces *pieces)
{
	const char *from = text; /* what is not cut off yet */

	for (const char *close = strchr(text, '}'); close != NULL; close = strchr(close + 1, '}')) {
		const char *open = close;

		while (open > from && *open != '{')
			open--;
		size_t len = (size_t)(close - open) + 1;
		enum log_field field = *open == '{' ? find_field(open, len) : LOG_TEXT;
		bool metadata = field == LOG_TEXT && open[0] == '{' && open[1] == '/';

		if (field == LOG_TEXT && !metadata) {
			if (*open == '{')
				warn_unknown(b, tok, open, len);
			continue;
		}
		if (open > from)
			add_piece(b, pieces, LOG_TEXT, from, (size_t)(open - from));
		if (metadata)
			add_metadata(b, tok, pieces, open, len);
		else
			add_piece(b, pieces, field, NULL, 0);
		from = close + 1;
	}
	if (*from != '\0')
		add_piece(b, pieces, LOG_TEXT, from, strlen(from));
}

/* The text with every `what` in it replaced. */
static const char *
replace(struct cfc_bind *b, const char *text, const char *what, const char *by)
{
	const char *out = "";

	for (const char *at = strstr(text, what); at != NULL; at = strstr(text, what)) {
		out = cfc_printf(b->c, "%s%.*s%s", out, (int)(at - text), text, by);
		text = at + strlen(what);
	}
	return cfc_printf(b->c, "%s%s", out, text);
}

static void
parse_format(struct cfc_bind *b, const struct cfc_token *tok, struct log_pieces *pieces)
{
	static const struct cfc_token common = { .text = COMMON };

	if (tok == NULL)
		tok = &common;
	const char *text = replace(b, tok->text, "{common}", COMMON);
	cut_format(b, tok, replace(b, text, "{combined}", COMBINED), pieces);
}

/* ---- rules ---- */

/* The bits of a `class` line; what it has that is no class is reported by parse_class. */
static uint32_t
class_bits(const struct cfc_line *line)
{
	uint32_t bits = 0;

	for (size_t i = 1; i < line->ntokens; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(classes); j++) {
			if (strcmp(line->tokens[i].text, classes[j].name) == 0)
				bits |= classes[j].bit;
		}
	}
	return bits;
}

/* Reports only: the rules take their classes from the block when they are made. */
static bool
parse_class(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	const char *names[ARRAY_SIZE(classes)];
	bool ok = true;

	(void)config;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		names[i] = classes[i].name;
	if (line->ntokens < 2) {
		cfc_error(b->c, line->tokens[0].span, "CF2001", "'class' needs at least one class");
		cfc_note(b->c, cfc_no_span(), "expected all, success, denial or error");
		return false;
	}
	for (size_t i = 1; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		struct cfc_line one = { .tokens = &line->tokens[i - 1], .ntokens = 2 };

		if (class_bits(&one) != 0)
			continue;
		cfc_error(b->c, tok->span, "CF2002", "unknown class '%s'", tok->text);
		const char *near = cfc_suggest(tok->text, names, ARRAY_SIZE(names));
		if (near != NULL)
			cfc_note(b->c, tok->span, "did you mean '%s'?", near);
		cfc_note(b->c, cfc_no_span(), "expected all, success, denial or error");
		ok = false;
	}
	return ok;
}

static uint32_t
classes_of(const struct cfc_directive *d)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < d->nlines; i++) {
		if (strcmp(d->lines[i].tokens[0].text, "class") == 0)
			bits |= class_bits(&d->lines[i]);
	}
	return bits == 0 ? LOG_ALL : bits;
}

static void
warn_format_as_name(struct cfc_bind *b, const struct cfc_token *tok)
{
	cfc_warn(b->c, tok->span, "CF2012", "'%s' is taken as a name, not as a format", tok->text);
	/* As it is written, but without what counts for nothing in a bare word. */
	cfc_note(b->c, tok->span, "a format stands behind at least one name: 'log . %.*s'",
		 (int)(tok->quoted ? tok->rawlen : tok->len), tok->quoted ? tok->raw : tok->text);
	cfc_fix_insert(b->c, "log all names in this format", tok->span, ". ");
}

/* log [NAME...] [FORMAT]: the last of two or more words is a format if it has a brace. */
static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	static const struct cfc_token root = { .text = ".", .len = 1 };
	struct log_config *log = config;
	const struct cfc_token *names = line->tokens + 1;
	const struct cfc_token *format = NULL;
	size_t n = line->ntokens - 1;
	struct log_pieces pieces = { NULL, 0 };
	bool ok = true;

	if (n == 0) {
		names = &root;
		n = 1;
	} else if (n > 1 && strchr(names[n - 1].text, '{') != NULL) {
		format = &names[--n];
	} else if (n == 1 && strchr(names[0].text, '{') != NULL) {
		warn_format_as_name(b, &names[0]);
	}
	parse_format(b, format, &pieces);
	for (size_t i = 0; i < n; i++) {
		struct rt_name name;

		if (!cfc_bind_name(b, &names[i], &name)) {
			ok = false;
			continue;
		}
		struct log_rule *rule = cfc_list_add(b, &log->rules, sizeof(*rule));
		rule->name = name;
		rule->classes = classes_of(b->directive);
		rule->format = pieces;
		log->classes |= rule->classes;
	}
	cfc_bind_mark(b, offsetof(struct log_config, rules));
	cfc_bind_mark(b, offsetof(struct log_config, classes));
	return ok;
}

/* The first of the rules taken in that is for the name; NULL = none is. */
static const struct log_rule *
first_for(const struct map *rules, const struct rt_name *name)
{
	const struct log_rule *first = NULL;

	for (unsigned i = 0; i <= name->nlabels; i++) {
		const uint8_t *zone = dns_name_parent(name->wire, i);
		const struct log_rule *rule = cfc_map_get(rules, zone, dns_name_len(zone));

		if (rule != NULL && (first == NULL || rule < first))
			first = rule;
	}
	return first;
}

/* A rule behind one for the same names or more is never looked at. */
static bool
log_check(struct cfc_bind *b, void *config)
{
	const struct log_rules *rules = &((const struct log_config *)config)->rules;
	struct map *earlier = cfc_map(b->c);

	for (unsigned i = 0; i < rules->n; i++) {
		const struct rt_name *name = &rules->v[i].name;
		const struct log_rule *first = first_for(earlier, name);

		if (first == NULL) {
			cfc_map_set(earlier, name->wire, name->len, &rules->v[i]);
			continue;
		}
		cfc_warn(b->c, b->directive->name.span, "CF3003",
			 "the rule for '%s' is never used: an earlier one is for '%s'", name->text,
			 first->name.text);
		cfc_note(b->c, cfc_no_span(),
			 "the first rule whose name matches decides, also when its class "
			 "does not match");
	}
	return true;
}

static const struct cfc_option log_options[] = {
	{ .name = "class",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_class,
	  .syntax = "CLASS...",
	  .help = "logs answers of these classes only: all, success, denial, error" },
};

static const struct cfc_field piece_fields[] = {
	{ .field = "field",
	  .kind = CFC_ENUM,
	  .offset = offsetof(struct log_piece, field),
	  .values = placeholders },
	{ .field = "text", .kind = CFC_STRING, .offset = offsetof(struct log_piece, text) },
};

static const struct cfc_struct piece_struct = {
	.type = "struct log_piece",
	.size = sizeof(struct log_piece),
	.fields = piece_fields,
	.nfields = ARRAY_SIZE(piece_fields),
};

static const struct cfc_field rule_fields[] = {
	{ .field = "name", .kind = CFC_NAME, .offset = offsetof(struct log_rule, name) },
	{ .field = "classes",
	  .kind = CFC_UINT,
	  .offset = offsetof(struct log_rule, classes),
	  .comment = "1 all, 2 success, 4 denial, 8 error" },
	{ .field = "format",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct log_rule, format),
	  .elems = &piece_struct },
};

/* example.org. denial error "{remote} {type}" */
static void
rule_text(const void *one, struct buf *out)
{
	const struct log_rule *rule = one;

	buf_printf(out, "%s ", rule->name.text);
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if ((rule->classes & classes[i].bit) != 0)
			buf_printf(out, "%s ", classes[i].name);
	}
	buf_putc(out, '"');
	for (unsigned i = 0; i < rule->format.n; i++) {
		const struct log_piece *piece = &rule->format.v[i];

		buf_puts(out, piece->text != NULL ? piece->text : placeholders[piece->field]);
	}
	buf_putc(out, '"');
}

static const struct cfc_struct rule_struct = {
	.type = "struct log_rule",
	.size = sizeof(struct log_rule),
	.fields = rule_fields,
	.nfields = ARRAY_SIZE(rule_fields),
	.text = rule_text,
};

static const struct cfc_field log_fields[] = {
	{ .field = "classes",
	  .kind = CFC_UINT,
	  .offset = offsetof(struct log_config, classes),
	  .comment = "that a rule wants: 1 all, 2 success, 4 denial, 8 error",
	  .derived = true },
	{ .field = "rules",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct log_config, rules),
	  .comment = "the first that matches decides",
	  .elems = &rule_struct },
};

const struct cfc_plugin log_plugin = {
	.name = "log",
	.summary = "writes a line for each query to standard output",
	CFC_CONFIG(log_config),
	.directive = { .parse = parse_directive, .syntax = "[NAME...] [FORMAT]" },
	CFC_OPTIONS(log_options),
	CFC_FIELDS(log_fields),
	.repeat = CFC_REPEAT_MERGE,
	.hooks = CFC_REPLY,
	.traits = CFC_HANDLER,
	.check = log_check,
};
