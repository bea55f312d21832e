/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-stop-dialog"

#include "fl-stop-dialog.h"

#include <glib/gi18n.h>

#include "fl-options-job.h"
#include "fl-program-job.h"

static gboolean
changes_options (FlJob *job)
{
  return FL_IS_OPTIONS_JOB (job) || FL_IS_PROTECT_JOB (job);
}

gboolean
fl_stop_dialog_is_needed (FlJob *job)
{
  return FL_IS_PROGRAM_JOB (job) || changes_options (job);
}

/**
 * fl_stop_dialog_new:
 * @parent: the window that would be closed
 * @job: what is running
 *
 * Returns: (transfer none): a dialog, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_stop_dialog_new (GtkWindow *parent, FlJob *job)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("Stop and close?"),
      changes_options (job) ? _ ("The board is being worked on. Stopping now can leave its option bytes neither as "
                                 "they were nor as they were to be; connect it again and look at them.")
                            : _ ("The board is being worked on. Stopping now can leave it without a complete "
                                 "firmware until it is programmed again."));

  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Stop and close?"));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _ ("_Keep going"), "stop",
                                    _ ("_Stop and close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  return dialog;
}
