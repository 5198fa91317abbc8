/* Which characters an unknown byte may make, and the likeliest of them. The Python twins: candidates.py, Reading.choose. */
#ifndef QINGWEN_CHOICES_H
#define QINGWEN_CHOICES_H

#include "page.h"

enum { MOST_CANDIDATES = 1024, WIDE_COMMA = 0xFF0C };

/* The `width` + 1 likeliest of `count` chances, and those as likely as the last of them, lie at or below this. */
static int bound_of(const int *chances, int count, int width) {
    int ranked[MOST_CANDIDATES], kept = 0;
    if (count <= width) return INT32_MAX;
    for (int i = 0; i < count; i++) {
        if (kept > width && chances[i] >= ranked[width]) continue;
        int at = kept > width ? width : kept++;
        for (; at > 0 && ranked[at - 1] > chances[i]; at--) ranked[at] = ranked[at - 1];
        ranked[at] = chances[i];
    }
    return ranked[width];
}

static inline int is_twofold(uint32_t unit) { return unit == 0x2014 || unit == 0x2026; }

/* A sign that comes in twos a second time, at no cost for being new to the page. */
static Hyp again(Page *p, const Hyp *hyp, int held, int start, int end, int byte) {
    return emitted(p, hyp, hyp->last, held, start, end, -strange(p, hyp->last, hyp->two), DOUBLED, byte);
}

/* Emits the `width` likeliest of `list` and moves to `to`, holding `held` afterwards (ITS_BYTE: minus the byte chosen); then
 * `literal`, if it is not 0. `least`, if given, becomes the cost of the cheapest where that is less. */
enum { ITS_BYTE = -2 };

static void choose(Page *p, const Hyp *from, const Candidate *list, int count, int width, int held, int start, int end,
                   int more, int kind, int to, uint32_t literal, int *least) {
    Tables *t = p->t;
    Hyp hyp = *from;
    int chances[MOST_CANDIDATES];
    p->steps += count;
    Context c = context(t, hyp.one, hyp.two);
    int backed_off = c.at < 0 ? 0 : c.charge + t->backoffs1[c.at];
    for (int i = 0; i < count; i++) chances[i] = backed_off + list[i].lone;
    if (c.at >= 0 && count) {
        const Spread *one = spread(&t->after_one, t->after1, t->costs2, c.low1, c.high1);
        const Spread *two = spread(&t->after_two, t->after2, t->costs3, c.low2, c.high2);
        for (int i = 0; i < count; i++) {
            uint16_t symbol = list[i].symbol;
            if (two->marks[symbol] == two->turn) chances[i] = two->costs[symbol];
            else if (one->marks[symbol] == one->turn) chances[i] = c.charge + one->costs[symbol];
        }
    }
    int bound = bound_of(chances, count, width);
    for (int i = 0; i < count; i++) {
        if (chances[i] > bound && !is_kind(t, list[i].unit, PLAIN_MARK | CLOSES)) continue;
        int cost = hyp.cost + more + chances[i] + charge(p, &hyp, list[i].symbol, list[i].unit, chances[i]);
        Segment one = {hyp.back, start, end, list[i].unit, (uint8_t)kind, list[i].byte, 0, 0};
        Hyp new = {cost, held == ITS_BYTE ? -list[i].byte : held, hyp.two, list[i].symbol, list[i].unit, segment(p, one)};
        if (literal) new = emitted(p, &new, literal, 0, to, to, 0, SHIFTED, 0);
        if (least && new.cost < *least) *least = new.cost;
        if (p->failed) return;
        if (kind != DELETED || !is_twofold(new.last)) {
            moved(p, to, new);
            continue;
        }
        Hyp twice = again(p, &new, new.held, start, end, list[i].byte);
        new.cost += t->cost[K_ALONE];
        moved(p, to, new);
        moved(p, to, twice);
    }
}
/* `choose` from a list of candidates by a known half, but for those that the page's script does not use. */
enum { ALL, DELETABLE, PARTNERED };

static void choose_by(Page *p, const Hyp *hyp, int known, int lead_known, int which, int partner, int width, int held,
                      int start, int end, int more, int kind, int to, uint32_t literal, int *least) {
    Tables *t = p->t;
    const Candidates *all = candidates(t, known, lead_known);
    Candidate usable[256];
    int count = 0;
    if (!all) {
        p->failed = 1;
        return;
    }
    for (int i = 0; i < all->count; i++) {
        const Candidate *one = &all->items[i];
        if (has(p->foreign, one->unit)) continue;
        if (which == DELETABLE && !t->begins_dropped[one->byte]) continue;
        if (which == PARTNERED && !is_dropped(t, partner, one->byte)) continue;
        usable[count++] = *one;
    }
    choose(p, hyp, usable, count, width, held, start, end, more, kind, to, literal, least);
}

/* The likeliest characters whose lead byte went with a deleted pair; `again`: whose trail byte may have gone too. */
static void choose_after(Page *p, const Hyp *hyp, int again, int held, int start, int end, int more, int kind, int to,
                         int *least) {
    const Tables *t = p->t;
    int partner = -hyp->held, count = 0, asked = 0, most = t->cost[K_SUCCESSORS];
    Candidate found_here[MOST_CANDIDATES];
    uint16_t symbols[512];
    Context c = context(t, hyp->one, hyp->two);
    if (c.at >= 0 && 2 * most <= 512) {
        uint32_t high1 = c.high1 - c.low1 > (uint32_t)most ? c.low1 + most : c.high1;
        uint32_t high2 = c.high2 - c.low2 > (uint32_t)most ? c.low2 + most : c.high2;
        for (uint32_t i = c.low1; i < high1; i++)
            if (found(symbols, t->after1[i], 0, asked) < 0) symbols[asked++] = t->after1[i];
        for (uint32_t i = c.low2; i < high2; i++)
            if (found(symbols, t->after2[i], 0, asked) < 0) symbols[asked++] = t->after2[i];
    }
    for (int i = 0; i < asked; i++) {
        uint32_t first = t->form_starts[symbols[i]], end_of = t->form_starts[symbols[i] + 1];
        for (uint32_t at = first; at <= end_of && count < MOST_CANDIDATES; at++) {
            uint16_t unit = at == first ? symbols[i] : t->forms[at - 1]; /* itself first */
            uint32_t pair = t->pairs[unit];
            if (!is_dropped(t, partner, pair >> 8) || (again && (unit == WIDE_COMMA || !t->begins_dropped[pair & 0xFF]))) continue;
            found_here[count++] = (Candidate){lone(t, symbols[i]), symbols[i], unit, (uint8_t)(pair & 0xFF)};
        }
    }
    int width = t->cost[held == ITS_BYTE ? K_FAN_DELETED : K_FAN];
    choose(p, hyp, found_here, count, width, held, start, end, more, kind, to, 0, least);
}

#endif
