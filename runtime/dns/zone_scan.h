/*
 * The words of a master file (RFC 1035 §5.1).
 *
 * Private to the zone file reader.  The scanner gives one entry at a time: the words of a line,
 * or of several lines held together by parentheses, without comments.  Words are slices of the
 * text; escapes in them are left for whoever knows what the word is.
 *
 *	struct dns_zone_scan s;
 *	dns_zone_scan_init(&s, text, len, 1);
 *	while ((rc = dns_zone_scan_next(&s)) > 0)
 *		... s.words[0 … s.n-1], s.line, s.no_owner ...
 *	if (rc < 0)
 *		... s.fault, s.fault_line ...
 *	dns_zone_scan_release(&s);
 *
 * The text must outlive the scanner.  One thread at a time.
 */
#ifndef DNS_ZONE_SCAN_H
#define DNS_ZONE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Words of one entry: far beyond what fits a record, against files that are no zone files. */
#define DNS_ZONE_WORDS_MAX 70000u

struct dns_zone_word {
	const char *text; /* without quotes */
	size_t len;       /* bytes */
	unsigned line;
	bool quoted;
};

struct dns_zone_scan {
	const char *at;
	const char *end;
	unsigned at_line; /* of at */

	struct dns_zone_word *words; /* of the current entry; owned */
	size_t n;
	size_t cap;
	unsigned line; /* where the entry begins */
	bool no_owner; /* it begins with a blank: the owner of the entry before holds */

	const char *fault; /* what is wrong, a constant */
	unsigned fault_line;
};

/* Scan len bytes of text, whose first line has number line.  Allocates nothing. */
void dns_zone_scan_init(struct dns_zone_scan *s, const char *text, size_t len, unsigned line);

/* The next entry that has words: 1; 0 at the end; RT_ESYNTAX, RT_ENOMEM with s->fault. */
int dns_zone_scan_next(struct dns_zone_scan *s) RT_MUST_CHECK;

void dns_zone_scan_release(struct dns_zone_scan *s);

#endif
