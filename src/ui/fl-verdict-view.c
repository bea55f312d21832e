/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-verdict-view"

#include "fl-verdict-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-explanation-card.h"
#include "fl-ui.h"

struct _FlVerdictView
{
  GtkWidget parent_instance;

  /* template */
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *state_box;
  GtkLabel *state;
  FlExplanationCard *explanation;
  GtkLabel *written;
  GtkWidget *blank_row;
  GtkLabel *blank;
  GtkWidget *unchanged_row;
  GtkLabel *unchanged;
  AdwActionRow *verified_row;
  GtkLabel *verified;
  GtkLabel *time;
  AdwActionRow *sum_row;
  GtkButton *copy;
};

G_DEFINE_FINAL_TYPE (FlVerdictView, fl_verdict_view, GTK_TYPE_WIDGET)

typedef enum
{
  OUTCOME_VERIFIED,
  OUTCOME_WRITTEN,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
} Outcome;

static const struct
{
  const char *title;
  const char *icon;
  const char *style;
} looks[] = {
  [OUTCOME_VERIFIED] = { N_ ("Programmed and verified"), "object-select-symbolic", "verdict-ok" },
  [OUTCOME_WRITTEN] = { N_ ("Programmed, not verified"), "dialog-question-symbolic", "verdict-doubt" },
  [OUTCOME_CANCELLED] = { N_ ("Cancelled"), "process-stop-symbolic", "verdict-doubt" },
  [OUTCOME_FAILED] = { N_ ("Failed"), "dialog-error-symbolic", "verdict-failed" },
};

static Outcome
get_outcome (FlProgramJob *job, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return OUTCOME_CANCELLED;
  if (error != NULL)
    return OUTCOME_FAILED;
  return fl_program_job_get_result (job)->verified ? OUTCOME_VERIFIED : OUTCOME_WRITTEN;
}

/**
 * fl_verdict_get_title:
 * @job: a job that has ended
 * @error: (nullable): how
 *
 * Returns: the verdict in a few words
 */
const char *
fl_verdict_get_title (FlProgramJob *job, const GError *error)
{
  return _ (looks[get_outcome (job, error)].title);
}

static char *
dup_subtitle (FlProgramJob *job, const GError *error, const char *file_name)
{
  FlDevice *device = fl_session_get_device (fl_job_get_session (FL_JOB (job)));
  g_autofree char *name = device != NULL ? fl_device_dup_name (device) : g_strdup ("");
  gboolean started = fl_program_job_get_result (job)->started;

  switch (get_outcome (job, error))
    {
    case OUTCOME_VERIFIED:
      if (fl_program_job_get_result (job)->sectors_by_checksum > 0)
        return started
                   /* Translators: file, chip */
                   ? g_strdup_printf (_ ("%s is in the %s, and the application was started."), file_name, name)
                   : g_strdup_printf (_ ("%s is in the %s."), file_name, name);
      return started
                 /* Translators: file, chip */
                 ? g_strdup_printf (_ ("%s is in the %s, byte for byte, and the application was started."), file_name,
                                    name)
                 : g_strdup_printf (_ ("%s is in the %s, byte for byte."), file_name, name);
    case OUTCOME_WRITTEN:
      return g_strdup_printf (_ ("%s was sent to the %s and acknowledged. Whether it arrived was not checked."),
                              file_name, name);
    case OUTCOME_CANCELLED:
      return g_strdup_printf (_ ("Programming the %s was stopped."), name);
    case OUTCOME_FAILED:
    default:
      return g_strdup (error->message);
    }
}

/* With the separators of the user's language. */
static char *
dup_number (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

static void
set_bytes (GtkLabel *label, guint64 n_bytes)
{
  g_autofree char *number = dup_number (n_bytes);
  g_autofree char *text = g_strdup_printf (ngettext ("%s byte", "%s bytes", (gulong) n_bytes), number);

  gtk_label_set_text (label, text);
}

/* With the speed that it was done at: it may have been found by itself, or lowered in mid-job. */
static void
set_time (GtkLabel *label, double seconds, guint baud)
{
  g_autofree char *time = fl_ui_format_seconds (seconds);
  /* Translators: how long it took: "38 s at 115200 baud" */
  g_autofree char *text = baud > 0 ? g_strdup_printf (_ ("%s at %u baud"), time, baud) : g_strdup (time);

  gtk_label_set_text (label, text);
}

/* How many of the plan's sectors. */
static void
set_share (GtkLabel *label, FlPlan *plan, guint n_sectors)
{
  gboolean sectors = fl_chip_has_sectors (fl_plan_get_device (plan)->chip);
  guint n = fl_plan_get_n_erased (plan);
  g_autofree char *text = g_strdup_printf (sectors ? ngettext ("%u of %u sector", "%u of %u sectors", n)
                                                   : ngettext ("%u of %u page", "%u of %u pages", n),
                                           n_sectors, n);

  gtk_label_set_text (label, text);
}

/* What was not read back is said where it is counted. */
static void
set_by_checksum (GtkWidget *row, guint n_by_checksum)
{
  g_autofree char *text =
      g_strdup_printf (_ ("%u of them by the bootloader’s checksum, and not read back"), n_by_checksum);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), n_by_checksum > 0 ? text : "");
}

/* More than the file has: whoever compares the two numbers should not have to wonder. */
static void
set_beside (AdwActionRow *row, guint64 n_beside)
{
  g_autofree char *number = dup_number (n_beside);
  /* Translators: below "Verified: 20480 bytes"; a number */
  g_autofree char *text = g_strdup_printf (_ ("%s of them beside the file, in the same pages"), number);

  adw_action_row_set_subtitle (row, n_beside > 0 ? text : "");
}

static void
fl_verdict_view_set_state (FlVerdictView *self, const char *state)
{
  gtk_label_set_text (self->state, state != NULL ? state : "");
  gtk_widget_set_visible (self->state_box, state != NULL);
}

/**
 * fl_verdict_view_show:
 * @self: a view
 * @job: a job that has ended
 * @error: (nullable): how
 * @plan: what was to be done
 * @file_name: where it came from
 */
void
fl_verdict_view_show (FlVerdictView *self, FlProgramJob *job, const GError *error, FlPlan *plan, const char *file_name)
{
  Outcome outcome = get_outcome (job, error);
  const FlProgramResult *result = fl_program_job_get_result (job);
  const FlExplanation *explanation = fl_job_get_explanation (FL_JOB (job));
  const char *board_state = fl_job_get_board_state (FL_JOB (job));
  guint64 size = fl_image_get_size (fl_plan_get_image (plan));
  g_autofree char *subtitle = dup_subtitle (job, error, file_name);

  g_return_if_fail (FL_IS_VERDICT_VIEW (self));

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].style);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[outcome].style);
  gtk_image_set_from_icon_name (self->icon, looks[outcome].icon);
  gtk_label_set_text (self->title, _ (looks[outcome].title));
  gtk_label_set_text (self->subtitle, subtitle);

  fl_explanation_card_set (self->explanation, explanation, board_state);
  fl_verdict_view_set_state (self, error != NULL && explanation == NULL ? board_state : NULL);

  set_bytes (self->written, result->bytes_written);
  gtk_widget_set_visible (self->blank_row, result->sectors_blank > 0);
  set_share (self->blank, plan, result->sectors_blank);
  gtk_widget_set_visible (self->unchanged_row, result->sectors_unchanged > 0);
  set_share (self->unchanged, plan, result->sectors_unchanged);
  set_by_checksum (self->unchanged_row, result->sectors_by_checksum);
  set_beside (self->verified_row, result->bytes_verified - MIN (result->bytes_verified, size));
  if (result->bytes_verified > 0)
    set_bytes (self->verified, result->bytes_verified);
  else
    gtk_label_set_text (self->verified, _ ("nothing"));
  set_time (self->time, result->seconds, fl_session_get_baud (fl_job_get_session (FL_JOB (job))));
  adw_action_row_set_subtitle (self->sum_row, fl_image_get_sha256 (fl_plan_get_image (plan)));
}

/**
 * fl_verdict_view_warn:
 * @self: a view
 * @text: (nullable): what the user should know beside the verdict
 */
void
fl_verdict_view_warn (FlVerdictView *self, const char *text)
{
  g_return_if_fail (FL_IS_VERDICT_VIEW (self));

  fl_verdict_view_set_state (self, text);
}

/**
 * fl_verdict_view_note:
 * @self: a view
 * @job: a job after the one that is shown
 * @error: (nullable): how it ended
 * @text: what to say when it went well
 */
void
fl_verdict_view_note (FlVerdictView *self, FlJob *job, const GError *error, const char *text)
{
  g_return_if_fail (FL_IS_VERDICT_VIEW (self));

  if (error == NULL)
    gtk_label_set_text (self->subtitle, text);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fl_explanation_card_set (self->explanation, fl_job_get_explanation (job), fl_job_get_board_state (job));
}

static void
fl_verdict_view_copy_cb (FlVerdictView *self)
{
  fl_ui_copy (GTK_WIDGET (self), adw_action_row_get_subtitle (self->sum_row));
}

static void
fl_verdict_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_verdict_view_parent_class)->dispose (object);
}

static void
fl_verdict_view_class_init (FlVerdictViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_verdict_view_dispose;

  g_type_ensure (FL_TYPE_EXPLANATION_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-verdict-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, icon);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, title);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, state_box);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, state);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, explanation);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, written);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, blank_row);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, blank);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, unchanged_row);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, unchanged);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, verified_row);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, verified);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, time);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, sum_row);
  gtk_widget_class_bind_template_child (widget_class, FlVerdictView, copy);
}

static void
fl_verdict_view_init (FlVerdictView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (fl_verdict_view_copy_cb), self, G_CONNECT_SWAPPED);
}
