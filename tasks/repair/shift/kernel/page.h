/* A page that is read: its text, and what it says of itself. The Python twin is reading.py. */
#ifndef QINGWEN_PAGE_H
#define QINGWEN_PAGE_H

#include "tables.h"
#include "tally.h"

#include <math.h>

enum { END = 0x110000 }; /* stands for no character */

/* A segment of a reading: `text[start:end]` was read as `unit`, or stays as it is (`kept`). */
typedef struct {
    int32_t before;  /* the segment before it, or NONE */
    int32_t start, end;
    uint32_t unit;   /* the character read, END for none */
    uint8_t kind, byte, kept;
    uint32_t named;  /* the character that a splice named */
} Segment;

enum { IN_STEP = 0, UNKNOWN = -1 };

/* A hypothesis: costs.py says what its fields are. */
typedef struct {
    int32_t cost, held;
    uint32_t one, two, last;
    int32_t back;    /* its last segment, or NONE */
} Hyp;

typedef struct {
    Hyp *items;
    int count, room;
} Hyps;

/* What stands at the position that was asked for last: a splice, or what is left of one; end 0 for nothing. */
typedef struct {
    int32_t pos, end;
    PyObject *chars; /* the characters that are read so */
    int written;     /* whether the page's table has this reading */
} Splice;

typedef struct {
    PyObject_HEAD
    Tables *t;
    PyObject *text, *seen;       /* the page, and its symbols */
    PyObject *splice_at, *swallowed_at; /* called with a position: (end, characters, written) or None */
    uint8_t foreign[BMP / 8], present[BMP / 8], spliced[BMP / 8];
    Tally singles, pairs, triples;
    int keeps_private, damaged;
    /* Of the search that runs: */
    long long steps;
    PyObject *hit;               /* the marks that are known to have been replaced */
    PyObject *open;              /* the quotations that are open where it begins */
    Segment *segments;
    int segment_count, segment_room;
    Splice splice, swallowed;
    Hyps *coming;                /* by position, from `base` on */
    int base, reach, pending;
    Hyps grown, staying;
    Hyps *into;                  /* where moves that consume nothing go */
    int at;
    int failed;                  /* an exception is set */
} Page;

static inline int has(const uint8_t *set, uint32_t c) { return c < BMP && (set[c >> 3] >> (c & 7) & 1); }

static inline uint32_t char_at(const Page *p, int pos) {
    return pos < PyUnicode_GET_LENGTH(p->text) ? PyUnicode_READ_CHAR(p->text, pos) : END;
}

static int in_string(PyObject *string, uint32_t c) {
    return PyUnicode_FindChar(string, c, 0, PyUnicode_GET_LENGTH(string), 1) >= 0;
}

static inline uint32_t symbol_of(const Page *p, uint32_t c) { return c < BMP ? p->t->symbols[c] : c; }

/* Keys of tallies: 21 bits a symbol, none of which is 0 in all. */
static inline uint64_t key1(uint32_t one) { return (uint64_t)one + 1; }

static inline uint64_t key2(uint32_t one, uint32_t two) { return key1(one) << 21 | key1(two); }

static inline uint64_t key3(uint32_t one, uint32_t two, uint32_t three) { return key2(one, two) << 21 | key1(three); }

static int learn_symbols(Page *p, PyObject *symbols, int singles) {
    uint32_t one = 0, two = 0;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(symbols); i++) {
        uint32_t three = PyUnicode_READ_CHAR(symbols, i);
        if (singles && count_up(&p->singles, key1(three)) < 0) return -1;
        if (i > 0 && count_up(&p->pairs, key2(two, three)) < 0) return -1;
        if (i > 1 && count_up(&p->triples, key3(one, two, three)) < 0) return -1;
        one = two;
        two = three;
    }
    return 0;
}

/* Segments and lists grow as they are needed. A search that finds no memory fails as a whole. */

static int32_t segment(Page *p, Segment one) {
    if (p->segment_count == p->segment_room) {
        int room = p->segment_room ? 2 * p->segment_room : 512;
        Segment *more = PyMem_Realloc(p->segments, room * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            p->failed = 1;
            return NONE;
        }
        p->segments = more;
        p->segment_room = room;
    }
    p->segments[p->segment_count] = one;
    return p->segment_count++;
}

static void append(Page *p, Hyps *list, Hyp hyp) {
    if (list->count == list->room) {
        int room = list->room ? 2 * list->room : 16;
        Hyp *more = PyMem_Realloc(list->items, room * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            p->failed = 1;
            return;
        }
        list->items = more;
        list->room = room;
    }
    list->items[list->count++] = hyp;
}

/* Takes a hypothesis that has read up to `pos`. */
static void moved(Page *p, int pos, Hyp hyp) {
    if (p->failed) return;
    if (pos <= p->at) {
        append(p, p->into, hyp);
    } else if (pos - p->base < p->reach) {
        Hyps *list = &p->coming[pos - p->base];
        p->pending += list->count == 0;
        append(p, list, hyp);
    } else {
        PyErr_SetString(PyExc_RuntimeError, "a move of the search leads further than any splice is long");
        p->failed = 1;
    }
}

/* What speaks for and against a character that is not seen as such: script, table, and the rest of the page. */

static int partner_of(const Tables *t, uint32_t mark) {
    for (int i = 0; i < t->quote_count; i += 2)
        if (t->quotes[i + 1] == mark) return t->quotes[i];
    return 0;
}

enum { MOST_OPEN = 1024 };

/* The quotations that are open after `hyp`, innermost last: how many, written to `open`. */
static int open_after(const Page *p, const Hyp *hyp, uint32_t *open) {
    uint32_t read[MOST_OPEN];
    int marks = 0, count = 0;
    for (int32_t at = hyp->back; at != NONE && marks < MOST_OPEN; at = p->segments[at].before) {
        uint32_t unit = p->segments[at].unit;
        if (is_kind(p->t, unit, OPENS | CLOSES)) read[marks++] = unit;
    }
    for (; count < PyUnicode_GET_LENGTH(p->open) && count < MOST_OPEN / 2; count++)
        open[count] = PyUnicode_READ_CHAR(p->open, count);
    while (marks--) {
        if (is_kind(p->t, read[marks], OPENS)) {
            if (count < MOST_OPEN) open[count++] = read[marks];
            continue;
        }
        uint32_t partner = partner_of(p->t, read[marks]);
        for (int i = count - 1; i >= 0; i--)
            if (open[i] == partner) {
                count = i;
                break;
            }
    }
    return count;
}

static int balance(const Page *p, const Hyp *hyp, uint32_t mark) {
    const int32_t *k = p->t->cost;
    uint32_t open[MOST_OPEN];
    int count = open_after(p, hyp, open), opens = is_kind(p->t, mark, OPENS);
    uint32_t wanted = opens ? mark : (uint32_t)partner_of(p->t, mark);
    int there = 0;
    for (int i = 0; i < count; i++) there |= open[i] == wanted;
    if (opens) return there ? k[K_UNBALANCED] : 0;
    if (!there) return k[K_UNBALANCED];
    if (open[count - 1] != wanted) return 0;
    return -k[mark == 0x300B ? K_TITLE_BALANCED : K_BALANCED];
}

static int strange(const Page *p, uint32_t unit, uint32_t symbol) {
    const int32_t *k = p->t->cost;
    int cost = has(p->foreign, unit) ? k[K_FOREIGN] : 0;
    if (!has(p->present, unit)) cost += unit >= 0x3400 && unit <= 0x9FFF ? k[K_ABSENT] : k[K_ABSENT_MARK];
    if (symbol == 'a' || symbol == '0') cost += k[K_WIDE];
    if (has(p->spliced, unit)) cost += k[K_BARE];
    return cost;
}

/* What a pronoun costs more than the model says: a page tells of him, of her, or of it. */
static int pronoun(const Page *p, uint32_t unit) {
    const Tables *t = p->t;
    int read = 0, here = 0;
    double known = 0, its = 0;
    for (int i = 0; i < 3; i++) {
        int count = (int)count_in(&p->singles, key1(PRONOUNS[i])) + 1;
        double chance = exp(-lone(t, PRONOUNS[i]) * t->unit);
        read += count;
        known += chance;
        if (PRONOUNS[i] == unit) here = count, its = chance;
    }
    return (int)rint((log((double)read / here) - log(known / its)) / t->unit);
}

static int charge(const Page *p, const Hyp *hyp, uint32_t symbol, uint32_t unit, int chance) {
    const Tables *t = p->t;
    int cost = strange(p, unit, symbol);
    if (is_kind(t, unit, OPENS | CLOSES)) cost += balance(p, hyp, unit);
    if (unit == PRONOUNS[0] || unit == PRONOUNS[1] || unit == PRONOUNS[2]) cost += pronoun(p, unit);
    int stopped = is_kind(t, hyp->two, STOPPED);
    if (unit == 0x3000) cost += stopped ? -t->cost[K_BLANK_HERE] : t->cost[K_BLANK];
    else if (stopped && symbol != hyp->two && is_kind(t, unit, PLAIN_MARK)) cost += t->cost[K_STOP_AGAIN];
    else if (hyp->two == ',' && p->damaged && is_kind(t, unit, PLAIN_MARK)) {
        int added = t->cost[K_COMMA_ADDED] + cost_of(t, '\n', hyp->one, symbol) - chance;
        cost += added < 0 ? added : 0;
    }
    uint32_t pairs = count_in(&p->pairs, key2(hyp->two, symbol));
    if (!pairs) return cost;
    double mixed = (1 - t->on_page) * exp(-chance * t->unit) + t->on_page * pairs / count_in(&p->singles, key1(hyp->two));
    uint32_t threes = count_in(&p->triples, key3(hyp->one, hyp->two, symbol));
    if (threes)
        mixed = (1 - t->on_page3) * mixed + t->on_page3 * threes / count_in(&p->pairs, key2(hyp->one, hyp->two));
    int gain = (int)rint(-log(mixed) / t->unit) - chance;
    return cost + (gain < 0 ? gain : 0);
}

/* Hypotheses after a character, after nothing, after a splice that stays, and after the likeliest of many. */

static Hyp emitted(Page *p, const Hyp *hyp, uint32_t unit, int held, int start, int end, int more, int kind, int byte) {
    uint32_t symbol = kind == AS_SEEN ? PyUnicode_READ_CHAR(p->seen, start) : symbol_of(p, unit);
    p->steps++;
    int chance = cost_of(p->t, hyp->one, hyp->two, symbol);
    if (unit == ALSO && kind != AS_SEEN) {
        int other = cost_of(p->t, hyp->one, hyp->two, ALSO_SYMBOL);
        if (other < chance) symbol = ALSO_SYMBOL, chance = other;
    }
    int cost = hyp->cost + more + chance;
    if (kind != AS_SEEN) cost += charge(p, hyp, symbol, unit, chance);
    Segment one = {hyp->back, start, end, unit, (uint8_t)kind, (uint8_t)byte, 0, 0};
    return (Hyp){cost, held, hyp->two, symbol, unit, segment(p, one)};
}

static Hyp skipped(Page *p, const Hyp *hyp, int held, int start, int end, int more, int kind, int byte, uint32_t named) {
    Segment one = {hyp->back, start, end, END, (uint8_t)kind, (uint8_t)byte, 0, named};
    return (Hyp){hyp->cost + more, held, hyp->one, hyp->two, hyp->last, segment(p, one)};
}

static Hyp kept(Page *p, const Hyp *hyp, int start, int end, int more) {
    Segment one = {hyp->back, start, end, END, AS_SEEN, 0, 1, 0};
    return (Hyp){hyp->cost + more, hyp->held, 'a', ')', ')', segment(p, one)};
}

#endif
