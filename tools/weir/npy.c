// SPDX-License-Identifier: Apache-2.0
#include "tools/weir/npy.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c reads little-endian files on little-endian machines"
#endif

enum {
    PREFIX = 8,        // magic, major, minor
    MAX_HEADER = 65536 // NumPy itself refuses more than 10,000 unless told to trust the file
};
static const char magic[] = "\x93NUMPY";

static const struct {
    const char *descr;
    weir_dtype dtype;
} dtypes[] = {
    {"|b1", WEIR_BOOL}, {"|u1", WEIR_U8},   {"|i1", WEIR_S8},  {"<i2", WEIR_S16},
    {"<i4", WEIR_S32},  {"<i8", WEIR_S64},  {"<f2", WEIR_F16}, {"<f4", WEIR_F32},
    {"<f8", WEIR_F64},  {"<u2", WEIR_BF16}, // NumPy has none: its codes
};
enum { N_DTYPES = sizeof dtypes / sizeof dtypes[0] };

const char *npy_descr(weir_dtype dtype)
{
    for (int i = 0; i < N_DTYPES; i++)
        if (dtypes[i].dtype == dtype)
            return dtypes[i].descr;
    return NULL;
}

// A cursor over the header's text, and where a complaint goes.
typedef struct reader {
    const char *at, *end;
    char *why;
    size_t n_why;
} reader;

__attribute__((format(printf, 2, 3))) static bool bad(const reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->why, r->n_why, format, args);
    va_end(args);
    return false;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool take(reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

// A Python string without escapes.
static bool take_string(reader *r, char *out, size_t n)
{
    skip_space(r);
    if (r->at == r->end || (*r->at != '\'' && *r->at != '"'))
        return false;
    char quote = *r->at++;
    size_t length = 0;
    for (; r->at < r->end && *r->at != quote; r->at++) {
        if (length + 1 >= n || *r->at < ' ' || *r->at > '~' || *r->at == '\\')
            return false;
        out[length++] = *r->at;
    }
    out[length] = '\0';
    if (r->at == r->end)
        return false;
    r->at++;
    return true;
}

static bool take_word(reader *r, const char *word)
{
    skip_space(r);
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n))
        return false;
    r->at += n;
    return true;
}

static bool read_descr(reader *r, weir_array *a)
{
    char descr[32];
    skip_space(r);
    if (r->at < r->end && *r->at == '[')
        return bad(r, "a structured dtype; Weir takes plain numbers");
    if (!take_string(r, descr, sizeof descr))
        return bad(r, "the header's descr is not a dtype's name");
    // One byte has no order: any mark will do, as for NumPy.
    char order = descr[0];
    bool one_byte = strlen(descr) == 3 && descr[2] == '1';
    for (int i = 0; i < N_DTYPES; i++) {
        bool marked = one_byte ? strchr("|<>=", order) != NULL : order == '<' || order == '=';
        if (marked && !strcmp(descr + 1, dtypes[i].descr + 1)) {
            a->dtype = dtypes[i].dtype;
            return true;
        }
    }
    if (order == '>')
        return bad(r, "dtype '%s' is big-endian; only little-endian files are read", descr);
    if (strchr(descr, 'O'))
        return bad(r, "dtype '%s' holds Python objects; Weir takes plain numbers", descr);
    return bad(r, "dtype '%s' is none of Weir's: b1, u1, i1, i2, i4, i8, f2, f4, f8", descr);
}

static bool read_extent(reader *r, int64_t *out)
{
    skip_space(r);
    if (r->at < r->end && *r->at == '-')
        return bad(r, "a negative extent in the shape");
    const char *first = r->at;
    int64_t v = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *r->at - '0', &v))
            return bad(r, "an extent of the shape is beyond 2^63 - 1");
    if (r->at == first)
        return bad(r, "the header's shape is not a tuple of whole numbers");
    if (r->at < r->end && *r->at == 'L') // NumPy on Python 2
        r->at++;
    *out = v;
    return true;
}

static bool read_shape(reader *r, weir_array *a)
{
    if (!take(r, '('))
        return bad(r, "the header's shape is not a tuple");
    a->rank = 0;
    bool comma = true;
    while (!take(r, ')')) {
        int64_t extent = 0;
        if (!comma)
            return bad(r, "the header's shape is not a tuple of whole numbers");
        if (!read_extent(r, &extent))
            return false;
        if (a->rank == WEIR_MAX_RANK)
            return bad(r, "more than %d axes, the most that Weir takes", WEIR_MAX_RANK);
        a->shape[a->rank++] = extent;
        comma = take(r, ',');
    }
    // "(3)" is a number in Python, not a shape.
    return a->rank != 1 || comma || bad(r, "the header's shape is not a tuple");
}

static bool read_order(reader *r, bool *fortran)
{
    *fortran = take_word(r, "True");
    return *fortran || take_word(r, "False") ||
           bad(r, "the header's fortran_order is neither True nor False");
}

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
static bool read_dictionary(reader *r, weir_array *a, bool *fortran)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    unsigned seen = 0;
    if (!take(r, '{'))
        return bad(r, "the header is not a dictionary");
    bool comma = true;
    while (!take(r, '}')) {
        char key[32];
        unsigned k = 0;
        if (!comma || !take_string(r, key, sizeof key) || !take(r, ':'))
            return bad(r, "the header is not a dictionary of named fields");
        while (k < 3 && strcmp(key, keys[k]))
            k++;
        if (k == 3)
            return bad(r, "the header has an unknown field '%s'", key);
        if (seen & 1u << k)
            return bad(r, "the header has the field '%s' twice", key);
        seen |= 1u << k;
        if (!(k == 0 ? read_descr(r, a) : k == 1 ? read_order(r, fortran) : read_shape(r, a)))
            return false;
        comma = take(r, ',');
    }
    for (unsigned k = 0; k < 3; k++)
        if (!(seen & 1u << k))
            return bad(r, "the header lacks the field '%s'", keys[k]);
    skip_space(r);
    return r->at == r->end || bad(r, "the header goes on after its dictionary");
}

// Bytes of a dense array, false where they do not fit a size.
static bool bytes_of(const weir_array *a, size_t *out)
{
    size_t bytes = weir_dtype_size(a->dtype);
    bool fits = true;
    for (int i = 0; i < a->rank; i++) {
        if (a->shape[i] == 0) {
            *out = 0;
            return true;
        }
        fits = fits && !__builtin_mul_overflow(bytes, (size_t)a->shape[i], &bytes);
    }
    *out = bytes;
    return fits && bytes <= PTRDIFF_MAX;
}

static void fortran_strides(weir_array *a)
{
    int64_t stride = 1;
    a->strided = a->rank > 1;
    for (int i = 0; i < a->rank; i++) {
        a->strides[i] = stride;
        stride *= a->shape[i] > 0 ? a->shape[i] : 1;
    }
}

static bool read_header(FILE *f, reader *r, weir_array *a)
{
    unsigned char prefix[PREFIX + 4];
    if (fread(prefix, 1, PREFIX, f) != PREFIX || memcmp(prefix, magic, 6))
        return bad(r, "not a NumPy .npy file");
    int major = prefix[6], minor = prefix[7];
    if (major < 1 || major > 3 || minor != 0)
        return bad(r, "format version %d.%d; 1.0, 2.0 and 3.0 are read", major, minor);
    size_t n = major == 1 ? 2 : 4, length = 0;
    if (fread(prefix + PREFIX, 1, n, f) != n)
        return bad(r, "truncated in the header's length");
    for (size_t i = n; i-- > 0;)
        length = length << 8 | prefix[PREFIX + i];
    if (length > MAX_HEADER)
        return bad(r, "a header of %zu bytes; at most %d are read", length, MAX_HEADER);
    char *text = malloc(length + 1);
    if (!text)
        return bad(r, "no memory for a header of %zu bytes", length);
    bool fortran = false, good = fread(text, 1, length, f) == length;
    r->at = text;
    r->end = text + length;
    good = good ? read_dictionary(r, a, &fortran) : bad(r, "truncated in the header");
    free(text);
    if (good && fortran) {
        size_t bytes;
        if (!bytes_of(a, &bytes))
            return bad(r, "its shape takes more bytes than this machine can address");
        // An empty array has no order; strides over its other extents might overflow.
        if (bytes > 0)
            fortran_strides(a);
    }
    return good;
}

// Reads `bytes` from the file, never asking for much more memory than the file has bytes.
static bool read_data(FILE *f, const reader *r, size_t bytes, void **out)
{
    struct stat st;
    bool regular = fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    size_t have = 0, room = 1 << 20;
    if (regular) {
        long at = ftell(f);
        int64_t left = at < 0 ? 0 : (int64_t)st.st_size - at;
        if (left < 0 || (uint64_t)left < bytes)
            return bad(r, "truncated: %lld bytes of data, its shape takes %zu", (long long)left,
                       bytes);
        room = bytes;
    }
    char *data = NULL;
    for (;;) {
        room = room < bytes ? room : bytes;
        char *grown = realloc(data, room ? room : 1);
        if (!grown) {
            free(data);
            return bad(r, "no memory for %zu bytes of data", bytes);
        }
        data = grown;
        have += fread(data + have, 1, room - have, f);
        if (have < room || room == bytes)
            break;
        room = room > SIZE_MAX / 2 ? bytes : room * 2;
    }
    *out = data;
    bool more = have == bytes && fgetc(f) != EOF;
    if (have == bytes && !more)
        return true;
    free(data);
    if (more)
        return bad(r, "goes on after the %zu bytes that its shape takes", bytes);
    return bad(r, "truncated: %zu bytes of data, its shape takes %zu", have, bytes);
}

bool npy_read(const char *path, weir_array *array, char *why, size_t n_why)
{
    reader r = {.why = why, .n_why = n_why};
    weir_array a = {0};
    FILE *f = fopen(path, "rb");
    if (!f)
        return bad(&r, "%s", strerror(errno));
    struct stat st;
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fclose(f);
        return bad(&r, "a folder, not a file");
    }
    size_t bytes;
    bool good = read_header(f, &r, &a);
    if (good && !bytes_of(&a, &bytes))
        good = bad(&r, "its shape takes more bytes than this machine can address");
    good = good && read_data(f, &r, bytes, &a.data);
    fclose(f);
    if (good)
        *array = a;
    return good;
}

bool npy_write(FILE *file, const weir_array *array)
{
    const char *descr = npy_descr(array->dtype);
    size_t bytes;
    if (!descr || array->strided || !bytes_of(array, &bytes)) {
        errno = EINVAL;
        return false;
    }
    char text[512];
    int n =
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (int i = 0; i < array->rank; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%lld", i ? ", " : "",
                      (long long)array->shape[i]);
    n += snprintf(text + n, sizeof text - (size_t)n, "%s), }", array->rank == 1 ? "," : "");
    while ((PREFIX + 2 + n + 1) % 64)
        text[n++] = ' ';
    text[n++] = '\n';
    unsigned char prefix[PREFIX + 2] = {0};
    memcpy(prefix, magic, 6);
    prefix[6] = 1;
    prefix[8] = (unsigned char)(n & 255);
    prefix[9] = (unsigned char)(n >> 8);
    return fwrite(prefix, 1, sizeof prefix, file) == sizeof prefix &&
           fwrite(text, 1, (size_t)n, file) == (size_t)n &&
           (bytes == 0 || fwrite(array->data, 1, bytes, file) == bytes);
}
