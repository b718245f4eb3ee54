// SPDX-License-Identifier: Apache-2.0
// Launches: parameters, bindings and dispatches of each family.
#include "backends/vulkan/vulkan.h"

#include "runtime/ops/canon.h"

#include <inttypes.h>
#include <string.h>

// kernels/spv/tile.glsl; and how much of k one dispatch takes, a multiple of W_SEGMENT. llvmpipe
// drops the rounds of loops beyond 65,535 in an invocation, nested ones counted together: none may
// have more than half as many. A value of k takes one round, and the half of one to be fetched; in
// f64, where the multiply-add is emulated, 4 and 16 more.
enum { TILE = 32, CHUNK = 8192, CHUNK_F64 = 1024 };
enum { MOST_ROUNDS = 32768, ROUNDS = 2, ROUNDS_F64 = 22 };
_Static_assert(CHUNK *ROUNDS <= MOST_ROUNDS && CHUNK_F64 * ROUNDS_F64 <= MOST_ROUNDS,
               "an invocation has too many rounds");

weir_status w_vk_view_of(const w_vk_device *d, const w_binding *b, w_vk_view *out)
{
    w_mem *mem = b->mem;
    if (!mem || b->offset > mem->bytes || b->bytes > mem->bytes - b->offset)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: a binding of %zu bytes at %zu lies outside its "
                      "memory of %zu",
                      d->base.info.id, b->bytes, b->offset, mem ? mem->bytes : 0);
    VkDeviceSize begin = b->offset / d->buffer_alignment * d->buffer_alignment;
    VkDeviceSize skip = b->offset - begin;
    VkDeviceSize range = (skip + W_MAX(b->bytes, 4) + 3) / 4 * 4;
    if (range > mem->bytes - begin) { // an empty binding at the very end
        begin = skip = 0;
        range = W_MIN(mem->bytes, 16);
    }
    if (range > d->max_buffer)
        return w_fail(WEIR_UNAVAILABLE, "%s: a binding of %" PRIu64 " bytes; it takes %" PRIu64,
                      d->base.info.id, (uint64_t)range, (uint64_t)d->max_buffer);
    out->info = (VkDescriptorBufferInfo){mem->buffer, begin, range};
    out->skip = (uint32_t)skip;
    return WEIR_OK;
}

void w_vk_bind(w_queue *q, const w_vk_slot *slot, const w_vk_view views[W_VK_BINDINGS])
{
    w_vk_device *d = q->device;
    VkDescriptorBufferInfo parameters = {q->parameters->buffer,
                                         (VkDeviceSize)(slot - q->slots) * W_VK_PARAMETER_BYTES,
                                         W_VK_PARAMETER_BYTES};
    VkWriteDescriptorSet writes[W_VK_BINDINGS];
    for (uint32_t i = 0; i < W_VK_BINDINGS; i++)
        writes[i] = (VkWriteDescriptorSet){
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = slot->set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = i == W_VK_PARAMETERS ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER
                                                   : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = views[i].info.buffer ? &views[i].info : &parameters};
    d->vk.UpdateDescriptorSets(d->handle, W_VK_BINDINGS, writes, 0, NULL);
    d->vk.CmdBindDescriptorSets(slot->commands, VK_PIPELINE_BIND_POINT_COMPUTE, d->layout, 0, 1,
                                &slot->set, 0, NULL);
}

void w_vk_dispatch(const w_queue *q, const w_vk_slot *slot, uint64_t groups, const w_vk_push *push)
{
    const w_vk_device *d = q->device;
    uint64_t x = W_MIN(groups, d->max_groups_x);
    d->vk.CmdPushConstants(slot->commands, d->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof *push,
                           push);
    d->vk.CmdDispatch(slot->commands, (uint32_t)x, (uint32_t)((groups + x - 1) / x), 1);
}

static uint64_t blocks_of(uint64_t count)
{
    return count ? (count + W_BLOCK - 1) / W_BLOCK : 1;
}

// The workspace of kernels/spv/reduce.comp, in words: the phases' results of each row where a later
// dispatch reads them, the states of the first level, those of the second; the third takes the
// first's place again.
typedef struct w_vk_space {
    uint64_t width, level[2], end; // words of a value; where levels begin
} w_vk_space;

static w_vk_space space_of(const w_desc *desc)
{
    const w_phases *phases = w_op_phases(desc->op);
    uint64_t first = blocks_of((uint64_t)desc->inner), second = blocks_of(first);
    uint64_t rows = (uint64_t)desc->outer;
    bool keeps = desc->op->family == W_ROW || (phases && phases->n > 1);
    w_vk_space s = {.width = desc->compute == W_CLASS_I64 || desc->compute == W_CLASS_F64 ? 2 : 1};
    s.level[0] = keeps ? rows * W_MAX_PHASES * s.width : 0;
    s.level[1] = s.level[0] + (first > 1 ? 2 * s.width * rows * first : 0);
    s.end = s.level[1] + (second > 1 ? 2 * s.width * rows * second : 0);
    return s;
}

// Values of k that one dispatch takes.
static int64_t chunk_of(const w_desc *desc)
{
    return desc->compute == W_CLASS_F64 ? CHUNK_F64 : CHUNK;
}

// Sums of a long k for an output that is narrower than they are.
static size_t sums_of(const w_desc *desc)
{
    size_t size = desc->compute == W_CLASS_F64 ? 8 : 4;
    bool narrow = weir_dtype_size(desc->out[0].dtype) < size;
    return narrow && desc->extent[desc->rank - 1] > chunk_of(desc) ? (size_t)desc->outer * size : 0;
}

static uint64_t value_words(const w_desc *desc)
{
    return space_of(desc).width;
}

static uint64_t scan_blocks(uint64_t count)
{
    return (count + W_SCAN_BLOCK - 1) / W_SCAN_BLOCK;
}

// The totals of every level but the elements' own.
static uint64_t scan_words(const w_desc *desc)
{
    uint64_t words = 0;
    for (uint64_t n = (uint64_t)desc->inner; n > W_SCAN_BLOCK;) {
        n = scan_blocks(n);
        words += n * (uint64_t)desc->outer * value_words(desc);
    }
    return words;
}

size_t w_vk_workspace(const w_desc *desc)
{
    if (desc->op->family == W_CONTRACT)
        return sums_of(desc);
    if (desc->op->family == W_SCAN)
        return (size_t)scan_words(desc) * 4;
    if (desc->op->family == W_HISTOGRAM)
        return (size_t)desc->outer * W_VALUES * 4;
    bool uses = desc->op->family == W_REDUCE || desc->op->family == W_ROW;
    return uses && !desc->empty ? (size_t)space_of(desc).end * 4 : 0;
}

static void between(const w_queue *q, const w_vk_slot *slot, uint32_t pass)
{
    if (pass)
        w_vk_barrier(q->device, slot->commands);
}

static weir_status too_many(const w_vk_device *d, uint64_t groups)
{
    uint64_t limit = W_MIN((uint64_t)d->max_groups_x * d->max_groups_y, UINT32_MAX);
    if (groups <= limit)
        return WEIR_OK;
    return w_fail(WEIR_UNAVAILABLE, "%s: %" PRIu64 " work-groups; it takes %" PRIu64,
                  d->base.info.id, groups, limit);
}

// Rows of few elements share the lanes of a work-group.
static uint32_t span_of(uint64_t count)
{
    uint32_t span = 1;
    while (span < W_LANES && span < count)
        span *= 2;
    return span;
}

static void bind_pipeline(const w_queue *q, const w_vk_slot *slot, VkPipeline pipeline)
{
    q->device->vk.CmdBindPipeline(slot->commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
}

// The passes of one phase: blocks to states, states to states, until each row has one.
static weir_status record_phase(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                                uint32_t space_skip, uint32_t *dispatches)
{
    uint64_t count = (uint64_t)desc->inner, outer = (uint64_t)desc->outer;
    w_vk_space space = space_of(desc);
    for (uint32_t pass = 0;; pass++) {
        uint64_t blocks = blocks_of(count);
        uint32_t span = span_of(count);
        uint64_t groups = (outer * blocks + W_LANES / span - 1) / (W_LANES / span);
        weir_status status = too_many(q->device, outer * blocks);
        if (status != WEIR_OK)
            return status;
        between(q, slot, (*dispatches)++);
        w_vk_push push = {.units = (uint32_t)(outer * blocks),
                          .pass = pass,
                          .count = (uint32_t)count,
                          .blocks = (uint32_t)blocks,
                          .source = (uint32_t)space.level[(pass + 1) % 2] + space_skip / 4,
                          .target = (uint32_t)space.level[pass % 2] + space_skip / 4,
                          .span = span,
                          .kept = space_skip / 4};
        w_vk_dispatch(q, slot, groups, &push);
        if (blocks == 1)
            return WEIR_OK;
        count = blocks;
    }
}

// Elements of the output that an invocation owns: those of a word, or a longer one, or one where
// words have several owners.
static uint64_t lanes_of(const w_desc *desc)
{
    return w_vk_owns_words(desc) ? W_MAX(4 / weir_dtype_size(desc->out[0].dtype), 1) : 1;
}

static weir_status record_whole(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                                uint32_t space_skip)
{
    uint64_t all = (uint64_t)desc->outer * (uint64_t)desc->inner;
    uint64_t units = (all + lanes_of(desc) - 1) / lanes_of(desc);
    weir_status status = too_many(q->device, all);
    if (status != WEIR_OK)
        return status;
    w_vk_push push = {
        .units = (uint32_t)units, .count = (uint32_t)all, .kept = space_skip / 4, .span = W_LANES};
    w_vk_dispatch(q, slot, (units + W_LANES - 1) / W_LANES, &push);
    return WEIR_OK;
}

static weir_status record_reduce(w_queue *q, const w_vk_slot *slot, const w_kernel *kernel,
                                 const w_desc *desc, uint32_t space_skip)
{
    weir_status status = WEIR_OK;
    uint32_t dispatches = 0;
    for (uint32_t k = 0; k < W_MAX_PHASES && kernel->pipeline[k] && status == WEIR_OK; k++) {
        bind_pipeline(q, slot, kernel->pipeline[k]);
        status = record_phase(q, slot, desc, space_skip, &dispatches);
    }
    if (!kernel->pipeline[W_VK_WHOLE] || status != WEIR_OK)
        return status;
    bind_pipeline(q, slot, kernel->pipeline[W_VK_WHOLE]);
    between(q, slot, dispatches);
    return record_whole(q, slot, desc, space_skip);
}

static weir_status record_contract(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                                   uint32_t space_skip)
{
    const int64_t *mnk = desc->extent + desc->rank - 3;
    uint64_t k = (uint64_t)mnk[2], chunk = (uint64_t)chunk_of(desc);
    uint64_t groups =
        (uint64_t)((mnk[0] + TILE - 1) / TILE) * (uint64_t)((mnk[1] + TILE - 1) / TILE);
    for (uint32_t i = 0; i + 3 < desc->rank; i++)
        groups *= (uint64_t)desc->extent[i];
    weir_status status = too_many(q->device, groups);
    if (status != WEIR_OK)
        return status;
    uint64_t from = 0;
    for (uint32_t pass = 0; pass == 0 || from < k; pass++) {
        between(q, slot, pass);
        w_vk_push push = {.units = (uint32_t)groups,
                          .pass = pass,
                          .count = (uint32_t)from,
                          .source = space_skip / 4,
                          .blocks = (uint32_t)W_MIN(from + chunk, k)};
        w_vk_dispatch(q, slot, groups, &push);
        from += chunk;
    }
    return WEIR_OK;
}

// One level of kernels/spv/scan.comp: the elements, or totals that begin at word `at`.
static weir_status record_level(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                                uint32_t level, uint64_t count, uint64_t at, bool totals_alone)
{
    enum { ABOVE = 1, TOTALS = 2, GROUP = 64 }; // as there
    uint64_t outer = (uint64_t)desc->outer, blocks = scan_blocks(count);
    uint64_t own = level ? outer * count * value_words(desc) : 0;
    weir_status status = too_many(q->device, outer * blocks);
    if (status != WEIR_OK)
        return status;
    w_vk_push push = {.units = (uint32_t)(outer * blocks),
                      .pass = (level ? ABOVE : 0) | (totals_alone ? TOTALS : 0),
                      .count = (uint32_t)count,
                      .source = (uint32_t)at,
                      .target = (uint32_t)(at + own)};
    w_vk_dispatch(q, slot, (outer * blocks + GROUP - 1) / GROUP, &push);
    return WEIR_OK;
}

// Up: totals of blocks, until a row has one block of them. Down: what each block comes to.
static weir_status record_scan(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                               uint32_t space_skip)
{
    enum { LEVELS = 5 }; // 2^31 elements have 4
    uint64_t count[LEVELS], at[LEVELS] = {space_skip / 4};
    uint32_t top = 0, dispatches = 0;
    count[0] = (uint64_t)desc->inner;
    weir_status status = too_many(q->device, (uint64_t)desc->outer * count[0]);
    while (count[top] > W_SCAN_BLOCK && status == WEIR_OK) {
        between(q, slot, dispatches++);
        status = record_level(q, slot, desc, top, count[top], at[top], true);
        count[top + 1] = scan_blocks(count[top]);
        at[top + 1] = at[top] + (top ? (uint64_t)desc->outer * count[top] * value_words(desc) : 0);
        top++;
    }
    for (uint32_t level = top + 1; level-- > 0 && status == WEIR_OK;) {
        between(q, slot, dispatches++);
        status = record_level(q, slot, desc, level, count[level], at[level], false);
    }
    return status;
}

static weir_status record_histogram(w_queue *q, const w_vk_slot *slot, const w_desc *desc,
                                    uint32_t space_skip)
{
    enum { GROUP = 128, PART = GROUP * 128 }; // as in kernels/spv/histogram.comp
    uint64_t outer = (uint64_t)desc->outer, parts = ((uint64_t)desc->inner + PART - 1) / PART;
    uint64_t values = (uint64_t)w_op_histogram_values(desc->op);
    parts = W_MAX(parts, 1);
    uint64_t units[] = {outer * W_VALUES, outer * parts, outer * values};
    for (uint32_t pass = 0; pass < W_COUNT(units); pass++) {
        uint64_t groups = pass == 1 ? units[pass] : (units[pass] + GROUP - 1) / GROUP;
        weir_status status = too_many(q->device, W_MAX(groups, units[pass]));
        if (status != WEIR_OK)
            return status;
        between(q, slot, pass);
        w_vk_push push = {.units = (uint32_t)units[pass],
                          .pass = pass,
                          .blocks = (uint32_t)parts,
                          .source = space_skip / 4,
                          .span = (uint32_t)values};
        w_vk_dispatch(q, slot, groups, &push);
    }
    return WEIR_OK;
}

static weir_status record(w_queue *q, const w_vk_slot *slot, const w_kernel *kernel,
                          const w_desc *desc, uint32_t space_skip)
{
    const w_vk_device *d = q->device;
    if (kernel->row->family == W_REDUCE || kernel->row->family == W_ROW)
        return record_reduce(q, slot, kernel, desc, space_skip);
    bind_pipeline(q, slot, kernel->pipeline[0]);
    if (kernel->row->family == W_CONTRACT)
        return record_contract(q, slot, desc, space_skip);
    if (kernel->row->family == W_SCAN)
        return record_scan(q, slot, desc, space_skip);
    if (kernel->row->family == W_HISTOGRAM)
        return record_histogram(q, slot, desc, space_skip);
    uint64_t units = ((uint64_t)desc->outer + lanes_of(desc) - 1) / lanes_of(desc);
    uint64_t groups = (units + kernel->row->group - 1) / kernel->row->group;
    weir_status status = too_many(d, groups);
    if (status == WEIR_OK)
        w_vk_dispatch(q, slot, groups, &(w_vk_push){.units = (uint32_t)units});
    return status;
}

// Operand number `number` of the parameter block. What the alignment of a binding put before it
// counts into the operand's offset. A constant is an element of the block itself, which
// w_vk_bind() binds where there is no view.
static weir_status place_operand(const w_vk_device *d, const w_operand *o, const w_binding *b,
                                 uint32_t number, uint32_t *words, w_vk_view *view)
{
    uint32_t place = W_P_OPERAND + W_P_OPERAND_WORDS * number;
    uint32_t size = (uint32_t)weir_dtype_size(o->dtype);
    if (o->tensor < 0) {
        words[place] = (place + 1 + W_P_AXES) * 4 / size;
        return WEIR_OK;
    }
    weir_status status = w_vk_view_of(d, b, view);
    if (status == WEIR_OK)
        words[place] += view->skip / size;
    return status;
}

static weir_status place(const w_vk_device *d, const w_args *args, uint32_t *words,
                         w_vk_view *views)
{
    const w_desc *desc = args->desc;
    weir_status status = w_desc_pack(desc, words);
    if (desc->op->family == W_MOVE)
        words[W_P_STEP] = !w_vk_owns_words(desc);
    for (uint32_t i = 0; i < desc->n_in && status == WEIR_OK; i++)
        status = place_operand(d, &desc->in[i], &args->in[i], i, words, &views[W_VK_IN + i]);
    if (status == WEIR_OK)
        status = place_operand(d, &desc->out[0], &args->out[0], W_MAX_IN, words, &views[W_VK_OUT]);
    size_t space = w_vk_workspace(desc);
    if (status != WEIR_OK || !space)
        return status;
    if (args->workspace.bytes < space)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: a workspace of %zu bytes; %zu are needed",
                      d->base.info.id, args->workspace.bytes, space);
    return w_vk_view_of(d, &args->workspace, &views[W_VK_SPACE]);
}

static void mark_used(const w_args *args, w_queue *q, uint64_t value)
{
    const w_desc *desc = args->desc;
    for (uint32_t i = 0; i < desc->n_in; i++)
        if (desc->in[i].tensor >= 0)
            w_vk_mem_used(args->in[i].mem, q, value);
    w_vk_mem_used(args->out[0].mem, q, value);
    if (args->workspace.mem)
        w_vk_mem_used(args->workspace.mem, q, value);
}

// What a chain's formulas take beside their operands, behind the parameter block.
static void put_numbers(const w_chain *chain, uint32_t *to)
{
    float numbers[W_CHAIN_ATTRS] = {0};
    _Static_assert((W_P_WORDS + W_CHAIN_ATTRS) * sizeof *to <= W_VK_PARAMETER_BYTES, "they fit");
    w_chain_numbers(chain, numbers);
    memcpy(to, numbers, sizeof numbers);
}

weir_status w_vk_launch(w_queue *q, w_kernel *kernel, const w_args *args, w_waits waits,
                        w_point *out_signal)
{
    w_vk_device *d = q->device;
    uint32_t words[W_P_WORDS];
    w_vk_view views[W_VK_BINDINGS] = {0};
    weir_status status = w_vk_alive(d);
    if (status == WEIR_OK)
        status = w_waits_foreign(waits, &q->timeline);
    if (status != WEIR_OK)
        return status;
    *out_signal = (w_point){NULL, 0};
    if (args->desc->empty)
        return WEIR_OK;
    status = place(d, args, words, views);
    w_vk_slot *slot;
    if (status == WEIR_OK)
        status = w_vk_begin(q, &slot);
    if (status != WEIR_OK)
        return status;
    memcpy(w_vk_slot_parameters(q, slot), words, sizeof words);
    if (kernel->chain)
        put_numbers(kernel->chain, (uint32_t *)w_vk_slot_parameters(q, slot) + W_P_WORDS);
    w_vk_bind(q, slot, views);
    status = record(q, slot, kernel, args->desc, views[W_VK_SPACE].skip);
    uint64_t value;
    status = w_vk_submit(q, slot, status, &value);
    if (status != WEIR_OK)
        return status;
    mark_used(args, q, value);
    *out_signal = (w_point){&q->timeline, value};
    return WEIR_OK;
}
