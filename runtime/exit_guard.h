// SPDX-License-Identifier: Apache-2.0
//
// Keeps the process from tearing drivers down under a thread of ours. Vendor libraries register
// destructors when they are loaded; a host that calls exit() (or returns from main) while one of
// our threads is inside such a library would run them under it, and the process would die of a
// signal instead of ending with its own status. So: our threads, and the host's in our calls, enter
// the guard around driver calls; an exit handler, registered anew after every load so that it runs
// before the vendor's, waits until they have left, and lets none enter again. While a library is
// being loaded its first destructors already stand before our handler; exit() first runs the
// destructors of the calling thread's thread-local objects, so each host thread that wakes the
// drivers gets one, which waits. (A thread that never called Weir and calls exit() in those
// milliseconds is not covered.)
//
// This is the one piece of state that contexts share: exit() belongs to the process.
#ifndef W_EXIT_GUARD_H
#define W_EXIT_GUARD_H

#include <stdbool.h>

// Whose thread it is; where a stream's commands are run by one that waits for them, the waiting
// one's. One of the host's that ends waits for Weir's threads alone.
typedef enum w_exit_guard { W_OWN_THREAD, W_HOST_THREAD } w_exit_guard;

// False once the process is ending: the caller must not touch a driver. A thread may enter again
// that is inside; each time it leaves as it entered.
bool w_exit_guard_enter(w_exit_guard who);
void w_exit_guard_leave(w_exit_guard who);
// Registers the handler (again): before a library is loaded and after.
void w_exit_guard_renew(void);
// Whether a thread that wants to end the process waits for the guard: long work stops then.
bool w_exit_guard_wanted(w_exit_guard who);
// Gives the calling host thread its thread-local destructor, once.
void w_exit_guard_thread(void);

#endif
