/* What never changes while the program runs: the language model's strings, a codec's pairs, and what a guess costs.
 *
 * All of it is made in Python (tasks/repair/shift/kernel/__init__.py) and lies in Python's own objects, which are kept
 * alive here and read in place. Symbols are UTF-16 units, as the model has them; what is none has no entry.
 */
#ifndef QINGWEN_TABLES_H
#define QINGWEN_TABLES_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

/* candidates.py, ALSO: 著 is also seen as 着. And PRONOUNS of costs.py: 他, 她, 它. */
enum { ALSO = 0x8457, ALSO_SYMBOL = 0x7740 };
static const uint32_t PRONOUNS[] = {0x4ED6, 0x5979, 0x5B83};

enum { BMP = 0x10000, LEADS = 0x81, LEADS_END = 0xFF, NONE = -1 };

#define TABLES_NAME "tasks.repair.shift.kernel._search.Tables"

/* The constants of costs.py that the search needs, by name: each has one value, and it stands there. */
#define COSTS(X) \
    X(HALF_SHOWN) X(HALF_ALONE) X(HALF_ALONE_HERE) X(MARK_SWALLOWED) X(HALF_DROPPED) X(LEFT_DROPPED) X(MARK_KNOWN) \
    X(MARK_STRADDLED) X(MARK_SPACED) X(ASCII_FOLDED) X(BYTE_LOST) X(MARK_ADDED) X(PAIR_DELETED) X(DELETED_AGAIN) X(SPLICE_KEPT) \
    X(GLOSS) X(REMNANT) X(FOREIGN) X(BARE) X(UNTABLED) X(WIDE) X(BLANK) X(BLANK_HERE) X(ALONE) X(STOP_AGAIN) X(COMMA_ADDED) X(LETTER) X(LETTER_MORE) X(ABSENT) X(ABSENT_MARK) X(BALANCED) X(TITLE_BALANCED) \
    X(UNBALANCED) X(HOPELESS) X(UNLIKELY) X(PLAUSIBLE) X(WIDTH) X(WIDTH_AT_SPLICE) X(READINGS) X(BEAM) X(SUCCESSORS) X(NEAR) X(FANS) \
    X(DELETED_RANK) X(FAN_DELETED) X(FAN) X(RAREST) X(UNKNOWN_COST)

#define X(name) K_##name,
enum { COSTS(X) COST_COUNT };
#undef X

/* What a character is, as bits of `kinds`. */
enum { MARK = 1, WIDE_MARK = 2, CLOSE_MARK = 4, OPENS = 8, CLOSES = 16, PLAIN_MARK = 32, STOPPED = 64, DROPPED = 128 };

/* How a stretch was read: segments' kinds in moves.py. */
enum { AS_SEEN, SPLICED, SHIFTED, NAMED, LOST_HALF, LOST_LEAD, LOST_TRAIL, LOST_BOTH, DELETED, DOUBLED, ADDED, SPLICE_OF, KINDS };

typedef struct {
    int32_t lone;
    uint16_t symbol, unit;
    uint8_t byte;
} Candidate;

typedef struct {
    Candidate *items;
    int count;
    int made;
} Candidates;

/* The successors of one context, spread out by symbol, so that many can be looked up: of those whose mark is `turn`. */
typedef struct {
    uint32_t low, high, turn;
    uint32_t marks[BMP];
    uint8_t costs[BMP];
} Spread;

typedef struct {
    PyObject_HEAD
    PyObject *kept;        /* a tuple of all objects whose memory is read */
    int32_t cost[COST_COUNT];
    double unit, on_page, on_page3;
    int32_t index[BMP];    /* each symbol's number, or NONE */
    const uint8_t *costs1, *backoffs1, *costs2, *backoffs2, *costs3;
    const uint32_t *starts1, *starts2;
    const uint16_t *after1, *after2;
    const uint16_t *chars;   /* the character of each pair of bytes, 0 for none */
    const uint16_t *pairs;   /* the pair of each character, 0 for none */
    const uint16_t *bytes;   /* the same, also of what stands for its full-width form */
    const uint16_t *symbols; /* what the model sees of each character */
    const uint8_t *kinds;
    const uint16_t *forms;   /* the characters that are seen as each symbol, but for itself: */
    const uint32_t *form_starts; /* the symbol's own begin here, and end where the next symbol's begin */
    const uint16_t *quotes;  /* each opening mark and the one that closes it */
    const uint16_t *swallowed; /* the pairs of the marks that a half character may have swallowed */
    int quote_count, swallowed_count;
    uint8_t begins_dropped[256];  /* whether pairs that are dropped begin with a byte and end in one that can begin a pair */
    Candidates by_trail[256], by_lead[256];
    Spread after_one, after_two;
    PyObject *names[KINDS];  /* how a stretch was read */
} Tables;

static inline int is_private(uint32_t c) { return c >= 0xE000 && c <= 0xF8FF; }
static inline int is_letter(uint32_t c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static inline uint32_t pair_of(const Tables *t, uint32_t c) { return c < BMP ? t->pairs[c] : 0; }

static inline uint32_t bytes_of(const Tables *t, uint32_t c) { return c < BMP ? t->bytes[c] : 0; }

static inline int is_kind(const Tables *t, uint32_t c, int kind) { return c < BMP && (t->kinds[c] & kind); }

/* Whether decoders drop a pair, of which the second byte can begin a pair itself. */
static inline int is_dropped(const Tables *t, int first, int second) {
    return second >= LEADS && second < LEADS_END && is_kind(t, t->chars[first << 8 | second], DROPPED);
}

static inline int index_of(const Tables *t, uint32_t symbol) { return symbol < BMP ? t->index[symbol] : NONE; }

static inline int lone(const Tables *t, uint32_t symbol) {
    int at = index_of(t, symbol);
    return at < 0 ? t->cost[K_UNKNOWN_COST] : t->costs1[at];
}

/* Where `unit` stands in `units[low:high]`, or NONE. Four units at a time: a lane that is zero borrows, and only where
 * one is. */
static inline int64_t found(const uint16_t *units, uint32_t unit, uint32_t low, uint32_t high) {
    if (unit >= BMP) return NONE;
    const uint64_t ones = 0x0001000100010001u, wanted = ones * unit;
    for (; low + 8 <= high; low += 8) {
        uint64_t one, two;
        memcpy(&one, units + low, sizeof one);
        memcpy(&two, units + low + 4, sizeof two);
        one ^= wanted;
        two ^= wanted;
        if ((((one - ones) & ~one) | ((two - ones) & ~two)) & (ones << 15)) break;
    }
    for (; low < high; low++)
        if (units[low] == unit) return low;
    return NONE;
}

/* What stands before the character that is asked for: two symbols, looked up once for any number of thirds. */
typedef struct {
    int at;          /* the second symbol's number, or NONE */
    uint32_t low1, high1, low2, high2;
    int charge;      /* for backing off from both */
} Context;

static inline Context context(const Tables *t, uint32_t first, uint32_t second) {
    Context c = {index_of(t, second), 0, 0, 0, 0, 0};
    if (c.at < 0) return c;
    c.low1 = t->starts1[c.at];
    c.high1 = t->starts1[c.at + 1];
    int before = index_of(t, first);
    int64_t pair = before < 0 ? NONE : found(t->after1, second, t->starts1[before], t->starts1[before + 1]);
    if (pair >= 0) {
        c.low2 = t->starts2[pair];
        c.high2 = t->starts2[pair + 1];
        c.charge = t->backoffs2[pair];
    }
    return c;
}

/* Model.cost: minus log P(third | first second), in the model's steps. */
static inline int cost_after(const Tables *t, const Context *c, uint32_t third) {
    if (c->at < 0) return lone(t, third);
    int64_t place = found(t->after2, third, c->low2, c->high2);
    if (place >= 0) return t->costs3[place];
    place = found(t->after1, third, c->low1, c->high1);
    if (place >= 0) return c->charge + t->costs2[place];
    return c->charge + t->backoffs1[c->at] + lone(t, third);
}

static inline int cost_of(const Tables *t, uint32_t first, uint32_t second, uint32_t third) {
    Context c = context(t, first, second);
    return cost_after(t, &c, third);
}

static const Spread *spread(Spread *over, const uint16_t *units, const uint8_t *costs, uint32_t low, uint32_t high) {
    if (over->turn && over->low == low && over->high == high) return over;
    if (++over->turn == 0) {
        memset(over->marks, 0, sizeof over->marks);
        over->turn = 1;
    }
    over->low = low;
    over->high = high;
    for (uint32_t i = low; i < high; i++) {
        over->marks[units[i]] = over->turn;
        over->costs[units[i]] = costs[i];
    }
    return over;
}

/* Candidates: the characters that an unknown byte can make (candidates.py), commonest first. */

static int by_cost(const void *one, const void *two) {
    const Candidate *a = one, *b = two;
    if (a->lone != b->lone) return a->lone - b->lone;
    if (a->symbol != b->symbol) return a->symbol - b->symbol;
    return a->byte - b->byte;
}

/* `known` is the trail byte (unknown: the lead) or the other way round. Gives NULL where there is no memory. */
static const Candidates *candidates(Tables *t, int known, int lead_known) {
    Candidates *list = lead_known ? &t->by_lead[known] : &t->by_trail[known];
    if (list->made) return list;
    list->items = PyMem_Malloc(256 * sizeof(Candidate));
    if (!list->items) {
        PyErr_NoMemory();
        return NULL;
    }
    for (int byte = lead_known ? 0x40 : LEADS; byte < LEADS_END; byte++) {
        uint32_t unit = t->chars[lead_known ? known << 8 | byte : byte << 8 | known];
        if (byte == 0x7F || !unit || is_private(unit)) continue;
        Candidate one = {0, t->symbols[unit], (uint16_t)unit, (uint8_t)byte};
        one.lone = lone(t, one.symbol);
        if (one.lone < t->cost[K_RAREST]) list->items[list->count++] = one;
        one.symbol = ALSO_SYMBOL;
        one.lone = lone(t, one.symbol);
        if (unit == ALSO && one.lone < t->cost[K_RAREST]) list->items[list->count++] = one;
    }
    qsort(list->items, list->count, sizeof(Candidate), by_cost);
    list->made = 1;
    return list;
}

#endif
