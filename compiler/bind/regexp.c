/*
 * regexp.c - from RE2's syntax to PCRE2's.
 *
 * A recursive descent over the pattern that writes as it reads.  Whatever RE2 has no notion of ends
 * it with a reason.  Literal characters that could mean something to PCRE2 are written as \x{...},
 * so that nothing depends on which version of PCRE2 will read the result.
 */
#include "config.h"

#include "compiler/bind/regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#define DEPTH_MAX  200  /* groups within groups; PCRE2 allows 250 */
#define RE2_DEPTH  999  /* the same in RE2, for lint --compat */
#define REPEAT_MAX 1000 /* of {n,m}, as in RE2; also of repetitions of repetitions together */

struct regexp_parser {
	const char *at;
	const char *end;
	struct buf out;
	unsigned depth;
	unsigned max_depth;
	bool empty;        /* nothing stands yet in this alternative that could be repeated */
	unsigned times;    /* how often braces repeat what is in the last atom; 0 = none */
	const char *fault; /* what is wrong, or NULL */
};

static bool
fail(struct regexp_parser *p, const char *fault)
{
	if (p->fault == NULL)
		p->fault = fault;
	return false;
}

static bool
is_next(const struct regexp_parser *p, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(p->end - p->at) >= len && memcmp(p->at, text, len) == 0;
}

static bool
skip_text(struct regexp_parser *p, const char *text)
{
	if (!is_next(p, text))
		return false;
	p->at += strlen(text);
	return true;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- characters ---- */

/* Letters, digits and what has no meaning anywhere stay readable. */
static void
put_char(struct regexp_parser *p, uint32_t c)
{
	if (c != 0 && c < 0x80 && (is_word((char)c) || strchr(" /_:,@=%;!~'\"", (int)c) != NULL))
		buf_putc(&p->out, (char)c);
	else
		buf_printf(&p->out, "\\x{%x}", (unsigned)c);
}

/* The next character of the pattern, which is UTF-8. */
static bool
take_char(struct regexp_parser *p, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = (uint8_t)*p->at;
	unsigned n = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	if (n > (size_t)(p->end - p->at) || (first >= 0x80 && first < 0xc0) || first > 0xf4)
		return fail(p, "invalid UTF-8");
	*c = n == 1 ? first : first & (0x7fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if (((uint8_t)p->at[i] & 0xc0) != 0x80)
			return fail(p, "invalid UTF-8");
		*c = *c << 6 | ((uint8_t)p->at[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return fail(p, "invalid UTF-8");
	p->at += n;
	return true;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After \x: two digits, or any number in braces. */
static bool
take_hex(struct regexp_parser *p, uint32_t *c)
{
	bool braces = skip_text(p, "{");
	unsigned digits = 0;

	*c = 0;
	while (p->at < p->end && hex_value(*p->at) >= 0 && (braces || digits < 2)) {
		*c = *c * 16 + (uint32_t)hex_value(*p->at++);
		digits++;
		if (*c > 0x10ffff)
			return fail(p, "a number after '\\x' that is no character");
	}
	if (digits == 0 || (!braces && digits != 2) || (braces && !skip_text(p, "}")))
		return fail(p, "digits missing after '\\x'");
	return true;
}

/* After a backslash and the first digit: up to three octal digits are a character. */
static bool
take_octal(struct regexp_parser *p, uint32_t *c)
{
	*c = (uint32_t)(p->at[-1] - '0');
	bool more = p->at < p->end && *p->at >= '0' && *p->at <= '7';

	if (*c > 7 || (*c != 0 && !more))
		return fail(p, "back-references, which RE2 does not have");
	for (unsigned i = 0; i < 2 && p->at < p->end && *p->at >= '0' && *p->at <= '7'; i++)
		*c = *c * 8 + (uint32_t)(*p->at++ - '0');
	return true;
}

/* A backslash and what follows, where it stands for one character. */
static bool
take_escape(struct regexp_parser *p, uint32_t *c)
{
	static const char names[] = "aftnrv", values[] = "\a\f\t\n\r\v";

	p->at++;
	if (p->at == p->end)
		return fail(p, "a backslash at the end");
	char letter = *p->at++;
	if (letter == 'x')
		return take_hex(p, c);
	if (letter >= '0' && letter <= '9')
		return take_octal(p, c);
	if ((uint8_t)letter >= 0x80)
		return fail(p, "an escape that RE2 does not have");
	const char *found = strchr(names, letter);
	if (found == NULL && is_word(letter))
		return fail(p, "an escape that RE2 does not have");
	*c = (uint8_t)(found != NULL ? values[found - names] : letter);
	return true;
}

/* \p{Greek}, \PN: the name is judged by PCRE2. */
static bool
copy_property(struct regexp_parser *p)
{
	const char *from = p->at;

	p->at += 2;
	if (p->at == p->end || *p->at == '^')
		return fail(p, "a name missing after '\\p'");
	if (*p->at == '{') {
		while (p->at < p->end && *p->at != '}') {
			if (*p->at++ == '=') /* Script=Greek: only PCRE2 has these */
				return fail(p, "an unknown name after '\\p'");
		}
		if (p->at == p->end)
			return fail(p, "a name without end after '\\p'");
	}
	p->at++;
	buf_add(&p->out, from, (size_t)(p->at - from));
	return true;
}

/* ---- classes ---- */

/* \d, \pL and the like; *taken is false if it is something else. */
static bool
class_escape(struct regexp_parser *p, bool inside, bool *taken)
{
	/* PCRE2 counts the vertical tab among \s, RE2 does not. */
	*taken = true;
	if (is_next(p, "\\p") || is_next(p, "\\P"))
		return copy_property(p);
	if (skip_text(p, "\\s"))
		buf_puts(&p->out, inside ? "\\t\\n\\f\\r\\x{20}" : "[\\t\\n\\f\\r\\x{20}]");
	else if (skip_text(p, "\\S"))
		buf_puts(&p->out, inside ? "\\S\\x{b}" : "[^\\t\\n\\f\\r\\x{20}]");
	else if (is_next(p, "\\d") || is_next(p, "\\D") || is_next(p, "\\w") || is_next(p, "\\W")) {
		buf_add(&p->out, p->at, 2);
		p->at += 2;
	} else {
		*taken = false;
	}
	return true;
}

/* [:alpha:] within a class; *taken is false if it is none. */
static bool
posix_class(struct regexp_parser *p, bool *taken)
{
	static const char *const names[] = { "alnum", "alpha", "ascii", "blank", "cntrl",
					     "digit", "graph", "lower", "print", "punct",
					     "space", "upper", "word",  "xdigit" };
	const char *from = p->at + 2;

	*taken = false;
	if (!is_next(p, "[:"))
		return true;
	const char *close = from;
	while (close + 1 < p->end && !(close[0] == ':' && close[1] == ']'))
		close++;
	if (close + 1 >= p->end)
		return true;
	const char *name = from < close && *from == '^' ? from + 1 : from;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) != (size_t)(close - name) ||
		    memcmp(names[i], name, strlen(names[i])) != 0)
			continue;
		buf_add(&p->out, p->at, (size_t)(close + 2 - p->at));
		p->at = close + 2;
		*taken = true;
		return true;
	}
	return fail(p, "an unknown class name");
}

static bool
class_char(struct regexp_parser *p, uint32_t *c)
{
	if (p->at == p->end)
		return fail(p, "a missing ']'");
	return *p->at == '\\' ? take_escape(p, c) : take_char(p, c);
}

static bool
class_range(struct regexp_parser *p)
{
	uint32_t low, high;

	if (!class_char(p, &low))
		return false;
	put_char(p, low);
	if (p->end - p->at < 2 || p->at[0] != '-' || p->at[1] == ']')
		return true;
	p->at++;
	if (!class_char(p, &high))
		return false;
	if (high < low)
		return fail(p, "a range of characters that ends before it begins");
	buf_putc(&p->out, '-');
	put_char(p, high);
	return true;
}

static bool
parse_class(struct regexp_parser *p)
{
	bool first = true;

	p->at++;
	buf_putc(&p->out, '[');
	if (skip_text(p, "^"))
		buf_putc(&p->out, '^');
	for (; p->at == p->end || *p->at != ']' || first; first = false) {
		bool taken;

		if (p->at == p->end)
			return fail(p, "a missing ']'");
		if (!posix_class(p, &taken) || (!taken && !class_escape(p, true, &taken)))
			return false;
		if (!taken && !class_range(p))
			return false;
	}
	p->at++;
	buf_putc(&p->out, ']');
	return true;
}

/* ---- groups ---- */

static bool parse_alternatives(struct regexp_parser *p);
static bool is_repeat(const struct regexp_parser *p);

/* (?P<name> or (?<name>; PCRE2 wants names of at most 32 characters that begin with no digit. */
static bool
open_named(struct regexp_parser *p)
{
	const char *name = p->at;

	while (p->at < p->end && (is_word(*p->at) || *p->at == '_'))
		p->at++;
	size_t len = (size_t)(p->at - name);
	if (len == 0 || !skip_text(p, ">"))
		return fail(p, "a group with a bad name");
	if (len > 32 || (*name >= '0' && *name <= '9'))
		buf_putc(&p->out, '(');
	else
		buf_printf(&p->out, "(?P<%.*s>", (int)len, name);
	return true;
}

/* After (?: flags, and whether they are a group's or hold up to the end of the one around. */
static bool
open_flags(struct regexp_parser *p, bool *group)
{
	bool minus = false, any = false;

	buf_puts(&p->out, "(?");
	for (; p->at < p->end; p->at++) {
		char c = *p->at;

		if (c == ':' || c == ')') {
			if (minus && !any)
				break;
			buf_putc(&p->out, c);
			p->at++;
			*group = c == ':';
			return true;
		}
		if (c == '-' ? minus : strchr("imsU", c) == NULL)
			break;
		any = c != '-';
		minus = minus || c == '-';
		buf_putc(&p->out, c);
	}
	return fail(p, "a group that RE2 does not have, such as look-around");
}

static bool
parse_group(struct regexp_parser *p)
{
	bool group = true;

	p->at++;
	if (!skip_text(p, "?"))
		buf_putc(&p->out, '(');
	else if (is_next(p, "P=") || is_next(p, "P>"))
		return fail(p, "back-references, which RE2 does not have");
	else if (is_next(p, "<=") || is_next(p, "<!"))
		return fail(p, "look-behind, which RE2 does not have");
	else if (is_next(p, "=") || is_next(p, "!"))
		return fail(p, "look-ahead, which RE2 does not have");
	else if (skip_text(p, "P<") || skip_text(p, "<")) {
		if (!open_named(p))
			return false;
	} else if (!open_flags(p, &group)) {
		return false;
	}
	if (!group)
		return is_repeat(p) && p->empty ? fail(p, "a repetition of nothing") : true;
	if (++p->depth > p->max_depth)
		return fail(p, "too many groups within groups");
	if (!parse_alternatives(p))
		return false;
	p->depth--;
	if (!skip_text(p, ")"))
		return fail(p, "a missing ')'");
	buf_putc(&p->out, ')');
	return true;
}

/* ---- repetition ---- */

static bool
take_number(const char **at, const char *end, unsigned *n)
{
	const char *from = *at;

	*n = 0;
	while (*at < end && **at >= '0' && **at <= '9') {
		*n = *n * 10 + (unsigned)(**at - '0');
		if (*n > REPEAT_MAX)
			*n = REPEAT_MAX + 1;
		(*at)++;
	}
	return *at > from && (*at - from == 1 || *from != '0');
}

/* {n}, {n,}, {n,m} at p->at: where it ends; NULL if it is none, so that the brace is a character. */
static const char *
repeat_end(const struct regexp_parser *p, unsigned *low, unsigned *high)
{
	const char *at = p->at;

	if (at == p->end || *at++ != '{' || !take_number(&at, p->end, low))
		return NULL;
	*high = *low;
	if (at < p->end && *at == ',') {
		at++;
		*high = *low;
		if (at < p->end && *at != '}' && !take_number(&at, p->end, high))
			return NULL;
	}
	return at < p->end && *at == '}' ? at + 1 : NULL;
}

static bool
is_repeat(const struct regexp_parser *p)
{
	unsigned low, high;

	return p->at < p->end &&
	       (strchr("*+?", *p->at) != NULL || repeat_end(p, &low, &high) != NULL);
}

/* (a{10}){200} is 2000 times. */
static bool
multiply(struct regexp_parser *p, unsigned low, unsigned high)
{
	if (high == 0)
		p->times = 0;
	else
		p->times = high * (p->times == 0 ? 1 : p->times);
	if (p->times <= REPEAT_MAX || (low < 2 && high < 2))
		return true;
	return fail(p, "repetitions of repetitions, more than 1000 together");
}

static bool
parse_repeat(struct regexp_parser *p)
{
	unsigned low = 0, high = 0;

	if (!is_repeat(p))
		return true;
	const char *end = repeat_end(p, &low, &high);
	if (low > REPEAT_MAX || high > REPEAT_MAX || high < low)
		return fail(p, "a bad repeat count, at most 1000 is possible");
	if (end != NULL && !multiply(p, low, high))
		return false;
	if (end == NULL)
		end = p->at + 1;
	buf_add(&p->out, p->at, (size_t)(end - p->at));
	p->at = end;
	if (skip_text(p, "?"))
		buf_putc(&p->out, '?');
	return is_repeat(p) ? fail(p, "a repetition of a repetition") : true;
}

/* ---- atoms ---- */

/* \Q...\E: characters without meaning. */
static bool
parse_quoted(struct regexp_parser *p)
{
	uint32_t c;

	while (p->at < p->end && !skip_text(p, "\\E")) {
		if (!take_char(p, &c))
			return false;
		put_char(p, c);
	}
	return true;
}

static bool
parse_escape(struct regexp_parser *p)
{
	static const char *const asserts[] = { "\\A", "\\b", "\\B", "\\z" };
	bool taken;
	uint32_t c;

	for (size_t i = 0; i < ARRAY_SIZE(asserts); i++) {
		if (skip_text(p, asserts[i]))
			return buf_puts(&p->out, asserts[i]);
	}
	if (skip_text(p, "\\Q"))
		return parse_quoted(p);
	if (!class_escape(p, false, &taken) || taken)
		return p->fault == NULL;
	if (!take_escape(p, &c))
		return false;
	put_char(p, c);
	return true;
}

static bool
parse_atom(struct regexp_parser *p)
{
	uint32_t c;

	p->times = 0;
	if (is_repeat(p))
		return fail(p, "a repetition of nothing");
	switch (*p->at) {
	case '(':
		return parse_group(p);
	case '[':
		return parse_class(p);
	case '\\':
		return parse_escape(p);
	case '.':
	case '^':
	case '$':
		return buf_putc(&p->out, *p->at++);
	default:
		if (!take_char(p, &c))
			return false;
		put_char(p, c);
		return true;
	}
}

static bool
parse_alternatives(struct regexp_parser *p)
{
	unsigned times = 0; /* of the atom that is repeated most */

	p->empty = true;
	while (p->at < p->end && *p->at != ')') {
		if (*p->at == '|') {
			p->empty = true;
			buf_putc(&p->out, *p->at++);
			continue;
		}
		bool flags = is_next(p, "(?") && !is_next(p, "(?:");
		const char *from = p->at;
		if (!parse_atom(p) || !parse_repeat(p))
			return false;
		/* "(?i)" is nothing, "(?i:a)" is something. */
		p->empty = p->empty && flags && memchr(from, ':', (size_t)(p->at - from)) == NULL;
		if (p->times > times)
			times = p->times;
	}
	p->times = times;
	return true;
}

/* ---- the whole ---- */

/*
 * What is left to PCRE2: names of properties; and what only it refuses: names of groups that repeat,
 * sizes, repetitions of what is of no length.
 */
static bool
compiles(struct cfc *c, struct cfc_span span, const char *text, const char *pcre)
{
	PCRE2_UCHAR message[128];
	PCRE2_SIZE offset;
	int code;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pcre, PCRE2_ZERO_TERMINATED,
				       PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &code, &offset, NULL);

	if (re != NULL) {
		pcre2_code_free(re);
		return true;
	}
	pcre2_get_error_message(code, message, sizeof(message));
	if (code != PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY)
		return cfc_stricter(c, span, "CF2002", "'%s' is no regular expression: %s", text,
				    (const char *)message);
	cfc_error(c, span, "CF2002", "'%s' is no regular expression: %s", text,
		  (const char *)message);
	return false;
}

bool
cfc_regexp(struct cfc *c, struct cfc_span span, const char *text, size_t len, const char **pcre)
{
	struct regexp_parser p = { .at = text,
				   .end = text + len,
				   .max_depth = c->compat ? RE2_DEPTH : DEPTH_MAX };

	if (len > CFC_REGEXP_MAX) {
		cfc_error(c, span, "CF2003",
			  "a regular expression of %zu characters, at most %u "
			  "are possible",
			  len, CFC_REGEXP_MAX);
		return false;
	}
	buf_init(&p.out, (size_t)CFC_REGEXP_MAX * 16);
	bool ok = parse_alternatives(&p);
	if (ok && p.at < p.end)
		ok = fail(&p, "an unexpected ')'");
	if (!ok)
		cfc_error(c, span, "CF2002", "'%s' is no regular expression: it has %s", text,
			  p.fault);
	*pcre = cfc_printf(c, "%s", buf_cstr(&p.out));
	buf_release(&p.out);
	return ok && compiles(c, span, text, *pcre);
}

/* "(" opens one, but not in a class, after a backslash or within \\Q...\\E, nor "(?" without a name. */
unsigned
cfc_regexp_groups(const char *text)
{
	unsigned n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = NULL;

		if (p[0] == '\\' && p[1] == 'Q') {
			end = strstr(p, "\\E");
			p = end == NULL ? p + strlen(p) - 1 : end + 1;
		} else if (p[0] == '\\' && p[1] != '\0') {
			p++;
		} else if (p[0] == '[') {
			p += p[1] == '^' ? 2 : 1;
			p += *p == ']';
			while (*p != '\0' && *p != ']') {
				bool posix = p[0] == '[' && p[1] == ':' && strstr(p, ":]") != NULL;

				p = posix ? strstr(p, ":]") + 2
					  : p + 1 + (p[0] == '\\' && p[1] != '\0');
			}
			if (*p == '\0')
				break;
		} else if (p[0] == '(' && (p[1] != '?' || p[2] == 'P' || p[2] == '<')) {
			n++;
		}
	}
	return n;
}
