/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-window"

#include "fl-window-private.h"

#include <glib/gi18n.h>

#include "fl-diagnosis-dialog.h"
#include "fl-diagnosis-remedy.h"
#include "fl-jump-dialog.h"
#include "fl-loopback-dialog.h"
#include "fl-ui.h"
#include "fl-wiring-dialog.h"

/* What menus, keys and buttons of the pages do in the window. */

static void
fl_window_step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);
  int step = g_variant_get_int32 (parameter);

  if (step >= 0 && step < FL_N_STEPS && fl_window_can_visit (self, step))
    fl_window_show_step (self, step);
}

static const char *const simple_actions[] = { "win.go-connect", "win.cancel",       "win.rescan",
                                              "win.log",        "win.enable-boot0", "win.show-protection" };

static void
fl_window_simple_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);

  if (g_str_equal (name, "win.cancel"))
    fl_job_runner_cancel (self->runner);
  else if (g_str_equal (name, "win.rescan"))
    fl_connect_page_rescan (self->connect_page);
  else if (g_str_equal (name, "win.log"))
    fl_log_drawer_toggle (self->log);
  else if (g_str_equal (name, "win.go-connect"))
    fl_window_show_step (self, FL_STEP_CONNECT);
  else
    {
      adw_view_stack_set_visible_child_name (self->views, "protection");
      if (g_str_equal (name, "win.enable-boot0"))
        fl_options_page_enable_boot0 (self->options_page);
    }
}

static void
fl_window_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);

  if (fl_window_can_visit (self, FL_STEP_FIRMWARE))
    fl_window_show_step (self, FL_STEP_FIRMWARE);
  fl_firmware_page_choose (self->firmware_page);
}

static void
fl_window_open_uri_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  fl_window_open (FL_WINDOW (widget), file);
}

static void
fl_window_primary_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);
  const char *view = adw_view_stack_get_visible_child_name (self->views);

  if (g_strcmp0 (view, "protection") == 0)
    fl_options_page_activate (self->options_page);
  else if (g_strcmp0 (view, "console") == 0)
    fl_console_page_activate (self->console_page);
  if (g_strcmp0 (view, "program") != 0)
    return;
  switch (self->step)
    {
    case FL_STEP_DEVICE:
      fl_device_page_continue (self->device_page);
      break;
    case FL_STEP_FIRMWARE:
      fl_firmware_page_activate (self->firmware_page);
      break;
    case FL_STEP_PROGRAM:
      fl_program_page_activate (self->program_page);
      break;
    case FL_STEP_CONNECT:
    default:
      fl_connect_page_connect (self->connect_page);
    }
}

/* The chip on the board, or the one that the user says it is. */
static const FlChip *
fl_window_get_chip (FlWindow *self, const FlConnectOptions *options)
{
  FlDevice *device = self->session != NULL ? fl_session_get_device (self->session) : NULL;

  if (device != NULL && device->chip != NULL)
    return device->chip;
  return options != NULL && options->pid >= 0 ? fl_chip_db_find ((guint16) options->pid) : NULL;
}

static void
fl_window_show_wiring (FlWindow *self)
{
  g_autoptr (FlConnectOptions) options = fl_connect_page_make_options (self->connect_page);
  const FlChip *chip = fl_window_get_chip (self, options);

  gtk_window_present (GTK_WINDOW (fl_wiring_dialog_new (GTK_WINDOW (self), chip, options)));
}

static void
fl_window_show_jump (FlWindow *self)
{
  g_autoptr (FlConnectOptions) options = fl_connect_page_make_options (self->connect_page);

  gtk_window_present (GTK_WINDOW (fl_jump_dialog_new (GTK_WINDOW (self), fl_window_get_chip (self, options))));
}

static void
fl_window_test_adapter_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);
  g_autoptr (FlConnectOptions) options = fl_connect_page_make_options (self->connect_page);
  g_autofree char *port = fl_connect_page_dup_port (self->connect_page);

  if (options != NULL && port != NULL && !fl_job_runner_is_busy (self->runner))
    gtk_window_present (GTK_WINDOW (fl_loopback_dialog_new (GTK_WINDOW (self), self->runner, options, port)));
}

/* Where it is seen what will be erased, and programmed. */
static void
fl_window_erase_first (FlWindow *self)
{
  fl_diagnosis_remedy_prepare ("erase");
  fl_window_show_step (self, fl_window_can_visit (self, FL_STEP_FIRMWARE) ? FL_STEP_FIRMWARE : FL_STEP_CONNECT);
}

/* Only what is not known of a chip can be said of it. */
static void
fl_window_declare (FlWindow *self)
{
  FlDevice *device = self->session != NULL ? fl_session_get_device (self->session) : NULL;

  if (device != NULL && device->chip != NULL && device->declaration == NULL)
    fl_ui_toast (self->toasts, &self->toast, _ ("This program knows the chip: nothing has to be said of it."));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.declare", NULL);
}

/* The same again, with one thing changed. */
static void
fl_window_try_again (FlWindow *self)
{
  fl_window_show_step (self, FL_STEP_CONNECT);
  fl_connect_page_connect (self->connect_page);
}

static void
fl_window_do_remedy (FlWindow *self, const char *action)
{
  const char *view = fl_diagnosis_remedy_get_view (action);

  if (view != NULL)
    adw_view_stack_set_visible_child_name (self->views, view);
  else if (g_str_equal (action, "wiring"))
    fl_window_show_wiring (self);
  else if (g_str_equal (action, "jump-code"))
    fl_window_show_jump (self);
  else if (g_str_equal (action, "report"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.save-report", NULL);
  else if (g_str_equal (action, "file"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open", NULL);
  else if (g_str_equal (action, "declare"))
    fl_window_declare (self);
  else if (g_str_equal (action, "loopback"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.test-adapter", NULL);
  else if (g_str_equal (action, "erase"))
    fl_window_erase_first (self);
  else if (g_str_equal (action, "entry") || g_str_equal (action, "lines") || g_str_equal (action, "other-port"))
    fl_window_show_step (self, FL_STEP_CONNECT);
  else
    {
      fl_diagnosis_remedy_prepare (action);
      fl_window_try_again (self);
    }
}

/* Where to look: where the last job failed; on the connected board; at the port that is chosen. */
static FlSession *
fl_window_dup_suspect (FlWindow *self)
{
  g_autoptr (FlConnectOptions) options = fl_connect_page_make_options (self->connect_page);

  if (self->failed_job != NULL)
    return g_object_ref (fl_job_get_session (self->failed_job));
  if (self->session != NULL && fl_session_is_connected (self->session))
    return g_object_ref (self->session);
  return options != NULL ? fl_session_new (options) : NULL;
}

static void
fl_window_find_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);
  g_autoptr (FlJob) failed = self->failed_job != NULL ? g_object_ref (self->failed_job) : NULL;
  g_autoptr (FlSession) session = fl_window_dup_suspect (self);
  GtkWidget *dialog;

  if (session == NULL || fl_job_runner_is_busy (self->runner))
    return;
  dialog = fl_diagnosis_dialog_new (GTK_WINDOW (self), self->runner);
  g_signal_connect_object (dialog, "remedy", G_CALLBACK (fl_window_do_remedy), self, G_CONNECT_SWAPPED);
  fl_diagnosis_dialog_start (FL_DIAGNOSIS_DIALOG (dialog), session, failed != NULL ? fl_job_get_facts (failed) : NULL);
}

static gboolean
fl_window_shortcuts_closed_cb (FlWindow *self)
{
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self), NULL);
  return TRUE;
}

/* Made when it is asked for, and not by its name when the program starts: GTK 4.8 crashes when a screen reader asks for
 * a window that has just closed while there is one that was never shown. */
static void
fl_window_shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (FL_UI_PATH "help-overlay.ui");
  GtkShortcutsWindow *shortcuts = GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (widget), shortcuts);
  g_signal_connect_object (shortcuts, "close-request", G_CALLBACK (fl_window_shortcuts_closed_cb), widget,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (shortcuts));
}

static void
fl_window_remedy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_window_do_remedy (FL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

void
fl_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.step", "i", fl_window_step_action);
  for (guint i = 0; i < G_N_ELEMENTS (simple_actions); i++)
    gtk_widget_class_install_action (widget_class, simple_actions[i], NULL, fl_window_simple_action);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, fl_window_shortcuts_action);
  gtk_widget_class_install_action (widget_class, "win.primary", NULL, fl_window_primary_action);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, fl_window_open_action);
  gtk_widget_class_install_action (widget_class, "win.open-uri", "s", fl_window_open_uri_action);
  gtk_widget_class_install_action (widget_class, "win.test-adapter", NULL, fl_window_test_adapter_action);
  gtk_widget_class_install_action (widget_class, "win.find-out", NULL, fl_window_find_out_action);
  gtk_widget_class_install_action (widget_class, "win.remedy", "s", fl_window_remedy_action);
  gtk_widget_class_install_action (widget_class, "win.remedy-board", "s", fl_window_remedy_action);
}
