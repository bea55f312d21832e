/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-port-chooser"

#include "fl-port-chooser.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-port-list.h"
#include "fl-port-row.h"
#include "fl-sim-transport.h"
#include "fl-ui.h"

struct _FlPortChooser
{
  GtkWidget parent_instance;

  FlPortList *list;
  char *port;        /* chosen; NULL: none */
  char *serial;      /* of the adapter that is chosen; NULL: it has none */
  char *lost;        /* chosen, and unplugged since: chosen again when it comes back, */
  char *lost_serial; /* also under another name */
  gboolean by_hand;  /* the user chose it, or named it when the program was started */
  gboolean scanned;  /* the list has been filled once: what comes from now on was plugged in */

  /* template */
  GtkListBox *ports;
  GtkListBox *practice;
  AdwEntryRow *other;
  GtkCheckButton *other_check;
  GtkCheckButton *none_check; /* in no window: active when no port is chosen */
};

enum
{
  PROP_PORT = 1,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (FlPortChooser, fl_port_chooser, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static FlPortRow *
find_row (GtkListBox *list, const char *name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (list)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (FL_IS_PORT_ROW (child) && g_strcmp0 (fl_port_row_get_name (FL_PORT_ROW (child)), name) == 0)
      return FL_PORT_ROW (child);
  return NULL;
}

static FlPortRow *
fl_port_chooser_find (FlPortChooser *self, const char *name)
{
  FlPortRow *row = find_row (self->ports, name);

  return row != NULL ? row : find_row (self->practice, name);
}

static FlPortInfo *
fl_port_chooser_find_info (FlPortChooser *self, const char *name)
{
  guint n_ports = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;

  for (guint i = 0; i < n_ports; i++)
    {
      g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (g_strcmp0 (fl_port_info_get_name (info), name) == 0)
        return info; /* the list keeps it */
    }
  return NULL;
}

static void
fl_port_chooser_take (FlPortChooser *self, const char *name)
{
  FlPortInfo *info;

  if (g_strcmp0 (self->port, name) == 0)
    return;
  info = name != NULL ? fl_port_chooser_find_info (self, name) : NULL;
  g_free (self->port);
  self->port = g_strdup (name);
  g_free (self->serial);
  self->serial = g_strdup (info != NULL ? fl_port_info_get_serial (info) : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT]);
}

static void
fl_port_chooser_forget_lost (FlPortChooser *self)
{
  g_clear_pointer (&self->lost, g_free);
  g_clear_pointer (&self->lost_serial, g_free);
}

static void
fl_port_chooser_toggled_cb (FlPortChooser *self, GtkCheckButton *check)
{
  GtkWidget *row;

  if (!gtk_check_button_get_active (check))
    return;
  self->by_hand = TRUE;
  fl_port_chooser_forget_lost (self);
  row = gtk_widget_get_ancestor (GTK_WIDGET (check), FL_TYPE_PORT_ROW);
  fl_port_chooser_take (self, fl_port_row_get_name (FL_PORT_ROW (row)));
}

static void
fl_port_chooser_other_cb (FlPortChooser *self)
{
  const char *path = gtk_editable_get_text (GTK_EDITABLE (self->other));

  if (!gtk_check_button_get_active (self->other_check))
    return;
  self->by_hand = TRUE;
  fl_port_chooser_forget_lost (self);
  fl_port_chooser_take (self, *path != '\0' ? path : NULL);
}

static void
fl_port_chooser_other_changed_cb (FlPortChooser *self)
{
  const char *path = gtk_editable_get_text (GTK_EDITABLE (self->other));

  if (*path != '\0' && gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->other)))))
    gtk_check_button_set_active (self->other_check, TRUE);
  fl_port_chooser_other_cb (self);
}

/* Chooses without the user's hand: what was chosen so far stays a proposal. */
static void
fl_port_chooser_propose (FlPortChooser *self, const char *name)
{
  FlPortRow *row = fl_port_chooser_find (self, name);

  if (row == NULL)
    return;
  gtk_check_button_set_active (fl_port_row_get_check (row), TRUE);
  self->by_hand = FALSE;
}

static GtkWidget *
fl_port_chooser_make_row (FlPortChooser *self, const char *name, const char *title, const char *subtitle,
                          const char *icon)
{
  GtkWidget *row = fl_port_row_new (name, title, subtitle, icon, self->none_check);

  g_signal_connect_object (fl_port_row_get_check (FL_PORT_ROW (row)), "toggled",
                           G_CALLBACK (fl_port_chooser_toggled_cb), self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
fl_port_chooser_create_row_cb (gpointer item, gpointer user_data)
{
  FlPortInfo *info = item;
  gboolean usb = fl_port_info_get_kind (info) == FL_PORT_USB;
  GtkWidget *row = fl_port_chooser_make_row (user_data, fl_port_info_get_name (info), fl_port_info_get_title (info),
                                             fl_port_info_get_manufacturer (info),
                                             usb ? "media-removable-symbolic" : "modem-symbolic");

  gtk_widget_set_tooltip_text (row, fl_port_info_get_subtitle (info));
  return row;
}

/* The one that was used last, by its serial number or its name; else the first on USB. */
static FlPortInfo *
fl_port_chooser_find_usual (FlPortChooser *self)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autofree char *name = g_settings_get_string (settings, "last-port");
  g_autofree char *serial = g_settings_get_string (settings, "last-port-serial");
  FlPortInfo *best = NULL;
  int best_score = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      int score = 0;

      if (*serial != '\0' && g_strcmp0 (fl_port_info_get_serial (info), serial) == 0)
        score = 3;
      else if (g_strcmp0 (fl_port_info_get_name (info), name) == 0)
        score = 2;
      else if (fl_port_info_get_kind (info) == FL_PORT_USB && !g_str_has_prefix (name, "sim:"))
        score = 1;
      if (score > best_score)
        {
          best = info; /* the list keeps it */
          best_score = score;
        }
    }
  return best;
}

/* The one that was unplugged, if it is back. */
static FlPortInfo *
fl_port_chooser_find_lost (FlPortChooser *self)
{
  for (guint i = 0; self->lost != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (self->lost_serial != NULL ? g_strcmp0 (fl_port_info_get_serial (info), self->lost_serial) == 0
                                    : g_strcmp0 (fl_port_info_get_name (info), self->lost) == 0)
        return info; /* the list keeps it */
    }
  return NULL;
}

/* Unplugged. Nothing else is chosen in its place: that could be the wrong board. */
static void
fl_port_chooser_lose (FlPortChooser *self)
{
  fl_port_chooser_forget_lost (self);
  self->lost = g_strdup (self->port);
  self->lost_serial = g_strdup (self->serial);
  gtk_check_button_set_active (self->none_check, TRUE);
  fl_port_chooser_take (self, NULL);
}

static void
fl_port_chooser_items_changed_cb (FlPortChooser *self, guint position, guint removed, guint added)
{
  FlPortInfo *proposal = NULL;

  if (self->port != NULL && fl_port_chooser_find (self, self->port) == NULL
      && !gtk_check_button_get_active (self->other_check))
    fl_port_chooser_lose (self);
  if (added == 0)
    return;
  if (self->lost != NULL)
    proposal = fl_port_chooser_find_lost (self);
  else if (self->by_hand && self->port != NULL)
    return;
  else if (!self->scanned)
    proposal = fl_port_chooser_find_usual (self);
  self->scanned = TRUE;
  if (proposal == NULL && self->lost == NULL)
    {
      g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), position);

      if (fl_port_info_get_kind (info) == FL_PORT_USB)
        proposal = info; /* the list keeps it */
    }
  if (proposal != NULL)
    fl_port_chooser_propose (self, fl_port_info_get_name (proposal));
}

/**
 * fl_port_chooser_get_port:
 * @self: a chooser
 *
 * Returns: (nullable): the name of the chosen port
 */
const char *
fl_port_chooser_get_port (FlPortChooser *self)
{
  g_return_val_if_fail (FL_IS_PORT_CHOOSER (self), NULL);

  return self->port;
}

/**
 * fl_port_chooser_dup_title:
 * @self: a chooser
 *
 * Returns: (transfer full) (nullable): what a person calls the chosen port
 */
char *
fl_port_chooser_dup_title (FlPortChooser *self)
{
  FlPortRow *row;

  g_return_val_if_fail (FL_IS_PORT_CHOOSER (self), NULL);

  row = self->port != NULL ? fl_port_chooser_find (self, self->port) : NULL;
  return g_strdup (row != NULL ? adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)) : self->port);
}

/**
 * fl_port_chooser_choose:
 * @self: a chooser
 * @name: a port; one that is in no list is taken as typed
 */
void
fl_port_chooser_choose (FlPortChooser *self, const char *name)
{
  FlPortRow *row;

  g_return_if_fail (FL_IS_PORT_CHOOSER (self));
  g_return_if_fail (name != NULL);

  row = fl_port_chooser_find (self, name);
  if (row != NULL)
    {
      gtk_check_button_set_active (fl_port_row_get_check (row), TRUE);
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (self->other), name);
  gtk_check_button_set_active (self->other_check, TRUE);
}

/**
 * fl_port_chooser_set_active:
 * @self: a chooser
 * @active: whether to watch for ports; %FALSE while a job runs, since listing opens some ports
 */
void
fl_port_chooser_set_active (FlPortChooser *self, gboolean active)
{
  g_return_if_fail (FL_IS_PORT_CHOOSER (self));

  fl_port_list_set_active (self->list, active);
}

/**
 * fl_port_chooser_rescan:
 * @self: a chooser
 *
 * Looks for ports now instead of within a second.
 */
void
fl_port_chooser_rescan (FlPortChooser *self)
{
  g_return_if_fail (FL_IS_PORT_CHOOSER (self));

  fl_port_list_set_active (self->list, FALSE);
  fl_port_list_set_active (self->list, TRUE);
}

/**
 * fl_port_chooser_remember:
 * @self: a chooser
 *
 * Keeps the chosen port in the settings; to be called when it has proved to be the right one.
 */
void
fl_port_chooser_remember (FlPortChooser *self)
{
  GSettings *settings = fl_ui_get_settings ();

  g_return_if_fail (FL_IS_PORT_CHOOSER (self));

  if (self->port == NULL)
    return;
  g_settings_set_string (settings, "last-port", self->port);
  g_settings_set_string (settings, "last-port-serial", self->serial != NULL ? self->serial : "");
}

static void
fl_port_chooser_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlPortChooser *self = FL_PORT_CHOOSER (object);

  switch (id)
    {
    case PROP_PORT:
      g_value_set_string (value, self->port);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_port_chooser_dispose (GObject *object)
{
  FlPortChooser *self = FL_PORT_CHOOSER (object);
  GtkWidget *child;

  if (self->list != NULL)
    fl_port_list_set_active (self->list, FALSE);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (fl_port_chooser_parent_class)->dispose (object);
}

static void
fl_port_chooser_finalize (GObject *object)
{
  FlPortChooser *self = FL_PORT_CHOOSER (object);

  g_free (self->port);
  g_free (self->serial);
  fl_port_chooser_forget_lost (self);
  G_OBJECT_CLASS (fl_port_chooser_parent_class)->finalize (object);
}

static void
fl_port_chooser_class_init (FlPortChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fl_port_chooser_get_property;
  object_class->dispose = fl_port_chooser_dispose;
  object_class->finalize = fl_port_chooser_finalize;

  properties[PROP_PORT] = g_param_spec_string ("port", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-port-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, FlPortChooser, ports);
  gtk_widget_class_bind_template_child (widget_class, FlPortChooser, practice);
  gtk_widget_class_bind_template_child (widget_class, FlPortChooser, other);
  gtk_widget_class_bind_template_child (widget_class, FlPortChooser, other_check);
  gtk_widget_class_bind_template_child (widget_class, FlPortChooser, none_check);
}

static void
fl_port_chooser_init (FlPortChooser *self)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autofree char *last = g_settings_get_string (settings, "last-port");
  const FlSimPractice *boards;
  guint n_boards;

  gtk_widget_init_template (GTK_WIDGET (self));
  g_settings_bind (settings, "other-port", self->other, "text", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->other_check, "toggled", G_CALLBACK (fl_port_chooser_other_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->other, "changed", G_CALLBACK (fl_port_chooser_other_changed_cb), self,
                           G_CONNECT_SWAPPED);

  boards = fl_sim_practice_boards (&n_boards);
  for (guint i = 0; i < n_boards; i++)
    gtk_list_box_append (self->practice,
                         fl_port_chooser_make_row (self, boards[i].name, _ (boards[i].title), _ (boards[i].subtitle),
                                                   "applications-engineering-symbolic"));
  if (fl_port_chooser_find (self, last) != NULL)
    fl_port_chooser_propose (self, last);
  else if (n_boards > 0)
    fl_port_chooser_propose (self, boards[0].name);

  self->list = fl_port_list_new ();
  gtk_list_box_bind_model (self->ports, G_LIST_MODEL (self->list), fl_port_chooser_create_row_cb, self, NULL);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (fl_port_chooser_items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  fl_port_list_set_active (self->list, TRUE);
}
