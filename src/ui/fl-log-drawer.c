/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-log-drawer"

#include "fl-log-drawer.h"

#include <adwaita.h>

#include "fl-log-pane.h"
#include "fl-ui.h"

struct _FlLogDrawer
{
  GtkWidget parent_instance;

  guint place_id; /* of the tick callback that gives the log its height */

  /* template */
  GtkPaned *paned;
  FlLogPane *log;
  GtkToggleButton *button;
  GtkLabel *last_line;
};

static void fl_log_drawer_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlLogDrawer, fl_log_drawer, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, fl_log_drawer_buildable_init))

static GtkBuildableIface *parent_buildable_iface;

/* Nothing can be placed before the paned has got its size. */
static gboolean
fl_log_drawer_place_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  FlLogDrawer *self = FL_LOG_DRAWER (widget);
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));

  if (height <= 0)
    return G_SOURCE_CONTINUE;
  gtk_paned_set_position (self->paned, height - g_settings_get_int (fl_ui_get_settings (), "log-height"));
  self->place_id = 0;
  return G_SOURCE_REMOVE;
}

static void
fl_log_drawer_toggled_cb (FlLogDrawer *self)
{
  if (gtk_toggle_button_get_active (self->button) && self->place_id == 0)
    self->place_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), fl_log_drawer_place_cb, NULL, NULL);
}

static void
fl_log_drawer_position_cb (FlLogDrawer *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->log));

  if (gtk_toggle_button_get_active (self->button) && self->place_id == 0 && height > 0)
    g_settings_set_int (
        fl_ui_get_settings (), "log-height",
        CLAMP (gtk_widget_get_height (GTK_WIDGET (self->paned)) - gtk_paned_get_position (self->paned), 80, 2000));
}

static void
fl_log_drawer_last_line_cb (FlLogDrawer *self, guint position, guint removed, guint added, GListModel *log)
{
  guint n_entries = g_list_model_get_n_items (log);
  g_autoptr (FlLogEntry) entry = n_entries > 0 ? g_list_model_get_item (log, n_entries - 1) : NULL;
  g_autofree char *text = entry != NULL ? fl_log_entry_to_string (entry) : NULL;

  if (text != NULL)
    gtk_label_set_text (self->last_line, text);
}

/**
 * fl_log_drawer_add_job:
 * @self: a drawer
 * @job: whose log is to be followed
 */
void
fl_log_drawer_add_job (FlLogDrawer *self, FlJob *job)
{
  GListModel *log = fl_job_get_log (job);

  g_return_if_fail (FL_IS_LOG_DRAWER (self));

  fl_log_pane_add_log (self->log, log);
  g_signal_connect_object (log, "items-changed", G_CALLBACK (fl_log_drawer_last_line_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_log_drawer_toggle:
 * @self: a drawer
 *
 * Unfolds the log, or folds it.
 */
void
fl_log_drawer_toggle (FlLogDrawer *self)
{
  g_return_if_fail (FL_IS_LOG_DRAWER (self));

  gtk_toggle_button_set_active (self->button, !gtk_toggle_button_get_active (self->button));
}

/**
 * fl_log_drawer_to_text:
 * @self: a drawer
 *
 * Returns: (transfer full): the whole log with every byte
 */
char *
fl_log_drawer_to_text (FlLogDrawer *self)
{
  g_return_val_if_fail (FL_IS_LOG_DRAWER (self), NULL);

  return fl_log_pane_to_text (self->log, TRUE);
}

static void
fl_log_drawer_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  FlLogDrawer *self = FL_LOG_DRAWER (buildable);

  /* The template's own children come before there is a paned. */
  if (self->paned != NULL && GTK_IS_WIDGET (child))
    gtk_paned_set_start_child (self->paned, GTK_WIDGET (child));
  else
    parent_buildable_iface->add_child (buildable, builder, child, type);
}

static void
fl_log_drawer_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = fl_log_drawer_add_child;
}

static void
fl_log_drawer_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_log_drawer_parent_class)->dispose (object);
}

static void
fl_log_drawer_class_init (FlLogDrawerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_log_drawer_dispose;

  g_type_ensure (FL_TYPE_LOG_PANE);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-log-drawer.ui");
  gtk_widget_class_bind_template_child (widget_class, FlLogDrawer, paned);
  gtk_widget_class_bind_template_child (widget_class, FlLogDrawer, log);
  gtk_widget_class_bind_template_child (widget_class, FlLogDrawer, button);
  gtk_widget_class_bind_template_child (widget_class, FlLogDrawer, last_line);
}

static void
fl_log_drawer_init (FlLogDrawer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->button, "toggled", G_CALLBACK (fl_log_drawer_toggled_cb), self, G_CONNECT_SWAPPED);
  g_settings_bind (fl_ui_get_settings (), "log-visible", self->button, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->paned, "notify::position", G_CALLBACK (fl_log_drawer_position_cb), self,
                           G_CONNECT_SWAPPED);
}
