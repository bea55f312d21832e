/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-option-review"

#include "config.h"

#include "fl-option-review.h"

#include <glib/gi18n.h>

#include "fl-boot0.h"
#include "fl-consent.h"
#include "fl-option-row.h"
#include "fl-ui.h"
#include "fl-write-protect.h"

struct _FlOptionReview
{
  AdwWindow parent_instance;

  FlOptionSet *wanted;
  FlDanger danger;

  /* template */
  AdwWindowTitle *title;
  AdwPreferencesGroup *changes;
  GtkLabel *bytes;
  GtkBox *then;
  GtkCheckButton *read;
  GtkWidget *name_box;
  GtkLabel *name_label;
  GtkEditable *name;
  GtkWidget *cancel;
  GtkWidget *write;
};

enum
{
  AGREED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlOptionReview, fl_option_review, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

/* One line of the list: takes @values, what was and what will be. */
static void
fl_option_review_add_row (FlOptionReview *self, const char *name, FlDanger danger, char *values, const char *risk)
{
  GtkWidget *row = adw_preferences_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", name, values);

  gtk_box_append (GTK_BOX (heading), fl_ui_make_label (name, "heading"));
  if (danger >= FL_DANGER_HIGH)
    {
      GtkWidget *mark = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
      GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
      GtkWidget *text = fl_ui_make_label (NULL, "caption");

      fl_option_row_set_danger (GTK_IMAGE (icon), GTK_LABEL (text), danger);
      gtk_box_append (GTK_BOX (mark), icon);
      gtk_box_append (GTK_BOX (mark), text);
      gtk_box_append (GTK_BOX (heading), mark);
    }
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), fl_ui_make_label (values, NULL));
  if (risk != NULL)
    gtk_box_append (GTK_BOX (box), fl_ui_make_label (risk, "dim-label"));
  gtk_widget_add_css_class (box, "option");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  fl_ui_set_label (row, spoken);
  adw_preferences_group_add (self->changes, row);
  g_free (values);
}

static void
fl_option_review_add_change (FlOptionReview *self, const FlOptionChange *change)
{
  g_autofree char *before = fl_option_field_dup_text (change->field, change->before);
  g_autofree char *after = fl_option_field_dup_text (change->field, change->after);

  fl_option_review_add_row (self, change->field->name, change->danger,
                            /* Translators: the old and the new value of an option */
                            g_strdup_printf (_ ("%s → %s"), before, after), fl_option_field_get_risk (change->field));
}

/* Numbers of pages say more than the bits that protect them. */
static void
fl_option_review_add_protection (FlOptionReview *self, FlDevice *device)
{
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *after = NULL;
  g_autofree char *old_list = NULL;
  g_autofree char *new_list = NULL;

  if (device->layout == NULL)
    return;
  before = fl_write_protect_get (device->options, device->layout);
  after = fl_write_protect_get (self->wanted, device->layout);
  if (before == NULL || after == NULL || memcmp (before, after, fl_layout_get_n_sectors (device->layout)) == 0)
    return;
  old_list = fl_write_protect_dup_list (before, device->layout);
  new_list = fl_write_protect_dup_list (after, device->layout);
  fl_option_review_add_row (self,
                            g_str_equal (fl_chip_get_unit_name (device->chip), "page") ? _ ("Write-protected pages")
                                                                                       : _ ("Write-protected sectors"),
                            FL_DANGER_NONE, g_strdup_printf (_ ("%s → %s"), old_list, new_list), NULL);
}

/* Whether the readout protection is to be changed, and not taken off. */
static gboolean
closes_the_chip (const GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);

      if (change->field->kind->role == FL_OPTION_ROLE_RDP && change->after != change->field->factory)
        return TRUE;
    }
  return FALSE;
}

/* What follows from the writing itself. */
static void
fl_option_review_add_outcome (FlOptionReview *self, FlDevice *device, const GPtrArray *changes)
{
  FlBoot0 boot0 = fl_boot0_get (self->wanted);
  g_autofree char *text = fl_boot0_dup_text (boot0, self->wanted, device->blank);

  gtk_box_append (
      self->then,
      fl_ui_make_label (
          self->danger == FL_DANGER_IRREVERSIBLE
              ? _ ("The chip resets. After that it may never answer again, so that what was written cannot be "
                   "read back.")
          : closes_the_chip (changes)
              ? _ ("The chip resets. Then the connection is taken up again. Read-protected as it is then, it "
                   "does not show its option bytes any more: they cannot be compared.")
              : _ ("The chip resets. Then the connection is taken up again, the option bytes are read back, and "
                   "compared with what was written."),
          NULL));
  if (self->danger == FL_DANGER_IRREVERSIBLE)
    return;
  if (text != NULL)
    gtk_box_append (self->then, fl_ui_make_label (text, NULL));
  gtk_box_append (self->then,
                  fl_ui_make_label (boot0 == FL_BOOT0_PIN || boot0 == FL_BOOT0_UNKNOWN
                                        ? _ ("Keep BOOT0 as it is until then. If the bootloader does not start "
                                             "after the reset, the board does not answer until BOOT0 is high, it "
                                             "was reset, and you connect again.")
                                        : _ ("If the bootloader does not start after the reset, the board does "
                                             "not answer, and what was written cannot be read back."),
                                    NULL));
}

static void
fl_option_review_ask (FlOptionReview *self, const FlChip *chip)
{
  g_autofree char *name = fl_consent_dup_name (chip);
  g_autofree char *text = NULL;
  gboolean needs_name = fl_consent_needs_name (self->danger);

  if (self->danger == FL_DANGER_IRREVERSIBLE)
    /* Translators: the name of a chip */
    text = g_strdup_printf (_ ("This can never be undone. If you are sure, type the chip’s name: %s"), name);
  else if (needs_name)
    text = g_strdup_printf (_ ("This can make the chip unusable. If you are sure, type the chip’s name: %s"), name);
  gtk_label_set_text (self->name_label, text);
  gtk_widget_set_visible (self->name_box, needs_name);
  gtk_widget_set_visible (GTK_WIDGET (self->read), !needs_name && self->danger >= FL_DANGER_HIGH);
  gtk_widget_add_css_class (self->write, self->danger >= FL_DANGER_HIGH ? "destructive-action" : "suggested-action");
}

static void
fl_option_review_update (FlOptionReview *self)
{
  const FlChip *chip = fl_option_set_get_chip (self->wanted);
  gboolean enough;

  if (fl_consent_needs_name (self->danger))
    enough = fl_consent_is_name (chip, gtk_editable_get_text (self->name));
  else
    enough = self->danger < FL_DANGER_HIGH || gtk_check_button_get_active (self->read);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "review.write", enough);
}

static void
write_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (FlOptionReview) self = g_object_ref (FL_OPTION_REVIEW (widget));
  gboolean named = fl_consent_needs_name (self->danger);
  g_autofree char *name = named ? g_strdup (gtk_editable_get_text (self->name)) : NULL;

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[AGREED], 0, name);
}

/**
 * fl_option_review_get_wanted:
 *
 * Returns: (transfer none): what was agreed to
 */
const FlOptionSet *
fl_option_review_get_wanted (FlOptionReview *self)
{
  g_return_val_if_fail (FL_IS_OPTION_REVIEW (self), NULL);

  return self->wanted;
}

static void
fl_option_review_finalize (GObject *object)
{
  g_clear_pointer (&FL_OPTION_REVIEW (object)->wanted, fl_option_set_free);
  G_OBJECT_CLASS (fl_option_review_parent_class)->finalize (object);
}

static void
fl_option_review_class_init (FlOptionReviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_option_review_finalize;

  signals[AGREED] = g_signal_new ("agreed", FL_TYPE_OPTION_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-option-review.ui");
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, title);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, changes);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, bytes);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, then);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, read);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, name_box);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, name_label);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, name);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, cancel);
  gtk_widget_class_bind_template_child (widget_class, FlOptionReview, write);
  gtk_widget_class_install_action (widget_class, "review.write", NULL, write_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_option_review_init (FlOptionReview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->read, "toggled", G_CALLBACK (fl_option_review_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name, "changed", G_CALLBACK (fl_option_review_update), self, G_CONNECT_SWAPPED);
}

/**
 * fl_option_review_new:
 * @parent: (nullable): the window that it belongs to
 * @session: its device has option bytes
 * @wanted: what they shall be, something of it different; copied
 *
 * Returns: (transfer none): a dialog, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_option_review_new (GtkWindow *parent, FlSession *session, const FlOptionSet *wanted)
{
  FlDevice *device = fl_session_get_device (session);
  FlOptionReview *self;
  g_autoptr (GPtrArray) changes = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *name = NULL;
  g_autofree char *port = fl_transport_dup_label (fl_session_get_options (session)->port);
  g_autofree char *subtitle = NULL;

  g_return_val_if_fail (device != NULL && device->options != NULL && wanted != NULL, NULL);

  self = g_object_new (FL_TYPE_OPTION_REVIEW, "transient-for", parent, NULL);
  self->wanted = fl_option_set_copy (wanted);
  changes = fl_option_set_diff (device->options, wanted);
  self->danger = fl_option_changes_get_danger (changes);
  fl_option_review_add_protection (self, device);
  for (guint i = 0; i < changes->len; i++)
    fl_option_review_add_change (self, g_ptr_array_index (changes, i));
  bytes = fl_option_set_dup_bytes_text (device->options, wanted);
  gtk_label_set_text (self->bytes, bytes);
  name = fl_device_dup_name (device);
  /* Translators: a chip, and the port that it is on */
  subtitle = g_strdup_printf (_ ("%s on %s"), name, port);
  adw_window_title_set_subtitle (self->title, subtitle);
  fl_option_review_add_outcome (self, device, changes);
  fl_option_review_ask (self, device->chip);
  fl_option_review_update (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->danger < FL_DANGER_HIGH ? self->write : self->cancel);
  return GTK_WIDGET (self);
}
