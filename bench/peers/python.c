// SPDX-License-Identifier: Apache-2.0
//
// NumPy and PyTorch, in a Python process that child.py makes a server of calls: it times them with
// its own clock, on arrays of its own, which are filled through shared memory.
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/peers/peers.h"

enum { MOST = 4 };

typedef struct child {
    pid_t pid;
    FILE *to, *from;
    int memory;
    size_t size;
    unsigned char *map;
    char answer[1024];
} child;

typedef struct slot {
    harness *h;
    child *child;
    peers_library library;
    char key[24];
    const harness_case *c;
    size_t at_result;
} slot;

static child children[MOST];
static size_t n_children;

// ---------------------------------------------------------------- expressions

static const struct {
    const char *op, *form, *text[PEERS_WRITTEN];
} expressions[] = {
#define EXPRESSION(op, form, numpy, torch) {#op, form, {numpy, torch}},
#include "bench/peers/expressions.def"
#undef EXPRESSION
};

static const struct {
    const char *module, *key, *name;
} libraries[PEERS_LIBRARIES] = {{"numpy", "numpy", "NumPy"},
                                {"torch", "torch", "PyTorch"},
                                {"onnxruntime", "onnxruntime", "ONNX Runtime"}};

static const char *product(const harness_case *c, peers_library library)
{
    static char text[96];
    const char *left = c->trans_a ? "x.T" : "x", *right = c->trans_b ? "w.T" : "w";
    if (c->in[0].dtype != WEIR_F32 && !(c->in[0].dtype == WEIR_BF16 && library == PEERS_TORCH))
        return NULL;
    snprintf(text, sizeof text,
             library == PEERS_NUMPY ? "np.matmul(%s, %s, out=y)" : "torch.mm(%s, %s, out=y)", left,
             right);
    return text;
}

// ONNX's own name of the operation, with what the case says about axes.
static const char *onnx_node(const harness_case *c)
{
    static char text[96];
    weir_op_info info;
    if (c->m && c->in[0].dtype == WEIR_BF16)
        return NULL;
    if (c->m) {
        snprintf(text, sizeof text, "%s", c->in[0].dtype == WEIR_S8 ? "MatMulInteger" : "MatMul");
        if (c->trans_a || c->trans_b)
            snprintf(text, sizeof text, "Gemm transA=%d transB=%d", c->trans_a, c->trans_b);
        return text;
    }
    if (c->chain >= 0 || !c->op || weir_op_describe(c->op, &info) != WEIR_OK || !*info.onnx ||
        !strcmp(c->form, "columns") || !strcmp(info.family, "histogram"))
        return NULL;
    if (!strcmp(info.family, "map") && c->has_options)
        return NULL; // its attributes are not ONNX's defaults
    int axis = strcmp(c->form, "rows") ? 0 : -1;
    if (!strcmp(info.family, "map"))
        snprintf(text, sizeof text, "%s", info.onnx);
    else if (!strncmp(info.onnx, "Reduce", 6))
        snprintf(text, sizeof text, "%s axes=%d keepdims=0", info.onnx, axis);
    else if (!strncmp(info.onnx, "Arg", 3))
        snprintf(text, sizeof text, "%s axis=%d keepdims=0", info.onnx, axis);
    else
        snprintf(text, sizeof text, "%s axis=%d", info.onnx, axis);
    return text;
}

const char *peers_expression(const harness_case *c, peers_library library)
{
    char form[16];
    if (library == PEERS_ONNX)
        return onnx_node(c);
    if (c->m)
        return product(c, library);
    const char *name = c->chain >= 0 ? "chain" : c->op_name;
    snprintf(form, sizeof form, "%s", c->form);
    if (c->chain >= 0)
        snprintf(form, sizeof form, "%d", c->chain);
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
        if (!strcmp(expressions[i].op, name) && !strcmp(expressions[i].form, form))
            return *expressions[i].text[library] ? expressions[i].text[library] : NULL;
    return NULL;
}

// ---------------------------------------------------------------- a child

// Sends a line and takes one; NULL where the child is gone or answered with an error.
__attribute__((format(printf, 2, 3))) static const char *ask(child *p, const char *format, ...)
{
    va_list args;
    if (!p->to)
        return NULL;
    va_start(args, format);
    vfprintf(p->to, format, args);
    va_end(args);
    fputc('\n', p->to);
    if (fflush(p->to) != 0 || !fgets(p->answer, sizeof p->answer, p->from)) {
        snprintf(p->answer, sizeof p->answer, "error: the process ended");
        fclose(p->to);
        p->to = NULL;
        return NULL;
    }
    p->answer[strcspn(p->answer, "\n")] = '\0';
    return strncmp(p->answer, "error", 5) ? p->answer : NULL;
}

static bool grow(child *p, size_t size)
{
    if (size <= p->size)
        return true;
    if (p->map)
        munmap(p->map, p->size);
    p->map = NULL;
    p->size = 0;
    if (ftruncate(p->memory, (off_t)size) != 0)
        return false;
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, p->memory, 0);
    if (map == MAP_FAILED)
        return false;
    p->map = map;
    p->size = size;
    return true;
}

// Beside the program: child.py is copied there by the build.
static bool script(char *out, size_t n)
{
    ssize_t length = readlink("/proc/self/exe", out, n - 1);
    if (length < 0)
        return false;
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    return slash && snprintf(slash + 1, n - (size_t)(slash + 1 - out), "peers_child.py") > 0;
}

static void become(const char *interpreter, const int to[2], const int from[2], int memory,
                   uint32_t threads)
{
    char path[4096], file[16], count[16];
    snprintf(file, sizeof file, "%d", memory);
    snprintf(count, sizeof count, "%u", threads);
    setenv("OMP_NUM_THREADS", count, 1);
    setenv("OPENBLAS_NUM_THREADS", count, 1);
    setenv("MKL_NUM_THREADS", count, 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    if (!script(path, sizeof path) || dup2(to[0], 0) < 0 || dup2(from[1], 1) < 0)
        _exit(127);
    execlp(interpreter, interpreter, path, file, count, (char *)NULL);
    _exit(127);
}

static bool start(child *p, const char *interpreter, uint32_t threads)
{
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    p->memory = memfd_create("bench", 0);
    // A later child that kept an end of these would keep this one from ever seeing its input's end.
    if (p->memory < 0 || pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return false;
    p->pid = fork();
    if (p->pid == 0)
        become(interpreter, to, from, p->memory, threads);
    close(to[0]), close(from[1]);
    p->to = fdopen(to[1], "w");
    p->from = fdopen(from[0], "r");
    return p->pid > 0 && p->to && p->from;
}

void peers_leave_python(void)
{
    for (size_t i = 0; i < n_children; i++) {
        if (children[i].to)
            fclose(children[i].to); // its loop ends with its input
        if (children[i].from)
            fclose(children[i].from);
        if (children[i].pid > 0)
            waitpid(children[i].pid, NULL, 0);
    }
    n_children = 0;
}

// ---------------------------------------------------------------- a contender

static size_t bytes_of(const weir_array *a)
{
    size_t n = weir_dtype_size(a->dtype);
    for (int32_t i = 0; i < a->rank; i++)
        n *= (size_t)a->shape[i];
    return (n + 63) / 64 * 64;
}

// "f32:100x100:0 ".
static void describe(const weir_array *a, size_t offset, char *out, size_t n)
{
    size_t used = (size_t)snprintf(out, n, "%s:", weir_dtype_name(a->dtype));
    for (int32_t i = 0; i < a->rank && used < n; i++)
        used +=
            (size_t)snprintf(out + used, n - used, "%s%lld", i ? "x" : "", (long long)a->shape[i]);
    if (used < n)
        snprintf(out + used, n - used, ":%zu ", offset);
}

static double repeat(void *arg, uint64_t calls)
{
    slot *s = arg;
    const char *answer = ask(s->child, "time %s %llu", s->key, (unsigned long long)calls);
    return answer ? strtod(answer, NULL) : 0;
}

static bool prepare(void *state, const harness_case *c, bench_candidate *out)
{
    slot *s = state;
    const char *text = peers_expression(c, s->library);
    char arrays[512], *at = arrays;
    size_t offset = 0, total = bytes_of(&c->out);
    for (size_t i = 0; i < c->n_in; i++)
        total += bytes_of(&c->in[i]);
    if (!text || !s->child->to || !grow(s->child, total))
        return false;
    for (size_t i = 0; i < c->n_in; i++) {
        size_t bytes = bytes_of(&c->in[i]);
        memcpy(s->child->map + offset, c->in[i].data, bytes); // both are whole lines
        describe(&c->in[i], offset, at, sizeof arrays - (size_t)(at - arrays));
        at += strlen(at);
        offset += bytes;
    }
    describe(&c->out, offset, at, sizeof arrays - (size_t)(at - arrays));
    s->c = c;
    s->at_result = offset;
    if (!ask(s->child, "prepare %s %s %s | %s", s->key, libraries[s->library].module, text,
             arrays)) {
        harness_note(s->h, "%s cannot compute %s (%s)", s->key, c->name, s->child->answer);
        return false;
    }
    out->repeat = repeat;
    out->arg = s;
    if (!c->m && out->linger_ms > 0) // its OpenBLAS is what spins longest, and has no part here
        out->linger_ms = s->library == PEERS_NUMPY ? 0 : 10;
    return true;
}

static const void *result(void *state, const harness_case *c)
{
    slot *s = state;
    (void)c;
    if (!ask(s->child, "result %s", s->key)) {
        harness_note(s->h, "%s: %s", s->key, s->child->answer);
        return NULL;
    }
    return s->child->map + s->at_result;
}

static void finish(void *state)
{
    slot *s = state;
    ask(s->child, "drop %s", s->key);
}

static void join(harness *h, child *p, peers_library library, const char *version, unsigned number)
{
    static slot slots[MOST * PEERS_LIBRARIES];
    static size_t used;
    if (used == sizeof slots / sizeof *slots)
        return;
    slot *s = &slots[used++];
    *s = (slot){.h = h, .child = p, .library = library};
    snprintf(s->key, sizeof s->key, "%s%.0u", libraries[library].key, number);
    harness_contender c = {.key = s->key,
                           .role = HARNESS_PEER,
                           .linger_ms = 40, // OpenBLAS under NumPy, OpenMP under PyTorch
                           .state = s,
                           .prepare = prepare,
                           .result = result,
                           .finish = finish};
    snprintf(c.name, sizeof c.name, "%s%s%.0u", libraries[library].name, number ? " " : "", number);
    snprintf(c.version, sizeof c.version, "%s", version);
    harness_join(h, &c);
}

// number: 0 for the first interpreter, then 2, 3, ...
void peers_join_python(harness *h, const char *interpreter, unsigned number)
{
    if (n_children == MOST)
        return;
    child *p = &children[n_children++];
    signal(SIGPIPE, SIG_IGN);
    const char *answer = start(p, interpreter, h->options.threads) ? ask(p, "modules") : NULL;
    if (!answer) {
        harness_note(h, "absent: NumPy and PyTorch (%s; Debian: python3-numpy, python3-torch)",
                     interpreter);
        return;
    }
    char text[sizeof p->answer], *rest;
    snprintf(text, sizeof text, "%s", answer);
    bool here[PEERS_LIBRARIES] = {0};
    for (char *word = strtok_r(text, ";", &rest); word; word = strtok_r(NULL, ";", &rest)) {
        word += strspn(word, " ");
        char *version = strchr(word, ' ');
        if (!version)
            continue;
        *version++ = '\0';
        for (int l = 0; l < PEERS_LIBRARIES; l++)
            if (!strcmp(word, libraries[l].module)) {
                join(h, p, (peers_library)l, version, number);
                here[l] = true;
            }
    }
    if (!here[PEERS_TORCH] && !number)
        harness_note(h, "absent: PyTorch (%s; Debian: python3-torch)", interpreter);
    if (!here[PEERS_ONNX] && number)
        harness_note(
            h, "absent: ONNX Runtime (%s; PyPI: onnxruntime, and onnx, which makes its models)",
            interpreter);
}
