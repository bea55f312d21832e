/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "fl-core-resources.h"
#include "fl-facts-private.h"

/* What a chip's row, and data/diagnosis/chips.json, mean for a diagnosis. */

#define RESOURCE_PATH "/io/github/flashloader/Flashloader/core/diagnosis/chips.json"

static gpointer
load_traits (gpointer unused)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;

  fl_core_register_resource ();
  text = g_resources_lookup_data (RESOURCE_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (text == NULL
      || !json_parser_load_from_data (parser, g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text), &error))
    g_error ("The list of chips' traits is missing or damaged: %s", error->message);
  /* It lives as long as the program. */
  return json_array_ref (json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "traits"));
}

static gboolean
lists_pid (JsonObject *trait, guint16 pid)
{
  JsonArray *pids = json_object_get_array_member (trait, "pids");

  for (guint i = 0; i < json_array_get_length (pids); i++)
    if (g_ascii_strtoull (json_array_get_string_element (pids, i), NULL, 16) == pid)
      return TRUE;
  return FALSE;
}

static void
take_traits (FlFacts *facts, const FlChip *chip)
{
  static GOnce once = G_ONCE_INIT;
  JsonArray *traits = g_once (&once, load_traits, NULL);

  for (guint i = 0; i < json_array_get_length (traits); i++)
    {
      JsonObject *trait = json_array_get_object_element (traits, i);

      fl_facts_set (facts, json_object_get_string_member (trait, "fact"),
                    json_object_get_string_member_with_default (
                        trait, lists_pid (trait, chip->pid) ? "value" : "otherwise", NULL));
    }
}

/* nBOOT_SEL is set on a new chip of some families; others have a bit that makes them ignore the pin, and it is clear.
 */
static const char *
get_boot0 (const FlChip *chip)
{
  if (chip->flags & FL_CHIP_BOOT0_IGNORED)
    return "ignored";
  if (fl_chip_find_option_role (chip, FL_OPTION_ROLE_BOOT_SEL_BIT) != NULL
      || fl_chip_find_option_role (chip, FL_OPTION_ROLE_BOOT_SEL_PIN) != NULL)
    return "maybe";
  return "obeyed";
}

static const char *
get_boot1 (const FlChip *chip)
{
  for (guint i = 0; i < chip->boot_pins->len; i++)
    if (g_strcmp0 (g_array_index (chip->boot_pins, FlChipBootPin, i).name, "BOOT1") == 0)
      return "pin";
  return fl_chip_find_option_role (chip, FL_OPTION_ROLE_NBOOT1) != NULL ? "bit" : "none";
}

/**
 * fl_facts_take_chip:
 * @chip: (nullable): on the port, or the one the user says it is; %NULL: not known
 *
 * Sets all "chip." facts but "chip.from". What a chip's row does not say stays not known.
 */
void
fl_facts_take_chip (FlFacts *self, const FlChip *chip)
{
  static const char *const names[] = { "chip.pid",
                                       "chip.series",
                                       "chip.boot0",
                                       "chip.boot1",
                                       "chip.usarts",
                                       "chip.empty-check",
                                       "chip.no-parity",
                                       "chip.unit",
                                       "chip.trustzone",
                                       "chip.no-mass-erase",
                                       "chip.usb",
                                       "chip.vddusb",
                                       "chip.read-between-writes" };
  char pid[8];

  g_return_if_fail (self != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    fl_facts_set (self, names[i], NULL);
  if (chip == NULL)
    return;
  g_snprintf (pid, sizeof pid, "0x%03X", chip->pid);
  fl_facts_set (self, "chip.pid", pid);
  fl_facts_set (self, "chip.series", chip->series);
  if (chip->option_fields->len > 0 || chip->boot_entry != NULL)
    {
      fl_facts_set (self, "chip.boot0", get_boot0 (chip));
      fl_facts_set (self, "chip.boot1", get_boot1 (chip));
    }
  if (chip->usarts->len > 0)
    fl_facts_set_number (self, "chip.usarts", chip->usarts->len);
  fl_facts_set_flag (self, "chip.empty-check", (chip->flags & FL_CHIP_EMPTY_CHECK) != 0);
  fl_facts_set_flag (self, "chip.no-parity", chip->no_parity);
  if (chip->program_unit != 0)
    fl_facts_set_number (self, "chip.unit", chip->program_unit);
  fl_facts_set_flag (self, "chip.trustzone", fl_chip_find_option_role (chip, FL_OPTION_ROLE_TZEN) != NULL);
  fl_facts_set_flag (self, "chip.no-mass-erase", (chip->flags & FL_CHIP_NO_MASS_ERASE) != 0);
  take_traits (self, chip);
}
