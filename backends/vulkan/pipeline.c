// SPDX-License-Identifier: Apache-2.0
// Rows and pipelines: which row of kernels.def runs a descriptor, and its pipeline, made once.
#include "backends/vulkan/vulkan.h"

#include <stddef.h>
#include <string.h>

static bool takes_class(w_vk_class class, w_class compute)
{
    static const w_vk_class classes[W_COMPUTE_CLASSES] = {[W_CLASS_F32] = W_VK_F32,
                                                          [W_CLASS_I32] = W_VK_I32,
                                                          [W_CLASS_I64] = W_VK_I64,
                                                          [W_CLASS_F64] = W_VK_F64};
    return class == classes[compute];
}

static bool takes(const w_vk_row *row, const w_desc *desc)
{
    weir_dtype out = desc->out[0].dtype;
    if ((desc->op->chain && row->family != W_MAP) || row->family != desc->op->family ||
        desc->n_out != 1)
        return false;
    switch (row->family) {
    case W_MAP:
    case W_REDUCE:
    case W_ROW:
    case W_SAMPLE:
    case W_SCAN:
        return takes_class(row->class, desc->compute);
    case W_CONTRACT:
        return desc->compute == W_CLASS_I32 ? row->class == W_VK_BYTES
                                            : takes_class(row->class, desc->compute);
    case W_GATHER:
    case W_HISTOGRAM:
        return true;
    default:
        return weir_dtype_size(out) == (size_t)1 << (row->class - W_VK_SIZE1);
    }
}

// Dense in the order of the iteration space. Of a GATHER's the output lacks the last axis.
static bool is_dense(const w_operand *o, const w_desc *desc)
{
    int64_t step = 1;
    for (uint32_t i = desc->rank - (desc->op->family == W_GATHER); i-- > 0; step *= desc->extent[i])
        if (desc->extent[i] != 1 && o->stride[i] != step)
            return false;
    return true;
}

// Dense in any order of the axes: the axis of each step is there, and leads to the next.
static bool is_dense_anyhow(const w_operand *o, const w_desc *desc)
{
    int64_t step = 1;
    uint32_t found = 0, axes = 0;
    for (uint32_t i = 0; i < desc->rank; i++) {
        axes += desc->extent[i] != 1;
        for (uint32_t axis = 0; axis < desc->rank; axis++)
            if (desc->extent[axis] != 1 && o->stride[axis] == step) {
                step *= desc->extent[axis];
                found++;
            }
    }
    return found >= axes;
}

// REDUCE, CONTRACT, SCAN and HISTOGRAM write elements one by one; a ROW's space has the reduced
// axes last, wherever they are in the output.
bool w_vk_owns_words(const w_desc *desc)
{
    const w_operand *o = &desc->out[0];
    w_family family = desc->op->family;
    int64_t size = (int64_t)weir_dtype_size(o->dtype);
    if (size >= 4 || family == W_REDUCE || family == W_CONTRACT || family == W_SCAN ||
        family == W_HISTOGRAM)
        return true;
    return o->offset * size % 4 == 0 &&
           (family == W_ROW ? is_dense_anyhow(o, desc) : is_dense(o, desc));
}

static const char *why_not(const w_vk_device *d, const w_vk_row *row)
{
    if ((row->class == W_VK_I64 || row->class == W_VK_F64) && !d->int64)
        return "the device has no 64-bit integers";
    if (row->class == W_VK_F64 && !d->float64)
        return "the device has no f64";
    return row->arithmetic && d->probe.why_no_float[0] ? d->probe.why_no_float : NULL;
}

bool w_vk_row_at(w_device *device, size_t i, const char **out_name, const char **out_why_not)
{
    if (i >= w_vk_row_count)
        return false;
    *out_name = w_vk_rows[i].name;
    *out_why_not = why_not((w_vk_device *)device, &w_vk_rows[i]);
    return true;
}

static weir_status make_module(w_vk_device *d, const uint32_t *words, size_t count, uint32_t op,
                               VkShaderModule *out_module)
{
    size_t prepared_count;
    uint32_t *prepared;
    weir_status status =
        w_spirv_prepare(d->base.host, words, count, &d->modes, op, &prepared, &prepared_count);
    if (status != WEIR_OK)
        return status;
    VkShaderModuleCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                     .codeSize = prepared_count * sizeof *prepared,
                                     .pCode = prepared};
    VkResult result = d->vk.CreateShaderModule(d->handle, &info, NULL, out_module);
    w_release(d->base.host, prepared, prepared_count * sizeof *prepared);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkCreateShaderModule");
}

weir_status w_vk_pipeline(w_vk_device *d, w_vk_module module, const w_vk_special *special,
                          VkPipeline *out_pipeline)
{
    size_t count;
    const uint32_t *words = w_vk_module_words(module, &count, NULL);
    return w_vk_pipeline_of(d, words, count, special, out_pipeline);
}

weir_status w_vk_pipeline_of(w_vk_device *d, const uint32_t *words, size_t count,
                             const w_vk_special *special, VkPipeline *out_pipeline)
{
    VkShaderModule shader;
    weir_status status = make_module(d, words, count, special->op, &shader);
    if (status != WEIR_OK)
        return status;
    // The words of w_vk_special, in their order.
    static const uint32_t ids[] = {
        0, 1, W_SPIRV_OPERATION, 20, 21, 22, 23, 24, 25, 26, 27, 15, 16, 17, 18, 19, 11, 12};
    _Static_assert(sizeof ids == sizeof *special, "an id for every constant");
    VkSpecializationMapEntry entries[W_COUNT(ids)];
    for (uint32_t i = 0; i < W_COUNT(ids); i++)
        entries[i] = (VkSpecializationMapEntry){ids[i], i * 4, 4};
    VkSpecializationInfo constants = {W_COUNT(ids), entries, sizeof *special, special};
    VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = shader,
                  .pName = "main",
                  .pSpecializationInfo = &constants},
        .layout = d->layout};
    VkResult result =
        d->vk.CreateComputePipelines(d->handle, d->cache, 1, &info, NULL, out_pipeline);
    d->vk.DestroyShaderModule(d->handle, shader, NULL);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkCreateComputePipelines");
}

static w_vk_special specialize(const w_vk_device *d, const w_desc *desc)
{
    w_vk_special s = {
        .fma = d->probe.fma_mode, .div = d->probe.div_mode, .unroll = !d->base.info.software};
    if (desc->op->family == W_MOVE) {
        s.size = (uint32_t)weir_dtype_size(desc->out[0].dtype);
        return s;
    }
    if (desc->op->family == W_GATHER) {
        s.size = (uint32_t)weir_dtype_size(desc->out[0].dtype);
        s.in[1] = (uint32_t)desc->in[1].dtype;
        return s;
    }
    s.op = desc->op->number;
    if (desc->op->family == W_CONTRACT) // what follows it; 0 would keep the code of every operation
        s.op = desc->activation ? desc->activation->number : UINT32_MAX;
    s.n_in = desc->n_in;
    for (uint32_t i = 0; i < desc->n_in; i++)
        s.in[i] = (uint32_t)desc->in[i].dtype;
    s.out = (uint32_t)desc->out[0].dtype;
    s.flat = desc->op->family == W_MAP ? desc->rank <= 1 : desc->reduced == 1;
    return s;
}

static weir_status make_pipelines(w_vk_device *d, w_kernel *kernel)
{
    if (kernel->chain)
        return w_vk_chain_pipeline(d, kernel->chain, &kernel->special, &kernel->pipeline[0]);
    const w_op *op = w_op_get((weir_op)kernel->special.op);
    const w_phases *phases = op ? w_op_phases(op) : NULL;
    w_vk_module module = kernel->special.fma ? kernel->row->module_f64 : kernel->row->module;
    uint32_t n = phases ? phases->n : 1;
    w_vk_special special = kernel->special;
    weir_status status = WEIR_OK;
    for (uint32_t k = 0; k < n && status == WEIR_OK; k++) {
        special.phase = k;
        special.last = kernel->row->family == W_REDUCE && k + 1 == n;
        status = w_vk_pipeline(d, module, &special, &kernel->pipeline[k]);
    }
    special.phase = W_VK_WHOLE;
    if (kernel->row->family == W_ROW && status == WEIR_OK)
        status = w_vk_pipeline(d, module, &special, &kernel->pipeline[W_VK_WHOLE]);
    return status;
}

void w_vk_kernel_free(w_vk_device *d, w_kernel *kernel)
{
    for (uint32_t i = 0; i < W_VK_PIPELINES; i++)
        d->vk.DestroyPipeline(d->handle, kernel->pipeline[i], NULL);
    w_chain_release(kernel->chain);
    w_release(d->base.host, kernel, sizeof *kernel);
}

static weir_status make_kernel(w_vk_device *d, const w_vk_row *row, const w_vk_special *special,
                               const w_chain *chain, w_kernel **out_kernel)
{
    w_kernel *kernel = w_alloc_zeroed(d->base.host, sizeof *kernel);
    if (!kernel)
        return WEIR_OUT_OF_MEMORY;
    kernel->info.row = row->name;
    kernel->row = row;
    kernel->special = *special;
    kernel->chain = chain;
    w_chain_retain(chain);
    weir_status status = make_pipelines(d, kernel);
    if (status != WEIR_OK) {
        w_vk_kernel_free(d, kernel);
        return w_fail_in(status, row->name);
    }
    kernel->next = d->kernels;
    *out_kernel = d->kernels = kernel;
    return WEIR_OK;
}

static weir_status find_row(const w_vk_device *d, const w_desc *desc, const w_vk_row **out_row)
{
    const char *why = NULL;
    for (size_t i = 0; i < w_vk_row_count; i++) {
        const w_vk_row *row = &w_vk_rows[i];
        if (!takes(row, desc))
            continue;
        if (w_desc_by_library(desc)) {
            why = "in f64 it is computed on the CPU alone";
            continue;
        }
        const w_chain *chain = desc->op->chain;
        why = chain ? w_vk_why_no_chain(d, chain) : why_not(d, row);
        if (!why) {
            *out_row = row;
            return WEIR_OK;
        }
    }
    return w_fail(WEIR_UNAVAILABLE, "%s: no kernel for %s from %s to %s%s%s", d->base.info.id,
                  desc->op->name, weir_dtype_name(desc->in[0].dtype),
                  weir_dtype_name(desc->out[0].dtype), why ? ": " : "", why ? why : "");
}

weir_status w_vk_prepare(w_device *device, const w_desc *desc, w_kernel **out_kernel,
                         size_t *out_workspace)
{
    w_vk_device *d = (w_vk_device *)device;
    const w_vk_row *row = NULL;
    uint32_t words[W_P_WORDS];
    weir_status status = w_vk_alive(d);
    if (status == WEIR_OK)
        status = find_row(d, desc, &row);
    if (status == WEIR_OK)
        status = w_desc_pack(desc, words);
    if (status != WEIR_OK)
        return status;
    if (desc->op->family != W_MOVE && !w_vk_owns_words(desc))
        return w_fail(WEIR_UNAVAILABLE, "%s: %s writes %s only into a dense output",
                      d->base.info.id, row->name, weir_dtype_name(desc->out[0].dtype));
    *out_workspace = w_vk_workspace(desc);
    w_vk_special special = specialize(d, desc);
    pthread_mutex_lock(&d->kernels_lock);
    w_kernel *kernel = d->kernels;
    const w_chain *chain = desc->op->chain;
    while (kernel && (kernel->row != row || memcmp(&kernel->special, &special, sizeof special) ||
                      !w_chain_same(kernel->chain, chain)))
        kernel = kernel->next;
    if (!kernel)
        status = make_kernel(d, row, &special, chain, &kernel);
    pthread_mutex_unlock(&d->kernels_lock);
    *out_kernel = kernel;
    return status;
}
