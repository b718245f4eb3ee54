// SPDX-License-Identifier: Apache-2.0
// The public calls that say what the router would do.
#include "runtime/routing/explain.h"
#include "runtime/routing/route.h"

double weir_predict(weir_context *context, weir_op number, weir_residency residency, uint64_t n,
                    size_t device)
{
    const w_op *op = w_op_get(number);
    w_model *model = context ? w_context_model(context) : NULL;
    if (!model || !op || device >= W_MAX_DEVICES)
        return -1;
    w_fenv host = w_fenv_enter();
    w_problem problem;
    w_place place;
    double cost[W_MAX_DEVICES], predicted = -1;
    if (w_problem_make(op, WEIR_DTYPE_NONE, W_PLAIN, n, &problem) == WEIR_OK) {
        w_place_standard(&problem, residency, UINT32_C(1) << device, &place);
        w_route_costs(model, &problem.desc, &place, cost);
        predicted = cost[device];
    }
    w_fenv_leave(host);
    return predicted;
}

size_t weir_crossovers(weir_context *context, weir_op number, weir_residency residency,
                       int32_t device, weir_crossover *out, size_t capacity)
{
    const w_op *op = w_op_get(number);
    w_model *model = context ? w_context_model(context) : NULL;
    w_device *devices[W_MAX_DEVICES];
    if (!model || !op || device >= W_MAX_DEVICES || (!out && capacity))
        return 0;
    size_t count = W_MIN(w_context_devices(context, devices, W_MAX_DEVICES), (size_t)W_MAX_DEVICES);
    uint32_t up = (UINT32_C(1) << count) - 1;
    w_fenv host = w_fenv_enter();
    if (device > 0 && !w_route_knows(model, op, (uint32_t)device)) {
        w_fenv_leave(host);
        return 0;
    }
    uint32_t compared = device < 0 ? up : up & (1 | UINT32_C(1) << device);
    size_t found = w_route_crossovers(model, op, residency, compared, out, capacity);
    w_fenv_leave(host);
    return found;
}
