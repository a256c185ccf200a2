/*
 * Corefiles made up from the option tables; see corefile_gen.h.
 */
#include "config.h"

#include "tests/support/corefile_gen.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/duration.h"
#include "compiler/plugin.h"

struct gen {
	const struct cfc *c;
	struct buf *out;
	uint32_t state;
	unsigned comments;
	unsigned snippets; /* defined so far */
	bool crlf;
};

/* 0 ... bound - 1; from Numerical Recipes, nothing depends on its quality. */
static unsigned
pick(struct gen *g, unsigned bound)
{
	g->state = g->state * 1664525u + 1013904223u;
	return (g->state >> 8) % bound;
}

static bool
one_in(struct gen *g, unsigned n)
{
	return pick(g, n) == 0;
}

/* ---- layout ---- */

static void
put_blank(struct gen *g)
{
	static const char *const blanks[] = { "  ", "\t", " \t ", "\xc2\xa0", "      " };

	buf_puts(g->out, one_in(g, 4) ? blanks[pick(g, ARRAY_SIZE(blanks))] : " ");
}

static void
put_comment(struct gen *g)
{
	static const char *const texts[] = { "", " why", " {", " } \"", "# #", " a\tb  " };

	buf_printf(g->out, "#%u%s", g->comments++, texts[pick(g, ARRAY_SIZE(texts))]);
}

static void
put_newline(struct gen *g)
{
	buf_puts(g->out, g->crlf ? "\r\n" : "\n");
}

/* Ends a line; comments and empty lines may follow. */
static void
end_line(struct gen *g)
{
	if (one_in(g, 6)) {
		put_blank(g);
		put_comment(g);
	} else if (one_in(g, 6)) {
		put_blank(g);
	}
	put_newline(g);
	for (unsigned i = one_in(g, 8) ? 1 + pick(g, 3) : 0; i > 0; i--) {
		if (one_in(g, 2)) {
			put_blank(g);
			put_comment(g);
		}
		put_newline(g);
	}
}

static void
indent(struct gen *g, unsigned depth)
{
	if (one_in(g, 3))
		depth = pick(g, 5);
	for (unsigned i = 0; i < depth; i++)
		buf_puts(g->out, one_in(g, 3) ? "\t" : "    ");
}

static void
put_word(struct gen *g, const char *text)
{
	bool needs = text[0] == '\0' || strpbrk(text, " \t\n#\"") != NULL;

	if (!needs && !one_in(g, 7)) {
		buf_puts(g->out, text);
		if (one_in(g, 300)) /* cuts the word; the rest of the line is still words */
			buf_printf(g->out, "#%u", g->comments++);
		return;
	}
	buf_putc(g->out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_putc(g->out, '\\');
		buf_putc(g->out, *text);
	}
	buf_putc(g->out, '"');
}

/* Words as in a shell: parted by blanks, 'quoted where they hold some'. */
static void
put_words(struct gen *g, const char *text)
{
	while (*text != '\0') {
		char word[256];
		const char *end = *text == '\'' ? strchr(++text, '\'') : text + strcspn(text, " ");
		snprintf(word, sizeof(word), "%.*s", (int)(end - text), text);
		put_word(g, word);
		text = end + (*end == '\'');
		if (*text == ' ') {
			text++;
			put_blank(g);
		}
	}
}

/* ---- values ---- */

static const char *const values[][12] = {
	[CFC_FLAG] = { "on", "off" },
	[CFC_UINT] = { "1", "20", "512", "1000" },
	[CFC_DURATION] = { "10s", "1m30s", "500ms", "2h", "5s" },
	[CFC_INTERVAL] = { "30s", "30", "1m" },
	[CFC_SECONDS] = { "5", "30", "3600" },
	[CFC_PERCENT] = { "10%", "50%", "90%" },
	[CFC_STRING] = { "word", "two words", "", "a#b", "{common}", "\"quoted\"", "caf\xc3\xa9",
			 "back\\slash", "over\nlines", "{$ZONE}" },
	[CFC_PATH] = { "db.example", "/etc/hosts", "a file", "zones/x" },
	[CFC_NAME] = { "example.org", ".", "a.example.", "EXAMPLE.net", "10.0.0.0/8" },
	[CFC_NAMES] = { "example.org", ".", "sub.example.org", "x.test" },
	[CFC_ZONES] = { "example.org", "10.0.0.0/24", "x.test.", "{$ZONE}" },
	[CFC_FALLTHROUGH] = { "example.org", "in-addr.arpa", "ip6.arpa" },
	[CFC_STRINGS] = { "one", "'", "word, word", "{remote}", "x y" },
	[CFC_ADDR] = { "192.0.2.1", "2001:db8::1", "192.0.2.1:5353" },
	[CFC_ADDRS] = { "192.0.2.1", "2001:db8::1", "127.0.0.1" },
	[CFC_CIDRS] = { "10.0.0.0/8", "192.0.2.7", "2001:db8::/32" },
	[CFC_RCODES] = { "NXDOMAIN", "SERVFAIL", "REFUSED" },
	[CFC_TYPES] = { "A", "AAAA", "MX", "ANY" },
	[CFC_ENDPOINT] = { ":9153", "localhost:8080", "127.0.0.1:8181" },
};

static const char *const odd_values[] = {
	"",     "x",          "-1",  "99999999999", "1.5",  "a..b",   "{",       "}",
	"10 s", "{$MISSING}", "a,b", "(name)",      "10s#", "import", "\\d+\\.", "\"",
};

static void
put_value(struct gen *g, const struct cfc_arg *arg)
{
	unsigned n = 0;

	if (one_in(g, 40)) {
		put_word(g, odd_values[pick(g, ARRAY_SIZE(odd_values))]);
	} else if (arg->kind == CFC_ENUM) {
		while (arg->values[n] != NULL)
			n++;
		put_word(g, arg->values[pick(g, n)]);
	} else if (arg->dflt != NULL && one_in(g, 3)) {
		put_words(g, arg->dflt);
	} else if (arg->kind < ARRAY_SIZE(values) && values[arg->kind][0] != NULL) {
		while (n < ARRAY_SIZE(values[0]) && values[arg->kind][n] != NULL)
			n++;
		put_word(g, values[arg->kind][pick(g, n)]);
	} else {
		put_word(g, "word");
	}
}

static void
put_args(struct gen *g, const struct cfc_option *opt)
{
	for (unsigned i = 0; i < opt->nargs; i++) {
		const struct cfc_arg *arg = &opt->args[i];
		unsigned n = 1;

		if (arg->arity == CFC_OPT && one_in(g, 2))
			return;
		if (arg->arity == CFC_REST || arg->arity == CFC_MANY)
			n = (arg->arity == CFC_MANY) + pick(g, one_in(g, 20) ? 40 : 3);
		if (arg->arity == CFC_IF)
			n = pick(g, 2);
		for (; n > 0; n--) {
			put_blank(g);
			put_value(g, arg);
		}
	}
}

/* ---- lines whose grammar is no table: what plugins parse themselves ---- */

static const struct {
	const char *plugin, *line; /* '|' begins a line of the block */
} irregular[] = {
	{ "acl", "acl example.org|block type ANY net *|allow net 10.0.0.0/8 192.0.2.1|block" },
	{ "auto", "auto|directory /zones '(.*)\\.db' {1}|reload 30s" },
	{ "errors", "errors|consolidate 5m '.* i/o timeout$' warning|consolidate 30s ^Failed" },
	{ "forward", "forward . 192.0.2.1 tls://192.0.2.2|policy sequential|except a.test b.test" },
	{ "forward", "forward . /etc/resolv.conf|max_concurrent 1000|health_check 5s no_rec" },
	{ "header", "header|response set ra aa|query clear rd" },
	{ "hosts", "hosts|192.0.2.1 a.test b.test|2001:db8::1 c.test *.d.test|fallthrough" },
	{ "hosts", "hosts /etc/hosts example.org|ttl 60|no_reverse" },
	{ "kubernetes", "kubernetes cluster.local|labels 'a in (b, c)'|pods verified|ttl 30" },
	{ "loadbalance", "loadbalance prefer 10.0.0.0/8" },
	{ "log", "log . '{remote} \"{name}\"'|class denial error" },
	{ "log", "log example.org {combined}" },
	{ "rewrite", "rewrite name suffix .a.test .b.test answer auto" },
	{ "rewrite", "rewrite stop|name regex (.*)\\.a {1}.b|answer name (.*)\\.b {1}.a" },
	{ "rewrite", "rewrite continue ttl regex '(.*)' 30-300" },
	{ "rewrite", "rewrite edns0 local set 0xffee {client_ip}" },
	{ "template", "template IN A ip.test|match '^ip-(?P<a>\\d+)[.]ip[.]test[.]$'|"
		      "answer '{{ .Name }} 60 IN A 10.0.0.{{ .Group.a }}'|fallthrough" },
	{ "transfer", "transfer example.org|to * 192.0.2.1" },
	{ "tsig", "tsig|secret k. NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=|require AXFR IXFR" },
	{ "view", "view v|expr 'incidr(client_ip(), \"10.0.0.0/8\")'|expr type() in ['A']" },
	{ "whoami", "whoami" },
};

static void
open_brace(struct gen *g)
{
	put_blank(g);
	buf_putc(g->out, '{');
	if (one_in(g, 6)) {
		put_blank(g);
		put_comment(g);
	}
	put_newline(g);
}

static void
put_irregular(struct gen *g, unsigned depth)
{
	const char *text = irregular[pick(g, ARRAY_SIZE(irregular))].line;
	bool first = true;

	for (;;) {
		char line[256];
		size_t len = strcspn(text, "|");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		indent(g, depth + !first);
		put_words(g, line);
		text += len + (text[len] == '|');
		if (*text == '\0')
			break;
		if (first)
			open_brace(g);
		else
			end_line(g);
		first = false;
	}
	if (!first) {
		end_line(g);
		indent(g, depth);
		buf_putc(g->out, '}');
	}
	end_line(g);
}

/* ---- lines of tables ---- */

static void
put_option(struct gen *g, const struct cfc_plugin *p, unsigned depth)
{
	const struct cfc_option *opt = &p->options[pick(g, p->noptions)];

	indent(g, depth);
	put_word(g, one_in(g, 60) ? "unknown" : opt->name);
	if (opt->parse == NULL)
		put_args(g, opt);
	else
		put_words(g, " word");
	end_line(g);
}

static void
put_directive(struct gen *g, unsigned depth)
{
	const struct cfc_plugin *p = g->c->plugins[pick(g, (unsigned)g->c->nplugins)];

	if (one_in(g, 3)) {
		put_irregular(g, depth);
		return;
	}
	indent(g, depth);
	put_word(g, one_in(g, 80) ? "unknwon" : p->name);
	if (p->directive.parse == NULL)
		put_args(g, &p->directive);
	if (p->noptions > 0 && one_in(g, 2)) {
		open_brace(g);
		for (unsigned n = pick(g, 4); n > 0; n--)
			put_option(g, p, depth + 1);
		indent(g, depth);
		buf_putc(g->out, '}');
	}
	end_line(g);
}

/* ---- server blocks ---- */

static void
put_body(struct gen *g, unsigned depth)
{
	for (unsigned n = 1 + pick(g, 5); n > 0; n--) {
		if (g->snippets > 0 && one_in(g, 8)) {
			indent(g, depth);
			buf_printf(g->out, "import s%u", pick(g, g->snippets + one_in(g, 50)));
			end_line(g);
		} else {
			put_directive(g, depth);
		}
	}
}

static void
put_block(struct gen *g)
{
	buf_putc(g->out, '{');
	end_line(g);
	put_body(g, 1);
	indent(g, 0);
	buf_putc(g->out, '}');
	if (!one_in(g, 20)) /* else the next keys follow on the same line */
		end_line(g);
	else
		put_blank(g);
}

static void
put_keys(struct gen *g, bool braces)
{
	static const char *const keys[] = {
		".",
		"example.org",
		"a.example.org:1053",
		"10.0.0.0/24",
		"tls://x.test",
		"dns://.:5353",
		"sub.example.org.",
		"2001:db8::/32",
		"{$ZONE}",
		"{$COMMA}",
		"bad..name",
		"example.net{",
	};

	for (unsigned n = 1 + pick(g, 3); n > 0; n--) {
		put_word(g, keys[pick(g, one_in(g, 30) ? ARRAY_SIZE(keys) : ARRAY_SIZE(keys) - 2)]);
		if (n == 1)
			break;
		if (one_in(g, 3))
			buf_putc(g->out, ',');
		if (g->out->data[g->out->len - 1] == ',' && one_in(g, 2))
			end_line(g);
		else
			put_blank(g);
	}
	if (braces && one_in(g, 12))
		put_newline(g);
	else
		put_blank(g);
}

static void
put_snippet(struct gen *g)
{
	buf_printf(g->out, "(s%u) ", g->snippets);
	put_block(g);
	g->snippets++;
}

void
corefile_gen(const struct cfc *c, uint32_t seed, struct buf *out)
{
	struct gen g = { .c = c, .out = out, .state = seed * 2654435761u + 1 };

	g.crlf = one_in(&g, 10);
	if (one_in(&g, 20))
		buf_puts(out, "\xef\xbb\xbf");
	if (one_in(&g, 4))
		end_line(&g);
	for (unsigned n = pick(&g, 3); n > 0; n--)
		put_snippet(&g);
	if (one_in(&g, 8)) { /* one block without braces, up to the end */
		put_keys(&g, false);
		end_line(&g);
		put_body(&g, 0);
	} else {
		for (unsigned n = 1 + pick(&g, 3); n > 0; n--) {
			put_keys(&g, true);
			put_block(&g);
		}
	}
	if (one_in(&g, 4)) {
		put_comment(&g); /* the last line, without its end */
	}
}
