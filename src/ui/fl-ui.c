/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-ui"

#include "fl-ui.h"

#include <glib/gi18n.h>

static GSettings *settings; /* main thread */

/* Where the compiled schema lies when the program was not installed to where GLib looks: in the build folder, and
 * beside a program that was unpacked somewhere. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *system = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = NULL;
  g_autofree char *program = NULL;
  g_autofree char *folder = NULL;
  static const char *const places[] = { "../../data", "../share/glib-2.0/schemas" };

  if (system != NULL)
    schema = g_settings_schema_source_lookup (system, FL_APP_ID, TRUE);
  if (schema != NULL)
    return schema;
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return NULL;
  folder = g_path_get_dirname (program);
  for (guint i = 0; i < G_N_ELEMENTS (places) && schema == NULL; i++)
    {
      g_autofree char *place = g_build_filename (folder, places[i], NULL);
      g_autoptr (GSettingsSchemaSource) source = NULL;

      source = g_settings_schema_source_new_from_directory (place, system, TRUE, NULL);
      if (source != NULL)
        schema = g_settings_schema_source_lookup (source, FL_APP_ID, FALSE);
    }
  return schema;
}

/**
 * fl_ui_load_settings:
 * @error: return location
 *
 * Finds the settings' schema, which GLib would otherwise end the program for.
 *
 * Errors: %G_IO_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE when fl_ui_get_settings() may be called
 */
gboolean
fl_ui_load_settings (GError **error)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (settings != NULL)
    return TRUE;
  schema = find_schema ();
  if (schema == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("The settings schema %s is missing. Install the program completely, or let GSETTINGS_SCHEMA_DIR "
                      "name the folder with gschemas.compiled."),
                   FL_APP_ID);
      return FALSE;
    }
  settings = g_settings_new_full (schema, NULL, NULL);
  return TRUE;
}

/**
 * fl_ui_get_settings:
 *
 * Returns: (transfer none): the settings of the program; widgets bind to them and keep no copies
 */
GSettings *
fl_ui_get_settings (void)
{
  g_autoptr (GError) error = NULL;

  if (!fl_ui_load_settings (&error))
    g_error ("%s", error->message);
  return settings;
}

/**
 * fl_ui_format_bytes:
 * @n_bytes: a size
 *
 * Returns: (transfer full): "24.0 KiB", "96 bytes"
 */
char *
fl_ui_format_bytes (guint64 n_bytes)
{
  if (n_bytes >= 1024 && n_bytes % 1024 == 0 && n_bytes < 1024 * 1024)
    return g_strdup_printf (_ ("%u KiB"), (guint) (n_bytes / 1024));
  return g_format_size_full (n_bytes, G_FORMAT_SIZE_IEC_UNITS);
}

/**
 * fl_ui_format_seconds:
 * @seconds: how long something takes or took
 *
 * Returns: (transfer full): "4.2 s", "38 s", "3 min 5 s"
 */
char *
fl_ui_format_seconds (double seconds)
{
  guint whole = (guint) (seconds + 0.5);

  if (seconds < 9.95)
    return g_strdup_printf (_ ("%.1f s"), seconds);
  if (whole < 60)
    return g_strdup_printf (_ ("%u s"), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%u min %u s"), whole / 60, whole % 60);
  return g_strdup_printf (_ ("%u h %u min"), whole / 3600, whole % 3600 / 60);
}

/**
 * fl_ui_set_label:
 * @widget: (type GtkWidget): a control
 * @label: what a screen reader, and a test, calls it
 */
void
fl_ui_set_label (gpointer widget, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * fl_ui_copy:
 * @widget: any widget of the window
 * @text: what to put on the clipboard
 */
void
fl_ui_copy (GtkWidget *widget, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/**
 * fl_ui_notify:
 * @window: where it happened
 * @title: what happened
 * @body: (nullable): to what
 *
 * Tells the user by way of the desktop, unless they are looking at the window.
 */
void
fl_ui_notify (GtkWindow *window, const char *title, const char *body)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (window));
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL || gtk_window_is_active (window))
    return;
  notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_application_send_notification (application, "ended", notification);
}

/**
 * fl_ui_toast:
 * @last: (inout): the toast that was shown last, a weak pointer; it is taken away
 * @text: (nullable): what to say instead; nothing when %NULL
 *
 * One message at a time: what the last one said is over, or has become visible.
 */
void
fl_ui_toast (AdwToastOverlay *overlay, AdwToast **last, const char *text)
{
  g_autofree char *escaped = text != NULL ? g_markup_escape_text (text, -1) : NULL;
  AdwToast *toast;

  if (*last != NULL)
    adw_toast_dismiss (*last);
  g_clear_weak_pointer (last);
  if (text == NULL)
    return;
  toast = adw_toast_new (escaped);
  g_set_weak_pointer (last, toast);
  adw_toast_overlay_add_toast (overlay, toast);
}

/**
 * fl_ui_bind_window:
 *
 * The window is as large as it was left the last time.
 */
void
fl_ui_bind_window (GtkWindow *window)
{
  GSettings *kept = fl_ui_get_settings ();

  g_settings_bind (kept, "window-width", window, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (kept, "window-height", window, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (kept, "window-maximized", window, "maximized", G_SETTINGS_BIND_DEFAULT);
}

/**
 * fl_ui_make_label:
 * @text: (nullable): what it says
 * @style: (nullable): a style class
 *
 * Returns: (transfer floating): a label that wraps
 */
GtkWidget *
fl_ui_make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/**
 * fl_ui_make_text:
 * @style: (nullable): a style class; text without one is to be read and can be selected
 *
 * Returns: (transfer floating): a label for a paragraph that wraps, and takes all the room there is
 */
GtkWidget *
fl_ui_make_text (const char *text, const char *style)
{
  GtkWidget *label = fl_ui_make_label (text, style);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), style == NULL);
  return label;
}
