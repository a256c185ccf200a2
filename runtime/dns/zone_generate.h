/*
 * $GENERATE: lines made from a template and a range of numbers.
 *
 * Private to the zone file reader.
 *
 *	$GENERATE 1-20/2 host-$ 300 IN A 10.0.0.${5,0,d}
 *
 * In the template "$" is the number, "${offset,width,base}" the number plus offset, padded with
 * zeros to width, in base d, o, x, X or in reversed nibbles n, N; "$$" and "\$" are a dollar
 * sign.
 */
#ifndef DNS_ZONE_GENERATE_H
#define DNS_ZONE_GENERATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "dns/zone_scan.h"

struct dns_zone_range {
	int64_t start;
	int64_t stop; /* last number, inclusive */
	int64_t step; /* at least 1 */
};

/* Read "start-stop" or "start-stop/step"; RT_ESYNTAX, RT_ELIMIT: more than 65536 lines. */
int dns_zone_range_parse(struct dns_zone_range *range,
			 const struct dns_zone_word *word) RT_MUST_CHECK;

/*
 * Append the line for number v, made of the n words at words, to line.  RT_ESYNTAX for a bad
 * modifier, RT_ELIMIT when line is full.
 */
int dns_zone_generate(struct buf *line, const struct dns_zone_word *words, size_t n,
		      int64_t v) RT_MUST_CHECK;

#endif
