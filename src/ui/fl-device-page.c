/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-device-page"

#include "fl-device-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-boot0.h"
#include "fl-columns.h"
#include "fl-flash-map.h"
#include "fl-memory-map.h"
#include "fl-ui.h"
#include "fl-wiring-picture.h"

struct _FlDevicePage
{
  GtkWidget parent_instance;

  FlDevice *device;            /* nullable */
  const FlEntryPreset *preset; /* how DTR and RTS are wired; NULL: BOOT0 and reset are set by hand */
  gboolean has_file;
  GPtrArray *rows; /* GtkWidget, unowned: what was added to the groups, to be taken out for the next device */

  /* template */
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *summary;
  GtkWidget *note_box;
  GtkLabel *note;
  GtkWidget *boot0_box;
  GtkLabel *boot0_note;
  GtkWidget *boot0_button;
  GtkWidget *declare_box;
  GtkWidget *map_group;
  FlFlashMap *map;
  AdwPreferencesGroup *facts;
  AdwPreferencesGroup *protection;
  AdwPreferencesGroup *memories;
  AdwPreferencesGroup *wiring;
  AdwComboRow *usart;
  FlWiringPicture *picture;
  AdwPreferencesGroup *entry;
  AdwPreferencesGroup *faults;
  AdwPreferencesGroup *remarks;
  GtkLabel *status;
  GtkButton *go_on;
};

enum
{
  CONTINUE,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlDevicePage, fl_device_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* What something is called, and what it is. Takes @value; nothing is added for NULL. */
static GtkWidget *
fl_device_page_add_row (FlDevicePage *self, AdwPreferencesGroup *group, const char *title, char *value,
                        const char *tooltip)
{
  GtkWidget *row;
  GtkWidget *label;

  if (value == NULL)
    return NULL;
  row = adw_action_row_new ();
  label = gtk_label_new (value);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), (int) MIN (g_utf8_strlen (value, -1) + 2, 26));
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_RIGHT);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  fl_ui_set_label (label, value);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_widget_set_tooltip_text (row, tooltip);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
  g_free (value);
  return row;
}

static GtkWidget *
fl_device_page_add_fact (FlDevicePage *self, const char *title, char *value, const char *tooltip)
{
  return fl_device_page_add_row (self, self->facts, title, value, tooltip);
}

static void
fl_device_page_copy_uid_cb (FlDevicePage *self)
{
  g_autofree char *uid = fl_device_dup_uid (self->device);

  fl_ui_copy (GTK_WIDGET (self), uid);
}

static void
fl_device_page_add_uid (FlDevicePage *self)
{
  GtkWidget *row = fl_device_page_add_fact (
      self, _ ("Unique ID"), fl_device_dup_uid (self->device),
      _ ("A number of 96 bits that the maker has given to this very chip; no other has the same"));
  GtkWidget *copy;

  if (row == NULL)
    return;
  copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (copy, _ ("Copy the unique ID"));
  fl_ui_set_label (copy, _ ("Copy the unique ID"));
  gtk_widget_add_css_class (copy, "flat");
  g_signal_connect_object (copy, "clicked", G_CALLBACK (fl_device_page_copy_uid_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), copy);
}

static void
fl_device_page_fill_facts (FlDevicePage *self)
{
  FlDevice *device = self->device;
  const FlChip *chip = device->chip;
  g_autofree char *version = fl_device_dup_version (device);
  g_autofree char *build = fl_device_dup_bootloader (device);

  fl_device_page_add_fact (self, _ ("Product ID"), g_strdup_printf ("0x%03X", device->pid),
                           _ ("PID: the number by which the bootloader names the family of the chip"));
  fl_device_page_add_fact (self, _ ("Bootloader"),
                           build != NULL ? g_strdup_printf (_ ("%s, protocol %s"), build, version)
                                         : g_strdup_printf (_ ("protocol %s"), version),
                           _ ("The program in the chip's ROM that is being talked to"));
  if (device->flash_kib > 0)
    fl_device_page_add_fact (self, _ ("Flash"),
                             device->flash_kib_read
                                 ? g_strdup_printf (_ ("%u KiB"), device->flash_kib)
                                 : g_strdup_printf (_ ("%u KiB at most (the chip did not say)"), device->flash_kib),
                             _ ("Read from the chip's own size register where it has one"));
  if (device->layout != NULL)
    fl_device_page_add_fact (self, _ ("Layout"), fl_layout_to_string (device->layout),
                             device->geometry_reason != NULL
                                 ? device->geometry_reason
                                 : _ ("The pieces in which flash can be erased, and its banks"));
  if (chip != NULL && chip->ram_kib > 0)
    fl_device_page_add_fact (self, _ ("RAM"), g_strdup_printf (_ ("%u KiB at 0x%08X"), chip->ram_kib, chip->ram_start),
                             NULL);
  if (chip != NULL && chip->core != NULL)
    fl_device_page_add_fact (self, _ ("Core"), g_strdup (chip->core), NULL);
  if (device->protection != FL_PROTECTION_READOUT)
    fl_device_page_add_fact (self, _ ("Contents"),
                             g_strdup (device->blank ? _ ("Empty: flash begins erased") : _ ("Something is in flash")),
                             _ ("Whether the first word of flash is erased"));
  fl_device_page_add_uid (self);
}

static void
fl_device_page_add_remark (FlDevicePage *self, AdwPreferencesGroup *group, const char *text)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static void
fl_device_page_fill_remarks (FlDevicePage *self)
{
  FlDevice *device = self->device;

  if (device->geometry_reason != NULL)
    fl_device_page_add_remark (self, self->remarks, device->geometry_reason);
  for (guint i = 0; i < device->remarks->len; i++)
    fl_device_page_add_remark (self, self->remarks, g_ptr_array_index (device->remarks, i));
  gtk_widget_set_visible (GTK_WIDGET (self->remarks), device->geometry_reason != NULL || device->remarks->len > 0);
}

static void
fl_device_page_fill_faults (FlDevicePage *self)
{
  g_autoptr (GPtrArray) faults = fl_device_dup_faults (self->device);

  for (guint i = 0; i < faults->len; i++)
    fl_device_page_add_remark (self, self->faults, g_ptr_array_index (faults, i));
  gtk_widget_set_visible (GTK_WIDGET (self->faults), faults->len > 0);
}

static void
fl_device_page_add_options_row (FlDevicePage *self)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Look at all of them, or change them"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Protection and option bytes"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-protection");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->protection, row);
  g_ptr_array_add (self->rows, row);
}

static void
fl_device_page_fill_protection (FlDevicePage *self)
{
  FlDevice *device = self->device;
  guint n_changed = 0;
  g_autofree char *changed = fl_device_dup_changed_options (device, &n_changed);

  fl_device_page_add_row (self, self->protection, _ ("Readout protection"), fl_device_dup_readout (device),
                          _ ("RDP: keeps the contents of flash from being read out; taking it off erases them"));
  fl_device_page_add_row (self, self->protection, _ ("Write protection"), fl_device_dup_write_protection (device),
                          _ ("What of flash can neither be erased nor written"));
  if (changed != NULL)
    fl_device_page_add_row (self, self->protection, _ ("Different from a new chip"),
                            g_strdup (n_changed > 0 ? changed : _ ("nothing")),
                            _ ("The option bytes that are not as ST delivers them"));
  if (device->chip != NULL && device->chip->option_words->len > 0)
    fl_device_page_add_options_row (self);
}

static void
fl_device_page_fill_boot0 (FlDevicePage *self)
{
  FlBoot0 boot0 = fl_boot0_get (self->device->options);
  g_autofree char *text =
      self->device->options != NULL ? fl_boot0_dup_text (boot0, self->device->options, self->device->blank) : NULL;

  gtk_label_set_text (self->boot0_note, text != NULL ? text : "");
  gtk_widget_set_visible (self->boot0_box, text != NULL);
  gtk_widget_set_visible (self->boot0_button, boot0 != FL_BOOT0_LOCKED);
}

static void
fl_device_page_fill_memories (FlDevicePage *self)
{
  g_autoptr (GArray) areas = fl_memory_map_new (self->device);

  for (guint i = 0; i < areas->len; i++)
    {
      const FlMemoryArea *area = &g_array_index (areas, FlMemoryArea, i);
      g_autofree char *name = fl_memory_area_dup_name (area);
      g_autofree char *size = fl_layout_size_to_string (area->size);
      g_autofree char *place = fl_memory_area_dup_place (area);
      g_autofree char *reserved =
          area->reserved > 0 ? g_strdup_printf (_ ("The bootloader keeps the first %u bytes to itself"), area->reserved)
                             : NULL;

      fl_device_page_add_row (self, self->memories, name, g_strdup_printf ("%s\n%s", place, size), reserved);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->memories), areas->len > 0);
}

static void
fl_device_page_draw_wiring (FlDevicePage *self)
{
  guint selected = adw_combo_row_get_selected (self->usart);

  if (self->device != NULL && self->device->chip != NULL && selected < self->device->chip->usarts->len)
    fl_wiring_picture_set (self->picture, self->device->chip, selected, self->preset);
}

static void
fl_device_page_fill_wiring (FlDevicePage *self)
{
  const FlChip *chip = self->device->chip;
  guint n_usarts = chip != NULL ? chip->usarts->len : 0;
  guint before = self->rows->len;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < n_usarts; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);
      g_autofree char *name = g_strdup_printf ("%s · %s/%s", usart->name, usart->tx, usart->rx);

      gtk_string_list_append (names, name);
    }
  adw_combo_row_set_model (self->usart, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (self->usart), n_usarts > 1);
  adw_preferences_group_set_description (
      self->wiring,
      n_usarts > 1 ? _ ("Choose the serial port that you wired: the chip does not tell which it uses.") : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->wiring), n_usarts > 0);
  fl_device_page_draw_wiring (self);

  for (guint i = 0; chip != NULL && chip->boot_entry != NULL && chip->boot_entry[i] != NULL; i++)
    fl_device_page_add_remark (self, self->entry, _ (chip->boot_entry[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->entry), self->rows->len > before);
}

static void
remove_row (GtkWidget *row)
{
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP)), row);
}

/* What keeps this device from being programmed, or NULL. */
static char *
dup_obstacle (FlDevice *device)
{
  if (device->chip == NULL)
    return g_strdup_printf (_ ("The product ID 0x%03X is not in the database. It can be read (“Read back”, with an "
                               "address and a length). To program it, a map file or you have to say how its flash is "
                               "divided; this program cannot check it."),
                            device->pid);
  if (device->protection == FL_PROTECTION_READOUT)
    return g_strdup (_ ("Readout protection is on: the chip refuses to be read and written. Taking it off erases "
                        "everything that is in it."));
  if (device->layout == NULL || !fl_chip_can_program (device->chip))
    return g_strdup (_ ("Not enough is known of this chip to program it. Reading is possible."));
  return NULL;
}

static void
fl_device_page_set_go_on (FlDevicePage *self, const char *status, const char *text, const char *name)
{
  gtk_label_set_text (self->status, status);
  gtk_button_set_label (self->go_on, text);
  fl_ui_set_label (self->go_on, name);
}

static void
fl_device_page_update_go_on (FlDevicePage *self)
{
  g_autofree char *obstacle = dup_obstacle (self->device);

  if (obstacle == NULL && self->has_file)
    fl_device_page_set_go_on (self, _ ("The board is connected."), _ ("C_ontinue"), _ ("Continue"));
  else if (obstacle == NULL)
    fl_device_page_set_go_on (self, _ ("The board is connected."), _ ("Choose _firmware"), _ ("Choose firmware"));
  else if (self->device->protection == FL_PROTECTION_READOUT)
    fl_device_page_set_go_on (self, _ ("A protected chip can only be identified, or erased as a whole."),
                              _ ("_Protection"), _ ("Protection"));
  else
    fl_device_page_set_go_on (self, _ ("This chip can be read."), _ ("_Read back"), _ ("Read back"));
}

/**
 * fl_device_page_set_has_file:
 * @self: a page
 * @has_file: whether the firmware is chosen already, so that one goes on to look at it
 */
void
fl_device_page_set_has_file (FlDevicePage *self, gboolean has_file)
{
  g_return_if_fail (FL_IS_DEVICE_PAGE (self));

  self->has_file = has_file;
  if (self->device != NULL)
    fl_device_page_update_go_on (self);
}

/**
 * fl_device_page_set_session:
 * @self: a page
 * @session: (nullable): whose device to show
 */
void
fl_device_page_set_session (FlDevicePage *self, FlSession *session)
{
  FlDevice *device = session != NULL ? fl_session_get_device (session) : NULL;
  g_autofree char *name = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *obstacle = NULL;
  const FlConnectOptions *options;

  g_return_if_fail (FL_IS_DEVICE_PAGE (self));

  g_ptr_array_foreach (self->rows, (GFunc) remove_row, NULL);
  g_ptr_array_set_size (self->rows, 0);
  g_set_object (&self->device, device);
  self->preset = NULL;
  fl_flash_map_set_device (self->map, device);
  gtk_widget_set_visible (self->map_group, device != NULL && device->layout != NULL);
  if (device == NULL)
    return;

  options = fl_session_get_options (session);
  if (options->entry == FL_ENTRY_DTR_RTS && options->preset != NULL)
    self->preset = fl_entry_preset_find (options->preset);
  name = fl_device_dup_name (device);
  obstacle = dup_obstacle (device);
  if (device->chip != NULL && device->flash_kib > 0 && device->chip->ram_kib > 0)
    summary = g_strdup_printf (_ ("%u KiB of flash, %u KiB of RAM, at %u baud"), device->flash_kib,
                               device->chip->ram_kib, fl_session_get_baud (session));
  else if (device->flash_kib > 0)
    summary = g_strdup_printf (_ ("%u KiB of flash, at %u baud"), device->flash_kib, fl_session_get_baud (session));
  else
    summary = g_strdup_printf (_ ("It answers at %u baud"), fl_session_get_baud (session));
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->summary, summary);
  gtk_label_set_text (self->note, obstacle != NULL ? obstacle : "");
  gtk_widget_set_visible (self->note_box, obstacle != NULL);
  gtk_widget_set_visible (self->declare_box, device->chip == NULL || device->declaration != NULL);
  gtk_image_set_from_icon_name (self->icon, obstacle != NULL ? "dialog-warning-symbolic" : "object-select-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), obstacle != NULL ? "verdict-ok" : "verdict-doubt");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), obstacle != NULL ? "verdict-doubt" : "verdict-ok");
  fl_device_page_update_go_on (self);
  fl_device_page_fill_boot0 (self);
  fl_device_page_fill_facts (self);
  fl_device_page_fill_protection (self);
  fl_device_page_fill_memories (self);
  fl_device_page_fill_wiring (self);
  fl_device_page_fill_faults (self);
  fl_device_page_fill_remarks (self);
}

/**
 * fl_device_page_continue:
 * @self: a page that shows a device
 *
 * Emits "continue" with whether the device can be programmed; otherwise reading is all that is left. A protected chip
 * cannot even be read: on to its protection.
 */
void
fl_device_page_continue (FlDevicePage *self)
{
  g_autofree char *obstacle = NULL;

  g_return_if_fail (FL_IS_DEVICE_PAGE (self));

  if (self->device == NULL)
    return;
  if (self->device->protection == FL_PROTECTION_READOUT)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.show-protection", NULL);
      return;
    }
  obstacle = dup_obstacle (self->device);
  g_signal_emit (self, signals[CONTINUE], 0, obstacle == NULL);
}

/**
 * fl_device_page_focus:
 * @self: a page
 *
 * Gives the keyboard to the button that is suggested, so that Return does it.
 */
void
fl_device_page_focus (FlDevicePage *self)
{
  g_return_if_fail (FL_IS_DEVICE_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->go_on));
}

static void
fl_device_page_dispose (GObject *object)
{
  FlDevicePage *self = FL_DEVICE_PAGE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->device);
  G_OBJECT_CLASS (fl_device_page_parent_class)->dispose (object);
}

static void
fl_device_page_class_init (FlDevicePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_device_page_dispose;

  signals[CONTINUE] = g_signal_new ("continue", FL_TYPE_DEVICE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  g_type_ensure (FL_TYPE_COLUMNS);
  g_type_ensure (FL_TYPE_FLASH_MAP);
  g_type_ensure (FL_TYPE_WIRING_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-device-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, icon);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, name);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, summary);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, note_box);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, note);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, boot0_box);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, boot0_note);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, boot0_button);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, declare_box);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, map_group);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, map);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, facts);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, protection);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, memories);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, wiring);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, usart);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, picture);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, entry);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, faults);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, remarks);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, status);
  gtk_widget_class_bind_template_child (widget_class, FlDevicePage, go_on);
}

static void
fl_device_page_init (FlDevicePage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->usart, "notify::selected", G_CALLBACK (fl_device_page_draw_wiring), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->go_on, "clicked", G_CALLBACK (fl_device_page_continue), self, G_CONNECT_SWAPPED);
}

/**
 * fl_device_page_new:
 *
 * Returns: (transfer floating): a page that shows nothing yet
 */
GtkWidget *
fl_device_page_new (void)
{
  return g_object_new (FL_TYPE_DEVICE_PAGE, NULL);
}
