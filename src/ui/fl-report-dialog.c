/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-report-dialog"

#include "fl-report-dialog.h"

#include <glib/gi18n.h>

/* What one saving needs, from the question to its end. */
typedef struct
{
  GtkFileChooserNative *chooser;
  AdwToastOverlay *toasts;
  GBytes *text;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->chooser);
  g_object_unref (saving->toasts);
  g_bytes_unref (saving->text);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *text = NULL;
  AdwToast *toast;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    text = g_strdup_printf (_ ("Saved as %s"), shown);
  else
    text = g_strdup_printf (_ ("Not saved: %s"), error->message);
  toast = adw_toast_new (NULL);
  adw_toast_set_title (toast, g_markup_escape_text (text, -1));
  adw_toast_overlay_add_toast (saving->toasts, toast);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GFile) file = NULL;
  GBytes *text = saving->text;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  /* Written to another file first and then renamed: never half a report. */
  g_file_replace_contents_bytes_async (file, text, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, saved_cb,
                                       g_steal_pointer (&saving));
}

/**
 * fl_report_dialog_show:
 * @parent: whose dialog it is
 * @toasts: where to say how it went
 * @text: the report
 *
 * Asks where to save a report, and saves it.
 */
void
fl_report_dialog_show (GtkWindow *parent, AdwToastOverlay *toasts, const char *text)
{
  Saving *saving = g_new0 (Saving, 1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "flashloader-%Y-%m-%d-%H%M%S.txt");

  saving->chooser =
      gtk_file_chooser_native_new (_ ("Save report"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  saving->toasts = g_object_ref (toasts);
  saving->text = g_bytes_new (text, strlen (text));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (saving->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (saving->chooser), name);
  g_signal_connect (saving->chooser, "response", G_CALLBACK (response_cb), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (saving->chooser));
}
