/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window stays live while a job runs: what its main loop does at a time, what it costs, and what it keeps. Measured
 * in processor time, which a busy machine does not stretch. */
#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fl-sim-transport.h"
#include "fl-ui.h"
#include "fl-widget-test.h"
#include "fl-window-private.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED TRUE
#elif defined(__has_feature)
#define SANITIZED __has_feature (address_sanitizer)
#else
#define SANITIZED FALSE
#endif

#define FRAME_US    50000 /* no longer may the main loop be busy at a time */
#define MAX_LOAD    0.05  /* of one processor, at 115200: the window and the worker together */
#define MAX_GROWTH  (50 * 1024 * 1024)
#define MAX_FRAMES  6    /* a second that are drawn: what a bar and a map need */
#define MAX_WAKES   1000 /* a second of the worker: each byte by itself would be 5000 */
#define MORE_FRAMES 100  /* while one page fades into another */
#define NOISE       3    /* a busy machine's caches, and sanitizers, cost processor time too */
#define SMALL_IMAGE (48 * 1024)
#define LARGE_IMAGE (2 * 1024 * 1024)
#define LOOK_US     250000
#define PATIENCE_US (280 * G_USEC_PER_SEC)

/* What the main loop did between two waits, in µs of its thread's processor time. */
static GArray *turns;
static guint n_frames;
static gint64 turn_began;

typedef struct
{
  GtkWidget *window; /* weak */
  char *folder;
  char *file;
  char *port;
  GSubprocess *board; /* in another process; NULL: none */
} Fixture;

/* What the program's threads have taken. */
typedef struct
{
  gint64 main_us, all_us;      /* processor time */
  glong main_wakes, all_wakes; /* how often they slept and were woken */
} Toll;

static gint64
get_cpu_time (clockid_t clock)
{
  struct timespec now;

  g_assert_cmpint (clock_gettime (clock, &now), ==, 0);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static Toll
get_toll (void)
{
  struct rusage main_usage, all_usage;

  g_assert_cmpint (getrusage (RUSAGE_THREAD, &main_usage), ==, 0);
  g_assert_cmpint (getrusage (RUSAGE_SELF, &all_usage), ==, 0);
  return (Toll){ .main_us = get_cpu_time (CLOCK_THREAD_CPUTIME_ID),
                 .all_us = get_cpu_time (CLOCK_PROCESS_CPUTIME_ID),
                 .main_wakes = main_usage.ru_nvcsw,
                 .all_wakes = all_usage.ru_nvcsw };
}

static int
watched_poll (GPollFD *fds, guint n_fds, int timeout)
{
  gint64 turn = get_cpu_time (CLOCK_THREAD_CPUTIME_ID) - turn_began;
  int n;

  g_array_append_val (turns, turn);
  n = g_poll (fds, n_fds, timeout);
  turn_began = get_cpu_time (CLOCK_THREAD_CPUTIME_ID);
  return n;
}

static gsize
get_memory (void)
{
  g_autofree char *text = NULL;
  gsize total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%zu %zu", &total, &resident), ==, 2);
  return resident * (gsize) sysconf (_SC_PAGESIZE);
}

/* A program for a small STM32, as far as anybody can tell. */
static void
make_file (Fixture *fixture, gsize size)
{
  g_autofree guint8 *image = g_malloc (size);
  const guint32 vectors[] = { GUINT32_TO_LE (0x20001800), GUINT32_TO_LE (0x08000101) };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    image[i] = (guint8) g_rand_int (random);
  memcpy (image, vectors, sizeof vectors);
  g_file_set_contents (fixture->file, (const char *) image, (gssize) size, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_settings_reset (fl_ui_get_settings (), "binary-address");
  fixture->folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "blink.bin", NULL);
  fixture->port = g_build_filename (fixture->folder, "board", NULL);
  g_set_weak_pointer (&fixture->window, fl_window_new (NULL));
}

/* A board that takes nothing of this process's time. */
static void
start_board (Fixture *fixture)
{
  g_autoptr (GDataInputStream) said = NULL;
  g_autofree char *ready = NULL;
  g_autoptr (GError) error = NULL;

  fixture->board = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("FL_SIMULATOR"), "--pty",
                                     fixture->port, "--device", "0x460", NULL);
  g_assert_no_error (error);
  said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->board));
  ready = g_data_input_stream_read_line (said, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (ready, "ready "));
}

static void
end_board (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  if (fixture->board == NULL)
    return;
  g_subprocess_send_signal (fixture->board, SIGTERM);
  g_assert_true (g_subprocess_wait_check (fixture->board, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->board);
}

static gboolean
is_closed (gpointer user_data)
{
  return *(GtkWidget **) user_data == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fl_widget_test_wait (is_closed, &fixture->window);
  end_board (fixture);
  g_unlink (fixture->file);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->file);
  g_free (fixture->port);
}

static GtkWidget *
wait_for (Fixture *fixture, GType type, const char *text)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  GtkWidget *widget;

  while ((widget = fl_widget_test_find (fixture->window, type, text)) == NULL || !gtk_widget_is_sensitive (widget))
    {
      gint64 next = g_get_monotonic_time () + LOOK_US;

      /* To look costs as much as a few frames: it is not done after each turn. */
      g_assert_cmpint (next, <, deadline);
      while (g_get_monotonic_time () < next)
        g_main_context_iteration (NULL, TRUE);
    }
  return widget;
}

static void
press (Fixture *fixture, const char *label)
{
  g_signal_emit_by_name (wait_for (fixture, GTK_TYPE_BUTTON, label), "clicked");
}

/* Up to the button that programs. */
static void
prepare (Fixture *fixture, const char *port, gsize size)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->file);

  make_file (fixture, size);
  fl_window_choose_port (FL_WINDOW (fixture->window), port);
  gtk_window_present (GTK_WINDOW (fixture->window));
  press (fixture, "_Connect");
  press (fixture, "Choose _firmware");
  fl_window_open (FL_WINDOW (fixture->window), file);
  wait_for (fixture, GTK_TYPE_BUTTON, "_Program");
  fl_widget_test_settle (fixture->window);
}

static int
compare_turns (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
painted_cb (GdkFrameClock *clock, gpointer user_data)
{
  n_frames++;
}

/* Programs, and looks at the main loop meanwhile. Returns the seconds that took. */
static double
program (Fixture *fixture)
{
  gint64 began = g_get_monotonic_time ();
  GdkFrameClock *clock = gtk_widget_get_frame_clock (fixture->window);
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), NULL);

  n_frames = 0;
  g_array_set_size (turns, 0);
  press (fixture, "_Program");
  wait_for (fixture, GTK_TYPE_LABEL, "Programmed and verified");
  g_signal_handler_disconnect (clock, handler);
  g_array_sort (turns, compare_turns);
  return (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
}

static gint64
get_turn (double part)
{
  return g_array_index (turns, gint64, (guint) (part * (turns->len - 1)));
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  Toll before, after;
  double seconds, main_load, all_load, main_wakes, worker_wakes;

  start_board (fixture);
  prepare (fixture, fixture->port, SMALL_IMAGE);
  before = get_toll ();
  seconds = program (fixture);
  after = get_toll ();
  main_load = (double) (after.main_us - before.main_us) / G_USEC_PER_SEC / seconds;
  all_load = (double) (after.all_us - before.all_us) / G_USEC_PER_SEC / seconds;
  main_wakes = (double) (after.main_wakes - before.main_wakes) / seconds;
  worker_wakes = (double) (after.all_wakes - before.all_wakes) / seconds - main_wakes;
  g_test_message ("%.1f s: the window %.1f %%, with the worker %.1f %%; %u turns: median %.1f ms, 99 %% %.1f ms, "
                  "longest %.1f ms; %u frames; woken %.0f times a second, the worker %.0f times",
                  seconds, 100 * main_load, 100 * all_load, turns->len, (double) get_turn (0.5) / 1000,
                  (double) get_turn (0.99) / 1000, (double) get_turn (1) / 1000, n_frames, main_wakes, worker_wakes);
  g_assert_cmpint (get_turn (0.99), <, FRAME_US);
  g_assert_cmpint (get_turn (1), <, NOISE * FRAME_US);
  g_assert_cmpuint (n_frames, <, (guint) (MAX_FRAMES * seconds) + MORE_FRAMES);
  g_assert_cmpfloat (worker_wakes, <, MAX_WAKES);
  g_assert_cmpfloat (all_load, <, NOISE * MAX_LOAD);
}

static void
test_memory (Fixture *fixture, gconstpointer data)
{
  gsize before, after;
  double seconds;

  prepare (fixture, "sim:0x419,flash=2048", LARGE_IMAGE);
  before = get_memory ();
  seconds = program (fixture);
  after = get_memory ();
  g_test_message ("%.1f s: %.1f MiB before, %.1f MiB after; %u turns: median %.1f ms, 99 %% %.1f ms, longest %.1f ms",
                  seconds, (double) before / 1048576, (double) after / 1048576, turns->len,
                  (double) get_turn (0.5) / 1000, (double) get_turn (0.99) / 1000, (double) get_turn (1) / 1000);
  g_assert_cmpuint (after, <, before + MAX_GROWTH);
  g_assert_cmpint (get_turn (0.99), <, FRAME_US);
}

/* A file as a compiler writes it, which takes a while to read. */
static void
make_text_file (Fixture *fixture)
{
  g_autofree char *data = NULL;
  gsize length;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  make_file (fixture, LARGE_IMAGE);
  g_assert_true (g_file_get_contents (fixture->file, &data, &length, &error));
  g_assert_no_error (error);
  bytes = g_bytes_new_take (g_steal_pointer (&data), length);
  fl_image_save (fixture->file, FL_IMAGE_IHEX, 0x08000000, bytes, &error);
  g_assert_no_error (error);
}

/* A large file is read, and read again in mid-job when it changes: the window does not stand still for it. */
static void
test_reload (Fixture *fixture, gconstpointer data)
{
  FlFirmware *firmware = FL_WINDOW (fixture->window)->firmware;
  g_autoptr (GDateTime) read_before = NULL;

  prepare (fixture, "sim:0x419,flash=2048,clock=real", SMALL_IMAGE);
  press (fixture, "_Program");
  wait_for (fixture, GTK_TYPE_BUTTON, "_Cancel");
  while (gtk_stack_get_transition_running (FL_WINDOW (fixture->window)->pages))
    g_main_context_iteration (NULL, TRUE);
  fl_widget_test_settle (fixture->window);
  read_before = g_date_time_ref (fl_firmware_get_read_time (firmware));
  make_text_file (fixture);
  g_array_set_size (turns, 0);
  turn_began = get_cpu_time (CLOCK_THREAD_CPUTIME_ID);
  while (fl_firmware_is_loading (firmware) || fl_firmware_get_read_time (firmware) == read_before)
    g_main_context_iteration (NULL, TRUE);
  fl_widget_test_settle (fixture->window); /* a turn ends with the next one */
  g_array_sort (turns, compare_turns);
  g_test_message ("%u turns, longest %.1f ms", turns->len, (double) get_turn (1) / 1000);
  g_assert_cmpuint (fl_image_get_size (fl_firmware_get_image (firmware)), ==, LARGE_IMAGE);
  g_assert_cmpint (get_turn (1), <, SANITIZED ? NOISE * FRAME_US : FRAME_US);
  press (fixture, "_Cancel");
  wait_for (fixture, GTK_TYPE_LABEL, "Cancelled");
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  adw_init ();
  fl_sim_register ();
  turns = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_main_context_set_poll_func (NULL, watched_poll);
  g_test_add ("/live/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/live/reload", Fixture, NULL, set_up, test_reload, tear_down);
  if (!SANITIZED) /* AddressSanitizer keeps what was freed: no figure of its would mean anything */
    g_test_add ("/live/memory", Fixture, NULL, set_up, test_memory, tear_down);
  return g_test_run ();
}
