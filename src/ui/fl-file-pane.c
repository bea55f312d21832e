/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-file-pane"

#include "fl-file-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-error.h"
#include "fl-ui.h"

#define MAX_SEGMENTS_SHOWN 64
#define MAX_RECENT_SHOWN   5

struct _FlFilePane
{
  GtkWidget parent_instance;

  FlFirmware *firmware;
  GPtrArray *segment_rows; /* GtkWidget, unowned */
  GPtrArray *recent_rows;  /* GtkWidget, unowned */

  /* template */
  GtkWidget *drop_zone;
  GtkWidget *file_group;
  AdwActionRow *file_row;
  AdwEntryRow *address;
  AdwExpanderRow *segments;
  GtkWidget *verdict_box;
  GtkImage *verdict_icon;
  GtkLabel *verdict;
  GtkLabel *remarks;
  AdwPreferencesGroup *recent_group;
};

G_DEFINE_FINAL_TYPE (FlFilePane, fl_file_pane, GTK_TYPE_WIDGET)

/* How a verdict looks; its icon and its words say it without the colour. */
static const struct
{
  const char *icon;
  const char *box_style;
  const char *icon_style;
} verdict_looks[] = {
  [FL_VERDICT_FITS] = { "object-select-symbolic", NULL, "verdict-ok" },
  [FL_VERDICT_DOUBT] = { "dialog-warning-symbolic", "warning", NULL },
  [FL_VERDICT_REFUSE] = { "dialog-error-symbolic", "error", NULL },
};

static void
fl_file_pane_update_file (FlFilePane *self)
{
  FlImage *image = fl_firmware_get_image (self->firmware);
  GDateTime *read_time = fl_firmware_get_read_time (self->firmware);
  g_autofree char *name = fl_firmware_dup_name (self->firmware);
  g_autofree char *path = g_file_get_parse_name (fl_firmware_get_file (self->firmware));
  g_autofree char *subtitle = NULL;

  if (fl_firmware_is_loading (self->firmware))
    {
      subtitle = g_strdup (_ ("Reading…"));
    }
  else if (image != NULL)
    {
      g_autofree char *size = fl_ui_format_bytes (fl_image_get_size (image));
      g_autofree char *time = g_date_time_format (read_time, "%X");

      subtitle = g_strdup_printf (fl_firmware_was_reloaded (self->firmware)
                                      /* Translators: format, size, time of day */
                                      ? _ ("%s · %s · changed on disk, read again at %s")
                                      : _ ("%s · %s · read at %s"),
                                  fl_image_format_get_name (fl_image_get_format (image)), size, time);
    }
  else
    {
      subtitle = g_strdup (_ ("Could not be read"));
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), name);
  adw_action_row_set_subtitle (self->file_row, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->file_row), path);
}

static void
fl_file_pane_add_segment (FlFilePane *self, const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_add_css_class (row, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_expander_row_add_row (self->segments, row);
  g_ptr_array_add (self->segment_rows, row);
}

static void
fl_file_pane_update_segments (FlFilePane *self)
{
  FlImage *image = fl_firmware_get_image (self->firmware);
  guint n_segments = image != NULL ? fl_image_get_n_segments (image) : 0;
  g_autofree char *subtitle = NULL;

  for (guint i = 0; i < self->segment_rows->len; i++)
    adw_expander_row_remove (self->segments, g_ptr_array_index (self->segment_rows, i));
  g_ptr_array_set_size (self->segment_rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->segments), n_segments > 0);
  if (n_segments == 0)
    return;

  subtitle = g_strdup_printf (ngettext ("%u segment, 0x%08X to 0x%08X", "%u segments, 0x%08X to 0x%08X", n_segments),
                              n_segments, fl_image_get_start (image), (guint) (fl_image_get_end (image) - 1));
  adw_expander_row_set_subtitle (self->segments, subtitle);
  for (guint i = 0; i < MIN (n_segments, MAX_SEGMENTS_SHOWN); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size = g_bytes_get_size (segment->data);
      g_autofree char *range =
          g_strdup_printf ("0x%08X – 0x%08X", segment->address, (guint) (segment->address + size - 1));
      g_autofree char *length = fl_ui_format_bytes (size);

      fl_file_pane_add_segment (self, range, length);
    }
  if (n_segments > MAX_SEGMENTS_SHOWN)
    {
      g_autofree char *more = g_strdup_printf (_ ("… and %u more"), n_segments - MAX_SEGMENTS_SHOWN);

      fl_file_pane_add_segment (self, more, "");
    }
}

static void
append_lines (GString *text, GPtrArray *lines)
{
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", (const char *) g_ptr_array_index (lines, i));
}

static void
fl_file_pane_update_verdict (FlFilePane *self)
{
  FlImage *image = fl_firmware_get_image (self->firmware);
  const FlJudgement *judgement = fl_firmware_get_judgement (self->firmware);
  const GError *error = fl_firmware_get_error (self->firmware);
  g_autoptr (GString) text = g_string_new (NULL);
  FlVerdict verdict = FL_VERDICT_REFUSE;
  const char *words = "";

  if (judgement != NULL)
    {
      verdict = judgement->verdict;
      words = judgement->summary;
      append_lines (text, judgement->remarks);
      append_lines (text, fl_image_get_remarks (image));
    }
  else if (image == NULL && error != NULL)
    {
      words = _ ("This file cannot be used");
      g_string_append (text, error->message);
    }
  gtk_widget_set_visible (self->verdict_box, *words != '\0');
  for (guint i = 0; i < G_N_ELEMENTS (verdict_looks); i++)
    {
      if (verdict_looks[i].box_style != NULL)
        gtk_widget_remove_css_class (self->verdict_box, verdict_looks[i].box_style);
      if (verdict_looks[i].icon_style != NULL)
        gtk_widget_remove_css_class (GTK_WIDGET (self->verdict_icon), verdict_looks[i].icon_style);
    }
  if (verdict_looks[verdict].box_style != NULL)
    gtk_widget_add_css_class (self->verdict_box, verdict_looks[verdict].box_style);
  if (verdict_looks[verdict].icon_style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->verdict_icon), verdict_looks[verdict].icon_style);
  gtk_image_set_from_icon_name (self->verdict_icon, verdict_looks[verdict].icon);
  gtk_label_set_text (self->verdict, words);
  gtk_label_set_text (self->remarks, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->remarks), text->len > 0);
}

static void
fl_file_pane_update (FlFilePane *self)
{
  gboolean chosen = fl_firmware_get_file (self->firmware) != NULL;
  FlImage *image = fl_firmware_get_image (self->firmware);
  /* One that does not fit where it is to go can go elsewhere. */
  gboolean binary = image != NULL ? fl_image_get_format (image) == FL_IMAGE_BIN
                                  : g_error_matches (fl_firmware_get_error (self->firmware), FL_ERROR, FL_ERROR_RANGE);

  gtk_widget_set_visible (self->drop_zone, !chosen);
  gtk_widget_set_visible (self->file_group, chosen);
  gtk_widget_set_visible (GTK_WIDGET (self->address), binary);
  if (chosen)
    fl_file_pane_update_file (self);
  if (binary && !gtk_widget_has_css_class (GTK_WIDGET (self->address), "error"))
    {
      g_autofree char *address = g_strdup_printf ("0x%08X", fl_firmware_get_address (self->firmware));

      if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->address)), address) != 0)
        gtk_editable_set_text (GTK_EDITABLE (self->address), address);
    }
  fl_file_pane_update_segments (self);
  fl_file_pane_update_verdict (self);
}

/* Returns: whether what was typed is an address; empty, and 0, are the start of flash */
static gboolean
fl_file_pane_get_address (FlFilePane *self, guint32 *address)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->address));

  *address = 0;
  return *text == '\0' || fl_firmware_parse_address (text, address);
}

static void
fl_file_pane_address_apply_cb (FlFilePane *self)
{
  guint32 address;

  if (!fl_file_pane_get_address (self, &address))
    return;
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", address);
  fl_file_pane_update (self);
}

static void
fl_file_pane_address_changed_cb (FlFilePane *self)
{
  guint32 address;
  gboolean ok = fl_file_pane_get_address (self, &address);

  if (ok)
    gtk_widget_remove_css_class (GTK_WIDGET (self->address), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->address), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->address), GTK_ACCESSIBLE_STATE_INVALID,
                               ok ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

static void
fl_file_pane_update_recent (FlFilePane *self)
{
  g_auto (GStrv) recent = g_settings_get_strv (fl_ui_get_settings (), "recent-files");

  for (guint i = 0; i < self->recent_rows->len; i++)
    adw_preferences_group_remove (self->recent_group, g_ptr_array_index (self->recent_rows, i));
  g_ptr_array_set_size (self->recent_rows, 0);
  for (guint i = 0; recent[i] != NULL && self->recent_rows->len < MAX_RECENT_SHOWN; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (recent[i]);
      g_autoptr (GFile) folder = g_file_get_parent (file);
      g_autofree char *base = g_file_get_basename (file);
      g_autofree char *name = base != NULL ? g_filename_display_name (base) : g_strdup (recent[i]);
      g_autofree char *place = folder != NULL ? g_file_get_parse_name (folder) : g_strdup ("");
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), place);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-uri");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", recent[i]);
      fl_ui_set_label (row, name);
      adw_preferences_group_add (self->recent_group, row);
      g_ptr_array_add (self->recent_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->recent_group), self->recent_rows->len > 0);
}

/**
 * fl_file_pane_set_firmware:
 * @self: a pane
 * @firmware: what to show
 */
void
fl_file_pane_set_firmware (FlFilePane *self, FlFirmware *firmware)
{
  g_return_if_fail (FL_IS_FILE_PANE (self));
  g_return_if_fail (self->firmware == NULL);

  self->firmware = g_object_ref (firmware);
  g_signal_connect_object (firmware, "changed", G_CALLBACK (fl_file_pane_update), self, G_CONNECT_SWAPPED);
  fl_file_pane_update (self);
}

static void
fl_file_pane_dispose (GObject *object)
{
  FlFilePane *self = FL_FILE_PANE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->firmware);
  g_clear_pointer (&self->segment_rows, g_ptr_array_unref);
  g_clear_pointer (&self->recent_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (fl_file_pane_parent_class)->dispose (object);
}

static void
fl_file_pane_class_init (FlFilePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_file_pane_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-file-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, drop_zone);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, file_group);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, file_row);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, address);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, segments);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, verdict_box);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, verdict);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, remarks);
  gtk_widget_class_bind_template_child (widget_class, FlFilePane, recent_group);
}

static void
fl_file_pane_init (FlFilePane *self)
{
  self->segment_rows = g_ptr_array_new ();
  self->recent_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->address, "apply", G_CALLBACK (fl_file_pane_address_apply_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->address, "changed", G_CALLBACK (fl_file_pane_address_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (fl_ui_get_settings (), "changed::recent-files", G_CALLBACK (fl_file_pane_update_recent),
                           self, G_CONNECT_SWAPPED);
  fl_file_pane_update_recent (self);
}
