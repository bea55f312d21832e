/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-device.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (FlDevice, fl_device, G_TYPE_OBJECT)

/**
 * fl_device_has_command:
 * @command: "0x44"
 *
 * Returns: whether the chip's Get named it
 */
gboolean
fl_device_has_command (FlDevice *self, guint8 command)
{
  g_return_val_if_fail (FL_IS_DEVICE (self), FALSE);

  for (guint i = 0; i < MIN (self->n_commands, G_N_ELEMENTS (self->commands)); i++)
    if (self->commands[i] == command)
      return TRUE;
  return FALSE;
}

/**
 * fl_device_dup_name:
 *
 * Returns: (transfer full): the chip's name, or "unknown chip (PID 0x123)", translated
 */
char *
fl_device_dup_name (FlDevice *self)
{
  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  if (self->chip != NULL)
    return g_strdup (self->chip->name);
  return g_strdup_printf (_ ("unknown chip (PID 0x%03X)"), self->pid);
}

/**
 * fl_device_dup_version:
 *
 * Returns: (transfer full): the protocol version that Get told: "3.1" for 0x31
 */
char *
fl_device_dup_version (FlDevice *self)
{
  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  return g_strdup_printf ("%u.%u", self->bootloader_version >> 4, self->bootloader_version & 0x0F);
}

/**
 * fl_device_dup_uid:
 *
 * Returns: (transfer full) (nullable): the unique id as it stands in memory, 24 hexadecimal digits; %NULL when it was
 * not read
 */
char *
fl_device_dup_uid (FlDevice *self)
{
  GString *text;

  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  if (self->uid_length == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < MIN (self->uid_length, sizeof self->uid); i++)
    g_string_append_printf (text, "%02X", self->uid[i]);
  return g_string_free (text, FALSE);
}

static void G_GNUC_PRINTF (2, 3) add_remark (FlDevice *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->remarks, g_strdup_vprintf (format, args));
  va_end (args);
}

/* How else than with its present layout a chip of this size can be divided; NULL: in no other way. */
static const FlChipLayout *
find_layout (FlDevice *self, gboolean other)
{
  if (self->chip == NULL || self->layout == NULL)
    return NULL;
  for (guint i = 0; i < self->chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->chip->layouts, i);

      if (known->flash_kib == self->flash_kib && (known->layout != self->layout) == other)
        return known;
    }
  return NULL;
}

/* Says why this size and this layout were taken. */
static void
explain_geometry (FlDevice *self, gboolean bit_was_read)
{
  const FlChipLayout *taken = find_layout (self, FALSE);
  g_autofree char *size = NULL;
  g_autofree char *layout = NULL;

  g_clear_pointer (&self->geometry_reason, g_free);
  if (self->layout == NULL)
    return;
  layout = fl_layout_to_string (self->layout);
  if (self->declaration != NULL)
    size = g_strdup_printf (_ ("The flash size is as %s says, %u KiB: %s. Nothing of it was checked."),
                            fl_declaration_get_name (self->declaration), self->flash_kib, layout);
  else if (self->flash_kib_read)
    size = g_strdup_printf (_ ("The chip’s flash size register (0x%08X) says %u KiB: %s."),
                            self->chip->flash_size_register, self->flash_kib, layout);
  else
    size = g_strdup_printf (_ ("The flash size is assumed, %u KiB: %s."), self->flash_kib, layout);
  if (taken == NULL || taken->condition == NULL || find_layout (self, TRUE) == NULL)
    self->geometry_reason = g_steal_pointer (&size);
  else if (bit_was_read)
    self->geometry_reason = g_strdup_printf (
        taken->dual_bank ? _ ("%s It has two banks because the option bit says so: %s (bit %u of the word at 0x%08X).")
                         : _ ("%s It has one bank because the option bit says so: %s (bit %u of the word at 0x%08X)."),
        size, taken->condition, taken->option_bit, taken->option_address);
  else
    self->geometry_reason = g_strdup_printf (
        _ ("%s How many banks it has was not read; the factory setting is taken (%s)."), size, taken->condition);
}

/* Where a chip of this size can be divided in two ways, says which one was taken. */
static void
remark_banks (FlDevice *self)
{
  const FlChipLayout *taken = find_layout (self, FALSE);

  if (taken == NULL || find_layout (self, TRUE) == NULL)
    return;
  add_remark (self, _ ("An option bit divides the flash into one bank or two; the factory setting is taken (%s)"),
              taken->condition);
  self->bank_remark = g_ptr_array_index (self->remarks, self->remarks->len - 1);
}

/**
 * fl_device_get_numbering:
 *
 * Returns: the numbering of bank 2 that the bootloader was seen to take, as for fl_layout_get_code(); -1 as long as it
 * is not known. With one numbering there is nothing to know.
 */
int
fl_device_get_numbering (FlDevice *self)
{
  g_return_val_if_fail (FL_IS_DEVICE (self), -1);

  if (self->layout != NULL && fl_layout_get_n_numberings (self->layout) == 1)
    return 0;
  return g_atomic_int_get (&self->numbering);
}

/**
 * fl_device_set_numbering:
 * @numbering: from 0 to fl_layout_get_n_numberings() - 1
 *
 * Says which numbering of bank 2 the bootloader was seen to take. It counts until the device is described anew.
 */
void
fl_device_set_numbering (FlDevice *self, guint numbering)
{
  g_return_if_fail (FL_IS_DEVICE (self));
  g_return_if_fail (self->layout != NULL && numbering < fl_layout_get_n_numberings (self->layout));

  g_atomic_int_set (&self->numbering, (int) numbering);
}

/**
 * fl_device_set_geometry:
 * @flash_kib: the size of the flash; 0 when the device did not tell
 * @from_register: whether it is what the device's flash size register says, masked; otherwise it was declared
 *
 * Picks the layout, from the chip's row. A size that cannot be right, or is not known, becomes the largest there is
 * of this chip. Whatever had to be assumed is added to the remarks. A chip that was declared is as it was declared.
 */
void
fl_device_set_geometry (FlDevice *self, guint flash_kib, gboolean from_register)
{
  gboolean exact = FALSE;
  guint told = flash_kib;

  g_return_if_fail (FL_IS_DEVICE (self));

  g_clear_pointer (&self->layout, fl_layout_unref);
  self->flash_kib = flash_kib;
  self->flash_kib_read = from_register;
  if (self->chip == NULL)
    return;
  if (self->declaration != NULL)
    {
      self->flash_kib = self->chip->flash_kib;
      self->flash_kib_read = FALSE;
      self->layout = fl_layout_ref (fl_declaration_get_layout (self->declaration));
      explain_geometry (self, FALSE);
      return;
    }

  if (from_register)
    flash_kib = told <= G_MAXUINT16 ? fl_chip_decode_flash_size (self->chip, (guint16) told) : 0;
  if (flash_kib == 0 || flash_kib > self->chip->flash_kib)
    {
      if (told != 0)
        add_remark (self, _ ("The flash size %u KiB cannot be right for this chip; %u KiB, its largest, is assumed"),
                    told, self->chip->flash_kib);
      else
        add_remark (self, _ ("The flash size could not be read; %u KiB, this chip's largest, is assumed"),
                    self->chip->flash_kib);
      flash_kib = self->chip->flash_kib;
      self->flash_kib_read = FALSE;
    }
  self->flash_kib = flash_kib;
  self->layout = fl_chip_get_layout (self->chip, flash_kib, &exact);
  if (self->layout == NULL)
    return;
  fl_layout_ref (self->layout);
  if (!exact)
    add_remark (self, _ ("How a chip with %u KiB is divided is not known; the beginning of a larger one is assumed"),
                flash_kib);
  remark_banks (self);
  explain_geometry (self, FALSE);
}

/**
 * fl_device_get_bank_option:
 * @address: (out) (optional): where the option word is, 4 bytes little-endian
 *
 * Returns: whether a chip of this size can be divided in two ways, and it is known where the option bit is that tells
 * which; fl_device_set_bank_option() then takes what was read
 */
gboolean
fl_device_get_bank_option (FlDevice *self, guint32 *address)
{
  const FlChipLayout *other;

  g_return_val_if_fail (FL_IS_DEVICE (self), FALSE);

  other = find_layout (self, TRUE);
  if (other == NULL || other->option_address == 0)
    return FALSE;
  if (address != NULL)
    *address = other->option_address;
  return TRUE;
}

/**
 * fl_device_set_bank_option:
 * @word: what was read where fl_device_get_bank_option() said
 *
 * Takes the layout that the option bit tells, and withdraws the remark that it was assumed.
 */
void
fl_device_set_bank_option (FlDevice *self, guint32 word)
{
  const FlChipLayout *other;

  g_return_if_fail (FL_IS_DEVICE (self));
  g_return_if_fail (fl_device_get_bank_option (self, NULL));

  other = find_layout (self, TRUE);
  if (((word >> other->option_bit & 1) != 0) == other->option_value)
    {
      fl_layout_unref (self->layout);
      self->layout = fl_layout_ref (other->layout);
    }
  if (self->bank_remark != NULL)
    g_ptr_array_remove (self->remarks, self->bank_remark);
  self->bank_remark = NULL;
  explain_geometry (self, TRUE);
}

static void
fl_device_finalize (GObject *object)
{
  FlDevice *self = FL_DEVICE (object);

  g_clear_pointer (&self->layout, fl_layout_unref);
  g_clear_pointer (&self->options, fl_option_set_free);
  g_free (self->geometry_reason);
  g_clear_pointer (&self->declaration, fl_declaration_unref);
  g_clear_pointer (&self->declared_chip, fl_declaration_free_chip);
  g_ptr_array_unref (self->remarks);
  G_OBJECT_CLASS (fl_device_parent_class)->finalize (object);
}

static void
fl_device_class_init (FlDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_device_finalize;
}

static void
fl_device_init (FlDevice *self)
{
  self->remarks = g_ptr_array_new_with_free_func (g_free);
  self->numbering = -1;
}

/**
 * fl_device_new:
 * @pid: what Get ID answered
 *
 * Returns: (transfer full): a device with what the database knows of this PID, and nothing yet of the device itself
 */
FlDevice *
fl_device_new (guint16 pid)
{
  FlDevice *self = g_object_new (FL_TYPE_DEVICE, NULL);

  self->pid = pid;
  self->chip = fl_chip_db_find (pid);
  return self;
}
