/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-wiring-dialog"

#include "fl-wiring-dialog.h"

#include <glib/gi18n.h>

#include "fl-ui.h"
#include "fl-wiring-picture.h"

static void
add_picture (GtkWidget *box, const FlChip *chip, guint usart, const FlEntryPreset *preset)
{
  GtkWidget *picture = g_object_new (FL_TYPE_WIRING_PICTURE, "halign", GTK_ALIGN_START, NULL);

  fl_wiring_picture_set (FL_WIRING_PICTURE (picture), chip, usart, preset);
  gtk_box_append (GTK_BOX (box), picture);
}

static GtkWidget *
make_content (const FlChip *chip, const FlConnectOptions *options)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  const FlEntryPreset *preset =
      options != NULL && options->preset != NULL ? fl_entry_preset_find (options->preset) : NULL;

  gtk_widget_add_css_class (box, "page");
  gtk_box_append (
      GTK_BOX (box),
      fl_ui_make_label (_ ("Crossed: the adapter’s TX goes to the chip’s RX, its RX to the chip’s TX; ground to "
                           "ground; levels of 3.3 V, never RS-232."),
                        NULL));
  if (chip == NULL || chip->usarts->len == 0)
    {
      gtk_box_append (GTK_BOX (box),
                      fl_ui_make_label (_ ("Which chip it is is not known yet. Nearly all have this:"), NULL));
      add_picture (box, NULL, 0, preset);
      return box;
    }
  gtk_box_append (GTK_BOX (box), fl_ui_make_label (chip->name, "title-3"));
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      gtk_box_append (GTK_BOX (box), fl_ui_make_label (usart->name, "heading"));
      add_picture (box, chip, i, preset);
    }
  return box;
}

/**
 * fl_wiring_dialog_new:
 * @parent: the window above which it is shown
 * @chip: (nullable): what is to be wired; %NULL: not known
 * @options: (nullable): for the adapter's lines
 *
 * Returns: (transfer none): a window, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_wiring_dialog_new (GtkWindow *parent, const FlChip *chip, const FlConnectOptions *options)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_window_set_title (GTK_WINDOW (window), _ ("Wiring"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_default_size (GTK_WINDOW (window), 520, 520);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), make_content (chip, options));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  return window;
}
