/*
 * Types whose text only ldns can read: signatures, keys, locations and many others, none of them
 * frequent.
 *
 * The words are put back together as a line; ldns' fields, which are in wire form, are strung
 * together.
 */
#include "config.h"

#include <ldns/ldns.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/error.h"
#include "dns/types.h"
#include "dns/zone_rdata.h"

#define LINE_MAX_BYTES (256u * 1024u) /* more than 65535 octets need in any notation */

/* "owner ttl class type data…"; the owner is of no consequence. */
static void
make_line(const struct dns_zone_rdata *r, struct buf *line)
{
	char type[DNS_TYPES_TEXT_MAX];

	dns_type_format(r->type, type);
	buf_printf(line, ". 0 IN %s", type);
	for (const struct dns_zone_word *w = r->word; w < r->end; w++) {
		const char *quote = w->quoted ? "\"" : "";

		buf_printf(line, " %s", quote);
		buf_add(line, w->text, w->len);
		buf_puts(line, quote);
	}
}

static int
take_fields(struct dns_zone_rdata *r, const ldns_rr *rr)
{
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);
		int rc;

		if (field == NULL)
			continue;
		rc = dns_zone_rdata_add(r, ldns_rdf_data(field), ldns_rdf_size(field));
		if (rc < 0)
			return rc;
	}
	r->word = r->end;
	return 0;
}

static int
read_line(struct dns_zone_rdata *r, const char *line, const char *type)
{
	ldns_rdf *origin = ldns_dname_new_frm_data((uint16_t)dns_name_len(r->origin), r->origin);
	ldns_rr *rr = NULL;
	ldns_status status;
	int rc;

	if (origin == NULL)
		return dns_zone_rdata_fail(r, NULL, "out of memory");
	status = ldns_rr_new_frm_str(&rr, line, 0, origin, NULL);
	if (status != LDNS_STATUS_OK)
		rc = dns_zone_rdata_fail(r, NULL, "bad data of type %s: %s", type,
					 ldns_get_errorstr_by_id(status));
	else
		rc = take_fields(r, rr);
	if (rr != NULL)
		ldns_rr_free(rr);
	ldns_rdf_deep_free(origin);
	return rc;
}

int
dns_zone_ldns_rdata(struct dns_zone_rdata *r)
{
	char type[DNS_TYPES_TEXT_MAX];
	struct buf line;
	int rc;

	dns_type_format(r->type, type);
	if (ldns_rr_descript(r->type) == NULL || dns_type_name(r->type) == NULL)
		return dns_zone_rdata_fail(r, NULL, "data of type %s must be written as \\#", type);
	/* An entry cannot hold a NUL for ldns, which takes a C string. */
	for (const struct dns_zone_word *w = r->word; w < r->end; w++) {
		if (memchr(w->text, '\0', w->len) != NULL)
			return dns_zone_rdata_fail(r, w, "NUL in data");
	}
	buf_init(&line, LINE_MAX_BYTES);
	make_line(r, &line);
	if (line.overflow)
		rc = dns_zone_rdata_fail(r, NULL, "data is too long");
	else
		rc = read_line(r, buf_cstr(&line), type);
	buf_release(&line);
	return rc;
}
