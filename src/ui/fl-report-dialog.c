/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-report-dialog"

#include "fl-report-dialog.h"

#include <glib/gi18n.h>

#include "fl-file.h"

/* What one saving needs, from the question to its end. */
typedef struct
{
  GtkFileChooserNative *chooser;
  AdwToastOverlay *toasts;
  FlReport *report;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->chooser);
  g_object_unref (saving->toasts);
  fl_report_free (saving->report);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
tell_failure (Saving *saving, const char *message)
{
  GtkWidget *dialog = adw_message_dialog_new (gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (saving->chooser)),
                                              _ ("Report not saved"), message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (!fl_file_save_finish (G_FILE (source), result, &error))
    {
      tell_failure (saving, error->message);
      return;
    }
  text = g_strdup_printf (_ ("Saved as %s"), shown);
  escaped = g_markup_escape_text (text, -1);
  adw_toast_overlay_add_toast (saving->toasts, adw_toast_new (escaped));
}

/* Blocks while it looks at the ports. */
static void
look_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, fl_surroundings_look (task_data), (GDestroyNotify) fl_surroundings_free);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autofree char *json = NULL;
  g_autoptr (GBytes) bytes = NULL;

  saving->report->around = g_task_propagate_pointer (G_TASK (result), NULL);
  json = fl_report_to_json (saving->report);
  bytes = g_bytes_new (json, strlen (json));
  fl_file_save_async (G_FILE (source), bytes, NULL, saved_cb, g_steal_pointer (&saving));
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GTask) task = NULL;
  FlSession *session = saving->report->session;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  task = g_task_new (file, NULL, looked_cb, g_steal_pointer (&saving));
  g_task_set_source_tag (task, fl_report_dialog_show);
  if (session == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  g_task_set_task_data (task, g_strdup (fl_session_get_options (session)->port), g_free);
  g_task_run_in_thread (task, look_thread);
}

/**
 * fl_report_dialog_make_report:
 * @session: (nullable): on which something was done
 * @firmware: what was chosen
 * @runner: knows the last job
 * @log: with detail
 *
 * Returns: (transfer full): what the window knows
 */
FlReport *
fl_report_dialog_make_report (FlSession *session, FlFirmware *firmware, FlJobRunner *runner, const char *log)
{
  FlReport *report = fl_report_new ();
  GFile *file = fl_firmware_get_file (firmware);
  const FlJudgement *judgement = fl_firmware_get_judgement (firmware);
  const GError *error;

  g_set_object (&report->session, session);
  g_set_object (&report->image, fl_firmware_get_image (firmware));
  if (file != NULL)
    report->file = g_file_get_parse_name (file);
  if (judgement != NULL)
    report->judgement = g_strdup (judgement->summary);
  report->log = g_strdup (log);
  g_set_object (&report->job, fl_job_runner_get_last (runner, &error));
  if (error != NULL)
    report->error = g_error_copy (error);
  /* After a failure there is no session any more; its port and its traffic are what the report is about. */
  if (report->session == NULL && report->job != NULL)
    report->session = g_object_ref (fl_job_get_session (report->job));
  return report;
}

/**
 * fl_report_dialog_show:
 * @parent: whose dialog it is
 * @toasts: where to say how it went
 * @report: (transfer full): what to save
 *
 * Asks where to save a report, and saves it.
 */
void
fl_report_dialog_show (GtkWindow *parent, AdwToastOverlay *toasts, FlReport *report)
{
  Saving *saving = g_new0 (Saving, 1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "flashloader-%Y-%m-%d-%H%M%S.flreport");

  saving->chooser =
      gtk_file_chooser_native_new (_ ("Save report"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  saving->toasts = g_object_ref (toasts);
  saving->report = report;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (saving->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (saving->chooser), name);
  g_signal_connect (saving->chooser, "response", G_CALLBACK (response_cb), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (saving->chooser));
}
