/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-jump-dialog"

#include "fl-jump-dialog.h"

#include <glib/gi18n.h>

#include "fl-jump-code.h"
#include "fl-ui.h"

/* One row of the drop-down: a chip is known by several names. */
typedef struct
{
  const FlChip *chip;
  char *title;
} Row;

struct _FlJumpDialog
{
  AdwWindow parent_instance;

  GArray *rows; /* Row, by title */
  char *text;   /* what is copied; NULL: there is no code */

  /* template */
  GtkDropDown *chips;
  GtkStack *code_stack;
  GtkTextView *code;
  AdwStatusPage *no_code;
  GtkBox *caveats_box;
  GtkBox *caveats;
  GtkBox *checks_box;
  GtkBox *checks;
  GtkStack *advice_stack;
  AdwToastOverlay *toasts;
  GtkWidget *copy;
};

G_DEFINE_FINAL_TYPE (FlJumpDialog, fl_jump_dialog, ADW_TYPE_WINDOW)

static void
clear_row (gpointer row)
{
  g_free (((Row *) row)->title);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const Row *) a)->title, ((const Row *) b)->title);
}

/* The list is searched by the beginnings of its rows, so that each name of a chip has one. */
static GArray *
make_rows (void)
{
  const GPtrArray *chips = fl_chip_db_all ();
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));

  g_array_set_clear_func (rows, clear_row);
  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autofree char *all = fl_chip_dup_names (chip);
      g_auto (GStrv) names = g_strsplit (all, ", ", -1);

      for (guint n = 0; names[n] != NULL; n++)
        {
          Row row = { chip, NULL };

          if (g_str_equal (names[n], chip->name))
            row.title = g_strdup_printf ("%s · 0x%03X", names[n], chip->pid);
          else
            row.title = g_strdup_printf ("%s · %s · 0x%03X", names[n], chip->name, chip->pid);
          g_array_append_val (rows, row);
        }
    }
  g_array_sort (rows, compare_rows);
  return rows;
}

/* The drop-down's first row is no chip. */
static const FlChip *
fl_jump_dialog_get_chip (FlJumpDialog *self)
{
  guint selected = gtk_drop_down_get_selected (self->chips);

  return selected >= 1 && selected <= self->rows->len ? g_array_index (self->rows, Row, selected - 1).chip : NULL;
}

/* A number and a sentence for each; they can be marked and copied. */
static void
fill_list (GtkBox *box, GtkBox *list, const GPtrArray *texts)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_box_remove (list, child);
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u.  %s", i + 1, (const char *) g_ptr_array_index (texts, i));
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_box_append (list, label);
    }
  gtk_widget_set_visible (GTK_WIDGET (box), texts->len > 0);
}

static void
fl_jump_dialog_update (FlJumpDialog *self)
{
  const FlChip *chip = fl_jump_dialog_get_chip (self);
  g_autoptr (FlJumpCode) jump = chip != NULL ? fl_jump_code_new (chip) : NULL;

  g_clear_pointer (&self->text, g_free);
  if (jump != NULL && jump->code != NULL)
    self->text = fl_jump_code_to_text (jump);
  gtk_widget_set_sensitive (self->copy, self->text != NULL);
  if (jump == NULL)
    {
      gtk_stack_set_visible_child_name (self->code_stack, "no-chip");
      gtk_stack_set_visible_child_name (self->advice_stack, "no-chip");
      return;
    }
  if (jump->code != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->code), jump->code, -1);
  else
    adw_status_page_set_description (self->no_code, jump->reason);
  gtk_stack_set_visible_child_name (self->code_stack, jump->code != NULL ? "code" : "no-code");
  fill_list (self->caveats_box, self->caveats, jump->caveats);
  fill_list (self->checks_box, self->checks, jump->checks);
  gtk_stack_set_visible_child_name (self->advice_stack,
                                    jump->caveats->len + jump->checks->len > 0 ? "advice" : "nothing");
}

static void
fl_jump_dialog_copy_cb (FlJumpDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Copied, with the check list as a comment")));
}

static void
fl_jump_dialog_finalize (GObject *object)
{
  FlJumpDialog *self = FL_JUMP_DIALOG (object);

  g_free (self->text);
  g_array_unref (self->rows);
  G_OBJECT_CLASS (fl_jump_dialog_parent_class)->finalize (object);
}

static void
fl_jump_dialog_class_init (FlJumpDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_jump_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-jump-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, chips);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, code_stack);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, code);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, no_code);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, caveats_box);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, caveats);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, checks_box);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, checks);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, advice_stack);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, FlJumpDialog, copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_jump_dialog_init (FlJumpDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autoptr (GtkExpression) search = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = make_rows ();
  gtk_string_list_append (titles, _ ("Choose the chip"));
  for (guint i = 0; i < self->rows->len; i++)
    gtk_string_list_append (titles, g_array_index (self->rows, Row, i).title);
  gtk_drop_down_set_expression (self->chips, search);
  gtk_drop_down_set_enable_search (self->chips, TRUE);
  gtk_drop_down_set_model (self->chips, G_LIST_MODEL (titles));
  g_signal_connect_object (self->chips, "notify::selected", G_CALLBACK (fl_jump_dialog_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (fl_jump_dialog_copy_cb), self, G_CONNECT_SWAPPED);
  fl_jump_dialog_update (self);
}

/**
 * fl_jump_dialog_new:
 * @parent: above which it is shown
 * @chip: (nullable): the one that is chosen to begin with
 *
 * Returns: (transfer none): a dialog; the toolkit owns it
 */
GtkWidget *
fl_jump_dialog_new (GtkWindow *parent, const FlChip *chip)
{
  FlJumpDialog *self = g_object_new (FL_TYPE_JUMP_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  for (guint i = 0; i < self->rows->len; i++)
    if (g_array_index (self->rows, Row, i).chip == chip)
      {
        gtk_drop_down_set_selected (self->chips, i + 1);
        break;
      }
  return GTK_WIDGET (self);
}
