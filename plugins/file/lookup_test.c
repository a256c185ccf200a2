/*
 * Tests of the lookup in unsigned zones: RFC 1034, RFC 4592, RFC 6672, and CoreDNS's choices.
 */
#include "config.h"

#include "file/lookup.h"

#include "base/bytes.h"
#include "file/file_test.h"

static const char harbour[] = "$ORIGIN harbour.test.\n"
			      "$TTL 300\n"
			      "@ 900 IN SOA Ns1 hostmaster 7 7200 3600 86400 60\n"
			      "@ 900 IN NS ns1\n"
			      "@ 900 IN NS ns.elsewhere.test.\n"
			      "@ IN A 192.0.2.1\n"
			      "@ IN MX 10 Mail\n"
			      "ns1 IN A 192.0.2.53\n"
			      "ns1 IN AAAA 2001:db8::53\n"
			      "mail IN A 192.0.2.25\n"
			      "www IN A 192.0.2.80\n"
			      "www IN A 192.0.2.81\n"
			      "www IN TXT \"quay 7\"\n"
			      "_ssh._tcp IN SRV 1 2 22 mail\n"
			      "_ssh._tcp IN SRV 2 2 22 mail\n"
			      "svc IN HTTPS 1 mail alpn=h2\n"
			      "far IN MX 5 mx.elsewhere.test.\n"
			      "alias IN CNAME www\n"
			      "alias2 IN CNAME alias\n"
			      "out IN CNAME www.elsewhere.test.\n"
			      "dangling IN CNAME nothing\n"
			      "blank IN CNAME _tcp\n"
			      "ring1 IN CNAME ring2\n"
			      "ring2 IN CNAME ring1\n"
			      "me IN CNAME me\n"
			      "tomail IN CNAME far2\n"
			      "far2 IN MX 1 mail\n"
			      "intodock IN CNAME crane.dock\n"
			      /* a delegation, with glue, and one host next to it */
			      "dock 600 IN NS ns.dock\n"
			      "dock 600 IN NS ns1\n"
			      "ns.dock IN A 192.0.2.66\n"
			      "crane.dock IN A 192.0.2.67\n"
			      "safe IN NS ns.safe\n"
			      "safe IN DS 12345 13 2 "
			      "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\n"
			      "ns.safe IN AAAA 2001:db8::77\n"
			      /* DNAME */
			      "old IN DNAME new\n"
			      "old IN TXT \"moved\"\n"
			      "under.old IN A 192.0.2.90\n"
			      "pier.new IN A 192.0.2.91\n"
			      "spin IN DNAME spin.spin\n"
			      "away IN DNAME elsewhere.test.\n"
			      "self IN DNAME self\n"
			      /* empty non-terminals */
			      "deep.ent.part IN A 192.0.2.92\n";

static const char ns[] = "harbour.test. 900 NS ns1.harbour.test.\n"
			 "harbour.test. 900 NS ns.elsewhere.test.\n";
static const char soa[] =
	"harbour.test. 900 SOA ns1.harbour.test. hostmaster.harbour.test. 7 7200 3600 86400 60\n";

#define WWW_A         "192.0.2.80\n"
#define HOST(name, a) name " 300 A " a "\n"
#define NS1_HOSTS     "ns1.harbour.test. 300 A 192.0.2.53\nns1.harbour.test. 300 AAAA 2001:db8::53\n"
#define MAIL          "mail.harbour.test. 300 A 192.0.2.25\n"
#define DOCK_NS                                                                                    \
	"dock.harbour.test. 600 NS ns.dock.harbour.test.\ndock.harbour.test. 600 NS "              \
	"ns1.harbour.test.\n"
#define DOCK_GLUE "ns.dock.harbour.test. 300 A 192.0.2.66\n"
#define WWW_BOTH  "www.harbour.test. 300 A 192.0.2.80\nwww.harbour.test. 300 A 192.0.2.81\n"

static const struct expected plain[] = {
	{ "www.harbour.test", DNS_TYPE_A, FILE_ANSWER, WWW_BOTH, "NS", "" },
	{ "www.harbour.test", DNS_TYPE_TXT, FILE_ANSWER, "www.harbour.test. 300 TXT \"quay 7\"\n",
	  "NS", "" },
	{ "harbour.test", DNS_TYPE_A, FILE_ANSWER, "harbour.test. 300 A 192.0.2.1\n", "NS", "" },
	{ "harbour.test", DNS_TYPE_SOA, FILE_ANSWER, soa, "NS", "" },
	{ "harbour.test", DNS_TYPE_NS, FILE_ANSWER, ns, "", NS1_HOSTS },
	{ "harbour.test", DNS_TYPE_MX, FILE_ANSWER, "harbour.test. 300 MX 10 mail.harbour.test.\n",
	  "NS", MAIL },
	/* One host named twice is added once. */
	{ "_ssh._tcp.harbour.test", DNS_TYPE_SRV, FILE_ANSWER,
	  "_ssh._tcp.harbour.test. 300 SRV 1 2 22 mail.harbour.test.\n"
	  "_ssh._tcp.harbour.test. 300 SRV 2 2 22 mail.harbour.test.\n",
	  "NS", MAIL },
	{ "svc.harbour.test", DNS_TYPE_HTTPS, FILE_ANSWER,
	  "svc.harbour.test. 300 HTTPS 1 mail.harbour.test. alpn=h2\n", "NS", MAIL },
	{ "far.harbour.test", DNS_TYPE_MX, FILE_ANSWER,
	  "far.harbour.test. 300 MX 5 mx.elsewhere.test.\n", "NS", "" },
	/* nothing of the type; nothing at all; empty non-terminals */
	{ "www.harbour.test", DNS_TYPE_AAAA, FILE_NODATA, "", "SOA", "" },
	{ "harbour.test", DNS_TYPE_AAAA, FILE_NODATA, "", "SOA", "" },
	{ "harbour.test", DNS_TYPE_DS, FILE_NODATA, "", "SOA", "" },
	{ "_tcp.harbour.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	{ "part.harbour.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	{ "ent.part.harbour.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	{ "none.harbour.test", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
	{ "a.b.c.none.harbour.test", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
	{ "x.www.harbour.test", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
	{ "x.part.harbour.test", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
	{ "www.harbour.test", DNS_TYPE_RRSIG, FILE_NODATA, "", "SOA", "" },
	{ "www.harbour.test", DNS_TYPE_ANY, FILE_ANSWER,
	  WWW_BOTH "www.harbour.test. 300 TXT \"quay 7\"\n", "NS", "" },
	{ "part.harbour.test", DNS_TYPE_ANY, FILE_NODATA, "", "SOA", "" },
};

static const struct expected aliases[] = {
	{ "alias.harbour.test", DNS_TYPE_CNAME, FILE_ANSWER,
	  "alias.harbour.test. 300 CNAME www.harbour.test.\n", "NS", "" },
	{ "alias.harbour.test", DNS_TYPE_ANY, FILE_ANSWER,
	  "alias.harbour.test. 300 CNAME www.harbour.test.\n", "NS", "" },
	{ "alias.harbour.test", DNS_TYPE_A, FILE_ANSWER,
	  "alias.harbour.test. 300 CNAME www.harbour.test.\n" WWW_BOTH, "NS", "" },
	{ "alias2.harbour.test", DNS_TYPE_A, FILE_ANSWER,
	  "alias2.harbour.test. 300 CNAME alias.harbour.test.\n"
	  "alias.harbour.test. 300 CNAME www.harbour.test.\n" WWW_BOTH,
	  "NS", "" },
	{ "alias.harbour.test", DNS_TYPE_AAAA, FILE_NODATA,
	  "alias.harbour.test. 300 CNAME www.harbour.test.\n", "SOA", "" },
	{ "tomail.harbour.test", DNS_TYPE_MX, FILE_ANSWER,
	  "tomail.harbour.test. 300 CNAME far2.harbour.test.\n"
	  "far2.harbour.test. 300 MX 1 mail.harbour.test.\n",
	  "NS", MAIL },
	{ "blank.harbour.test", DNS_TYPE_A, FILE_NODATA,
	  "blank.harbour.test. 300 CNAME _tcp.harbour.test.\n", "SOA", "" },
	{ "out.harbour.test", DNS_TYPE_A, FILE_CHASE,
	  "out.harbour.test. 300 CNAME www.elsewhere.test.\n", "", "" },
	{ "dangling.harbour.test", DNS_TYPE_A, FILE_CHASE,
	  "dangling.harbour.test. 300 CNAME nothing.harbour.test.\n", "", "" },
	{ "ring1.harbour.test", DNS_TYPE_A, FILE_ANSWER,
	  "ring1.harbour.test. 300 CNAME ring2.harbour.test.\n"
	  "ring2.harbour.test. 300 CNAME ring1.harbour.test.\n",
	  "NS", "" },
	{ "me.harbour.test", DNS_TYPE_A, FILE_ANSWER,
	  "me.harbour.test. 300 CNAME me.harbour.test.\n", "NS", "" },
	{ "intodock.harbour.test", DNS_TYPE_A, FILE_REFERRAL,
	  "intodock.harbour.test. 300 CNAME crane.dock.harbour.test.\n", DOCK_NS, DOCK_GLUE },
};

static const struct expected cuts[] = {
	{ "dock.harbour.test", DNS_TYPE_A, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "dock.harbour.test", DNS_TYPE_NS, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "dock.harbour.test", DNS_TYPE_ANY, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "crane.dock.harbour.test", DNS_TYPE_A, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "ns.dock.harbour.test", DNS_TYPE_A, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "a.b.dock.harbour.test", DNS_TYPE_TXT, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "crane.dock.harbour.test", DNS_TYPE_DS, FILE_REFERRAL, "", DOCK_NS, DOCK_GLUE },
	{ "dock.harbour.test", DNS_TYPE_DS, FILE_NODATA, "", "SOA", "" },
	{ "safe.harbour.test", DNS_TYPE_DS, FILE_ANSWER,
	  "safe.harbour.test. 300 DS 12345 13 2 "
	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	  "NS", "" },
	{ "x.safe.harbour.test", DNS_TYPE_A, FILE_REFERRAL, "",
	  "safe.harbour.test. 300 NS ns.safe.harbour.test.\n",
	  "ns.safe.harbour.test. 300 AAAA 2001:db8::77\n" },
};

#define OLD "old.harbour.test. 300 DNAME new.harbour.test.\n"
static const struct expected dnames[] = {
	{ "old.harbour.test", DNS_TYPE_DNAME, FILE_ANSWER, OLD, "NS", "" },
	{ "old.harbour.test", DNS_TYPE_TXT, FILE_ANSWER, "old.harbour.test. 300 TXT \"moved\"\n",
	  "NS", "" },
	{ "old.harbour.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	{ "pier.old.harbour.test", DNS_TYPE_A, FILE_ANSWER,
	  OLD "pier.old.harbour.test. 300 CNAME pier.new.harbour.test.\n"
	      "pier.new.harbour.test. 300 A 192.0.2.91\n",
	  "NS", "" },
	{ "pier.old.harbour.test", DNS_TYPE_CNAME, FILE_ANSWER,
	  OLD "pier.old.harbour.test. 300 CNAME pier.new.harbour.test.\n", "NS", "" },
	{ "pier.old.harbour.test", DNS_TYPE_DNAME, FILE_NODATA,
	  OLD "pier.old.harbour.test. 300 CNAME pier.new.harbour.test.\n", "SOA", "" },
	/* What stands below a DNAME is not seen. */
	{ "under.old.harbour.test", DNS_TYPE_A, FILE_CHASE,
	  OLD "under.old.harbour.test. 300 CNAME under.new.harbour.test.\n", "", "" },
	{ "x.away.harbour.test", DNS_TYPE_A, FILE_CHASE,
	  "away.harbour.test. 300 DNAME elsewhere.test.\n"
	  "x.away.harbour.test. 300 CNAME x.elsewhere.test.\n",
	  "", "" },
	{ "x.self.harbour.test", DNS_TYPE_A, FILE_FAILURE, "", "", "" },
};

START_TEST(plain_answers)
{
	struct file_zone *z = make_zone("harbour.test", harbour);

	ck_assert_str_eq(buf_cstr(&warnings), "");
	check_rows(z, plain, ARRAY_SIZE(plain), false, ns, soa);
	check_rows(z, plain, ARRAY_SIZE(plain), true, ns, soa);
	file_zone_free(z);
}
END_TEST

START_TEST(alias_answers)
{
	struct file_zone *z = make_zone("harbour.test", harbour);

	check_rows(z, aliases, ARRAY_SIZE(aliases), false, ns, soa);
	file_zone_free(z);
}
END_TEST

START_TEST(delegations)
{
	struct file_zone *z = make_zone("harbour.test", harbour);

	check_rows(z, cuts, ARRAY_SIZE(cuts), false, ns, soa);
	file_zone_free(z);
}
END_TEST

START_TEST(redirections)
{
	struct file_zone *z = make_zone("harbour.test", harbour);

	check_rows(z, dnames, ARRAY_SIZE(dnames), false, ns, soa);
	file_zone_free(z);
}
END_TEST

START_TEST(dname_makes_name_too_long)
{
	struct file_zone *z = make_zone("harbour.test", harbour);
	static struct asked q;
	char name[256];
	char label[61];

	memset(label, 'n', 60);
	label[60] = '\0';
	/* 251 octets, and five more with "spin.spin" in place of "spin". */
	snprintf(name, sizeof(name), "%s.%s.%s.%.48s.spin.harbour.test", label, label, label,
		 label);
	ask(&q, z, name, DNS_TYPE_A, false);
	ck_assert_int_eq(q.result, FILE_YXDOMAIN);
	ck_assert_str_eq(section_text(&q, LDNS_SECTION_ANSWER),
			 "spin.harbour.test. 300 DNAME spin.spin.harbour.test.\n");
	buf_release(&q.text);
	file_zone_free(z);
}
END_TEST

START_TEST(case_of_the_question_is_kept)
{
	struct file_zone *z = make_zone("Harbour.TEST", harbour);
	static struct asked q;

	ask(&q, z, "wWw.hArbour.tesT", DNS_TYPE_A, false);
	ck_assert_int_eq(q.result, FILE_ANSWER);
	ck_assert_str_eq(
		section_text(&q, LDNS_SECTION_ANSWER),
		"wWw.hArbour.tesT. 300 A 192.0.2.80\nwWw.hArbour.tesT. 300 A 192.0.2.81\n");
	ck_assert_str_eq(section_text(&q, LDNS_SECTION_AUTHORITY),
			 "hArbour.tesT. 900 NS ns1.hArbour.tesT.\nhArbour.tesT. 900 NS "
			 "ns.elsewhere.test.\n");
	buf_release(&q.text);
	file_zone_free(z);
}
END_TEST

/* ---- wildcards ---- */

static const char orchard[] = "$ORIGIN orchard.test.\n"
			      "$TTL 120\n"
			      "@ IN SOA ns root 1 2 3 4 5\n"
			      "@ IN NS ns\n"
			      "ns IN A 198.51.100.1\n"
			      "* IN TXT \"any tree\"\n"
			      "* IN MX 10 press\n"
			      "press IN A 198.51.100.2\n"
			      "sub.* IN TXT \"below a star\"\n"
			      "row1 IN A 198.51.100.3\n"
			      "_cider._tcp.row1 IN SRV 0 0 9 press\n"
			      "_cider._tcp.row2 IN SRV 0 0 9 press\n"
			      "fence IN NS ns.fence\n"
			      "ns.fence IN A 198.51.100.4\n"
			      "*.cn IN CNAME row1\n"
			      "*.cx IN CNAME other.test.\n"
			      "leaf.*.branch IN A 198.51.100.5\n";

static const char orchard_ns[] = "orchard.test. 120 NS ns.orchard.test.\n";
static const char orchard_soa[] =
	"orchard.test. 120 SOA ns.orchard.test. root.orchard.test. 1 2 3 4 5\n";

static const struct expected stars[] = {
	{ "plum.orchard.test", DNS_TYPE_MX, FILE_ANSWER,
	  "plum.orchard.test. 120 MX 10 press.orchard.test.\n", "NS",
	  "press.orchard.test. 120 A 198.51.100.2\n" },
	{ "a.b.plum.orchard.test", DNS_TYPE_TXT, FILE_ANSWER,
	  "a.b.plum.orchard.test. 120 TXT \"any tree\"\n", "NS", "" },
	{ "plum.orchard.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	/* The star itself, and what is below it, are names like others. */
	{ "*.orchard.test", DNS_TYPE_TXT, FILE_ANSWER, "*.orchard.test. 120 TXT \"any tree\"\n",
	  "NS", "" },
	{ "sub.*.orchard.test", DNS_TYPE_TXT, FILE_ANSWER,
	  "sub.*.orchard.test. 120 TXT \"below a star\"\n", "NS", "" },
	{ "x.*.orchard.test", DNS_TYPE_TXT, FILE_NXDOMAIN, "", "SOA", "" },
	/* Names that exist, if only for those below them, have no part in it. */
	{ "row1.orchard.test", DNS_TYPE_TXT, FILE_NODATA, "", "SOA", "" },
	{ "_tcp.row1.orchard.test", DNS_TYPE_TXT, FILE_NODATA, "", "SOA", "" },
	{ "row2.orchard.test", DNS_TYPE_TXT, FILE_NODATA, "", "SOA", "" },
	{ "x.row1.orchard.test", DNS_TYPE_TXT, FILE_NXDOMAIN, "", "SOA", "" },
	{ "_perry._tcp.row2.orchard.test", DNS_TYPE_SRV, FILE_NXDOMAIN, "", "SOA", "" },
	{ "x.fence.orchard.test", DNS_TYPE_TXT, FILE_REFERRAL, "",
	  "fence.orchard.test. 120 NS ns.fence.orchard.test.\n",
	  "ns.fence.orchard.test. 120 A 198.51.100.4\n" },
	{ "a.cn.orchard.test", DNS_TYPE_A, FILE_ANSWER,
	  "a.cn.orchard.test. 120 CNAME row1.orchard.test.\nrow1.orchard.test. 120 A "
	  "198.51.100.3\n",
	  "NS", "" },
	{ "a.cn.orchard.test", DNS_TYPE_CNAME, FILE_ANSWER,
	  "a.cn.orchard.test. 120 CNAME row1.orchard.test.\n", "NS", "" },
	{ "a.cn.orchard.test", DNS_TYPE_TXT, FILE_NODATA,
	  "a.cn.orchard.test. 120 CNAME row1.orchard.test.\n", "SOA", "" },
	{ "a.cx.orchard.test", DNS_TYPE_A, FILE_CHASE, "a.cx.orchard.test. 120 CNAME other.test.\n",
	  "", "" },
	/* A star that is only there for what is below it still stands for names. */
	{ "x.branch.orchard.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	{ "leaf.x.branch.orchard.test", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
};

START_TEST(wildcards)
{
	struct file_zone *z = make_zone("orchard.test", orchard);

	check_rows(z, stars, ARRAY_SIZE(stars), false, orchard_ns, orchard_soa);
	file_zone_free(z);
}
END_TEST

/* ---- fallthrough, limits ---- */

static enum file_result
fall(const struct file_zone *z, const char *name, uint16_t type)
{
	static struct asked q;

	ask(&q, z, name, type, false);
	dns_writer_init(&q.w, q.wire, DNS_HEADER_LEN + q.qname.len + 4u, sizeof(q.wire));
	file_answer_init(&q.a, z, &q.w, &q.qname, type, false);
	q.a.may_fall = true;
	q.result = file_lookup(&q.a);
	if (q.result == FILE_MISS)
		ck_assert_uint_eq(q.w.len, DNS_HEADER_LEN + q.qname.len + 4u);
	buf_release(&q.text);
	return q.result;
}

START_TEST(what_falls_through)
{
	struct file_zone *h = make_zone("harbour.test", harbour);
	struct file_zone *o = make_zone("orchard.test", orchard);

	ck_assert_int_eq(fall(h, "none.harbour.test", DNS_TYPE_A), FILE_MISS);
	ck_assert_int_eq(fall(h, "ent.part.harbour.test", DNS_TYPE_A), FILE_MISS);
	ck_assert_int_eq(fall(h, "www.harbour.test", DNS_TYPE_AAAA), FILE_NODATA);
	ck_assert_int_eq(fall(h, "www.harbour.test", DNS_TYPE_A), FILE_ANSWER);
	ck_assert_int_eq(fall(h, "x.dock.harbour.test", DNS_TYPE_A), FILE_REFERRAL);
	ck_assert_int_eq(fall(h, "blank.harbour.test", DNS_TYPE_A), FILE_NODATA);
	ck_assert_int_eq(fall(o, "plum.orchard.test", DNS_TYPE_A), FILE_NODATA);
	ck_assert_int_eq(fall(o, "x.branch.orchard.test", DNS_TYPE_A), FILE_NODATA);
	file_zone_free(h);
	file_zone_free(o);
}
END_TEST

START_TEST(chain_has_an_end)
{
	struct buf text;
	struct file_zone *z;
	static struct asked q;

	buf_init(&text, 1 << 16);
	buf_puts(&text, "@ 5 IN SOA a b 1 2 3 4 5\n@ 5 IN NS a\n");
	for (int i = 0; i < 20; i++)
		buf_printf(&text, "c%d 5 IN CNAME c%d\n", i, i + 1);
	z = make_zone("chain.test", buf_cstr(&text));
	ask(&q, z, "c0.chain.test", DNS_TYPE_A, false);
	ck_assert_int_eq(q.result, FILE_ANSWER);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_ANSWER), FILE_LINKS_MAX + 2);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_AUTHORITY), 1);
	buf_release(&q.text);
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

/* With too little room the optional sections go first, then the answer is refused. */
START_TEST(no_room)
{
	struct file_zone *z = make_zone("harbour.test", harbour);
	static struct asked q;

	for (size_t room = 12 + 18 + 4; room < 300; room++) {
		ask_room(&q, z, "harbour.test", DNS_TYPE_MX, false, room);
		ck_assert_int_eq(q.result, FILE_ANSWER);
		if (q.w.error == 0) {
			ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_ANSWER), 1);
			ck_assert(dns_msg_count(q.w.wire, DNS_AUTHORITY) == 0 ||
				  dns_msg_count(q.w.wire, DNS_AUTHORITY) == 2);
			ck_assert(dns_msg_count(q.w.wire, DNS_ADDITIONAL) == 0 ||
				  dns_msg_count(q.w.wire, DNS_AUTHORITY) == 2);
			section_text(&q, LDNS_SECTION_ANSWER);
		}
		buf_release(&q.text);
	}
	ck_assert_int_eq(q.w.error, 0);
	ck_assert_uint_eq(dns_msg_count(q.w.wire, DNS_ADDITIONAL), 1);
	file_zone_free(z);
}
END_TEST

/* An apex that has only what makes it one is not the zone's to answer for, if it need not. */
START_TEST(bare_apex_falls_through)
{
	static const struct {
		const char *more;
		uint16_t type;
		enum file_result result;
	} rows[] = {
		{ "", DNS_TYPE_A, FILE_MISS },
		{ "", DNS_TYPE_SOA, FILE_ANSWER },
		{ "", DNS_TYPE_ANY, FILE_ANSWER },
		{ "@ NS ns.\n", DNS_TYPE_A, FILE_MISS },
		{ "@ NS ns.\n", DNS_TYPE_NS, FILE_ANSWER },
		{ "@ NS ns.\n@ MX 1 m.\n", DNS_TYPE_A, FILE_NODATA },
		{ "@ MX 1 m.\n", DNS_TYPE_A, FILE_NODATA },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct file_zone *z;
		struct buf text;

		buf_init(&text, 1000);
		buf_printf(&text, "$TTL 60\n@ SOA . . 1 2 3 4 5\n%s", rows[i].more);
		z = make_zone("bare.test", buf_cstr(&text));
		ck_assert_msg(fall(z, "bare.test", rows[i].type) == rows[i].result, "row %zu", i);
		buf_release(&text);
		file_zone_free(z);
	}
}
END_TEST

/* A DNAME that leads from below a name to that name: no circle. */
START_TEST(dname_to_its_owner)
{
#define TO_OWNER "up.dn.test. 60 DNAME dn.test.\nup.up.dn.test. 60 CNAME up.dn.test.\n"
	static const struct expected rows[] = {
		{ "up.up.dn.test", DNS_TYPE_MX, FILE_ANSWER,
		  TO_OWNER "up.dn.test. 60 MX 1 mail.elsewhere.\n", "NS", "" },
		{ "up.up.dn.test", DNS_TYPE_A, FILE_NODATA, TO_OWNER, "SOA", "" },
	};
	struct file_zone *z =
		make_zone("dn.test", "$TTL 60\n@ SOA . . 1 2 3 4 5\n@ NS ns.elsewhere.\n"
				     "up DNAME @\nup MX 1 mail.elsewhere.\n");

	check_rows(z, rows, ARRAY_SIZE(rows), false, "dn.test. 60 NS ns.elsewhere.\n",
		   "dn.test. 60 SOA . . 1 2 3 4 5\n");
	file_zone_free(z);
}
END_TEST

/* As in CoreDNS: without SOA and NS records nobody could use the zone. */
START_TEST(alias_at_the_apex)
{
	static const struct expected rows[] = {
		{ "apex.test", DNS_TYPE_SOA, FILE_ANSWER, "apex.test. 60 SOA . . 1 2 3 4 5\n", "NS",
		  "" },
		{ "apex.test", DNS_TYPE_NS, FILE_ANSWER, "apex.test. 60 NS ns.elsewhere.\n", "",
		  "" },
		{ "apex.test", DNS_TYPE_A, FILE_ANSWER,
		  "apex.test. 60 CNAME www.apex.test.\nwww.apex.test. 60 A 192.0.2.1\n", "NS", "" },
		{ "to.apex.test", DNS_TYPE_NS, FILE_ANSWER,
		  "to.apex.test. 60 CNAME apex.test.\napex.test. 60 NS ns.elsewhere.\n", "", "" },
		{ "none.apex.test", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
	};
	struct file_zone *z =
		make_zone("apex.test", "$TTL 60\n@ SOA . . 1 2 3 4 5\n@ NS ns.elsewhere.\n"
				       "@ CNAME www\nwww A 192.0.2.1\nto CNAME @\n");

	check_rows(z, rows, ARRAY_SIZE(rows), false, "apex.test. 60 NS ns.elsewhere.\n",
		   "apex.test. 60 SOA . . 1 2 3 4 5\n");
	file_zone_free(z);
}
END_TEST

/* Hosts beyond FILE_HOSTS_MAX are not looked up: finding them takes the square of their number. */
START_TEST(many_hosts)
{
	struct asked q;
	struct file_zone *z;
	struct buf text;

	buf_init(&text, 1 << 20);
	buf_puts(&text, "$TTL 60\n@ SOA . . 1 2 3 4 5\n@ NS ns.elsewhere.\n");
	for (unsigned i = 0; i < FILE_HOSTS_MAX + 4; i++)
		buf_printf(&text, "%s MX %u h%u\nh%u A 192.0.2.%u\n", i < 40 ? "some" : "rest", i,
			   i, i, i % 256);
	for (unsigned i = 0; i < 40; i++)
		buf_printf(&text, "rest MX %u h%u\n", i, i);
	z = make_zone("mx.test", buf_cstr(&text));
	ask(&q, z, "some.mx.test", DNS_TYPE_MX, false);
	ck_assert_uint_eq(dns_msg_count(q.wire, DNS_ANSWER), 40);
	ck_assert_uint_eq(dns_msg_count(q.wire, DNS_ADDITIONAL), 40);
	buf_release(&q.text);
	ask(&q, z, "rest.mx.test", DNS_TYPE_MX, false);
	ck_assert_uint_gt(dns_msg_count(q.wire, DNS_ANSWER), FILE_HOSTS_MAX);
	ck_assert_uint_eq(dns_msg_count(q.wire, DNS_ADDITIONAL), FILE_HOSTS_MAX);
	buf_release(&q.text);
	buf_release(&text);
	file_zone_free(z);
}
END_TEST

START_TEST(root_zone)
{
	struct file_zone *z = make_zone(".", "$TTL 9\n"
					     ". IN SOA a. b. 1 2 3 4 5\n. IN NS a.\na. IN A "
					     "203.0.113.1\n*.w. IN A 203.0.113.2\n");
	static const struct expected rows[] = {
		{ ".", DNS_TYPE_NS, FILE_ANSWER, ". 9 NS a.\n", "", "a. 9 A 203.0.113.1\n" },
		{ "a", DNS_TYPE_A, FILE_ANSWER, "a. 9 A 203.0.113.1\n", "NS", "" },
		{ "x.w", DNS_TYPE_A, FILE_ANSWER, "x.w. 9 A 203.0.113.2\n", "NS", "" },
		{ "x", DNS_TYPE_A, FILE_NXDOMAIN, "", "SOA", "" },
		{ ".", DNS_TYPE_A, FILE_NODATA, "", "SOA", "" },
	};

	check_rows(z, rows, ARRAY_SIZE(rows), false, ". 9 NS a.\n", ". 9 SOA a. b. 1 2 3 4 5\n");
	file_zone_free(z);
}
END_TEST

/* Equal halves of hashes do not make equal names. */
START_TEST(hashes_that_lie)
{
	struct file_zone *z = make_zone("harbour.test", harbour);
	struct file_zone liar = *z;
	uint64_t table[8] = { 0 };
	struct dns_qname www, mail;
	uint8_t wire[DNS_NAME_BUF];
	uint32_t ref, other;

	wire_name(wire, "www.harbour.test");
	dns_qname_set(&www, wire);
	wire_name(wire, "mail.harbour.test");
	dns_qname_set(&mail, wire);
	ref = file_zone_find(z, www.wire, www.len, www.hash);
	other = file_zone_find(z, mail.wire, mail.len, mail.hash);
	ck_assert(ref != 0 && other != 0 && ref != other);
	liar.table = table;
	liar.mask = 7;
	table[www.hash & 7] = (www.hash >> 32 << 32) | other;
	ck_assert_uint_eq(file_zone_find(&liar, www.wire, www.len, www.hash), 0);
	table[(www.hash + 1) & 7] = table[www.hash & 7];
	table[(www.hash + 2) & 7] = (www.hash >> 32 << 32) | ref;
	ck_assert_uint_eq(file_zone_find(&liar, www.wire, www.len, www.hash), ref);
	/* The first labels of a name in the zone, and another end. */
	wire_name(wire, "www.harbour.tesu");
	dns_qname_set(&mail, wire);
	ck_assert(file_zone_ends(z, &www) && !file_zone_ends(z, &mail));
	file_zone_free(z);
}
END_TEST

TEST_MAIN("file_lookup", plain_answers, alias_answers, delegations, redirections,
	  dname_makes_name_too_long, case_of_the_question_is_kept, wildcards, what_falls_through,
	  chain_has_an_end, no_room, bare_apex_falls_through, dname_to_its_owner, alias_at_the_apex,
	  many_hosts, root_zone, hashes_that_lie)
