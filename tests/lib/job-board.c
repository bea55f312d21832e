/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-board.h"

#include "fl-connect-job.h"
#include "fl-sim-transport.h"
#include "job-wire.h"

/* The board that "board:" opens: there is one at a time in a test. */
static JobBoard *plugged;

static FlTransport *
open_plugged (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_autoptr (FlTransport) inner = fl_sim_transport_new (plugged->board, settings, FALSE);

  return job_wire_new (inner, plugged);
}

FlConnectOptions *
job_board_options (void)
{
  return fl_connect_options_new ("board:under-test");
}

/* Plugs in a board; its session waits for a connect job. */
JobBoard *
job_board_new (const char *config)
{
  JobBoard *self = g_new0 (JobBoard, 1);
  g_autoptr (FlSimConfig) parsed = NULL;
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (GError) error = NULL;

  fl_transport_register_scheme ("board", open_plugged);
  parsed = fl_sim_config_parse (config, &error);
  g_assert_no_error (error);
  self->board = fl_sim_board_new (parsed, &error);
  g_assert_no_error (error);
  self->context = g_main_context_new ();
  self->cancellable = g_cancellable_new ();
  job_board_session (self, options);
  plugged = self;
  return self;
}

void
job_board_free (JobBoard *self)
{
  plugged = NULL;
  g_object_unref (self->session);
  g_object_unref (self->board);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}

void
job_board_session (JobBoard *self, const FlConnectOptions *options)
{
  g_clear_object (&self->session);
  self->session = fl_session_new (options);
}

FlDevice *
job_board_device (JobBoard *self)
{
  return fl_session_get_device (self->session);
}

typedef struct
{
  JobBoard *board;
  FlJob *job;
  GThread *thread;
  double fraction;
  gboolean ended;
  gboolean ok;
  GError *error;
} Watch;

/* Every notification comes in the thread of the context that started the job, before the job has ended. */
static void
notify_cb (FlJob *job, GParamSpec *pspec, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_thread_self () == watch->thread);
  g_assert_true (g_main_context_is_owner (watch->board->context));
  g_assert_false (watch->ended);
  if (g_str_equal (pspec->name, "fraction"))
    {
      g_assert_cmpfloat (fl_job_get_fraction (job), >=, watch->fraction);
      g_assert_cmpfloat (fl_job_get_fraction (job), <=, 1);
      watch->fraction = fl_job_get_fraction (job);
      watch->board->n_announced++;
    }
}

static void
sectors_cb (FlJob *job, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_thread_self () == watch->thread);
  g_assert_false (watch->ended);
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_thread_self () == watch->thread);
  g_assert_false (fl_job_is_running (watch->job));
  watch->ok = fl_job_run_finish (FL_JOB (object), result, &watch->error);
  watch->ended = TRUE;
}

/* What holds at the end of every job. */
static void
check_end (Watch *watch)
{
  gboolean cancelled = g_error_matches (watch->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_true (watch->ok == (watch->error == NULL));
  if (watch->ok)
    {
      g_assert_cmpfloat_with_epsilon (fl_job_get_fraction (watch->job), 1, 1e-9);
      g_assert_cmpint (fl_job_get_stage (watch->job), ==, FL_STAGE_DONE);
      g_assert_null (fl_job_get_explanation (watch->job));
      g_assert_null (fl_job_get_board_state (watch->job));
    }
  else
    {
      g_assert_cmpfloat (fl_job_get_fraction (watch->job), <, 1);
      g_assert_cmpint (fl_job_get_stage (watch->job), !=, FL_STAGE_DONE);
      g_assert_true (cancelled == (fl_job_get_explanation (watch->job) == NULL));
      g_assert_cmpuint (g_list_model_get_n_items (fl_job_get_log (watch->job)), >, 0);
    }
}

/* Runs a job to its end in the board's own context, which is the thread's default meanwhile. */
gboolean
job_board_run (JobBoard *self, FlJob *job, GError **error)
{
  Watch watch = { .board = self, .job = job, .thread = g_thread_self () };
  gint64 started = g_get_monotonic_time ();

  self->n_announced = 0;
  self->n_sent = 0;
  g_main_context_push_thread_default (self->context);
  g_assert_true (g_main_context_acquire (self->context));
  g_signal_connect (job, "notify", G_CALLBACK (notify_cb), &watch);
  g_signal_connect (job, "sectors-changed", G_CALLBACK (sectors_cb), &watch);
  fl_job_run_async (job, self->cancellable, ended_cb, &watch);
  g_assert_true (fl_job_is_running (job));
  while (!watch.ended)
    g_main_context_iteration (self->context, TRUE);
  g_signal_handlers_disconnect_by_data (job, &watch);
  g_main_context_release (self->context);
  g_main_context_pop_thread_default (self->context);
  self->real_us = g_get_monotonic_time () - started;
  check_end (&watch);
  if (watch.error != NULL)
    g_propagate_error (error, watch.error);
  return watch.ok;
}

static void
alone_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Watch *watch = user_data;

  watch->ok = fl_job_run_finish (FL_JOB (object), result, &watch->error);
  watch->ended = TRUE;
}

/* Runs a job to its end in the default context. */
gboolean
job_board_run_alone (FlJob *job, GError **error)
{
  Watch watch = { .job = job };

  fl_job_run_async (job, NULL, alone_cb, &watch);
  while (!watch.ended)
    g_main_context_iteration (NULL, TRUE);
  if (watch.error != NULL)
    g_propagate_error (error, watch.error);
  return watch.ok;
}

void
job_board_connect (JobBoard *self)
{
  g_autoptr (FlJob) job = fl_connect_job_new (self->session);
  g_autoptr (GError) error = NULL;

  job_board_run (self, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_session_is_connected (self->session));
}

/* Whether a line of the log, or what it unfolds to, has this text. */
guint
job_board_count_logged (FlJob *job, FlLogStatus status, const char *part)
{
  GListModel *log = fl_job_get_log (job);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (log, i);
      const char *detail = fl_log_entry_get_detail (entry);

      if (fl_log_entry_get_status (entry) == status
          && (strstr (fl_log_entry_get_text (entry), part) != NULL
              || (detail != NULL && strstr (detail, part) != NULL)))
        n++;
    }
  return n;
}

gboolean
job_board_logged (FlJob *job, FlLogStatus status, const char *part)
{
  return job_board_count_logged (job, status, part) > 0;
}

/* Some segments of random bytes, each within one bank, that do not touch. */
FlImage *
job_board_random_image (FlLayout *layout, guint32 seed, guint max_bytes)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  guint n_segments = (guint) g_rand_int_range (random, 1, 5);
  guint n_sectors = fl_layout_get_n_sectors (layout);
  guint per_segment = n_sectors / n_segments;

  for (guint i = 0; i < n_segments && per_segment > 0; i++)
    {
      guint index = i * per_segment + (guint) g_rand_int_range (random, 0, (gint32) per_segment);
      const FlSector *sector = fl_layout_get_sector (layout, index);
      guint32 offset = (guint32) g_rand_int_range (random, 0, (gint32) sector->size - 1);
      guint32 length = (guint32) g_rand_int_range (random, 1, (gint32) MAX (max_bytes / n_segments, 2));
      g_autofree guint8 *data = NULL;

      /* Not over its own share of sectors, so that segments never overlap; over several sectors where there is room. */
      while (length > sector->size - offset - 1 && index + 1 < (i + 1) * per_segment
             && fl_layout_get_sector (layout, index + 1)->address
                    == fl_layout_get_sector (layout, index)->address + fl_layout_get_sector (layout, index)->size
             && fl_layout_get_sector (layout, index + 1)->address - sector->address < offset + length)
        index++;
      length = MIN (length, fl_layout_get_sector (layout, index)->address + fl_layout_get_sector (layout, index)->size
                                - sector->address - offset);
      data = g_malloc (length);
      for (guint32 at = 0; at < length; at++)
        data[at] = g_rand_int_range (random, 0, 8) == 0 ? 0xFF : (guint8) g_rand_int (random);
      fl_image_add (image, sector->address + offset, data, length, &error);
      g_assert_no_error (error);
    }
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

guint8 *
job_board_dup_flash (JobBoard *self, gsize *size)
{
  FlLayout *layout = fl_sim_board_get_layout (self->board);
  GByteArray *flash = g_byte_array_new ();

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      g_byte_array_append (flash, fl_sim_board_peek (self->board, sector->address, sector->size), sector->size);
    }
  *size = flash->len;
  return g_byte_array_free (flash, FALSE);
}

void
job_board_fill (JobBoard *self, guint32 seed)
{
  FlLayout *layout = fl_sim_board_get_layout (self->board);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      g_autofree guint8 *data = g_malloc (sector->size);

      for (guint32 at = 0; at < sector->size; at += 2)
        {
          guint32 bits = g_rand_int (random); /* anything but 0 and 0xFF */

          data[at] = (guint8) (1 + (bits & 0xFFFF) % 0xFE);
          data[at + 1] = (guint8) (1 + (bits >> 16) % 0xFE);
        }
      g_assert_true (fl_sim_board_poke (self->board, sector->address, data, sector->size));
    }
}

/* A job that programs @image into the connected board. */
FlJob *
job_board_program (JobBoard *self, FlImage *image, const FlPlanOptions *options, gboolean start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPlan) plan = fl_plan_new (job_board_device (self), image, options, &error);

  g_assert_no_error (error);
  return fl_program_job_new (self->session, plan, start);
}
