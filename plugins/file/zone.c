/*
 * zone.c - reading a zone snapshot: names, and the two orders of denial (NSEC, NSEC3).
 */
#include "config.h"

#include "file/zone.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/bytes.h"

static void
blob_release(struct file_blob *b)
{
	free(b->data);
	free(b->origins);
	free(b->links);
}

void
file_zone_free(struct file_zone *z)
{
	if (z == NULL)
		return;
	for (unsigned i = 0; i < 2; i++) {
		blob_release(&z->ns[i]);
		blob_release(&z->soa[i]);
	}
	/* Made as plain memory by the builder; const is for the readers. */
	free((void *)(uintptr_t)z->table);
	free((void *)(uintptr_t)z->nodes);
	free(z->nsec);
	free(z->nsec3);
	free(z);
}

void
file_zone_release(void *zone)
{
	file_zone_free(zone);
}

RT_COLD uint32_t
file_zone_find_all(const struct file_zone *z, const uint8_t *name, size_t len, uint64_t hash)
{
	for (uint64_t i = hash & z->mask; z->table[i] != 0; i = (i + 1) & z->mask) {
		uint32_t ref = (uint32_t)z->table[i];

		if ((z->table[i] ^ hash) >> 32 == 0 &&
		    file_node_is(z, file_zone_node(z, ref), name, len))
			return ref;
	}
	return 0;
}

size_t
file_node_full_name(const struct file_zone *z, const struct file_node *node,
		    uint8_t out[DNS_NAME_BUF])
{
	size_t rel = (size_t)node->name_len - 1;

	memcpy(out, file_node_name(node), rel);
	memcpy(out + rel, z->origin, z->origin_len);
	return rel + z->origin_len;
}

uint32_t
file_zone_nsec(const struct file_zone *z, const uint8_t *name, size_t len, bool *match)
{
	uint8_t rel[DNS_NAME_BUF];
	size_t rel_len = len - z->origin_len;
	uint32_t low = 0, high = z->nnsec;

	*match = false;
	if (z->nnsec == 0)
		return 0;
	memcpy(rel, name, rel_len);
	rel[rel_len] = 0;
	/* The apex owns the first one, so there always is one that is not greater. */
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		const struct file_node *node = file_zone_node(z, z->nsec[mid]);

		if (dns_name_compare(file_node_name(node), rel) <= 0)
			low = mid;
		else
			high = mid;
	}
	*match = dns_name_compare(file_node_name(file_zone_node(z, z->nsec[low])), rel) == 0;
	return z->nsec[low];
}

/* RFC 5155 §5: H(…H(H(name | salt) | salt)… | salt). */
static bool
nsec3_hash(const struct file_zone *z, const uint8_t *name, size_t len, uint8_t out[FILE_NSEC3_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const uint8_t *data = name;
	bool ok = ctx != NULL;

	for (unsigned i = 0; ok && i <= z->iterations; i++) {
		ok = EVP_DigestInit_ex(ctx, i == 0 ? EVP_sha1() : NULL, NULL) == 1 &&
		     EVP_DigestUpdate(ctx, data, len) == 1 &&
		     EVP_DigestUpdate(ctx, z->salt, z->salt_len) == 1 &&
		     EVP_DigestFinal_ex(ctx, out, NULL) == 1;
		data = out;
		len = FILE_NSEC3_LEN;
	}
	EVP_MD_CTX_free(ctx);
	return ok;
}

uint32_t
file_zone_nsec3(const struct file_zone *z, const uint8_t *name, size_t len, bool *match)
{
	uint8_t hash[FILE_NSEC3_LEN];
	uint32_t low = 0, high = z->nnsec3;

	*match = false;
	if (z->nnsec3 == 0 || !nsec3_hash(z, name, len, hash))
		return 0;
	/* The chain is a ring: what comes before the first is covered by the last. */
	if (memcmp(hash, z->nsec3[0].hash, sizeof(hash)) < 0)
		return z->nsec3[z->nnsec3 - 1].ref;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (memcmp(z->nsec3[mid].hash, hash, sizeof(hash)) <= 0)
			low = mid;
		else
			high = mid;
	}
	*match = memcmp(z->nsec3[low].hash, hash, sizeof(hash)) == 0;
	return z->nsec3[low].ref;
}
