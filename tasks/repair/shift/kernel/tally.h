/* Counts of symbols side by side, as a page's Counters in reading.py have them. */
#ifndef QINGWEN_TALLY_H
#define QINGWEN_TALLY_H

#include <Python.h>
#include <stdint.h>

/* How often each few symbols stand side by side: open addressing; no key is 0. */
typedef struct {
    uint64_t *keys;
    uint32_t *counts;
    size_t size, used;
} Tally;

static size_t place_in(const Tally *tally, uint64_t key) {
    size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> 20) & (tally->size - 1);
    while (tally->keys[at] && tally->keys[at] != key) at = (at + 1) & (tally->size - 1);
    return at;
}

static uint32_t count_in(const Tally *tally, uint64_t key) {
    return tally->size ? tally->counts[place_in(tally, key)] : 0;
}

static int grow(Tally *tally) {
    Tally more = {NULL, NULL, tally->size ? tally->size * 2 : 1024, tally->used};
    more.keys = PyMem_Calloc(more.size, sizeof *more.keys);
    more.counts = PyMem_Calloc(more.size, sizeof *more.counts);
    if (!more.keys || !more.counts) {
        PyMem_Free(more.keys);
        PyMem_Free(more.counts);
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < tally->size; i++)
        if (tally->keys[i]) {
            size_t at = place_in(&more, tally->keys[i]);
            more.keys[at] = tally->keys[i];
            more.counts[at] = tally->counts[i];
        }
    PyMem_Free(tally->keys);
    PyMem_Free(tally->counts);
    *tally = more;
    return 0;
}

static int count_up(Tally *tally, uint64_t key) {
    if (tally->used * 2 >= tally->size && grow(tally) < 0) return -1;
    size_t at = place_in(tally, key);
    if (!tally->keys[at]) {
        tally->keys[at] = key;
        tally->used++;
    }
    tally->counts[at]++;
    return 0;
}

#endif
