/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-diagnosis-private.h"
#include "fl-transport.h"

static char *
describe_usarts (const FlChip *chip)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; chip != NULL && i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      if (i > 0)
        g_string_append (text, "; ");
      /* Translators: name of a USART, and the chip's pins. */
      g_string_append_printf (text, _ ("%s: the adapter’s RX to %s, its TX to %s"), usart->name, usart->tx, usart->rx);
    }
  if (text->len == 0)
    g_string_append (text, _ ("USART1: the adapter’s RX to PA9, its TX to PA10 on nearly all chips"));
  return g_string_free (text, FALSE);
}

/* "BOOT0 (pin PA14)" */
static char *
describe_boot_pin (const FlChip *chip, const char *name)
{
  g_autoptr (GArray) pins = chip != NULL ? fl_chip_list_boot_pins (chip) : NULL;

  for (guint i = 0; pins != NULL && i < pins->len; i++)
    {
      const FlChipBootPin *pin = &g_array_index (pins, FlChipBootPin, i);

      if (pin->name == NULL && g_str_equal (name, "BOOT0"))
        return g_strdup (pin->pin);
      if (g_strcmp0 (pin->name, name) == 0 && pin->pin != NULL)
        /* Translators: a pin by its name, and where it is. */
        return g_strdup_printf (_ ("%s (pin %s)"), pin->name, pin->pin);
    }
  return g_strdup (name);
}

static char *
describe_entry (const FlChip *chip)
{
  if (chip == NULL || chip->boot_entry == NULL || *chip->boot_entry == NULL)
    return g_strdup (_ ("BOOT0 must be high at reset."));
  return g_strjoinv (" ", chip->boot_entry);
}

/* "115200 8E1": what the user has chosen. */
static char *
describe_line (const FlFacts *facts)
{
  FlLineSettings settings = fl_line_settings_default;
  const char *parity = fl_facts_get (facts, "set.parity");

  settings.baud = (guint) fl_facts_get_number (facts, "set.baud", settings.baud);
  if (parity != NULL)
    settings.parity = g_str_equal (parity, "none")  ? FL_PARITY_NONE
                      : g_str_equal (parity, "odd") ? FL_PARITY_ODD
                                                    : FL_PARITY_EVEN;
  return fl_line_settings_to_string (&settings);
}

/* The next of the usual rates below the one that was chosen, or the best that is known to work. */
static guint
get_lower_rate (const FlFacts *facts)
{
  static const guint rates[] = { 57600, 38400, 19200, 9600, 4800, 2400 };
  guint chosen = (guint) fl_facts_get_number (facts, "set.baud", fl_line_settings_default.baud);
  guint good = (guint) fl_facts_get_number (facts, "sweep.highest-good", 0);

  if (good > 0 && good < chosen)
    return good;
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (rates[i] < chosen)
      return rates[i];
  return 1200;
}

/* "{trials.ok}" becomes the fact's value. */
static void
replace_facts (GString *text, const FlFacts *facts)
{
  for (gsize at = 0; at < text->len; at++)
    {
      char *end = text->str[at] == '{' ? strchr (text->str + at, '}') : NULL;
      g_autofree char *name = NULL;
      const char *value;
      gsize length;

      if (end == NULL)
        continue;
      length = (gsize) (end - (text->str + at)) + 1;
      name = g_strndup (text->str + at + 1, length - 2);
      value = fl_facts_get (facts, name);
      if (value == NULL)
        value = "?";
      g_string_erase (text, (gssize) at, (gssize) length);
      g_string_insert (text, (gssize) at, value);
      at += strlen (value);
      if (at > 0)
        at--;
    }
}

char *
fl_diagnosis_expand (const char *text, const FlFacts *facts, const FlChip *chip)
{
  GString *expanded = g_string_new (_ (text));
  g_autofree char *usarts = describe_usarts (chip);
  g_autofree char *boot0 = describe_boot_pin (chip, "BOOT0");
  g_autofree char *boot1 = describe_boot_pin (chip, "BOOT1");
  g_autofree char *entry = describe_entry (chip);
  g_autofree char *line = describe_line (facts);
  g_autofree char *rate = g_strdup_printf ("%.0f", fl_facts_get_number (facts, "set.baud", 115200));
  g_autofree char *lower = g_strdup_printf ("%u", get_lower_rate (facts));
  const char *port = fl_facts_get (facts, "port.name");
  const struct
  {
    const char *placeholder;
    const char *value;
  } rows[] = {
    { "$CHIP", chip != NULL ? chip->name : _ ("chip") },
    { "$PORT", port != NULL ? port : _ ("the port") },
    { "$USARTS", usarts },
    { "$BOOT0", boot0 },
    { "$BOOT1", boot1 },
    { "$ENTRY", entry },
    { "$LINE", line },
    { "$RATE", rate },
    { "$LOWER", lower },
  };

  replace_facts (expanded, facts);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_string_replace (expanded, rows[i].placeholder, rows[i].value, 0);
  return g_string_free (expanded, FALSE);
}

static const char *
get_likelihood_word (const FlCause *cause)
{
  if (cause->certain)
    return _ ("proved");
  if (cause->likelihood >= 0.6)
    return _ ("very likely");
  if (cause->likelihood >= 0.3)
    return _ ("likely");
  return cause->likelihood >= 0.1 ? _ ("possible") : _ ("less likely");
}

static void
append_list (GString *text, const char *head, const GPtrArray *items)
{
  if (items->len > 0 && head != NULL)
    g_string_append_printf (text, "   %s\n", head);
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (text, "   - %s\n", (const char *) g_ptr_array_index (items, i));
}

/**
 * fl_diagnosis_to_text:
 *
 * Returns: (transfer full): plain text in lines: to be read out, or sent on
 */
char *
fl_diagnosis_to_text (const FlDiagnosis *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%s\n", self->summary);
  if (self->causes->len > 0)
    g_string_append_printf (text, "\n%s\n", _ ("What it may be, the most likely first:"));
  for (guint i = 0; i < self->causes->len; i++)
    {
      const FlCause *cause = g_ptr_array_index (self->causes, i);

      /* Translators: number, title of a cause, "very likely". */
      g_string_append_printf (text, _ ("%u. %s (%s)"), i + 1, cause->title, get_likelihood_word (cause));
      g_string_append_printf (text, "\n   %s\n", cause->meaning);
      append_list (text, _ ("What speaks for it:"), cause->evidence);
      append_list (text, _ ("What to do:"), cause->remedy);
      if (cause->decide != NULL)
        g_string_append_printf (text, "   %s %s\n", _ ("What would tell:"), cause->decide);
    }
  if (self->excluded->len > 0)
    g_string_append_printf (text, "\n%s\n", _ ("What it is not:"));
  for (guint i = 0; i < self->excluded->len; i++)
    {
      const FlExcluded *excluded = g_ptr_array_index (self->excluded, i);

      g_string_append_printf (text, "- %s: %s\n", excluded->title, excluded->why);
    }
  if (self->questions->len > 0)
    g_string_append_printf (text, "\n%s\n", _ ("What would help to know:"));
  for (guint i = 0; i < self->questions->len; i++)
    g_string_append_printf (text, "- %s\n", ((const FlQuestion *) g_ptr_array_index (self->questions, i))->text);
  return g_string_free (text, FALSE);
}
