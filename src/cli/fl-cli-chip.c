/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-cli.h"

/* What the database knows of a chip, for --json. */

/* Sectors of one size that follow each other make a region. */
static void
add_regions (FlCli *cli, FlLayout *layout)
{
  guint n = fl_layout_get_n_sectors (layout);
  guint first = 0;

  json_builder_set_member_name (cli->result, "regions");
  json_builder_begin_array (cli->result);
  for (guint i = 1; i <= n; i++)
    {
      const FlSector *begin = fl_layout_get_sector (layout, first);
      const FlSector *before = fl_layout_get_sector (layout, i - 1);
      const FlSector *sector = i < n ? fl_layout_get_sector (layout, i) : NULL;

      if (sector != NULL && sector->size == begin->size && sector->bank == begin->bank
          && sector->address == before->address + before->size)
        continue;
      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "start", begin->address);
      fl_cli_add_int (cli, "count", i - first);
      fl_cli_add_int (cli, "size", begin->size);
      fl_cli_add_int (cli, "bank", begin->bank);
      json_builder_end_object (cli->result);
      first = i;
    }
  json_builder_end_array (cli->result);
}

/* The first erase codes of bank 2 that documents give, the likeliest first; empty for one bank. */
static void
add_bank_2_codes (FlCli *cli, FlLayout *layout)
{
  json_builder_set_member_name (cli->result, "bank_2_codes");
  json_builder_begin_array (cli->result);
  for (guint i = 0; fl_layout_get_n_banks (layout) == 2 && i < fl_layout_get_n_numberings (layout); i++)
    json_builder_add_int_value (cli->result, fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), i));
  json_builder_end_array (cli->result);
}

static void
add_layouts (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "layouts");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *layout = g_ptr_array_index (chip->layouts, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "flash_kib", layout->flash_kib);
      json_builder_set_member_name (cli->result, "dual_bank");
      json_builder_add_boolean_value (cli->result, layout->dual_bank);
      fl_cli_add_string (cli, "condition", layout->condition);
      add_regions (cli, layout->layout);
      add_bank_2_codes (cli, layout->layout);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_usarts (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "usart");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_string (cli, "name", usart->name);
      fl_cli_add_string (cli, "tx", usart->tx);
      fl_cli_add_string (cli, "rx", usart->rx);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_ranges (FlCli *cli, const char *name, const GArray *ranges)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < ranges->len; i++)
    {
      const FlChipRange *range = &g_array_index (ranges, FlChipRange, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "start", range->start);
      fl_cli_add_int (cli, "size", range->size);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

/* null where there is none. */
static void
add_range (FlCli *cli, const char *name, guint32 start, guint32 size)
{
  json_builder_set_member_name (cli->result, name);
  if (size == 0)
    {
      json_builder_add_null_value (cli->result);
      return;
    }
  json_builder_begin_object (cli->result);
  fl_cli_add_int (cli, "start", start);
  fl_cli_add_int (cli, "size", size);
  json_builder_end_object (cli->result);
}

static void
add_known (FlCli *cli, const char *name, guint value)
{
  json_builder_set_member_name (cli->result, name);
  if (value != 0)
    json_builder_add_int_value (cli->result, value);
  else
    json_builder_add_null_value (cli->result);
}

static void
add_strings (FlCli *cli, const char *name, char *const *strings)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_begin_array (cli->result);
  for (; strings != NULL && *strings != NULL; strings++)
    json_builder_add_string_value (cli->result, *strings);
  json_builder_end_array (cli->result);
}

static void
add_size_codes (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "flash_size_codes");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->flash_size_codes->len; i++)
    {
      const FlChipSizeCode *code = &g_array_index (chip->flash_size_codes, FlChipSizeCode, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "value", code->value);
      fl_cli_add_int (cli, "flash_kib", code->flash_kib);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_flags (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "flags");
  json_builder_begin_array (cli->result);
  for (guint bit = 0; bit < 32; bit++)
    {
      FlChipFlags flag = chip->flags & (1u << bit);

      if (flag != 0)
        json_builder_add_string_value (cli->result, fl_chip_flag_get_name (flag));
    }
  json_builder_end_array (cli->result);
}

static void
add_versions (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "versions");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->versions->len; i++)
    {
      const FlChipVersion *version = &g_array_index (chip->versions, FlChipVersion, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "id", version->id);
      fl_cli_add_string (cli, "name", version->name);
      fl_cli_add_string (cli, "remark", version->remark);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_faults (FlCli *cli, const FlChip *chip)
{
  g_autoptr (GPtrArray) faults = fl_chip_dup_faults (chip);

  json_builder_set_member_name (cli->result, "faults");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < faults->len; i++)
    json_builder_add_string_value (cli->result, g_ptr_array_index (faults, i));
  json_builder_end_array (cli->result);
}

static void
add_option_field (FlCli *cli, const FlOptionField *field)
{
  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "name", field->name);
  fl_cli_add_string (cli, "group", fl_option_group_get_name (field->kind->group));
  fl_cli_add_int (cli, "address", field->word->address);
  fl_cli_add_int (cli, "write_address", field->word->write_address);
  fl_cli_add_int (cli, "bit", field->bit);
  fl_cli_add_int (cli, "width", field->width);
  json_builder_set_member_name (cli->result, "factory");
  if (field->has_factory)
    json_builder_add_int_value (cli->result, field->factory);
  else
    json_builder_add_null_value (cli->result);
  json_builder_set_member_name (cli->result, "read_only");
  json_builder_add_boolean_value (cli->result, field->read_only);
  fl_cli_add_string (cli, "danger", fl_danger_get_name (field->kind->danger));
  fl_cli_add_string (cli, "what", fl_option_field_get_what (field));
  fl_cli_add_string (cli, "risk", fl_option_field_get_risk (field));
  json_builder_set_member_name (cli->result, "values");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < field->kind->values->len; i++)
    {
      guint32 value = g_array_index (field->kind->values, FlOptionValue, i).value;

      if (value > fl_option_field_get_mask (field))
        continue;
      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "value", value);
      fl_cli_add_string (cli, "text", fl_option_field_get_words (field, value));
      fl_cli_add_string (cli, "danger", fl_danger_get_name (fl_option_field_get_danger (field, value)));
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
  json_builder_end_object (cli->result);
}

static void
add_option_fields (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "option_fields");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->option_fields->len; i++)
    add_option_field (cli, g_ptr_array_index (chip->option_fields, i));
  json_builder_end_array (cli->result);
  add_strings (cli, "option_notes", chip->option_notes);
  fl_cli_add_string (cli, "option_sources", chip->option_sources);
}

/* Adds an object with all that is known of @chip; its option bytes, which are many, when @details are asked for. */
void
fl_cli_add_chip (FlCli *cli, const FlChip *chip, gboolean details)
{
  g_autofree char *pid = g_strdup_printf ("0x%03X", chip->pid);

  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "pid", pid);
  fl_cli_add_string (cli, "name", chip->name);
  fl_cli_add_string (cli, "series", chip->series);
  fl_cli_add_string (cli, "core", chip->core);
  fl_cli_add_int (cli, "flash_start", chip->flash_start);
  fl_cli_add_int (cli, "flash_kib", chip->flash_kib);
  add_layouts (cli, chip);
  add_known (cli, "flash_size_register", chip->flash_size_register);
  fl_cli_add_int (cli, "flash_size_mask", chip->flash_size_mask);
  add_size_codes (cli, chip);
  add_known (cli, "uid", chip->uid_address);
  fl_cli_add_int (cli, "ram_start", chip->ram_start);
  fl_cli_add_int (cli, "ram_kib", chip->ram_kib);
  fl_cli_add_int (cli, "ram_reserved", chip->ram_reserved);
  add_ranges (cli, "more_ram", chip->more_ram);
  add_ranges (cli, "system", chip->system_areas);
  add_ranges (cli, "option_areas", chip->option_areas);
  add_range (cli, "otp", chip->otp_start, chip->otp_size);
  add_range (cli, "eeprom", chip->eeprom_start, chip->eeprom_size);
  fl_cli_add_int (cli, "program_unit", chip->program_unit);
  fl_cli_add_int (cli, "erased_value", chip->erased_value);
  fl_cli_add_int (cli, "erase_command", chip->erase_command);
  fl_cli_add_int (cli, "max_erase_pages", chip->max_erase_pages);
  fl_cli_add_int (cli, "erase_page_ms", chip->erase_page_ms);
  fl_cli_add_int (cli, "erase_mass_ms", chip->erase_mass_ms);
  fl_cli_add_int (cli, "program_ms", chip->program_ms);
  fl_cli_add_int (cli, "startup_ms", chip->startup_ms);
  fl_cli_add_string (cli, "parity", chip->no_parity ? "none" : "even");
  add_known (cli, "max_baud", chip->max_baud);
  add_known (cli, "supply_address", chip->supply_address);
  add_flags (cli, chip);
  add_usarts (cli, chip);
  fl_cli_add_string (cli, "boot0_pin", chip->boot0_pin);
  add_strings (cli, "boot_entry", chip->boot_entry);
  add_known (cli, "bootloader_id", chip->bootloader_id_address);
  add_versions (cli, chip);
  add_faults (cli, chip);
  add_strings (cli, "notes", chip->notes);
  fl_cli_add_string (cli, "sources", chip->sources);
  if (details)
    add_option_fields (cli, chip);
  json_builder_end_object (cli->result);
}
