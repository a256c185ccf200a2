/*
 * weights.c - reads weight files.  See weights.h.
 */
#include "config.h"

#include "loadbalance/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/num.h"
#include "dns/name.h"

/* Memory of one set; far above any file that a person writes. */
#define MEMORY_MAX ((size_t)256 << 20)

struct weight {
	struct addr addr;
	uint8_t value;
	struct weight *next;
};

struct domain {
	struct weight *first, **last;
};

struct loadbalance_weights {
	struct arena *arena;
	struct map domains; /* by wire name, lower case */
};

/* What is being read. */
struct parser {
	struct loadbalance_weights *w;
	struct domain *domain; /* NULL before the first one */
	const char *name;      /* of the file */
	char *error;
};

struct word {
	const char *text;
	size_t len;
};

static int
syntax(struct parser *p, const char *what, const struct word *word, const char *hint)
{
	int len = word->len > 255 ? 255 : (int)word->len;

	snprintf(p->error, LOADBALANCE_ERROR_MAX, "%s:\"%.*s\" in weight file %s%s", what, len,
		 word->text, p->name, hint);
	return RT_ESYNTAX;
}

static bool
parse_ip(struct addr *addr, const struct word *word)
{
	if (word->text[0] == '[' || addr_parse(addr, word->text, word->len) != 0 ||
	    addr->port != 0 || addr->scope != 0)
		return false;
	addr_unmap(addr);
	return true;
}

static int
begin_domain(struct parser *p, const struct word *word)
{
	uint8_t name[DNS_NAME_BUF];
	struct addr addr;
	size_t len;

	if (parse_ip(&addr, word))
		return syntax(p, "wrong domain name", word, ". (Maybe a missing weight value?)");
	if (dns_name_from_text(name, word->text, word->len) < 0)
		return syntax(p, "wrong domain name", word, "");
	len = dns_name_lower(name, name);
	p->domain = map_get(&p->w->domains, (const char *)name, len);
	if (p->domain != NULL)
		return 0;
	p->domain = arena_zalloc(p->w->arena, sizeof(*p->domain));
	if (p->domain == NULL)
		return RT_ENOMEM;
	p->domain->last = &p->domain->first;
	return map_set(&p->w->domains, (const char *)name, len, p->domain);
}

static int
add_weight(struct parser *p, const struct word *ip, const struct word *value)
{
	struct weight *weight;
	struct addr addr;
	int64_t n;

	if (!parse_ip(&addr, ip))
		return syntax(p, "wrong IP address", ip, "");
	if (num_parse_int(&n, value->text, value->len, 10) != 0 || n < 1 || n > 255)
		return syntax(p, "wrong weight value", value, "");
	if (p->domain == NULL) {
		snprintf(p->error, LOADBALANCE_ERROR_MAX, "missing domain name in weight file %s",
			 p->name);
		return RT_ESYNTAX;
	}
	weight = arena_zalloc(p->w->arena, sizeof(*weight));
	if (weight == NULL)
		return RT_ENOMEM;
	weight->addr = addr;
	weight->value = (uint8_t)n;
	*p->domain->last = weight;
	p->domain->last = &weight->next;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Up to three words of a line; more than that is as wrong as three. */
static unsigned
split(const char *text, size_t len, struct word words[3])
{
	unsigned n = 0;
	size_t at = 0;

	while (n < 3) {
		while (at < len && is_blank(text[at]))
			at++;
		if (at == len)
			break;
		words[n].text = text + at;
		while (at < len && !is_blank(text[at]))
			at++;
		words[n].len = (size_t)(text + at - words[n].text);
		n++;
	}
	return n;
}

static int
parse_line(struct parser *p, const char *text, size_t len)
{
	struct word line = { text, len };
	struct word words[3];
	unsigned n = split(text, len, words);

	if (n == 0 || words[0].text[0] == '#')
		return 0;
	if (n == 1)
		return begin_domain(p, &words[0]);
	if (n == 2)
		return add_weight(p, &words[0], &words[1]);
	return syntax(p, "could not parse weight line", &line, "");
}

static int
parse_text(struct parser *p, const char *text, size_t len)
{
	const char *end = text + len;
	int rc = 0;

	while (rc == 0 && text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		const char *stop = eol != NULL ? eol : end;

		rc = parse_line(p, text, (size_t)(stop - text));
		text = stop + (eol != NULL);
	}
	return rc;
}

int
loadbalance_weights_parse(struct loadbalance_weights **out, const char *text, size_t len,
			  const char *name, char error[LOADBALANCE_ERROR_MAX])
{
	struct loadbalance_weights *w = calloc(1, sizeof(*w));
	struct parser p = { .w = w, .name = name, .error = error };
	int rc = RT_ENOMEM;

	snprintf(error, LOADBALANCE_ERROR_MAX, "%s", rt_strerror(RT_ENOMEM));
	if (w == NULL)
		return rc;
	map_init(&w->domains);
	w->arena = arena_new(MEMORY_MAX);
	if (w->arena != NULL)
		rc = parse_text(&p, text, len);
	if (rc == 0)
		*out = w;
	else
		loadbalance_weights_free(w);
	return rc;
}

void
loadbalance_weights_free(void *weights)
{
	struct loadbalance_weights *w = weights;

	if (w == NULL)
		return;
	map_release(&w->domains);
	arena_free(w->arena);
	free(w);
}

unsigned
loadbalance_weight(const struct loadbalance_weights *weights, const uint8_t *name, size_t len,
		   const struct addr *addr)
{
	const struct domain *domain;

	if (weights == NULL)
		return 1;
	domain = map_get(&weights->domains, (const char *)name, len);
	if (domain == NULL)
		return 1;
	for (const struct weight *w = domain->first; w != NULL; w = w->next) {
		if (addr_same_host(&w->addr, addr))
			return w->value;
	}
	return 1;
}
