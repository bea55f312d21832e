/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-progress-view"

#include "fl-progress-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-flash-map.h"
#include "fl-ui.h"

#define UPDATE_MS 200 /* between two looks at the job: enough for a bar and a map */
#define WORDS     2 /* so many looks until the words are written anew: that lays out the page, and nobody reads faster */

enum
{
  PHASE_ERASE,
  PHASE_WRITE,
  PHASE_VERIFY,
  PHASE_START,
  N_PHASES
};

/* One phase's sign: a number's place, with a tick when it is over. */
typedef struct
{
  GtkWidget *box;
  GtkImage *icon;
} Phase;

struct _FlProgressView
{
  GtkWidget parent_instance;

  FlJob *job; /* followed; nullable */
  guint update_id;
  guint n_updates;
  gboolean sectors_changed; /* since the last update */
  int stage;                /* that the phases show; -1: none yet */
  Phase phase_widgets[N_PHASES];

  /* template */
  GtkBox *phases;
  GtkLabel *text;
  GtkProgressBar *bar;
  GtkInscription *percent; /* no label: what changes several times a second must not lay out the window anew */
  GtkInscription *left;
  GtkLabel *limit;
  FlFlashMap *map;
};

G_DEFINE_FINAL_TYPE (FlProgressView, fl_progress_view, GTK_TYPE_WIDGET)

static const struct
{
  const char *title;
  FlStage stage;
} phases[N_PHASES] = {
  [PHASE_ERASE] = { N_ ("Erase"), FL_STAGE_ERASE },
  [PHASE_WRITE] = { N_ ("Write"), FL_STAGE_WRITE },
  [PHASE_VERIFY] = { N_ ("Verify"), FL_STAGE_VERIFY },
  [PHASE_START] = { N_ ("Start"), FL_STAGE_START },
};

static void
fl_progress_view_update_phases (FlProgressView *self)
{
  FlStage stage = fl_job_get_stage (self->job);

  if (self->stage == (int) stage)
    return;
  self->stage = (int) stage;
  for (guint i = 0; i < N_PHASES; i++)
    {
      Phase *phase = &self->phase_widgets[i];
      gboolean done = stage > phases[i].stage;
      gboolean current = stage == phases[i].stage;

      gtk_image_set_from_icon_name (phase->icon, done      ? "object-select-symbolic"
                                                 : current ? "media-playback-start-symbolic"
                                                           : "content-loading-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (phase->box), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      done ? _ ("done") : (current ? _ ("running") : _ ("later")), -1);
      gtk_widget_remove_css_class (phase->box, "dim-label");
      gtk_widget_remove_css_class (phase->box, "heading");
      if (current)
        gtk_widget_add_css_class (phase->box, "heading");
      else if (!done)
        gtk_widget_add_css_class (phase->box, "dim-label");
    }
}

static void
fl_progress_view_update_words (FlProgressView *self)
{
  double fraction = fl_job_get_fraction (self->job);
  double rate = fl_job_get_rate (self->job);
  int seconds_left = fl_job_get_seconds_left (self->job);
  const char *text = fl_job_get_text (self->job);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autofree char *percent = g_strdup_printf (_ ("%d %%"), (int) (fraction * 100));

  gtk_inscription_set_text (self->percent, percent);
  gtk_label_set_text (self->text, text != NULL ? text : "");
  if (rate > 0)
    g_string_append_printf (left, _ ("%.1f KiB/s"), rate / 1024);
  if (seconds_left >= 0)
    {
      g_autofree char *time = g_strdup_printf (_ ("%u s"), (guint) seconds_left);
      g_autofree char *long_time = fl_ui_format_seconds (seconds_left);

      if (left->len > 0)
        g_string_append (left, " · ");
      g_string_append_printf (left, _ ("%s left"), seconds_left < 60 ? time : long_time);
    }
  gtk_inscription_set_text (self->left, left->str);
}

static void
fl_progress_view_update (FlProgressView *self)
{
  if (self->n_updates++ % WORDS == 0 || self->stage != (int) fl_job_get_stage (self->job))
    fl_progress_view_update_words (self);
  fl_progress_view_update_phases (self);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fl_job_get_fraction (self->job), 0, 1));
  if (self->sectors_changed)
    {
      guint n_sectors = 0;
      const guint8 *sectors = fl_job_get_sectors (self->job, &n_sectors);

      fl_flash_map_set_states (self->map, sectors, n_sectors);
    }
  self->sectors_changed = FALSE;
}

static gboolean
fl_progress_view_update_cb (gpointer user_data)
{
  FlProgressView *self = user_data;

  self->update_id = 0;
  fl_progress_view_update (self);
  return G_SOURCE_REMOVE;
}

/* However much changes, and however often, it is shown together. */
static void
fl_progress_view_changed_cb (FlProgressView *self)
{
  if (self->update_id == 0)
    self->update_id = g_timeout_add (UPDATE_MS, fl_progress_view_update_cb, self);
}

static void
fl_progress_view_sectors_cb (FlProgressView *self)
{
  self->sectors_changed = TRUE;
  fl_progress_view_changed_cb (self);
}

/**
 * fl_progress_view_follow:
 * @self: a view
 * @job: what to show, before it runs
 * @device: whose flash to draw
 * @verify: whether there is a verify phase
 * @start: whether there is a start phase
 * @limit: (nullable): what most of the time will be for
 */
void
fl_progress_view_follow (FlProgressView *self, FlJob *job, FlDevice *device, gboolean verify, gboolean start,
                         const char *limit)
{
  g_autofree char *text = limit != NULL ? g_strdup_printf (_ ("Most of the time is for %s."), limit) : NULL;

  g_return_if_fail (FL_IS_PROGRESS_VIEW (self));

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_handle_id (&self->update_id, g_source_remove);
  self->sectors_changed = FALSE;
  self->n_updates = 0;
  self->stage = -1;
  g_set_object (&self->job, job);
  gtk_label_set_text (self->limit, text != NULL ? text : "");
  gtk_widget_set_visible (self->phase_widgets[PHASE_VERIFY].box, verify);
  gtk_widget_set_visible (self->phase_widgets[PHASE_START].box, start);
  fl_flash_map_set_plan (self->map, NULL);
  fl_flash_map_set_states (self->map, NULL, 0);
  fl_flash_map_set_device (self->map, device);
  g_signal_connect_object (job, "notify", G_CALLBACK (fl_progress_view_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "sectors-changed", G_CALLBACK (fl_progress_view_sectors_cb), self, G_CONNECT_SWAPPED);
  fl_progress_view_update (self);
}

static void
fl_progress_view_dispose (GObject *object)
{
  FlProgressView *self = FL_PROGRESS_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->update_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  G_OBJECT_CLASS (fl_progress_view_parent_class)->dispose (object);
}

static void
fl_progress_view_class_init (FlProgressViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_progress_view_dispose;

  g_type_ensure (FL_TYPE_FLASH_MAP);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-progress-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, phases);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, text);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, bar);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, percent);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, left);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, limit);
  gtk_widget_class_bind_template_child (widget_class, FlProgressView, map);
}

static void
fl_progress_view_init (FlProgressView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_PHASES; i++)
    {
      Phase *phase = &self->phase_widgets[i];

      phase->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      phase->icon = GTK_IMAGE (gtk_image_new ());
      gtk_box_append (GTK_BOX (phase->box), GTK_WIDGET (phase->icon));
      gtk_box_append (GTK_BOX (phase->box), gtk_label_new (_ (phases[i].title)));
      fl_ui_set_label (phase->box, _ (phases[i].title));
      gtk_box_append (self->phases, phase->box);
    }
}
