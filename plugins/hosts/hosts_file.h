/*
 * hosts_file.h - reads the text of a hosts file into a table's builder.
 *
 * A line is an IP address followed by names, separated by blanks; what stands behind '#' is a
 * comment.  As in CoreDNS, lines that are something else are passed over; here they are counted, so
 * that the log can name the first one.
 */
#ifndef HOSTS_FILE_H
#define HOSTS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "hosts/hosts_table.h"
#include "rt_config.h"

struct hosts_file_report {
	uint64_t lines;      /* with an address and at least one name */
	uint64_t skipped;    /* lines that have no address, and names that are none */
	uint64_t first_line; /* of the first of these, from 1 */
};

/*
 * Adds what the text gives for names in zones.  0 or what hosts_builder_add returned.
 */
int hosts_file_parse(struct hosts_builder *b, const char *text, size_t len,
		     const struct rt_names *zones, struct hosts_file_report *report) RT_MUST_CHECK;

#endif
