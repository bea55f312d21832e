/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-connect-page"

#include "fl-connect-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-columns.h"
#include "fl-connect-job.h"
#include "fl-connection-pane.h"
#include "fl-explanation-card.h"
#include "fl-port-chooser.h"
#include "fl-ui.h"

struct _FlConnectPage
{
  GtkWidget parent_instance;

  FlJobRunner *runner;
  FlJob *job;                 /* connecting; NULL when not */
  gboolean failed;            /* the last try */
  FlDeclaration *declaration; /* nullable: what an unknown chip is taken for */

  /* template */
  GtkScrolledWindow *scrolled;
  FlExplanationCard *explanation;
  GtkWidget *choices;
  FlPortChooser *ports;
  FlConnectionPane *pane;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkWidget *cancel;
  GtkButton *connect;
};

enum
{
  CONNECTED,
  FAILED,
  PORT_CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlConnectPage, fl_connect_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
fl_connect_page_update (FlConnectPage *self)
{
  gboolean connecting = self->job != NULL;
  const char *port;
  gboolean busy;

  if (self->runner == NULL) /* not made completely yet, or closed meanwhile */
    return;
  port = fl_port_chooser_get_port (self->ports);
  busy = fl_job_runner_is_busy (self->runner);
  gtk_widget_set_sensitive (self->choices, !connecting);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), connecting);
  gtk_spinner_set_spinning (self->spinner, connecting);
  gtk_widget_set_visible (self->cancel, connecting);
  gtk_widget_set_visible (GTK_WIDGET (self->connect), !connecting);
  gtk_widget_set_sensitive (GTK_WIDGET (self->connect), port != NULL && !busy);
  gtk_button_set_label (self->connect, self->failed ? _ ("_Try again") : _ ("_Connect"));
  fl_ui_set_label (self->connect, self->failed ? _ ("Try again") : _ ("Connect"));
  fl_port_chooser_set_active (self->ports, !busy);

  if (connecting)
    {
      const char *text = fl_job_get_text (self->job);

      gtk_label_set_text (self->status, text != NULL && *text != '\0' ? text : _ ("Connecting…"));
    }
  else if (busy)
    {
      gtk_label_set_text (self->status, _ ("The board is being worked on."));
    }
  else if (port == NULL)
    {
      gtk_label_set_text (self->status, _ ("Choose the port that the board is on."));
    }
  else
    {
      g_autofree char *title = fl_port_chooser_dup_title (self->ports);

      gtk_label_set_text (self->status, title);
    }
}

static void
fl_connect_page_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlConnectPage) self = user_data; /* the reference taken at the start */
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = g_steal_pointer (&self->job);
  gboolean ok = fl_job_run_finish (job, result, &error);

  if (self->runner == NULL)
    return;
  self->failed = !ok;
  fl_connect_page_update (self);
  if (ok)
    {
      fl_port_chooser_remember (self->ports);
      fl_connection_pane_set_chip (self->pane, fl_chip_db_find (fl_session_get_device (fl_job_get_session (job))->pid));
      g_signal_emit (self, signals[CONNECTED], 0, fl_job_get_session (job));
      return;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      fl_explanation_card_set (self->explanation, fl_job_get_explanation (job), fl_job_get_board_state (job));
      gtk_label_set_text (self->status, error->message);
      gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
    }
  g_signal_emit (self, signals[FAILED], 0);
}

static void
fl_connect_page_port_cb (FlConnectPage *self)
{
  fl_connect_page_update (self);
  g_signal_emit (self, signals[PORT_CHANGED], 0);
}

/**
 * fl_connect_page_connect:
 * @self: a page
 *
 * Starts to connect with what is set, unless no port is chosen or a job runs.
 */
void
fl_connect_page_connect (FlConnectPage *self)
{
  g_autoptr (FlConnectOptions) options = NULL;
  g_autoptr (FlSession) session = NULL;

  g_return_if_fail (FL_IS_CONNECT_PAGE (self));

  options = fl_connect_page_make_options (self);
  if (options == NULL || fl_job_runner_is_busy (self->runner))
    return;
  fl_explanation_card_set (self->explanation, NULL, NULL);
  self->failed = FALSE;
  session = fl_session_new (options);
  self->job = fl_connect_job_new (session);
  g_signal_connect_object (self->job, "notify::text", G_CALLBACK (fl_connect_page_update), self, G_CONNECT_SWAPPED);
  fl_job_runner_run (self->runner, self->job, fl_connect_page_done_cb, g_object_ref (self));
}

/**
 * fl_connect_page_set_declaration:
 * @declaration: (nullable): what a chip is taken for that the database does not know, from the next connection on
 */
void
fl_connect_page_set_declaration (FlConnectPage *self, FlDeclaration *declaration)
{
  g_return_if_fail (FL_IS_CONNECT_PAGE (self));

  g_clear_pointer (&self->declaration, fl_declaration_unref);
  if (declaration != NULL)
    self->declaration = fl_declaration_ref (declaration);
}

/**
 * fl_connect_page_choose_port:
 * @self: a page
 * @name: what fl_transport_open() takes
 */
void
fl_connect_page_choose_port (FlConnectPage *self, const char *name)
{
  g_return_if_fail (FL_IS_CONNECT_PAGE (self));

  fl_port_chooser_choose (self->ports, name);
}

/**
 * fl_connect_page_dup_port:
 * @self: a page
 *
 * Returns: (transfer full) (nullable): what a person calls the chosen port
 */
char *
fl_connect_page_dup_port (FlConnectPage *self)
{
  g_return_val_if_fail (FL_IS_CONNECT_PAGE (self), NULL);

  return fl_port_chooser_dup_title (self->ports);
}

/**
 * fl_connect_page_make_options:
 * @self: a page
 *
 * Returns: (transfer full) (nullable): what is set; %NULL: no port is chosen
 */
FlConnectOptions *
fl_connect_page_make_options (FlConnectPage *self)
{
  FlConnectOptions *options;
  const char *port;

  g_return_val_if_fail (FL_IS_CONNECT_PAGE (self), NULL);

  port = fl_port_chooser_get_port (self->ports);
  if (port == NULL)
    return NULL;
  options = fl_connection_pane_make_options (self->pane, port);
  if (self->declaration != NULL)
    options->declared = fl_declaration_ref (self->declaration);
  return options;
}

/**
 * fl_connect_page_rescan:
 * @self: a page
 *
 * Looks for ports now, unless a job runs.
 */
void
fl_connect_page_rescan (FlConnectPage *self)
{
  g_return_if_fail (FL_IS_CONNECT_PAGE (self));

  if (!fl_job_runner_is_busy (self->runner))
    fl_port_chooser_rescan (self->ports);
}

/**
 * fl_connect_page_focus:
 * @self: a page
 *
 * Gives the keyboard to the button that is suggested, so that Return does it.
 */
void
fl_connect_page_focus (FlConnectPage *self)
{
  g_return_if_fail (FL_IS_CONNECT_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->connect));
}

static void
fl_connect_page_dispose (GObject *object)
{
  FlConnectPage *self = FL_CONNECT_PAGE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->runner);
  g_clear_pointer (&self->declaration, fl_declaration_unref);
  G_OBJECT_CLASS (fl_connect_page_parent_class)->dispose (object);
}

static void
fl_connect_page_class_init (FlConnectPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_connect_page_dispose;

  signals[CONNECTED] = g_signal_new ("connected", FL_TYPE_CONNECT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, FL_TYPE_SESSION);
  signals[FAILED] =
      g_signal_new ("failed", FL_TYPE_CONNECT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PORT_CHANGED] =
      g_signal_new ("port-changed", FL_TYPE_CONNECT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FL_TYPE_COLUMNS);
  g_type_ensure (FL_TYPE_CONNECTION_PANE);
  g_type_ensure (FL_TYPE_EXPLANATION_CARD);
  g_type_ensure (FL_TYPE_PORT_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-connect-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, choices);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, ports);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, pane);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, status);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, FlConnectPage, connect);
}

static void
fl_connect_page_init (FlConnectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->ports, "notify::port", G_CALLBACK (fl_connect_page_port_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connect, "clicked", G_CALLBACK (fl_connect_page_connect), self, G_CONNECT_SWAPPED);
}

/**
 * fl_connect_page_new:
 * @runner: runs the window's jobs
 *
 * Returns: (transfer floating): a page
 */
GtkWidget *
fl_connect_page_new (FlJobRunner *runner)
{
  FlConnectPage *self = g_object_new (FL_TYPE_CONNECT_PAGE, NULL);

  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_connect_page_update), self, G_CONNECT_SWAPPED);
  fl_connect_page_update (self);
  return GTK_WIDGET (self);
}
