/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-declarer"

#include "fl-declarer.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-declare-dialog.h"
#include "fl-stmap-compare.h"

struct _FlDeclarer
{
  GObject parent_instance;

  GtkWindow *parent;          /* weak */
  GtkLabel *note;             /* weak: the warning that stays in sight */
  FlDevice *device;           /* nullable: on the port */
  FlDeclaration *declaration; /* nullable */
  FlDeclaration *offered;     /* nullable: in the dialog that is open */
};

enum
{
  DECLARED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlDeclarer, fl_declarer, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* Takes @declaration. */
static void
fl_declarer_take (FlDeclarer *self, FlDeclaration *declaration)
{
  g_clear_pointer (&self->declaration, fl_declaration_unref);
  self->declaration = declaration;
  g_signal_emit (self, signals[DECLARED], 0);
}

static void
fl_declarer_response_cb (FlDeclarer *self, const char *response)
{
  g_autoptr (FlDeclaration) offered = g_steal_pointer (&self->offered);

  if (g_str_equal (response, "use") && offered != NULL)
    fl_declarer_take (self, g_steal_pointer (&offered));
}

/* One message; with @use also the button that does it. */
static void
fl_declarer_show (FlDeclarer *self, const char *title, const char *text, const char *use)
{
  GtkWidget *dialog;

  if (self->parent == NULL)
    return;
  dialog = adw_message_dialog_new (self->parent, title, NULL);
  gtk_window_set_title (GTK_WINDOW (dialog), title);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), text);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", use != NULL ? _ ("_Cancel") : _ ("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  if (use != NULL)
    {
      adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "use", use);
      adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "use", ADW_RESPONSE_SUGGESTED);
      adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "use");
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (fl_declarer_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static const char *
get_title (FlStmapVerdict verdict)
{
  switch (verdict)
    {
    case FL_STMAP_NOT_NEEDED:
      return _ ("This map file is not needed");
    case FL_STMAP_DIFFERS:
      return _ ("This map file is not used");
    case FL_STMAP_OTHER_CHIP:
      return _ ("This map file is for another chip");
    case FL_STMAP_USABLE:
      return _ ("Use this map file?");
    case FL_STMAP_UNUSABLE:
      return _ ("This map file cannot be used");
    case FL_STMAP_FOREIGN:
    default:
      return _ ("This map file is not for an STM32");
    }
}

/**
 * fl_declarer_open_map:
 * @file: a map file of the old program (.STmap)
 *
 * Says what the file is worth for the chip on the port; where the chip is not known, it can be taken for it.
 */
void
fl_declarer_open_map (FlDeclarer *self, GFile *file)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_autoptr (FlStmap) map = NULL;
  g_autoptr (FlStmapComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (FL_IS_DECLARER (self) && G_IS_FILE (file));

  path = g_file_get_path (file);
  name = g_file_get_basename (file);
  shown = g_filename_display_name (name);
  if (path == NULL)
    {
      fl_declarer_show (self, _ ("This map file cannot be read"), _ ("It is not a file on this computer."), NULL);
      return;
    }
  map = fl_stmap_load (path, &error);
  if (map == NULL)
    {
      fl_declarer_show (self, _ ("This map file cannot be read"), error->message, NULL);
      return;
    }
  comparison = fl_stmap_compare (map, self->device);
  g_clear_pointer (&self->offered, fl_declaration_unref);
  if (comparison->verdict == FL_STMAP_USABLE)
    self->offered = fl_declaration_new_for_map (map, NULL);
  text = fl_stmap_comparison_to_text (comparison);
  fl_declarer_show (self, get_title (comparison->verdict), text,
                    self->offered == NULL  ? NULL
                    : self->device != NULL ? _ ("_Use it and connect again")
                                           : _ ("_Use it for an unknown chip"));
}

static void
fl_declarer_chosen_cb (FlDeclarer *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    fl_declarer_open_map (self, file);
  g_object_unref (dialog);
}

/* Asks for a map file, and opens it. */
static void
fl_declarer_open_map_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FlDeclarer *self = user_data;
  g_autoptr (GtkFileFilter) maps = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  GtkFileChooserNative *dialog;

  dialog = gtk_file_chooser_native_new (_ ("Open a map file"), self->parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
                                        _ ("_Cancel"));
  gtk_file_filter_set_name (maps, _ ("Map files (.STmap)"));
  gtk_file_filter_add_suffix (maps, "stmap");
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), maps);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (fl_declarer_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
fl_declarer_asked_cb (FlDeclarer *self, FlDeclaration *declaration)
{
  fl_declarer_take (self, fl_declaration_ref (declaration));
}

/* Asks how the flash of the chip is divided. */
static void
fl_declarer_declare_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FlDeclarer *self = user_data;
  GtkWidget *dialog;

  dialog = fl_declare_dialog_new (self->parent, self->device);
  g_signal_connect_object (dialog, "declared", G_CALLBACK (fl_declarer_asked_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

FlDeclaration *
fl_declarer_get (FlDeclarer *self)
{
  g_return_val_if_fail (FL_IS_DECLARER (self), NULL);

  return self->declaration;
}

/* The warning that stays in sight while a chip is worked on that is known only by what somebody says of it; NULL: none
 * is. */
static char *
dup_note (FlDevice *device)
{
  if (device == NULL || device->declaration == NULL)
    return NULL;
  if (fl_declaration_get_map (device->declaration) != NULL)
    return g_strdup_printf (
        _ ("This chip (PID 0x%03X) is not known. How its flash is divided comes from %s and was not "
           "checked."),
        device->pid, fl_declaration_get_name (device->declaration));
  return g_strdup_printf (_ ("This chip (PID 0x%03X) is not known. How its flash is divided was typed in and was not "
                             "checked."),
                          device->pid);
}

/**
 * fl_declarer_set_device:
 * @device: (nullable): the chip on the port, to compare map files with
 *
 * Also shows the warning, where there is one.
 */
void
fl_declarer_set_device (FlDeclarer *self, FlDevice *device)
{
  g_autofree char *note = dup_note (device);

  g_return_if_fail (FL_IS_DECLARER (self));

  g_set_object (&self->device, device);
  if (self->note == NULL)
    return;
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
}

/**
 * fl_declarer_is_map:
 *
 * Returns: whether a file is a map file, and not firmware, by the end of its name
 */
gboolean
fl_declarer_is_map (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *folded = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  return folded != NULL && g_str_has_suffix (folded, ".stmap");
}

static const GActionEntry actions[] = {
  { "open-map", fl_declarer_open_map_action, NULL, NULL, NULL },
  { "declare", fl_declarer_declare_action, NULL, NULL, NULL },
};

static void
fl_declarer_finalize (GObject *object)
{
  FlDeclarer *self = FL_DECLARER (object);

  for (guint i = 0; self->parent != NULL && i < G_N_ELEMENTS (actions); i++)
    g_action_map_remove_action (G_ACTION_MAP (self->parent), actions[i].name);
  g_clear_weak_pointer (&self->parent);
  g_clear_weak_pointer (&self->note);
  g_clear_object (&self->device);
  g_clear_pointer (&self->declaration, fl_declaration_unref);
  g_clear_pointer (&self->offered, fl_declaration_unref);
  G_OBJECT_CLASS (fl_declarer_parent_class)->finalize (object);
}

static void
fl_declarer_class_init (FlDeclarerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_declarer_finalize;
  signals[DECLARED] =
      g_signal_new ("declared", FL_TYPE_DECLARER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_declarer_init (FlDeclarer *self)
{
}

/**
 * fl_declarer_new:
 * @parent: the window whose dialogs these are; it gets the actions
 * @note: where to warn of a chip that was not checked
 *
 * Returns: (transfer full): with nothing declared; as long as the window lives
 */
FlDeclarer *
fl_declarer_new (GtkWindow *parent, GtkLabel *note)
{
  FlDeclarer *self = g_object_new (FL_TYPE_DECLARER, NULL);

  g_set_weak_pointer (&self->parent, parent);
  g_set_weak_pointer (&self->note, note);
  g_action_map_add_action_entries (G_ACTION_MAP (parent), actions, G_N_ELEMENTS (actions), self);
  return self;
}
