/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-declare-dialog"

#include "fl-declare-dialog.h"

#include <glib/gi18n.h>

#include "fl-ui.h"

struct _FlDeclareDialog
{
  AdwWindow parent_instance;

  FlDeclaration *declaration; /* nullable: what is in the fields makes no sense */

  /* template */
  GtkLabel *intro;
  AdwEntryRow *start;
  AdwEntryRow *pieces;
  AdwComboRow *unit;
  AdwComboRow *erased;
  AdwComboRow *command;
  GtkLabel *result;
  GtkWidget *accept;
};

enum
{
  DECLARED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlDeclareDialog, fl_declare_dialog, ADW_TYPE_WINDOW)

static guint signals[N_SIGNALS];

/* In the order of the lists in the template. */
static const guint units[] = { 32, 16, 8, 4 };
static const char *const erased_values[] = { "0xFF", "0x00" };
static const char *const commands[] = { "", ";command=0x44", ";command=0x43" };

/* The fields as a declaration is written. */
static char *
fl_declare_dialog_dup_text (FlDeclareDialog *self)
{
  g_autofree char *start = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->start))));
  g_autofree char *pieces = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->pieces)));
  g_auto (GStrv) words = g_strsplit (pieces, " ", -1);
  g_autofree char *joined = g_strjoinv ("", words);

  return g_strdup_printf ("%s:%s;unit=%u;erased=%s%s", start, joined, units[adw_combo_row_get_selected (self->unit)],
                          erased_values[adw_combo_row_get_selected (self->erased)],
                          commands[adw_combo_row_get_selected (self->command)]);
}

static void
fl_declare_dialog_update (FlDeclareDialog *self)
{
  g_autofree char *text = fl_declare_dialog_dup_text (self);
  g_autofree char *layout = NULL;
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->declaration, fl_declaration_unref);
  self->declaration = fl_declaration_parse (text, &error);
  if (self->declaration != NULL)
    {
      FlLayout *flash = fl_declaration_get_layout (self->declaration);

      layout = fl_layout_to_string (flash);
      /* Translators: "64 × 2 KiB", two addresses */
      result = g_strdup_printf (_ ("%s, from 0x%08X to 0x%08X"), layout, fl_layout_get_start (flash),
                                (guint) (fl_layout_get_end (flash) - 1));
    }
  gtk_label_set_text (self->result, result != NULL ? result : error->message);
  if (result != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "error");
  gtk_widget_set_sensitive (self->accept, self->declaration != NULL);
}

static void
fl_declare_dialog_accept_cb (FlDeclareDialog *self)
{
  if (self->declaration == NULL)
    return;
  g_signal_emit (self, signals[DECLARED], 0, self->declaration);
  gtk_window_close (GTK_WINDOW (self));
}

static void
fl_declare_dialog_finalize (GObject *object)
{
  FlDeclareDialog *self = FL_DECLARE_DIALOG (object);

  g_clear_pointer (&self->declaration, fl_declaration_unref);
  G_OBJECT_CLASS (fl_declare_dialog_parent_class)->finalize (object);
}

static void
fl_declare_dialog_class_init (FlDeclareDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_declare_dialog_finalize;
  signals[DECLARED] = g_signal_new ("declared", FL_TYPE_DECLARE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, FL_TYPE_DECLARATION);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-declare-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, intro);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, start);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, pieces);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, unit);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, erased);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, command);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, result);
  gtk_widget_class_bind_template_child (widget_class, FlDeclareDialog, accept);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_declare_dialog_init (FlDeclareDialog *self)
{
  GtkWidget *rows[3];

  gtk_widget_init_template (GTK_WIDGET (self));
  rows[0] = GTK_WIDGET (self->unit);
  rows[1] = GTK_WIDGET (self->erased);
  rows[2] = GTK_WIDGET (self->command);
  g_signal_connect_object (self->start, "changed", G_CALLBACK (fl_declare_dialog_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pieces, "changed", G_CALLBACK (fl_declare_dialog_update), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_signal_connect_object (rows[i], "notify::selected", G_CALLBACK (fl_declare_dialog_update), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accept, "clicked", G_CALLBACK (fl_declare_dialog_accept_cb), self, G_CONNECT_SWAPPED);
  fl_declare_dialog_update (self);
}

/**
 * fl_declare_dialog_new:
 * @parent: above which it is shown
 * @device: (nullable): the chip that it is about
 *
 * Returns: (transfer none): a dialog; the toolkit owns it
 */
GtkWidget *
fl_declare_dialog_new (GtkWindow *parent, FlDevice *device)
{
  FlDeclareDialog *self = g_object_new (FL_TYPE_DECLARE_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  if (device != NULL)
    {
      g_autofree char *text = g_strdup_printf (
          _ ("The product ID 0x%03X is not in the database. The data sheet or the reference manual of the "
             "chip says how its flash is divided. What is entered here cannot be checked: a wrong page "
             "size erases the wrong data."),
          device->pid);

      gtk_label_set_text (self->intro, text);
    }
  return GTK_WIDGET (self);
}
