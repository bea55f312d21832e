/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-describe.h"

#include <glib/gi18n-lib.h>

#include "fl-boot0.h"
#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-link-notes.h"

#define MAX_READS   3           /* until two are the same */
#define FLASH_START 0x08000000u /* of a chip that is not known */
#define MAX_INFO    16          /* bytes of the longest value in the information area */

/* How a value was read. */
typedef enum
{
  INFO_READ,
  INFO_REFUSED, /* the bootloader does not show this address */
  INFO_FAILED,  /* an error that ends the job */
} InfoResult;

static void G_GNUC_PRINTF (2, 3) add_remark (FlDevice *device, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (device->remarks, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* The only builds of the ROM that acknowledge an erase before it is done, and take one page a command. The chip's row
 * goes by its worst build; waiting for it costs seconds. Source: AN2606, bootloader versions of G07x and H74x. */
static const struct
{
  guint16 pid;
  guint8 bootloader_id;
} early_builds[] = {
  { 0x450, 0x91 },
  { 0x460, 0xB3 },
};

static gboolean
is_mended_build (const FlChip *chip, guint8 bootloader_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (early_builds); i++)
    if (early_builds[i].pid == chip->pid)
      return bootloader_id != 0 && bootloader_id != early_builds[i].bootloader_id;
  return FALSE;
}

/**
 * fl_describe_set_limits:
 * @chip: (nullable): what the database knows
 * @bootloader_id: the build of its bootloader; 0: not known
 * @supply: what the bootloader was told, which makes F2, F4 and F7 faster
 *
 * Makes the bootloader's times and oddities those of the chip.
 */
void
fl_describe_set_limits (FlBoot *boot, const FlChip *chip, guint8 bootloader_id, FlSupply supply)
{
  FlBootLimits limits = { 0 };

  if (chip != NULL)
    {
      gboolean early = (chip->flags & FL_CHIP_EARLY_ERASE_ACK) && !is_mended_build (chip, bootloader_id);
      gboolean one_page = (chip->flags & FL_CHIP_ONE_PAGE_ERASE) && !is_mended_build (chip, bootloader_id);
      guint percent = fl_supply_get_limit_percent (supply, chip);
      guint width = chip->supply_address != 0 ? fl_supply_get_width (supply) : 1;
      guint32 largest = 0;

      for (guint i = 0; i < chip->layouts->len; i++)
        {
          const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);

          for (guint at = 0; at < fl_layout_get_n_sectors (known->layout); at++)
            largest = MAX (largest, fl_layout_get_sector (known->layout, at)->size);
        }
      limits.program_ms = (chip->program_ms + width - 1) / width; /* so much for each access, however wide it is */
      limits.erase_page_ms = largest > 0 ? fl_chip_get_erase_ms (chip, largest) : chip->erase_page_ms;
      limits.erase_page_ms = limits.erase_page_ms * percent / 100;
      limits.erase_mass_ms = (guint) ((guint64) chip->erase_mass_ms * percent / 100);
      limits.startup_ms = chip->startup_ms;
      limits.max_pages = one_page ? 1 : chip->max_erase_pages;
      limits.page_pause_ms = early ? limits.erase_page_ms : 0;
      limits.double_nack = (chip->flags & FL_CHIP_DOUBLE_NACK) != 0;
      limits.double_sync_ack = (chip->flags & FL_CHIP_DOUBLE_SYNC_ACK) != 0;
      limits.silent_bad_address = (chip->flags & FL_CHIP_SILENT_BAD_ADDRESS) != 0;
    }
  fl_boot_set_limits (boot, &limits);
}

static InfoResult
read_memory (FlBoot *boot, guint32 address, guint8 *data, gsize length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (fl_boot_read (boot, address, data, length, cancellable, &problem))
    return INFO_READ;
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_NACK) || g_error_matches (problem, FL_ERROR, FL_ERROR_UNSUPPORTED))
    return INFO_REFUSED;
  g_propagate_error (error, g_steal_pointer (&problem));
  return INFO_FAILED;
}

/* A value in the information area, where some bootloaders show whole aligned blocks only. */
static InfoResult
read_info (FlBoot *boot, const FlChip *chip, guint32 address, guint8 *data, gsize length, GCancellable *cancellable,
           GError **error)
{
  guint8 block[FL_BOOT_MAX_BLOCK];
  guint size = chip->info_block;
  guint32 start = address & ~(guint32) (size - 1);

  if (!(chip->flags & FL_CHIP_INFO_BLOCK_ONLY) || size == 0 || size > sizeof block || address - start + length > size)
    return read_memory (boot, address, data, length, cancellable, error);
  switch (read_memory (boot, start, block, size, cancellable, error))
    {
    case INFO_READ:
      memcpy (data, block + (address - start), length);
      return INFO_READ;
    case INFO_REFUSED:
      return INFO_REFUSED;
    case INFO_FAILED:
    default:
      return INFO_FAILED;
    }
}

/* Nothing but its parity would show that a byte was damaged, and which pages are erased hangs on it: it has to come
 * twice. @chip: as for read_info(), or %NULL */
static InfoResult
read_twice (FlBoot *boot, const FlChip *chip, guint32 address, guint8 *data, gsize length, GCancellable *cancellable,
            GError **error)
{
  g_autofree guint8 *before = g_malloc (length);

  for (guint i = 0; i <= MAX_READS; i++)
    {
      InfoResult result = chip != NULL ? read_info (boot, chip, address, data, length, cancellable, error)
                                       : read_memory (boot, address, data, length, cancellable, error);

      if (result != INFO_READ || (i > 0 && memcmp (before, data, length) == 0))
        return result;
      memcpy (before, data, length);
    }
  g_set_error (
      error, FL_ERROR, FL_ERROR_PROTOCOL,
      _ ("What is read at 0x%08X differs each time: bytes are damaged on their way. Try a lower speed, shorter "
         "wires, another adapter"),
      address);
  return INFO_FAILED;
}

/* The first word of flash: can it be read at all, and is it blank. A refusal of the command itself is readout
 * protection; a refusal of the address is not. */
static gboolean
describe_protection (FlJob *job, FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  guint32 start = device->chip != NULL ? device->chip->flash_start : FLASH_START;
  guint8 erased = fl_chip_get_erased_value (device->chip);
  g_autoptr (GError) problem = NULL;
  guint8 word[4];

  switch (read_memory (boot, start, word, sizeof word, cancellable, &problem))
    {
    case INFO_READ:
      device->protection = FL_PROTECTION_NONE;
      device->blank = fl_bytes_all (word, sizeof word, erased);
      return fl_link_try_burst (job, start, word, sizeof word, cancellable, error);
    case INFO_REFUSED:
      device->protection = FL_PROTECTION_UNKNOWN;
      add_remark (device, _ ("The flash cannot be read at 0x%08X"), start);
      return TRUE;
    case INFO_FAILED:
    default:
      break;
    }
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_PROTECTED))
    {
      device->protection = FL_PROTECTION_READOUT;
      add_remark (device, _ ("The flash is protected against reading and writing (RDP level 1)"));
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
describe_size (FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  const FlChip *chip = device->chip;
  InfoResult result = INFO_REFUSED;
  guint8 data[2];

  if (chip->flash_size_register != 0 && device->protection == FL_PROTECTION_NONE)
    result = read_twice (boot, chip, chip->flash_size_register, data, sizeof data, cancellable, error);
  if (result == INFO_FAILED)
    return FALSE;
  fl_device_set_geometry (device, result == INFO_READ ? fl_bytes_get_le16 (data) : 0, result == INFO_READ);
  return TRUE;
}

/* FALSE without an error: the bootloader does not show this area. */
static gboolean
read_area (FlBoot *boot, const FlChipRange *area, guint8 *data, GCancellable *cancellable, GError **error)
{
  for (guint32 at = 0; at < area->size; at += FL_BOOT_MAX_BLOCK)
    if (read_twice (boot, NULL, area->start + at, data + at, MIN (area->size - at, FL_BOOT_MAX_BLOCK), cancellable,
                    error)
        != INFO_READ)
      return FALSE;
  return TRUE;
}

/**
 * fl_describe_options:
 * @options: (out) (transfer full) (nullable): the option bytes; %NULL when the chip has none, or shows none
 *
 * Reads the option bytes, area by area. Worker.
 *
 * Errors: those of the line. An area that is refused is not one: it stays unknown.
 */
gboolean
fl_describe_options (FlBoot *boot, const FlChip *chip, FlOptionSet **options, GCancellable *cancellable, GError **error)
{
  g_autoptr (FlOptionSet) set = NULL;
  gboolean any = FALSE;

  *options = NULL;
  if (chip->option_words->len == 0)
    return TRUE;
  set = fl_option_set_new (chip);
  for (guint i = 0; i < chip->option_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (chip->option_areas, FlChipRange, i);
      g_autofree guint8 *data = g_malloc0 (area->size);
      g_autoptr (GError) problem = NULL;

      if (read_area (boot, area, data, cancellable, &problem))
        {
          fl_option_set_take_bytes (set, i, data);
          any = TRUE;
        }
      else if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  if (any)
    *options = g_steal_pointer (&set);
  return TRUE;
}

static gboolean
describe_options (FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  const FlOptionWord *bad;

  if (!fl_describe_options (boot, device->chip, &device->options, cancellable, error))
    return FALSE;
  if (device->options == NULL && device->chip->option_words->len > 0)
    add_remark (device, _ ("This bootloader does not show the option bytes"));
  else if (device->options != NULL && !fl_option_set_is_sound (device->options, &bad))
    add_remark (
        device,
        _ ("The option bytes at 0x%08X are not their own complements: the chip takes defaults for them. Writing "
           "the option bytes anew mends it"),
        bad->address);
  return TRUE;
}

/* Which of the known divisions it is, where an option bit decides. */
static gboolean
describe_banks (FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  guint8 data[4];
  guint32 address, word;

  if (!fl_device_get_bank_option (device, &address))
    return TRUE;
  if (device->options != NULL && fl_option_set_get_raw (device->options, address, &word))
    {
      fl_device_set_bank_option (device, word);
      return TRUE;
    }
  switch (read_memory (boot, address, data, sizeof data, cancellable, error))
    {
    case INFO_READ:
      fl_device_set_bank_option (device, fl_bytes_get_le32 (data));
      return TRUE;
    case INFO_REFUSED:
      return TRUE;
    case INFO_FAILED:
    default:
      return FALSE;
    }
}

static gboolean
describe_identity (FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  const FlChip *chip = device->chip;
  InfoResult result;

  if (chip->uid_address != 0)
    {
      result = read_info (boot, chip, chip->uid_address, device->uid, sizeof device->uid, cancellable, error);
      if (result == INFO_FAILED)
        return FALSE;
      if (result == INFO_READ)
        device->uid_length = sizeof device->uid;
      else
        add_remark (device, _ ("This bootloader does not show the unique ID"));
    }
  if (chip->bootloader_id_address != 0)
    {
      result = read_info (boot, chip, chip->bootloader_id_address, &device->bootloader_id, 1, cancellable, error);
      if (result == INFO_FAILED)
        return FALSE;
      if (result == INFO_REFUSED)
        device->bootloader_id = 0;
    }
  return TRUE;
}

static void
log_device (FlJob *job, FlDevice *device)
{
  g_autofree char *uid = fl_device_dup_uid (device);

  if (device->geometry_reason != NULL)
    fl_job_log (job, FL_LOG_INFO, NULL, "%s", device->geometry_reason);
  if (uid != NULL)
    fl_job_log (job, FL_LOG_INFO, NULL, _ ("Unique ID %s"), uid);
  if (device->bootloader_id != 0)
    fl_job_log (job, FL_LOG_INFO, NULL, _ ("Bootloader ID 0x%02X"), device->bootloader_id);
  for (guint i = 0; i < device->remarks->len; i++)
    fl_job_log (job, FL_LOG_INFO, NULL, "%s", (const char *) g_ptr_array_index (device->remarks, i));
  if (device->options != NULL)
    {
      g_autofree char *boot0 = fl_boot0_dup_text (fl_boot0_get (device->options), device->options, device->blank);

      if (boot0 != NULL)
        fl_job_log (job, FL_LOG_WARNING, NULL, "%s", boot0);
    }
}

/**
 * fl_describe_device:
 * @device: with its PID and row; the rest is filled in
 *
 * Reads what the chip says of itself: protection, whether it is blank, the size of its flash, its unique ID and the
 * bootloader's. What a bootloader refuses is left open and remarked: on some chips the information area is hidden,
 * which is not readout protection (AN2606).
 *
 * Errors: those of the line.
 */
gboolean
fl_describe_device (FlJob *job, FlBoot *boot, FlDevice *device, GCancellable *cancellable, GError **error)
{
  if (!describe_protection (job, boot, device, cancellable, error))
    return FALSE;
  if (device->chip != NULL)
    {
      fl_job_mark (job);
      if (!describe_size (boot, device, cancellable, error))
        return FALSE;
      fl_job_mark (job);
      if (device->protection == FL_PROTECTION_NONE
          && !(describe_options (boot, device, cancellable, error) && describe_banks (boot, device, cancellable, error)
               && describe_identity (boot, device, cancellable, error)))
        return FALSE;
    }
  else
    add_remark (
        device,
        _ ("Nothing is known of a chip with this ID: it can be read. To be programmed it needs a map file (.STmap), or "
           "somebody who says how its flash is divided"));
  fl_describe_set_limits (boot, device->chip, device->bootloader_id, FL_SUPPLY_UNKNOWN);
  fl_job_end_step (job, NULL);
  log_device (job, device);
  return TRUE;
}
