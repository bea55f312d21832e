/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-connection-pane"

#include "fl-connection-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-entry-picture.h"
#include "fl-jump-dialog.h"
#include "fl-notebook.h"
#include "fl-ui.h"

struct _FlConnectionPane
{
  GtkWidget parent_instance;

  const FlChip *chip; /* nullable: the database's */

  /* template */
  AdwComboRow *preset;
  GtkLabel *hint;
  FlEntryPicture *picture;
  GtkWidget *show_jump;
  AdwComboRow *baud;
  GtkStringList *baud_texts;
  GtkWidget *climb_row;
  GtkSwitch *climb;
  AdwComboRow *parity;
  GtkSwitch *burst;
};

G_DEFINE_FINAL_TYPE (FlConnectionPane, fl_connection_pane, GTK_TYPE_WIDGET)

/* In the order of the drop-down; 0 is automatic. */
static const guint bauds[] = { 0, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600 };

/* In the order of the drop-down; the schema's nicks. */
static const char *const parities[] = { "even", "none", "odd" };

static gboolean
baud_to_index (GValue *value, GVariant *variant, gpointer user_data)
{
  guint baud = g_variant_get_uint32 (variant);
  guint index = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bauds); i++)
    if (bauds[i] == baud)
      index = i;
  g_value_set_uint (value, index);
  return TRUE;
}

static GVariant *
index_to_baud (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint index = g_value_get_uint (value);

  return g_variant_new_uint32 (index < G_N_ELEMENTS (bauds) ? bauds[index] : 0);
}

static gboolean
parity_to_index (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (g_str_equal (parities[i], nick))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
index_to_parity (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint index = g_value_get_uint (value);

  return g_variant_new_string (index < G_N_ELEMENTS (parities) ? parities[index] : parities[0]);
}

static gboolean
preset_to_index (GValue *value, GVariant *variant, gpointer user_data)
{
  guint n_presets;
  const FlEntryPreset *presets = fl_entry_presets (&n_presets);
  guint index = 0;

  for (guint i = 0; i < n_presets; i++)
    if (g_str_equal (presets[i].id, g_variant_get_string (variant, NULL)))
      index = i;
  g_value_set_uint (value, index);
  return TRUE;
}

static GVariant *
index_to_preset (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint n_presets;
  const FlEntryPreset *presets = fl_entry_presets (&n_presets);
  guint index = g_value_get_uint (value);

  return g_variant_new_string (index < n_presets ? presets[index].id : "");
}

/* The chosen one; the first when none was ever chosen. */
static const FlEntryPreset *
get_preset (void)
{
  g_autofree char *id = g_settings_get_string (fl_ui_get_settings (), "preset");
  const FlEntryPreset *preset = fl_entry_preset_find (id);
  guint n_presets;

  return preset != NULL ? preset : fl_entry_presets (&n_presets);
}

static void
fl_connection_pane_update (FlConnectionPane *self)
{
  FlEntryMethod entry = g_settings_get_enum (fl_ui_get_settings (), "entry");
  const FlEntryPreset *preset = get_preset ();

  switch (entry)
    {
    case FL_ENTRY_DTR_RTS:
      gtk_label_set_text (self->hint, _ (preset->description));
      fl_entry_picture_set_preset (self->picture, preset);
      break;
    case FL_ENTRY_APP:
      gtk_label_set_text (self->hint,
                          _ ("Let the application start the bootloader first, then connect. If the board stays silent "
                             "afterwards, set BOOT0 and press reset instead."));
      break;
    case FL_ENTRY_MANUAL:
    default:
      gtk_label_set_text (self->hint, _ ("1. Set BOOT0 to high (jumper or switch to 1).\n"
                                         "2. Press the reset button and let it go.\n"
                                         "3. Connect."));
      fl_entry_picture_set_preset (self->picture, NULL);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->picture), entry != FL_ENTRY_APP);
  gtk_widget_set_visible (self->show_jump, entry == FL_ENTRY_APP);
  gtk_widget_set_visible (self->climb_row,
                          entry == FL_ENTRY_DTR_RTS && g_settings_get_uint (fl_ui_get_settings (), "baud") == 0);
}

/* Who switches it off, and on again, wants the speeds to be tried anew: an adapter or a wire is another one. */
static void
fl_connection_pane_climb_cb (FlConnectionPane *self)
{
  g_autofree char *notebook = fl_notebook_dup_path ();
  g_autoptr (GError) error = NULL;

  if (!g_settings_get_boolean (fl_ui_get_settings (), "climb") && !fl_notebook_remove (notebook, "adapter", &error))
    g_message ("The remembered speeds could not be forgotten: %s", error->message);
}

static void
fl_connection_pane_show_jump_cb (FlConnectionPane *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  gtk_window_present (GTK_WINDOW (fl_jump_dialog_new (window, self->chip)));
}

/**
 * fl_connection_pane_set_chip:
 * @chip: (nullable): the one that was connected last
 */
void
fl_connection_pane_set_chip (FlConnectionPane *self, const FlChip *chip)
{
  g_return_if_fail (FL_IS_CONNECTION_PANE (self));

  self->chip = chip;
}

/**
 * fl_connection_pane_make_options:
 * @self: a pane
 * @port: what to open
 *
 * Returns: (transfer full): what is set
 */
FlConnectOptions *
fl_connection_pane_make_options (FlConnectionPane *self, const char *port)
{
  GSettings *settings = fl_ui_get_settings ();
  FlConnectOptions *options = fl_connect_options_new (port);

  options->baud = g_settings_get_uint (settings, "baud");
  options->climb = g_settings_get_boolean (settings, "climb") ? FL_CLIMB_SEARCH : FL_CLIMB_NEVER;
  options->notebook = fl_notebook_dup_path ();
  options->parity = g_settings_get_enum (settings, "parity");
  options->one_by_one = !g_settings_get_boolean (settings, "burst");
  options->entry = g_settings_get_enum (settings, "entry");
  g_free (options->preset);
  options->preset = g_strdup (options->entry == FL_ENTRY_DTR_RTS ? get_preset ()->id : NULL);
  return options;
}

static void
fl_connection_pane_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_connection_pane_parent_class)->dispose (object);
}

static void
fl_connection_pane_class_init (FlConnectionPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_connection_pane_dispose;
  g_type_ensure (FL_TYPE_ENTRY_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-connection-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, preset);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, hint);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, picture);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, show_jump);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, baud);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, baud_texts);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, climb_row);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, climb);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, parity);
  gtk_widget_class_bind_template_child (widget_class, FlConnectionPane, burst);
}

static void
fl_connection_pane_init (FlConnectionPane *self)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n_presets;
  const FlEntryPreset *presets = fl_entry_presets (&n_presets);

  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GAction) entry = g_settings_create_action (settings, "entry");

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action (G_ACTION_MAP (group), entry); /* for the radio buttons */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "settings", G_ACTION_GROUP (group));

  for (guint i = 0; i < n_presets; i++)
    gtk_string_list_append (titles, _ (presets[i].title));
  adw_combo_row_set_model (self->preset, G_LIST_MODEL (titles));
  gtk_string_list_append (self->baud_texts, _ ("Automatic"));
  for (guint i = 1; i < G_N_ELEMENTS (bauds); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", bauds[i]);

      gtk_string_list_append (self->baud_texts, text);
    }
  g_settings_bind_with_mapping (settings, "preset", self->preset, "selected", G_SETTINGS_BIND_DEFAULT, preset_to_index,
                                index_to_preset, NULL, NULL);
  g_settings_bind_with_mapping (settings, "baud", self->baud, "selected", G_SETTINGS_BIND_DEFAULT, baud_to_index,
                                index_to_baud, NULL, NULL);
  g_settings_bind_with_mapping (settings, "parity", self->parity, "selected", G_SETTINGS_BIND_DEFAULT, parity_to_index,
                                index_to_parity, NULL, NULL);
  g_settings_bind (settings, "burst", self->burst, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "climb", self->climb, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::climb", G_CALLBACK (fl_connection_pane_climb_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::baud", G_CALLBACK (fl_connection_pane_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->show_jump, "clicked", G_CALLBACK (fl_connection_pane_show_jump_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::entry", G_CALLBACK (fl_connection_pane_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::preset", G_CALLBACK (fl_connection_pane_update), self,
                           G_CONNECT_SWAPPED);
  fl_connection_pane_update (self);
}
