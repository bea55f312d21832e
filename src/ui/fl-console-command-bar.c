/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-command-bar"

#include "fl-console-command-bar.h"

#include <glib/gi18n.h>

#include "fl-console-input.h"
#include "fl-ui.h"

struct _FlConsoleCommandBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *address;
  GtkWidget *protection;
  GtkLabel *problem;
  gboolean is_open;
};

enum
{
  COMMAND,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlConsoleCommandBar, fl_console_command_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static void
fl_console_command_bar_update (FlConsoleCommandBar *self)
{
  guint32 address;
  g_autofree char *problem = fl_console_parse_address (gtk_editable_get_text (GTK_EDITABLE (self->address)), &address);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "console.command", self->is_open);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "console.command-at", self->is_open && problem == NULL);
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  if (problem != NULL)
    gtk_widget_add_css_class (self->address, "error");
  else
    gtk_widget_remove_css_class (self->address, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->address), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlConsoleCommandBar *self = FL_CONSOLE_COMMAND_BAR (widget);
  const FlConsoleCommand *command = fl_console_command_find (g_variant_get_string (parameter, NULL));
  guint32 address = 0;
  g_autofree char *problem = fl_console_parse_address (gtk_editable_get_text (GTK_EDITABLE (self->address)), &address);

  if (command == NULL || !self->is_open || (command->has_address && problem != NULL))
    return;
  g_signal_emit (self, signals[COMMAND], 0, command, address);
}

/* A command that loses something asks first: the dots say so. */
static char *
dup_title (const FlConsoleCommand *command)
{
  return command->loss != NULL ? g_strdup_printf ("%s…", _ (command->title)) : g_strdup (_ (command->title));
}

static GtkWidget *
make_button (const FlConsoleCommand *command)
{
  g_autofree char *title = dup_title (command);
  GtkWidget *button = gtk_button_new_with_label (title);

  gtk_widget_set_tooltip_text (button, _ (command->hint));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button),
                                  command->has_address ? "console.command-at" : "console.command");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", command->id);
  fl_ui_set_label (button, title);
  return button;
}

/**
 * fl_console_command_bar_set_open:
 * @is_open: whether there is a port to send to
 */
void
fl_console_command_bar_set_open (FlConsoleCommandBar *self, gboolean is_open)
{
  g_return_if_fail (FL_IS_CONSOLE_COMMAND_BAR (self));

  self->is_open = is_open;
  fl_console_command_bar_update (self);
}

static void
fl_console_command_bar_fill (FlConsoleCommandBar *self, GtkWidget *plain, GtkWidget *addressed)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  guint n_commands;
  const FlConsoleCommand *commands = fl_console_commands (&n_commands);

  for (guint i = 0; i < n_commands; i++)
    {
      if (!commands[i].has_button)
        continue;
      if (commands[i].has_address)
        {
          gtk_box_append (GTK_BOX (addressed), make_button (&commands[i]));
        }
      else if (commands[i].loss == NULL)
        {
          gtk_box_append (GTK_BOX (plain), make_button (&commands[i]));
        }
      else
        {
          g_autofree char *title = dup_title (&commands[i]);
          g_autoptr (GMenuItem) item = g_menu_item_new (title, NULL);

          g_menu_item_set_action_and_target (item, "console.command", "s", commands[i].id);
          g_menu_append_item (menu, item);
        }
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->protection), G_MENU_MODEL (menu));
}

static void
fl_console_command_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_console_command_bar_parent_class)->dispose (object);
}

static void
fl_console_command_bar_class_init (FlConsoleCommandBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_console_command_bar_dispose;

  signals[COMMAND] = g_signal_new ("command", FL_TYPE_CONSOLE_COMMAND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
  gtk_widget_class_install_action (widget_class, "console.command", "s", command_action);
  gtk_widget_class_install_action (widget_class, "console.command-at", "s", command_action);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
add_group (GtkWidget *flow, GtkWidget *group)
{
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), group);
  gtk_widget_set_focusable (child, FALSE); /* what is in it can be focused */
  gtk_flow_box_append (GTK_FLOW_BOX (flow), child);
}

static void
fl_console_command_bar_init (FlConsoleCommandBar *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *plain = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *addressed = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->box = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->box), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->box), 2);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->box), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->box), 6);

  self->address = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->address), "08000000");
  gtk_editable_set_width_chars (GTK_EDITABLE (self->address), 11);
  gtk_widget_add_css_class (self->address, "monospace");
  gtk_widget_set_tooltip_text (self->address, _ ("Where to read, or which application to start: hexadecimal"));
  fl_ui_set_label (self->address, _ ("Address"));
  gtk_box_append (GTK_BOX (addressed), self->address);

  self->protection = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->protection), _ ("Protection"));
  gtk_widget_set_tooltip_text (self->protection, _ ("Commands that change the chip; each asks first"));
  fl_ui_set_label (self->protection, _ ("Protection commands"));
  fl_console_command_bar_fill (self, plain, addressed);
  gtk_box_append (GTK_BOX (addressed), self->protection);
  add_group (self->box, plain);
  add_group (self->box, addressed);

  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  gtk_box_append (GTK_BOX (outer), self->box);
  gtk_box_append (GTK_BOX (outer), GTK_WIDGET (self->problem));
  gtk_widget_set_parent (outer, GTK_WIDGET (self));
  g_signal_connect_object (self->address, "changed", G_CALLBACK (fl_console_command_bar_update), self,
                           G_CONNECT_SWAPPED);
  fl_console_command_bar_update (self);
}
