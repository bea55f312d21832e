/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-options-page"

#include "config.h"

#include "fl-options-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-boot0.h"
#include "fl-explanation-card.h"
#include "fl-option-files.h"
#include "fl-option-list.h"
#include "fl-option-review.h"
#include "fl-options-job.h"
#include "fl-protect-pane.h"
#include "fl-result-card.h"
#include "fl-ui.h"

struct _FlOptionsPage
{
  GtkWidget parent_instance;

  FlJobRunner *runner;
  FlSession *session; /* nullable */
  FlOptionDraft *draft;
  GtkWidget *dialog; /* weak: the open review */

  FlJob *job;       /* the page's own, while it runs */
  char *done_title; /* what to say when it worked */
  char *done_text;

  /* template */
  GtkStack *stack;
  AdwStatusPage *nothing;
  GtkButton *nothing_connect;
  GtkScrolledWindow *scrolled;
  FlExplanationCard *explanation;
  FlResultCard *result;
  GtkWidget *body;
  GtkWidget *boot0;
  GtkLabel *boot0_text;
  GtkWidget *boot0_button;
  GtkWidget *doubt;
  GtkLabel *doubt_text;
  FlProtectPane *protection;
  FlOptionList *fields;
  GtkProgressBar *progress;
  GtkWidget *bar;
  GtkWidget *problem_icon;
  GtkLabel *status;
  GtkWidget *cancel;
  GtkWidget *undo_all;
  GtkWidget *review;
  GtkWidget *connect;
};

G_DEFINE_FINAL_TYPE (FlOptionsPage, fl_options_page, GTK_TYPE_WIDGET)

static FlDevice *
fl_options_page_get_device (FlOptionsPage *self)
{
  return self->session != NULL && fl_session_is_connected (self->session) ? fl_session_get_device (self->session)
                                                                          : NULL;
}

static gboolean
has_outcome (FlOptionsPage *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->explanation)) || gtk_widget_get_visible (GTK_WIDGET (self->result));
}

static void
fl_options_page_clear_outcome (FlOptionsPage *self)
{
  fl_result_card_hide (self->result);
  fl_explanation_card_set (self->explanation, NULL, NULL);
}

static void
fl_options_page_show_nothing (FlOptionsPage *self, const char *icon, const char *title, const char *text,
                              gboolean connected)
{
  adw_status_page_set_icon_name (self->nothing, icon);
  adw_status_page_set_title (self->nothing, title);
  adw_status_page_set_description (self->nothing, text);
  gtk_button_set_label (self->nothing_connect, connected ? _ ("_Connect another board") : _ ("_Connect a board"));
  fl_ui_set_label (self->nothing_connect, connected ? _ ("Connect another board") : _ ("Connect a board"));
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

/* Why the page has nothing to show, and what to do. */
static gboolean
fl_options_page_explain_nothing (FlOptionsPage *self, FlDevice *device)
{
  g_autofree char *title = NULL;

  if (device == NULL)
    fl_options_page_show_nothing (self, "network-offline-symbolic", _ ("No board is connected"),
                                  _ ("Connect to a board first. Then its protection and its option bytes are shown "
                                     "here, and can be changed."),
                                  FALSE);
  else if (device->chip == NULL)
    {
      title = g_strdup_printf (_ ("Unknown chip (PID 0x%03X)"), device->pid);
      fl_options_page_show_nothing (
          self, "dialog-question-symbolic", title,
          _ ("It is not in the database, so what its option bytes mean is not known, and they "
             "are never written: a wrong one can lock a chip for good. Its memory can be read "
             "under “Read back”."),
          TRUE);
    }
  else if (device->chip->option_words->len == 0)
    {
      g_autofree char *name = fl_device_dup_name (device);

      title = g_strdup_printf (_ ("%s: no option bytes"), name);
      fl_options_page_show_nothing (self, "security-low-symbolic", title,
                                    _ ("No option bytes that its bootloader could change are known of this chip, so "
                                       "there is nothing to set here. It can be programmed and read as usual."),
                                    TRUE);
    }
  else
    return FALSE;
  return TRUE;
}

static void
fl_options_page_update_notes (FlOptionsPage *self, FlDevice *device)
{
  g_autofree char *boot0 = fl_boot0_dup_text (fl_boot0_get (device->options), device->options, device->blank);
  const FlOptionWord *bad = NULL;
  g_autofree char *doubt = NULL;

  gtk_label_set_text (self->boot0_text, boot0 != NULL ? boot0 : "");
  gtk_widget_set_visible (self->boot0, boot0 != NULL);
  gtk_widget_set_visible (self->boot0_button, fl_options_page_can_enable_boot0 (self));
  if (device->protection == FL_PROTECTION_READOUT)
    doubt = g_strdup (_ ("What can still be done with a read-protected chip: find out which one it is, and remove the "
                         "protection, which erases all of its flash. Nothing else: its flash and its option bytes can "
                         "be neither read nor written."));
  else if (device->options == NULL)
    doubt = g_strdup (_ ("The option bytes of this chip could not be read, so they cannot be shown or changed. Connect "
                         "once more; the log says what the chip answered."));
  else if (!fl_option_set_is_sound (device->options, &bad))
    doubt = g_strdup_printf (_ ("The option bytes at 0x%08X do not match their complements: the chip does not use them "
                                "and takes its defaults. Writing them puts that right."),
                             bad->address);
  gtk_label_set_text (self->doubt_text, doubt);
  gtk_widget_set_visible (self->doubt, doubt != NULL);
}

static void
fl_options_page_update_bar (FlOptionsPage *self, gboolean connected)
{
  g_autoptr (GPtrArray) changes = fl_option_draft_dup_changes (self->draft);
  FlDanger danger = fl_option_changes_get_danger (changes);
  const char *problem = connected ? fl_option_draft_get_problem (self->draft, NULL) : NULL;
  gboolean running = self->job != NULL;
  gboolean has_fields = connected && fl_option_draft_get_wanted (self->draft) != NULL;
  g_autofree char *count = g_strdup_printf (ngettext ("%u change", "%u changes", changes->len), changes->len);
  /* Translators: "3 changes · very dangerous" */
  g_autofree char *text =
      danger >= FL_DANGER_HIGH ? g_strdup_printf (_ ("%s · %s"), count, fl_danger_get_text (danger)) : g_strdup (count);

  if (!running)
    gtk_label_set_text (self->status, !connected          ? _ ("No board is connected.")
                                      : problem != NULL   ? problem
                                      : !has_fields       ? ""
                                      : changes->len == 0 ? _ ("Nothing is changed yet.")
                                                          : text);
  gtk_widget_set_visible (self->bar, running || !connected || has_fields);
  gtk_widget_set_visible (self->problem_icon, problem != NULL && !running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_widget_set_visible (self->cancel, running);
  gtk_widget_set_visible (self->undo_all, !running && (changes->len > 0 || problem != NULL));
  gtk_widget_set_visible (self->review, !running && has_fields);
  gtk_widget_set_visible (self->connect, !running && !connected);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.review",
                                 has_fields && problem == NULL && changes->len > 0
                                     && !fl_job_runner_is_busy (self->runner));
}

/* Everything on the page follows from the session, the draft and the running job. */
static void
fl_options_page_update (FlOptionsPage *self)
{
  FlDevice *device = fl_options_page_get_device (self);
  gboolean running = self->job != NULL;
  gboolean busy;

  if (self->runner == NULL)
    return;
  busy = fl_job_runner_is_busy (self->runner);
  if (!running && !(device == NULL && has_outcome (self)) && fl_options_page_explain_nothing (self, device))
    return;
  gtk_stack_set_visible_child_name (self->stack, "options");
  gtk_widget_set_visible (self->body, device != NULL);
  gtk_widget_set_sensitive (self->body, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->fields), device != NULL && device->options != NULL);
  if (device != NULL)
    fl_options_page_update_notes (self, device);
  fl_options_page_update_bar (self, device != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.cancel", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.enable-boot0", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.save", device != NULL && device->options != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.load", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options-page.as-new", !busy);
}

/* The device is there, gone, or was read anew. */
static void
fl_options_page_refresh (FlOptionsPage *self)
{
  FlDevice *device = fl_options_page_get_device (self);

  fl_option_draft_set_device (self->draft, device, TRUE);
  fl_options_page_update (self);
}

static void
fl_options_page_update_progress (FlOptionsPage *self)
{
  gtk_progress_bar_set_fraction (self->progress, CLAMP (fl_job_get_fraction (self->job), 0, 1));
  gtk_label_set_text (self->status, fl_job_get_text (self->job));
}

/* What the job warned of belongs to the result, but for what the page itself says below it. */
static char *
dup_warnings (FlJob *job, FlDevice *device)
{
  GListModel *log = fl_job_get_log (job);
  g_autofree char *boot0 =
      device != NULL ? fl_boot0_dup_text (fl_boot0_get (device->options), device->options, device->blank) : NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (log, i);

      if (fl_log_entry_get_status (entry) == FL_LOG_WARNING && g_strcmp0 (fl_log_entry_get_text (entry), boot0) != 0)
        g_string_append_printf (text, "\n%s", fl_log_entry_get_text (entry));
    }
  return g_string_free (text, FALSE);
}

static void
fl_options_page_show_done (FlOptionsPage *self, FlJob *job)
{
  FlDevice *device = fl_options_page_get_device (self);
  g_autofree char *warnings = dup_warnings (job, device);
  g_autofree char *text = g_strconcat (self->done_text, warnings, NULL);
  const char *title = self->done_title;

  if (title == NULL && device == NULL)
    title = _ ("Written; the chip does not answer any more");
  else if (title == NULL && device->protection == FL_PROTECTION_READOUT)
    title = _ ("Written; the chip is read-protected now");
  else if (title == NULL)
    title = _ ("Written, read back, and equal");
  fl_result_card_show (self->result, FL_RESULT_OK, title, text);
}

static void
ended_cb (FlOptionsPage *self, FlJob *job, const GError *error, FlJobRunner *runner)
{
  if (job == self->job)
    {
      g_signal_handlers_disconnect_by_data (job, self);
      if (error == NULL)
        fl_options_page_show_done (self, job);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fl_result_card_show (self->result, FL_RESULT_STOPPED, _ ("Cancelled"), fl_job_get_board_state (job));
      else if (fl_job_get_explanation (job) != NULL)
        fl_explanation_card_set (self->explanation, fl_job_get_explanation (job), fl_job_get_board_state (job));
      else
        fl_result_card_show (self->result, FL_RESULT_FAILED, _ ("Not written"), error->message);
      gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
      g_clear_object (&self->job);
    }
  fl_options_page_update (self);
}

/* Takes @job, and what to say when it worked. */
static void
fl_options_page_run (FlOptionsPage *self, FlJob *job, const char *title, char *text)
{
  fl_options_page_clear_outcome (self);
  g_free (self->done_title);
  self->done_title = g_strdup (title);
  g_free (self->done_text);
  self->done_text = text;
  self->job = job;
  g_signal_connect_object (job, "notify", G_CALLBACK (fl_options_page_update_progress), self, G_CONNECT_SWAPPED);
  fl_options_page_update_progress (self);
  fl_job_runner_run (self->runner, job, NULL, NULL);
  fl_options_page_update (self);
}

/* Whether a job may be started now: the board may have gone while the user was asked. */
static gboolean
fl_options_page_is_ready (FlOptionsPage *self)
{
  return self->runner != NULL && !fl_job_runner_is_busy (self->runner) && fl_options_page_get_device (self) != NULL;
}

static void
agreed_cb (FlOptionsPage *self, const char *name, FlOptionReview *review)
{
  const FlOptionSet *wanted = fl_option_review_get_wanted (review);
  FlDevice *device = fl_options_page_get_device (self);
  g_autoptr (GPtrArray) changes = NULL;
  GString *text;

  if (!fl_options_page_is_ready (self) || device == NULL || device->options == NULL
      || device->chip != fl_option_set_get_chip (wanted))
    return;
  changes = fl_option_set_diff (device->options, wanted);
  text = g_string_new (NULL);
  for (guint i = 0; i < changes->len; i++)
    {
      g_autofree char *line = fl_option_change_dup_text (g_ptr_array_index (changes, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
  fl_options_page_run (self, fl_options_job_new (self->session, wanted, TRUE, name), NULL, g_string_free (text, FALSE));
}

static void
fl_options_page_review (FlOptionsPage *self, const FlOptionSet *wanted)
{
  GtkWidget *review;

  if (!fl_options_page_is_ready (self) || self->dialog != NULL)
    return;
  review = fl_option_review_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->session, wanted);
  g_signal_connect_object (review, "agreed", G_CALLBACK (agreed_cb), self, G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->dialog, review);
  gtk_window_present (GTK_WINDOW (review));
}

static void
protect_cb (FlOptionsPage *self, int kind)
{
  static const char *const done[] = {
    [FL_PROTECT_READ] = N_ ("The flash is protected against reading now"),
    [FL_UNPROTECT_READ] = N_ ("Readout protection is off; the flash is empty"),
    [FL_UNPROTECT_WRITE] = N_ ("Write protection is off"),
  };

  if (fl_options_page_is_ready (self))
    fl_options_page_run (self, fl_protect_job_new (self->session, (FlProtectKind) kind, TRUE), _ (done[kind]), NULL);
}

/**
 * fl_options_page_activate:
 *
 * Does what the suggested button does, unless that is off.
 */
void
fl_options_page_activate (FlOptionsPage *self)
{
  g_return_if_fail (FL_IS_OPTIONS_PAGE (self));

  gtk_widget_activate_action (GTK_WIDGET (self), "options-page.review", NULL);
}

/* The chip's option bytes, with the BOOT0 pin in use; NULL: it is already, or cannot be. */
static FlOptionSet *
fl_options_page_dup_with_pin (FlOptionsPage *self)
{
  FlDevice *device = fl_options_page_get_device (self);
  g_autoptr (FlOptionSet) wanted = NULL;

  if (device == NULL || device->options == NULL)
    return NULL;
  wanted = fl_option_set_copy (device->options);
  return fl_boot0_enable_pin (wanted) ? g_steal_pointer (&wanted) : NULL;
}

/**
 * fl_options_page_can_enable_boot0:
 *
 * Returns: whether the connected chip ignores its BOOT0 pin, and that can be changed
 */
gboolean
fl_options_page_can_enable_boot0 (FlOptionsPage *self)
{
  g_autoptr (FlOptionSet) wanted = NULL;

  g_return_val_if_fail (FL_IS_OPTIONS_PAGE (self), FALSE);

  wanted = fl_options_page_dup_with_pin (self);
  return wanted != NULL;
}

/**
 * fl_options_page_enable_boot0:
 *
 * Asks whether the BOOT0 pin shall decide, and writes that; what else was changed on the page waits.
 */
void
fl_options_page_enable_boot0 (FlOptionsPage *self)
{
  g_autoptr (FlOptionSet) wanted = NULL;

  g_return_if_fail (FL_IS_OPTIONS_PAGE (self));

  wanted = fl_options_page_dup_with_pin (self);
  if (wanted != NULL)
    fl_options_page_review (self, wanted);
}

static void
files_done_cb (GtkWidget *owner, gboolean ok, const char *title, const char *text)
{
  FlOptionsPage *self = FL_OPTIONS_PAGE (owner);

  if (self->runner == NULL)
    return;
  fl_options_page_clear_outcome (self);
  fl_result_card_show (self->result, ok ? FL_RESULT_OK : FL_RESULT_FAILED, title, text);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  fl_options_page_update (self);
}

static void
page_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FlOptionsPage *self = FL_OPTIONS_PAGE (widget);

  if (g_str_equal (action, "options-page.cancel"))
    fl_job_runner_cancel (self->runner);
  else if (g_str_equal (action, "options-page.enable-boot0"))
    fl_options_page_enable_boot0 (self);
  else if (fl_option_draft_get_wanted (self->draft) == NULL)
    return;
  else if (g_str_equal (action, "options-page.review"))
    fl_options_page_review (self, fl_option_draft_get_wanted (self->draft));
  else if (g_str_equal (action, "options-page.undo-all"))
    fl_option_draft_undo_all (self->draft);
  else if (g_str_equal (action, "options-page.as-new"))
    fl_option_draft_put_factory (self->draft);
  else if (g_str_equal (action, "options-page.save"))
    fl_option_files_save (widget, self->draft, files_done_cb);
  else if (g_str_equal (action, "options-page.load"))
    fl_option_files_load (widget, self->draft, files_done_cb);
}

/**
 * fl_options_page_set_session:
 * @session: (nullable): whose option bytes are shown; the page follows its "connected" and its "device"
 */
void
fl_options_page_set_session (FlOptionsPage *self, FlSession *session)
{
  g_return_if_fail (FL_IS_OPTIONS_PAGE (self));
  g_return_if_fail (session == NULL || FL_IS_SESSION (session));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  fl_option_draft_set_device (self->draft, NULL, FALSE); /* it was another board's */
  fl_options_page_clear_outcome (self);
  if (session != NULL)
    {
      g_signal_connect_object (session, "notify::connected", G_CALLBACK (fl_options_page_refresh), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "notify::device", G_CALLBACK (fl_options_page_refresh), self,
                               G_CONNECT_SWAPPED);
    }
  fl_options_page_refresh (self);
}

static void
fl_options_page_dispose (GObject *object)
{
  FlOptionsPage *self = FL_OPTIONS_PAGE (object);
  GtkWidget *child;

  g_clear_weak_pointer (&self->dialog);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  if (self->runner != NULL)
    g_signal_handlers_disconnect_by_data (self->runner, self);
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  g_clear_object (&self->runner);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_OPTIONS_PAGE);
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (fl_options_page_parent_class)->dispose (object);
}

static void
fl_options_page_finalize (GObject *object)
{
  FlOptionsPage *self = FL_OPTIONS_PAGE (object);

  g_free (self->done_title);
  g_free (self->done_text);
  G_OBJECT_CLASS (fl_options_page_parent_class)->finalize (object);
}

static void
fl_options_page_class_init (FlOptionsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const actions[] = { "review", "undo-all", "as-new", "save", "load", "cancel", "enable-boot0" };

  object_class->dispose = fl_options_page_dispose;
  object_class->finalize = fl_options_page_finalize;

  g_type_ensure (FL_TYPE_EXPLANATION_CARD);
  g_type_ensure (FL_TYPE_OPTION_LIST);
  g_type_ensure (FL_TYPE_PROTECT_PANE);
  g_type_ensure (FL_TYPE_RESULT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-options-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, nothing);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, nothing_connect);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, result);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, body);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, boot0);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, boot0_text);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, boot0_button);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, doubt);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, doubt_text);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, protection);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, fields);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, progress);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, bar);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, problem_icon);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, status);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, undo_all);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, review);
  gtk_widget_class_bind_template_child (widget_class, FlOptionsPage, connect);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autofree char *name = g_strconcat ("options-page.", actions[i], NULL);

      gtk_widget_class_install_action (widget_class, name, NULL, page_action);
    }
}

static void
fl_options_page_init (FlOptionsPage *self)
{
  self->draft = fl_option_draft_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fl_protect_pane_set_draft (self->protection, self->draft);
  fl_option_list_set_draft (self->fields, self->draft);
  g_signal_connect_object (self->draft, "changed", G_CALLBACK (fl_options_page_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->protection, "protect", G_CALLBACK (protect_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_options_page_new:
 * @runner: runs the page's jobs
 *
 * Returns: (transfer floating): a page that asks to connect first
 */
GtkWidget *
fl_options_page_new (FlJobRunner *runner)
{
  FlOptionsPage *self;

  g_return_val_if_fail (FL_IS_JOB_RUNNER (runner), NULL);

  self = g_object_new (FL_TYPE_OPTIONS_PAGE, NULL);
  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_options_page_update), self, G_CONNECT_SWAPPED);
  fl_options_page_update (self);
  return GTK_WIDGET (self);
}
