/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-option-list"

#include "config.h"

#include "fl-option-list.h"

#include "fl-option-row.h"
#include "fl-ui.h"

struct _FlOptionList
{
  GtkWidget parent_instance;

  FlOptionDraft *draft; /* nullable */
  const FlChip *chip;   /* whose rows there are; NULL: there are none */
  GPtrArray *rows;      /* FlOptionRow, unowned */

  /* template */
  GtkEditable *search;
  GtkWidget *none_found;
  GtkBox *groups;
};

G_DEFINE_FINAL_TYPE (FlOptionList, fl_option_list, GTK_TYPE_WIDGET)

/* Shows the rows that match, and the groups that have one. */
static void
search_cb (FlOptionList *self)
{
  const char *text = gtk_editable_get_text (self->search);
  gboolean found = FALSE;

  for (GtkWidget *group = gtk_widget_get_first_child (GTK_WIDGET (self->groups)); group != NULL;
       group = gtk_widget_get_next_sibling (group))
    gtk_widget_set_visible (group, FALSE);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);
      gboolean matches = fl_option_row_matches (FL_OPTION_ROW (row), text);

      gtk_widget_set_visible (row, matches);
      if (matches)
        gtk_widget_set_visible (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP), TRUE);
      found |= matches;
    }
  gtk_widget_set_visible (self->none_found, !found);
}

static void
fl_option_list_add_group (FlOptionList *self, FlOptionGroup id)
{
  GtkWidget *group = NULL;

  for (guint i = 0; i < self->chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (self->chip->option_fields, i);
      GtkWidget *row;

      if (field->kind->group != id)
        continue;
      if (group == NULL)
        {
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), fl_option_group_get_name (id));
          gtk_box_append (self->groups, group);
        }
      row = fl_option_row_new (self->draft, field);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
      g_ptr_array_add (self->rows, row);
    }
}

/* The rows follow the draft by themselves; another chip has other rows. */
static void
fl_option_list_update (FlOptionList *self)
{
  FlDevice *device = fl_option_draft_get_device (self->draft);
  GtkWidget *child;

  if (device == NULL || device->options == NULL || device->chip == self->chip)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->groups))) != NULL)
    gtk_box_remove (self->groups, child);
  g_ptr_array_set_size (self->rows, 0);
  self->chip = device->chip;
  for (guint i = 0; i < FL_N_OPTION_GROUPS; i++)
    fl_option_list_add_group (self, i);
  gtk_editable_set_text (self->search, "");
  search_cb (self);
}

/**
 * fl_option_list_set_draft:
 * @draft: what is wanted; followed from now on
 */
void
fl_option_list_set_draft (FlOptionList *self, FlOptionDraft *draft)
{
  g_return_if_fail (FL_IS_OPTION_LIST (self));
  g_return_if_fail (FL_IS_OPTION_DRAFT (draft) && self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (fl_option_list_update), self, G_CONNECT_SWAPPED);
  fl_option_list_update (self);
}

/* Wherever in the window the keyboard is: after a job, whose widgets were off, it is nowhere. */
static gboolean
find_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_grab_focus (GTK_WIDGET (FL_OPTION_LIST (widget)->search));
}

static void
fl_option_list_dispose (GObject *object)
{
  FlOptionList *self = FL_OPTION_LIST (object);
  GtkWidget *child;

  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_OPTION_LIST);
  G_OBJECT_CLASS (fl_option_list_parent_class)->dispose (object);
}

static void
fl_option_list_finalize (GObject *object)
{
  g_ptr_array_unref (FL_OPTION_LIST (object)->rows);
  G_OBJECT_CLASS (fl_option_list_parent_class)->finalize (object);
}

static void
fl_option_list_class_init (FlOptionListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_option_list_dispose;
  object_class->finalize = fl_option_list_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-option-list.ui");
  gtk_widget_class_bind_template_child (widget_class, FlOptionList, search);
  gtk_widget_class_bind_template_child (widget_class, FlOptionList, none_found);
  gtk_widget_class_bind_template_child (widget_class, FlOptionList, groups);
}

static void
fl_option_list_init (FlOptionList *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (keys), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_f, GDK_CONTROL_MASK),
                                                          gtk_callback_action_new (find_cb, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (search_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_option_list_new:
 *
 * Returns: (transfer floating): a list that follows no draft yet
 */
GtkWidget *
fl_option_list_new (void)
{
  return g_object_new (FL_TYPE_OPTION_LIST, NULL);
}
