/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-entry-bar"

#include "fl-console-entry-bar.h"

#include <glib/gi18n.h>

#include "fl-bytes.h"
#include "fl-console-input.h"
#include "fl-ui.h"

#define MAX_SHOWN   16 /* bytes of the preview */
#define MAX_HISTORY 200

struct _FlConsoleEntryBar
{
  GtkWidget parent_instance;

  GPtrArray *history; /* char *, the oldest first */
  guint at;           /* in it; as many as there are: a new one is typed */
  gboolean is_open;

  /* template */
  GtkEntry *entry;
  GtkCheckButton *checksum;
  GtkWidget *send;
  GtkWidget *problem_icon;
  GtkLabel *note;
};

enum
{
  SEND,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlConsoleEntryBar, fl_console_entry_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static GBytes *
fl_console_entry_bar_parse (FlConsoleEntryBar *self, GError **error)
{
  return fl_console_parse_input (gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                                 gtk_check_button_get_active (self->checksum), error);
}

static char *
dup_preview (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree char *hex = fl_bytes_to_hex (data, size, MAX_SHOWN);

  /* Translators: number of bytes, then the bytes */
  return g_strdup_printf (ngettext ("Sends %u byte: %s", "Sends %u bytes: %s", (gulong) size), (guint) size, hex);
}

/* What would be sent, or what is wrong with it: said while it is typed. */
static void
fl_console_entry_bar_update (FlConsoleEntryBar *self)
{
  gboolean is_empty = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = is_empty ? NULL : fl_console_entry_bar_parse (self, &error);
  g_autofree char *preview = bytes != NULL ? dup_preview (bytes) : NULL;

  if (error != NULL)
    gtk_label_set_text (self->note, error->message);
  else if (preview != NULL)
    gtk_label_set_text (self->note, preview);
  else
    gtk_label_set_text (self->note, _ ("Hexadecimal bytes, and text in quotes: 7F · 00 FF · \"AT\\r\\n\""));
  gtk_widget_set_visible (self->problem_icon, error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_widget_set_sensitive (self->send, self->is_open && bytes != NULL);
}

static void
fl_console_entry_bar_remember (FlConsoleEntryBar *self, const char *text)
{
  if (self->history->len == 0 || !g_str_equal (g_ptr_array_index (self->history, self->history->len - 1), text))
    g_ptr_array_add (self->history, g_strdup (text));
  if (self->history->len > MAX_HISTORY)
    g_ptr_array_remove_index (self->history, 0);
  self->at = self->history->len;
}

/**
 * fl_console_entry_bar_activate:
 *
 * Sends what is typed, if it can be sent.
 */
void
fl_console_entry_bar_activate (FlConsoleEntryBar *self)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (FL_IS_CONSOLE_ENTRY_BAR (self));

  bytes = fl_console_entry_bar_parse (self, NULL);
  if (bytes == NULL || !self->is_open)
    return;
  fl_console_entry_bar_remember (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  g_signal_emit (self, signals[SEND], 0, bytes);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer user_data)
{
  FlConsoleEntryBar *self = user_data;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;
  if ((keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up) && self->at > 0)
    self->at--;
  else if ((keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) && self->at < self->history->len)
    self->at++;
  else
    return keyval == GDK_KEY_Up || keyval == GDK_KEY_Down; /* the focus stays here */
  gtk_editable_set_text (GTK_EDITABLE (self->entry),
                         self->at < self->history->len ? g_ptr_array_index (self->history, self->at) : "");
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  return TRUE;
}

/**
 * fl_console_entry_bar_set_open:
 * @is_open: whether there is a port to send to; one can type in any case
 */
void
fl_console_entry_bar_set_open (FlConsoleEntryBar *self, gboolean is_open)
{
  g_return_if_fail (FL_IS_CONSOLE_ENTRY_BAR (self));

  self->is_open = is_open;
  fl_console_entry_bar_update (self);
}

void
fl_console_entry_bar_focus (FlConsoleEntryBar *self)
{
  g_return_if_fail (FL_IS_CONSOLE_ENTRY_BAR (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
fl_console_entry_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_console_entry_bar_parent_class)->dispose (object);
}

static void
fl_console_entry_bar_finalize (GObject *object)
{
  g_ptr_array_unref (FL_CONSOLE_ENTRY_BAR (object)->history);
  G_OBJECT_CLASS (fl_console_entry_bar_parent_class)->finalize (object);
}

static void
fl_console_entry_bar_class_init (FlConsoleEntryBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_console_entry_bar_dispose;
  object_class->finalize = fl_console_entry_bar_finalize;

  signals[SEND] = g_signal_new ("send", FL_TYPE_CONSOLE_ENTRY_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_BYTES);

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-console-entry-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FlConsoleEntryBar, entry);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleEntryBar, checksum);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleEntryBar, send);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleEntryBar, problem_icon);
  gtk_widget_class_bind_template_child (widget_class, FlConsoleEntryBar, note);
}

static void
fl_console_entry_bar_init (FlConsoleEntryBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->history = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (fl_console_entry_bar_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (fl_console_entry_bar_activate), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->checksum, "toggled", G_CALLBACK (fl_console_entry_bar_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->send, "clicked", G_CALLBACK (fl_console_entry_bar_activate), self, G_CONNECT_SWAPPED);
  /* Before the entry's own, which moves the cursor. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  fl_console_entry_bar_update (self);
}
