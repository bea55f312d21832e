/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is handed from thread to thread, once in each way that this project knows, and once in a wrong one. By this
 * build-aux/threads.sh sees that ThreadSanitizer reports nothing but what is wrong: truth CASE. */
#include <gio/gio.h>

#define N_ROUNDS 1000

static int value; /* what is handed over: never itself atomic */
static GMutex lock;
static GCond cond;
static gboolean ready;
static GAsyncQueue *queue;
static GMainLoop *loop;

static gpointer
add_locked_thread (gpointer data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    {
      g_mutex_lock (&lock);
      value++;
      g_mutex_unlock (&lock);
    }
  return NULL;
}

static gpointer
add_bare_thread (gpointer data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    value++;
  return NULL;
}

static void
in_two_threads (GThreadFunc func)
{
  g_autoptr (GThread) thread = g_thread_new ("other", func, NULL);

  func (NULL);
  g_thread_join (g_steal_pointer (&thread));
}

static void
case_mutex (void)
{
  in_two_threads (add_locked_thread);
}

static void
case_bare (void)
{
  in_two_threads (add_bare_thread);
}

/* What is locked where it is written, and read without the lock. */
static void
case_half (void)
{
  g_autoptr (GThread) thread = g_thread_new ("other", add_locked_thread, NULL);
  int seen = value;

  g_thread_join (g_steal_pointer (&thread));
  g_assert_cmpint (seen, <=, N_ROUNDS);
}

static void
case_join (void)
{
  value = 1;
  g_thread_join (g_thread_new ("other", add_bare_thread, NULL));
  g_assert_cmpint (value, ==, N_ROUNDS + 1);
}

static gpointer
signal_thread (gpointer data)
{
  value = 7;
  g_mutex_lock (&lock);
  ready = TRUE;
  g_cond_signal (&cond);
  g_mutex_unlock (&lock);
  return NULL;
}

static void
case_cond (void)
{
  g_autoptr (GThread) thread = g_thread_new ("other", signal_thread, NULL);

  g_mutex_lock (&lock);
  while (!ready)
    g_cond_wait (&cond, &lock);
  g_mutex_unlock (&lock);
  g_assert_cmpint (value, ==, 7);
  value = 0;
  g_thread_join (g_steal_pointer (&thread));
}

/* Takes its time, so that the other thread comes while it is being made. */
static gpointer
make_once (gpointer data)
{
  g_usleep (G_USEC_PER_SEC / 20);
  return g_memdup2 (&(int){ 7 }, sizeof (int));
}

static gpointer
once_thread (gpointer data)
{
  static GOnce once = G_ONCE_INIT;
  const int *made = g_once (&once, make_once, NULL);

  g_assert_cmpint (*made, ==, 7);
  return NULL;
}

static void
case_once (void)
{
  in_two_threads (once_thread);
}

static gpointer
atomic_thread (gpointer data)
{
  static gpointer published;
  int *mine = g_new (int, 1);
  const int *first;

  *mine = 7;
  if (!g_atomic_pointer_compare_and_exchange (&published, NULL, mine))
    g_free (mine);
  first = g_atomic_pointer_get (&published);
  g_assert_cmpint (*first, ==, 7);
  return NULL;
}

static void
case_atomic (void)
{
  in_two_threads (atomic_thread);
}

static gpointer
push_thread (gpointer data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    {
      int *item = g_new (int, 1);

      *item = i;
      g_async_queue_push (queue, item);
    }
  return NULL;
}

static void
case_queue (void)
{
  g_autoptr (GThread) thread = NULL;

  queue = g_async_queue_new ();
  thread = g_thread_new ("other", push_thread, NULL);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      g_autofree int *item = g_async_queue_timeout_pop (queue, G_USEC_PER_SEC * 60);

      g_assert_cmpint (*item, ==, i);
    }
  g_thread_join (g_steal_pointer (&thread));
  g_async_queue_unref (queue);
}

static void
pool_func (gpointer item, gpointer data)
{
  ++*(int *) item;
}

static void
case_pool (void)
{
  int items[8] = { 0 };
  GThreadPool *pool = g_thread_pool_new (pool_func, NULL, 4, FALSE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    g_thread_pool_push (pool, &items[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    g_assert_cmpint (items[i], ==, 1);
}

static void
task_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  value++;
  g_task_return_pointer (task, g_bytes_new (task_data, 3), (GDestroyNotify) g_bytes_unref);
}

static void
task_cb (GObject *source_object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "abc", 3);
  g_assert_cmpint (value, ==, 8);
  value = 0;
  g_main_loop_quit (loop);
}

static void
case_task (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, task_cb, NULL);

  value = 7;
  g_task_set_task_data (task, g_strdup ("abc"), g_free);
  g_task_run_in_thread (task, task_thread);
  g_clear_object (&task);
  g_main_loop_run (loop);
}

static gboolean
arrived_cb (gpointer data)
{
  g_autofree int *item = data;

  g_assert_cmpint (*item, ==, value++);
  if (value == N_ROUNDS)
    g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gpointer
invoke_thread (gpointer data)
{
  for (int i = 0; i < N_ROUNDS; i++)
    g_main_context_invoke (NULL, arrived_cb, g_memdup2 (&i, sizeof i));
  return NULL;
}

static void
case_invoke (void)
{
  g_autoptr (GThread) thread = NULL;

  /* A context that nobody owns is taken by the thread that invokes. */
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("other", invoke_thread, NULL);
  g_main_loop_run (loop);
  g_main_context_release (NULL);
  g_thread_join (g_steal_pointer (&thread));
}

static const struct
{
  const char *name;
  void (*run) (void);
} cases[] = {
  { "atomic", case_atomic }, { "bare", case_bare },   { "cond", case_cond },   { "half", case_half },
  { "invoke", case_invoke }, { "join", case_join },   { "mutex", case_mutex }, { "once", case_once },
  { "pool", case_pool },     { "queue", case_queue }, { "task", case_task },
};

int
main (int argc, char **argv)
{
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (cases); i++)
    if (g_str_equal (argv[1], cases[i].name))
      {
        loop = g_main_loop_new (NULL, FALSE);
        cases[i].run ();
        g_main_loop_unref (loop);
        return 0;
      }
  g_printerr ("There is no such case.\n");
  return 2;
}
