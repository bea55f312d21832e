/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-window"

#include "fl-window.h"

#include <glib/gi18n.h>

#include "fl-connect-page.h"
#include "fl-job-runner.h"
#include "fl-log-pane.h"
#include "fl-read-page.h"
#include "fl-steps-bar.h"
#include "fl-ui.h"

struct _FlWindow
{
  AdwApplicationWindow parent_instance;

  FlJobRunner *runner;
  FlSession *session; /* nullable: never connected */
  gboolean closing;   /* closes when the running job has ended */

  FlConnectPage *connect_page;
  FlReadPage *read_page;

  /* template */
  AdwViewStack *views;
  FlStepsBar *steps;
  GtkStack *pages;
  GtkPaned *paned;
  FlLogPane *log;
  GtkToggleButton *log_button;
  GtkLabel *last_line;
};

G_DEFINE_FINAL_TYPE (FlWindow, fl_window, ADW_TYPE_APPLICATION_WINDOW)

static const char *const page_names[] = { "connect", "device", "firmware", "program" };

static void
fl_window_show_step (FlWindow *self, FlStep step)
{
  adw_view_stack_set_visible_child_name (self->views, "program");
  gtk_stack_set_visible_child_name (self->pages, page_names[step]);
  fl_steps_bar_set_current (self->steps, step);
}

static void
fl_window_update (FlWindow *self)
{
  g_autofree char *port = fl_connect_page_dup_port (self->connect_page);
  gboolean connected = self->session != NULL && fl_session_is_connected (self->session);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.cancel", fl_job_runner_is_busy (self->runner));
  fl_steps_bar_set_step (self->steps, FL_STEP_CONNECT, connected ? FL_STEP_DONE : FL_STEP_READY, port);
}

static void
fl_window_last_line_cb (FlWindow *self, guint position, guint removed, guint added, GListModel *log)
{
  guint n_entries = g_list_model_get_n_items (log);
  g_autoptr (FlLogEntry) entry = n_entries > 0 ? g_list_model_get_item (log, n_entries - 1) : NULL;
  g_autofree char *text = entry != NULL ? fl_log_entry_to_string (entry) : NULL;

  if (text != NULL)
    gtk_label_set_text (self->last_line, text);
}

static void
fl_window_started_cb (FlWindow *self, FlJob *job)
{
  GListModel *log = fl_job_get_log (job);

  fl_log_pane_add_log (self->log, log);
  g_signal_connect_object (log, "items-changed", G_CALLBACK (fl_window_last_line_cb), self, G_CONNECT_SWAPPED);
}

static void
fl_window_ended_cb (FlWindow *self, FlJob *job, GError *error)
{
  fl_window_update (self);
  if (self->closing)
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
fl_window_connected_cb (FlWindow *self, FlSession *session)
{
  g_set_object (&self->session, session);
  fl_read_page_set_session (self->read_page, session);
  fl_window_update (self);
}

static void
fl_window_step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  int step = g_variant_get_int32 (parameter);

  if (step == FL_STEP_CONNECT)
    fl_window_show_step (FL_WINDOW (widget), step);
}

static void
fl_window_step_cb (FlWindow *self, int step)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.step", "i", step);
}

static void
fl_window_cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_job_runner_cancel (FL_WINDOW (widget)->runner);
}

static void
fl_window_rescan_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_connect_page_rescan (FL_WINDOW (widget)->connect_page);
}

static void
fl_window_log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);

  gtk_toggle_button_set_active (self->log_button, !gtk_toggle_button_get_active (self->log_button));
}

static void
fl_window_primary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_connect_page_connect (FL_WINDOW (widget)->connect_page);
}

/**
 * fl_window_choose_port:
 * @self: a window
 * @name: what fl_transport_open() takes
 */
void
fl_window_choose_port (FlWindow *self, const char *name)
{
  g_return_if_fail (FL_IS_WINDOW (self));

  fl_connect_page_choose_port (self->connect_page, name);
}

static void
fl_window_dispose (GObject *object)
{
  FlWindow *self = FL_WINDOW (object);

  if (self->runner != NULL)
    fl_job_runner_cancel (self->runner);
  g_clear_object (&self->runner);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (fl_window_parent_class)->dispose (object);
}

static void
fl_window_class_init (FlWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_window_dispose;

  g_type_ensure (FL_TYPE_LOG_PANE);
  g_type_ensure (FL_TYPE_STEPS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FlWindow, views);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, log);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, log_button);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, last_line);

  gtk_widget_class_install_action (widget_class, "win.step", "i", fl_window_step_action);
  gtk_widget_class_install_action (widget_class, "win.primary", NULL, fl_window_primary_action);
  gtk_widget_class_install_action (widget_class, "win.cancel", NULL, fl_window_cancel_action);
  gtk_widget_class_install_action (widget_class, "win.rescan", NULL, fl_window_rescan_action);
  gtk_widget_class_install_action (widget_class, "win.log", NULL, fl_window_log_action);
}

/* The settings as actions, for radio buttons, and what the window itself keeps there. */
static void
fl_window_bind_settings (FlWindow *self)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GAction) entry = g_settings_create_action (settings, "entry");

  g_action_map_add_action (G_ACTION_MAP (group), entry);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "settings", G_ACTION_GROUP (group));
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "log-visible", self->log_button, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
fl_window_init (FlWindow *self)
{
  AdwViewStackPage *read;

  gtk_widget_init_template (GTK_WIDGET (self));
  fl_window_bind_settings (self);

  self->runner = fl_job_runner_new (GTK_WINDOW (self));
  g_signal_connect_object (self->runner, "started", G_CALLBACK (fl_window_started_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "ended", G_CALLBACK (fl_window_ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "notify::busy", G_CALLBACK (fl_window_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->steps, "activated", G_CALLBACK (fl_window_step_cb), self, G_CONNECT_SWAPPED);

  self->connect_page = FL_CONNECT_PAGE (fl_connect_page_new (self->runner));
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->connect_page), page_names[FL_STEP_CONNECT]);
  g_signal_connect_object (self->connect_page, "connected", G_CALLBACK (fl_window_connected_cb), self,
                           G_CONNECT_SWAPPED);

  self->read_page = FL_READ_PAGE (fl_read_page_new (self->runner));
  read = adw_view_stack_add_titled (self->views, GTK_WIDGET (self->read_page), "read", _ ("Read back"));
  adw_view_stack_page_set_icon_name (read, "document-save-symbolic");

  fl_window_show_step (self, FL_STEP_CONNECT);
  fl_window_update (self);
}

/**
 * fl_window_new:
 * @application: the program
 *
 * Returns: (transfer none): a window; the toolkit owns it
 */
GtkWidget *
fl_window_new (GtkApplication *application)
{
  return g_object_new (FL_TYPE_WINDOW, "application", application, NULL);
}
