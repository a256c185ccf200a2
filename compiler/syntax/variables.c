/*
 * variables.c - where the values of {$NAME} come from.
 */
#include "config.h"

#include "compiler/syntax/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
cfc_variables_init(struct cfc_variables *v)
{
	memset(v, 0, sizeof(*v));
	for (size_t i = 0; i < CFC_VARIABLES_LAYERS; i++)
		map_init(&v->layers[i]);
}

void
cfc_variables_release(struct cfc_variables *v)
{
	for (size_t i = 0; i < CFC_VARIABLES_LAYERS; i++) {
		size_t pos = 0;

		for (const struct map_entry *e; (e = map_next(&v->layers[i], &pos)) != NULL;)
			free(e->value);
		map_release(&v->layers[i]);
	}
}

void
cfc_variables_set(struct cfc_variables *v, enum cfc_variables_layer layer, const char *name,
		  size_t len, const char *value)
{
	free(map_get(&v->layers[layer], name, len));
	xmap_set(&v->layers[layer], name, len, xstrdup(value));
}

bool
cfc_variables_assign(struct cfc_variables *v, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals == text)
		return false;
	cfc_variables_set(v, CFC_VARIABLES_SET, text, (size_t)(equals - text), equals + 1);
	return true;
}

const char *
cfc_variables_get(void *variables, const char *name)
{
	const struct cfc_variables *v = variables;
	const char *value = map_get_str(&v->layers[CFC_VARIABLES_SET], name);

	if (value == NULL)
		value = map_get_str(&v->layers[CFC_VARIABLES_FILE], name);
	if (value == NULL && !v->no_process)
		value = getenv(name);
	if (value == NULL)
		value = map_get_str(&v->layers[CFC_VARIABLES_DEFAULT], name);
	return value;
}

/* ---- files ---- */

static bool
take_line(struct cfc *c, struct cfc_variables *v, const struct cfc_source *s, uint32_t number)
{
	size_t len;
	const char *line = cfc_source_line(s, number, &len);
	size_t at = 0;

	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (at == len || line[at] == '#')
		return true;
	if (len - at > 7 && strncmp(line + at, "export ", 7) == 0)
		at += 7;
	const char *equals = memchr(line + at, '=', len - at);
	size_t name = equals == NULL ? 0 : (size_t)(equals - line) - at;
	if (name == 0 || memchr(line + at, ' ', name) != NULL) {
		size_t offset = (size_t)(line - s->text) + at;

		cfc_error(c, cfc_source_span(s, offset, len - at), "CF9007",
			  "'NAME=VALUE' is expected");
		return false;
	}
	const char *value = equals + 1;
	size_t left = len - at - name - 1;
	if (left >= 2 && (value[0] == '"' || value[0] == '\'') && value[left - 1] == value[0]) {
		value++;
		left -= 2;
	}
	char *copy = xstrndup(value, left);
	cfc_variables_set(v, CFC_VARIABLES_FILE, line + at, name, copy);
	free(copy);
	return true;
}

bool
cfc_variables_file(struct cfc *c, struct cfc_variables *v, const char *path)
{
	struct cfc_source *s = cfc_source_file(c, path, cfc_no_span());
	bool good = s != NULL;

	for (uint32_t i = 1; s != NULL && i <= s->nlines; i++)
		good = take_line(c, v, s, i) && good;
	return good;
}
