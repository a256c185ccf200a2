/*
 * Reading resolv.conf and hosts files.
 */
#include "config.h"

#include "resolvconf.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"

#define DNS_PORT  53
#define NDOTS_MAX 15u

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the next line off the text; false at the end. */
static bool
next_line(struct resolvconf_text *rest, struct resolvconf_text *line)
{
	const char *end;

	if (rest->len == 0)
		return false;
	end = memchr(rest->text, '\n', rest->len);
	line->text = rest->text;
	line->len = end != NULL ? (size_t)(end - rest->text) : rest->len;
	rest->text += line->len + (end != NULL);
	rest->len -= line->len + (end != NULL);
	return true;
}

/* Cuts the next word off the line; false when there is none before the end or a comment. */
static bool
next_word(struct resolvconf_text *line, struct resolvconf_text *word)
{
	while (line->len > 0 && is_blank(*line->text)) {
		line->text++;
		line->len--;
	}
	if (line->len == 0 || *line->text == '#' || *line->text == ';')
		return false;
	word->text = line->text;
	word->len = 0;
	while (word->len < line->len && !is_blank(word->text[word->len]))
		word->len++;
	line->text += word->len;
	line->len -= word->len;
	return true;
}

static bool
is_word(const struct resolvconf_text *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->text, text, word->len) == 0;
}

static void
take_server(struct resolvconf *conf, struct resolvconf_text *line)
{
	struct resolvconf_text word;
	struct addr a;

	if (!next_word(line, &word) || conf->nservers == RESOLVCONF_SERVERS_MAX ||
	    addr_parse(&a, word.text, word.len) != 0 || a.port != 0) {
		conf->nbad++;
		return;
	}
	a.port = DNS_PORT;
	conf->servers[conf->nservers++] = a;
}

/* The last search or domain line counts. */
static void
take_search(struct resolvconf *conf, struct resolvconf_text *line)
{
	struct resolvconf_text word;

	conf->nsearch = 0;
	while (conf->nsearch < RESOLVCONF_SEARCH_MAX && next_word(line, &word))
		conf->search[conf->nsearch++] = word;
}

static void
take_options(struct resolvconf *conf, struct resolvconf_text *line)
{
	static const char ndots[] = "ndots:";
	size_t skip = sizeof(ndots) - 1;
	struct resolvconf_text word;
	uint16_t n;

	while (next_word(line, &word)) {
		if (word.len <= skip || memcmp(word.text, ndots, skip) != 0 ||
		    num_parse_u16(&n, word.text + skip, word.len - skip) != 0)
			continue;
		conf->ndots = n > NDOTS_MAX ? NDOTS_MAX : n;
	}
}

void
resolvconf_parse(struct resolvconf *conf, const char *text, size_t len)
{
	struct resolvconf_text rest = { text, len };
	struct resolvconf_text line, word;

	memset(conf, 0, sizeof(*conf));
	conf->ndots = 1;
	while (next_line(&rest, &line)) {
		if (!next_word(&line, &word))
			continue;
		if (is_word(&word, "nameserver"))
			take_server(conf, &line);
		else if (is_word(&word, "search") || is_word(&word, "domain"))
			take_search(conf, &line);
		else if (is_word(&word, "options"))
			take_options(conf, &line);
	}
}

/* ---- names ---- */

/* Adds prefix.suffix, if that is a name. */
static void
add_name(uint8_t names[][DNS_NAME_BUF], unsigned *n, const char *prefix,
	 const struct resolvconf_text *suffix)
{
	char text[DNS_NAME_TEXT_MAX];
	int len = suffix == NULL ? snprintf(text, sizeof(text), "%s", prefix)
				 : snprintf(text, sizeof(text), "%s.%.*s", prefix, (int)suffix->len,
					    suffix->text);

	if (len > 0 && (size_t)len < sizeof(text) &&
	    dns_name_from_text(names[*n], text, (size_t)len) > 0)
		++*n;
}

static unsigned
count_dots(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '.';
	return n;
}

unsigned
resolvconf_names(const struct resolvconf *conf, const char *host,
		 uint8_t names[RESOLVCONF_NAMES_MAX][DNS_NAME_BUF])
{
	bool absolute = host[0] != '\0' && host[strlen(host) - 1] == '.';
	bool first = absolute || count_dots(host) >= conf->ndots;
	unsigned n = 0;

	if (first)
		add_name(names, &n, host, NULL);
	for (unsigned i = 0; !absolute && i < conf->nsearch; i++)
		add_name(names, &n, host, &conf->search[i]);
	if (!first)
		add_name(names, &n, host, NULL);
	return n;
}

/* ---- hosts ---- */

static bool
line_names(struct resolvconf_text *line, const char *name, size_t len)
{
	struct resolvconf_text word;

	while (next_word(line, &word)) {
		if (word.len > 0 && word.text[word.len - 1] == '.')
			word.len--;
		if (word.len == len && strncasecmp(word.text, name, len) == 0)
			return true;
	}
	return false;
}

unsigned
hosts_find(const char *text, size_t len, const char *name, struct addr *out, unsigned max)
{
	struct resolvconf_text rest = { text, len };
	struct resolvconf_text line, word;
	size_t name_len = strlen(name);
	unsigned n = 0;

	if (name_len > 1 && name[name_len - 1] == '.')
		name_len--;
	while (n < max && next_line(&rest, &line)) {
		struct addr a;

		if (next_word(&line, &word) && addr_parse(&a, word.text, word.len) == 0 &&
		    a.port == 0 && line_names(&line, name, name_len))
			out[n++] = a;
	}
	return n;
}
