/*
 * json.c - building and printing JSON.
 */
#include "config.h"

#include "compiler/report/json.h"

#include <assert.h>
#include <stdarg.h>

#include "base/buf.h"
#include "compiler/text.h"

json_t *
cfc_json(const char *fmt, ...)
{
	json_error_t error;
	va_list ap;

	va_start(ap, fmt);
	json_t *value = json_vpack_ex(&error, 0, fmt, ap);
	va_end(ap);
	/* A format that does not fit, a text that is no UTF-8, no memory: no input causes these. */
	assert(value != NULL);
	return value;
}

json_t *
cfc_json_text(const char *text, size_t len)
{
	struct buf b;

	buf_init(&b, len * 3 + 1);
	text_put_valid(&b, text, len);
	json_t *value = json_stringn(buf_cstr(&b), b.len);
	assert(value != NULL);
	buf_release(&b);
	return value;
}

void
cfc_json_print(json_t *root, FILE *out)
{
	json_dumpf(root, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(root);
}
