/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FlThreadOwner:
 *
 * Says which thread an object belongs to, so that debug builds can assert it. Zero-filled: nobody's. The first thread
 * that checks it owns it until fl_thread_owner_release(), which the owner calls when it hands the object on. What
 * nobody thought of asserting is for build-aux/threads.sh to find.
 */
typedef struct
{
  GThread *thread; /* atomic */
} FlThreadOwner;

static inline gboolean
fl_thread_owner_check (FlThreadOwner *owner)
{
  GThread *self = g_thread_self ();

  return g_atomic_pointer_compare_and_exchange (&owner->thread, NULL, self)
         || g_atomic_pointer_get (&owner->thread) == self;
}

static inline void
fl_thread_owner_release (FlThreadOwner *owner)
{
  g_atomic_pointer_set (&owner->thread, NULL);
}

#ifdef NDEBUG
#define FL_ASSERT_OWNER(owner) G_STMT_START { } G_STMT_END
#define FL_ASSERT_MAIN()       G_STMT_START { } G_STMT_END
#define FL_ASSERT_WORKER()     G_STMT_START { } G_STMT_END
#else
/* The calling thread owns the object, or takes it now. */
#define FL_ASSERT_OWNER(owner) g_assert (fl_thread_owner_check (owner))
/* The calling thread runs the (thread-default) main context: properties, signals and widgets are allowed. */
#define FL_ASSERT_MAIN() g_assert (g_main_context_is_owner (g_main_context_get_thread_default () != NULL \
                                                            ? g_main_context_get_thread_default ()     \
                                                            : g_main_context_default ()))
/* The calling thread is a worker: waiting is allowed. */
#define FL_ASSERT_WORKER() g_assert (!g_main_context_is_owner (g_main_context_default ()))
#endif

G_END_DECLS
