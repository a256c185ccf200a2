/*
 * The zone file reader: entries, directives, included files.
 *
 * Files are read into memory whole rather than mapped: a zone file that is overwritten in place
 * while a map of it is being read would end the server with SIGBUS.
 */
#include "config.h"

#include "dns/zonefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/fs.h"
#include "dns/types.h"
#include "dns/zone_generate.h"
#include "dns/zone_rdata.h"
#include "dns/zone_scan.h"
#include "dns/zone_ttl.h"

#define TTL_MAX        INT32_MAX     /* RFC 2181 §8 */
#define GENERATED_LINE (64u * 1024u) /* bytes */

/* What holds across all files. */
struct reader {
	const struct dns_zonefile_options *opt;
	struct dns_zonefile_error *err;
	uint64_t records;
	struct dns_zone_rdata rdata;
};

enum ttl_source { TTL_NONE, TTL_RECORD, TTL_DIRECTIVE };

/* What a file begins with, and changes for itself; an included file starts with a copy. */
struct state {
	uint8_t origin[DNS_NAME_BUF];
	uint8_t owner[DNS_NAME_BUF];
	size_t owner_len; /* 0 = no owner yet */
	uint32_t ttl;
	enum ttl_source ttl_source;
};

struct source {
	struct reader *r;
	const char *name; /* as it appears in messages */
	unsigned depth;   /* of inclusion */
	bool generated;   /* lines of a $GENERATE */
	struct state state;
	struct dns_zone_scan scan;
};

/* ---- faults ---- */

static int fail(struct source *s, int code, unsigned line, const char *fmt, ...) RT_PRINTF(4, 5);

static int
fail(struct source *s, int code, unsigned line, const char *fmt, ...)
{
	struct dns_zonefile_error *err = s->r->err;
	va_list ap;

	snprintf(err->file, sizeof(err->file), "%s", s->name);
	err->line = line;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

/* A fault with a word in it. */
static int
fail_word(struct source *s, const struct dns_zone_word *w, const char *fault)
{
	return fail(s, RT_ESYNTAX, w->line, "%s '%.*s'", fault, w->len < 60 ? (int)w->len : 60,
		    w->text);
}

/* ---- records ---- */

static bool
is_word(const struct dns_zone_word *w, const char *text)
{
	return !w->quoted && strlen(text) == w->len && strncasecmp(w->text, text, w->len) == 0;
}

/* The name a word spells, to out; its length or a fault. */
static int
read_name(struct source *s, uint8_t out[DNS_NAME_BUF], const struct dns_zone_word *w)
{
	uint8_t name[DNS_NAME_BUF];
	int n = dns_name_from_text_origin(name, w->text, w->len, s->state.origin);

	if (n < 0)
		return fail(s, n, w->line, "bad name '%.*s': %s", w->len < 60 ? (int)w->len : 60,
			    w->text, rt_strerror(n));
	memcpy(out, name, (size_t)n);
	return n;
}

/* What stands between owner and data. */
struct head {
	uint32_t ttl;
	bool has_ttl;
	bool has_class;
	uint16_t class;
	uint16_t type;
};

/*
 * TTL, class and type from *w on, the first two optional and in either order; moves *w to the
 * data. RFC 1035 §5.1: none of the three can be mistaken for another, since a TTL begins with a
 * digit.
 */
static int
read_head(struct source *s, const struct dns_zone_word **w, const struct dns_zone_word *end,
	  struct head *h)
{
	h->class = DNS_CLASS_IN;
	for (; *w < end; (*w)++) {
		const char *text = (*w)->text;
		size_t len = (*w)->len;

		if (!h->has_ttl && len > 0 && text[0] >= '0' && text[0] <= '9') {
			if (dns_zone_ttl_parse(&h->ttl, text, len) < 0 || h->ttl > TTL_MAX)
				return fail_word(s, *w, "not a TTL:");
			h->has_ttl = true;
		} else if (!h->has_class && !is_word(*w, "ANY") &&
			   dns_class_parse(&h->class, text, len) == 0) {
			h->has_class = true;
		} else if (dns_type_parse(&h->type, text, len) == 0) {
			(*w)++;
			return 0;
		} else {
			return fail_word(s, *w, "unknown record type");
		}
	}
	return fail(s, RT_ESYNTAX, s->scan.line, "record without a type");
}

/* The TTL that holds for a record, and for those after it. */
static int
settle_ttl(struct source *s, struct head *h, const struct dns_zone_rdata *data)
{
	struct state *st = &s->state;

	if (!h->has_ttl) {
		if (st->ttl_source != TTL_NONE) {
			h->ttl = st->ttl;
			return 0;
		}
		/* The last of SOA's numbers; others need a TTL. */
		if (h->type != DNS_TYPE_SOA || data->len < 4)
			return fail(s, RT_ESYNTAX, s->scan.line, "no TTL, and no $TTL before");
		h->ttl = bytes_get32(data->wire + data->len - 4);
		if (h->ttl > TTL_MAX)
			h->ttl = TTL_MAX;
	}
	if (st->ttl_source != TTL_DIRECTIVE) {
		st->ttl = h->ttl;
		st->ttl_source = TTL_RECORD;
	}
	return 0;
}

static int
give_record(struct source *s, const struct head *h)
{
	struct reader *r = s->r;
	const struct dns_zonefile_rr rr = {
		.owner = s->state.owner,
		.owner_len = s->state.owner_len,
		.type = h->type,
		.class = h->class,
		.ttl = h->ttl,
		.rdata = r->rdata.wire,
		.rdlen = r->rdata.len,
		.file = s->name,
		.line = s->scan.line,
	};

	if (r->opt->max_records != 0 && r->records >= r->opt->max_records)
		return fail(s, RT_ELIMIT, s->scan.line, "more than %llu records",
			    (unsigned long long)r->opt->max_records);
	r->records++;
	if (!r->opt->rr(r->opt->user, &rr))
		return fail(s, RT_ECANCELED, s->scan.line, "reading was stopped");
	return 0;
}

static int
read_record(struct source *s)
{
	const struct dns_zone_word *w = s->scan.words;
	const struct dns_zone_word *end = w + s->scan.n;
	struct dns_zone_rdata *data = &s->r->rdata;
	struct head h = { 0 };
	int rc;

	if (!s->scan.no_owner) {
		rc = read_name(s, s->state.owner, w++);
		if (rc < 0)
			return rc;
		s->state.owner_len = (size_t)rc;
	} else if (s->state.owner_len == 0) {
		return fail(s, RT_ESYNTAX, s->scan.line, "first record without an owner");
	}
	rc = read_head(s, &w, end, &h);
	if (rc < 0)
		return rc;
	if (dns_type_is_meta(h.type))
		return fail_word(s, w - 1, "not a type of records:");

	data->word = w;
	data->end = end;
	data->origin = s->state.origin;
	data->type = h.type;
	data->line = s->scan.line;
	rc = dns_zone_rdata_read(data);
	if (rc < 0)
		return fail(s, rc, data->line, "%s", data->fault);
	rc = settle_ttl(s, &h, data);
	return rc < 0 ? rc : give_record(s, &h);
}

/* ---- directives ---- */

static int read_source(struct source *s);

static int
origin_directive(struct source *s, const struct dns_zone_word *w, size_t n)
{
	int rc;

	if (n != 1)
		return fail(s, RT_ESYNTAX, s->scan.line, "$ORIGIN takes one name");
	rc = read_name(s, s->state.origin, w);
	return rc < 0 ? rc : 0;
}

static int
ttl_directive(struct source *s, const struct dns_zone_word *w, size_t n)
{
	uint32_t ttl;

	if (n != 1)
		return fail(s, RT_ESYNTAX, s->scan.line, "$TTL takes one time");
	if (dns_zone_ttl_parse(&ttl, w->text, w->len) < 0 || ttl > TTL_MAX)
		return fail_word(s, w, "not a TTL:");
	s->state.ttl = ttl;
	s->state.ttl_source = TTL_DIRECTIVE;
	return 0;
}

/* Read a source from its file.  A fault of opening it is told of the source `blame` at line. */
static int
read_file(struct source *s, struct source *blame, unsigned line)
{
	uint64_t max = s->r->opt->max_bytes;
	struct fs_file file;
	char text[128];
	int rc = fs_read(&file, s->name, max != 0 ? max : DNS_ZONEFILE_BYTES_MAX, 0);

	if (rc < 0) {
		fs_strerror(rc, file.sys_errno, text, sizeof(text));
		return fail(blame, rc, line, "cannot read '%.100s': %s", s->name, text);
	}
	dns_zone_scan_init(&s->scan, file.data, file.len, 1);
	rc = read_source(s);
	dns_zone_scan_release(&s->scan);
	fs_file_release(&file);
	return rc;
}

/* The path of an included file: relative to the folder of the including one. */
static char *
included_path(const struct source *s, const struct dns_zone_word *w)
{
	const char *slash = strrchr(s->name, '/');
	size_t folder = slash != NULL && w->text[0] != '/' ? (size_t)(slash - s->name) + 1 : 0;
	char *path = malloc(folder + w->len + 1);

	if (path == NULL)
		return NULL;
	memcpy(path, s->name, folder);
	memcpy(path + folder, w->text, w->len);
	path[folder + w->len] = '\0';
	return path;
}

static int
include_directive(struct source *s, const struct dns_zone_word *w, size_t n)
{
	const struct dns_zonefile_options *opt = s->r->opt;
	struct source child = { .r = s->r, .depth = s->depth + 1, .state = s->state };
	char *path;
	int rc = 0;

	if (n < 1 || n > 2 || w->len == 0)
		return fail(s, RT_ESYNTAX, s->scan.line, "$INCLUDE takes a file and a name");
	if (opt->no_include)
		return fail(s, RT_ENOTSUP, s->scan.line, "$INCLUDE is not allowed here");
	if (s->depth >= (opt->max_depth != 0 ? opt->max_depth : DNS_ZONEFILE_INCLUDE_DEPTH))
		return fail(s, RT_ELIMIT, s->scan.line, "files include each other too deeply");
	if (n == 2) {
		rc = read_name(s, child.state.origin, w + 1);
		if (rc < 0)
			return rc;
	}
	path = included_path(s, w);
	if (path == NULL)
		return fail(s, RT_ENOMEM, s->scan.line, "out of memory");
	child.name = path;
	rc = read_file(&child, s, s->scan.line);
	free(path);
	return rc;
}

/* One line of a $GENERATE, read like a file of one entry with this source's state. */
static int
read_generated(struct source *s, const struct buf *text)
{
	struct source line = {
		.r = s->r,
		.name = s->name,
		.depth = s->depth,
		.generated = true,
		.state = s->state,
	};
	int rc;

	dns_zone_scan_init(&line.scan, text->data, text->len, s->scan.line);
	rc = read_source(&line);
	dns_zone_scan_release(&line.scan);
	s->state = line.state;
	return rc;
}

static int
generate_directive(struct source *s, const struct dns_zone_word *w, size_t n)
{
	struct dns_zone_range range;
	struct buf text;
	int rc;

	if (n < 3)
		return fail(s, RT_ESYNTAX, s->scan.line, "$GENERATE takes a range and a record");
	rc = dns_zone_range_parse(&range, w);
	if (rc == RT_ELIMIT)
		return fail(s, rc, w->line, "$GENERATE makes more than %d records",
			    DNS_ZONEFILE_GENERATE_MAX);
	if (rc < 0)
		return fail_word(s, w, "not a range:");
	buf_init(&text, GENERATED_LINE);
	for (int64_t v = range.start; v <= range.stop && rc == 0; v += range.step) {
		buf_reset(&text);
		rc = dns_zone_generate(&text, w + 1, n - 1, v);
		if (rc < 0)
			fail(s, rc, s->scan.line, "bad modifier in $GENERATE, or line too long");
		else
			rc = read_generated(s, &text);
	}
	buf_release(&text);
	return rc;
}

static const struct directive {
	const char *name;
	int (*read)(struct source *s, const struct dns_zone_word *w, size_t n);
} directives[] = {
	{ "$ORIGIN", origin_directive },
	{ "$TTL", ttl_directive },
	{ "$INCLUDE", include_directive },
	{ "$GENERATE", generate_directive },
};

static int
read_directive(struct source *s)
{
	const struct dns_zone_word *w = s->scan.words;

	if (s->generated)
		return fail_word(s, w, "directive within $GENERATE:");
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		if (is_word(w, directives[i].name))
			return directives[i].read(s, w + 1, s->scan.n - 1);
	}
	return fail_word(s, w, "unknown directive");
}

/* ---- files ---- */

static int
read_source(struct source *s)
{
	int rc;

	while ((rc = dns_zone_scan_next(&s->scan)) > 0) {
		const struct dns_zone_word *first = s->scan.words;

		if (!s->scan.no_owner && !first->quoted && first->len > 0 && first->text[0] == '$')
			rc = read_directive(s);
		else
			rc = read_record(s);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return fail(s, rc, s->scan.fault_line, "%s", s->scan.fault);
	return 0;
}

/* A source at the top, ready to read; its reader is to be freed. */
static bool
open_source(struct source *s, const char *name, const struct dns_zonefile_options *opt,
	    struct dns_zonefile_error *err)
{
	memset(err, 0, sizeof(*err));
	memset(s, 0, sizeof(*s));
	s->name = name;
	s->r = calloc(1, sizeof(*s->r));
	if (s->r == NULL) {
		snprintf(err->file, sizeof(err->file), "%s", name);
		snprintf(err->text, sizeof(err->text), "out of memory");
		return false;
	}
	s->r->opt = opt;
	s->r->err = err;
	if (opt->origin != NULL)
		memcpy(s->state.origin, opt->origin, dns_name_len(opt->origin));
	if (opt->has_default_ttl) {
		s->state.ttl = opt->default_ttl;
		s->state.ttl_source = TTL_DIRECTIVE;
	}
	return true;
}

int
dns_zonefile_read(const char *path, const struct dns_zonefile_options *opt,
		  struct dns_zonefile_error *err)
{
	struct source s;
	int rc;

	if (!open_source(&s, path, opt, err))
		return RT_ENOMEM;
	rc = read_file(&s, &s, 0);
	free(s.r);
	return rc;
}

int
dns_zonefile_parse(const char *text, size_t len, const char *name,
		   const struct dns_zonefile_options *opt, struct dns_zonefile_error *err)
{
	struct source s;
	int rc;

	if (!open_source(&s, name, opt, err))
		return RT_ENOMEM;
	dns_zone_scan_init(&s.scan, text, len, 1);
	rc = read_source(&s);
	dns_zone_scan_release(&s.scan);
	free(s.r);
	return rc;
}
