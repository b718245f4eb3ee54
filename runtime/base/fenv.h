// SPDX-License-Identifier: Apache-2.0
//
// The floating-point environment of a call: to nearest, no flush-to-zero, exceptions masked. In a
// header, for the few nanoseconds that a small call has.
#ifndef W_FENV_H
#define W_FENV_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

typedef uint64_t w_fenv;

// Sets it and returns the host's.
static inline w_fenv w_fenv_enter(void)
{
#if defined(__x86_64__)
    const uint32_t normal = 0x1f80, flags = 0x3f; // of MXCSR; the flags stay as they are
    uint32_t host = _mm_getcsr();
    if ((host & ~flags) != normal)
        _mm_setcsr(normal);
    return host;
#elif defined(__aarch64__)
    uint64_t control, flags;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("mrs %0, fpsr" : "=r"(flags));
    if (control)
        __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t)0));
    return control | flags << 32;
#else
#error "Weir knows x86-64 and AArch64; add this machine's floating-point control here"
#endif
}

// Restores the host's, exception flags included: those that our arithmetic raised go.
static inline void w_fenv_leave(w_fenv host)
{
#if defined(__x86_64__)
    _mm_setcsr((uint32_t)host);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpsr, %0" ::"r"(host >> 32));
    if ((uint32_t)host)
        __asm__ volatile("msr fpcr, %0" ::"r"(host & UINT32_MAX));
#endif
}

#endif
