/* The search itself: positions in order, the likeliest hypotheses at each. The Python twin is search.py. */
#ifndef QINGWEN_SEARCH_H
#define QINGWEN_SEARCH_H

#include "moves.h"

static int by_key(const void *one, const void *two) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)two;
    return (a > b) - (a < b);
}

/* The likeliest, at most two of each state, and a few in step, none too far behind; those of one cost in the order in
 * which they came. */
static void best(Page *p, Hyps *list, int width) {
    const int32_t *k = p->t->cost;
    Hyp likeliest[64];
    int kept = 0;
    if (width > 64) width = 64;
    if (list->count < 2 || p->failed) return;
    int64_t *order = PyMem_Malloc(list->count * sizeof *order);
    if (!order) {
        PyErr_NoMemory();
        p->failed = 1;
        return;
    }
    for (int i = 0; i < list->count; i++) order[i] = (int64_t)list->items[i].cost * ((int64_t)1 << 32) + i;
    qsort(order, list->count, sizeof *order, by_key);
    int least = list->items[order[0] & 0xFFFFFFFF].cost;
    for (int i = 0; i < list->count && kept < width; i++) {
        const Hyp *hyp = &list->items[order[i] & 0xFFFFFFFF];
        if (hyp->cost > least + k[K_BEAM]) break;
        int alike = 0;
        for (int j = 0; j < kept; j++)
            alike += likeliest[j].held == hyp->held && likeliest[j].one == hyp->one && likeliest[j].two == hyp->two &&
                     likeliest[j].last == hyp->last;
        if (alike < (hyp->held == IN_STEP ? k[K_READINGS] : 2)) likeliest[kept++] = *hyp;
    }
    PyMem_Free(order);
    memcpy(list->items, likeliest, kept * sizeof *likeliest);
    list->count = kept;
}

static void moves(Page *p, const Hyp *hyp, int pos, int entry, int rank) {
    if (hyp->held == IN_STEP) in_step(p, hyp, pos, entry);
    else if (hyp->held > 0) out_of_step(p, hyp, pos, rank);
    else lead_lost(p, hyp, pos, rank);
}

/* Moves every hypothesis of `here` on; those that a move has led to `pos` again are added to it at the end. */
static void step(Page *p, int pos, Hyps *here, int entry, int over) {
    const int32_t *k = p->t->cost;
    int bound = here->count ? here->items[0].cost + k[K_BEAM] : 0;
    int near = here->count ? here->items[0].cost + k[K_NEAR] : 0;
    p->staying.count = 0;
    for (int i = 0; i < here->count; i++) append(p, &p->staying, here->items[i]);
    p->into = &p->grown;
    p->at = pos;
    for (int round = 0; round < 3 && !p->failed; round++) {
        int rank = round > 0;
        p->grown.count = 0;
        for (int i = 0; i < p->staying.count && !p->failed; i++) {
            Hyp hyp = p->staying.items[i];
            if (over && hyp.held <= 0) continue;
            moves(p, &hyp, pos, entry, hyp.cost < near ? rank : k[K_FANS]);
            rank += hyp.held != IN_STEP;
        }
        best(p, &p->grown, k[K_WIDTH]);
        p->staying.count = 0;
        for (int i = 0; i < p->grown.count; i++)
            if (p->grown.items[i].cost <= bound) {
                append(p, &p->staying, p->grown.items[i]);
                append(p, here, p->grown.items[i]);
            }
    }
}

/* Whether all of `here` are in step and agree on what comes last. */
static int agreed(const Hyps *here) {
    for (int i = 0; i < here->count; i++) {
        const Hyp *one = &here->items[i], *first = here->items;
        if (one->held != IN_STEP || one->one != first->one || one->two != first->two) return 0;
    }
    return here->count > 0;
}

/* Searches from `first` at `start` on. Gives where it ends and leaves what is left in `here`. */
static int search(Page *p, int start, int clue, int stop, int hidden, Hyp first, Hyps *here) {
    p->base = start;
    p->at = start - 1;
    p->pending = 0;
    moved(p, start, first);
    for (int pos = start; !p->failed; pos++) {
        Hyps *coming = &p->coming[pos - start];
        here->count = 0;
        for (int i = 0; i < coming->count; i++) append(p, here, coming->items[i]);
        p->pending -= coming->count > 0;
        coming->count = 0;
        best(p, here, p->t->cost[splice_at(p, pos)->end ? K_WIDTH_AT_SPLICE : K_WIDTH]);
        uint32_t c = char_at(p, pos);
        if (pos > clue + 1 && !p->pending && c != '(' && c != 0xFF08 && agreed(here)) return pos;
        step(p, pos, here, hidden && pos <= clue, pos >= stop);
        if (pos >= stop) return pos;
    }
    return start;
}

#endif
