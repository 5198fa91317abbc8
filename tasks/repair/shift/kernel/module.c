/* The search over hidden bytes, compiled: what search.py, moves.py and reading.py say, to the byte, some twenty times as
 * fast. The package does without where it was installed without a compiler (docs/adr/0016-compiled-search.md). */
#define PY_SSIZE_T_CLEAN
#include "glance.h"
#include "search.h"

/* Tables */

enum { VIEWS = 20, LONGEST_SPLICE = 32 };

typedef struct {
    Tables tables;
    Py_buffer views[VIEWS];
    int viewed;
} Holder;

static const void *view(Holder *holder, PyObject *object, Py_ssize_t least) {
    if (holder->viewed == VIEWS || PyObject_GetBuffer(object, &holder->views[holder->viewed], PyBUF_SIMPLE) < 0) return NULL;
    Py_buffer *got = &holder->views[holder->viewed++];
    if (got->len < least) {
        PyErr_Format(PyExc_ValueError, "a table of %zd bytes is too short for the search", got->len);
        return NULL;
    }
    return got->buf;
}

static const uint16_t *units_of(PyObject *text) {
    if (!PyUnicode_Check(text) || PyUnicode_KIND(text) != PyUnicode_2BYTE_KIND) {
        PyErr_SetString(PyExc_ValueError, "the language model's symbols are no UTF-16 units");
        return NULL;
    }
    return PyUnicode_2BYTE_DATA(text);
}

static void tables_dealloc(PyObject *self) {
    Holder *holder = (Holder *)self;
    Tables *t = &holder->tables;
    PyTypeObject *type = Py_TYPE(self);
    for (int i = 0; i < 256; i++) {
        PyMem_Free(t->by_trail[i].items);
        PyMem_Free(t->by_lead[i].items);
    }
    for (int i = 0; i < holder->viewed; i++) PyBuffer_Release(&holder->views[i]);
    for (int i = 0; i < KINDS; i++) Py_XDECREF(t->names[i]);
    Py_XDECREF(t->kept);
    type->tp_free(self);
    Py_DECREF(type);
}

static int take_numbers(Tables *t, PyObject *costs, PyObject *names) {
    if (PyTuple_GET_SIZE(costs) != COST_COUNT || PyTuple_GET_SIZE(names) != KINDS) {
        PyErr_SetString(PyExc_ValueError, "the search knows other costs or kinds than it is given");
        return -1;
    }
    for (int i = 0; i < COST_COUNT; i++) t->cost[i] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(costs, i));
    for (int i = 0; i < KINDS; i++) t->names[i] = Py_NewRef(PyTuple_GET_ITEM(names, i));
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *tables_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"costs", "kinds", "shares", "index", "model", "pairs", "forms", "marks", NULL};
    PyObject *costs, *kinds, *index, *costs1, *backoffs1, *starts1, *after1, *costs2, *backoffs2, *starts2, *after2, *costs3;
    PyObject *chars, *pairs, *bytes, *symbols, *flags, *forms, *form_starts, *quotes, *swallowed;
    Holder *self = (Holder *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    Tables *t = &self->tables;
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "O!O!(ddd)O(OOOUOOOUO)(OOOOO)(OO)(OO):Tables", names, &PyTuple_Type, &costs, &PyTuple_Type, &kinds,
            &t->unit, &t->on_page, &t->on_page3, &index, &costs1, &backoffs1, &starts1, &after1, &costs2, &backoffs2, &starts2,
            &after2, &costs3, &chars, &pairs, &bytes, &symbols, &flags, &forms, &form_starts, &quotes, &swallowed) ||
        take_numbers(t, costs, kinds) < 0)
        goto failed;
    t->kept = PyTuple_Pack(2, after1, after2);
    const void *numbers = view(self, index, sizeof t->index);
    if (!t->kept || !numbers) goto failed;
    memcpy(t->index, numbers, sizeof t->index);
    if (!(t->after1 = units_of(after1)) || !(t->after2 = units_of(after2)) || !(t->costs1 = view(self, costs1, 0)) ||
        !(t->backoffs1 = view(self, backoffs1, 0)) || !(t->starts1 = view(self, starts1, 4)) ||
        !(t->costs2 = view(self, costs2, PyUnicode_GET_LENGTH(after1))) ||
        !(t->backoffs2 = view(self, backoffs2, PyUnicode_GET_LENGTH(after1))) ||
        !(t->starts2 = view(self, starts2, 4 * PyUnicode_GET_LENGTH(after1) + 4)) ||
        !(t->costs3 = view(self, costs3, PyUnicode_GET_LENGTH(after2))) || !(t->chars = view(self, chars, 2 * BMP)) ||
        !(t->pairs = view(self, pairs, 2 * BMP)) || !(t->bytes = view(self, bytes, 2 * BMP)) ||
        !(t->symbols = view(self, symbols, 2 * BMP)) || !(t->kinds = view(self, flags, BMP)) ||
        !(t->forms = view(self, forms, 0)) || !(t->form_starts = view(self, form_starts, 4 * BMP + 4)) ||
        !(t->quotes = view(self, quotes, 0)))
        goto failed;
    t->quote_count = (int)(self->views[self->viewed - 1].len / 2);
    if (!(t->swallowed = view(self, swallowed, 0))) goto failed;
    t->swallowed_count = (int)(self->views[self->viewed - 1].len / 2);
    for (int first = 0; first < 256; first++)
        for (int second = LEADS; second < LEADS_END; second++) t->begins_dropped[first] |= is_dropped(t, first, second);
    return (PyObject *)self;
failed:
    Py_DECREF(self);
    return NULL;
}

/* symbols(text), at the speed of a look-up in an array; None if the text goes beyond the basic plane. */
static PyObject *tables_seen(PyObject *self, PyObject *text) {
    const Tables *t = (Tables *)self;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "symbols are seen in a text");
        return NULL;
    }
    if (PyUnicode_MAX_CHAR_VALUE(text) >= BMP) Py_RETURN_NONE;
    Py_ssize_t count = PyUnicode_GET_LENGTH(text);
    uint16_t *units = PyMem_Malloc(count * sizeof *units + 1);
    if (!units) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) units[i] = t->symbols[PyUnicode_READ_CHAR(text, i)];
    PyObject *seen = PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, units, count);
    PyMem_Free(units);
    return seen;
}

static PyMethodDef tables_methods[] = {
    {"seen", tables_seen, METH_O, "What the model sees of a text, or None."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot tables_slots[] = {
    {Py_tp_new, tables_new},
    {Py_tp_dealloc, tables_dealloc},
    {Py_tp_methods, tables_methods},
    {Py_tp_doc, "The language model and a codec's pairs, as the search reads them."},
    {0, NULL},
};
static PyType_Spec tables_spec = {TABLES_NAME, sizeof(Holder), 0, Py_TPFLAGS_DEFAULT, tables_slots};

/* Pages */

static void put(uint8_t *set, PyObject *chars) {
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(chars); i++) {
        uint32_t c = PyUnicode_READ_CHAR(chars, i);
        if (c < BMP) set[c >> 3] |= (uint8_t)(1 << (c & 7));
    }
}

static void page_dealloc(PyObject *self) {
    Page *p = (Page *)self;
    PyTypeObject *type = Py_TYPE(self);
    Tally *tallies[] = {&p->singles, &p->pairs, &p->triples};
    for (int i = 0; i < 3; i++) {
        PyMem_Free(tallies[i]->keys);
        PyMem_Free(tallies[i]->counts);
    }
    PyMem_Free(p->segments);
    PyMem_Free(p->grown.items);
    PyMem_Free(p->staying.items);
    Py_XDECREF(p->splice.chars);
    Py_XDECREF(p->swallowed.chars);
    Py_XDECREF(p->text);
    Py_XDECREF(p->seen);
    Py_XDECREF(p->splice_at);
    Py_XDECREF(p->swallowed_at);
    Py_XDECREF((PyObject *)p->t);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *page_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"tables", "text",    "seen",      "singles",      "pairs", "foreign",
                            "present", "spliced", "splice_at", "swallowed_at", "keeps_private", NULL};
    PyObject *tables, *text, *seen, *singles, *pairs, *foreign, *present, *spliced, *splice_at, *swallowed_at;
    Page *p = (Page *)type->tp_alloc(type, 0);
    if (!p) return NULL;
    p->splice.pos = p->swallowed.pos = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OUUUUUUUOOp:Page", names, &tables, &text, &seen, &singles, &pairs, &foreign,
                                     &present, &spliced, &splice_at, &swallowed_at, &p->keeps_private))
        goto failed;
    if (strcmp(Py_TYPE(tables)->tp_name, TABLES_NAME) || PyUnicode_GET_LENGTH(text) != PyUnicode_GET_LENGTH(seen) ||
        PyUnicode_GET_LENGTH(text) > INT32_MAX / 2) {
        PyErr_SetString(PyExc_ValueError, "a page needs the search's tables, and as many symbols as characters");
        goto failed;
    }
    p->t = (Tables *)Py_NewRef(tables);
    p->text = Py_NewRef(text);
    p->seen = Py_NewRef(seen);
    p->splice_at = Py_NewRef(splice_at);
    p->swallowed_at = Py_NewRef(swallowed_at);
    put(p->foreign, foreign);
    put(p->present, present);
    put(p->spliced, spliced);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(singles); i++)
        if (count_up(&p->singles, key1(PyUnicode_READ_CHAR(singles, i))) < 0) goto failed;
    if (learn_symbols(p, pairs, 0) < 0) goto failed;
    return (PyObject *)p;
failed:
    Py_DECREF(p);
    return NULL;
}

static PyObject *page_learn(PyObject *self, PyObject *symbols) {
    if (!PyUnicode_Check(symbols)) {
        PyErr_SetString(PyExc_TypeError, "a page learns symbols");
        return NULL;
    }
    if (learn_symbols((Page *)self, symbols, 1) < 0) return NULL;
    Py_RETURN_NONE;
}

/* What was found, as the tuples that costs.py describes. */

static PyObject *reading_of(const Page *p, const Segment *one) {
    if (one->kept) return PyUnicode_Substring(p->text, one->start, one->end);
    return one->unit == END ? PyUnicode_FromStringAndSize(NULL, 0) : PyUnicode_FromOrdinal((int)one->unit);
}

static PyObject *kind_of(const Page *p, const Segment *one) {
    if (one->kind != SPLICE_OF) return Py_NewRef(p->t->names[one->kind]);
    return PyUnicode_FromFormat("%U%c", p->t->names[SPLICE_OF], (int)one->named);
}

/* The segments up to `last` as nested tuples, each made once; a borrowed reference, or NULL. */
static PyObject *path_to(Page *p, int32_t last, PyObject **made) {
    if (last == NONE) return Py_None;
    if (made[last]) return made[last];
    const Segment *one = &p->segments[last];
    PyObject *before = path_to(p, one->before, made); /* as deep as the search is long: LONGEST and a few */
    if (!before) return NULL;
    PyObject *reading = reading_of(p, one), *kind = kind_of(p, one);
    if (reading && kind) made[last] = Py_BuildValue("(OiiOOi)", before, one->start, one->end, reading, kind, (int)one->byte);
    Py_XDECREF(reading);
    Py_XDECREF(kind);
    return made[last];
}

static PyObject *tuples_of(Page *p, const Hyps *here) {
    PyObject **made = PyMem_Calloc(p->segment_count + 1, sizeof *made);
    PyObject *found = made ? PyList_New(0) : PyErr_NoMemory();
    for (int i = 0; found && i < here->count; i++) {
        const Hyp *hyp = &here->items[i];
        PyObject *back = path_to(p, hyp->back, made);
        PyObject *one = back ? Py_BuildValue("(iiCCCO)", hyp->cost, hyp->held, hyp->one, hyp->two, hyp->last, back) : NULL;
        if (!one || PyList_Append(found, one) < 0) Py_CLEAR(found);
        Py_XDECREF(one);
    }
    for (int i = 0; made && i < p->segment_count; i++) Py_XDECREF(made[i]);
    PyMem_Free(made);
    return found;
}

static PyObject *page_run(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"start", "clue", "stop", "hidden", "damaged", "hit", "open", "first", NULL};
    Page *p = (Page *)self;
    int start, clue, stop, hidden, one, two, last, end;
    Hyps here = {NULL, 0, 0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iiippUU(CCC):run", names, &start, &clue, &stop, &hidden, &p->damaged, &p->hit,
                                     &p->open, &one, &two, &last))
        return NULL;
    if (start < 0 || stop < start || stop > PyUnicode_GET_LENGTH(p->text)) {
        PyErr_SetString(PyExc_ValueError, "a search goes from one place of its page to another");
        return NULL;
    }
    p->reach = stop - start + LONGEST_SPLICE;
    p->coming = PyMem_Calloc(p->reach, sizeof *p->coming);
    if (!p->coming) return PyErr_NoMemory();
    p->steps = p->segment_count = p->failed = 0;
    p->splice.pos = p->swallowed.pos = -1;
    Hyp first = {0, IN_STEP, one, two, last, NONE};
    end = search(p, start, clue, stop, hidden, first, &here);
    PyObject *found = p->failed ? NULL : tuples_of(p, &here);
    for (int i = 0; i < p->reach; i++) PyMem_Free(p->coming[i].items);
    PyMem_Free(p->coming);
    PyMem_Free(here.items);
    p->coming = NULL;
    return found ? Py_BuildValue("(iNL)", end, found, p->steps) : NULL;
}

static PyObject *page_as_it_is(PyObject *self, PyObject *args) {
    Page *p = (Page *)self;
    int pos, end, most, one, two, last;
    if (!PyArg_ParseTuple(args, "iii(CCC):as_it_is", &pos, &end, &most, &one, &two, &last)) return NULL;
    if (pos < 0 || end > PyUnicode_GET_LENGTH(p->text)) {
        PyErr_SetString(PyExc_ValueError, "a stretch lies within its page");
        return NULL;
    }
    Hyp hyp = {0, IN_STEP, one, two, last, NONE}, next = hyp;
    p->steps = p->segment_count = p->failed = 0;
    p->splice.pos = p->swallowed.pos = -1;
    for (; pos < end && most > 0 && char_at(p, pos) != '\n' && !p->failed; most--, hyp = next)
        pos = unchanged(p, &hyp, pos, &next);
    Hyps found = {&hyp, 1, 1};
    PyObject *tuples = p->failed ? NULL : tuples_of(p, &found);
    return tuples ? Py_BuildValue("(NL)", tuples, p->steps) : NULL;
}

static PyObject *page_shifted(PyObject *self, PyObject *args) {
    Page *p = (Page *)self;
    int pos, count;
    if (!PyArg_ParseTuple(args, "ii:shifted", &pos, &count)) return NULL;
    if (pos < 0 || pos >= PyUnicode_GET_LENGTH(p->text)) {
        PyErr_SetString(PyExc_ValueError, "a run begins at one of the places of its page");
        return NULL;
    }
    Reread read = shifted(p, pos, count);
    return Py_BuildValue("(iii)", read.cost, read.seen, read.count);
}

static PyMethodDef page_methods[] = {
    {"shifted", page_shifted, METH_VARARGS, "Reading.shifted"},
    {"as_it_is", page_as_it_is, METH_VARARGS, "Search.as_it_is"},
    {"run", (PyCFunction)(void (*)(void))page_run, METH_VARARGS | METH_KEYWORDS, "Search.walk"},
    {"learn", page_learn, METH_O, "Reading.learn"},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot page_slots[] = {
    {Py_tp_new, page_new},
    {Py_tp_dealloc, page_dealloc},
    {Py_tp_methods, page_methods},
    {Py_tp_doc, "A page that is searched."},
    {0, NULL},
};
static PyType_Spec page_spec = {"tasks.repair.shift.kernel._search.Page", sizeof(Page), 0, Py_TPFLAGS_DEFAULT, page_slots};

/* The module */

static int add_type(PyObject *module, PyType_Spec *spec, const char *name) {
    PyObject *type = PyType_FromSpec(spec);
    int failed = !type || PyModule_AddObjectRef(module, name, type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static int add_names(PyObject *module, const char *name, const char *const *names, int count) {
    PyObject *all = PyTuple_New(count);
    for (int i = 0; all && i < count; i++) PyTuple_SET_ITEM(all, i, PyUnicode_FromString(names[i]));
    int failed = !all || PyErr_Occurred() || PyModule_AddObjectRef(module, name, all) < 0;
    Py_XDECREF(all);
    return failed ? -1 : 0;
}

static int module_exec(PyObject *module) {
#define X(name) #name,
    static const char *const costs[] = {COSTS(X)}, *const glances[] = {GLANCES(X)};
#undef X
    if (add_names(module, "COSTS", costs, COST_COUNT) < 0 || add_names(module, "GLANCES", glances, NUMBERS) < 0) return -1;
    return add_type(module, &tables_spec, "Tables") < 0 || add_type(module, &page_spec, "Page") < 0 ||
                   add_type(module, &glance_spec, "Glance") < 0
               ? -1
               : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "_search", "The search over hidden bytes, compiled.", 0, NULL, module_slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__search(void) { return PyModuleDef_Init(&module_def); }
