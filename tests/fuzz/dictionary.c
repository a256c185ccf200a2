/*
 * Prints a dictionary for libFuzzer: the words of all option tables, and what the language is made of.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/plugin.h"
#include "compiler/plugins.h"

static const char *const pieces[] = {
	"{",
	"}",
	" {\n",
	"\n}\n",
	"(s) {\n",
	"import s\n",
	"import a\n",
	"{$ZONE}",
	"{%UP%}",
	"{args[0]}",
	"{$NO}",
	"{{ .Name }}",
	"\"",
	"\\\"",
	"# ",
	"# corefile-lint disable=CF2011",
	"example.org",
	"in-addr.arpa",
	"10.0.0.0/8",
	"10.0.0.1:53",
	"[2001:db8::1]:53",
	"2001:db8::/33",
	"127.0.0.1",
	"tls://",
	"https://",
	"dns://",
	"grpc://",
	"quic://",
	"/etc/resolv.conf",
	"fallthrough",
	"1s",
	"10%",
	"65536",
	"-1",
	"18446744073709551616",
	"{1}",
	"(.*)",
	"[^a-z]+$",
	"incidr(client_ip(), '10.0.0.0/8')",
	"type() == 'A'",
	"\xef\xbb\xbf",
	"\xc2\xa0",
	"\xff",
};

/* Each word once. */
static void
put(struct map *seen, const char *word)
{
	if (word == NULL || word[0] == '\0' || map_find(seen, word, strlen(word)) != NULL)
		return;
	xmap_set(seen, word, strlen(word), NULL);
	putchar('"');
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			printf("\\%c", *word);
		else if (*word < ' ' || *word > '~')
			printf("\\x%02x", (unsigned)(unsigned char)*word);
		else
			putchar(*word);
	}
	puts("\"");
}

static void
put_option(struct map *seen, const struct cfc_option *opt)
{
	put(seen, opt->name);
	for (unsigned i = 0; i < opt->nargs; i++) {
		const char *const *values = opt->args[i].values;

		put(seen, opt->args[i].dflt);
		for (; values != NULL && *values != NULL; values++)
			put(seen, *values);
	}
}

int
main(void)
{
	struct map seen;
	struct cfc c;

	cfc_init(&c);
	cfc_plugins_init(&c);
	map_init(&seen);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		put(&seen, pieces[i]);
	for (size_t i = 0; i < c.nplugins; i++) {
		put(&seen, c.plugins[i]->name);
		put_option(&seen, &c.plugins[i]->directive);
		for (unsigned j = 0; j < c.plugins[i]->noptions; j++)
			put_option(&seen, &c.plugins[i]->options[j]);
	}
	map_release(&seen);
	cfc_release(&c);
	return 0;
}
