// SPDX-License-Identifier: Apache-2.0
#include "backends/vulkan/spirv.h"

#include <string.h>

// Numbers of the SPIR-V specification, version 1.5.
enum {
    MAGIC = 0x07230203,
    HEADER_WORDS = 5,
    MAX_BOUND = 1 << 20,
    VERSION_1_4 = 0x00010400,
    DECORATION_SPEC_ID = 1,
    NO_CONTRACTION = 42,
    CAPABILITY_FLOAT64 = 10,

    OP_EXTENSION = 10,
    OP_ENTRY_POINT = 15,
    OP_EXECUTION_MODE = 16,
    OP_CAPABILITY = 17,
    OP_FUNCTION = 54,
    OP_DECORATE = 71,
    OP_TYPE_VOID = 19,
    OP_TYPE_FORWARD_POINTER = 39,
    OP_SWITCH = 251,
    OP_EXECUTION_MODE_ID = 331,

    OP_FNEGATE = 127,
    OP_FADD = 129,
    OP_FSUB = 131,
    OP_FMUL = 133,
    OP_FDIV = 136,
    OP_FREM = 140,
    OP_FMOD = 141,
    OP_VECTOR_TIMES_SCALAR = 142,
    OP_DOT = 148,

    MODE_DENORM_PRESERVE = 4459,
    MODE_SIGNED_ZERO_INF_NAN_PRESERVE = 4461,
    MODE_ROUNDING_RTE = 4462,
    CAPABILITY_DENORM_PRESERVE = 4464,
    CAPABILITY_SIGNED_ZERO_INF_NAN_PRESERVE = 4466,
    CAPABILITY_ROUNDING_RTE = 4467,
};

static void offer(w_spirv_modes *out, uint32_t mode, uint32_t capability, const VkBool32 widths[3],
                  VkShaderFloatControlsIndependence independence)
{
    bool w16 = widths[0], w32 = widths[1], w64 = widths[2];
    bool all = independence == VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_NONE;
    if (all)
        w16 = w32 = w64 = w16 && w32 && w64;
    else if (independence == VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_32_BIT_ONLY)
        w16 = w64 = w16 && w64;
    else
        w16 = false;
    const uint32_t width[3] = {16, 32, 64};
    const bool use[3] = {w16, w32, w64};
    for (int i = 0; i < 3; i++)
        if (use[i])
            out->mode[out->count++] = (w_spirv_mode){mode, capability, width[i], i != 1 && !all};
}

void w_spirv_choose(const VkPhysicalDeviceFloatControlsProperties *p, w_spirv_modes *out)
{
    const VkBool32 denorm[3] = {p->shaderDenormPreserveFloat16, p->shaderDenormPreserveFloat32,
                                p->shaderDenormPreserveFloat64};
    const VkBool32 zero[3] = {VK_FALSE, p->shaderSignedZeroInfNanPreserveFloat32,
                              p->shaderSignedZeroInfNanPreserveFloat64};
    const VkBool32 rte[3] = {p->shaderRoundingModeRTEFloat16, p->shaderRoundingModeRTEFloat32,
                             p->shaderRoundingModeRTEFloat64};
    out->count = 0;
    offer(out, MODE_DENORM_PRESERVE, CAPABILITY_DENORM_PRESERVE, denorm,
          p->denormBehaviorIndependence);
    offer(out, MODE_SIGNED_ZERO_INF_NAN_PRESERVE, CAPABILITY_SIGNED_ZERO_INF_NAN_PRESERVE, zero,
          VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL);
    offer(out, MODE_ROUNDING_RTE, CAPABILITY_ROUNDING_RTE, rte, p->roundingModeIndependence);
}

static bool is_arithmetic(uint32_t op)
{
    return op == OP_FNEGATE || op == OP_FADD || op == OP_FSUB || op == OP_FMUL || op == OP_FDIV ||
           op == OP_FREM || op == OP_FMOD || (op >= OP_VECTOR_TIMES_SCALAR && op <= OP_DOT);
}

// What one walk over the module finds; positions are in words.
typedef struct w_spirv_walk {
    const uint32_t *words;
    size_t count;
    size_t capabilities_end, modes_end, decorations_end;
    uint32_t entry, operation; // ids; operation is 0 where no constant is W_SPIRV_OPERATION
    bool float64;
} w_spirv_walk;

static weir_status malformed(const char *what, size_t at)
{
    return w_fail(WEIR_DEVICE_FAILED, "a SPIR-V module is malformed: %s at word %zu", what, at);
}

// Marks in `marks` (one byte an id) what is arithmetic (1) and what is decorated (2).
static weir_status visit(w_spirv_walk *walk, uint8_t *marks, uint32_t bound, size_t at, uint32_t op,
                         uint32_t length)
{
    const uint32_t *w = walk->words + at;
    if (op == OP_CAPABILITY && length == 2) {
        walk->capabilities_end = at + length;
        walk->float64 |= w[1] == CAPABILITY_FLOAT64;
    } else if (op == OP_ENTRY_POINT && length >= 4) {
        if (walk->entry)
            return malformed("a second entry point", at);
        walk->entry = w[2];
        walk->modes_end = at + length;
    } else if (op == OP_EXECUTION_MODE || op == OP_EXECUTION_MODE_ID) {
        walk->modes_end = at + length;
    } else if (op == OP_DECORATE && length >= 3) {
        if (w[1] >= bound)
            return malformed("an id beyond the bound", at);
        if (w[2] == NO_CONTRACTION)
            marks[w[1]] |= 2;
        if (w[2] == DECORATION_SPEC_ID && length >= 4 && w[3] == W_SPIRV_OPERATION)
            walk->operation = w[1];
    } else if (is_arithmetic(op)) {
        if (length < 4 || w[2] >= bound)
            return malformed("an arithmetic instruction", at);
        marks[w[2]] |= 1;
    }
    // Decorations stand before the first type.
    if (!walk->decorations_end && op >= OP_TYPE_VOID && op <= OP_TYPE_FORWARD_POINTER)
        walk->decorations_end = at;
    if (op == OP_SWITCH && length < 3)
        return malformed("a switch", at);
    if (op == OP_FUNCTION && !walk->decorations_end)
        return malformed("a function before any type", at);
    return WEIR_OK;
}

static weir_status walk_module(w_spirv_walk *walk, uint8_t *marks, uint32_t bound)
{
    for (size_t at = HEADER_WORDS; at < walk->count;) {
        uint32_t op = walk->words[at] & 0xffffu, length = walk->words[at] >> 16;
        if (!length || length > walk->count - at)
            return malformed("an instruction's length", at);
        weir_status status = visit(walk, marks, bound, at, op, length);
        if (status != WEIR_OK)
            return status;
        at += length;
    }
    if (!walk->entry || !walk->capabilities_end || !walk->decorations_end ||
        walk->modes_end < walk->capabilities_end || walk->decorations_end < walk->modes_end)
        return malformed("its sections", 0);
    return WEIR_OK;
}

typedef struct w_spirv_out {
    uint32_t *words;
    size_t count;
} w_spirv_out;

static void put(w_spirv_out *out, uint32_t op, uint32_t length, const uint32_t *operands)
{
    out->words[out->count++] = length << 16 | op;
    for (uint32_t i = 1; i < length; i++)
        out->words[out->count++] = operands[i - 1];
}

static void put_range(w_spirv_out *out, const w_spirv_walk *walk, size_t from, size_t to)
{
    memcpy(out->words + out->count, walk->words + from, (to - from) * sizeof(uint32_t));
    out->count += to - from;
}

static bool wanted(const w_spirv_walk *walk, const w_spirv_mode *mode)
{
    return walk->float64 || !mode->with_doubles;
}

static void put_capabilities(w_spirv_out *out, const w_spirv_walk *walk, const w_spirv_modes *modes)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < modes->count; i++) {
        uint32_t capability = modes->mode[i].capability;
        if (wanted(walk, &modes->mode[i]) && capability != last)
            put(out, OP_CAPABILITY, 2, &capability);
        last = wanted(walk, &modes->mode[i]) ? capability : last;
    }
    static const char name[] = "SPV_KHR_float_controls";
    if (last && walk->words[1] < VERSION_1_4) {
        uint32_t text[(sizeof name + 3) / 4] = {0};
        memcpy(text, name, sizeof name);
        put(out, OP_EXTENSION, 1 + W_COUNT(text), text);
    }
}

// The functions, a switch over the operation reduced to the one case that is taken: drivers then
// compile one formula and not all of them.
static void put_functions(w_spirv_out *out, const w_spirv_walk *walk, uint32_t operation)
{
    for (size_t at = walk->decorations_end; at < walk->count;) {
        const uint32_t *w = walk->words + at;
        uint32_t length = w[0] >> 16;
        if (operation && walk->operation && (w[0] & 0xffffu) == OP_SWITCH &&
            w[1] == walk->operation) {
            uint32_t target = w[2];
            for (uint32_t i = 3; i + 1 < length; i += 2)
                target = w[i] == operation ? w[i + 1] : target;
            put(out, OP_SWITCH, 3, (uint32_t[]){w[1], target});
        } else {
            put_range(out, walk, at, at + length);
        }
        at += length;
    }
}

static void assemble(w_spirv_out *out, const w_spirv_walk *walk, const w_spirv_modes *modes,
                     uint32_t operation, const uint8_t *marks, uint32_t bound)
{
    put_range(out, walk, 0, walk->capabilities_end);
    put_capabilities(out, walk, modes);
    put_range(out, walk, walk->capabilities_end, walk->modes_end);
    for (uint32_t i = 0; i < modes->count; i++)
        if (wanted(walk, &modes->mode[i]))
            put(out, OP_EXECUTION_MODE, 4,
                (uint32_t[]){walk->entry, modes->mode[i].mode, modes->mode[i].width});
    put_range(out, walk, walk->modes_end, walk->decorations_end);
    for (uint32_t id = 0; id < bound; id++)
        if (marks[id] == 1)
            put(out, OP_DECORATE, 3, (uint32_t[]){id, NO_CONTRACTION});
    put_functions(out, walk, operation);
}

weir_status w_spirv_prepare(const w_host *host, const uint32_t *words, size_t count,
                            const w_spirv_modes *modes, uint32_t operation, uint32_t **out_words,
                            size_t *out_count)
{
    if (count < HEADER_WORDS || words[0] != MAGIC)
        return malformed("its header", 0);
    uint32_t bound = words[3];
    if (!bound || bound > MAX_BOUND)
        return malformed("its bound", 3);
    uint8_t *marks = w_alloc_zeroed(host, bound);
    if (!marks)
        return WEIR_OUT_OF_MEMORY;
    w_spirv_walk walk = {.words = words, .count = count};
    weir_status status = walk_module(&walk, marks, bound);
    size_t undecorated = 0;
    for (uint32_t id = 0; id < bound; id++)
        undecorated += marks[id] == 1;
    // An extension's name takes 7 words, each mode at most 2 of capability and 4 of its own.
    size_t room = count + 3 * undecorated + 7 + 6 * (size_t)modes->count;
    w_spirv_out out = {0};
    uint32_t *scratch = status == WEIR_OK ? w_alloc(host, room * sizeof(uint32_t)) : NULL;
    if (scratch) {
        out.words = scratch;
        assemble(&out, &walk, modes, operation, marks, bound);
        *out_words = w_alloc(host, out.count * sizeof(uint32_t));
        if (*out_words)
            memcpy(*out_words, out.words, out.count * sizeof(uint32_t));
        *out_count = out.count;
        w_release(host, scratch, room * sizeof(uint32_t));
    }
    w_release(host, marks, bound);
    if (status != WEIR_OK)
        return status;
    return scratch && *out_words ? WEIR_OK : WEIR_OUT_OF_MEMORY;
}
