/*
 * tsig_setup.c - compile time: what `tsig` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "dns/types.h"

static const char blanks[] = " \t\r";

struct tsig_secret {
	struct rt_name name;
	const char *base64;
};

struct tsig_secrets {
	const struct tsig_secret *v;
	unsigned n;
};

struct tsig_config {
	struct rt_names zones;
	struct rt_strings files;
	struct tsig_secrets secrets;
	struct rt_codes types; /* that require a signature */
	bool all_types;
	struct rt_codes opcodes;
	bool all_opcodes;
};

static bool
is_base64(const char *text, size_t len, size_t *octets)
{
	size_t pad = 0;

	while (len > 0 && pad < 2 && text[len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i + pad < len; i++) {
		char c = text[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}
	*octets = len / 4 * 3 - pad;
	return len > 0 && len % 4 == 0;
}

/* A secret shorter than the digest is weaker than the algorithm (RFC 8945 section 8). */
static bool
check_secret(struct cfc_bind *b, const struct cfc_token *tok)
{
	size_t octets;

	if (!is_base64(tok->text, tok->len, &octets)) {
		return cfc_stricter(b->c, tok->span, "CF2020", "the secret is not base64");
	}
	if (octets < 16)
		cfc_warn(b->c, tok->span, "CF2020",
			 "a secret of %zu octets is too short to be safe", octets);
	return true;
}

/* A key by its name; false: reported, there is one of that name. */
static bool
add_secret(struct cfc_bind *b, struct tsig_config *tsig, const struct cfc_token *place,
	   const struct rt_name *name, const char *base64)
{
	struct map *known = b->memo;

	if (known == NULL)
		known = b->memo = cfc_map(b->c);
	if (cfc_map_get(known, name->wire, name->len) != NULL) {
		cfc_error(b->c, place->span, "CF2010", "key '%s' is given twice", name->text);
		return false;
	}
	cfc_map_set(known, name->wire, name->len, name->text);
	struct tsig_secret *secret = cfc_list_add(b, &tsig->secrets, sizeof(*secret));
	secret->name = *name;
	secret->base64 = base64;
	return true;
}

static bool
parse_secret(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct tsig_config *tsig = config;
	struct rt_name name;

	if (!cfc_bind_count(b, line, 2, 2) || !cfc_bind_name(b, &line->tokens[1], &name) ||
	    !check_secret(b, &line->tokens[2]))
		return false;
	return add_secret(b, tsig, &line->tokens[1], &name, line->tokens[2].text);
}

/* "all", "none", or names of codes; what follows "all" or "none" is not looked at, as in CoreDNS. */
static bool
parse_codes(struct cfc_bind *b, const struct cfc_line *line, struct rt_codes *codes, bool *all,
	    int (*lookup)(uint16_t *, const char *, size_t), const char *what)
{
	if (!cfc_bind_count(b, line, 1, SIZE_MAX))
		return false;
	codes->n = 0;
	*all = strcmp(line->tokens[1].text, "all") == 0;
	if (*all || strcmp(line->tokens[1].text, "none") == 0)
		return true;
	for (size_t i = 1; i < line->ntokens; i++) {
		const struct cfc_token *tok = &line->tokens[i];
		uint16_t code;

		if (lookup(&code, tok->text, tok->len) != 0 || !cfc_bind_mnemonic(b, tok)) {
			cfc_error(b->c, tok->span, "CF2002", "unknown %s '%s'", what, tok->text);
			return false;
		}
		*(uint16_t *)cfc_list_add(b, codes, sizeof(code)) = code;
	}
	return true;
}

static bool
parse_require(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct tsig_config *tsig = config;

	return parse_codes(b, line, &tsig->types, &tsig->all_types, dns_type_parse, "type");
}

static bool
parse_require_opcode(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct tsig_config *tsig = config;

	return parse_codes(b, line, &tsig->opcodes, &tsig->all_opcodes, dns_opcode_parse, "opcode");
}

static const struct cfc_arg tsig_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct tsig_config, zones),
	  .help = "the zones that it is for" },
};

/* ---- files of keys ---- */

/* The next line that is not blank, cut off in place; NULL at the end. */
static char *
next_line(char **at)
{
	while (*at != NULL && **at != '\0') {
		char *line = strsep(at, "\n");

		line += strspn(line, blanks);
		if (*line != '\0')
			return line;
	}
	return NULL;
}

/* The second word of a line without the characters around it; false when nothing is left. */
static bool
second_word(struct cfc *c, const char *line, const char *around, const char **out)
{
	const char *word = line + strcspn(line, blanks);

	word += strspn(word, blanks);
	size_t len = strcspn(word, blanks);
	size_t cut = strspn(word, around);
	if (cut >= len)
		return false;
	while (strchr(around, word[len - 1]) != NULL)
		len--;
	*out = cfc_printf(c, "%.*s", (int)(len - cut), word + cut);
	return true;
}

/* What stands between the lines of "key NAME {" and "};"; NULL when that is no key. */
static const char *
read_key(struct cfc *c, char **text)
{
	const char *secret = NULL;

	for (char *line; (line = next_line(text)) != NULL;) {
		size_t len = strcspn(line, blanks);

		if (strncmp(line, "}", len) == 0 || strncmp(line, "};", len) == 0)
			break;
		if (len == 6 && strncmp(line, "secret", len) == 0) {
			if (!second_word(c, line, "\";", &secret))
				return NULL;
		} else if (len != 9 || strncmp(line, "algorithm", len) != 0) {
			return NULL;
		}
	}
	return secret;
}

/* "key NAME {", "algorithm ...", "secret TEXT;" and "};", a line each, as CoreDNS reads them. */
static bool
read_keys(struct cfc_bind *b, struct tsig_config *tsig, const struct cfc_token *tok, char *text)
{
	for (char *line; (line = next_line(&text)) != NULL;) {
		struct cfc_token key = { .span = tok->span };
		struct rt_name name;
		const char *secret = NULL;

		if (strcspn(line, blanks) == 3 && strncmp(line, "key", 3) == 0 &&
		    second_word(b->c, line, "\"{", &key.text))
			secret = read_key(b->c, &text);
		if (secret == NULL) {
			cfc_error(b->c, tok->span, "CF2002", "'%s' is no file of keys", tok->text);
			cfc_note(b->c, cfc_no_span(),
				 "expected 'key NAME {', 'algorithm NAME;', "
				 "'secret \"BASE64\";' and '};', a line each");
			return false;
		}
		key.len = strlen(key.text);
		if (!cfc_bind_name(b, &key, &name) || !add_secret(b, tsig, tok, &name, secret))
			return false;
	}
	return true;
}

static bool
parse_secrets(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct tsig_config *tsig = config;
	struct cfc_setup_text text;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	const struct cfc_token *tok = &line->tokens[1];
	*(const char **)cfc_list_add(b, &tsig->files, sizeof(char *)) = tok->text;
	if (cfc_setup_stat(b->c, tok->text) == CFC_SETUP_DIR) /* opened, and found empty */
		return true;
	if (!cfc_setup_readable(b, tok->span, tok->text, &text))
		return false;
	return text.v == NULL ||
	       read_keys(b, tsig, tok, arena_strndup(b->c->arena, text.v, text.len));
}

static const struct cfc_option tsig_options[] = {
	{ .name = "secret",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_secret,
	  .syntax = "NAME KEY",
	  .secret = true,
	  .help = "a key: its name and its secret in base64" },
	{ .name = "secrets",
	  .repeat = CFC_REPEAT_MERGE,
	  .parse = parse_secrets,
	  .syntax = "FILE",
	  .help = "reads keys from a file in the form of named.conf; not relative to `root`" },
	{ .name = "require",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_require,
	  .syntax = "TYPE...|all|none",
	  .help = "the query types that need a signature" },
	{ .name = "require_opcode",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_require_opcode,
	  .syntax = "OPCODE...|all|none",
	  .help = "the opcodes that need a signature" },
};

static const struct cfc_field secret_fields[] = {
	{ .field = "name", .kind = CFC_NAME, .offset = offsetof(struct tsig_secret, name) },
	{ .field = "base64",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct tsig_secret, base64),
	  .secret = true },
};

static const struct cfc_struct secret_struct = {
	.type = "struct tsig_secret",
	.size = sizeof(struct tsig_secret),
	.fields = secret_fields,
	.nfields = ARRAY_SIZE(secret_fields),
};

static const struct cfc_field tsig_fields[] = {
	{ .field = "files", .kind = CFC_STRINGS, .offset = offsetof(struct tsig_config, files) },
	{ .field = "secrets",
	  .kind = CFC_STRUCTS,
	  .offset = offsetof(struct tsig_config, secrets),
	  .elems = &secret_struct },
	{ .field = "types", .kind = CFC_TYPES, .offset = offsetof(struct tsig_config, types) },
	{ .field = "all_types",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct tsig_config, all_types) },
	{ .field = "all_opcodes",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct tsig_config, all_opcodes) },
};

const struct cfc_plugin tsig_plugin = {
	.name = "tsig",
	.summary = "checks and makes signatures of transactions",
	CFC_CONFIG(tsig_config),
	.directive = { CFC_ARGS(tsig_args) },
	CFC_OPTIONS(tsig_options),
	CFC_FIELDS(tsig_fields),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
};
