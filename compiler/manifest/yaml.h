/*
 * yaml.h - a YAML file as a stream of items, with places in bytes: libyaml's events.
 *
 *	struct cfc_yaml *y = cfc_yaml_open(c, host);
 *	struct cfc_yaml_item item;
 *
 *	while (cfc_yaml_next(y, &item))
 *		if (item.kind == CFC_YAML_MAPPING)
 *			... keys and values in turn, then CFC_YAML_CLOSE ...
 *		else
 *			cfc_yaml_skip(y, &item);
 *	cfc_yaml_close(y);
 *
 * Nothing is built, so that neither anchors nor nesting make more of a file than it is; an alias of a
 * scalar is handed out as that scalar.  What is no YAML is reported once, as CF1014, and ends the stream.
 *
 * Memory: an item's text is valid until the following call.
 */
#ifndef COMPILER_MANIFEST_YAML_H
#define COMPILER_MANIFEST_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/manifest/scalar.h"
#include "compiler/source.h"

struct cfc;
struct cfc_yaml;

enum cfc_yaml_kind {
	CFC_YAML_SCALAR,
	CFC_YAML_MAPPING,  /* its keys and values follow, then CLOSE */
	CFC_YAML_SEQUENCE, /* its elements follow, then CLOSE */
	CFC_YAML_CLOSE,
	CFC_YAML_ALIAS, /* of anything but a scalar before it */
};

struct cfc_yaml_item {
	enum cfc_yaml_kind kind;
	const char *text; /* of a scalar; NULL for the others */
	size_t len;
	struct cfc_scalar_raw raw; /* where it stands, for cfc_scalar_read */
};

struct cfc_yaml *cfc_yaml_open(struct cfc *c, const struct cfc_source *host);
void cfc_yaml_close(struct cfc_yaml *y);

/* The next item; false: there are no more, or what follows is no YAML. */
bool cfc_yaml_next(struct cfc_yaml *y, struct cfc_yaml_item *item);

/* Pass over what an item holds. */
void cfc_yaml_skip(struct cfc_yaml *y, const struct cfc_yaml_item *item);

/* Whether the stream ended before its time. */
bool cfc_yaml_is_broken(const struct cfc_yaml *y);

/* The place of an item: a scalar on one line whole, of others the beginning. */
struct cfc_span cfc_yaml_span(const struct cfc_yaml *y, const struct cfc_yaml_item *item);

#endif
