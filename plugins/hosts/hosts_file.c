/*
 * hosts_file.c - the text of a hosts file, line by line.
 */
#include "config.h"

#include "hosts/hosts_file.h"

#include "dns/name.h"
#include "hosts/hosts_addr.h"

struct parser {
	struct hosts_builder *builder;
	const struct rt_names *zones;
	struct hosts_file_report *report;
	uint64_t line; /* number, from 1 */
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word at *p; NULL at the end. */
static const char *
next_word(const char **p, const char *end, size_t *len)
{
	const char *at = *p;

	while (at < end && is_blank(*at))
		at++;
	const char *word = at;
	while (at < end && !is_blank(*at))
		at++;
	*p = at;
	*len = (size_t)(at - word);
	return at > word ? word : NULL;
}

static void
skip(struct parser *p)
{
	if (p->report->skipped++ == 0)
		p->report->first_line = p->line;
}

static bool
in_zones(const struct rt_names *zones, const uint8_t *name)
{
	for (unsigned i = 0; i < zones->n; i++) {
		if (zones->v[i].len == 1 || dns_name_is_subdomain(name, zones->v[i].wire))
			return true;
	}
	return false;
}

static int
parse_line(struct parser *p, const char *at, const char *end)
{
	uint8_t name[DNS_NAME_BUF];
	struct addr addr;
	size_t len;
	const char *word = next_word(&at, end, &len);

	if (word == NULL)
		return 0;
	if (!hosts_addr_parse(&addr, word, len)) {
		skip(p);
		return 0;
	}
	word = next_word(&at, end, &len);
	p->report->lines += word != NULL;
	for (; word != NULL; word = next_word(&at, end, &len)) {
		if (dns_name_from_text(name, word, len) < 0) {
			skip(p);
			continue;
		}
		dns_name_lower(name, name);
		if (!in_zones(p->zones, name))
			continue;
		int rc = hosts_builder_add(p->builder, HOSTS_FILE, name, &addr);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
hosts_file_parse(struct hosts_builder *b, const char *text, size_t len,
		 const struct rt_names *zones, struct hosts_file_report *report)
{
	struct parser p = { b, zones, report, 0 };
	const char *at = text;

	*report = (struct hosts_file_report){ 0 };
	if (len == 0) /* there may be no text then */
		return 0;
	const char *end = text + len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline != NULL ? newline : end;
		const char *comment = memchr(at, '#', (size_t)(stop - at));

		p.line++;
		int rc = parse_line(&p, at, comment != NULL ? comment : stop);
		if (rc != 0)
			return rc;
		at = stop + 1;
	}
	return 0;
}
