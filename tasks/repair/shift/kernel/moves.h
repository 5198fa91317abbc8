/* The moves of the search, one function each; what they mean stands in moves.py, whose order this keeps. */
#ifndef QINGWEN_MOVES_H
#define QINGWEN_MOVES_H

#include "choices.h"

/* The splice at `pos`, asked for once a position. */
static const Splice *looked_up(Page *p, Splice *known, PyObject *ask, int pos) {
    if (known->pos == pos) return known;
    Py_CLEAR(known->chars);
    *known = (Splice){pos, 0, NULL, 0};
    PyObject *answer = PyObject_CallFunction(ask, "i", pos);
    if (!answer) {
        p->failed = 1;
    } else if (answer != Py_None) {
        if (PyArg_ParseTuple(answer, "iUp", &known->end, &known->chars, &known->written)) {
            Py_INCREF(known->chars);
        } else {
            p->failed = 1;
            known->end = 0;
            known->chars = NULL;
        }
    }
    Py_XDECREF(answer);
    return known;
}

static const Splice *splice_at(Page *p, int pos) {
    static const Splice nothing = {0};
    uint32_t c = char_at(p, pos);
    return c == '(' || c == 0xFF08 ? looked_up(p, &p->splice, p->splice_at, pos) : &nothing;
}

static inline int is_lost(uint32_t c) { return c == '?' || c == 0xFFFD; }


static inline int is_mark(const Tables *t, uint32_t c) { return is_kind(t, c, MARK | WIDE_MARK); }

static int left_here(const Page *p, const Hyp *hyp, int pos) {
    const Segment *back = hyp->back == NONE ? NULL : &p->segments[hyp->back];
    return back && back->end == pos && back->kind == LOST_TRAIL;
}

/* Moves in step */

/* What it costs that a splice names a character which the page's table is not known to have. */
static int untabled(const Page *p, uint32_t c) { return symbol_of(p, c) == c ? p->t->cost[K_UNTABLED] : 0; }

/* A splice names the character made of the last trail byte and a lead byte that is lost. */
static void straddled(Page *p, const Hyp *hyp, const Splice *splice, int pos, int more) {
    const Tables *t = p->t;
    uint32_t trail = bytes_of(t, hyp->last) & 0xFF;
    if (!trail) return;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(splice->chars); i++) {
        uint32_t c = PyUnicode_READ_CHAR(splice->chars, i), pair = pair_of(t, c);
        if (pair >> 8 != trail || (pair & 0xFF) <= 0x80) continue;
        int extra = has(p->spliced, c) ? more : more + t->cost[K_BARE] + untabled(p, c);
        moved(p, splice->end, skipped(p, hyp, pair & 0xFF, pos, splice->end, extra, SPLICE_OF, pair & 0xFF, c));
    }
}

/* A half character before what is left of its own splice: a byte of the character that it names is lost. */
static void said(Page *p, const Hyp *hyp, const Splice *splice, int pos) {
    const Tables *t = p->t;
    int lost = t->cost[K_BYTE_LOST], bare = t->cost[K_BARE];
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(splice->chars); i++) {
        uint32_t c = PyUnicode_READ_CHAR(splice->chars, i), pair = pair_of(t, c);
        if (!pair) continue;
        int more = lost + (has(p->spliced, c) ? -bare : bare + untabled(p, c));
        moved(p, splice->end, emitted(p, hyp, c, IN_STEP, pos, splice->end, more, NAMED, pair & 0xFF));
        if (p->failed) return;
    }
}

/* A half character shown, or that and the replaced mark after it, which the decoder swallowed. */
static void half_before(Page *p, const Hyp *hyp, int pos) {
    const Tables *t = p->t;
    uint32_t after = char_at(p, pos + 1);
    int alone = t->cost[p->damaged ? K_HALF_ALONE_HERE : K_HALF_ALONE];
    int more = is_mark(t, after) || (after == 0x3002 && p->damaged) ? t->cost[K_HALF_SHOWN] : alone;
    moved(p, pos + 1, skipped(p, hyp, UNKNOWN, pos, pos + 1, more, LOST_HALF, 0, 0));
    if (hyp->two == '\n' && after == 0x3002) /* the blank that indents a line */
        moved(p, pos + 1, skipped(p, hyp, 0xA1, pos, pos + 1, t->cost[K_HALF_SHOWN], LOST_HALF, 0xA1, 0));
    if (char_at(p, pos) != '?') return;
    for (int i = 0; i < t->swallowed_count; i++)
        choose_by(p, hyp, t->swallowed[i] >> 8, 0, ALL, 0, t->cost[K_FAN], t->swallowed[i] & 0xFF, pos, pos + 1,
                  t->cost[K_MARK_SWALLOWED], LOST_LEAD, pos + 1, 0, NULL);
}

/* A lead byte lost before `pos`, or a trail byte inside the character there. */
static void unseen_entry(Page *p, const Hyp *hyp, int pos) {
    const Tables *t = p->t;
    uint32_t pair = pair_of(t, char_at(p, pos)), lead = pair >> 8, trail = pair & 0xFF;
    moved(p, pos, skipped(p, hyp, UNKNOWN, pos, pos, t->cost[K_BYTE_LOST], LOST_HALF, 0, 0));
    if (trail > 0x80)
        choose_by(p, hyp, lead, 1, ALL, 0, t->cost[K_FAN], trail, pos, pos + 1, t->cost[K_BYTE_LOST], LOST_TRAIL, pos + 1, 0, NULL);
}

/* The character that the ASCII byte before `pos` makes with the byte before it. */
static uint32_t astride(const Page *p, int pos) {
    uint32_t trail = pos > 1 ? char_at(p, pos - 1) : 0;
    if (trail < '@' || trail > '~') return 0;
    return p->t->chars[(bytes_of(p->t, char_at(p, pos - 2)) & 0xFF) << 8 | trail];
}

/* The move that leaves the text as it is; gives where it leads. */
static int unchanged(Page *p, const Hyp *hyp, int pos, Hyp *new) {
    const int32_t *k = p->t->cost;
    uint32_t c = char_at(p, pos);
    const Splice *splice = splice_at(p, pos);
    if (p->failed) return pos + 1;
    if (splice->end) {
        int shifted = hyp->back != NONE && p->segments[hyp->back].kind != AS_SEEN;
        int refund = k[K_SPLICE_KEPT] - (shifted && has(p->spliced, hyp->last) ? k[K_BARE] : 0);
        *new = in_string(splice->chars, hyp->last) || in_string(splice->chars, astride(p, pos))
                   ? skipped(p, hyp, IN_STEP, pos, splice->end, refund, SPLICED, 0, 0)
                   : kept(p, hyp, pos, splice->end, k[splice->written ? K_REMNANT : K_GLOSS]);
        return splice->end;
    }
    if (is_lost(c)) {
        const Splice *swallowed = looked_up(p, &p->swallowed, p->swallowed_at, pos);
        if (swallowed->end) {
            *new = kept(p, hyp, pos, swallowed->end, k[K_REMNANT]);
            return swallowed->end;
        }
    }
    int more = !is_letter(c) ? 0 : k[hyp->two != 'a' ? K_LETTER : K_LETTER_MORE];
    if (c == ',' || c == 0xFF0C || c == 0x3001 || c == 0x3002) {
        int quoted = hyp->one == 0x3002 && hyp->two == 0x201D && hyp->back != NONE && p->segments[hyp->back].kind != AS_SEEN;
        if (quoted || hyp->two == ';' || hyp->two == ':') more = k[K_STOP_AGAIN];
    }
    *new = emitted(p, hyp, c, IN_STEP, pos, pos + 1, more, AS_SEEN, 0);
    return pos + 1;
}

static void in_step(Page *p, const Hyp *hyp, int pos, int entry) {
    const Tables *t = p->t;
    const int32_t *k = t->cost;
    uint32_t c = char_at(p, pos);
    int left = left_here(p, hyp, pos);
    const Splice *splice = splice_at(p, pos);
    if (p->failed) return;
    const Splice *swallowed = is_lost(c) ? looked_up(p, &p->swallowed, p->swallowed_at, pos) : splice;
    if (p->failed) return;
    if (splice->end) {
        if (!in_string(splice->chars, hyp->last)) straddled(p, hyp, splice, pos, k[K_HALF_DROPPED]);
    } else if (swallowed->end) {
        if (!left) {
            straddled(p, hyp, swallowed, pos, k[K_HALF_SHOWN]);
            said(p, hyp, swallowed, pos);
        }
    } else {
        if (is_lost(c) && !left) half_before(p, hyp, pos);
        if (!left && is_mark(t, c)) {
            uint32_t raw = bytes_of(t, c);
            int more = in_string(p->hit, c) ? k[K_MARK_KNOWN] : k[K_HALF_DROPPED] + k[K_MARK_STRADDLED];
            choose_by(p, hyp, raw >> 8, 0, ALL, 0, k[K_FAN], raw & 0xFF, pos, pos + 1, more, LOST_LEAD, pos + 1, 0, NULL);
        }
        if (entry && (c >= 0x2E80 || (c >= '@' && c <= '~'))) unseen_entry(p, hyp, pos);
        if (c == 0x3002 && (entry || p->damaged))
            moved(p, pos + 1, skipped(p, hyp, 0xA3, pos, pos + 1, k[K_MARK_ADDED], ADDED, 0xA1, 0));
    }
    Hyp new;
    int end = unchanged(p, hyp, pos, &new);
    moved(p, end, new);
}

/* Moves out of step */

/* Re-reads what is seen as it is: its first byte completes what is held, its second is held. Gives what the first of
 * these moves leads to, by its cost and what it holds; 0 if there is none. */
static int straight(Page *p, const Hyp *hyp, int pos, Hyp *first) {
    const Tables *t = p->t;
    uint32_t c = char_at(p, pos), raw = bytes_of(t, c), lead = raw >> 8, trail = raw & 0xFF;
    uint32_t unit = t->chars[hyp->held << 8 | lead];
    int moves = 0;
    if (lead && unit && !is_private(unit) && trail != 0x80) {
        int more = c > 0x7F ? 0 : t->cost[is_kind(t, c, MARK) ? K_MARK_STRADDLED : K_ASCII_FOLDED];
        Hyp new, twice;
        int twofold = 0, alone = is_twofold(unit) ? t->cost[K_ALONE] : 0;
        if (trail > 0x80) {
            new = emitted(p, hyp, unit, trail, pos, pos + 1, more + alone, SHIFTED, 0);
            if (alone && !p->keeps_private && is_dropped(t, lead, hyp->held)) {
                Hyp half = emitted(p, hyp, unit, hyp->held, pos, pos, more, SHIFTED, 0);
                if (p->failed) return 0;
                twice = again(p, &half, trail, pos, pos + 1, lead);
                twofold = 1;
            }
        } else {
            Hyp inner = emitted(p, hyp, unit, IN_STEP, pos, pos, more, SHIFTED, 0);
            if (p->failed) return 0;
            new = emitted(p, &inner, trail, IN_STEP, pos, pos + 1, 0, SHIFTED, 0);
        }
        *first = new;
        moves++;
        moved(p, pos + 1, new);
        if (twofold) moved(p, pos + 1, twice);
    }
    if (c >= '@' && c <= '~') {
        unit = t->chars[hyp->held << 8 | c];
        if (unit && !is_private(unit)) {
            Hyp new = emitted(p, hyp, unit, IN_STEP, pos, pos + 1, 0, SHIFTED, 0);
            if (!moves++) *first = new;
            moved(p, pos + 1, new);
        }
    }
    return moves;
}

/* What the next character costs if all goes on straight; a guess where that can't be said. */
static int ahead(Page *p, const Hyp *hyp, int pos) {
    const Tables *t = p->t;
    uint32_t pair = pair_of(t, char_at(p, pos));
    if (!pair || hyp->held <= 0) return t->cost[K_PLAUSIBLE] / 2;
    uint32_t unit = t->chars[hyp->held << 8 | pair >> 8];
    p->steps++;
    return unit && !is_private(unit) ? cost_of(t, hyp->one, hyp->two, t->symbols[unit]) : t->cost[K_PLAUSIBLE];
}

/* A splice names the character whose lead byte is held, or one whose lead byte went with a deleted pair. */
static void named(Page *p, const Hyp *hyp, const Splice *splice, int pos, int more, int *least) {
    const Tables *t = p->t;
    int bare = t->cost[K_BARE];
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(splice->chars); i++) {
        uint32_t c = PyUnicode_READ_CHAR(splice->chars, i), pair = pair_of(t, c);
        int fits = hyp->held < 0 ? is_dropped(t, -hyp->held, pair >> 8) : pair >> 8 == (uint32_t)hyp->held;
        if (!fits) continue;
        int extra = has(p->spliced, c) ? more - bare : more + bare + untabled(p, c);
        Hyp new = emitted(p, hyp, c, IN_STEP, pos, splice->end, extra, NAMED, pair & 0xFF);
        if (least && new.cost < *least) *least = new.cost;
        moved(p, splice->end, new);
        if (p->failed) return;
    }
}

/* '?' in a run: the trail byte of what is held is lost, and all is in step again; or of a deleted pair's. */
static void half_lost(Page *p, const Hyp *hyp, int pos) {
    const int32_t *k = p->t->cost;
    const Splice *swallowed = looked_up(p, &p->swallowed, p->swallowed_at, pos);
    if (p->failed) return;
    if (swallowed->end)
        named(p, hyp, swallowed, pos, 0, NULL);
    else
        choose_by(p, hyp, hyp->held, 1, ALL, 0, k[K_FAN], IN_STEP, pos, pos + 1, 0, LOST_TRAIL, pos + 1, 0, NULL);
    if (!p->keeps_private)
        choose_by(p, hyp, hyp->held, 1, DELETABLE, 0, k[K_FAN_DELETED], ITS_BYTE, pos, pos, k[K_PAIR_DELETED], DELETED, pos,
                  0, NULL);
}

static void out_of_step(Page *p, const Hyp *hyp, int pos, int rank) {
    const Tables *t = p->t;
    const int32_t *k = t->cost;
    int held = hyp->held, steps = 0;
    uint32_t c = char_at(p, pos);
    Hyp next;
    if (c == '\n') c = END;
    if (is_lost(c)) {
        half_lost(p, hyp, pos);
        if (c != '?' || p->failed) return;
        straight(p, hyp, pos, &next);
        choose_by(p, hyp, held, 1, ALL, 0, k[K_FAN], IN_STEP, pos, pos, k[K_LEFT_DROPPED], LOST_TRAIL, pos, 0, NULL);
        return;
    }
    uint32_t before = pos ? char_at(p, pos - 1) : END;
    if (c == ' ' && (before == '!' || before == 0xFF01) && hyp->back != NONE && p->segments[hyp->back].end == pos)
        moved(p, pos + 1, skipped(p, hyp, held, pos, pos + 1, k[K_MARK_SPACED], SHIFTED, 0, 0));
    const Splice *splice = splice_at(p, pos);
    if (p->failed) return;
    if (splice->end) {
        uint32_t reread = t->chars[(pair_of(t, hyp->last) & 0xFF) << 8 | held];
        if (reread && in_string(splice->chars, reread))
            moved(p, splice->end, skipped(p, hyp, held, pos, splice->end, k[K_SPLICE_KEPT], SPLICED, 0, 0));
        named(p, hyp, splice, pos, k[K_LEFT_DROPPED], NULL);
    }
    if (c != END) steps = straight(p, hyp, pos, &next);
    if (rank >= k[K_FANS] || p->failed) return;
    int paired = pair_of(t, c) && !is_kind(t, c, CLOSE_MARK);
    int expected = steps ? next.cost - hyp->cost + ahead(p, &next, pos + 1) : k[K_HOPELESS] + 1;
    if (paired && expected < k[K_PLAUSIBLE]) return;
    uint32_t single = t->chars[held << 8 | 0x80];
    if (single) {
        int end = pos + (c == 0x20AC);
        moved(p, end, emitted(p, hyp, single, IN_STEP, pos, end, k[K_LEFT_DROPPED], LOST_TRAIL, 0x80));
    }
    if (!p->keeps_private && c != END && rank < k[K_DELETED_RANK])
        choose_by(p, hyp, held, 1, DELETABLE, 0, k[K_FAN_DELETED], ITS_BYTE, pos, pos, k[K_PAIR_DELETED], DELETED, pos, 0, NULL);
    if (!splice->end && (!paired || (expected > k[K_HOPELESS] && rank < k[K_DELETED_RANK])))
        choose_by(p, hyp, held, 1, ALL, 0, k[K_FAN], IN_STEP, pos, pos, k[paired ? K_BYTE_LOST : K_LEFT_DROPPED], LOST_TRAIL, pos, 0, NULL);
}

/* Moves with a lead byte lost */

static void lead_lost(Page *p, const Hyp *hyp, int pos, int rank) {
    const Tables *t = p->t;
    const int32_t *k = t->cost;
    int partner = hyp->held < UNKNOWN ? -hyp->held : 0;
    uint32_t c = char_at(p, pos);
    if (c == END || c == '\n') return;
    int least = hyp->cost + k[K_HOPELESS], ways = 2;
    if (is_lost(c)) {
        const Splice *swallowed = looked_up(p, &p->swallowed, p->swallowed_at, pos);
        if (p->failed) return;
        if (partner && swallowed->end) named(p, hyp, swallowed, pos, 0, &least);
        else if (partner) choose_after(p, hyp, 0, IN_STEP, pos, pos + 1, 0, LOST_BOTH, pos + 1, &least);
        if (c != '?') return;
        if (swallowed->end) ways = 0;
    } else if (partner) {
        const Splice *splice = splice_at(p, pos);
        if (!p->failed && splice->end) named(p, hyp, splice, pos, k[K_LEFT_DROPPED], &least);
    }
    uint32_t raw = bytes_of(t, c);
    int folded = c <= 0x7F && !is_kind(t, c, MARK);
    for (int way = 0; way < ways && !p->failed; way++) {
        int first = !way ? (int)(raw >> 8) : c == 0x20AC ? 0x80 : (int)c, held = way ? IN_STEP : (int)(raw & 0xFF);
        if (way ? (c < '@' || c > '~') && c != 0x20AC : !(raw >> 8)) continue;
        uint32_t literal = held > 0x80 || held == IN_STEP ? 0 : held;
        choose_by(p, hyp, first, 0, partner ? PARTNERED : ALL, partner, k[K_FAN], literal ? IN_STEP : held, pos, pos + 1,
                  folded && !way ? k[K_ASCII_FOLDED] : 0, LOST_LEAD, pos + 1, literal, &least);
        if (p->failed) return;
    }
    if (partner && rank < k[K_DELETED_RANK] && least - hyp->cost > k[K_UNLIKELY] && hyp->back != NONE &&
        p->segments[hyp->back].kind == DELETED)
        choose_after(p, hyp, 1, ITS_BYTE, pos, pos, k[K_DELETED_AGAIN], DELETED, pos, NULL);
}

/* Not a move, but a glance at a few: up to `count` characters after `pos` re-read from its second byte on. */
typedef struct {
    int cost, seen, count;
} Reread;

static Reread shifted(const Page *p, int pos, int count) {
    const Tables *t = p->t;
    uint32_t one = '\n', two = '\n', held = bytes_of(t, char_at(p, pos)) & 0xFF;
    Reread read = {0, 0, 0};
    for (int at = pos + 1; at <= pos + count && char_at(p, at) != END; at++) {
        uint32_t c = char_at(p, at), raw = c >= '@' && c <= '~' ? c << 8 : bytes_of(t, c), lead = raw >> 8;
        if (!lead || is_kind(t, c, MARK)) break;
        uint32_t unit = t->chars[held << 8 | lead];
        if (!unit || is_private(unit)) return (Reread){read.cost + t->cost[K_HOPELESS], read.seen, read.count + 1};
        uint32_t symbol = t->symbols[unit], before = at > 1 ? PyUnicode_READ_CHAR(p->seen, at - 2) : '\n';
        read.cost += two == '\n' ? lone(t, symbol) : cost_of(t, one, two, symbol);
        read.seen += cost_of(t, before, PyUnicode_READ_CHAR(p->seen, at - 1), PyUnicode_READ_CHAR(p->seen, at));
        read.count++;
        one = two;
        two = symbol;
        held = raw & 0xFF;
        if (held < 0x80) break;
    }
    return read;
}

#endif
