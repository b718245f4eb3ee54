// SPDX-License-Identifier: Apache-2.0
//
// One figure: a problem on several devices, or a link, timed through the device interface.
#ifndef W_MEASURE_H
#define W_MEASURE_H

#include "runtime/device.h"
#include "runtime/routing/cost.h"
#include "runtime/routing/problem.h"

// A device under measurement.
typedef struct w_subject {
    w_device *device;
    w_queue *queue;
    bool out;         // failed: it is left alone from now on
    uint64_t cold_ns; // of the last problem: to prepare the kernel and to run it once
    bool hung; // its work did not end in time: queue and memory stay as they are, for they are in
               // use
} w_subject;

// Between two samples the measurement asks whether to go on, with w_now().
typedef struct w_pace {
    bool (*go_on)(void *user, uint64_t now);
    void *user;
    uint64_t patience; // a launch that has not ended at this time counts as hung
} w_pace;

// Opens and closes the subject's queue. A device that cannot open one is out.
void w_subject_open(w_subject *subject, w_device *device);
void w_subject_close(w_subject *subject);

// Times the problem on each subject whose bit is set in `which`, interleaved, data
// resident. out_ns[i] receives nanoseconds, 0 where subject i gave no figure. A subject that has no
// kernel for it (`out_without`) or no memory gives none; one that fails is out. `host_run` says
// that subject 0 takes host pointers. Returns false when it was told not to go on: no figure
// counts.
bool w_measure_problem(const w_host *host, w_subject *subjects, uint32_t count, uint32_t which,
                       const w_problem *problem, const w_pace *pace, double *out_ns,
                       uint32_t *out_without);
// Times copies of several sizes and fits latency and bandwidth. Returns false when it was told not
// to go on; out_links (up, down) hold zeros where there is no figure.
bool w_measure_links(const w_host *host, w_subject *subject, const w_pace *pace,
                     w_link out_links[2]);

#endif
