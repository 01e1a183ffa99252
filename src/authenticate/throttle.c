#include "authenticate/throttle.h"

#include "base/map.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>

/* The user name, shortened, led by what counts as its place. */
struct key {
    char bytes[sizeof((struct throttle_place *)0)->bytes];
    size_t len;
};

/* Empty from `empty_ms` on; how full it is, is how far that lies ahead. */
struct bucket {
    struct bucket *newer, *older;
    int64_t empty_ms;
    struct key key;
};

/* Buckets of one kind, ring-linked through `ends` from the newest to the oldest. */
struct shelf {
    struct map *buckets; /* owned, and the values */
    struct bucket ends;
    size_t max;
    int64_t drop_ms; /* what one failure adds */
    int64_t full_ms;
};

struct throttle {
    struct shelf pairs, networks, familiar;
};

static void
shelf_init(struct shelf *shelf, size_t max, int64_t failures, int64_t window_ms)
{
    shelf->buckets = map_new();
    shelf->ends.newer = shelf->ends.older = &shelf->ends;
    shelf->max = max;
    shelf->drop_ms = window_ms / failures > 0 ? window_ms / failures : 1;
    shelf->full_ms = shelf->drop_ms * failures;
}

static void
unlink_bucket(struct bucket *bucket)
{
    bucket->newer->older = bucket->older;
    bucket->older->newer = bucket->newer;
}

static void
link_newest(struct shelf *shelf, struct bucket *bucket)
{
    bucket->newer = &shelf->ends;
    bucket->older = shelf->ends.older;
    bucket->older->newer = bucket;
    shelf->ends.older = bucket;
}

static struct slice
key_slice(const struct key *key)
{
    return (struct slice){key->bytes, key->len};
}

static struct bucket *
shelf_get(const struct shelf *shelf, const struct key *key)
{
    return map_get(shelf->buckets, key_slice(key));
}

static void
shelf_remove(struct shelf *shelf, struct bucket *bucket)
{
    map_remove(shelf->buckets, key_slice(&bucket->key));
    unlink_bucket(bucket);
    free(bucket);
}

static struct bucket *
shelf_put(struct shelf *shelf, const struct key *key)
{
    struct bucket *bucket = shelf_get(shelf, key);
    if (bucket) {
        unlink_bucket(bucket);
    } else {
        if (map_count(shelf->buckets) >= shelf->max)
            shelf_remove(shelf, shelf->ends.newer);
        bucket = NEW(struct bucket);
        bucket->key = *key;
        map_put(shelf->buckets, key_slice(key), bucket);
    }
    link_newest(shelf, bucket);
    return bucket;
}

/* An empty bucket says nothing. Two a call keep up with one made a call. */
static void
shelf_tidy(struct shelf *shelf, int64_t now_ms)
{
    for (int i = 0; i < 2; i++) {
        struct bucket *oldest = shelf->ends.newer;
        if (oldest == &shelf->ends || oldest->empty_ms > now_ms)
            return;
        shelf_remove(shelf, oldest);
    }
}

/* A refused try keeps the bucket young: what is under attack is not what is forgotten. */
static bool
shelf_allows(struct shelf *shelf, const struct key *key, int64_t now_ms)
{
    struct bucket *bucket = shelf_get(shelf, key);
    if (!bucket || bucket->empty_ms - now_ms <= shelf->full_ms - shelf->drop_ms)
        return true;
    unlink_bucket(bucket);
    link_newest(shelf, bucket);
    return false;
}

/* Tries that were let in together may fail together; a bucket is never more than full. */
static void
shelf_fail(struct shelf *shelf, const struct key *key, int64_t now_ms)
{
    struct bucket *bucket = shelf_put(shelf, key);
    if (bucket->empty_ms < now_ms)
        bucket->empty_ms = now_ms;
    bucket->empty_ms += shelf->drop_ms;
    if (bucket->empty_ms > now_ms + shelf->full_ms)
        bucket->empty_ms = now_ms + shelf->full_ms;
}

static void
shelf_fini(struct shelf *shelf)
{
    while (shelf->ends.newer != &shelf->ends)
        shelf_remove(shelf, shelf->ends.newer);
    map_free(shelf->buckets);
}

struct throttle *
throttle_new(uint32_t failures, int64_t window_ms, size_t entries_max)
{
    assert(failures > 0 && window_ms > 0 && entries_max > 0);
    struct throttle *throttle = NEW(struct throttle);
    shelf_init(&throttle->pairs, entries_max, failures, window_ms);
    shelf_init(&throttle->networks, entries_max, (int64_t)failures * THROTTLE_NETWORK_FACTOR,
               window_ms);
    shelf_init(&throttle->familiar, entries_max, failures, window_ms);
    return throttle;
}

void
throttle_free(struct throttle *throttle)
{
    if (!throttle)
        return;
    shelf_fini(&throttle->pairs);
    shelf_fini(&throttle->networks);
    shelf_fini(&throttle->familiar);
    free(throttle);
}

/* 4 or 16 bytes of an address, or 0. A zone ("%eth0") says which link, not who. */
static size_t
parse_address(struct slice text, uint8_t address[16])
{
    char cstr[INET6_ADDRSTRLEN];
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    text = slice_head(text, slice_chr(text, '%'));
    if (text.len == 0 || text.len >= sizeof cstr)
        return 0;
    memcpy(cstr, text.ptr, text.len);
    cstr[text.len] = '\0';
    if (inet_pton(AF_INET, cstr, address) == 1)
        return 4;
    if (inet_pton(AF_INET6, cstr, address) != 1)
        return 0;
    if (memcmp(address, mapped, sizeof mapped) != 0)
        return 16;
    memmove(address, address + sizeof mapped, 4);
    return 4;
}

static void
key_add(struct key *key, const void *bytes, size_t len)
{
    if (len)
        memcpy(key->bytes + key->len, bytes, len);
    key->len += len;
}

/* The three keys of one try: its network, the user there, the user at the very address. */
struct place {
    struct key network, pair, familiar;
};

static void
place_of(struct slice user, struct slice ip_text, struct place *place)
{
    uint8_t address[16];
    size_t len = parse_address(ip_text, address);
    char family = (char)len; /* first byte: the places of two families never have one key */
    user = slice_head(user, THROTTLE_USER_MAX);
    *place = (struct place){0};
    key_add(&place->network, &family, 1);
    key_add(&place->familiar, &family, 1);
    key_add(&place->network, address, len == 4 ? 3 : len == 16 ? 7 : 0);
    key_add(&place->familiar, address, len == 4 ? 4 : len == 16 ? 8 : 0);
    place->pair = place->network;
    key_add(&place->pair, user.ptr, user.len);
    key_add(&place->familiar, user.ptr, user.len);
}

bool
throttle_allows(struct throttle *throttle, struct slice user, struct slice ip_text, int64_t now_ms)
{
    struct place place;
    place_of(user, ip_text, &place);
    if (shelf_get(&throttle->familiar, &place.familiar))
        return shelf_allows(&throttle->familiar, &place.familiar, now_ms);
    bool pair = shelf_allows(&throttle->pairs, &place.pair, now_ms);
    bool network = shelf_allows(&throttle->networks, &place.network, now_ms);
    return pair && network;
}

void
throttle_failure(struct throttle *throttle, struct slice user, struct slice ip_text, int64_t now_ms)
{
    struct place place;
    place_of(user, ip_text, &place);
    if (shelf_get(&throttle->familiar, &place.familiar)) {
        shelf_fail(&throttle->familiar, &place.familiar, now_ms);
        return;
    }
    shelf_tidy(&throttle->pairs, now_ms);
    shelf_tidy(&throttle->networks, now_ms);
    shelf_fail(&throttle->pairs, &place.pair, now_ms);
    shelf_fail(&throttle->networks, &place.network, now_ms);
}

void
throttle_success(struct throttle *throttle, struct slice user, struct slice ip_text, int64_t now_ms)
{
    struct place place;
    place_of(user, ip_text, &place);
    shelf_put(&throttle->familiar, &place.familiar)->empty_ms = now_ms;
    struct bucket *pair = shelf_get(&throttle->pairs, &place.pair);
    if (pair)
        shelf_remove(&throttle->pairs, pair);
}

void
throttle_place(const struct throttle *throttle, struct slice user, struct slice ip_text,
               struct throttle_place *out)
{
    struct place place;
    place_of(user, ip_text, &place);
    out->familiar = shelf_get(&throttle->familiar, &place.familiar) != NULL;
    const struct key *key = out->familiar ? &place.familiar : &place.network;
    memcpy(out->bytes, key->bytes, key->len);
    out->len = key->len;
}

size_t
throttle_entries(const struct throttle *throttle)
{
    return map_count(throttle->pairs.buckets) + map_count(throttle->networks.buckets) +
           map_count(throttle->familiar.buckets);
}
