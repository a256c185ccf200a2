/*
 * value.c - configs as designated initialisers, driven by the plugins' tables.
 *
 * A list needs an array of its own, which C wants before the initialiser that points to it; so each
 * config is printed in two streams, arrays and fields, joined at the end.
 */
#include "config.h"

#include "compiler/emit/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/duration.h"
#include "compiler/emit/text.h"
#include "compiler/fields.h"
#include "compiler/bind/value.h"
#include "dns/types.h"

#define STREAM_MAX ((size_t)1 << 31)

struct any_list {
	const void *v;
	unsigned n;
};

struct config_emitter {
	struct cfc *c;
	const struct cfc_instance *in;
	struct buf *arrays; /* everything that must be defined first */
	struct buf *fields; /* the inside of the initialiser */
	const char *prefix;
	const char *indent;
	const char *base; /* the struct whose fields are being printed */
	bool top;         /* it is the config itself, whose fields know whether they were set */
};

/* ---- single values ---- */

void
cfc_emit_name(struct buf *out, const struct rt_name *name)
{
	/* The literal's own NUL is the root label. */
	buf_puts(out, "{ (const uint8_t *)");
	cfc_emit_cstr(out, name->wire, name->len - 1u);
	buf_printf(out, ", %u, %u, ", name->len, name->nlabels);
	cfc_emit_cstr(out, name->text, strlen(name->text));
	buf_puts(out, " }");
}

static void
emit_addr_inside(struct buf *out, const struct addr *a)
{
	size_t n = addr_len(a);

	if (n == 0)
		return;
	buf_puts(out, ".bytes = { ");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%u", i == 0 ? "" : ", ", a->bytes[i]);
	buf_puts(out, " }");
	if (a->scope != 0)
		buf_printf(out, ", .scope = %u", a->scope);
	if (a->port != 0)
		buf_printf(out, ", .port = %u", a->port);
	buf_printf(out, ", .family = %s", a->family == ADDR_V4 ? "ADDR_V4" : "ADDR_V6");
}

static void
emit_addr(struct buf *out, const struct addr *a)
{
	if (a->family == ADDR_NONE) {
		buf_puts(out, "{ .family = ADDR_NONE }");
		return;
	}
	buf_puts(out, "{ ");
	emit_addr_inside(out, a);
	buf_puts(out, " }");
}

static void
emit_cidr(struct buf *out, const struct cidr *net)
{
	buf_puts(out, "{ .addr = ");
	emit_addr(out, &net->addr);
	buf_printf(out, ", .bits = %u }", net->bits);
}

static void
emit_string(struct buf *out, const char *text)
{
	if (text == NULL)
		buf_puts(out, "NULL");
	else
		cfc_emit_cstr(out, text, strlen(text));
}

/* ---- lists ---- */

/* What a list kind's elements are in C and how one is printed. */
static void
list_name(struct buf *out, const void *v, unsigned i)
{
	cfc_emit_name(out, (const struct rt_name *)v + i);
}

static void
list_string(struct buf *out, const void *v, unsigned i)
{
	emit_string(out, ((const char *const *)v)[i]);
}

static void
list_addr(struct buf *out, const void *v, unsigned i)
{
	emit_addr(out, (const struct addr *)v + i);
}

static void
list_cidr(struct buf *out, const void *v, unsigned i)
{
	emit_cidr(out, (const struct cidr *)v + i);
}

static void
list_rcode(struct buf *out, const void *v, unsigned i)
{
	char text[DNS_TYPES_TEXT_MAX];

	dns_rcode_format(((const uint16_t *)v)[i], text);
	buf_printf(out, "%u /* %s */", ((const uint16_t *)v)[i], text);
}

static void
list_type(struct buf *out, const void *v, unsigned i)
{
	char text[DNS_TYPES_TEXT_MAX];

	dns_type_format(((const uint16_t *)v)[i], text);
	buf_printf(out, "%u /* %s */", ((const uint16_t *)v)[i], text);
}

static const struct {
	const char *type;
	void (*elem)(struct buf *out, const void *v, unsigned i);
} lists[] = {
	[CFC_NAMES] = { "struct rt_name ", list_name },
	[CFC_ZONES] = { "struct rt_name ", list_name },
	[CFC_FALLTHROUGH] = { "struct rt_name ", list_name },
	[CFC_STRINGS] = { "char *const ", list_string },
	[CFC_ADDRS] = { "struct addr ", list_addr },
	[CFC_CIDRS] = { "struct cidr ", list_cidr },
	[CFC_RCODES] = { "uint16_t ", list_rcode },
	[CFC_TYPES] = { "uint16_t ", list_type },
	[CFC_STRUCTS] = { NULL, NULL },
};

static void
emit_array(struct buf *out, enum cfc_kind kind, const struct any_list *list, const char *name)
{
	buf_printf(out, "static const %s%s[] = {\n", lists[kind].type, name);
	for (unsigned i = 0; i < list->n; i++) {
		buf_putc(out, '\t');
		lists[kind].elem(out, list->v, i);
		buf_puts(out, ",\n");
	}
	buf_puts(out, "};\n");
}

void
cfc_emit_names(struct buf *out, const struct rt_names *names, const char *name)
{
	struct any_list list = { names->v, names->n };

	if (names->n > 0)
		emit_array(out, CFC_NAMES, &list, name);
}

/* ---- fields ---- */

static void emit_field(void *arg, const struct cfc_field *field, const char *unit);

static const char *
array_name(struct config_emitter *e, const char *field)
{
	char *name = cfc_printf(e->c, "%s_%s", e->prefix, field);

	for (char *p = name; *p != '\0'; p++) {
		if (*p == '.')
			*p = '_';
	}
	return name;
}

static void
emit_structs(struct config_emitter *e, const struct cfc_field *f, const struct any_list *list,
	     const char *name)
{
	struct buf body;

	buf_init(&body, STREAM_MAX);
	for (unsigned i = 0; i < list->n; i++) {
		struct config_emitter sub = *e;

		sub.fields = &body;
		sub.prefix = cfc_printf(e->c, "%s_%u", name, i);
		sub.indent = "\t\t";
		sub.base = (const char *)list->v + i * f->elems->size;
		sub.top = false;
		buf_puts(&body, "\t{\n");
		for (unsigned j = 0; j < f->elems->nfields; j++)
			emit_field(&sub, &f->elems->fields[j], f->elems->fields[j].comment);
		buf_puts(&body, "\t},\n");
	}
	buf_printf(e->arrays, "static const %s %s[] = {\n%s};\n", f->elems->type, name,
		   buf_cstr(&body));
	buf_release(&body);
}

static void
emit_list(struct config_emitter *e, const struct cfc_field *f, const void *field)
{
	const struct rt_fallthrough *ft = field;
	struct any_list list;
	const char *name = array_name(e, f->field);

	if (f->kind == CFC_FALLTHROUGH) {
		list = (struct any_list){ ft->zones.v, ft->zones.n };
		buf_printf(e->fields, "{ .enabled = %s", ft->enabled ? "true" : "false");
		if (list.n > 0)
			buf_printf(e->fields, ", .zones = { %s, %u }", name, list.n);
		buf_puts(e->fields, " }");
	} else {
		memcpy(&list, field, sizeof(list));
		if (list.n == 0)
			buf_puts(e->fields, "{ NULL, 0 }");
		else
			buf_printf(e->fields, "{ %s, %u }", name, list.n);
	}
	if (list.n == 0)
		return;
	if (f->kind == CFC_STRUCTS)
		emit_structs(e, f, &list, name);
	else
		emit_array(e->arrays, f->kind, &list, name);
}

/* Prints a value that is no list; what it means, if that is not plain, goes into note. */
static void
emit_scalar(struct buf *out, const struct cfc_field *f, const void *field, struct buf *note)
{
	char text[ADDR_TEXT_MAX > DURATION_TEXT_MAX ? ADDR_TEXT_MAX : DURATION_TEXT_MAX];

	switch (f->kind) {
	case CFC_FLAG:
		buf_puts(out, *(const bool *)field ? "true" : "false");
		break;
	case CFC_UINT:
	case CFC_SECONDS:
	case CFC_PERCENT:
		buf_printf(out, "%" PRIu32, *(const uint32_t *)field);
		break;
	case CFC_DURATION:
	case CFC_INTERVAL:
		buf_printf(out, "%" PRIu64, *(const uint64_t *)field);
		duration_format((int64_t) * (const uint64_t *)field, text);
		buf_puts(note, text);
		break;
	case CFC_ENUM:
		buf_printf(out, "%d", *(const int *)field);
		if (f->values != NULL)
			buf_puts(note, f->values[*(const int *)field]);
		break;
	case CFC_NAME:
		cfc_emit_name(out, field);
		break;
	case CFC_ADDR:
		emit_addr(out, field);
		addr_format_port(field, text);
		buf_puts(note, text);
		break;
	case CFC_SYMBOL:
		if (*(const char *const *)field != NULL)
			buf_putc(out, '&');
		buf_puts(out, *(const char *const *)field != NULL ? *(const char *const *)field
								  : "NULL");
		break;
	default:
		emit_string(out, *(const char *const *)field);
		break;
	}
}

static void
emit_field(void *arg, const struct cfc_field *f, const char *unit)
{
	struct config_emitter *e = arg;
	const void *field = e->base + f->offset;
	struct buf note;

	buf_init(&note, 256);
	buf_printf(e->fields, "%s.%s = ", e->indent, f->field);
	if (cfc_kind_is_list(f->kind)) {
		emit_list(e, f, field);
	} else if (f->kind == CFC_NAME && ((const struct rt_name *)field)->wire == NULL) {
		buf_puts(e->fields, "{ NULL, 0, 0, NULL }");
	} else {
		emit_scalar(e->fields, f, field, &note);
	}
	if (unit != NULL && note.len == 0)
		buf_puts(&note, unit);
	if (e->top && e->in->was_set[f->offset] == 0)
		buf_printf(&note, "%sdefault", note.len > 0 ? ", " : "");
	buf_puts(e->fields, ",");
	if (note.len > 0) {
		buf_puts(e->fields, " /* ");
		cfc_emit_comment(e->fields, note.data, note.len);
		buf_puts(e->fields, " */");
	}
	buf_puts(e->fields, "\n");
	buf_release(&note);
}

/* ---- whole configs ---- */

void
cfc_emit_config(struct cfc *c, const struct cfc_instance *in, const char *prefix, struct buf *out)
{
	struct buf fields;
	struct config_emitter e = { c, in, out, &fields, prefix, "\t", in->config, true };

	buf_init(&fields, STREAM_MAX);
	cfc_each_field(in->plugin, emit_field, &e);
	buf_printf(out, "static const %s %s = {\n", in->plugin->config_type, prefix);
	buf_puts(out, fields.len > 0 ? buf_cstr(&fields) : "\t0\n");
	buf_puts(out, "};\n\n");
	buf_release(&fields);
}

/* ---- values in words ---- */

static void
list_text(enum cfc_kind kind, const struct any_list *list, struct buf *out)
{
	char text[ADDR_TEXT_MAX > DNS_TYPES_TEXT_MAX ? ADDR_TEXT_MAX : DNS_TYPES_TEXT_MAX];

	for (unsigned i = 0; i < list->n; i++) {
		if (i > 0)
			buf_putc(out, ' ');
		switch (kind) {
		case CFC_STRINGS:
			buf_puts(out, ((const char *const *)list->v)[i]);
			continue;
		case CFC_ADDRS:
			addr_format_port((const struct addr *)list->v + i, text);
			break;
		case CFC_CIDRS:
			cidr_format((const struct cidr *)list->v + i, text);
			break;
		case CFC_RCODES:
			dns_rcode_format(((const uint16_t *)list->v)[i], text);
			break;
		case CFC_TYPES:
			dns_type_format(((const uint16_t *)list->v)[i], text);
			break;
		default:
			buf_puts(out, ((const struct rt_name *)list->v)[i].text);
			continue;
		}
		buf_puts(out, text);
	}
}

void
cfc_value_text(enum cfc_kind kind, const void *field, const char *const *values, struct buf *out)
{
	struct cfc_field f = { .kind = kind, .values = values };
	const struct rt_fallthrough *ft = field;
	struct any_list list;
	struct buf note;

	if (kind == CFC_FALLTHROUGH) {
		list = (struct any_list){ ft->zones.v, ft->zones.n };
		buf_puts(out, !ft->enabled ? "off" : list.n == 0 ? "on" : "for ");
		list_text(CFC_NAMES, &list, out);
		return;
	}
	if (kind == CFC_STRUCTS || cfc_kind_is_list(kind)) {
		memcpy(&list, field, sizeof(list));
		if (kind == CFC_STRUCTS)
			buf_printf(out, "%u entries", list.n);
		else
			list_text(kind, &list, out);
		return;
	}
	if (kind == CFC_NAME) {
		const struct rt_name *name = field;

		buf_puts(out, name->text == NULL ? "" : name->text);
		return;
	}
	buf_init(&note, 256);
	size_t before = out->len;
	emit_scalar(out, &f, field, &note);
	if (note.len > 0) {
		buf_truncate(out, before);
		buf_puts(out, buf_cstr(&note));
	}
	buf_release(&note);
}
