/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-protect-pane"

#include "config.h"

#include "fl-protect-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-flash-map.h"
#include "fl-map-paint.h"
#include "fl-options-job.h"
#include "fl-ui.h"
#include "fl-write-protect.h"

struct _FlProtectPane
{
  GtkWidget parent_instance;

  FlOptionDraft *draft; /* nullable */
  FlDevice *device;     /* shown; nullable */
  guint8 *refused;      /* what was chosen and cannot be: a byte a sector; NULL: what is chosen is in the draft */
  guint8 *reached;      /* what came of the last choice; NULL: none was made */
  guint n_more;         /* of those: sectors that are protected together with the ones that were chosen */
  gboolean updating;

  /* of a drag on the map */
  guint8 *base;    /* what was chosen before it; NULL: there is no drag */
  guint first;     /* the sector where it began */
  gboolean remove; /* takes protection away */

  /* template */
  AdwActionRow *readout;
  GtkWidget *protect;
  GtkWidget *unprotect;
  AdwActionRow *write;
  GtkWidget *unprotect_write;
  GtkWidget *choice;
  GtkLabel *list_label;
  GtkEditable *list;
  FlFlashMap *map;
  GtkWidget *note_box;
  GtkImage *note_icon;
  GtkLabel *note;
};

enum
{
  PROTECT,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlProtectPane, fl_protect_pane, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* The bootloader's own commands: what is asked, and what the button says. */
static const struct
{
  const char *action;
  const char *heading;
  const char *button;
} commands[] = {
  [FL_PROTECT_READ] = { "protect.read", N_ ("Protect the flash against reading?"), N_ ("_Protect") },
  [FL_UNPROTECT_READ] = { "protect.unprotect-read", N_ ("Erase the chip and remove readout protection?"),
                          N_ ("_Erase everything") },
  [FL_UNPROTECT_WRITE] = { "protect.unprotect-write", N_ ("Remove write protection?"), N_ ("_Remove") },
};

static gboolean
has_pages (FlDevice *device)
{
  return g_str_equal (fl_chip_get_unit_name (device->chip), "page");
}

static guint
count_set (const guint8 *sectors, guint n_sectors)
{
  guint n = 0;

  for (guint i = 0; i < n_sectors; i++)
    n += sectors[i] ? 1 : 0;
  return n;
}

/* What the draft says is protected. */
static guint8 *
fl_protect_pane_dup_wanted (FlProtectPane *self)
{
  const FlOptionSet *wanted = fl_option_draft_get_wanted (self->draft);

  if (wanted == NULL || self->device->layout == NULL)
    return NULL;
  return fl_write_protect_get (wanted, self->device->layout);
}

/* What is shown as chosen: also when the chip cannot do it. */
static guint8 *
fl_protect_pane_dup_chosen (FlProtectPane *self)
{
  if (self->refused != NULL)
    return g_memdup2 (self->refused, fl_layout_get_n_sectors (self->device->layout));
  return fl_protect_pane_dup_wanted (self);
}

static void
fl_protect_pane_update_map (FlProtectPane *self, const guint8 *now, const guint8 *chosen)
{
  guint n_sectors = fl_layout_get_n_sectors (self->device->layout);
  g_autofree guint8 *states = g_new (guint8, n_sectors);

  for (guint i = 0; i < n_sectors; i++)
    if (chosen[i])
      states[i] = now[i] ? FL_MAP_PROTECTED : FL_MAP_TO_PROTECT;
    else
      states[i] = now[i] ? FL_MAP_TO_OPEN : FL_MAP_OPEN;
  fl_flash_map_set_states (self->map, states, n_sectors);
}

/* The list says what the map shows; what is being typed is left alone as long as it means the same, or nothing. */
static void
fl_protect_pane_update_list (FlProtectPane *self, const guint8 *chosen)
{
  guint n_sectors = fl_layout_get_n_sectors (self->device->layout);
  g_autofree guint8 *typed = g_new0 (guint8, n_sectors);
  g_autofree char *list = fl_write_protect_dup_list (chosen, self->device->layout);
  const char *problem = fl_option_draft_get_problem (self->draft, self);
  gboolean parsed = fl_write_protect_parse_list (gtk_editable_get_text (self->list), self->device->layout, typed, NULL);

  self->updating = TRUE;
  if (parsed ? memcmp (typed, chosen, n_sectors) != 0 : problem == NULL)
    gtk_editable_set_text (self->list, list);
  self->updating = FALSE;
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->list), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->list), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
fl_protect_pane_update_note (FlProtectPane *self)
{
  const char *problem = fl_option_draft_get_problem (self->draft, self);
  g_autofree char *more = NULL;

  if (self->reached != NULL && self->n_more > 0)
    more = g_strdup_printf (
        has_pages (self->device)
            ? ngettext ("This chip protects several pages with one option bit: %u more page goes with those chosen.",
                        "This chip protects several pages with one option bit: %u more pages go with those chosen.",
                        self->n_more)
            : ngettext (
                "This chip protects several sectors with one option bit: %u more sector goes with those chosen.",
                "This chip protects several sectors with one option bit: %u more sectors go with those chosen.",
                self->n_more),
        self->n_more);
  gtk_label_set_text (self->note, problem != NULL ? problem : more);
  gtk_image_set_from_icon_name (self->note_icon,
                                problem != NULL ? "dialog-error-symbolic" : "dialog-information-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->note_icon), (const char *[]){ problem != NULL ? "error" : "", NULL });
  gtk_widget_set_visible (self->note_box, problem != NULL || more != NULL);
}

/* The first field with this role, and its value in words. */
static char *
dup_role_words (const FlOptionSet *options, FlOptionRole role)
{
  const FlOptionField *field = fl_chip_find_option_role (fl_option_set_get_chip (options), role);
  const char *words;

  if (field == NULL || !fl_option_set_has (options, field))
    return NULL;
  words = fl_option_field_get_words (field, fl_option_set_get (options, field));
  return words != NULL ? g_strdup (words) : fl_option_field_dup_text (field, fl_option_set_get (options, field));
}

static char *
dup_readout_text (FlDevice *device)
{
  char *words = NULL;

  if (device->protection == FL_PROTECTION_READOUT)
    return g_strdup (_ ("On: flash and option bytes can be neither read nor written"));
  if (device->options != NULL)
    words = dup_role_words (device->options, FL_OPTION_ROLE_RDP);
  if (device->options != NULL && words == NULL)
    words = dup_role_words (device->options, FL_OPTION_ROLE_PRODUCT_STATE);
  if (words != NULL)
    return words;
  return g_strdup (device->protection == FL_PROTECTION_NONE ? _ ("Off: flash can be read and written")
                                                            : _ ("Not known"));
}

static char *
dup_write_text (FlDevice *device, const guint8 *now)
{
  guint n_sectors, n_set;
  g_autofree char *list = NULL;

  if (now == NULL && device->protection == FL_PROTECTION_READOUT)
    return g_strdup (_ ("Not known: it cannot be read while readout protection is on"));
  if (now == NULL && (device->options == NULL || device->chip->write_protect->len == 0))
    return g_strdup (_ ("Not known"));
  if (now == NULL)
    return g_strdup (_ ("None: the bits for it mean read protection of parts of the flash (PCROP) on this chip now"));
  n_sectors = fl_layout_get_n_sectors (device->layout);
  n_set = count_set (now, n_sectors);
  if (n_set == 0)
    return g_strdup (has_pages (device) ? _ ("Off: every page can be erased and written")
                                        : _ ("Off: every sector can be erased and written"));
  list = fl_write_protect_dup_list (now, device->layout);
  /* Translators: two numbers, and a list such as "0-15, 32" */
  return g_strdup_printf (has_pages (device) ? _ ("On for %u of %u pages: %s") : _ ("On for %u of %u sectors: %s"),
                          n_set, n_sectors, list);
}

static void
fl_protect_pane_update_button (FlProtectPane *self, GtkWidget *button, FlProtectKind kind, gboolean useful)
{
  g_autoptr (GError) error = NULL;
  gboolean possible = fl_protect_kind_check (kind, self->device, &error);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), commands[kind].action, possible);
  gtk_widget_set_visible (button, useful);
  gtk_widget_set_tooltip_text (button, possible ? NULL : error->message);
}

static void
fl_protect_pane_update_rows (FlProtectPane *self, const guint8 *now)
{
  FlDevice *device = self->device;
  g_autofree char *readout = dup_readout_text (device);
  g_autofree char *write = dup_write_text (device, now);
  gboolean on = device->protection == FL_PROTECTION_READOUT;
  gboolean by_state = fl_chip_find_option_role (device->chip, FL_OPTION_ROLE_PRODUCT_STATE) != NULL;
  gboolean any = now != NULL && count_set (now, fl_layout_get_n_sectors (device->layout)) > 0;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->readout),
                                 by_state ? _ ("Product state") : _ ("Readout protection"));
  adw_action_row_set_subtitle (self->readout, readout);
  adw_action_row_set_subtitle (self->write, write);
  fl_protect_pane_update_button (self, self->protect, FL_PROTECT_READ, !on && !by_state);
  fl_protect_pane_update_button (self, self->unprotect, FL_UNPROTECT_READ, on);
  fl_protect_pane_update_button (self, self->unprotect_write, FL_UNPROTECT_WRITE, any || (now == NULL && !on));
}

/* Everything in the pane follows from the draft. */
static void
fl_protect_pane_update (FlProtectPane *self)
{
  FlDevice *device = fl_option_draft_get_device (self->draft);
  g_autofree guint8 *now = NULL;
  g_autofree guint8 *chosen = NULL;

  if (device != self->device)
    {
      g_set_object (&self->device, device);
      g_clear_pointer (&self->refused, g_free);
      g_clear_pointer (&self->base, g_free);
      g_clear_pointer (&self->reached, g_free);
      fl_flash_map_set_device (self->map, device);
    }
  if (device == NULL || device->chip == NULL)
    return;
  if (fl_option_draft_get_problem (self->draft, self) == NULL)
    g_clear_pointer (&self->refused, g_free);
  if (device->layout != NULL)
    now = fl_write_protect_get (device->options, device->layout);
  chosen = now != NULL ? fl_protect_pane_dup_chosen (self) : NULL;
  fl_protect_pane_update_rows (self, now);
  gtk_widget_set_visible (self->choice, chosen != NULL);
  if (chosen == NULL)
    return;
  if (self->reached != NULL && memcmp (self->reached, chosen, fl_layout_get_n_sectors (device->layout)) != 0)
    g_clear_pointer (&self->reached, g_free); /* it was changed elsewhere since */
  gtk_label_set_text_with_mnemonic (self->list_label, has_pages (device) ? _ ("P_ages to protect against writing")
                                                                         : _ ("S_ectors to protect against writing"));
  fl_protect_pane_update_map (self, now, chosen);
  fl_protect_pane_update_list (self, chosen);
  fl_protect_pane_update_note (self);
}

/* The user chose these sectors. Takes @sectors. */
static void
fl_protect_pane_choose (FlProtectPane *self, guint8 *sectors)
{
  guint n_sectors = fl_layout_get_n_sectors (self->device->layout);
  g_autofree guint8 *reached = g_memdup2 (sectors, n_sectors);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->refused, g_free);
  g_clear_pointer (&self->reached, g_free);
  if (fl_option_draft_protect (self->draft, reached, &error))
    {
      self->n_more = count_set (reached, n_sectors) - count_set (sectors, n_sectors);
      self->reached = g_steal_pointer (&reached);
      g_free (sectors);
    }
  else
    self->refused = sectors;
  fl_option_draft_set_problem (self->draft, self, error != NULL ? error->message : NULL);
  fl_protect_pane_update (self);
}

static void
typed_cb (FlProtectPane *self)
{
  g_autofree guint8 *sectors = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (self->updating || self->device == NULL || self->device->layout == NULL)
    return;
  sectors = g_new0 (guint8, fl_layout_get_n_sectors (self->device->layout));
  text = g_strstrip (g_strdup (gtk_editable_get_text (self->list)));
  if (fl_write_protect_parse_list (text, self->device->layout, sectors, &error))
    fl_protect_pane_choose (self, g_steal_pointer (&sectors));
  else
    fl_option_draft_set_problem (self->draft, self, error->message);
}

/* Where pages are protected in groups: all those that go with the ones in @sectors. */
static void
fl_protect_pane_widen (FlProtectPane *self, guint8 *sectors)
{
  g_autoptr (FlOptionSet) trial = fl_option_set_copy (fl_option_draft_get_wanted (self->draft));
  g_autofree guint8 *reached = g_memdup2 (sectors, fl_layout_get_n_sectors (self->device->layout));

  if (fl_write_protect_set (trial, self->device->layout, reached, NULL))
    memcpy (sectors, reached, fl_layout_get_n_sectors (self->device->layout));
}

/* From where the drag began to here. */
static void
fl_protect_pane_drag_to (FlProtectPane *self, guint last)
{
  guint n_sectors = fl_layout_get_n_sectors (self->device->layout);
  guint8 *sectors = g_memdup2 (self->base, n_sectors);
  g_autofree guint8 *dragged = g_new0 (guint8, n_sectors);

  for (guint i = MIN (self->first, last); i <= MAX (self->first, last); i++)
    dragged[i] = TRUE;
  if (self->remove)
    fl_protect_pane_widen (self, dragged);
  for (guint i = 0; i < n_sectors; i++)
    if (dragged[i])
      sectors[i] = !self->remove;
  fl_protect_pane_choose (self, sectors);
}

static void
drag_begin_cb (FlProtectPane *self, double x, double y)
{
  const FlSector *sector = fl_flash_map_find_sector (self->map, (int) x, (int) y);

  g_clear_pointer (&self->base, g_free);
  if (sector == NULL)
    return;
  self->base = fl_protect_pane_dup_chosen (self);
  self->first = sector->index;
  self->remove = self->base[sector->index];
  fl_protect_pane_drag_to (self, sector->index);
}

static void
drag_update_cb (FlProtectPane *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x, y;
  const FlSector *sector;

  if (self->base == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  sector = fl_flash_map_find_sector (self->map, (int) (x + dx), (int) (y + dy));
  if (sector != NULL)
    fl_protect_pane_drag_to (self, sector->index);
}

static void
drag_end_cb (FlProtectPane *self)
{
  g_clear_pointer (&self->base, g_free);
}

static void
response_cb (FlProtectPane *self, const char *response, GtkWidget *dialog)
{
  if (g_str_equal (response, "go"))
    g_signal_emit (self, signals[PROTECT], 0, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "kind")));
}

static void
fl_protect_pane_ask (FlProtectPane *self, FlProtectKind kind)
{
  g_autofree char *warning = fl_protect_kind_dup_warning (kind, self->device);
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *widget = adw_message_dialog_new (parent, _ (commands[kind].heading), warning);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

  gtk_window_set_title (GTK_WINDOW (dialog), _ (commands[kind].heading));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "go", _ (commands[kind].button), NULL);
  adw_message_dialog_set_response_appearance (dialog, "go", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data (G_OBJECT (dialog), "kind", GINT_TO_POINTER (kind));
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
protect_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (action, commands[i].action))
      fl_protect_pane_ask (FL_PROTECT_PANE (widget), i);
}

/**
 * fl_protect_pane_set_draft:
 * @draft: what is wanted; followed from now on
 */
void
fl_protect_pane_set_draft (FlProtectPane *self, FlOptionDraft *draft)
{
  g_return_if_fail (FL_IS_PROTECT_PANE (self));
  g_return_if_fail (FL_IS_OPTION_DRAFT (draft) && self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (fl_protect_pane_update), self, G_CONNECT_SWAPPED);
  fl_protect_pane_update (self);
}

static void
fl_protect_pane_dispose (GObject *object)
{
  FlProtectPane *self = FL_PROTECT_PANE (object);
  GtkWidget *child;

  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);
  g_clear_object (&self->device);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_PROTECT_PANE);
  G_OBJECT_CLASS (fl_protect_pane_parent_class)->dispose (object);
}

static void
fl_protect_pane_finalize (GObject *object)
{
  FlProtectPane *self = FL_PROTECT_PANE (object);

  g_free (self->refused);
  g_free (self->reached);
  g_free (self->base);
  G_OBJECT_CLASS (fl_protect_pane_parent_class)->finalize (object);
}

static void
fl_protect_pane_class_init (FlProtectPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_protect_pane_dispose;
  object_class->finalize = fl_protect_pane_finalize;

  signals[PROTECT] = g_signal_new ("protect", FL_TYPE_PROTECT_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   1, G_TYPE_INT);

  g_type_ensure (FL_TYPE_FLASH_MAP);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-protect-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, readout);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, protect);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, unprotect);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, write);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, unprotect_write);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, choice);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, list_label);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, list);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, map);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, note_box);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, note_icon);
  gtk_widget_class_bind_template_child (widget_class, FlProtectPane, note);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    gtk_widget_class_install_action (widget_class, commands[i].action, NULL, protect_action);
}

static void
fl_protect_pane_init (FlProtectPane *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->list, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->map), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self->map), "pointer");
}

/**
 * fl_protect_pane_new:
 *
 * Returns: (transfer floating): a pane that follows no draft yet
 */
GtkWidget *
fl_protect_pane_new (void)
{
  return g_object_new (FL_TYPE_PROTECT_PANE, NULL);
}
