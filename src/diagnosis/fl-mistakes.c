/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-mistakes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One row for each mistake, the most telling first. */
static const struct
{
  FlMistakes mistake;
  const char *id; /* stable */
  const char *words;
} rows[] = {
  { FL_MISTAKE_LENGTH, "length",
    N_ ("The host sent length N instead of N-1: the chip waits for one more byte or page, and stays silent.") },
  { FL_MISTAKE_NO_00_BEHIND_FF, "ff-not-00", N_ ("For a mass erase the host sent something else than FF 00.") },
  { FL_MISTAKE_TWO_CHECKSUMS, "two-checksums",
    N_ ("The host sent one byte too many behind a packet, as if there were two checksums: the chip takes it for the "
        "begin of a command.") },
  { FL_MISTAKE_CHECKSUM_NO_LENGTH, "checksum-without-length",
    N_ ("The host leaves the length byte out of the checksum: it is the exclusive or of the length byte and the "
        "data.") },
  { FL_MISTAKE_CHECKSUM, "checksum",
    N_ ("The host sent a wrong checksum: it is the exclusive or of all bytes of the packet.") },
  { FL_MISTAKE_COMPLEMENT, "complement",
    N_ ("The host sent a wrong complement: behind a command or a length comes the same byte exclusive or FF.") },
  { FL_MISTAKE_SYNC_AGAIN, "second-7f",
    N_ ("The host sent 7F again: it is sent once after a reset; a bootloader that has answered takes it for half a "
        "command.") },
  { FL_MISTAKE_NO_WAIT, "no-wait", N_ ("The host did not wait for the answer to a packet before it sent the next.") },
  { FL_MISTAKE_TOO_LONG, "too-long", N_ ("The host sent more bytes than the length byte of the packet says.") },
  { FL_MISTAKE_NOT_CONTINUED, "not-continued",
    N_ ("The host did not go on with a command that the chip had accepted: the chip waits for the rest.") },
  { FL_MISTAKE_BROKEN_OFF, "broken-off",
    N_ ("The host broke off in the middle of a packet: the chip waits for the "
        "rest.") },
};

/* Place in the table; as many as there are rows: not in it. */
static guint
find_row (const char *id)
{
  guint row;

  for (row = 0; row < G_N_ELEMENTS (rows) && g_strcmp0 (rows[row].id, id) != 0; row++)
    ;
  return row;
}

/**
 * fl_mistakes_take_facts:
 *
 * Sets "host.mistake" to the most telling of @mistakes and of those that were set before, and its sentence to those of
 * all of them.
 */
void
fl_mistakes_take_facts (FlMistakes mistakes, FlFacts *facts)
{
  g_return_if_fail (facts != NULL);
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      const char *before = fl_facts_get (facts, "host.mistake");
      const char *said = fl_facts_get_text (facts, "host.mistake");
      g_autofree char *text = NULL;

      if (!(mistakes & rows[row].mistake) || (said != NULL && strstr (said, _ (rows[row].words)) != NULL))
        continue;
      text = said != NULL ? g_strdup_printf ("%s %s", said, _ (rows[row].words)) : g_strdup (_ (rows[row].words));
      if (find_row (before) > row)
        fl_facts_set (facts, "host.mistake", rows[row].id);
      fl_facts_say (facts, "host.mistake", "%s", text);
    }
}
