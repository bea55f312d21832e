/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-option-row"

#include "config.h"

#include "fl-option-row.h"

#include <glib/gi18n.h>

#include "fl-columns.h"
#include "fl-ui.h"

#define MAX_CHOICE_WIDTH 3 /* bits: up to here every value is offered in a list */
#define MAX_KEY_WIDTH    8 /* bits: up to here values with words are all that there are; wider fields are addresses */
#define READ_PROTECTED   0xBB /* of all values that mean level 1, the one that other programs write too */

struct _FlOptionRow
{
  AdwPreferencesRow parent_instance;

  FlOptionDraft *draft;
  const FlOptionField *field;
  char *words;    /* what the search looks in, casefolded */
  GArray *values; /* guint32: those of the list; empty: a number is typed */
  gboolean updating;

  /* template */
  GtkLabel *name;
  GtkWidget *danger;
  GtkImage *danger_icon;
  GtkLabel *danger_text;
  GtkLabel *what;
  GtkDropDown *choice;
  GtkEditable *number;
  GtkLabel *fixed;
  GtkWidget *undo;
  GtkLabel *problem;
  GtkLabel *notes;
};

G_DEFINE_FINAL_TYPE (FlOptionRow, fl_option_row, ADW_TYPE_PREFERENCES_ROW)

static gboolean
has_value (GArray *values, guint32 value)
{
  for (guint i = 0; i < values->len; i++)
    if (g_array_index (values, guint32, i) == value)
      return TRUE;
  return FALSE;
}

static void
add_value (GArray *values, guint32 value)
{
  if (!has_value (values, value))
    g_array_append_val (values, value);
}

/* What can be chosen from a list: everything where that is little; otherwise what has words, and what is there now. */
static GArray *
fl_option_row_list_values (FlOptionRow *self)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (guint32));
  const GArray *known = self->field->kind->values;
  const FlOptionSet *before = fl_option_draft_get_before (self->draft);
  guint32 mask = fl_option_field_get_mask (self->field);

  if (self->field->width <= MAX_CHOICE_WIDTH)
    {
      for (guint32 value = 0; value <= mask; value++)
        add_value (values, value);
      return values;
    }
  if (known->len == 0 || self->field->width > MAX_KEY_WIDTH)
    return values;
  for (guint i = 0; i < known->len; i++)
    if (g_array_index (known, FlOptionValue, i).danger < FL_DANGER_IRREVERSIBLE)
      add_value (values, g_array_index (known, FlOptionValue, i).value);
  if (fl_option_set_has (before, self->field) && !has_value (values, fl_option_set_get (before, self->field)))
    add_value (values, fl_option_set_get (before, self->field));
  else if (self->field->kind->role == FL_OPTION_ROLE_RDP)
    add_value (values, READ_PROTECTED);
  add_value (values, fl_option_set_get (fl_option_draft_get_wanted (self->draft), self->field));
  for (guint i = 0; i < known->len; i++) /* at the end: not beside what is chosen every day */
    add_value (values, g_array_index (known, FlOptionValue, i).value);
  return values;
}

static gboolean
same_values (GArray *a, GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (guint32)) == 0);
}

static void
fl_option_row_fill_choice (FlOptionRow *self)
{
  g_autoptr (GArray) values = fl_option_row_list_values (self);
  g_autoptr (GtkStringList) titles = NULL;

  if (same_values (values, self->values))
    return;
  titles = gtk_string_list_new (NULL);
  for (guint i = 0; i < values->len; i++)
    {
      g_autofree char *title = fl_option_field_dup_text (self->field, g_array_index (values, guint32, i));

      gtk_string_list_append (titles, title);
    }
  g_array_unref (self->values);
  self->values = g_array_ref (values);
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (titles));
}

static char *
fl_option_row_dup_number (FlOptionRow *self, guint32 value)
{
  return g_strdup_printf ("0x%0*X", (self->field->width + 3) / 4, value);
}

/* Decimal, or with 0x. */
static gboolean
fl_option_row_parse (FlOptionRow *self, guint32 *value)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->number)));
  gboolean hex = g_ascii_strncasecmp (text, "0x", 2) == 0;
  guint64 number;

  if (!g_ascii_string_to_unsigned (hex ? text + 2 : text, hex ? 16 : 10, 0, fl_option_field_get_mask (self->field),
                                   &number, NULL))
    return FALSE;
  *value = (guint32) number;
  return TRUE;
}

static void
fl_option_row_show_problem (FlOptionRow *self)
{
  const char *problem = fl_option_draft_get_problem (self->draft, self);

  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->number), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->number), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->number), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void append_line (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_line (GString *text, const char *format, ...)
{
  va_list values;

  if (text->len > 0)
    g_string_append_c (text, '\n');
  va_start (values, format);
  g_string_append_vprintf (text, format, values);
  va_end (values);
}

/* Of an address: what it means, or which ones mean something. */
static void
fl_option_row_append_known (FlOptionRow *self, GString *text, guint32 wanted)
{
  const GArray *known = self->field->kind->values;
  const char *words = fl_option_field_get_words (self->field, wanted);

  if (self->field->width <= MAX_KEY_WIDTH || known->len == 0)
    return;
  if (words != NULL)
    append_line (text, "%s", words);
  for (guint i = 0; words == NULL && i < known->len; i++)
    {
      g_autofree char *value = fl_option_field_dup_text (self->field, g_array_index (known, FlOptionValue, i).value);

      append_line (text, "%s", value);
    }
}

/* What the chip has when something else is wanted, what a new chip has when that is yet another one, and why it cannot
 * be changed. */
static char *
fl_option_row_dup_notes (FlOptionRow *self, gboolean readable, guint32 before, guint32 wanted)
{
  g_autofree char *now = fl_option_field_dup_text (self->field, before);
  g_autofree char *factory = fl_option_field_dup_text (self->field, self->field->factory);
  GString *text = g_string_new (NULL);

  if (!readable)
    append_line (text, "%s", _ ("It could not be read from this chip, so it is not changed either."));
  else if (self->field->read_only)
    append_line (text, "%s", _ ("Shown only: this program never changes it."));
  if (readable)
    fl_option_row_append_known (self, text, wanted);
  if (readable && before != wanted)
    /* Translators: the value that the chip has now, when another one was chosen */
    append_line (text, _ ("On the chip: %s"), now);
  if (readable && self->field->has_factory && wanted != self->field->factory && before == self->field->factory)
    append_line (text, "%s", _ ("That is as new."));
  else if (readable && self->field->has_factory && wanted != self->field->factory)
    /* Translators: the value that a new chip has */
    append_line (text, _ ("As new: %s"), factory);
  return g_string_free (text, FALSE);
}

/* Everything in the row follows from the draft. */
static void
fl_option_row_update (FlOptionRow *self)
{
  const FlOptionSet *set = fl_option_draft_get_wanted (self->draft);
  gboolean readable, editable, changed;
  guint32 before, wanted, typed;
  g_autofree char *notes = NULL;
  g_autofree char *value = NULL;
  g_autofree char *shown = NULL;

  if (set == NULL || fl_option_set_get_chip (set) != fl_option_draft_get_device (self->draft)->chip)
    return;
  readable = fl_option_set_has (set, self->field);
  editable = readable && !self->field->read_only;
  before = fl_option_set_get (fl_option_draft_get_before (self->draft), self->field);
  wanted = fl_option_set_get (set, self->field);
  changed = readable && (before != wanted || fl_option_draft_get_problem (self->draft, self) != NULL);
  notes = fl_option_row_dup_notes (self, readable, before, wanted);
  value = fl_option_field_dup_text (self->field, wanted);
  shown = fl_option_row_dup_number (self, wanted);

  self->updating = TRUE;
  fl_option_row_fill_choice (self);
  for (guint i = 0; i < self->values->len; i++)
    if (g_array_index (self->values, guint32, i) == wanted)
      gtk_drop_down_set_selected (self->choice, i);
  /* What is being typed is not set in order as long as it means the same. */
  if (fl_option_draft_get_problem (self->draft, self) == NULL
      && !(fl_option_row_parse (self, &typed) && typed == wanted))
    gtk_editable_set_text (self->number, shown);
  self->updating = FALSE;

  gtk_widget_set_visible (GTK_WIDGET (self->choice), editable && self->values->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->number), editable && self->values->len == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->fixed), !editable);
  gtk_label_set_text (self->fixed, readable ? value : _ ("not known"));
  /* Its place is kept: what is beside it must not move when it comes and goes. */
  gtk_widget_set_sensitive (self->undo, changed);
  gtk_widget_set_opacity (self->undo, changed ? 1 : 0);
  gtk_widget_set_visible (self->undo, editable);
  gtk_label_set_text (self->notes, notes);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *notes != '\0');
  if (changed)
    gtk_widget_add_css_class (GTK_WIDGET (self), "changed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "changed");
  gtk_widget_set_focusable (GTK_WIDGET (self), !editable);
  fl_option_row_show_problem (self);
}

static void
selected_cb (FlOptionRow *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (!self->updating && selected < self->values->len)
    fl_option_draft_put (self->draft, self->field, g_array_index (self->values, guint32, selected), NULL);
}

static void
typed_cb (FlOptionRow *self)
{
  guint32 mask = fl_option_field_get_mask (self->field);
  guint32 value;
  g_autofree char *problem = NULL;

  if (self->updating)
    return;
  if (fl_option_row_parse (self, &value))
    {
      /* The value first: with the problem gone, the row would show the old one. */
      fl_option_draft_put (self->draft, self->field, value, NULL);
    }
  else
    {
      g_autofree char *last = fl_option_row_dup_number (self, mask);

      /* Translators: name of the field, largest value */
      problem = g_strdup_printf (_ ("%s: not a number from 0 to %s"), self->field->name, last);
    }
  fl_option_draft_set_problem (self->draft, self, problem);
}

static void
undo_cb (FlOptionRow *self)
{
  fl_option_draft_undo (self->draft, self->field);
  fl_option_draft_set_problem (self->draft, self, NULL);
}

/* In the button the words are cut off where there is no room for two lines of them; in the list they are all there. */
static void
setup_button_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_button_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), text);
}

static void
setup_item_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *danger = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (danger, "caption");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  gtk_box_append (GTK_BOX (box), danger);
  gtk_list_item_set_child (item, box);
}

static void
bind_item_cb (FlOptionRow *self, GtkListItem *item)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *icon = gtk_widget_get_next_sibling (label);
  GtkWidget *text = gtk_widget_get_next_sibling (icon);
  guint32 value = g_array_index (self->values, guint32, gtk_list_item_get_position (item));
  FlDanger danger = fl_option_field_get_danger (self->field, value);
  gboolean worse = danger > self->field->kind->danger; /* the row itself says the field's own */

  gtk_label_set_text (GTK_LABEL (label), gtk_string_object_get_string (gtk_list_item_get_item (item)));
  fl_option_row_set_danger (GTK_IMAGE (icon), GTK_LABEL (text), danger);
  gtk_widget_set_visible (icon, worse);
  gtk_widget_set_visible (text, worse);
}

/**
 * fl_option_row_set_danger:
 * @icon: a warning sign
 * @label: beside it
 *
 * Says how dangerous something is, in words and in a colour.
 */
void
fl_option_row_set_danger (GtkImage *icon, GtkLabel *label, FlDanger danger)
{
  const char *style = danger >= FL_DANGER_CRITICAL ? "error" : "warning";
  const char *other = danger >= FL_DANGER_CRITICAL ? "warning" : "error";

  gtk_label_set_text (label, fl_danger_get_text (danger));
  gtk_widget_remove_css_class (GTK_WIDGET (icon), other);
  gtk_widget_remove_css_class (GTK_WIDGET (label), other);
  gtk_widget_add_css_class (GTK_WIDGET (icon), style);
  gtk_widget_add_css_class (GTK_WIDGET (label), style);
}

const FlOptionField *
fl_option_row_get_field (FlOptionRow *self)
{
  g_return_val_if_fail (FL_IS_OPTION_ROW (self), NULL);

  return self->field;
}

/**
 * fl_option_row_matches:
 * @text: what is looked for
 *
 * Returns: whether all words of @text are in the field's name, group, description, or the words of its values
 */
gboolean
fl_option_row_matches (FlOptionRow *self, const char *text)
{
  g_autofree char *folded = NULL;
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (FL_IS_OPTION_ROW (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  folded = g_utf8_casefold (text, -1);
  parts = g_strsplit_set (folded, " \t", -1);
  for (char **part = parts; *part != NULL; part++)
    if (strstr (self->words, *part) == NULL)
      return FALSE;
  return TRUE;
}

static char *
dup_words (const FlOptionField *field)
{
  GString *text = g_string_new (field->name);
  const char *what = fl_option_field_get_what (field);
  const char *risk = fl_option_field_get_risk (field);
  g_autofree char *plain = NULL;

  g_string_append_printf (text, "\n%s\n%s\n%s", fl_option_group_get_name (field->kind->group), what != NULL ? what : "",
                          risk != NULL ? risk : "");
  for (guint i = 0; i < field->kind->values->len; i++)
    g_string_append_printf (
        text, "\n%s", fl_option_field_get_words (field, g_array_index (field->kind->values, FlOptionValue, i).value));
  plain = g_string_free (text, FALSE);
  return g_utf8_casefold (plain, -1);
}

/* What the field is: this does not change. */
static void
fl_option_row_describe (FlOptionRow *self)
{
  const FlOptionField *field = self->field;
  const char *what = fl_option_field_get_what (field);
  const char *risk = fl_option_field_get_risk (field);
  gboolean dangerous = field->kind->danger >= FL_DANGER_HIGH && !field->read_only;
  g_autofree char *undo = NULL;
  GString *description = g_string_new (what);

  if (dangerous)
    g_string_append_printf (description, "%s(%s)", description->len > 0 ? " " : "",
                            fl_danger_get_text (field->kind->danger));
  if (risk != NULL)
    g_string_append_printf (description, "%s%s", description->len > 0 ? " " : "", risk);

  gtk_label_set_text (self->name, field->name);
  gtk_label_set_text (self->what, what != NULL ? what : risk);
  gtk_widget_set_visible (GTK_WIDGET (self->what), what != NULL || risk != NULL);
  gtk_widget_set_visible (self->danger, dangerous);
  fl_option_row_set_danger (self->danger_icon, self->danger_text, field->kind->danger);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), risk);
  gtk_widget_set_tooltip_text (self->danger, risk);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what), risk);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), field->name);
  fl_ui_set_label (self, field->name);
  fl_ui_set_label (self->choice, field->name);
  fl_ui_set_label (self->number, field->name);
  /* Translators: name of a field of the option bytes */
  undo = g_strdup_printf (_ ("Undo the change of %s"), field->name);
  fl_ui_set_label (self->undo, undo);
  if (description->len > 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      description->str, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->number), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      description->str, -1);
    }
  g_string_free (description, TRUE);
}

static void
fl_option_row_dispose (GObject *object)
{
  FlOptionRow *self = FL_OPTION_ROW (object);

  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_OPTION_ROW);
  G_OBJECT_CLASS (fl_option_row_parent_class)->dispose (object);
}

static void
fl_option_row_finalize (GObject *object)
{
  FlOptionRow *self = FL_OPTION_ROW (object);

  g_array_unref (self->values);
  g_free (self->words);
  G_OBJECT_CLASS (fl_option_row_parent_class)->finalize (object);
}

static void
fl_option_row_class_init (FlOptionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_option_row_dispose;
  object_class->finalize = fl_option_row_finalize;

  g_type_ensure (FL_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-option-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, name);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, danger);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, danger_icon);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, danger_text);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, what);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, choice);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, number);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, fixed);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, undo);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, problem);
  gtk_widget_class_bind_template_child (widget_class, FlOptionRow, notes);
}

static void
fl_option_row_init (FlOptionRow *self)
{
  g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) item = gtk_signal_list_item_factory_new ();

  self->values = g_array_new (FALSE, FALSE, sizeof (guint32));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (button, "setup", G_CALLBACK (setup_button_cb), NULL);
  g_signal_connect (button, "bind", G_CALLBACK (bind_button_cb), NULL);
  g_signal_connect (item, "setup", G_CALLBACK (setup_item_cb), NULL);
  g_signal_connect_object (item, "bind", G_CALLBACK (bind_item_cb), self, G_CONNECT_SWAPPED);
  gtk_drop_down_set_factory (self->choice, button);
  gtk_drop_down_set_list_factory (self->choice, item);
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->number, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->undo, "clicked", G_CALLBACK (undo_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_option_row_new:
 * @draft: what is wanted; it has option bytes
 * @field: of the draft's chip
 *
 * Returns: (transfer floating): a row that follows the draft
 */
GtkWidget *
fl_option_row_new (FlOptionDraft *draft, const FlOptionField *field)
{
  FlOptionRow *self;

  g_return_val_if_fail (FL_IS_OPTION_DRAFT (draft), NULL);
  g_return_val_if_fail (fl_option_draft_get_wanted (draft) != NULL && field != NULL, NULL);

  self = g_object_new (FL_TYPE_OPTION_ROW, NULL);
  self->draft = g_object_ref (draft);
  self->field = field;
  self->words = dup_words (field);
  g_signal_connect_object (draft, "changed", G_CALLBACK (fl_option_row_update), self, G_CONNECT_SWAPPED);
  fl_option_row_describe (self);
  fl_option_row_update (self);
  return GTK_WIDGET (self);
}
