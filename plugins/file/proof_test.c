/*
 * Tests of signed zones: which signatures and which NSEC and NSEC3 records go along.  Signatures are
 * not looked into here; tests/e2e/test_file_signed.py has zones that are really signed.
 */
#include "config.h"

#include "file/lookup.h"

#include "base/bytes.h"
#include "file/file_test.h"

#define SIG(type, labels)                                                                          \
	" 50 IN RRSIG " type " 13 " labels " 50 20300101000000 20200101000000 9 vault.test. "      \
	"AAAA\n"
#define SIG_TEXT(type, labels)                                                                     \
	" 50 RRSIG " type " 13 " labels " 50 20300101000000 20200101000000 9 vault.test. AAAA\n"

static const char vault[] =
	"$ORIGIN vault.test.\n$TTL 50\n"
	"@ IN SOA ns root 1 2 3 4 5\n@" SIG("SOA", "2") "@ IN NS ns\n@" SIG(
		"NS",
		"2") "@ IN NSEC *.deep.hall NS SOA "
		     "RRSIG NSEC\n@" SIG(
			     "NSEC",
			     "2") "*.deep.hall IN TXT "
				  "\"echo\"\n*.deep.hall" SIG("TXT", "4") "*.deep.hall IN NSEC key TXT RRSIG NSEC\n*.deep.hall" SIG("NSEC", "4") "key IN A 192.0.2.7\nkey" SIG("A", "3") "key IN NSEC lock A RRSIG NSEC\nkey" SIG(
					  "NSEC",
					  "3") "lock IN NS ns.lock\n"
					       "lock IN NSEC ns NS RRSIG "
					       "NSEC\nlock" SIG(
						       "NSEC",
						       "3") "ns.lock IN A "
							    "192.0.2.8\n"
							    "ns IN A "
							    "192.0.2."
							    "9\nns" SIG("A", "3") "ns IN NSEC turn A RRSIG NSEC\nns" SIG("NSEC", "3") "turn IN CNAME key\nturn" SIG(
								    "CNAME",
								    "3") "t"
									 "u"
									 "r"
									 "n"
									 " "
									 "I"
									 "N"
									 " "
									 "N"
									 "S"
									 "E"
									 "C"
									 " "
									 "t"
									 "w"
									 "i"
									 "s"
									 "t"
									 " "
									 "C"
									 "N"
									 "A"
									 "M"
									 "E"
									 " "
									 "R"
									 "R"
									 "S"
									 "I"
									 "G"
									 " "
									 "N"
									 "S"
									 "E"
									 "C"
									 "\nturn" SIG(
										 "NSEC",
										 "3") "twist IN NS ns.far.test.\n"
										      "twist IN DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
										      "twist" SIG("DS", "3") "twist IN NSEC @ NS DS RRSIG NSEC\ntwist" SIG(
											      "NSEC",
											      "3");

#define V         "vault.test."
#define SOA       V " 50 SOA ns." V " root." V " 1 2 3 4 5\n" V SIG_TEXT("SOA", "2")
#define NS        V " 50 NS ns." V "\n" V SIG_TEXT("NS", "2")
#define APEX_NSEC V " 50 NSEC *.deep.hall." V " NS SOA RRSIG NSEC \n" V SIG_TEXT("NSEC", "2")
#define STAR_NSEC                                                                                  \
	"*.deep.hall." V " 50 NSEC key." V " TXT RRSIG NSEC \n*.deep.hall." V SIG_TEXT("NSEC", "4")
#define KEY_NSEC  "key." V " 50 NSEC lock." V " A RRSIG NSEC \nkey." V SIG_TEXT("NSEC", "3")
#define LOCK_NSEC "lock." V " 50 NSEC ns." V " NS RRSIG NSEC \nlock." V SIG_TEXT("NSEC", "3")
#define TURN_NSEC "turn." V " 50 NSEC twist." V " CNAME RRSIG NSEC \nturn." V SIG_TEXT("NSEC", "3")
#define KEY_A     "key." V " 50 A 192.0.2.7\nkey." V SIG_TEXT("A", "3")
#define TURN      "turn." V " 50 CNAME key." V "\nturn." V SIG_TEXT("CNAME", "3")

static const struct expected nsec_rows[] = {
	{ "key.vault.test", DNS_TYPE_A, FILE_ANSWER, KEY_A, NS, "" },
	{ "vault.test", DNS_TYPE_NS, FILE_ANSWER, NS, "",
	  "ns." V " 50 A 192.0.2.9\nns." V SIG_TEXT("A", "3") },
	{ "turn.vault.test", DNS_TYPE_A, FILE_ANSWER, TURN KEY_A, NS, "" },
	{ "turn.vault.test", DNS_TYPE_AAAA, FILE_NODATA, TURN, SOA KEY_NSEC, "" },
	{ "turn.vault.test", DNS_TYPE_NSEC, FILE_ANSWER, TURN_NSEC, NS, "" },
	{ "turn.vault.test", DNS_TYPE_RRSIG, FILE_ANSWER,
	  "turn." V SIG_TEXT("CNAME", "3") "turn." V SIG_TEXT("NSEC", "3"), NS, "" },
	/* no such type; empty non-terminals, covered from before */
	{ "key.vault.test", DNS_TYPE_AAAA, FILE_NODATA, "", SOA KEY_NSEC, "" },
	{ "hall.vault.test", DNS_TYPE_A, FILE_NODATA, "", SOA APEX_NSEC, "" },
	{ "deep.hall.vault.test", DNS_TYPE_A, FILE_NODATA, "", SOA APEX_NSEC, "" },
	/* no such name: one record for the name, one for the wildcard, each once */
	{ "b.vault.test", DNS_TYPE_A, FILE_NXDOMAIN, "", SOA APEX_NSEC, "" },
	{ "kez.vault.test", DNS_TYPE_A, FILE_NXDOMAIN, "", SOA KEY_NSEC APEX_NSEC, "" },
	{ "x.key.vault.test", DNS_TYPE_A, FILE_NXDOMAIN, "", SOA KEY_NSEC, "" },
	{ "zoo.hall.vault.test", DNS_TYPE_A, FILE_NXDOMAIN, "", SOA STAR_NSEC APEX_NSEC, "" },
	/* wildcards */
	{ "a.deep.hall.vault.test", DNS_TYPE_TXT, FILE_ANSWER,
	  "a.deep.hall." V " 50 TXT \"echo\"\na.deep.hall." V SIG_TEXT("TXT", "4"), NS STAR_NSEC,
	  "" },
	{ "a.deep.hall.vault.test", DNS_TYPE_A, FILE_NODATA, "", SOA STAR_NSEC, "" },
	/* delegations */
	{ "x.lock.vault.test", DNS_TYPE_A, FILE_REFERRAL, "",
	  "lock." V " 50 NS ns.lock." V "\n" LOCK_NSEC, "ns.lock." V " 50 A 192.0.2.8\n" },
	{ "lock.vault.test", DNS_TYPE_DS, FILE_NODATA, "", SOA LOCK_NSEC, "" },
	{ "x.twist.vault.test", DNS_TYPE_A, FILE_REFERRAL, "",
	  "twist." V " 50 NS ns.far.test.\ntwist." V
	  " 50 DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\ntwist." V
		  SIG_TEXT("DS", "3"),
	  "" },
};

static const struct expected without_do[] = {
	{ "key.vault.test", DNS_TYPE_A, FILE_ANSWER, "key." V " 50 A 192.0.2.7\n",
	  V " 50 NS ns." V "\n", "" },
	{ "b.vault.test", DNS_TYPE_A, FILE_NXDOMAIN, "",
	  V " 50 SOA ns." V " root." V " 1 2 3 4 5\n", "" },
	{ "x.lock.vault.test", DNS_TYPE_A, FILE_REFERRAL, "", "lock." V " 50 NS ns.lock." V "\n",
	  "ns.lock." V " 50 A 192.0.2.8\n" },
	{ "a.deep.hall.vault.test", DNS_TYPE_A, FILE_NODATA, "",
	  V " 50 SOA ns." V " root." V " 1 2 3 4 5\n", "" },
};

START_TEST(nsec)
{
	struct file_zone *z = make_zone("vault.test", vault);

	ck_assert_str_eq(buf_cstr(&warnings), "");
	check_rows(z, nsec_rows, ARRAY_SIZE(nsec_rows), true, NULL, NULL);
	check_rows(z, without_do, ARRAY_SIZE(without_do), false, NULL, NULL);
	file_zone_free(z);
}
END_TEST

/* ---- NSEC3 ---- */

/* Two rounds with salt "beef", by libldns. */
static void
hashed(const char *name, char out[64])
{
	uint8_t salt[] = { 0xbe, 0xef };
	ldns_rdf *dname = ldns_dname_new_frm_str(name);
	ldns_rdf *hash = ldns_nsec3_hash_name(dname, 1, 2, sizeof(salt), salt);
	char *text = ldns_rdf2str(hash);

	snprintf(out, 64, "%.32s", text);
	for (char *c = out; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	LDNS_FREE(text);
	ldns_rdf_deep_free(hash);
	ldns_rdf_deep_free(dname);
}

static int
compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Names with an NSEC3 record; the delegation "open" is in an opt-out span. */
static const char *const chain[] = {
	"vault.test.",       "a.vault.test.",   "ent.vault.test.",
	"x.ent.vault.test.", "ns.vault.test.",  "w.vault.test.",
	"*.w.vault.test.",   "cut.vault.test.", "sub.open.vault.test.",
};

static struct file_zone *
nsec3_zone(char hashes[ARRAY_SIZE(chain)][64])
{
	struct buf text;
	struct file_zone *z;

	for (size_t i = 0; i < ARRAY_SIZE(chain); i++)
		hashed(chain[i], hashes[i]);
	qsort(hashes, ARRAY_SIZE(chain), 64, compare_text);
	buf_init(&text, 1 << 16);
	buf_puts(&text, "$ORIGIN vault.test.\n$TTL 50\n@ IN SOA ns root 1 2 3 4 5\n@ IN NS ns\n"
			"@ IN NSEC3PARAM 1 0 2 BEEF\na IN A 192.0.2.1\nx.ent IN A 192.0.2.2\n"
			"ns IN A 192.0.2.3\n*.w IN A 192.0.2.4\ncut IN NS ns\nopen IN NS ns\n");
	for (size_t i = 0; i < ARRAY_SIZE(chain); i++)
		buf_printf(&text, "%s IN NSEC3 1 1 2 BEEF %s A\n%s" SIG("NSEC3", "3"), hashes[i],
			   hashes[(i + 1) % ARRAY_SIZE(chain)], hashes[i]);
	/* A chain with other parameters, on the way in or out, is not used. */
	buf_puts(&text, "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom IN NSEC3 1 0 1 - "
			"2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n");
	z = make_zone("vault.test", buf_cstr(&text));
	buf_release(&text);
	ck_assert_uint_eq(z->nnsec3, ARRAY_SIZE(chain));
	return z;
}

/* The owner in the chain that matches a name or, being the last one before it, covers it. */
static const char *
before(char hashes[ARRAY_SIZE(chain)][64], const char *name, bool *match)
{
	char h[64];
	const char *found = hashes[ARRAY_SIZE(chain) - 1];

	hashed(name, h);
	for (size_t i = 0; i < ARRAY_SIZE(chain); i++) {
		if (strcmp(hashes[i], h) <= 0)
			found = hashes[i];
	}
	*match = strcmp(found, h) == 0;
	return found;
}

/* names: to be proven by NSEC3 records, "=" before those that must match; the others must not. */
static const struct {
	const char *name;
	uint16_t type;
	enum file_result result;
	const char *names[4];
} nsec3_rows[] = {
	{ "a.vault.test.", DNS_TYPE_A, FILE_ANSWER, { NULL } },
	{ "a.vault.test.", DNS_TYPE_AAAA, FILE_NODATA, { "=a.vault.test." } },
	{ "ent.vault.test.", DNS_TYPE_A, FILE_NODATA, { "=ent.vault.test." } },
	{ "no.vault.test.",
	  DNS_TYPE_A,
	  FILE_NXDOMAIN,
	  { "=vault.test.", "no.vault.test.", "*.vault.test." } },
	{ "p.q.a.vault.test.",
	  DNS_TYPE_A,
	  FILE_NXDOMAIN,
	  { "=a.vault.test.", "q.a.vault.test.", "*.a.vault.test." } },
	{ "p.q.w.vault.test.", DNS_TYPE_A, FILE_ANSWER, { "q.w.vault.test." } },
	{ "p.q.w.vault.test.",
	  DNS_TYPE_TXT,
	  FILE_NODATA,
	  { "=w.vault.test.", "q.w.vault.test.", "=*.w.vault.test." } },
	{ "x.cut.vault.test.", DNS_TYPE_A, FILE_REFERRAL, { "=cut.vault.test." } },
	{ "cut.vault.test.", DNS_TYPE_DS, FILE_NODATA, { "=cut.vault.test." } },
	/* opt-out: the closest encloser that can be proven, and the span of what lies below it */
	{ "x.open.vault.test.", DNS_TYPE_A, FILE_REFERRAL, { "=vault.test.", "open.vault.test." } },
	{ "open.vault.test.", DNS_TYPE_DS, FILE_NODATA, { "=vault.test.", "open.vault.test." } },
	/* The owners of NSEC3 records are no names of the zone (RFC 5155 §7.2.8). */
	{ "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.vault.test.",
	  DNS_TYPE_NSEC3,
	  FILE_NXDOMAIN,
	  { "=vault.test.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.vault.test.", "*.vault.test." } },
};

static size_t
occurrences(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

/* Checks that the text proves each of the names; returns how many records that takes. */
static size_t
check_proofs(char hashes[ARRAY_SIZE(chain)][64], const char *text, const char *const *names)
{
	const char *seen[4];
	size_t n = 0;

	for (size_t i = 0; i < 4 && names[i] != NULL; i++) {
		bool must_match = names[i][0] == '=';
		bool twice = false;
		bool match;
		const char *owner = before(hashes, names[i] + must_match, &match);
		char line[128];

		ck_assert_msg(match == must_match, "%s: the test's own chain", names[i]);
		snprintf(line, sizeof(line), "%.32s.vault.test. 50 NSEC3 ", owner);
		ck_assert_msg(strstr(text, line) != NULL, "no proof of %s in\n%s", names[i], text);
		for (size_t k = 0; k < n; k++)
			twice = twice || seen[k] == owner;
		if (!twice)
			seen[n++] = owner;
	}
	return n;
}

START_TEST(nsec3)
{
	char hashes[ARRAY_SIZE(chain)][64];
	struct file_zone *z = nsec3_zone(hashes);
	static struct asked q;

	for (size_t i = 0; i < ARRAY_SIZE(nsec3_rows); i++) {
		const char *text;
		size_t n;

		ask(&q, z, nsec3_rows[i].name, nsec3_rows[i].type, true);
		ck_assert_msg(q.result == nsec3_rows[i].result, "%s: result %d", nsec3_rows[i].name,
			      (int)q.result);
		text = section_text(&q, LDNS_SECTION_AUTHORITY);
		n = check_proofs(hashes, text, nsec3_rows[i].names);
		ck_assert_uint_eq(occurrences(text, " NSEC3 1 1 2 "), n);
		ck_assert_uint_eq(occurrences(text, " RRSIG NSEC3 "), n);
		buf_release(&q.text);
	}
	file_zone_free(z);
}
END_TEST

/* ---- any question ---- */

/* A name in the zone, with labels from a few words or of any length, up to the longest there is. */
static void
any_name(unsigned *state, char out[DNS_NAME_TEXT_MAX])
{
	static const char *const words[] = { "*", "key",  "lock", "hall", "deep",
					     "a", "turn", "ent",  "w" };
	size_t room = DNS_NAME_MAX - sizeof("\005vault\004test");
	size_t at = 0;

	for (int labels = rand_r(state) % 6; labels > 0; labels--) {
		size_t len = (size_t)rand_r(state) % 63 + 1;
		const char *word = words[(size_t)rand_r(state) % ARRAY_SIZE(words)];

		if (rand_r(state) % 4 != 0)
			len = strlen(word);
		if (len + 1 > room)
			break;
		room -= len + 1;
		for (size_t i = 0; i < len; i++)
			out[at++] = i < strlen(word) ? word[i] : 'x';
		out[at++] = '.';
	}
	memcpy(out + at, "vault.test.", sizeof("vault.test."));
}

static void
check_any_question(const struct file_zone *z, unsigned seed)
{
	static const uint16_t types[] = {
		DNS_TYPE_A,     DNS_TYPE_NS,  DNS_TYPE_DS,  DNS_TYPE_NSEC,  DNS_TYPE_NSEC3,
		DNS_TYPE_RRSIG, DNS_TYPE_ANY, DNS_TYPE_TXT, DNS_TYPE_CNAME, DNS_TYPE_SOA,
	};
	static struct asked q;
	char name[DNS_NAME_TEXT_MAX];

	for (int i = 0; i < 5000; i++) {
		struct dns_msg_layout layout;

		any_name(&seed, name);
		ask(&q, z, name, types[(size_t)rand_r(&seed) % ARRAY_SIZE(types)],
		    rand_r(&seed) % 2);
		ck_assert_int_lt(q.result, FILE_MISS);
		ck_assert_msg(dns_msg_check(&layout, q.wire, q.w.len) == 0, "%s", name);
		ck_assert_uint_eq(layout.end, q.w.len);
		buf_release(&q.text);
	}
}

START_TEST(any_question)
{
	char hashes[ARRAY_SIZE(chain)][64];
	struct file_zone *z = make_zone("vault.test", vault);

	check_any_question(z, 1);
	file_zone_free(z);
	z = nsec3_zone(hashes);
	check_any_question(z, 2);
	file_zone_free(z);
}
END_TEST

TEST_MAIN("file_proof", nsec, nsec3, any_question)
