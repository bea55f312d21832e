/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-option-files"

#include "config.h"

#include "fl-option-files.h"

#include <glib/gi18n.h>

#include "fl-error.h"
#include "fl-file.h"

/* What one saving or loading needs, from the question to its end. */
typedef struct
{
  GtkFileChooserNative *chooser;
  GtkWidget *owner;
  FlOptionDraft *draft;
  FlOptionFilesFunc done;
} Work;

static void
work_free (Work *work)
{
  g_object_unref (work->chooser);
  g_object_unref (work->owner);
  g_object_unref (work->draft);
  g_free (work);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static void
save (Work *work, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text = fl_option_set_to_text (fl_option_draft_get_before (work->draft));
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    g_set_error (&error, FL_ERROR, FL_ERROR_USAGE, _ ("%s is not a file on this computer: choose a local folder."),
                 name);
  else
    fl_file_save (path, text, strlen (text), &error);
  if (error == NULL)
    work->done (work->owner, TRUE, _ ("Option bytes saved"), name);
  else
    work->done (work->owner, FALSE, _ ("Option bytes not saved"), error->message);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Work) work = user_data;
  g_autofree char *name = g_file_get_parse_name (G_FILE (source));
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (fl_option_draft_get_wanted (work->draft) == NULL) /* the board is gone, or another one is connected */
    return;
  if (!g_file_load_partial_contents_finish (G_FILE (source), result, &text, &length, NULL, &error)
      || !fl_option_draft_load (work->draft, text, length, name, &error))
    {
      work->done (work->owner, FALSE, _ ("Option bytes not loaded"), error->message);
      return;
    }
  changes = fl_option_draft_dup_changes (work->draft);
  message =
      changes->len == 0
          ? g_strdup (_ ("The chip has all of them already: nothing would be changed."))
          : g_strdup_printf (ngettext ("%u change is marked below. Nothing is written before you have reviewed it.",
                                       "%u changes are marked below. Nothing is written before you have reviewed "
                                       "them.",
                                       changes->len),
                             changes->len);
  work->done (work->owner, TRUE, _ ("Option bytes loaded"), message);
}

static gboolean
read_more_cb (const char *contents, goffset size, gpointer user_data)
{
  return size <= FL_OPTION_SET_MAX_TEXT;
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Work) work = user_data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response != GTK_RESPONSE_ACCEPT || file == NULL || fl_option_draft_get_wanted (work->draft) == NULL)
    return;
  if (gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) == GTK_FILE_CHOOSER_ACTION_SAVE)
    save (work, file);
  else
    g_file_load_partial_contents_async (file, NULL, read_more_cb, loaded_cb, g_steal_pointer (&work));
}

static Work *
work_new (GtkWidget *owner, FlOptionDraft *draft, FlOptionFilesFunc done, GtkFileChooserNative *chooser)
{
  Work *work = g_new0 (Work, 1);

  work->chooser = chooser;
  work->owner = g_object_ref (owner);
  work->draft = g_object_ref (draft);
  work->done = done;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (response_cb), work);
  return work;
}

/**
 * fl_option_files_save:
 * @owner: whose window it is
 * @draft: of a chip with option bytes
 *
 * Asks where to, and saves what was read from the chip.
 */
void
fl_option_files_save (GtkWidget *owner, FlOptionDraft *draft, FlOptionFilesFunc done)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Save option bytes"), GTK_WINDOW (gtk_widget_get_root (owner)),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *chip = fl_device_dup_name (fl_option_draft_get_device (draft));
  g_autofree char *name = NULL;

  g_strcanon (chip, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '-');
  name = g_strdup_printf ("%s-options.ini", chip);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  work_new (owner, draft, done, chooser);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/**
 * fl_option_files_load:
 * @owner: whose window it is
 * @draft: of a chip with option bytes
 *
 * Asks for a file, and wants what it says; nothing is written.
 */
void
fl_option_files_load (GtkWidget *owner, FlOptionDraft *draft, FlOptionFilesFunc done)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Load option bytes"), GTK_WINDOW (gtk_widget_get_root (owner)),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Load"), _ ("_Cancel"));

  work_new (owner, draft, done, chooser);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
