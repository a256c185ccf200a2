/*
 * Zone files: entries, directives, every type, faults and where they are.
 *
 * What is read is printed as "owner ttl class type data-in-hex" lines and compared as text.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "dns/types.h"
#include "dns/zonefile.h"
#include "tests/support/check_main.h"

static struct buf out;
static struct dns_zonefile_error err;
static unsigned lines[16]; /* of the first records */
static unsigned count;

static bool
print(void *user, const struct dns_zonefile_rr *rr)
{
	char owner[DNS_NAME_TEXT_MAX];
	char class[DNS_TYPES_TEXT_MAX];
	char type[DNS_TYPES_TEXT_MAX];

	ck_assert_ptr_eq(user, &out);
	ck_assert_uint_eq(dns_name_len(rr->owner), rr->owner_len);
	dns_name_to_text(rr->owner, owner);
	dns_class_format(rr->class, class);
	dns_type_format(rr->type, type);
	buf_printf(&out, "%s %u %s %s ", owner, rr->ttl, class, type);
	for (size_t i = 0; i < rr->rdlen; i++)
		buf_printf(&out, "%02x", rr->rdata[i]);
	buf_putc(&out, '\n');
	if (count < ARRAY_SIZE(lines))
		lines[count] = rr->line;
	count++;
	return true;
}

static int
read_with(const struct dns_zonefile_options *given, const char *text)
{
	struct dns_zonefile_options opt = *given;
	size_t len = strlen(text);
	char *exact = malloc(len > 0 ? len : 1);
	int rc;

	ck_assert_ptr_nonnull(exact);
	memcpy(exact, text, len);
	opt.origin = (const uint8_t *)"\7example\3org";
	opt.rr = print;
	opt.user = &out;
	buf_release(&out);
	buf_init(&out, 1 << 24);
	count = 0;
	rc = dns_zonefile_parse(exact, len, "zone", &opt, &err);
	free(exact);
	return rc;
}

static int
read_text(const char *text)
{
	const struct dns_zonefile_options opt = { 0 };

	return read_with(&opt, text);
}

static void
gives(const char *text, const char *expected)
{
	int rc = read_text(text);

	ck_assert_msg(rc == 0, "%s: line %u: %s", text, err.line, err.text);
	ck_assert_str_eq(buf_cstr(&out), expected);
}

static void
faulty(const char *text, unsigned line, const char *fault)
{
	ck_assert_int_lt(read_text(text), 0);
	ck_assert_str_eq(err.text, fault);
	ck_assert_msg(err.line == line, "%s: line %u", text, err.line);
	ck_assert_str_eq(err.file, "zone");
}

/* ---- entries ---- */

START_TEST(a_usual_zone)
{
	gives("; comment\n"
	      "$TTL 1h\n"
	      "@\tIN SOA ns1 hostmaster.example.org. (\n"
	      "\t\t2024010101 ; serial\n"
	      "\t\t2h 15m 2w 5m )\n"
	      "\n"
	      "        NS ns1\n"
	      "        IN NS ns.example.net.\r\n"
	      "ns1 300 A 192.0.2.1\n"
	      "    IN 300 AAAA 2001:db8::1\n"
	      "* CNAME @",
	      "example.org. 3600 IN SOA 036e7331076578616d706c65036f726700"
	      "0a686f73746d6173746572076578616d706c65036f726700"
	      "78a3f175"
	      "00001c20"
	      "00000384"
	      "00127500"
	      "0000012c\n"
	      "example.org. 3600 IN NS 036e7331076578616d706c65036f726700\n"
	      "example.org. 3600 IN NS 026e73076578616d706c65036e657400\n"
	      "ns1.example.org. 300 IN A c0000201\n"
	      "ns1.example.org. 300 IN AAAA 20010db8000000000000000000000001\n"
	      "*.example.org. 3600 IN CNAME 076578616d706c65036f726700\n");
	ck_assert_uint_eq(lines[0], 3);
	ck_assert_uint_eq(lines[1], 7);
	ck_assert_uint_eq(lines[2], 8);
	ck_assert_uint_eq(lines[5], 11);
}
END_TEST

static const struct {
	const char *text;
	const char *expected;
} entries[] = {
	{ "", "" },
	{ "\n\n ; nothing\n()\n", "" },
	{ "a 1 A 1.2.3.4", "a.example.org. 1 IN A 01020304\n" },
	{ "a 1 IN A 1.2.3.4\n", "a.example.org. 1 IN A 01020304\n" },
	{ "a IN 1 A 1.2.3.4\n", "a.example.org. 1 IN A 01020304\n" },
	{ "a in 1 a 1.2.3.4\n", "a.example.org. 1 IN A 01020304\n" },
	{ "a. 1 A 1.2.3.4\n", "a. 1 IN A 01020304\n" },
	{ "1 2 A 1.2.3.4\n", "1.example.org. 2 IN A 01020304\n" },
	{ "a 1 CH TXT x\n", "a.example.org. 1 CH TXT 0178\n" },
	{ "a 1 CLASS32 TXT x\n", "a.example.org. 1 CLASS32 TXT 0178\n" },
	{ "a\\.b 1 A 1.2.3.4\n", "a\\.b.example.org. 1 IN A 01020304\n" },
	{ "a\\;b 1 A 1.2.3.4\n", "a\\;b.example.org. 1 IN A 01020304\n" },
	{ "a\\ b 1 A 1.2.3.4\n", "a\\ b.example.org. 1 IN A 01020304\n" },
	{ "\\$a 1 A 1.2.3.4\n", "$a.example.org. 1 IN A 01020304\n" },
	{ "\"a b\" 1 A 1.2.3.4\n", "a\\ b.example.org. 1 IN A 01020304\n" },
	{ "a 1 ( A ) ( 1.2.3.4 )\n", "a.example.org. 1 IN A 01020304\n" },
	{ "a 1 (\n(A\n) 1.2.3.4)\n", "a.example.org. 1 IN A 01020304\n" },
	{ "a 1h1m1s A 1.2.3.4\n", "a.example.org. 3661 IN A 01020304\n" },
	{ "a 1W2D A 1.2.3.4\n", "a.example.org. 777600 IN A 01020304\n" },
	{ "a 2147483647 A 1.2.3.4\n", "a.example.org. 2147483647 IN A 01020304\n" },
	/* TTLs carried over, and not once $TTL has spoken. */
	{ "a 7 A 1.2.3.4\nb A 1.2.3.4\n",
	  "a.example.org. 7 IN A 01020304\nb.example.org. 7 IN A 01020304\n" },
	{ "$TTL 9\na 7 A 1.2.3.4\nb A 1.2.3.4\n",
	  "a.example.org. 7 IN A 01020304\nb.example.org. 9 IN A 01020304\n" },
	/* Without any TTL the SOA's minimum is the TTL of all. */
	{ "@ SOA . . 1 2 3 4 5\na A 1.2.3.4\n",
	  "example.org. 5 IN SOA 00000000000100000002000000030000000400000005\n"
	  "a.example.org. 5 IN A 01020304\n" },
	/* Origins. */
	{ "$ORIGIN sub\na 1 A 1.2.3.4\n$ORIGIN .\na 1 A 1.2.3.4\n$origin x.\n@ 1 A 1.2.3.4",
	  "a.sub.example.org. 1 IN A 01020304\na. 1 IN A 01020304\nx. 1 IN A 01020304\n" },
	/* The owner is carried over even when the origin changes. */
	{ "a 1 A 1.2.3.4\n$ORIGIN b.\n 1 A 1.2.3.5\n",
	  "a.example.org. 1 IN A 01020304\na.example.org. 1 IN A 01020305\n" },
};

START_TEST(entries_of_all_shapes)
{
	gives(entries[_i].text, entries[_i].expected);
}
END_TEST

/* ---- data ---- */

static const struct {
	const char *data; /* type and data as text */
	const char *hex;
} data[] = {
	{ "NS .", "00" },
	{ "MX 10 mail", "000a"
			"046d61696c076578616d706c65036f726700" },
	{ "PTR a.", "016100" },
	{ "DNAME a.", "016100" },
	{ "TXT a b", "01610162" },
	{ "TXT \"a b\" \"\"", "03612062"
			      "00" },
	{ "TXT \"a;b(\"", "04613b6228" },
	{ "TXT \"a\\\"b\\\\c\\100\"", "06"
				      "6122625c6364" },
	{ "TXT a\"b\"c", "016101620163" },
	{ "TXT \"a\nb\"", "03610a62" },
	{ "TXT caf\xc3\xa9", "05636166c3a9" },
	{ "SPF \"v=spf1 -all\"", "0b763d73706631202d616c6c" },
	{ "SRV 1 2 65535 a.", "00010002ffff016100" },
	{ "CAA 0 issue \"ca.example.net; a=b\"",
	  "0005697373756563612e6578616d706c652e6e65743b20613d62" },
	{ "CAA 128 iodef \"\"", "80"
				"05696f646566" },
	{ "AAAA ::ffff:1.2.3.4", "00000000000000000000ffff01020304" },
	{ "HINFO \"PC\" Linux", "025043"
				"054c696e7578" },
	{ "NAPTR 100 10 \"U\" \"E2U\" \"!^.*$!x!\" .", "0064000a015503453255"
						       "08215e2e2a24217821"
						       "00" },
	{ "DS 60485 5 1 2BB1 83AF", "ec4505012bb183af" },
	{ "DS 1 rsasha256 2 ab", "00010802ab" },
	{ "DLV 1 ED448 2 ab", "00011002ab" },
	{ "CDS 0 0 0 00", "0000000000" },
	{ "CDNSKEY 0 3 0 AA==", "0000030000" },
	{ "CDNSKEY 257 3 ECDSAP256SHA256 AAAA", "0101030d000000" },
	{ "ZONEMD 1 1 2 ab", "000000010102ab" },
	{ "AFSDB 1 a.", "0001016100" },
	{ "RT 1 a.", "0001016100" },
	{ "PX 1 a. b.", "0001016100016200" },
	{ "LP 1 a.", "0001016100" },
	{ "SMIMEA 3 1 1 d2 ab", "030101d2ab" },
	{ "URI 10 1 ftp://a", "000a00016674703a2f2f61" },
	{ "DNSKEY 256 3 13 AQPS KmyA", "0100030d"
				       "0103d22a6c80" },
	{ "NSEC a. A MX TYPE1234", "016100"
				   "00024001"
				   "041b"
				   "00000000000000000000000000000000"
				   "00000000000000000000"
				   "20" },
	{ "NSEC3PARAM 1 0 12 aabb", "0100000c02aabb" },
	{ "NSEC3 1 1 12 - 2vptu5timamqttgl4luu9kg21e0aor3s A",
	  "0101000c00"
	  "1417f3df17b2b2adaef615257de4d2020b80ac6c7c"
	  "000140" },
	{ "TLSA 3 1 1 d2ab", "030101d2ab" },
	{ "SSHFP 1 1 1234", "01011234" },
	{ "LOC 42 21 54 N 71 06 18 W -24m 30m", "0033161389172dd070be15f000988d20" },
	{ "CERT 1 2 3 AAAA", "0001000203000000" },
	{ "URI 10 1 \"ftp://a\"", "000a00016674703a2f2f61" },
	{ "OPENPGPKEY AAAA", "000000" },
	{ "RP a. b.", "016100016200" },
	{ "KX 1 a.", "0001016100" },
	{ "EUI48 00-00-5e-00-53-2a", "00005e00532a" },
	{ "APL 1:192.168.32.0/21 !1:192.168.38.0/28", "00011503c0a82000011c83c0a826" },
	{ "IPSECKEY 10 1 2 192.0.2.38 AQNR", "0a0102c0000226010351" },
	{ "IPSECKEY 10 0 2 . AQNR", "0a0002010351" },
	{ "IPSECKEY 10 3 2 a. AQNR", "0a0302016100010351" },
	{ "IPSECKEY 10 0 0 .", "0a0000" },
	{ "AMTRELAY 10 0 1 192.0.2.1", "0a01c0000201" },
	{ "AMTRELAY 10 1 3 a.", "0a83016100" },
	{ "AMTRELAY 10 0 0 .", "0a00" },
	{ "TA 1 5 1 AABB", "00010501aabb" },
	{ "RKEY 0 0 1 AAA=", "000000010000" },
	{ "AVC \"a\" \"b\"", "01610162" },
	{ "WALLET x", "0178" },
	{ "RESINFO qnamemin", "08716e616d656d696e" },
	{ "CSYNC 66 3 A NS AAAA", "000000420003000460000008" },
	/* SVCB and HTTPS; those with a name of RFC 9460 appendix D follow its vectors' ideas. */
	{ "HTTPS 0 a.", "0000016100" },
	{ "HTTPS 1 .", "000100" },
	{ "SVCB 16 a. port=53", "0010016100"
				"000300020035" },
	{ "SVCB 1 a. key667=hello", "0001016100"
				    "029b000568656c6c6f" },
	{ "SVCB 1 a. key667=\"hello\\210qoo\"", "0001016100"
						"029b000968656c6c6fd2716f6f" },
	{ "HTTPS 1 . alpn=h2,h3", "000100"
				  "00010006026832026833" },
	{ "HTTPS 1 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", "000100"
						       "0001000c08665c6f6f2c626172026832" },
	{ "HTTPS 1 . alpn=f\\\\\\092oo\\092,bar,h2", "000100"
						     "0001000c08665c6f6f2c626172026832" },
	{ "HTTPS 1 . no-default-alpn alpn=h2", "000100"
					       "00010003026832"
					       "00020000" },
	{ "HTTPS 1 . ipv6hint=::1,::2 ipv4hint=1.2.3.4,5.6.7.8",
	  "000100"
	  "000400080102030405060708"
	  "0006002000000000000000000000000000000001"
	  "00000000000000000000000000000002" },
	{ "HTTPS 1 . port=443 mandatory=port,alpn alpn=h2", "000100"
							    "0000000400010003"
							    "00010003026832"
							    "0003000201bb" },
	{ "HTTPS 1 . ech=AAAA dohpath=\"/q{?dns}\" ohttp", "000100"
							   "00050003000000"
							   "000700082f717b3f646e737d"
							   "00080000" },
	{ "HTTPS 1 . key3=\"ab\"", "000100"
				   "000300026162" },
	/* RFC 3597. */
	{ "TYPE65280 \\# 3 ab cd EF", "abcdef" },
	{ "TYPE65280 \\# 0", "" },
	{ "A \\# 4 01020304", "01020304" },
	{ "TYPE1 1.2.3.4", "01020304" },
	{ "NULL \\# 1 ff", "ff" },
};

START_TEST(data_of_every_kind)
{
	char text[300];
	char expected[300];
	uint16_t type;
	char name[DNS_TYPES_TEXT_MAX];

	ck_assert_int_eq(dns_type_parse(&type, data[_i].data, strcspn(data[_i].data, " ")), 0);
	dns_type_format(type, name);
	snprintf(text, sizeof(text), "a 1 IN %s", data[_i].data);
	snprintf(expected, sizeof(expected), "a.example.org. 1 IN %s %s\n", name, data[_i].hex);
	gives(text, expected);
}
END_TEST

START_TEST(long_text_is_cut_into_strings)
{
	char text[800] = "a 1 TXT ";
	const char *hex;

	memset(text + 8, 'x', 600);
	ck_assert_int_eq(read_text(text), 0);
	hex = strstr(buf_cstr(&out), "TXT ") + 4;
	ck_assert_uint_eq(strlen(hex), 2 * (600 + 3) + 1);
	ck_assert_int_eq(memcmp(hex, "ff78", 4), 0);
	ck_assert_int_eq(memcmp(hex + 512, "ff78", 4), 0);
	ck_assert_int_eq(memcmp(hex + 1024, "5a78", 4), 0);
}
END_TEST

START_TEST(the_longest_data)
{
	size_t len = 65535 * 2 + 100;
	char *text = malloc(len);
	int n;

	ck_assert_ptr_nonnull(text);
	n = snprintf(text, len, "a 1 TYPE65280 \\# 65535 ");
	memset(text + n, 'a', 65535 * 2);
	text[n + 65535 * 2] = '\0';
	ck_assert_int_eq(read_text(text), 0);
	ck_assert_uint_gt(out.len, 65535 * 2);
	text[n + 65535 * 2] = 'a';
	text[n + 65535 * 2 + 1] = 'a';
	text[n + 65535 * 2 + 2] = '\0';
	faulty(text, 1, "data is longer than 65535 octets");
	free(text);
}
END_TEST

/* ---- faults ---- */

static const struct {
	const char *text;
	unsigned line;
	const char *fault;
} faults[] = {
	{ "a A 1.2.3.4\n", 1, "no TTL, and no $TTL before" },
	{ " 1 A 1.2.3.4\n", 1, "first record without an owner" },
	{ "a 1\n", 1, "record without a type" },
	{ "a\n", 1, "record without a type" },
	{ "a 1 IN FOO x\n", 1, "unknown record type 'FOO'" },
	{ "a 1 IN IN A 1.2.3.4\n", 1, "unknown record type 'IN'" },
	{ "a 1 2 A 1.2.3.4\n", 1, "unknown record type '2'" },
	{ "a 1x A 1.2.3.4\n", 1, "not a TTL: '1x'" },
	{ "a 1hh A 1.2.3.4\n", 1, "not a TTL: '1hh'" },
	{ "a 2147483648 A 1.2.3.4\n", 1, "not a TTL: '2147483648'" },
	{ "a 99999999999 A 1.2.3.4\n", 1, "not a TTL: '99999999999'" },
	{ "a 1 ANY x\n", 1, "not a type of records: 'ANY'" },
	{ "a 1 AXFR x\n", 1, "not a type of records: 'AXFR'" },
	{ "a 1 OPT \\# 0\n", 1, "not a type of records: 'OPT'" },
	{ "\n\na..b 1 A 1.2.3.4\n", 3, "bad name 'a..b': empty label in name" },
	{ "a 1 A 1.2.3\n", 1, "'1.2.3' is not an IPv4 address" },
	{ "a 1 AAAA 1.2.3.4\n", 1, "'1.2.3.4' is not an IPv6 address" },
	{ "a 1 A\n", 1, "data ends too early" },
	{ "a 1 MX 10\n", 1, "data ends too early" },
	{ "a 1 MX (\n10\n-x-..\n)\n", 3, "bad name '-x-..': empty label in name" },
	{ "a 1 MX ten mail\n", 1, "'ten' is not a number" },
	{ "a 1 MX 65536 mail\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 TLSA 3 1 256 ab\n", 1, "256 does not fit 8 bits" },
	{ "a 1 SMIMEA 256 1 1 ab\n", 1, "256 does not fit 8 bits" },
	{ "a 1 SSHFP 1 256 ab\n", 1, "256 does not fit 8 bits" },
	{ "a 1 NAPTR 65536 1 s s s .\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 KX 65536 k\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 AFSDB 65536 k\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 RT 65536 k\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 PX 65536 k k\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 LP 65536 k\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 URI 1 65536 u\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 DS 65536 8 2 ab\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 DS 1 8 2 abc\n", 1, "odd number of hexadecimal digits" },
	{ "a 1 DS 1 8 2\n", 1, "data ends too early" },
	{ "a 1 CDS 1 256 2 ab\n", 1, "256 does not fit 8 bits" },
	{ "a 1 DLV 1 RSASHA257 2 ab\n", 1, "'RSASHA257' is not a number" },
	{ "a 1 DNSKEY 65536 3 8 AAAA\n", 1, "65536 does not fit 16 bits" },
	{ "a 1 CDNSKEY 257 256 8 AAAA\n", 1, "256 does not fit 8 bits" },
	{ "a 1 DNSKEY 257 3 8 A!AA\n", 1, "'A!AA' is not base64" },
	{ "a 1 ZONEMD 1 256 1 ab\n", 1, "256 does not fit 8 bits" },
	{ "a 1 A 1.2.3.4 5\n", 1, "unexpected '5' after the data" },
	{ "a 1 SOA . . 1 2 3 4 x\n", 1, "'x' is not a time" },
	{ "a 1 TXT\n", 1, "data ends too early" },
	{ "a 1 TXT \"a\n", 1, "quoted string is not closed" },
	{ "a 1 TXT \"a\nb\" \"\n", 2, "quoted string is not closed" },
	{ "a 1 TXT \"a\nb\"\nc 1 A x\n", 3, "'x' is not an IPv4 address" },
	{ "a 1 TXT \"a", 1, "quoted string is not closed" },
	{ "a 1 TXT a\\\n", 1, "backslash at the end of a line" },
	{ "a 1 TXT a\\300\n", 1, "bad escape in 'a\\300'" },
	{ "a 1 CAA 0 is-sue x\n", 1, "'is-sue' is not a CAA tag" },
	{ "a 1 TXT (\nb\n", 1, "'(' is not closed" },
	{ "\na 1 TXT b )\n", 2, "unexpected ')'" },
	{ "$FOO x\n", 1, "unknown directive '$FOO'" },
	{ "$TTL\n", 1, "$TTL takes one time" },
	{ "$TTL x\n", 1, "not a TTL: 'x'" },
	{ "$ORIGIN\n", 1, "$ORIGIN takes one name" },
	{ "$ORIGIN a b\n", 1, "$ORIGIN takes one name" },
	{ "$INCLUDE\n", 1, "$INCLUDE takes a file and a name" },
	{ "\n$INCLUDE no/such/file\n", 2, "cannot read 'no/such/file': No such file or directory" },
	{ "$INCLUDE /dev/null a..b\n", 1, "bad name 'a..b': empty label in name" },
	{ "$INCLUDE /\n", 1, "cannot read '/': not a regular file" },
	{ "a 1 TYPE65280 x\n", 1, "data of type TYPE65280 must be written as \\#" },
	{ "a 1 TYPE65280 \\#\n", 1, "length expected after \\#" },
	{ "a 1 TYPE65280 \\# x\n", 1, "'x' is not a length" },
	{ "a 1 TYPE65280 \\# 1 abcd\n", 1, "1 octets announced and 2 given" },
	{ "a 1 TYPE65280 \\# 1 a\n", 1, "odd number of hexadecimal digits" },
	{ "a 1 TYPE65280 \\# 1 xy\n", 1, "'xy' is not hexadecimal" },
	{ "a 1 A \\# 3 010203\n", 1, "data does not have the form of its type" },
	{ "a 1 RKEY 0 0 1 A=AA\n", 1, "'A=AA' is not base64" },
	{ "a 1 RKEY 0 0 1 AAA\n", 1, "base64 is incomplete" },
	{ "a 1 AMTRELAY 1 2 1 1.2.3.4\n", 1, "bad kind of relay" },
	{ "a 1 AMTRELAY 1 0 0 x\n", 1, "no gateway is written '.'" },
	{ "a 1 IPSECKEY 1 4 1 1.2.3.4 AAAA\n", 1, "bad kind of gateway" },
	{ "a 1 IPSECKEY 1 1 256 1.2.3.4 AAAA\n", 1, "256 does not fit 8 bits" },
	{ "a 1 IPSECKEY 1 1\n", 1, "data ends too early" },
	{ "a 1 HTTPS 1 . foo=1\n", 1, "'foo' is not a service parameter" },
	{ "a 1 HTTPS 1 . port=1 port=2\n", 1, "parameter given twice" },
	{ "a 1 HTTPS 1 . port=x\n", 1, "bad value of parameter 'port'" },
	{ "a 1 HTTPS 1 . alpn=\n", 1, "bad value of parameter 'alpn'" },
	{ "a 1 HTTPS 1 . alpn=h2,,h3\n", 1, "bad value of parameter 'alpn'" },
	{ "a 1 HTTPS 1 . no-default-alpn=x\n", 1, "bad value of parameter 'no-default-alpn'" },
	{ "a 1 HTTPS 1 . ipv4hint=\n", 1, "bad value of parameter 'ipv4hint'" },
	{ "a 1 HTTPS 1 . ipv4hint=::1\n", 1, "bad value of parameter 'ipv4hint'" },
	{ "a 1 HTTPS 1 . mandatory=port\n", 1, "mandatory parameter is missing" },
	{ "a 1 HTTPS 1 . mandatory=mandatory\n", 1, "bad value of parameter 'mandatory'" },
	{ "a 1 HTTPS 1 . mandatory=port,port port=1\n", 1, "bad value of parameter 'mandatory'" },
	{ "a 1 HTTPS 1 . ech=A\n", 1, "bad value of parameter 'ech'" },
	{ "a 1 HTTPS 1 . key01=x\n", 1, "'key01' is not a service parameter" },
};

START_TEST(faults_and_their_lines)
{
	faulty(faults[_i].text, faults[_i].line, faults[_i].fault);
}
END_TEST

START_TEST(what_ldns_refuses)
{
	ck_assert_int_lt(read_text("\na 1 LOC north\n"), 0);
	ck_assert_uint_eq(err.line, 2);
	ck_assert_int_eq(strncmp(err.text, "bad data of type LOC: ", 22), 0);
}
END_TEST

/* ---- $GENERATE ---- */

static const struct {
	const char *text;
	const char *expected;
} generated[] = {
	{ "$GENERATE 1-3 h$ 5 A 10.0.0.$\n",
	  "h1.example.org. 5 IN A 0a000001\nh2.example.org. 5 IN A 0a000002\n"
	  "h3.example.org. 5 IN A 0a000003\n" },
	{ "$TTL 5\n$GENERATE 0-10/5 ${1,3} A 10.0.0.${10,0,d}\n",
	  "001.example.org. 5 IN A 0a00000a\n006.example.org. 5 IN A 0a00000f\n"
	  "011.example.org. 5 IN A 0a000014\n" },
	{ "$GENERATE 10-10 a${0,4,x}b${0,4,X}c${-2,0,o} 5 TXT \"$ $$ \\$\"\n",
	  "a000ab000Ac10.example.org. 5 IN TXT 06313020242024\n" },
	{ "$GENERATE 18-18 ${0,0,n}.${0,5,N}.x 5 A 1.2.3.4\n",
	  "2.1.2.1.0.x.example.org. 5 IN A 01020304\n" },
	{ "$ORIGIN r.\n$GENERATE 7-7 $ 5 CNAME $.sub\n", "7.r. 5 IN CNAME 013703737562017200\n" },
	{ "$GENERATE 1-1 \\065$ 5 A 1.2.3.4\n", "A1.example.org. 5 IN A 01020304\n" },
	/* The generated owner and TTL are those of the next entry too. */
	{ "$GENERATE 1-2 h$ 5 A 1.2.3.4\n  A 1.2.3.5\n",
	  "h1.example.org. 5 IN A 01020304\nh2.example.org. 5 IN A 01020304\n"
	  "h2.example.org. 5 IN A 01020305\n" },
};

START_TEST(generated_records)
{
	gives(generated[_i].text, generated[_i].expected);
}
END_TEST

static const struct {
	const char *text;
	const char *fault;
} bad_generate[] = {
	{ "$GENERATE\n", "$GENERATE takes a range and a record" },
	{ "$GENERATE 1-2 x\n", "$GENERATE takes a range and a record" },
	{ "$GENERATE 12 $ 5 A 1.2.3.4\n", "not a range: '12'" },
	{ "$GENERATE 2-1 $ 5 A 1.2.3.4\n", "not a range: '2-1'" },
	{ "$GENERATE -1-1 $ 5 A 1.2.3.4\n", "not a range: '-1-1'" },
	{ "$GENERATE 1-2/0 $ 5 A 1.2.3.4\n", "not a range: '1-2/0'" },
	{ "$GENERATE 1-2/ $ 5 A 1.2.3.4\n", "not a range: '1-2/'" },
	{ "$GENERATE 0-65536 $ 5 A 1.2.3.4\n", "$GENERATE makes more than 65536 records" },
	{ "$GENERATE 1-1 ${ 5 A 1.2.3.4\n", "bad modifier in $GENERATE, or line too long" },
	{ "$GENERATE 1-1 ${0,0,z} 5 A 1.2.3.4\n", "bad modifier in $GENERATE, or line too long" },
	{ "$GENERATE 1-1 ${0,0,d,} 5 A 1.2.3.4\n", "bad modifier in $GENERATE, or line too long" },
	{ "$GENERATE 1-1 ${-2} 5 A 1.2.3.4\n", "bad modifier in $GENERATE, or line too long" },
	{ "$GENERATE 1-1 $ 5 A 1.2.3\n", "'1.2.3' is not an IPv4 address" },
	{ "$GENERATE 1-1 $$GENERATE 1-1 $ 5 A\n", "directive within $GENERATE: '$GENERATE'" },
};

START_TEST(faults_of_generate)
{
	faulty(bad_generate[_i].text, 1, bad_generate[_i].fault);
}
END_TEST

START_TEST(the_longest_range)
{
	ck_assert_int_eq(read_text("$GENERATE 0-65535 h$ 5 A 1.2.3.4\n"), 0);
	ck_assert_uint_eq(count, 65536);
}
END_TEST

/* ---- options and files ---- */

static bool
stop_at_two(void *user, const struct dns_zonefile_rr *rr)
{
	unsigned *n = user;

	ck_assert_uint_eq(rr->line, ++*n);
	return *n < 2;
}

START_TEST(options)
{
	struct dns_zonefile_options opt = { .has_default_ttl = true, .default_ttl = 77 };
	unsigned n = 0;

	ck_assert_int_eq(read_with(&opt, "a 5 A 1.2.3.4\nb A 1.2.3.4\n"), 0);
	ck_assert_str_eq(buf_cstr(&out),
			 "a.example.org. 5 IN A 01020304\nb.example.org. 77 IN A 01020304\n");
	opt = (struct dns_zonefile_options){ .max_records = 1 };
	ck_assert_int_eq(read_with(&opt, "a 5 A 1.2.3.4\n"), 0);
	ck_assert_int_eq(read_with(&opt, "a 5 A 1.2.3.4\n\nb A 1.2.3.4\n"), RT_ELIMIT);
	ck_assert_str_eq(err.text, "more than 1 records");
	ck_assert_uint_eq(err.line, 3);
	opt = (struct dns_zonefile_options){ .no_include = true };
	ck_assert_int_eq(read_with(&opt, "$INCLUDE x\n"), RT_ENOTSUP);

	opt = (struct dns_zonefile_options){ .rr = stop_at_two, .user = &n };
	ck_assert_int_eq(dns_zonefile_parse("a 1 A 1.2.3.4\na 1 A 1.2.3.4\na 1 A 1.2.3.4\n", 42,
					    "z", &opt, &err),
			 RT_ECANCELED);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(err.line, 2);
}
END_TEST

static char dir[32];

static void
write_file(const char *name, const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

static int
read_file(const char *name)
{
	struct dns_zonefile_options opt = {
		.origin = (const uint8_t *)"\7example\3org",
		.rr = print,
		.user = &out,
		.max_bytes = 1000,
	};
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	buf_release(&out);
	buf_init(&out, 1 << 20);
	return dns_zonefile_read(path, &opt, &err);
}

START_TEST(included_files)
{
	char path[64];
	char big[1002];

	snprintf(dir, sizeof(dir), "/tmp/test_zone.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	write_file("main", "$TTL 5\n$INCLUDE sub inc\na A 1.2.3.4\n$INCLUDE \"sub\"\n");
	/* Origin, owner and TTL of the inside do not reach the outside. */
	write_file("sub", "$TTL 6\nb A 1.2.3.4\n$ORIGIN c.\n@ A 1.2.3.4\n");
	ck_assert_int_eq(read_file("main"), 0);
	ck_assert_str_eq(buf_cstr(&out), "b.inc.example.org. 6 IN A 01020304\nc. 6 IN A 01020304\n"
					 "a.example.org. 5 IN A 01020304\n"
					 "b.example.org. 6 IN A 01020304\nc. 6 IN A 01020304\n");
	/* A fault inside is told with the inner file and line. */
	write_file("sub", "\n$TTL x\n");
	ck_assert_int_eq(read_file("main"), RT_ESYNTAX);
	snprintf(path, sizeof(path), "%s/sub", dir);
	ck_assert_str_eq(err.file, path);
	ck_assert_uint_eq(err.line, 2);
	/* Loops end. */
	write_file("sub", "\n\n$INCLUDE sub\n");
	ck_assert_int_eq(read_file("main"), RT_ELIMIT);
	ck_assert_str_eq(err.text, "files include each other too deeply");
	ck_assert_uint_eq(err.line, 3);
	/* Sizes are limited; what cannot be read is told of the file that wants it. */
	memset(big, ';', 1001);
	big[1001] = '\0';
	write_file("sub", big);
	ck_assert_int_eq(read_file("main"), RT_ETOOBIG);
	snprintf(path, sizeof(path), "%s/main", dir);
	ck_assert_str_eq(err.file, path);
	ck_assert_uint_eq(err.line, 2);
	ck_assert_int_eq(read_file("none"), RT_ENOENT);
	ck_assert_uint_eq(err.line, 0);

	unlink(path);
	snprintf(path, sizeof(path), "%s/sub", dir);
	unlink(path);
	rmdir(dir);
}
END_TEST

/* ---- bytes that are no zone file ---- */

static bool
ignore(void *user, const struct dns_zonefile_rr *rr)
{
	(void)user;
	(void)rr;
	return true;
}

START_TEST(nothing_breaks)
{
	static const char seed[] =
		"$TTL 1h\n@ SOA ns host ( 1 2 3 4 5 )\n a NS b ; c\nx 5 IN TXT \"q\\\"\" \\100\n"
		"$GENERATE 1-3/2 a${1,2,x} A 10.0.0.$\nh HTTPS 1 . alpn=\"h2,h3\" port=1\n"
		"$ORIGIN z\ny CAA 0 issue \"x\"\nz TYPE999 \\# 2 abcd\nk DNSKEY 256 3 5 AAAA\n";
	static const char bytes[] = "\n\t \"\\();$@.0a9{}=,#\xff";
	const struct dns_zonefile_options opt = { .rr = ignore, .no_include = true };
	uint64_t state = 88172645463325252u + (uint64_t)_i;

	for (int round = 0; round < 5000; round++) {
		char text[sizeof(seed)];
		size_t len = sizeof(seed) - 1;
		char *exact;

		memcpy(text, seed, len);
		for (int n = 0; n < 4; n++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			text[state % len] = bytes[(state >> 32) % (sizeof(bytes) - 1)];
		}
		if (round % 3 == 0)
			len = state % len;
		exact = malloc(len + 1);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, text, len);
		if (dns_zonefile_parse(exact, len, "z", &opt, &err) < 0)
			ck_assert_uint_gt(err.line, 0);
		free(exact);
	}
}
END_TEST

static TCase *
tables(void)
{
	TCase *tc = tcase_create("tables");

	tcase_add_loop_test(tc, entries_of_all_shapes, 0, (int)ARRAY_SIZE(entries));
	tcase_add_loop_test(tc, data_of_every_kind, 0, (int)ARRAY_SIZE(data));
	tcase_add_loop_test(tc, faults_and_their_lines, 0, (int)ARRAY_SIZE(faults));
	tcase_add_loop_test(tc, generated_records, 0, (int)ARRAY_SIZE(generated));
	tcase_add_loop_test(tc, faults_of_generate, 0, (int)ARRAY_SIZE(bad_generate));
	return tc;
}

static TCase *
singles(void)
{
	TCase *tc = tcase_create("singles");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_usual_zone);
	tcase_add_test(tc, long_text_is_cut_into_strings);
	tcase_add_test(tc, the_longest_data);
	tcase_add_test(tc, what_ldns_refuses);
	tcase_add_test(tc, the_longest_range);
	tcase_add_test(tc, options);
	tcase_add_test(tc, included_files);
	tcase_add_loop_test(tc, nothing_breaks, 0, 4);
	return tc;
}

TEST_MAIN_CASES("zonefile", tables, singles)
