/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-boot0.h"
#include "fl-bytes.h"
#include "fl-describe.h"
#include "fl-write-protect.h"

#define N_IDS       20
#define FLASH_START 0x08000000u /* of a chip that is not known */

/* The bootloaders of these always were version 2.2; other makers' copies of the chip say 3.0, or anything. Source:
 * AN2606, STM32F10xxx. */
static const struct
{
  guint16 pid;
  guint8 version;
} originals[] = { { 0x410, 0x22 }, { 0x412, 0x22 }, { 0x414, 0x22 } };

/* The chips for which ST's Flash Loader Demonstrator 2.8 came with a map; of others its list of devices is empty. */
static const guint16 mapped_pids[] = {
  0x410, 0x411, 0x412, 0x413, 0x414, 0x416, 0x417, 0x418, 0x419, 0x420, 0x422, 0x427, 0x428, 0x429,
  0x430, 0x432, 0x433, 0x436, 0x437, 0x438, 0x439, 0x440, 0x442, 0x444, 0x445, 0x446, 0x447, 0x448,
};

static gboolean
is_mapped (guint16 pid)
{
  for (guint i = 0; i < G_N_ELEMENTS (mapped_pids); i++)
    if (mapped_pids[i] == pid)
      return TRUE;
  return FALSE;
}

/* Get ID again and again: each answer has to be the same. */
static void
fl_probe_repeat_id (FlProbe *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint usual = self->pid, most = 0;
  guint asked = 0, lost_before = self->n_missing + self->n_ack_missing;

  fl_job_begin_step (self->job, _ ("Asking for the ID %d times"), N_IDS);
  for (; asked < N_IDS && !fl_probe_is_over (self); asked++)
    {
      guint16 pid = 0;
      guint n;

      if (fl_probe_get_id (self, self->spaced, &pid, NULL) != FL_PROBE_OK)
        {
          fl_probe_settle (self);
          continue;
        }
      n = GPOINTER_TO_UINT (g_hash_table_lookup (seen, GUINT_TO_POINTER (pid))) + 1;
      g_hash_table_insert (seen, GUINT_TO_POINTER (pid), GUINT_TO_POINTER (n));
      if (n > most)
        {
          most = n;
          usual = pid;
        }
    }
  if (fl_probe_is_over (self))
    return;
  self->pid = (guint16) usual;
  fl_facts_set_number (self->facts, "ids.n", asked);
  fl_facts_set_number (self->facts, "ids.good", most);
  if (self->n_ack_missing >= N_IDS / 2)
    fl_facts_set_flag (self->facts, "answers.ack-missing", TRUE);
  else if (self->n_missing + self->n_ack_missing > lost_before + 1 || self->n_missing > 1)
    fl_facts_set_flag (self->facts, "answers.missing", TRUE);
  fl_probe_end_step (self, most == asked, _ ("%u answers were good and the same"), most);
}

/* A known ID that one or two bits make of an unknown one. */
static guint16
find_near (guint16 pid)
{
  const GPtrArray *all = fl_chip_db_all ();
  guint16 best = 0;
  int best_bits = 3;

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);
      int bits = __builtin_popcount ((guint) (chip->pid ^ pid));

      if (bits < best_bits)
        {
          best = chip->pid;
          best_bits = bits;
        }
    }
  return best;
}

static gboolean
has_command (const FlBootInfo *info, guint8 command)
{
  return memchr (info->commands, command, info->n_commands) != NULL;
}

/* What other programs stumble over in Get's answer. */
static char *
dup_get_oddity (const FlBootInfo *info)
{
  static const guint8 wanted[] = { FL_COMMAND_GET,  FL_COMMAND_GET_VERSION, FL_COMMAND_GET_ID,
                                   FL_COMMAND_READ, FL_COMMAND_GO,          FL_COMMAND_WRITE };
  gboolean erase = has_command (info, FL_COMMAND_ERASE), extended = has_command (info, FL_COMMAND_EXTENDED_ERASE);

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (!has_command (info, wanted[i]))
      return g_strdup_printf (_ ("%02X (%s) is not in its list of commands"), wanted[i],
                              fl_command_get_name (wanted[i]));
  if (!erase && !extended)
    return g_strdup (_ ("There is no erase command in its list of commands"));
  if (erase && extended)
    return g_strdup (_ ("Both erase commands, 43 and 44, are in its list of commands"));
  for (guint i = 1; i < info->n_commands; i++)
    if (memchr (info->commands, info->commands[i], i) != NULL)
      return g_strdup_printf (_ ("%02X is in its list of commands twice"), info->commands[i]);
  return NULL;
}

static void
fl_probe_judge_version (FlProbe *self)
{
  const FlBootInfo *info = &self->info;

  for (guint i = 0; i < G_N_ELEMENTS (originals); i++)
    if (originals[i].pid == self->pid && originals[i].version != info->version)
      {
        g_autofree char *what = g_strdup_printf (
            _ ("a chip of ST with this ID has bootloader %u.%u, this one says %u.%u"), originals[i].version >> 4,
            originals[i].version & 15, info->version >> 4, info->version & 15);

        fl_facts_set (self->facts, "id.clone", what);
      }
  if (fl_facts_get (self->facts, "id.clone") == NULL && self->chip != NULL && g_strcmp0 (self->chip->series, "F1") == 0
      && has_command (info, FL_COMMAND_EXTENDED_ERASE) && self->pid != 0x430)
    fl_facts_set (self->facts, "id.clone", _ ("it offers Extended Erase, which no F1 of ST but the XL density has"));
}

static void
fl_probe_set_info (FlProbe *self)
{
  g_autofree char *version = g_strdup_printf ("0x%02X", self->info.version);
  g_autofree char *list = fl_bytes_to_hex (self->info.commands, self->info.n_commands, 64);
  g_autofree char *odd = dup_get_oddity (&self->info);

  fl_facts_set (self->facts, "id.version", version);
  fl_facts_set (self->facts, "id.get", list);
  if (odd != NULL)
    fl_facts_set (self->facts, "id.get-odd", odd);
  fl_probe_judge_version (self);
}

/**
 * fl_probe_identity:
 *
 * Which chip it is, whether it always says the same, and what does not fit.
 */
void
fl_probe_identity (FlProbe *self)
{
  g_autofree char *text = NULL;
  guint16 near;

  if (fl_probe_is_over (self))
    return;
  fl_probe_repeat_id (self);
  if (fl_probe_is_over (self) || self->pid == 0)
    return;
  text = g_strdup_printf ("0x%03X", self->pid);
  fl_facts_set (self->facts, "id.pid", text);
  self->chip = fl_chip_db_find (self->pid);
  fl_facts_set_flag (self->facts, "id.known", self->chip != NULL);
  fl_facts_set_flag (self->facts, "id.new", self->chip != NULL && !is_mapped (self->pid));
  if (self->chip != NULL)
    {
      fl_facts_take_chip (self->facts, self->chip);
      fl_facts_set (self->facts, "chip.from", "board");
      fl_describe_set_limits (fl_session_get_boot (self->session), self->chip, 0, FL_SUPPLY_UNKNOWN);
    }
  near = self->chip == NULL ? find_near (self->pid) : 0;
  if (near != 0)
    {
      g_autofree char *near_text = g_strdup_printf ("0x%03X", near);

      fl_facts_set (self->facts, "id.near", near_text);
      fl_facts_say (self->facts, "id.near", _ ("0x%03X is no known ID, but one bit or two make 0x%03X of it"),
                    self->pid, near);
    }
  if (self->info.n_commands == 0)
    for (guint i = 0; i < 3 && fl_probe_get (self, self->spaced, &self->info, NULL) != FL_PROBE_OK; i++)
      fl_probe_settle (self);
  if (!fl_probe_is_over (self) && self->info.n_commands > 0)
    fl_probe_set_info (self);
  fl_job_log (self->job, FL_LOG_INFO, NULL, _ ("It is %s (PID 0x%03X)"),
              self->chip != NULL ? self->chip->name : _ ("an unknown chip"), self->pid);
}

/* "ok", "nack-command", "nack-address", "silent" */
static const char *
name_reading (FlProbeVerdict verdict, FlProbePlace place)
{
  if (verdict == FL_PROBE_OK)
    return "ok";
  if (verdict == FL_PROBE_NACK)
    return place == FL_PROBE_AT_COMMAND ? "nack-command" : "nack-address";
  return "silent";
}

/* Reads with a few tries: a byte may get lost, and a first refusal may belong to what came before. */
static const char *
fl_probe_read_often (FlProbe *self, guint32 address, guint8 *data, gsize length)
{
  FlProbeVerdict verdict = FL_PROBE_SILENT;
  FlProbePlace place = FL_PROBE_AT_COMMAND;

  for (guint i = 0; i < 3 && !fl_probe_is_over (self); i++)
    {
      FlProbeVerdict before = verdict;

      verdict = fl_probe_read (self, address, data, length, &place);
      if (verdict == FL_PROBE_OK && i == 1 && before == FL_PROBE_NACK
          && fl_facts_get (self->facts, "first-command.nack") == NULL)
        fl_facts_set_flag (self->facts, "first-command.nack", TRUE);
      if (verdict == FL_PROBE_OK || (verdict == FL_PROBE_NACK && i > 0))
        break;
      if (verdict != FL_PROBE_NACK)
        fl_probe_settle (self);
    }
  return name_reading (verdict, place);
}

/* Stack pointer in RAM, reset vector odd and in the flash. */
static gboolean
is_vector_table (const FlChip *chip, const guint8 *data)
{
  guint32 stack = fl_bytes_get_le32 (data), entry = fl_bytes_get_le32 (data + 4);
  guint32 start = chip != NULL ? chip->flash_start : FLASH_START;
  guint32 size = chip != NULL && chip->flash_kib > 0 ? chip->flash_kib * 1024 : 2048 * 1024;

  return (stack >> 24) >= 0x10 && (stack >> 24) <= 0x24 && (entry & 1) != 0 && entry - start < size;
}

static void
fl_probe_read_flash (FlProbe *self)
{
  guint32 start = self->chip != NULL ? self->chip->flash_start : FLASH_START;
  guint8 erased = fl_chip_get_erased_value (self->chip);
  const char *result;
  guint8 data[8];

  fl_job_begin_step (self->job, _ ("Reading the beginning of the flash"));
  result = fl_probe_read_often (self, start, data, sizeof data);
  if (fl_probe_is_over (self))
    return;
  fl_facts_set (self->facts, "read.flash", result);
  if (!g_str_equal (result, "ok"))
    {
      fl_probe_end_step (self, FALSE, "%s",
                         g_str_equal (result, "nack-command")   ? _ ("the command itself is refused")
                         : g_str_equal (result, "nack-address") ? _ ("the address is refused")
                                                                : _ ("no proper answer"));
      return;
    }
  fl_facts_set_flag (self->facts, "flash.blank", fl_bytes_all (data, sizeof data, erased));
  fl_facts_set_flag (self->facts, "flash.app", is_vector_table (self->chip, data));
  fl_probe_end_step (self, TRUE, "%s",
                     fl_bytes_all (data, sizeof data, erased) ? _ ("it is blank")
                     : is_vector_table (self->chip, data)     ? _ ("an application stands there")
                                                              : _ ("it is not blank"));
}

static void
fl_probe_read_info (FlProbe *self)
{
  const char *result;
  guint8 data[12];

  if (self->chip == NULL || self->chip->flash_size_register == 0)
    return;
  fl_job_begin_step (self->job, _ ("Reading the flash size register at 0x%08X, and the unique ID"),
                     self->chip->flash_size_register);
  result = fl_probe_read_often (self, self->chip->flash_size_register, data, 2);
  if (g_str_equal (result, "ok"))
    self->flash_kib = fl_chip_decode_flash_size (self->chip, fl_bytes_get_le16 (data));
  if (g_str_equal (result, "ok") && self->chip->uid_address != 0)
    result = fl_probe_read_often (self, self->chip->uid_address, data, sizeof data);
  if (fl_probe_is_over (self))
    return;
  fl_facts_set (self->facts, "read.info", result);
  fl_probe_end_step (self, g_str_equal (result, "ok"), "%s",
                     g_str_equal (result, "ok") ? _ ("it can be read") : _ ("the bootloader does not show it"));
}

static void
fl_probe_set_options (FlProbe *self, const FlOptionSet *options)
{
  FlBoot0 boot0 = fl_boot0_get (options);
  g_autoptr (FlLayout) layout = NULL;
  g_autofree guint8 *sectors = NULL;
  guint n_protected = 0;
  guint32 value;

  fl_facts_set_flag (self->facts, "options.boot0-ignored", boot0 == FL_BOOT0_FLASH || boot0 == FL_BOOT0_LOCKED);
  fl_facts_set_flag (self->facts, "options.boot-forced", boot0 == FL_BOOT0_ROM);
  if (fl_option_set_get_role (options, FL_OPTION_ROLE_TZEN, &value))
    fl_facts_set_flag (self->facts, "options.trustzone", value != 0);
  layout = fl_chip_get_layout (self->chip, self->flash_kib > 0 ? self->flash_kib : self->chip->flash_kib, NULL);
  if (layout != NULL)
    fl_layout_ref (layout);
  sectors = layout != NULL ? fl_write_protect_get (options, layout) : NULL;
  if (sectors == NULL)
    return;
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    n_protected += sectors[i] != 0;
  fl_facts_set_flag (self->facts, "options.write-protected", n_protected > 0);
}

/* What of the option bytes has to do with connecting and writing. */
static void
fl_probe_read_options (FlProbe *self)
{
  FlBoot *boot = fl_session_get_boot (self->session);
  g_autoptr (FlOptionSet) options = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;

  if (self->chip == NULL || self->chip->option_words->len == 0)
    return;
  fl_job_begin_step (self->job, _ ("Reading the option bytes"));
  fl_boot_set_max_retries (boot, 1);
  fl_describe_options (boot, self->chip, &options, self->cancellable, &problem);
  fl_boot_set_max_retries (boot, 3);
  if (options == NULL)
    {
      fl_probe_settle (self);
      fl_probe_end_step (self, FALSE, "%s",
                         problem != NULL ? problem->message : _ ("the bootloader does not show them"));
      return;
    }
  fl_probe_set_options (self, options);
  text = fl_boot0_dup_text (fl_boot0_get (options), options, fl_facts_is (self->facts, "flash.blank", "yes"));
  fl_probe_end_step (self, TRUE, "%s", text != NULL ? text : _ ("nothing in them keeps it from its bootloader"));
}

/**
 * fl_probe_memory:
 *
 * What can be read: flash, information area, option bytes.
 */
void
fl_probe_memory (FlProbe *self)
{
  if (fl_probe_is_over (self))
    return;
  fl_probe_read_flash (self);
  if (fl_probe_is_over (self) || fl_facts_is (self->facts, "read.flash", "nack-command"))
    return;
  fl_probe_read_info (self);
  if (!fl_probe_is_over (self) && fl_facts_is (self->facts, "read.flash", "ok") && !self->spaced)
    fl_probe_read_options (self);
}
