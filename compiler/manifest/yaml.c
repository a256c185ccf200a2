/*
 * yaml.c - libyaml's events, and where they are in bytes.
 */
#include "config.h"

#include "compiler/manifest/yaml.h"

#include <string.h>

#include <yaml.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "compiler/cfc.h"
#include "compiler/manifest/manifest.h"

#define DEPTH_MAX  100u     /* libyaml takes a time that grows with the square of it */
#define EVENTS_MAX 4000000u /* as many as a Corefile may have words */

static const char bom[] = "\xef\xbb\xbf";

struct cfc_yaml {
	struct cfc *c;
	const struct cfc_source *host;
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	bool broken;
	bool ended;
	size_t nevents;
	size_t depth;
	size_t base; /* bytes before the text: a byte order mark */
	/* libyaml counts code points: the byte at which one begins. */
	size_t chars;
	size_t byte;
	size_t column;      /* of the scalar before this one */
	struct map anchors; /* name -> struct cfc_yaml_item */
};

/* ---- places ---- */

/* The byte at which a code point begins; marks come in order, or nearly so. */
static size_t
byte_of(struct cfc_yaml *y, size_t chars)
{
	const char *s = y->host->text;

	for (; y->chars < chars && y->byte < y->host->len; y->chars++)
		do
			y->byte++;
		while (y->byte < y->host->len && ((unsigned char)s[y->byte] & 0xc0) == 0x80);
	for (; y->chars > chars && y->byte > y->base; y->chars--)
		do
			y->byte--;
		while (y->byte > y->base && ((unsigned char)s[y->byte] & 0xc0) == 0x80);
	return y->byte;
}

static struct cfc_span
span_at(struct cfc_yaml *y, size_t offset)
{
	size_t at = offset < y->host->len ? offset : y->host->len;

	return cfc_source_span(y->host, at, at < y->host->len ? 1 : 0);
}

struct cfc_span
cfc_yaml_span(const struct cfc_yaml *y, const struct cfc_yaml_item *item)
{
	size_t len = item->raw.end - item->raw.start;

	if (item->text == NULL || memchr(y->host->text + item->raw.start, '\n', len) != NULL)
		len = 1;
	return cfc_source_span(y->host, item->raw.start, len);
}

/* ---- faults ---- */

static void
note_template(struct cfc_yaml *y)
{
	if (cfc_manifest_is_template(y->host))
		cfc_note(y->c, cfc_no_span(),
			 "it looks like a template: lint what 'helm template' makes of it");
}

static void
report_fault(struct cfc_yaml *y)
{
	const yaml_parser_t *p = &y->parser;

	y->broken = true;
	if (p->error == YAML_READER_ERROR) {
		cfc_error(y->c, span_at(y, y->base + p->problem_offset), "CF1014",
			  "this is no YAML: %s", p->problem);
		return;
	}
	cfc_error(y->c, span_at(y, byte_of(y, p->problem_mark.index)), "CF1014",
		  "this is no YAML: %s", p->problem != NULL ? p->problem : "out of memory");
	if (p->context != NULL)
		cfc_note(y->c, span_at(y, byte_of(y, p->context_mark.index)), "%s", p->context);
	note_template(y);
}

static bool
is_within_limits(struct cfc_yaml *y)
{
	yaml_event_type_t type = y->event.type;

	y->depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
	y->depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
	if (y->depth > DEPTH_MAX)
		cfc_error(y->c, span_at(y, byte_of(y, y->event.start_mark.index)), "CF1014",
			  "values are nested deeper than %u levels", DEPTH_MAX);
	else if (++y->nevents > EVENTS_MAX)
		cfc_error(y->c, cfc_no_span(), "CF1014", "'%s' has more than %u values",
			  y->host->path, EVENTS_MAX);
	else
		return true;
	y->broken = true;
	return false;
}

static bool
next_event(struct cfc_yaml *y)
{
	if (y->has_event)
		yaml_event_delete(&y->event);
	y->has_event = !y->broken && !y->ended && yaml_parser_parse(&y->parser, &y->event) == 1;
	if (y->broken || y->ended)
		return false;
	if (!y->has_event) {
		report_fault(y);
		return false;
	}
	return is_within_limits(y);
}

/* ---- items ---- */

static enum cfc_scalar_style
style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return CFC_SCALAR_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return CFC_SCALAR_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return CFC_SCALAR_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return CFC_SCALAR_FOLDED;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return CFC_SCALAR_PLAIN;
}

static void
take_place(struct cfc_yaml *y, struct cfc_yaml_item *item, enum cfc_yaml_kind kind)
{
	item->kind = kind;
	item->raw.text = y->host->text;
	item->raw.len = y->host->len;
	item->raw.start = byte_of(y, y->event.start_mark.index);
	item->raw.end = byte_of(y, y->event.end_mark.index);
}

static void
keep_anchor(struct cfc_yaml *y, const struct cfc_yaml_item *item)
{
	const char *name = (const char *)y->event.data.scalar.anchor;
	struct cfc_yaml_item *copy = cfc_array(y->c, 1, sizeof(*copy));

	*copy = *item;
	copy->text = arena_strndup(y->c->arena, item->text, item->len);
	xmap_set(&y->anchors, name, strlen(name), copy);
}

static void
take_scalar(struct cfc_yaml *y, struct cfc_yaml_item *item)
{
	take_place(y, item, CFC_YAML_SCALAR);
	item->text = (const char *)y->event.data.scalar.value;
	item->len = y->event.data.scalar.length;
	item->raw.style = style_of(y->event.data.scalar.style);
	item->raw.parent = y->column;
	y->column = y->event.start_mark.column;
	if (y->event.data.scalar.anchor != NULL)
		keep_anchor(y, item);
}

static void
take_alias(struct cfc_yaml *y, struct cfc_yaml_item *item)
{
	const struct cfc_yaml_item *scalar =
		map_get_str(&y->anchors, (const char *)y->event.data.alias.anchor);

	if (scalar != NULL)
		*item = *scalar;
	else
		take_place(y, item, CFC_YAML_ALIAS);
}

bool
cfc_yaml_next(struct cfc_yaml *y, struct cfc_yaml_item *item)
{
	while (next_event(y)) {
		memset(item, 0, sizeof(*item));
		switch (y->event.type) {
		case YAML_SCALAR_EVENT:
			take_scalar(y, item);
			return true;
		case YAML_ALIAS_EVENT:
			take_alias(y, item);
			return true;
		case YAML_MAPPING_START_EVENT:
			take_place(y, item, CFC_YAML_MAPPING);
			return true;
		case YAML_SEQUENCE_START_EVENT:
			take_place(y, item, CFC_YAML_SEQUENCE);
			return true;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			take_place(y, item, CFC_YAML_CLOSE);
			return true;
		case YAML_STREAM_END_EVENT:
			y->ended = true;
			return false;
		case YAML_NO_EVENT:
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		}
	}
	return false;
}

void
cfc_yaml_skip(struct cfc_yaml *y, const struct cfc_yaml_item *item)
{
	size_t depth = item->kind == CFC_YAML_MAPPING || item->kind == CFC_YAML_SEQUENCE;
	struct cfc_yaml_item inner;

	while (depth > 0 && cfc_yaml_next(y, &inner)) {
		if (inner.kind == CFC_YAML_MAPPING || inner.kind == CFC_YAML_SEQUENCE)
			depth++;
		else if (inner.kind == CFC_YAML_CLOSE)
			depth--;
	}
}

/* ---- the stream ---- */

struct cfc_yaml *
cfc_yaml_open(struct cfc *c, const struct cfc_source *host)
{
	struct cfc_yaml *y = cfc_array(c, 1, sizeof(*y));

	y->c = c;
	y->host = host;
	if (host->len >= strlen(bom) && memcmp(host->text, bom, strlen(bom)) == 0)
		y->base = y->byte = strlen(bom);
	map_init(&y->anchors);
	y->broken = yaml_parser_initialize(&y->parser) != 1;
	if (y->broken)
		return y;
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, (const unsigned char *)host->text + y->base,
				     host->len - y->base);
	return y;
}

void
cfc_yaml_close(struct cfc_yaml *y)
{
	if (y->has_event)
		yaml_event_delete(&y->event);
	yaml_parser_delete(&y->parser);
	map_release(&y->anchors);
}

bool
cfc_yaml_is_broken(const struct cfc_yaml *y)
{
	return y->broken;
}
