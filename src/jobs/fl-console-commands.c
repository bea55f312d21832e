/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-console-commands.h"

#include <glib/gi18n-lib.h>

#include "fl-boot.h"
#include "fl-bytes.h"

static const FlConsoleCommand commands[] = {
  { "sync", N_ ("Sync 7F"), N_ ("The first byte after a reset: the bootloader measures its speed and answers 79"), NULL,
    FL_BOOT_SYNC, FALSE, TRUE, FALSE },
  { "get", N_ ("Get"), N_ ("Asks for the bootloader's version and the commands it knows"), NULL, FL_COMMAND_GET, FALSE,
    TRUE, FALSE },
  { "get-version", N_ ("Get Version"), N_ ("Asks for the bootloader's version only"), NULL, FL_COMMAND_GET_VERSION,
    FALSE, TRUE, FALSE },
  { "get-id", N_ ("Get ID"), N_ ("Asks which chip it is"), NULL, FL_COMMAND_GET_ID, FALSE, TRUE, FALSE },
  { "read", N_ ("Read 256 bytes"), N_ ("Reads 256 bytes from the address; refused under readout protection"), NULL,
    FL_COMMAND_READ, TRUE, TRUE, FALSE },
  { "go", N_ ("Go"), N_ ("Starts the application whose vector table is at the address"),
    N_ ("Nothing in the memory is changed. The board leaves its bootloader, and hears no more commands until the "
        "bootloader is started again."),
    FL_COMMAND_GO, TRUE, TRUE, TRUE },
  { "write-protect", N_ ("Write Protect"), N_ ("First part of it: then the list of sectors is sent"),
    N_ ("The sectors that are named next cannot be written any more until the protection is removed. The chip resets."),
    FL_COMMAND_WRITE_PROTECT, FALSE, FALSE, TRUE },
  { "write-unprotect", N_ ("Write Unprotect"), N_ ("Removes the write protection of all sectors"),
    N_ ("The write protection of all sectors is lost. The data stays. The chip resets and has to be synchronised "
        "again."),
    FL_COMMAND_WRITE_UNPROTECT, FALSE, TRUE, TRUE },
  { "readout-protect", N_ ("Readout Protect"), N_ ("Lets nobody read the memory any more"),
    N_ ("Nobody can read or write the flash any more. The only way back erases all of it. The chip resets."),
    FL_COMMAND_READOUT_PROTECT, FALSE, TRUE, TRUE },
  { "readout-unprotect", N_ ("Readout Unprotect"), N_ ("Removes the readout protection, and erases the flash"),
    N_ ("The whole flash is erased where readout protection is on, and on some chips also where it is not: the "
        "firmware and all data are lost for good. The chip resets."),
    FL_COMMAND_READOUT_UNPROTECT, FALSE, TRUE, TRUE },
  { "erase", N_ ("Erase"), N_ ("First part of it: then the list of pages is sent"),
    N_ ("The pages that are named next are erased: what is in them is lost for good."), FL_COMMAND_ERASE, FALSE, FALSE,
    TRUE },
  { "extended-erase", N_ ("Extended Erase"), N_ ("First part of it: then the list of pages is sent"),
    N_ ("The pages that are named next are erased: what is in them is lost for good."), FL_COMMAND_EXTENDED_ERASE,
    FALSE, FALSE, TRUE },
  { "write", N_ ("Write Memory"), N_ ("First part of it: then address and data are sent"),
    N_ ("The bytes at the address that is sent next are changed; at the address of the option bytes, the chip "
        "itself."),
    FL_COMMAND_WRITE, FALSE, FALSE, TRUE },
};

/**
 * fl_console_commands:
 * @n_commands: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_commands): in the order in which they are offered
 */
const FlConsoleCommand *
fl_console_commands (guint *n_commands)
{
  *n_commands = G_N_ELEMENTS (commands);
  return commands;
}

/**
 * fl_console_command_find:
 *
 * Returns: (transfer none) (nullable): the command with that id
 */
const FlConsoleCommand *
fl_console_command_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].id, id))
      return &commands[i];
  return NULL;
}

/**
 * fl_console_command_of:
 * @bytes: about to be sent
 *
 * Returns: (transfer none) (nullable): the command whose code and complement they begin with
 */
const FlConsoleCommand *
fl_console_command_of (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size < 2 || (data[0] ^ data[1]) != 0xFF)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].code == data[0] && commands[i].code != FL_BOOT_SYNC)
      return &commands[i];
  return NULL;
}

static void
add_packet (GPtrArray *packets, const guint8 *data, gsize length)
{
  g_ptr_array_add (packets, g_bytes_new (data, length));
}

/**
 * fl_console_command_make_packets:
 * @address: of a command that has one
 *
 * Source: AN3155.
 *
 * Returns: (transfer full) (element-type GBytes): what is sent; after each packet an ACK is waited for
 */
GPtrArray *
fl_console_command_make_packets (const FlConsoleCommand *self, guint32 address)
{
  GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const guint8 code[] = { self->code, self->code ^ 0xFF };
  const guint8 count[] = { FL_BOOT_MAX_BLOCK - 1, (FL_BOOT_MAX_BLOCK - 1) ^ 0xFF };
  guint8 place[5];

  add_packet (packets, code, self->code == FL_BOOT_SYNC ? 1 : sizeof code);
  if (self->has_address)
    {
      fl_bytes_put_be32 (place, address);
      place[4] = fl_bytes_xor (place, 4);
      add_packet (packets, place, sizeof place);
    }
  if (self->code == FL_COMMAND_READ)
    add_packet (packets, count, sizeof count);
  return packets;
}
