// SPDX-License-Identifier: Apache-2.0
//
// The profile: what the model knows of one device, in a file of its own, so that each device's
// figures can be read when that device comes up. Text, integers alone (no locale can bend them), at
// most 64 KiB, trusted in nothing: a file that is odd in any way is a miss, never an error.
//
//     weir-profile 1
//     key <what the figures depend on>
//     link up|down <latency, ps> <bytes per second>
//     curve <family> <class in the family> <work>:<ps> ...
//     ratio <operation> <class in the family> <work>:<parts of 65536> ...
//     end <FNV-1a 64 of all the bytes before this line, hexadecimal>
#ifndef W_PROFILE_H
#define W_PROFILE_H

#include "runtime/routing/cost.h"

enum { W_PROFILE_MAX = 64 * 1024, W_PROFILE_KEY = 768, W_PROFILE_PATH = 4096 };

// What the figures depend on, as one line of printable ASCII: CPU, ISA and threads, the device's
// id, UUID and driver, the canonical numbers. A profile with another key is another file.
typedef struct w_profile_key {
    char text[W_PROFILE_KEY];
} w_profile_key;

// `cpu` is device number 0 (its name and key count), `device` the one whose figures they are.
void w_profile_key_make(const w_device *cpu, const char *isa, uint32_t threads,
                        const w_device *device, w_profile_key *out_key);

// The folder of the profiles: `cache_dir`, or where it is NULL $XDG_CACHE_HOME/weir or
// $HOME/.cache/weir. Reads the environment: call it once, at context creation. Returns false, with
// `out` empty, where there is none ("" says so) or its path is too long.
bool w_profile_folder(const char *cache_dir, char out[W_PROFILE_PATH]);

// Reads the device's profile into the model; returns whether there was one. `folder` may be "" (a
// miss). Why a file that exists was not taken is logged.
bool w_profile_load(const w_host *host, const char *folder, const w_profile_key *key,
                    w_model *model, uint32_t device);
// Writes it, atomically; makes the folder (mode 0700, parents too). Writes nothing, and
// succeeds, where `folder` is "" or nothing was measured. Errors: WEIR_IO, WEIR_OUT_OF_MEMORY.
weir_status w_profile_save(const w_host *host, const char *folder, const w_profile_key *key,
                           const w_model *model, uint32_t device);

// The two halves without a file. w_profile_parse() takes `size` bytes that need no terminator
// and returns NULL and fills the model, or says what is odd and leaves the model alone (unless
// memory runs out). w_profile_print() returns the bytes written to `out`, at most W_PROFILE_MAX, or
// 0 where they do not fit.
const char *w_profile_parse(const char *text, size_t size, const w_profile_key *key, w_model *model,
                            uint32_t device);
size_t w_profile_print(const w_model *model, uint32_t device, const w_profile_key *key,
                       char out[W_PROFILE_MAX]);
// FNV-1a, 64 bits: of a file's last line, and of the key in a file's name.
uint64_t w_profile_hash(const char *bytes, size_t size);

#endif
