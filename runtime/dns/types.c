/*
 * Numbers and names of the DNS, made from the tables in the header.
 */
#include "config.h"

#include "dns/types.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/num.h"

struct row {
	const char *text;
	uint16_t number;
	uint16_t len; /* of text */
};

#define ROW(symbol, text, number) { (text), (number), sizeof(text) - 1 },
static const struct row types[] = { DNS_TYPES(ROW) };
static const struct row classes[] = { DNS_CLASSES(ROW) };
static const struct row rcodes[] = { DNS_RCODES(ROW) };
static const struct row opcodes[] = { DNS_OPCODES(ROW) };
#undef ROW

/* ---- number to text ---- */

const char *
dns_type_name(uint16_t type)
{
	/* Asked for every logged and counted query: a jump table. */
	switch (type) {
#define X(symbol, text, number)                                                                    \
	case (number):                                                                             \
		return (text);
		DNS_TYPES(X)
#undef X
	}
	return NULL;
}

static const char *
find_number(const struct row *rows, size_t n, unsigned number)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].number == number)
			return rows[i].text;
	}
	return NULL;
}

const char *
dns_class_name(uint16_t class)
{
	return find_number(classes, ARRAY_SIZE(classes), class);
}

const char *
dns_rcode_name(unsigned rcode)
{
	return find_number(rcodes, ARRAY_SIZE(rcodes), rcode);
}

const char *
dns_opcode_name(unsigned opcode)
{
	return find_number(opcodes, ARRAY_SIZE(opcodes), opcode);
}

/* The name, or prefix and number. */
static size_t
format(const char *name, const char *prefix, unsigned number, char *out)
{
	if (name == NULL)
		return (size_t)snprintf(out, DNS_TYPES_TEXT_MAX, "%s%u", prefix, number);
	size_t len = strlen(name);
	memcpy(out, name, len + 1);
	return len;
}

size_t
dns_type_format(uint16_t type, char out[DNS_TYPES_TEXT_MAX])
{
	return format(dns_type_name(type), "TYPE", type, out);
}

size_t
dns_class_format(uint16_t class, char out[DNS_TYPES_TEXT_MAX])
{
	return format(dns_class_name(class), "CLASS", class, out);
}

size_t
dns_rcode_format(unsigned rcode, char out[DNS_TYPES_TEXT_MAX])
{
	return format(dns_rcode_name(rcode), "", rcode, out);
}

size_t
dns_opcode_format(unsigned opcode, char out[DNS_TYPES_TEXT_MAX])
{
	return format(dns_opcode_name(opcode), "", opcode, out);
}

/* ---- text to number ---- */

static int
find_text(uint16_t *out, const struct row *rows, size_t n, const char *text, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].len == len && strncasecmp(rows[i].text, text, len) == 0) {
			*out = rows[i].number;
			return 0;
		}
	}
	return RT_ENOENT;
}

/* "TYPE123": the number after prefix (RFC 3597 §5). */
static int
parse_numbered(uint16_t *out, const char *prefix, const char *text, size_t len)
{
	size_t skip = strlen(prefix);

	if (len <= skip || strncasecmp(text, prefix, skip) != 0)
		return RT_ENOENT;
	return num_parse_u16(out, text + skip, len - skip) < 0 ? RT_ENOENT : 0;
}

int
dns_type_parse(uint16_t *out, const char *text, size_t len)
{
	if (find_text(out, types, ARRAY_SIZE(types), text, len) == 0)
		return 0;
	return parse_numbered(out, "TYPE", text, len);
}

int
dns_class_parse(uint16_t *out, const char *text, size_t len)
{
	if (find_text(out, classes, ARRAY_SIZE(classes), text, len) == 0)
		return 0;
	return parse_numbered(out, "CLASS", text, len);
}

int
dns_rcode_parse(uint16_t *out, const char *text, size_t len)
{
	/* An old misspelling that CoreDNS goes on accepting. */
	if (len == 7 && strncasecmp(text, "NOTIMPL", 7) == 0)
		len = 6;
	return find_text(out, rcodes, ARRAY_SIZE(rcodes), text, len);
}

int
dns_opcode_parse(uint16_t *out, const char *text, size_t len)
{
	return find_text(out, opcodes, ARRAY_SIZE(opcodes), text, len);
}

/* ---- enumeration ---- */

static const char *
row_at(const struct row *rows, size_t count, size_t n, uint16_t *number)
{
	if (n >= count)
		return NULL;
	*number = rows[n].number;
	return rows[n].text;
}

const char *
dns_type_at(size_t n, uint16_t *number)
{
	return row_at(types, ARRAY_SIZE(types), n, number);
}

const char *
dns_rcode_at(size_t n, uint16_t *number)
{
	return row_at(rcodes, ARRAY_SIZE(rcodes), n, number);
}
