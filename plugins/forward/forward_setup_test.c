/*
 * Tests of the forward directive: what is accepted, what it means, what is refused.
 */
#include "config.h"

#include "forward/forward.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "dns/types.h"
#include "tests/support/check_main.h"
#include "tests/support/setup_check.h"

#define IN_BLOCK(line) "forward . 10.0.0.1 10.0.0.2 {\n " line "\n}"

static const struct setup_row directives[] = {
	{ "forward . 10.0.0.1", "" },
	{ "forward . 10.0.0.1:5353 [2001:db8::1]:53 2001:db8::2 [2001:db8::3]", "" },
	{ "forward . fe80::1%eth0 [fe80::2%eth0]:5353", "" },
	{ "forward . dns://10.0.0.1 dns://[::1]:53", "CF3010w" },
	{ "forward . /etc/resolv.conf", "" },
	{ "forward . resolv.conf dns.example.org dns.example.org:5353", "" },
	{ "forward example.org. 10.0.0.1", "" },
	{ "forward 10.0.0.0/8 10.0.0.1", "" },
	{ "forward 10.9.3.0/24 10.0.0.1", "" },
	{ "forward . 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 1.0.0.5 1.0.0.6 1.0.0.7 1.0.0.8 1.0.0.9 "
	  "1.0.0.10 1.0.0.11 1.0.0.12 1.0.0.13 1.0.0.14 1.0.0.15",
	  "" },
	{ "forward . 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 1.0.0.5 1.0.0.6 1.0.0.7 1.0.0.8 1.0.0.9 "
	  "1.0.0.10 1.0.0.11 1.0.0.12 1.0.0.13 1.0.0.14 1.0.0.15 1.0.0.16",
	  "CF2001" },
	{ "forward", "CF2001" },
	{ "forward .", "CF2001" },
	{ "forward a..b 10.0.0.1", "CF2002" },
	{ "forward . 10.0.0.300", "CF2002" },
	{ "forward . 10.0.0.1:99999", "CF2002" },
	{ "forward . 10.0.0.1:", "CF2002" },
	{ "forward . ::1:53:99999", "CF2002" },
	{ "forward . [::1", "CF2002" },
	{ "forward . dns://", "CF2002" },
	{ "forward . dns.example.org:0", "CF2002" },
	{ "forward . dns.example.org:port", "CF2002" },
	{ "forward . a..b", "CF2002" },
	{ "forward . quic://10.0.0.1", "CF2002" },
	{ "forward . grpc://10.0.0.1", "CF2002" },
	{ "forward . unix:///run/dns", "CF2002" },
	{ "forward . 10.0.0.300 10.0.0.301", "CF2002 CF2002" },
	{ "forward . 10.0.0.1 10.0.0.1:53", "CF2010w" },
	{ "forward . dns.example.org dns.example.org:53", "CF2010w" },
	{ "forward . 10.0.0.1 10.0.0.1:54", "" },
};

static const struct setup_row options[] = {
	{ IN_BLOCK("except example.org 10.0.0.0/8"), "" },
	{ IN_BLOCK("except a.example\n except b.example"), "" },
	{ IN_BLOCK("except"), "CF2001" },
	{ IN_BLOCK("except a..b"), "CF2002" },
	{ "forward . 192.0.2.1,192.0.2.2", "CF2002" },
	{ "forward . dns_1.example:53 a(b", "CF2002" },
	{ IN_BLOCK("force_tcp\n prefer_udp"), "CF2026w" },
	{ IN_BLOCK("force_tcp yes"), "CF2001" },
	{ IN_BLOCK("prefer_udp yes"), "CF2001" },
	{ IN_BLOCK("expire 20s"), "" },
	{ IN_BLOCK("expire 0s"), "" },
	{ IN_BLOCK("expire"), "CF2001" },
	{ IN_BLOCK("expire 20"), "CF2002" },
	{ IN_BLOCK("expire -1s"), "CF2003" },
	{ IN_BLOCK("max_age 1m"), "" },
	{ IN_BLOCK("max_age 5s"), "CF2003" },
	{ IN_BLOCK("max_age 5s\n expire 5s"), "" },
	{ IN_BLOCK("max_age -5s"), "CF2003" },
	{ IN_BLOCK("max_idle_conns 10"), "" },
	{ IN_BLOCK("max_idle_conns -1"), "CF2003" },
	{ IN_BLOCK("max_idle_conns many"), "CF2002" },
	{ IN_BLOCK("read_timeout 500ms"), "" },
	{ IN_BLOCK("read_timeout 0s"), "CF2003" },
	{ IN_BLOCK("max_fails 0"), "" },
	{ IN_BLOCK("max_fails -1"), "CF2003" },
	{ IN_BLOCK("max_fails 1 2"), "CF2001" },
	{ IN_BLOCK("max_connect_attempts 0"), "" },
	{ IN_BLOCK("max_connect_attempts x"), "CF2002" },
	{ IN_BLOCK("policy random"), "" },
	{ IN_BLOCK("policy round_robin"), "" },
	{ IN_BLOCK("policy sequential"), "" },
	{ IN_BLOCK("policy least_conn"), "CF2002" },
	{ IN_BLOCK("policy"), "CF2001" },
	{ IN_BLOCK("health_check 5s"), "" },
	{ IN_BLOCK("health_check 5s no_rec domain example.org"), "" },
	{ IN_BLOCK("health_check"), "CF2001" },
	{ IN_BLOCK("health_check no_rec"), "CF2002" },
	{ IN_BLOCK("health_check -1s"), "CF2003" },
	{ IN_BLOCK("health_check 5s norec"), "CF2004" },
	{ IN_BLOCK("health_check 5s domain"), "CF2001" },
	{ IN_BLOCK("health_check 5s domain a..b"), "CF2002" },
	{ IN_BLOCK("max_concurrent 1000"), "" },
	{ IN_BLOCK("max_concurrent -1"), "CF2003" },
	{ IN_BLOCK("next NXDOMAIN"), "CF2011w" },
	{ IN_BLOCK("next"), "CF2001" },
	{ IN_BLOCK("next NXDOMIAN"), "CF2002" },
	{ IN_BLOCK("next NXDOMAIN\n}\nforward . 10.0.0.3 {\n force_tcp"), "" },
	{ IN_BLOCK("next_on_nodata"), "CF2011w" },
	{ IN_BLOCK("next_on_nodata\n}\nforward . 10.0.0.3 {\n force_tcp"), "" },
	{ IN_BLOCK("force_tcp\n}\nforward . 10.0.0.3 {\n force_tcp"), "CF3003w" },
	{ IN_BLOCK("except a.test\n}\nforward . 10.0.0.3 {\n force_tcp"), "" },
	{ IN_BLOCK("next_on_nodata now"), "CF2001" },
	{ IN_BLOCK("failfast_all_unhealthy_upstreams"), "" },
	{ IN_BLOCK("failfast_all_unhealthy_upstreams on"), "CF2001" },
	{ IN_BLOCK("failover servfail REFUSED"), "" },
	{ IN_BLOCK("failover"), "CF2001" },
	{ IN_BLOCK("failover NOERROR"), "CF2003" },
	{ IN_BLOCK("source_address 10.0.0.9"), "" },
	{ IN_BLOCK("source_address 10.0.0.9:53"), "CF2002" },
	{ IN_BLOCK("source_address eth0"), "CF2002" },
	{ IN_BLOCK("source_address ::1"), "CF2023w CF2023w" },
	{ IN_BLOCK("resolver 10.0.0.1 10.0.0.2:5353 ::1"), "" },
	{ IN_BLOCK("resolver"), "CF2001" },
	{ IN_BLOCK("resolver dns.example.org"), "CF2002" },
	{ IN_BLOCK("max_fails 1\n max_fails 2"), "CF2010w" },
	{ IN_BLOCK("max_conurrent 5"), "CF2004" },
};

/* One error for all that asks for TLS. */
static const struct setup_row tls[] = {
	{ "forward . tls://9.9.9.9", "CF2022" },
	{ "forward . https://9.9.9.9 tls://1.1.1.1%cloudflare-dns.com", "CF2022" },
	{ "forward . tls://9.9.9.9 {\n tls_servername dns.quad9.net\n}", "CF2022" },
	{ IN_BLOCK("tls"), "CF2022" },
	{ IN_BLOCK("tls cert.pem key.pem ca.pem\n doh_method GET"), "CF2022" },
	{ IN_BLOCK("tls a b c d"), "CF2001" },
	{ IN_BLOCK("tls_servername a b"), "CF2001" },
};

/* CoreDNS's verdict. */
static const struct setup_row compat_rows[] = {
	{ "forward . 1.1.1.1 {\n tls\n}", "" },
	{ "forward . 1.1.1.1 {\n tls ca.pem\n}", "" },
	{ "forward . 1.1.1.1 {\n tls cert.pem key.pem\n}", "" },
	{ "forward . 1.1.1.1 {\n tls cert.pem key.pem ca.pem\n}", "" },
	{ "forward . 1.1.1.1 {\n tls key.pem cert.pem\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n tls nonesuch\n}", "CF1000" },
	{ "forward . 1.1.1.1 {\n tls hosts\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n tls cert.pem cert.pem\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n tls cert.pem key.pem hosts\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n tls a b c d\n}", "CF2001" },
	{ "forward . 1.1.1.1 {\n except a..b ::/0\n}", "" },
	{ "forward . 1.1.1.1 {\n max_fails +7\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n max_connect_attempts 2 prefer_udp\n}", "" },
	{ "forward . 1.1.1.1 {\n max_idle_conns 4294967296\n}", "" },
	{ "forward . 1.1.1.1 {\n doh_method get\n}", "CF2002" },
	{ "forward . 1.1.1.1 {\n policy random expire 1s\n}", "" },
	{ "forward . resolv.conf", "" },
	{ "forward . hosts", "CF2002" },
	{ "forward . . 1.1.1.1", "" },
	{ "forward . .", "CF2002" },
	{ "forward . ./nonesuch", "CF1000" },
	{ "forward . tls://", "CF2002" },
	{ "forward . https://1.1.1.1/q", "CF2002" },
	{ "forward . https3://1.1.1.1", "" },
	{ "forward . grpc://1.1.1.1", "CF2002" },
	{ "forward . 127.0.0.1: 1.2.3.4:99999 fe80::1%lo [::1]:53", "" },
	{ "forward . tls://1.1.1.1%a {\n tls_servername x\n}", "CF2006" },
	{ "forward . tls://1.1.1.1:853%a", "" },
	{ "forward a..b 1.1.1.1", "CF2002" },
	{ "forward 10.0.0.0/27 1.1.1.1", "" },
	{ "forward . dns.example", "" }, /* nobody is asked */
	{ "forward . 1.5 -a", "CF2002 CF2002" },
	{ "forward . 1.5 {\n resolver 10.0.0.1\n}", "" },
	{ "forward . 1.1.1.1 {\n next BADVERS\n}", "CF2002" },
};

/* A system that knows one name. */
static const char *
knows_one(void *arg, const char *name)
{
	return strcmp(name, arg) == 0 ? NULL : "it is not in the list";
}

START_TEST(asks_for_names)
{
	static const struct setup_row rows[] = {
		{ ".\nforward . dns.example", "" },
		{ ".\nforward . tls://dns.example:853%name", "" },
		{ ".\nforward . dns.example other.example", "CF2002" },
		{ ".\nforward . other.example {\n resolver 10.0.0.1\n}", "" },
		{ ".\nforward . 10.0.0.1 resolv.conf", "" },
	};
	char known[] = "dns.example";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct setup s;

		setup_open_lookup(&s, rows[i].text, knows_one, known);
		ck_assert_str_eq(setup_ids(&s), rows[i].ids);
		setup_close(&s);
	}
}
END_TEST

START_TEST(accepts_and_refuses)
{
	setup_check_rows(directives, ARRAY_SIZE(directives));
	setup_check_rows(options, ARRAY_SIZE(options));
}
END_TEST

START_TEST(refuses_tls_once)
{
	setup_check_rows(tls, ARRAY_SIZE(tls));
}
END_TEST

START_TEST(only_the_first_zone_of_a_network)
{
	struct setup s;
	const struct forward_config *f;

	setup_open(&s, ". {\n forward 10.0.0.0/23 10.0.0.1\n}\n");
	ck_assert_ptr_nonnull(strstr(setup_ids(&s), "CF2018w"));
	f = setup_config(&s, "forward", 0);
	ck_assert_str_eq(f->from.text, "0.0.10.in-addr.arpa.");
	setup_close(&s);
}
END_TEST

START_TEST(defaults)
{
	struct setup s;
	const struct forward_config *f;

	setup_open(&s, ". {\n forward Example.ORG 10.0.0.1\n}\n");
	f = setup_config(&s, "forward", 0);
	ck_assert_str_eq(f->from.text, "example.org.");
	ck_assert_uint_eq(f->to.n, 1);
	ck_assert_uint_eq(f->expire, 10 * (uint64_t)CLOCK_NS_PER_S);
	ck_assert_uint_eq(f->max_age, 0);
	ck_assert_uint_eq(f->read_timeout, 2 * (uint64_t)CLOCK_NS_PER_S);
	ck_assert_uint_eq(f->max_fails, 2);
	ck_assert_uint_eq(f->max_idle_conns, 0);
	ck_assert_uint_eq(f->max_concurrent, 0);
	ck_assert(!f->attempts_set);
	ck_assert_int_eq(f->policy, FORWARD_RANDOM);
	ck_assert_uint_eq(f->health_check, 500 * (uint64_t)CLOCK_NS_PER_MS);
	ck_assert_str_eq(f->health_domain.text, ".");
	ck_assert(!f->health_no_rec && !f->force_tcp && !f->prefer_udp && !f->failfast);
	ck_assert(!f->has_next && !f->next_on_nodata);
	ck_assert_uint_eq(f->except.n + f->next.n + f->failover.n + f->resolver.n, 0);
	ck_assert_uint_eq(f->source_address.family, ADDR_NONE);
	setup_close(&s);
}
END_TEST

START_TEST(all_options)
{
	struct setup s;
	const struct forward_config *f;

	setup_open(&s, ". {\n forward . 10.0.0.1 10.0.0.3 {\n"
		       "  except a.example\n  except 10.0.0.0/8 b.example\n"
		       "  max_connect_attempts 0\n  policy sequential\n"
		       "  health_check 1s no_rec domain Example.ORG\n"
		       "  next NXDOMAIN\n  next REFUSED\n  failover SERVFAIL\n"
		       "  source_address 10.0.0.9\n  resolver 10.0.0.1 10.0.0.2:5353\n"
		       "  max_concurrent 7\n }\n forward . 10.0.0.2\n}\n");
	ck_assert_str_eq(setup_ids(&s), "");
	f = setup_config(&s, "forward", 0);
	ck_assert_uint_eq(f->except.n, 3);
	ck_assert_str_eq(f->except.v[1].text, "10.in-addr.arpa.");
	ck_assert(f->attempts_set);
	ck_assert_int_eq(f->policy, FORWARD_SEQUENTIAL);
	ck_assert_uint_eq(f->health_check, (uint64_t)CLOCK_NS_PER_S);
	ck_assert(f->health_no_rec);
	ck_assert_str_eq(f->health_domain.text, "example.org.");
	ck_assert_uint_eq(f->next.n, 2);
	ck_assert_uint_eq(f->next.v[1], DNS_RCODE_REFUSED);
	ck_assert_uint_eq(f->failover.n, 1);
	ck_assert_uint_eq(f->source_address.family, ADDR_V4);
	ck_assert_uint_eq(f->resolver.n, 2);
	ck_assert_uint_eq(f->resolver.v[1].port, 5353);
	ck_assert_uint_eq(f->max_concurrent, 7);
	ck_assert(f->has_next);
	f = setup_config(&s, "forward", 1);
	ck_assert(!f->has_next);
	setup_close(&s);
}
END_TEST

START_TEST(kinds_of_upstreams)
{
	struct setup s;
	const struct forward_config *f;

	setup_open(&s, ". {\n forward . 10.0.0.1 [2001:db8::1]:5353 [fe80::1%eth0]:5354 fe80::2%lo "
		       "/etc/resolv.conf dns.example:5355 localhost\n}\n");
	ck_assert_str_eq(setup_ids(&s), "");
	f = setup_config(&s, "forward", 0);
	ck_assert_uint_eq(f->to.n, 7);
	ck_assert_int_eq(f->to.v[0].kind, FORWARD_TO_ADDR);
	ck_assert_uint_eq(f->to.v[0].addr.port, 53);
	ck_assert_uint_eq(f->to.v[1].addr.port, 5353);
	ck_assert_uint_eq(f->to.v[1].addr.family, ADDR_V6);
	ck_assert_int_eq(f->to.v[2].kind, FORWARD_TO_ZONE);
	ck_assert_str_eq(f->to.v[2].text, "fe80::1%eth0");
	ck_assert_uint_eq(f->to.v[2].port, 5354);
	ck_assert_str_eq(f->to.v[3].text, "fe80::2%lo");
	ck_assert_uint_eq(f->to.v[3].port, 53);
	ck_assert_int_eq(f->to.v[4].kind, FORWARD_TO_FILE);
	ck_assert_str_eq(f->to.v[4].text, "/etc/resolv.conf");
	ck_assert_int_eq(f->to.v[5].kind, FORWARD_TO_NAME);
	ck_assert_str_eq(f->to.v[5].text, "dns.example");
	ck_assert_uint_eq(f->to.v[5].port, 5355);
	ck_assert_uint_eq(f->to.v[6].port, 53);
	setup_close(&s);
}
END_TEST

START_TEST(judges_as_coredns)
{
	setup_check_compat(compat_rows, ARRAY_SIZE(compat_rows));
}
END_TEST

TEST_MAIN("forward_setup", accepts_and_refuses, refuses_tls_once, only_the_first_zone_of_a_network,
	  defaults, all_options, kinds_of_upstreams, judges_as_coredns, asks_for_names)
