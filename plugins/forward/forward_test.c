/*
 * Tests of the order in which upstreams are asked.
 */
#include "config.h"

#include "forward/forward_policy.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/support/check_main.h"

static const uint8_t list[] = { 4, 9, 7, 2 };

START_TEST(sequential_is_as_written)
{
	uint8_t out[4];

	forward_order(FORWARD_SEQUENTIAL, 3, list, 4, out);
	ck_assert_mem_eq(out, list, 4);
}
END_TEST

START_TEST(round_robin_begins_with_the_next)
{
	static const uint8_t expected[][4] = {
		{ 9, 4, 7, 2 }, { 7, 4, 9, 2 }, { 2, 4, 9, 7 }, { 4, 9, 7, 2 }, { 9, 4, 7, 2 },
	};
	uint8_t out[4];

	for (uint32_t turn = 1; turn <= 5; turn++) {
		forward_order(FORWARD_ROUND_ROBIN, turn, list, 4, out);
		ck_assert_mem_eq(out, expected[turn - 1], 4);
	}
}
END_TEST

/* Every upstream is somewhere, and each is first about as often. */
START_TEST(random_is_fair)
{
	unsigned first[10] = { 0 };
	uint8_t out[4];

	for (unsigned i = 0; i < 4000; i++) {
		unsigned seen = 0;

		forward_order(FORWARD_RANDOM, 0, list, 4, out);
		for (unsigned k = 0; k < 4; k++)
			seen |= 1u << out[k];
		ck_assert_uint_eq(seen, 1u << 4 | 1u << 9 | 1u << 7 | 1u << 2);
		first[out[0]]++;
	}
	for (unsigned k = 0; k < 4; k++)
		ck_assert_msg(first[list[k]] > 750 && first[list[k]] < 1250, "%u times",
			      first[list[k]]);
}
END_TEST

START_TEST(one_or_none)
{
	uint8_t out[1] = { 0 };

	forward_order(FORWARD_ROUND_ROBIN, 7, list, 1, out);
	ck_assert_uint_eq(out[0], 4);
	forward_order(FORWARD_RANDOM, 7, list, 1, out);
	ck_assert_uint_eq(out[0], 4);
	forward_order(FORWARD_ROUND_ROBIN, 7, list, 0, NULL);
}
END_TEST

TEST_MAIN("forward", sequential_is_as_written, round_robin_begins_with_the_next, random_is_fair,
	  one_or_none)
