/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-line-bar"

#include "fl-console-line-bar.h"

#include <glib/gi18n.h>

#include "fl-ui.h"

struct _FlConsoleLineBar
{
  GtkWidget parent_instance;

  GArray *bauds;    /* guint, as in the drop-down */
  gboolean showing; /* what is set now is not the user's doing */

  /* template */
  GtkDropDown *baud;
  GtkDropDown *parity;
  GtkToggleButton *dtr;
  GtkToggleButton *rts;
  GtkLabel *cts;
  GtkLabel *dsr;
};

enum
{
  SETTINGS_CHANGED,
  LINES_CHANGED,
  N_SIGNALS
};

static const guint usual_bauds[] = { 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600 };

static const struct
{
  FlParity parity;
  const char *title;
} parities[] = {
  { FL_PARITY_EVEN, N_ ("Even (8E1)") },
  { FL_PARITY_NONE, N_ ("None (8N1)") },
  { FL_PARITY_ODD, N_ ("Odd (8O1)") },
};

G_DEFINE_FINAL_TYPE (FlConsoleLineBar, fl_console_line_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* A rate that is not among the usual ones becomes one of them. */
static guint
fl_console_line_bar_find_baud (FlConsoleLineBar *self, guint baud)
{
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->bauds->len; i++)
    if (g_array_index (self->bauds, guint, i) == baud)
      return i;
  text = g_strdup_printf ("%u", baud);
  g_array_append_val (self->bauds, baud);
  gtk_string_list_append (GTK_STRING_LIST (gtk_drop_down_get_model (self->baud)), text);
  return self->bauds->len - 1;
}

/**
 * fl_console_line_bar_set_settings:
 *
 * Shows them; "settings-changed" is not emitted.
 */
void
fl_console_line_bar_set_settings (FlConsoleLineBar *self, guint baud, FlParity parity)
{
  g_return_if_fail (FL_IS_CONSOLE_LINE_BAR (self));

  self->showing = TRUE;
  gtk_drop_down_set_selected (self->baud, fl_console_line_bar_find_baud (self, baud));
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (parities[i].parity == parity)
      gtk_drop_down_set_selected (self->parity, i);
  self->showing = FALSE;
}

void
fl_console_line_bar_get_settings (FlConsoleLineBar *self, guint *baud, FlParity *parity)
{
  guint index = gtk_drop_down_get_selected (self->baud);

  g_return_if_fail (FL_IS_CONSOLE_LINE_BAR (self));

  *baud = g_array_index (self->bauds, guint, MIN (index, self->bauds->len - 1));
  *parity = parities[MIN (gtk_drop_down_get_selected (self->parity), G_N_ELEMENTS (parities) - 1)].parity;
}

static void
set_input (GtkLabel *label, const char *name, gboolean known, gboolean set)
{
  /* Translators: a line of a serial port that is read: CTS, DSR; "low" and "high" are its voltage */
  g_autofree char *text =
      known ? g_strdup_printf (set ? _ ("%s low") : _ ("%s high"), name) : g_strdup_printf (_ ("%s –"), name);

  gtk_label_set_text (label, text);
}

/**
 * fl_console_line_bar_show:
 * @state: (nullable): what the port is like; %NULL: it is closed
 */
void
fl_console_line_bar_show (FlConsoleLineBar *self, const FlConsoleState *state)
{
  gboolean has_lines = state != NULL && state->has_lines;
  FlLines lines = has_lines ? state->lines : 0;

  g_return_if_fail (FL_IS_CONSOLE_LINE_BAR (self));

  if (state != NULL)
    fl_console_line_bar_set_settings (self, state->settings.baud, state->settings.parity);
  self->showing = TRUE;
  gtk_toggle_button_set_active (self->dtr, (lines & FL_LINE_DTR) != 0);
  gtk_toggle_button_set_active (self->rts, (lines & FL_LINE_RTS) != 0);
  self->showing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->dtr), has_lines);
  gtk_widget_set_sensitive (GTK_WIDGET (self->rts), has_lines);
  set_input (self->cts, "CTS", has_lines, (lines & FL_LINE_CTS) != 0);
  set_input (self->dsr, "DSR", has_lines, (lines & FL_LINE_DSR) != 0);
}

static void
settings_cb (FlConsoleLineBar *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[SETTINGS_CHANGED], 0);
}

static void
line_cb (FlConsoleLineBar *self, GtkToggleButton *button)
{
  guint mask = button == self->dtr ? FL_LINE_DTR : FL_LINE_RTS;

  if (!self->showing)
    g_signal_emit (self, signals[LINES_CHANGED], 0, mask, gtk_toggle_button_get_active (button) ? mask : 0);
}

static void
fl_console_line_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_console_line_bar_parent_class)->dispose (object);
}

static void
fl_console_line_bar_finalize (GObject *object)
{
  g_array_unref (FL_CONSOLE_LINE_BAR (object)->bauds);
  G_OBJECT_CLASS (fl_console_line_bar_parent_class)->finalize (object);
}

static void
fl_console_line_bar_class_init (FlConsoleLineBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_console_line_bar_dispose;
  object_class->finalize = fl_console_line_bar_finalize;

  signals[SETTINGS_CHANGED] = g_signal_new ("settings-changed", FL_TYPE_CONSOLE_LINE_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);
  signals[LINES_CHANGED] = g_signal_new ("lines-changed", FL_TYPE_CONSOLE_LINE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-console-line-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, baud);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, parity);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, dtr);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, rts);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, cts);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleLineBar, dsr);
}

static void
fl_console_line_bar_init (FlConsoleLineBar *self)
{
  g_autoptr (GtkStringList) bauds = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->bauds = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_model (self->baud, G_LIST_MODEL (bauds));
  for (guint i = 0; i < G_N_ELEMENTS (usual_bauds); i++)
    fl_console_line_bar_find_baud (self, usual_bauds[i]);
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    gtk_string_list_append (titles, _ (parities[i].title));
  gtk_drop_down_set_model (self->parity, G_LIST_MODEL (titles));
  fl_console_line_bar_set_settings (self, fl_line_settings_default.baud, fl_line_settings_default.parity);
  fl_console_line_bar_show (self, NULL);
  g_signal_connect_object (self->baud, "notify::selected", G_CALLBACK (settings_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->parity, "notify::selected", G_CALLBACK (settings_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dtr, "toggled", G_CALLBACK (line_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rts, "toggled", G_CALLBACK (line_cb), self, G_CONNECT_SWAPPED);
}
