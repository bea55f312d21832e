/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-window"

#include "fl-window-private.h"

#include <glib/gi18n.h>

#include "fl-case-dialog.h"
#include "fl-connect-job.h"
#include "fl-console-job.h"
#include "fl-diagnose-job.h"
#include "fl-loopback-job.h"
#include "fl-program-job.h"
#include "fl-report-dialog.h"
#include "fl-stop-dialog.h"
#include "fl-ui.h"
#include "fl-verdict-view.h"

G_DEFINE_FINAL_TYPE (FlWindow, fl_window, ADW_TYPE_APPLICATION_WINDOW)

static const char *const page_names[] = {
  [FL_STEP_CONNECT] = "connect",
  [FL_STEP_DEVICE] = "device",
  [FL_STEP_FIRMWARE] = "firmware",
  [FL_STEP_PROGRAM] = "program",
};
G_STATIC_ASSERT (G_N_ELEMENTS (page_names) == FL_N_STEPS);

static void
fl_window_connect_swapped (FlWindow *self, gpointer object, const char *signal, GCallback callback)
{
  g_signal_connect_object (object, signal, callback, self, G_CONNECT_SWAPPED);
}

static FlDevice *
fl_window_get_device (FlWindow *self)
{
  return self->session != NULL ? fl_session_get_device (self->session) : NULL;
}

/* Return and Space then do what the page suggests. */
static void
fl_window_focus_primary (FlWindow *self)
{
  switch (self->step)
    {
    case FL_STEP_CONNECT:
      fl_connect_page_focus (self->connect_page);
      break;
    case FL_STEP_DEVICE:
      fl_device_page_focus (self->device_page);
      break;
    case FL_STEP_FIRMWARE:
      fl_firmware_page_focus (self->firmware_page);
      break;
    case FL_STEP_PROGRAM:
    default:
      fl_program_page_focus (self->program_page);
    }
}

void
fl_window_show_step (FlWindow *self, FlStep step)
{
  self->step = step;
  adw_view_stack_set_visible_child_name (self->views, "program");
  gtk_stack_set_visible_child_name (self->pages, page_names[step]);
  fl_steps_bar_set_current (self->steps, step);
  fl_window_focus_primary (self);
}

gboolean
fl_window_can_visit (FlWindow *self, FlStep step)
{
  switch (step)
    {
    case FL_STEP_CONNECT:
      return TRUE;
    case FL_STEP_DEVICE:
      return fl_window_get_device (self) != NULL;
    case FL_STEP_FIRMWARE:
      return fl_window_get_device (self) != NULL || fl_firmware_get_file (self->firmware) != NULL;
    case FL_STEP_PROGRAM:
    default:
      return self->verdict != NULL || FL_IS_PROGRAM_JOB (fl_job_runner_get_job (self->runner));
    }
}

static FlStepState
fl_window_get_step_state (FlWindow *self, FlStep step)
{
  gboolean connected = self->session != NULL && fl_session_is_connected (self->session);

  if (!fl_window_can_visit (self, step))
    return FL_STEP_LATER;
  if (step == FL_STEP_PROGRAM && self->verdict != NULL)
    return self->verdict_is_ok ? FL_STEP_DONE : FL_STEP_FAILED;
  if (step == FL_STEP_PROGRAM || (step == FL_STEP_CONNECT && !connected)
      || (step == FL_STEP_FIRMWARE && fl_firmware_get_plan (self->firmware) == NULL))
    return FL_STEP_READY;
  return FL_STEP_DONE;
}

static void
fl_window_update (FlWindow *self)
{
  FlDevice *device = fl_window_get_device (self);
  gboolean busy = fl_job_runner_is_busy (self->runner);
  g_autofree char *port = fl_connect_page_dup_port (self->connect_page);
  g_autofree char *name = device != NULL ? fl_device_dup_name (device) : NULL;
  g_autofree char *file = fl_firmware_dup_name (self->firmware);
  const char *const details[FL_N_STEPS] = { port, name, file, self->verdict };
  g_autoptr (FlConnectOptions) options = fl_connect_page_make_options (self->connect_page);

  fl_device_page_set_has_file (self->device_page, file != NULL);
  fl_console_page_set_target (self->console_page, self->session, options, port);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.enable-boot0",
                                 !busy && fl_options_page_can_enable_boot0 (self->options_page));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.cancel", busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.rescan", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.find-out",
                                 !busy && (self->failed_job != NULL || options != NULL));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.test-adapter", !busy && options != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy-board",
                                 !busy && self->session != NULL && fl_session_is_connected (self->session));
  for (guint i = 0; i < FL_N_STEPS; i++)
    fl_steps_bar_set_step (self->steps, i, fl_window_get_step_state (self, i), details[i]);
}

static void
fl_window_started_cb (FlWindow *self, FlJob *job)
{
  gboolean reopens =
      FL_IS_CONNECT_JOB (job) || FL_IS_CONSOLE_JOB (job) || FL_IS_DIAGNOSE_JOB (job) || FL_IS_LOOPBACK_JOB (job);

  /* Before the port is opened once more, it is given back: it can be opened only once. */
  g_clear_object (&self->failed_job);
  if (reopens && self->session != NULL && fl_job_get_session (job) != self->session)
    fl_session_close (self->session);
  fl_ui_toast (self->toasts, &self->toast, NULL);
  fl_log_drawer_add_job (self->log, job);
}

static void
fl_window_ended_cb (FlWindow *self, FlJob *job, GError *error)
{
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_object (&self->failed_job, job);
  fl_window_update (self);
  if (self->closing)
    gtk_window_destroy (GTK_WINDOW (self));
}

/* Programs, after the user agreed; connects first where the board has left its bootloader since. */
static void
fl_window_program_cb (FlWindow *self)
{
  gboolean start = g_settings_get_boolean (fl_ui_get_settings (), "start");
  FlPlan *plan = fl_firmware_get_plan (self->firmware);

  if (fl_job_runner_is_busy (self->runner))
    return;
  if (self->session == NULL || !fl_session_is_connected (self->session))
    {
      self->then_program = TRUE;
      fl_window_update (self);
      fl_window_show_step (self, FL_STEP_CONNECT);
      fl_connect_page_connect (self->connect_page);
      return;
    }
  self->verdict = NULL;
  fl_program_page_start (self->program_page, self->session, plan, start);
  fl_window_show_step (self, FL_STEP_PROGRAM);
  fl_window_update (self);
}

/* It was read anew, after new option bytes: how its flash is divided may be different now. */
static void
fl_window_device_cb (FlWindow *self)
{
  fl_declarer_set_device (self->declarer, fl_window_get_device (self));
  fl_device_page_set_session (self->device_page, self->session);
  fl_firmware_set_session (self->firmware, self->session);
  fl_window_update (self);
}

/* It counts from the next connection on: at once where the chip is one that is not known. */
static void
fl_window_declared_cb (FlWindow *self)
{
  FlDevice *device = fl_window_get_device (self);

  fl_connect_page_set_declaration (self->connect_page, fl_declarer_get (self->declarer));
  if (device == NULL || (device->chip != NULL && device->declaration == NULL))
    return;
  fl_window_show_step (self, FL_STEP_CONNECT);
  fl_connect_page_connect (self->connect_page);
}

static void
fl_window_connected_cb (FlWindow *self, FlSession *session)
{
  g_autoptr (FlSession) old = g_steal_pointer (&self->session);
  FlDevice *device = fl_session_get_device (session);
  gboolean then_program = self->then_program;
  gboolean same_kind = old != NULL && fl_session_get_device (old) != NULL
                       && fl_session_get_device (old)->pid == device->pid
                       && fl_session_get_device (old)->flash_kib == device->flash_kib;

  self->then_program = FALSE;
  self->session = g_object_ref (session);
  fl_declarer_set_device (self->declarer, device);
  fl_window_connect_swapped (self, session, "notify::device", G_CALLBACK (fl_window_device_cb));
  fl_read_page_set_session (self->read_page, session);
  fl_options_page_set_session (self->options_page, session);
  fl_device_page_set_session (self->device_page, session);
  fl_firmware_set_session (self->firmware, session);
  fl_window_update (self);
  if (!then_program)
    {
      fl_window_show_step (self, FL_STEP_DEVICE);
    }
  else if (!same_kind)
    {
      fl_window_show_step (self, FL_STEP_DEVICE);
      fl_ui_toast (self->toasts, &self->toast, _ ("This is another chip than before: nothing was programmed."));
    }
  else
    {
      fl_window_show_step (self, FL_STEP_FIRMWARE);
      fl_firmware_page_activate (self->firmware_page);
    }
}

static void
fl_window_connect_failed_cb (FlWindow *self)
{
  self->then_program = FALSE;
}

static void
fl_window_continue_cb (FlWindow *self, gboolean can_program)
{
  if (can_program)
    fl_window_show_step (self, FL_STEP_FIRMWARE);
  else
    adw_view_stack_set_visible_child_name (self->views, "read");
}

static void
fl_window_programmed_cb (FlWindow *self, FlProgramJob *job, GError *error)
{
  g_autofree char *file = fl_firmware_dup_name (self->firmware);

  self->verdict = fl_verdict_get_title (job, error);
  self->verdict_is_ok = error == NULL;
  fl_window_update (self);
  fl_ui_notify (GTK_WINDOW (self), self->verdict, file);
}

/* "Next board" is another one, to be connected; "Try again" is the same one, connected unless its port was lost. */
static void
fl_window_next_cb (FlWindow *self)
{
  if (self->verdict_is_ok && self->session != NULL)
    fl_session_close (self->session);
  self->verdict = NULL;
  fl_firmware_page_repeat (self->firmware_page);
}

static void
fl_window_save_report_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlWindow *self = FL_WINDOW (widget);
  g_autofree char *log = fl_log_drawer_to_text (self->log);
  FlReport *report;

  if (fl_program_page_has_verdict (self->program_page))
    report = fl_program_page_make_report (self->program_page, log);
  else
    report = fl_report_dialog_make_report (self->session, self->firmware, self->runner, log);
  fl_report_dialog_show (GTK_WINDOW (self), self->toasts, report);
}

static void
fl_window_open_report_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_case_dialog_ask (GTK_WINDOW (widget), FL_WINDOW (widget)->toasts);
}

static void
fl_window_step_cb (FlWindow *self, int step)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.step", "i", step);
}

static gboolean
fl_window_drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  FlWindow *self = user_data;
  GSList *files = g_value_get_boxed (value);

  if (files == NULL || fl_job_runner_is_busy (self->runner))
    return FALSE;
  fl_window_open (self, files->data);
  return TRUE;
}

static void
fl_window_close_response_cb (FlWindow *self, const char *response)
{
  if (!g_str_equal (response, "stop"))
    return;
  self->closing = TRUE;
  if (fl_job_runner_is_busy (self->runner))
    fl_job_runner_cancel (self->runner); /* goes on in fl_window_ended_cb() */
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
fl_window_close_request (GtkWindow *window)
{
  FlWindow *self = FL_WINDOW (window);
  GtkWidget *dialog;

  if (!fl_job_runner_is_busy (self->runner))
    return GTK_WINDOW_CLASS (fl_window_parent_class)->close_request (window);
  if (self->closing)
    return TRUE;
  if (!fl_stop_dialog_is_needed (fl_job_runner_get_job (self->runner)))
    {
      /* Nothing is changed on the board, so there is nothing to ask: as soon as it has stopped. */
      fl_window_close_response_cb (self, "stop");
      return TRUE;
    }
  dialog = fl_stop_dialog_new (window, fl_job_runner_get_job (self->runner));
  g_signal_connect_object (dialog, "response", G_CALLBACK (fl_window_close_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/**
 * fl_window_open:
 * @self: a window
 * @file: the firmware to program, a map file, or a report
 *
 * Chooses a firmware file, or opens a map file or a report, unless a job runs.
 */
void
fl_window_open (FlWindow *self, GFile *file)
{
  g_return_if_fail (FL_IS_WINDOW (self));

  if (fl_job_runner_is_busy (self->runner))
    return;
  if (fl_case_dialog_is_report (file))
    {
      fl_case_dialog_open (GTK_WINDOW (self), self->toasts, file);
      return;
    }
  if (fl_declarer_is_map (file))
    {
      fl_declarer_open_map (self->declarer, file);
      return;
    }
  fl_firmware_open (self->firmware, file);
  /* At the start the board comes first: the file waits in its step. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    fl_window_show_step (self, FL_STEP_FIRMWARE);
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
    fl_job_runner_cancel (self->runner); /* its end still comes, and finds the pages alive */
  g_clear_weak_pointer (&self->toast);
  g_clear_object (&self->runner);
  g_clear_object (&self->firmware);
  g_clear_object (&self->declarer);
  g_clear_object (&self->session);
  g_clear_object (&self->failed_job);
  G_OBJECT_CLASS (fl_window_parent_class)->dispose (object);
}

static void
fl_window_class_init (FlWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = fl_window_close_request;

  g_type_ensure (FL_TYPE_LOG_DRAWER);
  g_type_ensure (FL_TYPE_STEPS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FlWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, views);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, declared_note);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, FlWindow, log);

  fl_window_install_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.save-report", NULL, fl_window_save_report_action);
  gtk_widget_class_install_action (widget_class, "win.open-report", NULL, fl_window_open_report_action);
}

static void
fl_window_add_view (FlWindow *self, gpointer page, const char *name, const char *title, const char *icon)
{
  adw_view_stack_page_set_icon_name (adw_view_stack_add_titled (self->views, page, name, title), icon);
}

static void
fl_window_add_pages (FlWindow *self)
{
  self->connect_page = FL_CONNECT_PAGE (fl_connect_page_new (self->runner));
  self->device_page = FL_DEVICE_PAGE (fl_device_page_new ());
  self->firmware_page = FL_FIRMWARE_PAGE (fl_firmware_page_new (self->firmware, self->runner));
  self->program_page = FL_PROGRAM_PAGE (fl_program_page_new (self->firmware, self->runner));
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->connect_page), page_names[FL_STEP_CONNECT]);
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->device_page), page_names[FL_STEP_DEVICE]);
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->firmware_page), page_names[FL_STEP_FIRMWARE]);
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->program_page), page_names[FL_STEP_PROGRAM]);
  self->read_page = FL_READ_PAGE (fl_read_page_new (self->runner));
  fl_window_add_view (self, self->read_page, "read", _ ("Read back"), "document-save-symbolic");
  self->options_page = FL_OPTIONS_PAGE (fl_options_page_new (self->runner));
  fl_window_add_view (self, self->options_page, "protection", _ ("Protection"), "security-high-symbolic");
  self->console_page = FL_CONSOLE_PAGE (fl_console_page_new (self->runner));
  fl_window_add_view (self, self->console_page, "console", _ ("Console"), "utilities-terminal-symbolic");

  fl_window_connect_swapped (self, self->connect_page, "connected", G_CALLBACK (fl_window_connected_cb));
  fl_window_connect_swapped (self, self->connect_page, "failed", G_CALLBACK (fl_window_connect_failed_cb));
  fl_window_connect_swapped (self, self->connect_page, "port-changed", G_CALLBACK (fl_window_update));
  fl_window_connect_swapped (self, self->device_page, "continue", G_CALLBACK (fl_window_continue_cb));
  fl_window_connect_swapped (self, self->firmware_page, "program", G_CALLBACK (fl_window_program_cb));
  fl_window_connect_swapped (self, self->program_page, "ended", G_CALLBACK (fl_window_programmed_cb));
  fl_window_connect_swapped (self, self->program_page, "next", G_CALLBACK (fl_window_next_cb));
}

static void
fl_window_init (FlWindow *self)
{
  GtkDropTarget *drop;

  gtk_widget_init_template (GTK_WIDGET (self));
  fl_ui_bind_window (GTK_WINDOW (self));

  self->runner = fl_job_runner_new (GTK_WINDOW (self));
  self->firmware = fl_firmware_new ();
  self->declarer = fl_declarer_new (GTK_WINDOW (self), self->declared_note);
  fl_window_connect_swapped (self, self->declarer, "declared", G_CALLBACK (fl_window_declared_cb));
  fl_window_add_pages (self);
  fl_window_connect_swapped (self, self->runner, "started", G_CALLBACK (fl_window_started_cb));
  fl_window_connect_swapped (self, self->runner, "ended", G_CALLBACK (fl_window_ended_cb));
  fl_window_connect_swapped (self, self->runner, "notify::busy", G_CALLBACK (fl_window_update));
  fl_window_connect_swapped (self, self->firmware, "changed", G_CALLBACK (fl_window_update));
  fl_window_connect_swapped (self, self->steps, "activated", G_CALLBACK (fl_window_step_cb));
  fl_window_connect_swapped (self, self->views, "notify::visible-child", G_CALLBACK (fl_window_update));

  drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_object (drop, "drop", G_CALLBACK (fl_window_drop_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));

  fl_window_show_step (self, FL_STEP_CONNECT);
  fl_window_update (self);
}

/**
 * fl_window_new:
 * @application: (nullable): the program
 *
 * Returns: (transfer none): a window; the toolkit owns it
 */
GtkWidget *
fl_window_new (GtkApplication *application)
{
  return g_object_new (FL_TYPE_WINDOW, "application", application, NULL);
}
