/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-file.h"
#include "fl-stmap-compare.h"

static char *save;

static const GOptionEntry options[] = {
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &save, N_ ("Write the map again, as the old program reads it"), N_ ("OUT") },
  G_OPTION_ENTRY_NULL,
};

static const char *
get_kind_id (FlStmapKind kind)
{
  switch (kind)
    {
    case FL_STMAP_FLASH:
      return "flash";
    case FL_STMAP_OPTION:
      return "option";
    case FL_STMAP_EEPROM:
      return "eeprom";
    case FL_STMAP_OTHER:
    default:
      return "other";
    }
}

static char *
dup_size (guint32 size)
{
  return size % 1024 == 0 ? g_strdup_printf (_ ("%u KiB"), size / 1024) : g_strdup_printf (_ ("%u bytes"), size);
}

/* "111": erasable, readable and writable, as in the file. */
static char *
dup_type (guint8 type)
{
  return g_strdup_printf ("%u%u%u", type >> 2 & 1, type >> 1 & 1, type & 1);
}

static gboolean
continues (const FlStmapArea *before, const FlStmapArea *area)
{
  return before->kind == FL_STMAP_FLASH && area->kind == before->kind && area->size == before->size
         && area->address == before->address + before->size && area->index == before->index + 1;
}

/* Pages of one size that follow each other, in one line; what is not flash by name. */
static void
print_areas (FlCli *cli, FlStmap *map)
{
  guint n = fl_stmap_get_n_areas (map);

  for (guint first = 0, i = 1; i <= n; i++)
    {
      const FlStmapArea *begin = fl_stmap_get_area (map, first);
      const FlStmapArea *last = fl_stmap_get_area (map, i - 1);
      g_autofree char *size = dup_size (begin->size);

      if (i < n && continues (last, fl_stmap_get_area (map, i)))
        continue;
      if (begin->kind != FL_STMAP_FLASH)
        fl_cli_print (cli, _ ("  %s: %s at 0x%08X, not flash: never erased"), begin->name, size, begin->address);
      else if (i - first == 1)
        fl_cli_print (cli, _ ("  1 page of %s at 0x%08X, erase code %u"), size, begin->address, begin->index);
      else
        fl_cli_print (cli, _ ("  %u pages of %s from 0x%08X, erase codes %u–%u"), i - first, size, begin->address,
                      begin->index, last->index);
      first = i;
    }
}

static void
print_map (FlCli *cli, FlStmap *map)
{
  g_autofree char *pid = fl_stmap_dup_pid (map);

  fl_cli_print (cli, _ ("Map:           %s"), fl_stmap_get_name (map));
  fl_cli_print (cli, _ ("Product ID:    %s"), pid != NULL ? pid : _ ("not said"));
  if (fl_stmap_get_flash_kib (map) > 0)
    fl_cli_print (cli, _ ("Flash:         %u KiB"), fl_stmap_get_flash_kib (map));
  if (fl_stmap_get_ram_kib (map) > 0)
    fl_cli_print (cli, _ ("RAM:           %u KiB"), fl_stmap_get_ram_kib (map));
  if (fl_stmap_get_bid (map) >= 0)
    fl_cli_print (cli, _ ("Bootloader ID: at 0x%08X"), (guint) fl_stmap_get_bid (map));
  fl_cli_print (cli, _ ("Areas:         %u"), fl_stmap_get_n_areas (map));
  print_areas (cli, map);
}

static void
add_map (FlCli *cli, FlStmap *map)
{
  g_autofree char *pid = fl_stmap_dup_pid (map);

  json_builder_set_member_name (cli->result, "map");
  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "name", fl_stmap_get_name (map));
  fl_cli_add_string (cli, "pid", pid);
  fl_cli_add_int (cli, "flash_kib", fl_stmap_get_flash_kib (map));
  fl_cli_add_int (cli, "ram_kib", fl_stmap_get_ram_kib (map));
  fl_cli_add_int (cli, "packet_size", fl_stmap_get_packet_size (map));
  fl_cli_add_int (cli, "family", fl_stmap_get_family (map));
  json_builder_set_member_name (cli->result, "areas");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < fl_stmap_get_n_areas (map); i++)
    {
      const FlStmapArea *area = fl_stmap_get_area (map, i);
      g_autofree char *type = dup_type (area->type);

      json_builder_begin_object (cli->result);
      fl_cli_add_string (cli, "name", area->name);
      fl_cli_add_int (cli, "index", area->index);
      fl_cli_add_int (cli, "address", area->address);
      fl_cli_add_int (cli, "size", area->size);
      fl_cli_add_string (cli, "type", type);
      fl_cli_add_string (cli, "kind", get_kind_id (area->kind));
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
  json_builder_end_object (cli->result);
}

static void
add_comparison (FlCli *cli, const FlStmapComparison *comparison)
{
  json_builder_set_member_name (cli->result, "comparison");
  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "verdict", fl_stmap_verdict_get_id (comparison->verdict));
  json_builder_set_member_name (cli->result, "text");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < comparison->sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (comparison->sentences, i);

      fl_cli_print (cli, "%s", sentence);
      json_builder_add_string_value (cli->result, sentence);
    }
  json_builder_end_array (cli->result);
  json_builder_end_object (cli->result);
}

static gboolean
run_map (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlStmap) map = fl_stmap_load (arguments[0], error);
  g_autoptr (FlStmapComparison) comparison = NULL;
  g_autofree char *text = NULL;

  if (map == NULL)
    return FALSE;
  print_map (cli, map);
  add_map (cli, map);
  if (cli->port != NULL)
    {
      if (!fl_cli_connect (cli, error))
        return FALSE;
      fl_cli_add_device (cli, fl_session_get_device (cli->session));
    }
  comparison = fl_stmap_compare (map, cli->session != NULL ? fl_session_get_device (cli->session) : NULL);
  add_comparison (cli, comparison);
  if (save == NULL)
    return TRUE;
  text = fl_stmap_to_text (map);
  return fl_file_save (save, text, strlen (text), error);
}

const FlCliCommand fl_cli_map_command = {
  .name = "map",
  .arguments = "FILE",
  .description = N_ ("read a map file (.STmap), and compare it with what is known of its chip"),
  .options = options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_map,
};
