/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-stmap-compare.h"
#include "fuzz-main.h"

static void
check_areas (FlStmap *map)
{
  g_autoptr (GPtrArray) flash = fl_stmap_list_flash (map);
  guint64 end = 0;

  g_assert_cmpuint (fl_stmap_get_n_areas (map), <=, FL_STMAP_MAX_AREAS);
  for (guint i = 0; i < flash->len; i++)
    {
      const FlStmapArea *area = g_ptr_array_index (flash, i);

      g_assert_true (area->size > 0 && area->address >= end && (area->type & FL_STMAP_ERASABLE) != 0);
      end = (guint64) area->address + area->size;
      g_assert_cmpuint (end, <=, G_GUINT64_CONSTANT (0x100000000));
    }
}

/* What is written is read as the same. */
static void
check_round_trip (FlStmap *map)
{
  g_autofree char *text = fl_stmap_to_text (map);
  g_autofree char *again = NULL;
  g_autoptr (FlStmap) copy = NULL;
  g_autoptr (GError) error = NULL;

  if (strlen (text) > FL_STMAP_MAX_SIZE)
    return;
  copy = fl_stmap_parse (text, strlen (text), fl_stmap_get_file_name (map), &error);
  g_assert_no_error (error);
  again = fl_stmap_to_text (copy);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (fl_stmap_get_n_areas (copy), ==, fl_stmap_get_n_areas (map));
  g_assert_true (fl_stmap_get_pid (copy) == fl_stmap_get_pid (map));
}

static void
check_comparison (FlStmap *map, FlDevice *device)
{
  g_autoptr (FlStmapComparison) comparison = fl_stmap_compare (map, device);

  g_assert_cmpuint (comparison->sentences->len, >, 0);
  for (guint i = 0; i < comparison->sentences->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (comparison->sentences, i), -1, NULL));
}

/* A chip made from it can be programmed, and has nothing that is not flash. */
static void
check_declared (FlDeclaration *declared)
{
  gboolean has_pid = fl_declaration_get_pid (declared) >= 0;
  g_autoptr (FlDevice) device = fl_device_new (has_pid ? (guint16) fl_declaration_get_pid (declared) : 0x7FF);
  g_autoptr (GPtrArray) sentences = NULL;

  if (device->chip != NULL)
    fl_device_set_geometry (device, device->chip->flash_kib, FALSE);
  else
    {
      g_assert_true (fl_device_declare (device, declared));
      g_assert_true (fl_chip_can_program (device->chip));
      g_assert_cmpuint (device->chip->option_words->len, ==, 0);
      for (guint i = 0; i < fl_layout_get_n_sectors (device->layout); i++)
        g_assert_cmpuint (fl_layout_get_sector (device->layout, i)->size % device->chip->program_unit, ==, 0);
    }
  sentences = fl_device_explain_declaration (device, declared);
  g_assert_cmpuint (sentences->len, >, 0);
}

/* Any bytes as a map file, and as the text that declares a flash: refused with a reason, or sound. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_text = NULL;
  g_autoptr (FlStmap) map = fl_stmap_parse ((const char *) data, size, "x.STmap", &error);
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data, MIN (size, 200)) : NULL;
  g_autoptr (FlDeclaration) from_text = text != NULL ? fl_declaration_parse (text, &no_text) : NULL;
  g_autoptr (FlDeclaration) declared = NULL;
  g_autoptr (FlDevice) known = fl_device_new (0x467);

  if (from_text != NULL)
    check_declared (from_text);
  else if (text != NULL)
    g_assert_error (no_text, FL_ERROR, FL_ERROR_USAGE);
  if (map == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      return 0;
    }
  check_areas (map);
  check_round_trip (map);
  fl_device_set_geometry (known, 128, TRUE);
  check_comparison (map, NULL);
  check_comparison (map, known);
  declared = fl_declaration_new_for_map (map, &problem);
  if (declared != NULL)
    check_declared (declared);
  else
    g_assert_true (g_error_matches (problem, FL_ERROR, FL_ERROR_FORMAT)
                   || g_error_matches (problem, FL_ERROR, FL_ERROR_UNSUPPORTED));
  return 0;
}
