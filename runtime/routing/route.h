// SPDX-License-Identifier: Apache-2.0
//
// The choice: which device an operation runs on, by predicted cost.
//
// Cost of a candidate = wait for its queue + the copies that are missing there + its kernel, and
// the copy back where the output is wanted on the host. The least wins, but the CPU keeps what a
// device would not finish in W_ROUTE_MARGIN of its time, so that noise cannot move work away.
#ifndef W_ROUTE_H
#define W_ROUTE_H

#include "runtime/routing/cost.h"
#include "runtime/routing/problem.h"

#define W_ROUTE_MARGIN 0.9

// Where an operation's data is. Bit 0 of a mask is the host, bit d device number d.
typedef struct w_place {
    uint32_t eligible; // devices that may run it: up, verified for it, not lost
    uint32_t n_in;
    struct {
        uint64_t bytes;
        uint32_t valid;    // the memories that hold its value
    } in[W_MAX_IN];        // each distinct tensor once; constants left out
    uint64_t out_bytes;    // of the outputs that are wanted on the host at once; 0: they stay
    uint32_t n_out;        // how many outputs those bytes are
    const double *wait_ns; // for each device, how long its queue is busy; NULL: all are idle
} w_place;

// The device to run on. The CPU (0) where its own time is not known, and where nothing else was
// measured; where the CPU is not eligible, the cheapest measured, else the lowest that is eligible.
// Some ten nanoseconds, a few where the CPU is the only candidate.
uint32_t w_route(const w_model *model, const w_desc *desc, const w_place *place);
// The predicted nanoseconds of each device, negative where it is not eligible or not measured.
void w_route_costs(const w_model *model, const w_desc *desc, const w_place *place,
                   double out_cost[W_MAX_DEVICES]);

// The intervals of n in which a device wins, over the sizes that were measured, for the standard
// problem of an operation (problem.h): ascending, the first from 1. Only the devices in `eligible`
// are compared. Writes at most `capacity` and returns how many there are; 0 where the operation
// was not measured. A change is found where it outlasts a quarter of an octave.
size_t w_route_crossovers(const w_model *model, const w_op *op, weir_residency residency,
                          uint32_t eligible, weir_crossover *out, size_t capacity);

// Whether the device was measured at two sizes or more, without which its curve is a guess.
bool w_route_knows(const w_model *model, const w_op *op, uint32_t device);

// What w_place says of a standard problem with its data on the host, and its output wanted there,
// or resident on every candidate.
void w_place_standard(const w_problem *problem, weir_residency residency, uint32_t eligible,
                      w_place *out);

#endif
