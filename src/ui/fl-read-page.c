/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-read-page"

#include "config.h"

#include "fl-read-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-explanation-card.h"
#include "fl-error.h"
#include "fl-file.h"
#include "fl-flash-jobs.h"
#include "fl-read-regions.h"
#include "fl-result-card.h"
#include "fl-ui.h"

struct _FlReadPage
{
  GtkWidget parent_instance;

  FlJobRunner *runner;
  FlSession *session; /* nullable */
  GArray *regions;    /* FlReadRegion, as in the drop-down */

  FlJob *job; /* the page's own, while it runs */
  guint32 job_address;
  GFile *file; /* where its data goes */
  FlImageFormat file_format;
  char *file_name; /* without its folder */
  gboolean saving;
  GBytes *unsaved; /* nullable: what was read last, and could not be saved; its address and format are as above */

  GtkFileChooserNative *chooser; /* while it is open */

  /* template */
  GtkStack *stack;
  GtkWidget *choices;
  AdwComboRow *memory;
  GtkEditable *address;
  GtkEditable *length;
  AdwComboRow *format;
  GtkWidget *problem_icon;
  GtkLabel *problem;
  GtkWidget *cancel;
  GtkWidget *save_again;
  GtkWidget *read;
  GtkScrolledWindow *scrolled;
  GtkWidget *progress_box;
  GtkLabel *progress_text;
  GtkProgressBar *progress;
  FlResultCard *result;
  FlExplanationCard *explanation;
};

/* What can be written, in the order of the drop-down. */
static const struct
{
  FlImageFormat format;
  const char *title;
  const char *suffix;
} formats[] = {
  { FL_IMAGE_BIN, N_ ("Raw binary (.bin)"), "bin" },
  { FL_IMAGE_IHEX, N_ ("Intel HEX (.hex)"), "hex" },
  { FL_IMAGE_SREC, N_ ("Motorola S-record (.s19)"), "s19" },
};

G_DEFINE_FINAL_TYPE (FlReadPage, fl_read_page, GTK_TYPE_WIDGET)

static FlDevice *
fl_read_page_get_device (FlReadPage *self)
{
  return self->session != NULL && fl_session_is_connected (self->session) ? fl_session_get_device (self->session)
                                                                          : NULL;
}

static void
fl_read_page_fill_regions (FlReadPage *self, FlDevice *device)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const FlChip *chip = device->chip;
  g_autofree char *start = NULL;

  g_array_unref (self->regions);
  self->regions = fl_read_regions_new (device, titles);
  start = g_strdup_printf ("0x%08X", chip != NULL ? chip->flash_start : 0x08000000);
  gtk_editable_set_text (self->address, start);
  gtk_editable_set_text (self->length, "1K");
  adw_combo_row_set_model (self->memory, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->memory, 0);
}

static gboolean
parse_address (const char *text, guint32 *address)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *digits = g_str_has_prefix (stripped, "0x") || g_str_has_prefix (stripped, "0X") ? stripped + 2 : stripped;
  guint64 value;

  if (!g_ascii_string_to_unsigned (digits, 16, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *address = (guint32) value;
  return TRUE;
}

/* "4096", "0x1000", "4K", "4 KiB" */
static gboolean
parse_length (const char *text, guint64 *length)
{
  g_autofree char *stripped = g_ascii_strup (text, -1);
  gboolean hex;
  guint64 unit = 1;

  g_strstrip (stripped);
  hex = g_str_has_prefix (stripped, "0X");
  for (guint i = 0; !hex && i < 3; i++)
    {
      static const char *const units[] = { "KIB", "KB", "K" };

      if (unit == 1 && g_str_has_suffix (stripped, units[i]))
        {
          stripped[strlen (stripped) - strlen (units[i])] = '\0';
          g_strchomp (stripped);
          unit = 1024;
        }
    }
  if (!g_ascii_string_to_unsigned (hex ? stripped + 2 : stripped, hex ? 16 : 10, 1, G_MAXUINT32, length, NULL))
    return FALSE;
  *length *= unit;
  return TRUE;
}

static void
set_valid (GtkEditable *row, gboolean valid)
{
  if (valid)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               valid ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

/* What is to be read, or why nothing can be: a sentence for the user. */
static const char *
fl_read_page_get_choice (FlReadPage *self, guint32 *address, guint32 *length)
{
  FlDevice *device = fl_read_page_get_device (self);
  guint selected = adw_combo_row_get_selected (self->memory);
  guint64 wanted = 0;
  gboolean address_ok, length_ok;

  if (device == NULL || selected >= self->regions->len)
    return _ ("No board is connected.");
  if (device->protection == FL_PROTECTION_READOUT)
    return _ ("Readout protection is on: this chip lets nobody read its memory. Removing the protection erases the "
              "whole flash.");

  *address = g_array_index (self->regions, FlReadRegion, selected).address;
  *length = g_array_index (self->regions, FlReadRegion, selected).length;
  if (*length > 0)
    return NULL;

  address_ok = parse_address (gtk_editable_get_text (self->address), address);
  length_ok = parse_length (gtk_editable_get_text (self->length), &wanted);
  set_valid (self->address, address_ok);
  set_valid (self->length, length_ok);
  if (!address_ok)
    return _ ("The start address is not a hexadecimal number of up to 8 digits.");
  if (!length_ok)
    return _ ("The length is not a number of bytes, such as 4096, 0x1000 or 4K.");
  if (wanted > FL_IMAGE_MAX_BYTES || *address + wanted > G_GUINT64_CONSTANT (0x100000000))
    {
      set_valid (self->length, FALSE);
      return _ ("The length is too large.");
    }
  *length = (guint32) wanted;
  return NULL;
}

/* Where the chosen memory lies. */
static char *
fl_read_page_dup_place (FlReadPage *self)
{
  guint selected = adw_combo_row_get_selected (self->memory);
  const FlReadRegion *region =
      selected < self->regions->len ? &g_array_index (self->regions, FlReadRegion, selected) : NULL;
  g_autofree char *size = NULL;

  if (region == NULL || region->length == 0)
    return g_strdup ("");
  size = fl_ui_format_bytes (region->length);
  return g_strdup_printf ("0x%08X–0x%08X · %s", region->address, region->address + (region->length - 1), size);
}

/* Everything on the page follows from the session, the choices and the running job. */
static void
fl_read_page_update (FlReadPage *self)
{
  guint selected = adw_combo_row_get_selected (self->memory);
  gboolean connected = fl_read_page_get_device (self) != NULL;
  gboolean reading = self->job != NULL;
  guint32 address, length;
  const char *problem = NULL;
  g_autofree char *place = fl_read_page_dup_place (self);
  gboolean own;

  gtk_stack_set_visible_child_name (self->stack, connected || reading ? "choose" : "disconnected");
  if (connected)
    problem = fl_read_page_get_choice (self, &address, &length);

  own = selected < self->regions->len && g_array_index (self->regions, FlReadRegion, selected).length == 0;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->memory), place);
  gtk_widget_set_visible (GTK_WIDGET (self->address), own);
  gtk_widget_set_visible (GTK_WIDGET (self->length), own);
  gtk_widget_set_sensitive (self->choices, !reading);
  gtk_label_set_text (self->problem, problem != NULL && !reading ? problem : "");
  gtk_widget_set_visible (self->problem_icon, problem != NULL && !reading);
  gtk_widget_set_visible (self->cancel, reading);
  gtk_widget_set_visible (self->save_again, self->unsaved != NULL && !self->saving);
  gtk_widget_set_visible (self->read, !reading);
  gtk_widget_set_visible (self->progress_box, reading);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "read-page.read",
                                 connected && problem == NULL && !self->saving
                                     && !fl_job_runner_is_busy (self->runner));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "read-page.save-again", self->unsaved != NULL && !self->saving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "read-page.cancel", reading);
}

static void
fl_read_page_clear_result (FlReadPage *self)
{
  g_clear_pointer (&self->unsaved, g_bytes_unref);
  fl_result_card_hide (self->result);
  fl_explanation_card_set (self->explanation, NULL, NULL);
}

static void
fl_read_page_update_progress (FlReadPage *self)
{
  double rate = fl_job_get_rate (self->job);
  int seconds = fl_job_get_seconds_left (self->job);
  GString *text = g_string_new (fl_job_get_text (self->job));

  gtk_progress_bar_set_fraction (self->progress, CLAMP (fl_job_get_fraction (self->job), 0, 1));
  if (rate > 0)
    g_string_append_printf (text, _ (" · %.1f KiB/s"), rate / 1024);
  if (seconds >= 0)
    {
      g_autofree char *left = fl_ui_format_seconds (seconds);

      /* Translators: behind what is done now: " · 12 s left" */
      g_string_append_printf (text, _ (" · %s left"), left);
    }
  gtk_label_set_text (self->progress_text, text->str);
  g_string_free (text, TRUE);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlReadPage) self = user_data;
  g_autoptr (GBytes) data = g_steal_pointer (&self->unsaved);
  g_autoptr (GError) error = NULL;

  self->saving = FALSE;
  if (!fl_image_save_finish (G_FILE (source), result, &error))
    self->unsaved = g_bytes_ref (data);
  if (self->runner == NULL) /* the window is closed */
    return;
  if (error == NULL)
    {
      g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, data);
      g_autofree char *name = g_file_get_parse_name (G_FILE (source));
      /* Translators: number of bytes, address, file, checksum */
      g_autofree char *text = g_strdup_printf (_ ("%zu bytes from 0x%08X\nFile: %s\nSHA-256 of the data: %s"),
                                               g_bytes_get_size (data), self->job_address, name, sum);

      fl_result_card_show (self->result, FL_RESULT_OK, _ ("Read back and saved"), text);
    }
  else
    fl_result_card_show (self->result, FL_RESULT_FAILED, _ ("Read back, but not saved"), error->message);
  fl_read_page_update (self);
}

/* What was read is kept until it is in a file. */
static void
fl_read_page_save (FlReadPage *self, GFile *file)
{
  self->saving = TRUE;
  fl_image_save_async (file, self->file_format, self->job_address, self->unsaved, saved_cb, g_object_ref (self));
}

static void
ended_cb (FlReadPage *self, FlJob *job, const GError *error, FlJobRunner *runner)
{
  if (job == self->job)
    {
      if (error == NULL)
        {
          self->unsaved = g_bytes_ref (fl_read_job_get_data (FL_READ_JOB (job)));
          fl_read_page_save (self, self->file);
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fl_result_card_show (self->result, FL_RESULT_STOPPED, _ ("Cancelled"),
                             _ ("Nothing was saved. The board was not changed."));
      else if (fl_job_get_explanation (job) != NULL)
        fl_explanation_card_set (self->explanation, fl_job_get_explanation (job), fl_job_get_board_state (job));
      else
        fl_result_card_show (self->result, FL_RESULT_FAILED, _ ("Not read"), error->message);
      /* What came of it stands at the top. */
      gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
      g_signal_handlers_disconnect_by_data (job, self);
      g_clear_object (&self->job);
      g_clear_object (&self->file);
    }
  fl_read_page_update (self);
}

/* Whether the file can be saved there, as far as that can be known now: reading may take minutes. */
static gboolean
fl_read_page_check_file (FlReadPage *self, GFile *file, guint64 size)
{
  const char *path = g_file_peek_path (file);
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_set_error (&error, FL_ERROR, FL_ERROR_USAGE, _ ("%s is not a file on this computer: choose a local folder."),
                   name);
    }
  if (path != NULL && fl_file_check_room (path, size, &error))
    return TRUE;
  fl_result_card_show (self->result, FL_RESULT_FAILED,
                       self->unsaved != NULL ? _ ("Read back, but not saved") : _ ("Not read"), error->message);
  return FALSE;
}

static void
fl_read_page_run (FlReadPage *self, GFile *file, FlImageFormat format)
{
  guint32 address, length;

  /* The board may have gone while the file was chosen. */
  if (fl_read_page_get_choice (self, &address, &length) != NULL || fl_job_runner_is_busy (self->runner))
    {
      fl_read_page_update (self);
      return;
    }

  fl_read_page_clear_result (self);
  if (!fl_read_page_check_file (self, file, fl_image_get_saved_size (format, length)))
    {
      fl_read_page_update (self);
      return;
    }
  self->job = fl_read_job_new (self->session, address, length);
  self->job_address = address;
  self->file = g_object_ref (file);
  g_free (self->file_name);
  self->file_name = g_file_get_basename (file);
  self->file_format = format;
  g_signal_connect_object (self->job, "notify", G_CALLBACK (fl_read_page_update_progress), self, G_CONNECT_SWAPPED);
  fl_read_page_update_progress (self);
  fl_job_runner_run (self->runner, self->job, NULL, NULL);
  fl_read_page_update (self);
}

static void
response_cb (FlReadPage *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  guint format = adw_combo_row_get_selected (self->format);
  gboolean saves_again = g_object_get_data (G_OBJECT (dialog), "saves-again") != NULL;

  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
  if (response != GTK_RESPONSE_ACCEPT || file == NULL || self->saving)
    return;
  if (saves_again)
    {
      if (self->unsaved != NULL
          && fl_read_page_check_file (self, file,
                                      fl_image_get_saved_size (self->file_format, g_bytes_get_size (self->unsaved))))
        fl_read_page_save (self, file);
      fl_read_page_update (self);
    }
  else if (format < G_N_ELEMENTS (formats))
    fl_read_page_run (self, file, formats[format].format);
}

/* "STM32G0B1-08000000.bin" */
static char *
fl_read_page_dup_file_name (FlReadPage *self)
{
  g_autofree char *name = fl_device_dup_name (fl_read_page_get_device (self));
  guint format = adw_combo_row_get_selected (self->format);
  guint32 address = 0, length;

  fl_read_page_get_choice (self, &address, &length);
  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '-');
  return g_strdup_printf ("%s-%08X.%s", name, address, formats[MIN (format, G_N_ELEMENTS (formats) - 1)].suffix);
}

/* Asks for a file: for what is to be read, or for what was read and is in no file yet. */
static void
read_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FlReadPage *self = FL_READ_PAGE (widget);
  gboolean saves_again = g_str_equal (action, "read-page.save-again");
  g_autofree char *name = saves_again ? g_strdup (self->file_name) : fl_read_page_dup_file_name (self);

  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (
          _ ("Read back into a file"), GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE,
          saves_again ? _ ("_Save") : _ ("_Read back"), _ ("_Cancel"));
      g_object_set_data (G_OBJECT (self->chooser), "saves-again", GINT_TO_POINTER (saves_again));
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
cancel_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fl_job_runner_cancel (FL_READ_PAGE (widget)->runner);
}

static void
connected_cb (FlReadPage *self)
{
  FlDevice *device = fl_read_page_get_device (self);

  if (device != NULL)
    fl_read_page_fill_regions (self, device);
  fl_read_page_update (self);
}

/**
 * fl_read_page_set_session:
 * @session: (nullable): whose memory is read; the page follows its "connected"
 */
void
fl_read_page_set_session (FlReadPage *self, FlSession *session)
{
  g_return_if_fail (FL_IS_READ_PAGE (self));
  g_return_if_fail (session == NULL || FL_IS_SESSION (session));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session != NULL)
    {
      g_signal_connect_object (session, "notify::connected", G_CALLBACK (connected_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "notify::device", G_CALLBACK (connected_cb), self, G_CONNECT_SWAPPED);
      fl_read_page_clear_result (self); /* it was another board's */
    }
  connected_cb (self);
}

static void
fl_read_page_dispose (GObject *object)
{
  FlReadPage *self = FL_READ_PAGE (object);
  GtkWidget *child;

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  if (self->runner != NULL)
    g_signal_handlers_disconnect_by_data (self->runner, self);
  g_clear_object (&self->job);
  g_clear_object (&self->file);
  g_clear_object (&self->session);
  g_clear_object (&self->runner);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_READ_PAGE);
  G_OBJECT_CLASS (fl_read_page_parent_class)->dispose (object);
}

static void
fl_read_page_finalize (GObject *object)
{
  FlReadPage *self = FL_READ_PAGE (object);

  g_array_unref (self->regions);
  g_clear_pointer (&self->unsaved, g_bytes_unref);
  g_free (self->file_name);
  G_OBJECT_CLASS (fl_read_page_parent_class)->finalize (object);
}

static void
fl_read_page_class_init (FlReadPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_read_page_dispose;
  object_class->finalize = fl_read_page_finalize;

  g_type_ensure (FL_TYPE_EXPLANATION_CARD);
  g_type_ensure (FL_TYPE_RESULT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-read-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, choices);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, memory);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, address);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, length);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, format);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, problem_icon);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, problem);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, save_again);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, read);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, progress_text);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, progress);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, result);
  gtk_widget_class_bind_template_child (widget_class, FlReadPage, explanation);
  gtk_widget_class_install_action (widget_class, "read-page.read", NULL, read_action);
  gtk_widget_class_install_action (widget_class, "read-page.save-again", NULL, read_action);
  gtk_widget_class_install_action (widget_class, "read-page.cancel", NULL, cancel_action);
}

static void
fl_read_page_init (FlReadPage *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->regions = g_array_new (FALSE, FALSE, sizeof (FlReadRegion));
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    gtk_string_list_append (titles, _ (formats[i].title));
  adw_combo_row_set_model (self->format, G_LIST_MODEL (titles));
  g_signal_connect_swapped (self->memory, "notify::selected", G_CALLBACK (fl_read_page_update), self);
  g_signal_connect_swapped (self->address, "changed", G_CALLBACK (fl_read_page_update), self);
  g_signal_connect_swapped (self->length, "changed", G_CALLBACK (fl_read_page_update), self);
}

/**
 * fl_read_page_new:
 * @runner: runs the page's job
 *
 * Returns: (transfer floating): a page that asks to connect first
 */
GtkWidget *
fl_read_page_new (FlJobRunner *runner)
{
  FlReadPage *self;

  g_return_val_if_fail (FL_IS_JOB_RUNNER (runner), NULL);

  self = g_object_new (FL_TYPE_READ_PAGE, NULL);
  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_read_page_update), self, G_CONNECT_SWAPPED);
  fl_read_page_update (self);
  return GTK_WIDGET (self);
}
