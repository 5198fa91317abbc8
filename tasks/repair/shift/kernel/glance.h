/* A page that shows no damage is looked over for the few places worth a search: what clues.py and glance.py say of the
 * commonest clues, to the byte. Where a place takes more than is said here, Python decides. */
#ifndef QINGWEN_GLANCE_H
#define QINGWEN_GLANCE_H

#include "tables.h"

/* The constants of glance.py, by name. */
#define GLANCES(X) \
    X(NEAR) X(SENSIBLE) X(BETTER) X(SENSIBLE_ALONE) X(UNLIKELY) X(UNLIKELY_ALONE) X(TELLING) X(STRANGE) X(UNUSUAL) \
    X(FULL_WIDTH) X(FORCED) X(HOPELESS) X(ENDS_BETTER) X(ENDING)

#define X(name) G_##name,
enum { GLANCES(X) NUMBERS };
#undef X

/* What a character is, as bits of `flags`; each is a set of characters in clues.py or glance.py. */
enum {
    COMMON = 1, SPOT = 2, COMMA = 4, STOP = 8, CLOSING = 16, REPLACEABLE = 32, AFTER_A1 = 64, FREQUENT = 128, SPELLS = 256,
    ENDS = 512, BRACKET = 1024, CLOSE_BRACKET = 2048, EXCLAIMS = 4096,
};

/* `RUN` of glance.py; how many hanzi after a mark are weighed; the longest syllable; further than this from its place no
 * decision looks. */
enum { RUN = 3, LONGEST_RUN = 6, LONGEST_SYLLABLE = 6, REACH = 12 };

typedef struct {
    PyObject_HEAD
    Tables *t;
    Py_buffer view; /* what `flags` lies in */
    const uint16_t *flags;
    int32_t number[NUMBERS];
    uint16_t usual[BMP], plain[BMP]; /* what the model sees of each pair, 0 for none: without unusual ones, and with them */
} Glance;

/* The text that is looked over. What lies outside is 0, which no set holds. */
typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size;
} Text;

static inline uint32_t at_(const Text *x, Py_ssize_t at) {
    return at >= 0 && at < x->size ? PyUnicode_READ(x->kind, x->data, at) : 0;
}

static inline int is_hanzi(uint32_t c) { return c >= 0x3400 && c <= 0x9FFF; }

static inline int flagged(const Glance *g, uint32_t c, int flags) { return c < BMP && (g->flags[c] & flags); }

/* The cost of `text[start : start + count]` as it stands, after the two characters before it. */
static int as_it_stands(const Glance *g, const Text *x, Py_ssize_t start, int count) {
    uint32_t first = start > 1 ? g->t->symbols[at_(x, start - 2)] : '\n';
    uint32_t second = start > 0 ? g->t->symbols[at_(x, start - 1)] : '\n';
    int cost = 0;
    for (int i = 0; i < count && start + i < x->size; i++) {
        uint32_t third = g->t->symbols[at_(x, start + i)];
        cost += cost_of(g->t, first, second, third);
        first = second;
        second = third;
    }
    return cost;
}

/* What the second byte of a character and the first of the next one make. */
static inline uint32_t straddling(const Glance *g, const Text *x, Py_ssize_t at, const uint16_t *halves) {
    return halves[(bytes_of(g->t, at_(x, at)) & 0xFF) << 8 | bytes_of(g->t, at_(x, at + 1)) >> 8];
}

/* glance.rare_out_of_step */
static int rare(const Glance *g, const Text *x, Py_ssize_t at) {
    const int32_t *k = g->number;
    uint16_t read[REACH];
    Py_ssize_t first = at > k[G_NEAR] ? at - k[G_NEAR] : 0;
    Py_ssize_t end = at + RUN + 1 < x->size ? at + RUN + 1 : x->size;
    int count = (int)(end - first) - 1;
    for (int i = 0; i < count; i++) read[i] = (uint16_t)straddling(g, x, first + i, g->usual);
    for (int i = 0; i + RUN <= count; i++) {
        if (!read[i] || !read[i + 1] || !read[i + 2]) continue;
        int cost = lone(g->t, read[i]) + cost_of(g->t, '\n', read[i], read[i + 1]);
        if (cost >= k[G_SENSIBLE]) continue;
        cost += cost_of(g->t, read[i], read[i + 1], read[i + 2]);
        if (cost < k[G_SENSIBLE] && cost < as_it_stands(g, x, first + i + 1, RUN) - k[G_BETTER]) return 1;
    }
    return 0;
}


/* Whether a run may end with the letter at `at`: clues._ENDING. */
static inline int is_ending(const Text *x, Py_ssize_t at, uint32_t c) {
    uint32_t after = at_(x, at + 1);
    return is_letter(c) && is_hanzi(at_(x, at - 1)) && (at + 1 == x->size || after == '\n' || after > 0x7F);
}

/* glance.ends_out_of_step */
static int ends(const Glance *g, const Text *x, Py_ssize_t at) {
    const Tables *t = g->t;
    uint32_t c = at_(x, at), one = 0, two = 0, three = 0;
    uint32_t last = (bytes_of(t, at_(x, at - 1)) & 0xFF) << 8 | c;
    if (!flagged(g, t->chars[last], COMMON)) return 0;
    for (int count = 1; count <= g->number[G_ENDING] && count <= at && at_(x, at - count) > 0x7F; count++) {
        three = two;
        two = one;
        one = count > 1 ? straddling(g, x, at - count, g->plain) : g->plain[last];
        if (!one) break;
        int cost = lone(t, one) + (count > 1 ? cost_of(t, '\n', one, two) : 0) + (count > 2 ? cost_of(t, one, two, three) : 0);
        if (cost < as_it_stands(g, x, at - count, count + 1) - g->number[G_ENDS_BETTER]) return 1;
    }
    return 0;
}

/* glance._goes_on_strangely */
static int goes_on_strangely(const Glance *g, const Text *x, Py_ssize_t at) {
    const int32_t *k = g->number;
    int count = 0;
    while (count < LONGEST_RUN && is_hanzi(at_(x, at + 1 + count))) count++;
    if (!count) return (int)(bytes_of(g->t, at_(x, at + 1)) >> 8) != k[G_FULL_WIDTH];
    return count < k[G_TELLING] || as_it_stands(g, x, at + 1, count) > count * k[G_STRANGE];
}

/* A syllable in brackets, of which the first may be missing, from `at` on. */
static int syllable(const Glance *g, const Text *x, Py_ssize_t at) {
    Py_ssize_t from = at;
    while (at - from <= LONGEST_SYLLABLE && flagged(g, at_(x, at), SPELLS)) at++;
    if (at == from || at - from > LONGEST_SYLLABLE) return 0;
    if (at_(x, at) == ' ') at++;
    return flagged(g, at_(x, at), CLOSE_BRACKET);
}

/* Whether a splice may begin after the mark at `at`, or end before it. */
static int by_a_splice(const Glance *g, const Text *x, Py_ssize_t at) {
    for (int skipped = 0; skipped < 2; skipped++) {
        Py_ssize_t from = at + 1 + skipped;
        uint32_t c = at_(x, from);
        if (skipped && at_(x, at + 1) == '\n') break;
        if (!flagged(g, c, BRACKET) && c != '?' && c != 0xFFFD) continue;
        if (flagged(g, at_(x, from + 1), BRACKET)) from++;
        if (flagged(g, at_(x, from + 1), SPELLS)) return 1;
    }
    uint32_t before = at > 1 ? at_(x, at - 2) : 0;
    return (before == ' ' || flagged(g, before, SPELLS)) && flagged(g, at_(x, at - 1), CLOSE_BRACKET);
}

/* glance.is_enclosed. What it may stand for takes more than is said here: glance.is_forced. */
static int enclosed(const Glance *g, const Text *x, Py_ssize_t at) {
    return at_(x, at) == '?' && flagged(g, at_(x, at + 1), REPLACEABLE) && at_(x, at + 2) == '?' && is_hanzi(at_(x, at - 1));
}

/* Whether a symbol may be a character that ends with `trail`, behind which the place calls for `other`. */
static int is_half(const Glance *g, uint32_t two, uint16_t symbol, uint32_t trail, uint32_t other) {
    const Tables *t = g->t;
    int ends = (t->pairs[symbol] & 0xFF) == trail;
    for (uint32_t i = t->form_starts[symbol]; i < t->form_starts[symbol + 1]; i++) ends |= (t->pairs[t->forms[i]] & 0xFF) == trail;
    return ends && cost_of(t, two, symbol, other) < g->number[G_FORCED];
}

/* glance.goes_with, of which it says no more than that it may be: by the likeliest characters, which come first. */
static int may_go_with(const Glance *g, const Text *x, Py_ssize_t at) {
    const Tables *t = g->t;
    uint32_t raw = bytes_of(t, at_(x, at)), other = g->plain[(raw & 0xFF) << 8 | bytes_of(t, at_(x, at + 1)) >> 8];
    if (at == 0 || !other) return 0;
    uint32_t one = at > 1 ? t->symbols[at_(x, at - 2)] : '\n', two = t->symbols[at_(x, at - 1)];
    int least = g->number[G_FORCED];
    Context c = context(t, one, two);
    if (c.at < 0) return 0;
    for (uint32_t i = c.low2; i < c.high2 && t->costs3[i] < least; i++)
        if (is_half(g, two, t->after2[i], raw >> 8, other)) return 1;
    for (uint32_t i = c.low1; i < c.high1 && c.charge + t->costs2[i] < least; i++)
        if (is_half(g, two, t->after1[i], raw >> 8, other)) return 1;
    return 0;
}

/* glance.mark_out_of_step */
static int mark(const Glance *g, const Text *x, Py_ssize_t at) {
    const Tables *t = g->t;
    const int32_t *k = g->number;
    uint32_t c = at_(x, at), after = at_(x, at + 1), second = at_(x, at + 2);
    if (flagged(g, after, STOP) || enclosed(g, x, at)) return 1;
    uint32_t hanzi = second >= '@' && second <= '~' ? at_(x, at + 3) : second;
    if (c == '?' && flagged(g, after, REPLACEABLE) && is_hanzi(hanzi)) return 1;
    if (flagged(g, c, EXCLAIMS) && !flagged(g, t->chars[0xA100 | bytes_of(t, after) >> 8], AFTER_A1)) return 0;
    if (flagged(g, after, FREQUENT) && flagged(g, second, FREQUENT)) return 0;
    if (is_hanzi(after) && lone(t, t->symbols[after]) >= k[G_UNUSUAL] && may_go_with(g, x, at)) return 1;
    int count = pair_of(t, second) ? 2 : 1, cost = k[G_HOPELESS];
    if (at + count < x->size) {
        uint32_t one = straddling(g, x, at, g->plain), two = count == 2 ? straddling(g, x, at + 1, g->plain) : 1;
        if (one && two) cost = lone(t, one) + (count == 2 ? cost_of(t, '\n', one, two) : 0);
    }
    if (cost >= k[G_HOPELESS]) {
        if (by_a_splice(g, x, at)) return 1;
        int least = is_hanzi(at_(x, at + k[G_TELLING])) ? k[G_UNLIKELY] : k[G_UNLIKELY_ALONE];
        int next = after == '\n' ? 0 : second == '\n' ? 1 : 2;
        return as_it_stands(g, x, at + 1, next) > least && goes_on_strangely(g, x, at);
    }
    return cost < count * k[G_SENSIBLE_ALONE] && cost < as_it_stands(g, x, at + 1, count) && goes_on_strangely(g, x, at);
}

/* What clues._at and, on its verdict, glance.py say of the place: 0 if it is not worth a search, 1 if it may be. */
static int may_be(const Glance *g, const Text *x, Py_ssize_t at) {
    uint32_t c = at_(x, at), before = at_(x, at - 1), after = at_(x, at + 1), second = at_(x, at + 2);
    if (c >= BMP || c == 0xFFFD || is_private(c)) return 1;
    if (x->kind == PyUnicode_4BYTE_KIND) /* symbols beyond the basic plane are Python's */
        for (Py_ssize_t i = at - REACH; i <= at + REACH; i++)
            if (at_(x, i) >= BMP) return 1;
    int clue = 0, flags = g->flags[c];
    if (is_hanzi(c)) return rare(g, x, at);
    if (flags & BRACKET) {
        if (syllable(g, x, at + 1)) return 1;
    } else if (flags & COMMA) {
        clue = is_hanzi(second) || flagged(g, second, BRACKET);
    } else if (c == '?' && before != '?' && after == '?' && second == '?') {
        return at_(x, at + 3) != '?' && is_hanzi(before);
    } else if (flags & SPOT) {
        int here = (at_(x, at - 2) == c) + 2 * (before == c) + 4 * (after == c) + 8 * (second == c);
        if ((here & 3) != 3 && (here & 6) != 6 && (here & 12) != 12) {
            int halved = flagged(g, after, REPLACEABLE) && second > 0x80;
            if (c == '?' && (syllable(g, x, at + 1) || (flagged(g, after, BRACKET) && syllable(g, x, at + 2)))) return 1;
            if (c == '?') {
                int spliced = flagged(g, before, CLOSE_BRACKET) && flagged(g, at_(x, at - 2), SPELLS);
                clue = is_hanzi(before) || is_hanzi(after) || halved || spliced;
            }
            if (c == 0x20AC) {
                clue = is_hanzi(after);
            } else if (!clue) {
                clue = (before > 0x80 || before == ')') && after > 0x80 && !flagged(g, after, CLOSING);
                clue |= (flags & EXCLAIMS) && (at + 1 == x->size || flagged(g, after, ENDS | BRACKET));
                clue |= (is_hanzi(before) || flagged(g, before, CLOSE_BRACKET)) && after >= '@' && after <= '~' &&
                        (is_hanzi(second) || flagged(g, second, BRACKET));
                clue |= flagged(g, after, STOP);
            }
        }
    }
    if (clue) return mark(g, x, at);
    return (is_ending(x, at, c) && ends(g, x, at)) || (!(flags & COMMON) && rare(g, x, at));
}

/* Whether clues.py looks at a character at all. */
static inline int is_looked_at(const Glance *g, const Text *x, Py_ssize_t at) {
    uint32_t c = PyUnicode_READ(x->kind, x->data, at);
    if (c >= BMP) return 1;
    int flags = g->flags[c];
    if (c > 0x7F && (flags & (COMMON | SPOT | COMMA)) == COMMON) return 0; /* most of a text */
    uint32_t after = at_(x, at + 1);
    if (flags & COMMA) return after >= '@' && after <= '~';
    return !(flags & COMMON) || (flags & SPOT) || is_ending(x, at, c);
}

/* The type */

static void glance_dealloc(PyObject *self) {
    Glance *g = (Glance *)self;
    PyTypeObject *type = Py_TYPE(self);
    if (g->flags) PyBuffer_Release(&g->view);
    Py_XDECREF((PyObject *)g->t);
    type->tp_free(self);
    Py_DECREF(type);
}

static int take_glances(Glance *g, PyObject *numbers) {
    if (PyTuple_GET_SIZE(numbers) != NUMBERS) {
        PyErr_SetString(PyExc_ValueError, "the glance knows other numbers than it is given");
        return -1;
    }
    for (int i = 0; i < NUMBERS; i++) g->number[i] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(numbers, i));
    if (PyErr_Occurred()) return -1;
    if (g->number[G_ENDING] > RUN || g->number[G_NEAR] < 0 || g->number[G_NEAR] + RUN + 1 > REACH ||
        g->number[G_TELLING] < 0 || g->number[G_TELLING] > REACH) {
        PyErr_SetString(PyExc_ValueError, "the glance is to look further than it can");
        return -1;
    }
    return 0;
}

static PyObject *glance_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"tables", "flags", "numbers", NULL};
    PyObject *tables, *flags, *numbers;
    Glance *g = (Glance *)type->tp_alloc(type, 0);
    if (!g) return NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO!:Glance", names, &tables, &flags, &PyTuple_Type, &numbers) ||
        take_glances(g, numbers) < 0)
        goto failed;
    if (strcmp(Py_TYPE(tables)->tp_name, TABLES_NAME)) {
        PyErr_SetString(PyExc_ValueError, "a glance needs the search's tables");
        goto failed;
    }
    if (PyObject_GetBuffer(flags, &g->view, PyBUF_SIMPLE) < 0) goto failed;
    g->flags = g->view.buf;
    if (g->view.len < 2 * BMP) {
        PyErr_SetString(PyExc_ValueError, "the glance's table is too short");
        goto failed;
    }
    g->t = (Tables *)Py_NewRef(tables);
    for (int pair = 0; pair < BMP; pair++) {
        uint16_t unit = g->t->chars[pair], symbol = is_private(unit) ? 0 : g->t->symbols[unit];
        g->plain[pair] = symbol;
        g->usual[pair] = lone(g->t, symbol) < g->number[G_UNUSUAL] ? symbol : 0;
    }
    return (PyObject *)g;
failed:
    Py_DECREF(g);
    return NULL;
}

static PyObject *glance_places(PyObject *self, PyObject *text) {
    const Glance *g = (Glance *)self;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a glance is at a text");
        return NULL;
    }
    const Text x = {PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)};
    PyObject *found = PyList_New(0);
    for (Py_ssize_t at = 0; found && at < x.size; at++) {
        if (!is_looked_at(g, &x, at) || !may_be(g, &x, at)) continue;
        PyObject *place = PyLong_FromSsize_t(at);
        if (!place || PyList_Append(found, place) < 0) Py_CLEAR(found);
        Py_XDECREF(place);
    }
    return found;
}

static PyMethodDef glance_methods[] = {
    {"places", glance_places, METH_O, "The places of a text that may be worth a search."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot glance_slots[] = {
    {Py_tp_new, glance_new},
    {Py_tp_dealloc, glance_dealloc},
    {Py_tp_methods, glance_methods},
    {Py_tp_doc, "Looks a page over that shows no damage."},
    {0, NULL},
};
static PyType_Spec glance_spec = {"tasks.repair.shift.kernel._search.Glance", sizeof(Glance), 0, Py_TPFLAGS_DEFAULT, glance_slots};

#endif
