/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-plan-pane"

#include "fl-plan-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-flash-map.h"
#include "fl-ui.h"

struct _FlPlanPane
{
  GtkWidget parent_instance;

  FlFirmware *firmware;

  /* template */
  GtkWidget *plan_group;
  FlFlashMap *map;
  GtkLabel *words;
  GtkSwitch *erase_all;
  GtkWidget *preserve_row;
  GtkSwitch *preserve;
  GtkWidget *only_changed_row;
  GtkSwitch *only_changed;
  AdwComboRow *supply_row;
  GtkStringList *supplies;
  GtkSwitch *skip_blank;
  GtkSwitch *verify;
  GtkSwitch *start;
};

G_DEFINE_FINAL_TYPE (FlPlanPane, fl_plan_pane, GTK_TYPE_WIDGET)

static char *
count_units (FlDevice *device, guint count)
{
  gboolean sectors = fl_chip_has_sectors (device->chip);

  return g_strdup_printf (
      sectors ? ngettext ("%u sector", "%u sectors", count) : ngettext ("%u page", "%u pages", count), count);
}

static char *
plan_to_words (FlPlan *plan)
{
  FlDevice *device = fl_plan_get_device (plan);
  guint n_sectors = fl_layout_get_n_sectors (device->layout);
  guint n_erased = fl_plan_get_n_erased (plan);
  GPtrArray *shared = fl_plan_get_shared (plan);
  guint64 n_shared = 0;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *erased = count_units (device, n_erased);
  g_autofree char *kept = count_units (device, n_sectors - n_erased);
  g_autofree char *written = fl_ui_format_bytes (fl_plan_get_write_bytes (plan));
  const char *limit = NULL;
  double seconds = fl_plan_get_seconds (plan, &limit);

  for (guint i = 0; i < shared->len; i++)
    n_shared += ((const FlPlanRange *) g_ptr_array_index (shared, i))->length;
  /* Translators: the first and the last are "3 pages" or "1 sector", the second "24 KiB" */
  g_string_append_printf (text, _ ("%s erased, %s written, %s kept."), erased, written, kept);
  if (n_shared > 0 && fl_plan_get_options (plan)->preserve)
    {
      g_autofree char *size = fl_ui_format_bytes (n_shared);

      g_string_append_printf (text, _ (" %s beside the file are read first and written back."), size);
    }
  if (fl_plan_needs_whole_bank (plan))
    g_string_append_printf (text, _ ("\nThis needs your agreement first. %s"), fl_plan_get_doubt (plan));
  else if (fl_plan_get_doubt (plan) != NULL)
    g_string_append (text, _ ("\nAll of bank 2 is erased, as agreed."));
  if (seconds > 0)
    {
      g_autofree char *time = fl_ui_format_seconds (seconds);

      /* Translators: how long it takes, and what most of that is for */
      g_string_append_printf (text, _ ("\nAbout %s; most of it is for %s."), time, limit);
      if (fl_plan_spares_blank (plan))
        g_string_append (text, _ (" Less where the flash is blank, or holds the file already."));
      else if (fl_plan_leaves_unchanged (plan))
        g_string_append (text, _ (" Less where the flash holds the file already."));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Asked only where it makes a difference. */
static void
fl_plan_pane_update_supply (FlPlanPane *self)
{
  FlDevice *device = fl_firmware_get_device (self->firmware);
  FlSupply supply = fl_firmware_get_supply (self->firmware);
  guint width = fl_supply_get_width (supply);
  g_autofree char *subtitle = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->supply_row),
                          device != NULL && device->chip != NULL && device->chip->supply_address != 0);
  adw_combo_row_set_selected (self->supply_row, supply);
  if (supply == FL_SUPPLY_UNKNOWN)
    subtitle = g_strdup (_ ("Programmed byte by byte: the slowest, and right at any voltage"));
  else
    subtitle =
        g_strdup_printf (ngettext ("Programmed %u byte at a time", "Programmed %u bytes at a time", width), width);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->supply_row), subtitle);
}

static void
fl_plan_pane_supply_cb (FlPlanPane *self)
{
  guint selected = adw_combo_row_get_selected (self->supply_row);

  if (self->firmware != NULL && selected < FL_N_SUPPLIES)
    fl_firmware_set_supply (self->firmware, (FlSupply) selected);
}

static void
fl_plan_pane_update (FlPlanPane *self)
{
  FlPlan *plan = fl_firmware_get_plan (self->firmware);
  g_autofree char *words = plan != NULL ? plan_to_words (plan) : g_strdup ("");

  fl_flash_map_set_device (self->map, fl_firmware_get_device (self->firmware));
  fl_flash_map_set_plan (self->map, plan);
  gtk_label_set_text (self->words, words);
  gtk_widget_set_visible (self->plan_group, plan != NULL);
  fl_plan_pane_update_supply (self);
}

/* Only reading back shows that a page holds the file, and it does not show whether blank blocks were written. */
static void
fl_plan_pane_update_only_changed (FlPlanPane *self)
{
  GSettings *settings = fl_ui_get_settings ();

  gtk_widget_set_sensitive (self->only_changed_row, !g_settings_get_boolean (settings, "erase-all")
                                                        && g_settings_get_boolean (settings, "verify")
                                                        && g_settings_get_boolean (settings, "skip-blank"));
}

/**
 * fl_plan_pane_set_firmware:
 * @self: a pane
 * @firmware: whose plan to show
 */
void
fl_plan_pane_set_firmware (FlPlanPane *self, FlFirmware *firmware)
{
  g_return_if_fail (FL_IS_PLAN_PANE (self));
  g_return_if_fail (self->firmware == NULL);

  self->firmware = g_object_ref (firmware);
  g_signal_connect_object (firmware, "changed", G_CALLBACK (fl_plan_pane_update), self, G_CONNECT_SWAPPED);
  fl_plan_pane_update (self);
}

static void
fl_plan_pane_dispose (GObject *object)
{
  FlPlanPane *self = FL_PLAN_PANE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->firmware);
  G_OBJECT_CLASS (fl_plan_pane_parent_class)->dispose (object);
}

static void
fl_plan_pane_class_init (FlPlanPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_plan_pane_dispose;

  g_type_ensure (FL_TYPE_FLASH_MAP);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-plan-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, plan_group);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, map);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, words);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, erase_all);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, preserve_row);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, preserve);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, only_changed_row);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, only_changed);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, supply_row);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, supplies);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, skip_blank);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, verify);
  gtk_widget_class_bind_template_child (widget_class, FlPlanPane, start);
}

static void
fl_plan_pane_init (FlPlanPane *self)
{
  GSettings *settings = fl_ui_get_settings ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_string_list_append (self->supplies, _ ("Not asked"));
  for (FlSupply supply = FL_SUPPLY_1V8; supply < FL_N_SUPPLIES; supply++)
    gtk_string_list_append (self->supplies, fl_supply_get_title (supply));
  g_signal_connect_object (self->supply_row, "notify::selected", G_CALLBACK (fl_plan_pane_supply_cb), self,
                           G_CONNECT_SWAPPED);
  g_settings_bind (settings, "erase-all", self->erase_all, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "erase-all", self->preserve_row, "sensitive",
                   G_SETTINGS_BIND_GET | G_SETTINGS_BIND_INVERT_BOOLEAN | G_SETTINGS_BIND_NO_SENSITIVITY);
  g_settings_bind (settings, "preserve", self->preserve, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "only-changed", self->only_changed, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed", G_CALLBACK (fl_plan_pane_update_only_changed), self, G_CONNECT_SWAPPED);
  fl_plan_pane_update_only_changed (self);
  g_settings_bind (settings, "skip-blank", self->skip_blank, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "verify", self->verify, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "start", self->start, "active", G_SETTINGS_BIND_DEFAULT);
}
