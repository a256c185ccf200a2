/*
 * names.c - what CoreDNS's libraries take for a name.
 */
#include "config.h"

#include "compiler/syntax/names.h"

#include <ctype.h>
#include <string.h>

enum {
	LABEL_MAX = 63,
	DOMAIN_MAX = 256, /* octets of all labels, each with its length, as miekg/dns counts */
	HOST_MAX = 253,   /* characters, the last dot not counted */
};

/* The length of the escape at the backslash: \X or \DDD; 0 when nothing follows it. */
static size_t
escape_len(const char *text, size_t len)
{
	bool ddd = len > 3 && isdigit((unsigned char)text[1]) && isdigit((unsigned char)text[2]) &&
		   isdigit((unsigned char)text[3]);

	return len < 2 ? 0 : ddd ? 4 : 2;
}

bool
cfc_is_domain_name(const char *text, size_t len)
{
	size_t label = 0, total = 0;

	if (len == 1 && text[0] == '.')
		return true;
	for (size_t i = 0, used; i < len; i += used) {
		used = text[i] == '\\' ? escape_len(text + i, len - i) : 1;
		if (used == 0 || (text[i] == '.' && label == 0))
			return false;
		label = text[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX)
			return false;
		total++; /* a dot stands for the length before its label */
	}
	return len > 0 && total + (label > 0) <= DOMAIN_MAX;
}

bool
cfc_is_host_name(const char *text, size_t len)
{
	bool only_digits = true;
	char last = '.';
	size_t label = 0;

	if (len == 1 && text[0] == '.')
		return true;
	if (len > 0 && text[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!isalnum((unsigned char)c) && (c == '\0' || strchr("-_.", c) == NULL))
			return false;
		if ((last == '.' && (c == '-' || c == '.')) || (last == '-' && c == '.'))
			return false;
		only_digits = only_digits && (isdigit((unsigned char)c) || c == '.');
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX)
			return false;
		last = c;
	}
	return len > 0 && len <= HOST_MAX && last != '-' && !only_digits;
}
