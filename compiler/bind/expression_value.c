/*
 * expression_value.c - values of expressions, as far as they are known before a query is served.
 */
#include "config.h"

#include <string.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/num.h"
#include "compiler/bind/expression_parser.h"
#include "compiler/query.h"
#include "compiler/bind/regexp_match.h"
#include "dns/types.h"

/* ---- making values ---- */

static void
set_text(struct expr_value *v, const char *text)
{
	v->known = text != NULL;
	v->text = text;
}

static void
set_truth(struct expr_value *v, enum cfc_tri truth)
{
	v->known = truth != CFC_MAYBE;
	v->truth = truth == CFC_YES;
}

/* What stands between the quotes; escapes other than those of quotes and backslashes are rare. */
static const char *
unescape(struct cfc *c, const char *s, size_t len, bool raw)
{
	char *out = cfc_array(c, len + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && !raw) {
			if (i + 1 == len || strchr("\\\"'`", s[i + 1]) == NULL)
				return NULL;
			i++;
		}
		out[n++] = s[i];
	}
	return out;
}

void
expr_value_literal(const struct expr_parser *p, struct expr_value *v)
{
	if (p->kind == STRING)
		set_text(v, unescape(p->c, p->at + 1, p->len - 2, *p->at == '`'));
	else
		v->known = v->type == CFC_EXPR_INT &&
			   num_parse_int(&v->number, p->at, p->len, 10) == 0;
}

/* ---- facts ---- */

static enum cfc_tri
in_network(const struct expr_value *args)
{
	struct addr a;
	struct cidr net;

	if (!args[0].known || !args[1].known ||
	    addr_parse(&a, args[0].text, strlen(args[0].text)) != 0 ||
	    cidr_parse(&net, args[1].text, strlen(args[1].text), NULL) != 0)
		return CFC_MAYBE;
	return cidr_contains(&net, &a) ? CFC_YES : CFC_NO;
}

static const char *
client_text(struct cfc *c, const struct cfc_query *q)
{
	char text[ADDR_TEXT_MAX];

	if (q->client.family == ADDR_NONE)
		return NULL;
	addr_format(&q->client, text);
	return cfc_printf(c, "%s", text);
}

void
expr_value_call(const struct expr_parser *p, const char *function, const struct expr_value *args,
		int n, struct expr_value *v)
{
	const struct cfc_query *q = p->query;
	char type[DNS_TYPES_TEXT_MAX];

	if (strcmp(function, "name") == 0) {
		set_text(v, q->name.text);
	} else if (strcmp(function, "type") == 0) {
		dns_type_format(q->type, type);
		set_text(v, cfc_printf(p->c, "%s", type));
	} else if (strcmp(function, "class") == 0) {
		set_text(v, q->qclass == DNS_CLASS_IN ? "IN" : NULL);
	} else if (strcmp(function, "client_ip") == 0) {
		set_text(v, client_text(p->c, q));
	} else if (strcmp(function, "proto") == 0) {
		set_text(v, !q->transport_known ? NULL : q->tcp ? "tcp" : "udp");
	} else if (strcmp(function, "incidr") == 0 && n == 2) {
		set_truth(v, in_network(args));
	} else if (strcmp(function, "lower") == 0 && n == 1 && args[0].known &&
		   args[0].text != NULL) {
		set_text(v, cfc_lower(p->c, args[0].text));
	}
}

/* ---- operators ---- */

static bool
are_texts(const struct expr_value *a, const struct expr_value *b)
{
	return a->known && b->known && a->text != NULL && b->text != NULL;
}

static bool
are_numbers(const struct expr_value *a, const struct expr_value *b)
{
	return a->known && b->known && a->type == CFC_EXPR_INT && b->type == CFC_EXPR_INT;
}

static enum cfc_tri
tri(bool truth)
{
	return truth ? CFC_YES : CFC_NO;
}

static enum cfc_tri
equals(const struct expr_value *a, const struct expr_value *b)
{
	if (are_texts(a, b))
		return tri(strcmp(a->text, b->text) == 0);
	if (are_numbers(a, b))
		return tri(a->number == b->number);
	if (a->known && b->known && a->type == CFC_EXPR_BOOL && b->type == CFC_EXPR_BOOL)
		return tri(a->truth == b->truth);
	return CFC_MAYBE;
}

static enum cfc_tri
opposite(enum cfc_tri t)
{
	return t == CFC_MAYBE ? t : t == CFC_YES ? CFC_NO : CFC_YES;
}

/* One side alone may decide. */
static enum cfc_tri
logic(bool is_or, const struct expr_value *a, const struct expr_value *b)
{
	if ((a->known && a->truth == is_or) || (b->known && b->truth == is_or))
		return tri(is_or);
	return a->known && b->known ? tri(!is_or) : CFC_MAYBE;
}

static enum cfc_tri
is_among(const struct expr_value *a, const struct expr_value *list)
{
	enum cfc_tri found = CFC_NO;

	if (!list->known || list->type != CFC_EXPR_ARRAY)
		return CFC_MAYBE;
	for (size_t i = 0; i < list->nitems && found != CFC_YES; i++) {
		enum cfc_tri same = equals(a, &list->items[i]);
		found = same == CFC_NO ? found : same;
	}
	return found;
}

static enum cfc_tri
ordered(const char *op, const struct expr_value *a, const struct expr_value *b)
{
	if (!are_numbers(a, b))
		return CFC_MAYBE;
	if (a->number == b->number)
		return tri(op[1] == '=');
	return tri((a->number < b->number) == (op[0] == '<'));
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static enum cfc_tri
compare_texts(struct cfc *c, const char *op, const struct expr_value *a, const struct expr_value *b)
{
	if (!are_texts(a, b))
		return CFC_MAYBE;
	if (strcmp(op, "contains") == 0)
		return tri(strstr(a->text, b->text) != NULL);
	if (strcmp(op, "startsWith") == 0)
		return tri(strncmp(a->text, b->text, strlen(b->text)) == 0);
	if (strcmp(op, "endsWith") == 0)
		return tri(ends_with(a->text, b->text));
	return cfc_regexp_match(c, b->text, a->text, NULL);
}

void
expr_value_binary(const struct expr_parser *p, const char *op, const struct expr_value *a,
		  const struct expr_value *b, struct expr_value *v)
{
	if (strcmp(op, "==") == 0)
		set_truth(v, equals(a, b));
	else if (strcmp(op, "!=") == 0)
		set_truth(v, opposite(equals(a, b)));
	else if (strcmp(op, "or") == 0 || strcmp(op, "||") == 0)
		set_truth(v, logic(true, a, b));
	else if (strcmp(op, "and") == 0 || strcmp(op, "&&") == 0)
		set_truth(v, logic(false, a, b));
	else if (strcmp(op, "in") == 0)
		set_truth(v, is_among(a, b));
	else if (op[0] == '<' || op[0] == '>')
		set_truth(v, ordered(op, a, b));
	else if (v->type == CFC_EXPR_BOOL)
		set_truth(v, compare_texts(p->c, op, a, b));
	else if (strcmp(op, "+") == 0 && are_texts(a, b))
		set_text(v, cfc_printf(p->c, "%s%s", a->text, b->text));
}
