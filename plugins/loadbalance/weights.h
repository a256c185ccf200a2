/*
 * weights.h - weights of addresses, by domain name, from a file.
 *
 *	# comment
 *	www.example.org
 *	192.0.2.1 3
 *	2001:db8::1 1
 *
 * Weights are 1 to 255; a domain may be given several times.
 *
 * Threads: a set is immutable once made.  Memory: owned, freed by loadbalance_weights_free.
 */
#ifndef LOADBALANCE_WEIGHTS_H
#define LOADBALANCE_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"

struct loadbalance_weights;

/* Room for every error text. */
#define LOADBALANCE_ERROR_MAX 512

/*
 * Reads the text of a weight file; name is for errors.  0; RT_ENOMEM; RT_ESYNTAX with the reason in
 * error.
 */
int loadbalance_weights_parse(struct loadbalance_weights **out, const char *text, size_t len,
			      const char *name, char error[LOADBALANCE_ERROR_MAX]) RT_MUST_CHECK;

/* NULL is allowed. */
void loadbalance_weights_free(void *weights);

/* The weight of an address of the name (wire form, lower case, len octets); 1 if there is none. */
unsigned loadbalance_weight(const struct loadbalance_weights *weights, const uint8_t *name,
			    size_t len, const struct addr *addr);

#endif
