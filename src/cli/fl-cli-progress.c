/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-cli-progress.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "fl-connect-job.h"
#include "fl-diagnose-job.h"

#define BAR_WIDTH 30 /* characters */

struct _FlCliProgress
{
  FlCli *cli;
  FlJob *job;
  GListModel *log;
  gboolean terminal; /* standard error is one: the bar may be drawn over */
  gboolean drawn;    /* a bar stands on the last line */
  int percent;       /* last shown; -1: nothing yet */
};

static void
fl_cli_progress_wipe (FlCliProgress *self)
{
  if (self->drawn)
    g_printerr ("\r\033[K");
  self->drawn = FALSE;
}

static void
fl_cli_progress_draw_bar (FlCliProgress *self, double fraction)
{
  int seconds = fl_job_get_seconds_left (self->job);
  double rate = fl_job_get_rate (self->job);
  g_autoptr (GString) line = g_string_new ("\r[");

  for (int i = 0; i < BAR_WIDTH; i++)
    g_string_append (line, fraction * BAR_WIDTH >= i + 1 ? "█" : "·");
  g_string_append_printf (line, "] %3d %%", (int) (fraction * 100));
  if (rate > 0)
    g_string_append_printf (line, _ ("  %.1f KB/s"), rate / 1000);
  if (seconds >= 0)
    g_string_append_printf (line, ngettext ("  %d s left", "  %d s left", (gulong) seconds), seconds);
  if (fl_job_get_text (self->job) != NULL)
    g_string_append_printf (line, "  %s", fl_job_get_text (self->job));
  g_printerr ("%s\033[K", line->str);
  self->drawn = TRUE;
}

static void
fl_cli_progress_print_json (FlCliProgress *self, double fraction)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "stage");
  json_builder_add_string_value (builder, fl_stage_get_id (fl_job_get_stage (self->job)));
  json_builder_set_member_name (builder, "fraction");
  json_builder_add_double_value (builder, fraction);
  json_builder_set_member_name (builder, "rate");
  json_builder_add_double_value (builder, fl_job_get_rate (self->job));
  json_builder_set_member_name (builder, "seconds_left");
  json_builder_add_int_value (builder, fl_job_get_seconds_left (self->job));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_printerr ("%s\n", text);
}

static void
fl_cli_progress_fraction_cb (FlJob *job, GParamSpec *pspec, FlCliProgress *self)
{
  double fraction = fl_job_get_fraction (job);
  int percent = (int) (fraction * 100);

  if (self->cli->quiet || ((FL_IS_CONNECT_JOB (job) || FL_IS_DIAGNOSE_JOB (job)) && !self->terminal))
    return;
  if (self->cli->json)
    {
      if (percent != self->percent)
        fl_cli_progress_print_json (self, fraction);
    }
  else if (self->terminal)
    fl_cli_progress_draw_bar (self, fraction);
  else if (percent / 10 != self->percent / 10 && percent > 0)
    g_printerr (_ ("%d %% done\n"), percent - percent % 10);
  self->percent = percent;
}

static void
fl_cli_progress_log_cb (GListModel *log, guint position, guint removed, guint added, FlCliProgress *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (log, i);
      g_autofree char *text = fl_log_entry_to_string (entry);
      g_autofree char *seen = fl_log_entry_dup_seen (entry); /* its causes are printed with the explanation */

      fl_cli_progress_wipe (self);
      if (fl_log_entry_get_status (entry) == FL_LOG_FAILED && seen != NULL
          && !FL_IS_DIAGNOSE_JOB (self->job)) /* of whose probes one or the other is to fail */
        fl_cli_print (self->cli, "%s\n%s", text, seen);
      else
        fl_cli_print (self->cli, "%s", text);
    }
}

FlCliProgress *
fl_cli_progress_new (FlCli *cli, FlJob *job)
{
  FlCliProgress *self = g_new0 (FlCliProgress, 1);

  self->cli = cli;
  self->job = g_object_ref (job);
  self->log = g_object_ref (fl_job_get_log (job));
  self->terminal = isatty (STDERR_FILENO);
  self->percent = -1;
  g_signal_connect (job, "notify::fraction", G_CALLBACK (fl_cli_progress_fraction_cb), self);
  g_signal_connect (self->log, "items-changed", G_CALLBACK (fl_cli_progress_log_cb), self);
  return self;
}

void
fl_cli_progress_end (FlCliProgress *self)
{
  fl_cli_progress_wipe (self);
}

void
fl_cli_progress_free (FlCliProgress *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_signal_handlers_disconnect_by_data (self->log, self);
  g_object_unref (self->job);
  g_object_unref (self->log);
  g_free (self);
}
