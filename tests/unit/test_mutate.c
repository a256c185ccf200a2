/*
 * A hundred thousand mutated packets through everything that reads messages.
 *
 * The generator is seeded with a constant: a failure can be repeated.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/edns.h"
#include "dns/types.h"
#include "tests/support/check_main.h"
#include "tests/support/fuzz_message.h"
#include "tests/support/wire.h"

#define SEEDS  10
#define ROUNDS 10000 /* of each seed */

/* Small and repeatable (xorshift); nothing depends on its quality. */
static uint64_t state = UINT64_C(0x5eed5eed5eed5eed);

static unsigned
pick(unsigned bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % bound;
}

/* Bytes that mean something in messages. */
static const uint8_t interesting[] = {
	0, 1, 2, 41, 63, 64, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 250, 0xff
};

static void
mutate(struct wire *m)
{
	for (unsigned n = 1 + pick(6); n > 0; n--) {
		size_t at = pick((unsigned)m->len);

		switch (pick(5)) {
		case 0:
			m->data[at] ^= (uint8_t)(1u << pick(8));
			break;
		case 1:
			m->data[at] = interesting[pick(ARRAY_SIZE(interesting))];
			break;
		case 2:
			m->data[at] = (uint8_t)pick(256);
			break;
		case 3:
			if (at > 0)
				m->len = at;
			break;
		case 4:
			if (m->len < 600)
				wire_bytes(m, m->data + at, pick((unsigned)(m->len - at)));
			break;
		}
	}
}

/* Requests. */
static void
make_query(struct wire *m)
{
	static const uint8_t options[] = { 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 3, 0, 0 };

	wire_query(m, "Www.some-Name.example.ORG", (uint16_t)(1 + pick(70)));
	if (pick(3) > 0)
		wire_opt(m, 1232, pick(2) ? DNS_EDNS_DO : 0, options,
			 pick(2) ? sizeof(options) : 0);
	if (pick(8) == 0)
		wire_rr(m, DNS_ADDITIONAL, "key", DNS_TYPE_TSIG, 0,
			"\1a\0\0\0\0\0\0\1\1\54\0\2mm\0\1\0\0\0\0", 21);
}

/* Answers with compressed names and many kinds of data. */
static void
make_answer(struct wire *m)
{
	static const struct {
		uint16_t type;
		const char *data;
		size_t len;
	} rows[] = {
		{ DNS_TYPE_A, "1234", 4 },
		{ DNS_TYPE_NS, "\2ns\300\14", 5 },
		{ DNS_TYPE_SOA,
		  "\1m\300\14\300\14"
		  "12345678901234567890",
		  26 },
		{ DNS_TYPE_MX, "\0\1\1x\300\14", 6 },
		{ DNS_TYPE_TXT, "\5hello\0\1x", 9 },
		{ DNS_TYPE_SRV, "123456\1a\300\14", 10 },
		{ DNS_TYPE_NSEC, "\1a\300\14\0\1x\1\2yz", 11 },
		{ DNS_TYPE_SVCB, "\0\1\0\0\1\0\2h2\0\3\0\2pp", 15 },
		{ DNS_TYPE_RRSIG, "123456789012345678\300\14sig", 23 },
		{ DNS_TYPE_NAPTR, "1234\1s\0\2re\300\14", 12 },
		{ DNS_TYPE_HIP, "\1\2\0\2hpp\1a\0\300\14", 12 },
		{ DNS_TYPE_APL, "\0\1\10\1x\0\2\0\200", 9 },
		{ DNS_TYPE_A6,
		  "\100"
		  "12345678\1a\0",
		  12 },
		{ 65280, "opaque", 6 },
	};

	wire_query(m, "example.org", DNS_TYPE_ANY);
	m->data[2] |= 0x84;
	for (unsigned n = 1 + pick(40); n > 0; n--) {
		unsigned i = pick(ARRAY_SIZE(rows));

		wire_rr(m, DNS_ANSWER + pick(3), "a.example.org", rows[i].type, pick(99999),
			rows[i].data, rows[i].len);
	}
	if (pick(2))
		wire_opt(m, 4096, DNS_EDNS_DO, NULL, 0);
}

START_TEST(nothing_breaks)
{
	static struct wire m;

	state ^= (uint64_t)_i << 32;
	for (int i = 0; i < ROUNDS; i++) {
		uint8_t *exact;

		if (pick(4) == 0)
			make_answer(&m);
		else
			make_query(&m);
		if (pick(20) > 0)
			mutate(&m);
		/* On the heap in its exact size, so that a sanitizer sees every stray read. */
		exact = malloc(m.len);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, m.data, m.len);
		fuzz_message(exact, m.len);
		free(exact);
	}
}
END_TEST

static TCase *
seeds(void)
{
	TCase *tc = tcase_create("seeds");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, nothing_breaks, 0, SEEDS);
	return tc;
}

TEST_MAIN_CASES("mutate", seeds)
