/*
 * libFuzzer entry: arbitrary bytes as a DNS message.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "tests/support/fuzz_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(data, size);
	return 0;
}
