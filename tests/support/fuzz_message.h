/*
 * What is done to arbitrary bytes as a DNS message: by the fuzzer and, with mutated packets, by a
 * unit test.
 */
#ifndef TESTS_SUPPORT_FUZZ_MESSAGE_H
#define TESTS_SUPPORT_FUZZ_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Run every function that reads messages over len bytes and check what must hold between their
 * results; calls abort() when it does not.
 */
void fuzz_message(const uint8_t *data, size_t len);

#endif
