/* Characters of a text looked for and looked up one by one, compiled: what tasks/chars/__init__.py says, a few
 * nanoseconds a character sooner. The package does without where it was installed without a compiler. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

enum { BMP = 0x10000 };

static int takes_text(PyObject *text) {
    if (PyUnicode_Check(text)) return 1;
    PyErr_SetString(PyExc_TypeError, "characters are those of a text");
    return 0;
}

static int no_more_than(Py_ssize_t most, Py_ssize_t given) {
    if (given <= most) return 1;
    PyErr_SetString(PyExc_TypeError, "more arguments than are taken");
    return 0;
}

/* A set of characters: a bit for each of the basic plane, and one stretch of those beyond. */

typedef struct {
    uint8_t bits[BMP / 8];
    uint32_t first, last;
} Chars;

typedef struct {
    PyObject_HEAD
    Chars chars;
} Set;

static inline int holds(const Chars *s, uint32_t c) {
    return c < BMP ? s->bits[c >> 3] >> (c & 7) & 1 : c >= s->first && c <= s->last;
}

static void chars_fill(Chars *s, PyObject *chars, unsigned int first, unsigned int last) {
    s->first = first;
    s->last = last;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(chars); i++) {
        uint32_t c = PyUnicode_READ_CHAR(chars, i);
        if (c < BMP) s->bits[c >> 3] |= (uint8_t)(1 << (c & 7));
    }
}

static PyObject *set_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"chars", "first", "last", NULL};
    PyObject *chars;
    unsigned int first, last;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UII:Set", names, &chars, &first, &last)) return NULL;
    Set *s = (Set *)type->tp_alloc(type, 0);
    if (s) chars_fill(&s->chars, chars, first, last);
    return (PyObject *)s;
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Where `count` of the set stand from `start` on with at most `gap` others between each two, or -1. */
#define FINDER(name, type) \
    static Py_ssize_t name(const Chars *s, const type *units, Py_ssize_t size, Py_ssize_t start, Py_ssize_t count, Py_ssize_t gap) { \
        Py_ssize_t row = 0, others = 0, first = 0; \
        for (Py_ssize_t i = start; i < size; i++) { \
            if (holds(s, units[i])) { \
                if (!row++) first = i; \
                if (row == count) return first; \
                others = 0; \
            } else if (row && others++ >= gap) { \
                row = others = 0; \
            } \
        } \
        return -1; \
    }
FINDER(find1, Py_UCS1)
FINDER(find2, Py_UCS2)
FINDER(find4, Py_UCS4)

static PyObject *set_find(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    const Chars *s = &((Set *)self)->chars;
    if (given < 1 || !takes_text(args[0]) || !no_more_than(4, given)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a text to look in is missing");
        return NULL;
    }
    Py_ssize_t start = given > 1 ? PyLong_AsSsize_t(args[1]) : 0, count = given > 2 ? PyLong_AsSsize_t(args[2]) : 1;
    Py_ssize_t gap = given > 3 ? PyLong_AsSsize_t(args[3]) : 0;
    if (PyErr_Occurred()) return NULL;
    if (start < 0 || count < 1 || gap < 0) {
        PyErr_SetString(PyExc_ValueError, "characters are looked for from 0 on, one at least, and none between or more");
        return NULL;
    }
    const void *data = PyUnicode_DATA(args[0]);
    Py_ssize_t size = PyUnicode_GET_LENGTH(args[0]);
    int kind = PyUnicode_KIND(args[0]);
    Py_ssize_t at = kind == PyUnicode_1BYTE_KIND   ? find1(s, data, size, start, count, gap)
                    : kind == PyUnicode_2BYTE_KIND ? find2(s, data, size, start, count, gap)
                                                   : find4(s, data, size, start, count, gap);
    return PyLong_FromSsize_t(at);
}

static PyObject *set_count(PyObject *self, PyObject *text) {
    const Chars *s = &((Set *)self)->chars;
    if (!takes_text(text)) return NULL;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), found = 0;
    int kind = PyUnicode_KIND(text);
    if (kind == PyUnicode_2BYTE_KIND)
        for (Py_ssize_t i = 0; i < size; i++) found += holds(s, ((const Py_UCS2 *)data)[i]);
    else
        for (Py_ssize_t i = 0; i < size; i++) found += holds(s, PyUnicode_READ(kind, data, i));
    return PyLong_FromSsize_t(found);
}

static PyMethodDef set_methods[] = {
    {"find", (PyCFunction)(void (*)(void))set_find, METH_FASTCALL, "Where so many characters of the set stand near each other, or -1."},
    {"count", set_count, METH_O, "How many characters of a text are of the set."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot set_slots[] = {
    {Py_tp_new, set_new}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, set_methods}, {Py_tp_doc, "A set of characters."}, {0, NULL},
};
static PyType_Spec set_spec = {"tasks.chars._chars.Set", sizeof(Set), 0, Py_TPFLAGS_DEFAULT, set_slots};

/* What each character of the basic plane becomes, 0 where it is one beyond; the others stay, but for one stretch. */

typedef struct {
    PyObject_HEAD
    uint16_t become[BMP];
    uint32_t first, last;
} Forms;

static PyObject *forms_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"become", "first", "last", NULL};
    PyObject *become;
    unsigned int first, last;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UII:Forms", names, &become, &first, &last)) return NULL;
    if (PyUnicode_GET_LENGTH(become) != BMP) {
        PyErr_SetString(PyExc_ValueError, "each character of the basic plane becomes one");
        return NULL;
    }
    Forms *f = (Forms *)type->tp_alloc(type, 0);
    if (!f) return NULL;
    f->first = first;
    f->last = last;
    for (int i = 0; i < BMP; i++) {
        uint32_t c = PyUnicode_READ_CHAR(become, i);
        f->become[i] = c < BMP ? (uint16_t)c : 0;
    }
    return (PyObject *)f;
}

/* Writes what each unit becomes; -1 if the table cannot say it of one, else whether any is another. */

static int become2(const Forms *f, int kind, const void *data, Py_ssize_t size, Py_UCS2 *units) {
    int changed = 0, beyond = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t c = PyUnicode_READ(kind, data, i);
        units[i] = f->become[c];
        changed |= units[i] != c;
        beyond |= !units[i] && c;
    }
    return beyond ? -1 : changed;
}

static int become4(const Forms *f, const Py_UCS4 *data, Py_ssize_t size, Py_UCS4 *units) {
    int changed = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        uint32_t c = data[i];
        units[i] = c < BMP ? f->become[c] : c;
        if ((c >= f->first && c <= f->last) || (!units[i] && c)) return -1;
        changed |= units[i] != c;
    }
    return changed;
}

static PyObject *forms_of(PyObject *self, PyObject *text) {
    const Forms *f = (Forms *)self;
    if (!takes_text(text)) return NULL;
    int kind = PyUnicode_KIND(text), wide = kind == PyUnicode_4BYTE_KIND;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    void *units = PyMem_Malloc(size * (wide ? sizeof(Py_UCS4) : sizeof(Py_UCS2)) + 1);
    if (!units) return PyErr_NoMemory();
    int changed = wide ? become4(f, data, size, units) : become2(f, kind, data, size, units);
    PyObject *found = changed < 0    ? Py_NewRef(Py_None)
                      : changed == 0 ? Py_NewRef(text)
                                     : PyUnicode_FromKindAndData(wide ? PyUnicode_4BYTE_KIND : PyUnicode_2BYTE_KIND, units, size);
    PyMem_Free(units);
    return found;
}

static PyMethodDef forms_methods[] = {
    {"of", forms_of, METH_O, "What a text becomes, character by character, or None."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot forms_slots[] = {
    {Py_tp_new, forms_new}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, forms_methods}, {Py_tp_doc, "What characters become."}, {0, NULL},
};
static PyType_Spec forms_spec = {"tasks.chars._chars.Forms", sizeof(Forms), 0, Py_TPFLAGS_DEFAULT, forms_slots};

/* What characters weigh: whole numbers, of which each of the basic plane has one. */

typedef struct {
    PyObject_HEAD
    uint16_t weights[BMP];
} Weights;

static PyObject *weights_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"weights", NULL};
    Py_buffer given;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "y*:Weights", names, &given)) return NULL;
    Weights *w = NULL;
    if (given.len != sizeof w->weights)
        PyErr_SetString(PyExc_ValueError, "each character of the basic plane has a weight of two bytes");
    else if ((w = (Weights *)type->tp_alloc(type, 0)))
        memcpy(w->weights, given.buf, sizeof w->weights);
    PyBuffer_Release(&given);
    return (PyObject *)w;
}

/* What all characters of a text weigh, or None if any is beyond the basic plane. */
static PyObject *weights_of(PyObject *self, PyObject *text) {
    const Weights *w = (Weights *)self;
    if (!takes_text(text)) return NULL;
    int kind = PyUnicode_KIND(text);
    if (kind == PyUnicode_4BYTE_KIND) Py_RETURN_NONE;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    long long sum = 0;
    for (Py_ssize_t i = 0; i < size; i++) sum += w->weights[PyUnicode_READ(kind, data, i)];
    return PyLong_FromLongLong(sum);
}

static PyMethodDef weights_methods[] = {
    {"of", weights_of, METH_O, "What all characters of a text weigh, or None."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot weights_slots[] = {
    {Py_tp_new, weights_new},
    {Py_tp_dealloc, dealloc},
    {Py_tp_methods, weights_methods},
    {Py_tp_doc, "What characters weigh."},
    {0, NULL},
};
static PyType_Spec weights_spec = {"tasks.chars._chars.Weights", sizeof(Weights), 0, Py_TPFLAGS_DEFAULT, weights_slots};

/* Rows: characters of a set that stand near each other, which weigh more than they would at so much each. */

typedef struct {
    PyObject_HEAD
    Chars chars;
    uint16_t weights[BMP];
} Rows;

static PyObject *rows_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"chars", "first", "last", "weights", NULL};
    PyObject *chars;
    unsigned int first, last;
    Py_buffer given;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UIIy*:Rows", names, &chars, &first, &last, &given)) return NULL;
    Rows *r = NULL;
    if (given.len != sizeof r->weights)
        PyErr_SetString(PyExc_ValueError, "each character of the basic plane has a weight of two bytes");
    else if ((r = (Rows *)type->tp_alloc(type, 0))) {
        chars_fill(&r->chars, chars, first, last);
        memcpy(r->weights, given.buf, sizeof r->weights);
    }
    PyBuffer_Release(&given);
    return (PyObject *)r;
}

/* What a row asks for, and what was found: from `start` to before `end`. */
typedef struct {
    Py_ssize_t count, gap, start, end;
    long long each, over;
} Row;

/* The first row from `start` on: `count` characters of the set at least, at most `gap` others between each two, which
 * weigh, with the one behind them, `over` and `each` for each of all these, or lie in part beyond the basic plane. */
#define ROWS(name, type) \
    static int weighs_##name(const Rows *r, const type *units, Py_ssize_t size, const Row *row) { \
        Py_ssize_t last = row->end < size ? row->end : size - 1; \
        long long sum = -row->over - row->each * (row->end - row->start + 1); \
        for (Py_ssize_t i = row->start; i <= last; i++) { \
            uint32_t c = units[i]; \
            if (c >= BMP) return 1; \
            sum += r->weights[c]; \
        } \
        return sum >= 0; \
    } \
    static int name(const Rows *r, const type *units, Py_ssize_t size, Row *row) { \
        Py_ssize_t held = 0; \
        for (Py_ssize_t i = row->start; i < size; i++) { \
            if (holds(&r->chars, units[i])) { \
                if (!held++) row->start = i; \
                row->end = i + 1; \
            } else if (held && i - row->end >= row->gap) { \
                if (held >= row->count && weighs_##name(r, units, size, row)) return 1; \
                held = 0; \
            } \
        } \
        return held >= row->count && weighs_##name(r, units, size, row); \
    }
ROWS(row1, Py_UCS1)
ROWS(row2, Py_UCS2)
ROWS(row4, Py_UCS4)

static PyObject *rows_find(PyObject *self, PyObject *args) {
    const Rows *r = (Rows *)self;
    PyObject *text;
    Row row;
    if (!PyArg_ParseTuple(args, "UnnnLL:find", &text, &row.start, &row.count, &row.gap, &row.each, &row.over)) return NULL;
    if (row.start < 0 || row.count < 1 || row.gap < 0 || row.each < 0 || row.each > UINT16_MAX || row.over < 0 || row.over > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "rows are looked for from 0 on, of one at least, and none between, no weight, or more");
        return NULL;
    }
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    int found = kind == PyUnicode_1BYTE_KIND   ? row1(r, data, size, &row)
                : kind == PyUnicode_2BYTE_KIND ? row2(r, data, size, &row)
                                               : row4(r, data, size, &row);
    if (!found) Py_RETURN_NONE;
    return Py_BuildValue("nn", row.start, row.end);
}

static PyMethodDef rows_methods[] = {
    {"find", rows_find, METH_VARARGS, "Where the first row that weighs so much starts and ends, or None."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot rows_slots[] = {
    {Py_tp_new, rows_new}, {Py_tp_dealloc, dealloc}, {Py_tp_methods, rows_methods}, {Py_tp_doc, "Rows of a set of characters."}, {0, NULL},
};
static PyType_Spec rows_spec = {"tasks.chars._chars.Rows", sizeof(Rows), 0, Py_TPFLAGS_DEFAULT, rows_slots};

/* A set of pairs of characters that stand side by side, and of characters that count by themselves. Pairs lie in a table
 * at least four times as large as they are many, at the first free place from where their hash says; 0 is a free one. */

typedef struct {
    PyObject_HEAD
    uint8_t leads[BMP / 8], alone[BMP / 8], any[BMP / 8]; /* `any`: either */
    uint32_t *table, mask;
} Pairs;

static inline int has(const uint8_t *bits, uint32_t c) { return c < BMP && bits[c >> 3] >> (c & 7) & 1; }

static inline uint32_t place_of(const Pairs *p, uint32_t pair) {
    uint32_t at = (pair * 2654435761u) >> 8 & p->mask;
    while (p->table[at] && p->table[at] != pair) at = (at + 1) & p->mask;
    return at;
}

static int pairs_fill(Pairs *p, PyObject *pairs, PyObject *alone) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(pairs);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(alone); i++) {
        uint32_t c = PyUnicode_READ_CHAR(alone, i);
        if (c >= BMP) return -1;
        p->alone[c >> 3] |= (uint8_t)(1 << (c & 7));
    }
    for (Py_ssize_t i = 0; i + 1 < size; i += 2) {
        uint32_t lead = PyUnicode_READ_CHAR(pairs, i), next = PyUnicode_READ_CHAR(pairs, i + 1);
        if (lead >= BMP || next >= BMP || !(lead | next)) return -1;
        p->leads[lead >> 3] |= (uint8_t)(1 << (lead & 7));
        p->table[place_of(p, lead << 16 | next)] = lead << 16 | next;
    }
    for (int i = 0; i < BMP / 8; i++) p->any[i] = p->leads[i] | p->alone[i];
    return size % 2 ? -1 : 0;
}

static PyObject *pairs_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"pairs", "alone", NULL};
    PyObject *pairs, *alone;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UU:Pairs", names, &pairs, &alone)) return NULL;
    if (PyUnicode_GET_LENGTH(pairs) > BMP) {
        PyErr_SetString(PyExc_ValueError, "no more than 32,768 pairs are looked for");
        return NULL;
    }
    Pairs *p = (Pairs *)type->tp_alloc(type, 0);
    if (!p) return NULL;
    uint32_t size = 16;
    while (size < 2 * (uint32_t)PyUnicode_GET_LENGTH(pairs)) size *= 2;
    p->mask = size - 1;
    p->table = PyMem_Calloc(size, sizeof *p->table);
    if (!p->table) PyErr_NoMemory();
    else if (!pairs_fill(p, pairs, alone)) return (PyObject *)p;
    else PyErr_SetString(PyExc_ValueError, "pairs are two characters each of the basic plane, one of them not NUL");
    Py_DECREF(p);
    return NULL;
}

static void pairs_dealloc(PyObject *self) {
    PyMem_Free(((Pairs *)self)->table);
    dealloc(self);
}

/* How many begin or stand at a place of a set's text: a pair, and a character that counts by itself. */
static inline int signs_at(const Pairs *p, uint32_t c, uint32_t next) {
    return has(p->alone, c) + (has(p->leads, c) && next < BMP && p->table[place_of(p, c << 16 | next)] && (c | next));
}

/* In how many places they do from `*at` on, up to `most`; `*at` is then the last of these. */
#define SIGNS(name, type) \
    static Py_ssize_t name(const Pairs *p, const type *units, Py_ssize_t size, Py_ssize_t *at, Py_ssize_t most) { \
        Py_ssize_t found = 0; \
        for (Py_ssize_t i = *at; i < size && found < most; i++) { \
            if (!has(p->any, units[i])) continue; \
            int here = signs_at(p, units[i], i + 1 < size ? units[i + 1] : BMP); \
            if (here) *at = i; \
            found += here; \
        } \
        return found; \
    }
SIGNS(signs1, Py_UCS1)
SIGNS(signs2, Py_UCS2)
SIGNS(signs4, Py_UCS4)

static Py_ssize_t signs(PyObject *self, PyObject *text, Py_ssize_t *at, Py_ssize_t most) {
    const Pairs *p = (Pairs *)self;
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    return kind == PyUnicode_1BYTE_KIND   ? signs1(p, data, size, at, most)
           : kind == PyUnicode_2BYTE_KIND ? signs2(p, data, size, at, most)
                                          : signs4(p, data, size, at, most);
}

/* The number beside a text, which is none below 0; or -1. */
static Py_ssize_t number_beside(PyObject *const *args, Py_ssize_t given) {
    if (given != 2) {
        PyErr_SetString(PyExc_TypeError, "a text to look in and a number are wanted");
        return -1;
    }
    if (!takes_text(args[0])) return -1;
    Py_ssize_t number = PyLong_AsSsize_t(args[1]);
    if (number < 0 && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "the number is 0 or more");
    return number;
}

/* In how many places pairs begin and characters stand that count by themselves; no more than `most` are counted. */
static PyObject *pairs_count(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    Py_ssize_t most = number_beside(args, given), at = 0;
    if (most < 0) return NULL;
    Py_ssize_t found = signs(self, args[0], &at, most);
    return PyLong_FromSsize_t(found < most ? found : most);
}

/* The first such place from `start` on, or -1. */
static PyObject *pairs_find(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    Py_ssize_t at = number_beside(args, given);
    if (at < 0) return NULL;
    return PyLong_FromSsize_t(signs(self, args[0], &at, 1) ? at : -1);
}

static PyMethodDef pairs_methods[] = {
    {"count", (PyCFunction)(void (*)(void))pairs_count, METH_FASTCALL, "In how many places of a text, so many at most."},
    {"find", (PyCFunction)(void (*)(void))pairs_find, METH_FASTCALL, "The first of these places from a place on, or -1."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot pairs_slots[] = {
    {Py_tp_new, pairs_new},
    {Py_tp_dealloc, pairs_dealloc},
    {Py_tp_methods, pairs_methods},
    {Py_tp_doc, "Pairs of characters."},
    {0, NULL},
};
static PyType_Spec pairs_spec = {"tasks.chars._chars.Pairs", sizeof(Pairs), 0, Py_TPFLAGS_DEFAULT, pairs_slots};

/* The module */

static int add_type(PyObject *module, PyType_Spec *spec, const char *name) {
    PyObject *type = PyType_FromSpec(spec);
    int failed = !type || PyModule_AddObjectRef(module, name, type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static int module_exec(PyObject *module) {
    return add_type(module, &set_spec, "Set") < 0 || add_type(module, &forms_spec, "Forms") < 0 ||
                   add_type(module, &weights_spec, "Weights") < 0 || add_type(module, &pairs_spec, "Pairs") < 0 ||
                   add_type(module, &rows_spec, "Rows") < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "_chars", "Characters looked for and looked up, compiled.", 0, NULL, module_slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__chars(void) { return PyModuleDef_Init(&module_def); }
