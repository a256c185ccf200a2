/*
 * dns64_setup.c - compile time: what `dns64` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <string.h>

#include "compiler/fix.h"
#include "compiler/plugin.h"

struct dns64_config {
	bool translate_all;
	bool allow_ipv4;
	struct cidr prefix;
};

static bool
parse_prefix(struct cfc_bind *b, const struct cfc_token *tok, struct dns64_config *dns64)
{
	struct cidr net;

	if (strchr(tok->text, '/') == NULL || cidr_parse(&net, tok->text, tok->len, NULL) != 0 ||
	    net.addr.family != ADDR_V6) {
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not an IPv6 network", tok->text);
		cfc_note(b->c, cfc_no_span(), "for example 64:ff9b::/96");
		return false;
	}
	if (net.bits < 32 || net.bits > 96 || net.bits % 8 != 0) {
		cfc_error(b->c, tok->span, "CF2003",
			  "a prefix of %u bits is out of range, expected 32, 40, "
			  "48 ... 96",
			  net.bits);
		return false;
	}
	dns64->prefix = net;
	return true;
}

static bool
parse_prefix_line(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return cfc_bind_count(b, line, 1, 1) && parse_prefix(b, &line->tokens[1], config);
}

/* With a prefix on the directive's own line CoreDNS goes on behind it and never reads the block. */
static bool
parse_directive(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	if (!cfc_bind_count(b, line, 0, 1))
		return false;
	if (line->ntokens == 1)
		return true;
	if (b->directive->nlines > 0) {
		cfc_warn(b->c, b->directive->open, "CF2014",
			 "CoreDNS does not read this block: the prefix stands before it");
		cfc_note(b->c, line->tokens[1].span, "move it into the block: 'prefix %s'",
			 line->tokens[1].text);
		static const char title[] = "move the prefix into the block";
		cfc_fix_delete_word(b->c, title, &b->directive->args[0]);
		cfc_fix_add_line(b->c, title, b->directive,
				 cfc_printf(b->c, "prefix %s", line->tokens[1].text));
	}
	return parse_prefix(b, &line->tokens[1], config);
}

static void
dns64_init(struct cfc_bind *b, void *config)
{
	static const struct cfc_token known = { .text = "64:ff9b::/96", .len = 12 };

	parse_prefix(b, &known, config);
}

static const struct cfc_option dns64_options[] = {
	{ .name = "prefix",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_prefix_line,
	  .syntax = "PREFIX",
	  .help = "the network that IPv4 addresses are put into" },
	{ .name = "translate_all",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct dns64_config, translate_all),
	  .help = "also for names that have IPv6 addresses" },
	{ .name = "allow_ipv4",
	  .lax = CFC_LAX_FLAT,
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct dns64_config, allow_ipv4),
	  .help = "also for queries that come over IPv4" },
};

const struct cfc_plugin dns64_plugin = {
	.name = "dns64",
	.summary = "makes IPv6 addresses from IPv4 ones",
	CFC_CONFIG(dns64_config),
	.directive = { .parse = parse_directive, .syntax = "[PREFIX]", .lax = CFC_LAX_HEADS },
	CFC_OPTIONS(dns64_options),
	.repeat = CFC_REPEAT_MERGE,
	.traits = CFC_HANDLER | CFC_LINT_ONLY,
	.init = dns64_init,
};
