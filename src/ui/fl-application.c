/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-application"

#include "fl-application.h"

#include <glib/gi18n.h>

#include "fl-ui.h"
#include "fl-window.h"

struct _FlApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (FlApplication, fl_application, ADW_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *keys[4];
} accelerators[] = {
  { "app.quit", { "<Control>q" } }, { "window.close", { "<Control>w" } },
  { "win.open", { "<Control>o" } }, { "win.primary", { "<Control>Return", "<Control>KP_Enter" } },
  { "win.rescan", { "F5" } },       { "win.cancel", { "Escape" } },
  { "win.log", { "<Control>l" } },  { "win.shortcuts", { "<Control>question", "F1" } },
  { "win.step(0)", { "<Alt>1" } },  { "win.step(1)", { "<Alt>2" } },
  { "win.step(2)", { "<Alt>3" } },  { "win.step(3)", { "<Alt>4" } },
};

static const GOptionEntry options[] = {
  { "port", 'p', G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL,
    N_ ("Choose this port: a device, a pseudo-terminal, or a simulated board such as sim:0x467"), N_ ("NAME") },
  { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[FILE]") },
  { NULL },
};

static FlWindow *
fl_application_get_window (FlApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (FL_IS_WINDOW (l->data))
      return l->data;
  return FL_WINDOW (fl_window_new (GTK_APPLICATION (self)));
}

static void
fl_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (fl_application_get_window (FL_APPLICATION (application))));
}

static void
fl_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  FlWindow *window = fl_application_get_window (FL_APPLICATION (application));

  if (n_files > 0)
    fl_window_open (window, files[0]);
  gtk_window_present (GTK_WINDOW (window));
}

static int
fl_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  FlWindow *window;
  g_auto (GStrv) names = NULL;
  const char *port;

  g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^aay", &names);
  if (names != NULL && g_strv_length (names) > 1)
    {
      g_application_command_line_printerr (command_line, "%s\n", _ ("flashloader: one file at a time, please"));
      return 1;
    }
  window = fl_application_get_window (FL_APPLICATION (application));
  if (g_variant_dict_lookup (dict, "port", "&s", &port))
    fl_window_choose_port (window, port);
  if (names != NULL && names[0] != NULL)
    {
      g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, names[0]);

      fl_window_open (window, file);
    }
  gtk_window_present (GTK_WINDOW (window));
  return 0;
}

static void
fl_application_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  /* By way of the windows: one of them may have a job running. */
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (GTK_WINDOW (l->data));
}

static void
fl_application_about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Flashloader contributors", NULL };

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)), "application-name",
                         _ ("Flashloader"), "application-icon", FL_APP_ID, "version", FL_VERSION, "developers",
                         developers, "developer-name", _ ("The Flashloader contributors"), "license-type",
                         GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Programs STM32 chips over the serial bootloader that is built into them."),
                         /* Translators: your name, and your address if you like */
                         "translator-credits", _ ("translator-credits"), NULL);
}

static const GActionEntry actions[] = {
  { "quit", fl_application_quit_action },
  { "about", fl_application_about_action },
};

static void
fl_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (fl_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accelerators[i].action,
                                           (const char *const *) accelerators[i].keys);
  gtk_window_set_default_icon_name (FL_APP_ID);
}

static int
fl_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("flashloader %s\n", FL_VERSION);
      return 0;
    }
  if (!fl_ui_load_settings (&error))
    {
      g_printerr ("flashloader: %s\n", error->message);
      return 1;
    }
  return -1;
}

static void
fl_application_class_init (FlApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = fl_application_activate;
  application_class->open = fl_application_open;
  application_class->command_line = fl_application_command_line;
  application_class->startup = fl_application_startup;
  application_class->handle_local_options = fl_application_handle_local_options;
}

static void
fl_application_init (FlApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_add_main_option (G_APPLICATION (self), "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE,
                                 _ ("Show the version"), NULL);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), NULL);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _ ("Programs STM32 chips over their serial bootloader."));
}

/**
 * fl_application_new:
 *
 * Returns: (transfer full): the program
 */
FlApplication *
fl_application_new (void)
{
  return g_object_new (FL_TYPE_APPLICATION, "application-id", FL_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE, NULL);
}
