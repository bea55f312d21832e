/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-mistakes.h"

#include <glib/gi18n-lib.h>

/* One row for each mistake, the most telling first. */
static const struct
{
  FlMistakes mistake;
  const char *id; /* stable */
  const char *brief;
  const char *words;
} rows[] = {
  { FL_MISTAKE_LENGTH, "length", N_ ("length N instead of N-1"),
    N_ ("The host sent length N instead of N-1: the chip waits for one more byte or page, and stays silent.") },
  { FL_MISTAKE_NO_00_BEHIND_FF, "ff-not-00", N_ ("a mass erase without 00 behind FF"),
    N_ ("For a mass erase the host sent something else than FF 00.") },
  { FL_MISTAKE_TWO_CHECKSUMS, "two-checksums", N_ ("two checksums"),
    N_ ("The host sent one byte too many behind a packet, as if there were two checksums: the chip takes it for the "
        "begin of a command.") },
  { FL_MISTAKE_CHECKSUM_NO_LENGTH, "checksum-without-length", N_ ("a checksum without the length byte"),
    N_ ("The host leaves the length byte out of the checksum: it is the exclusive or of the length byte and the "
        "data.") },
  { FL_MISTAKE_CHECKSUM, "checksum", N_ ("a wrong checksum"),
    N_ ("The host sent a wrong checksum: it is the exclusive or of all bytes of the packet.") },
  { FL_MISTAKE_COMPLEMENT, "complement", N_ ("a wrong complement"),
    N_ ("The host sent a wrong complement: behind a command or a length comes the same byte exclusive or FF.") },
  { FL_MISTAKE_SYNC_AGAIN, "second-7f", N_ ("7F a second time"),
    N_ ("The host sent 7F again: it is sent once after a reset; a bootloader that has answered takes it for half a "
        "command.") },
  { FL_MISTAKE_NO_WAIT, "no-wait", N_ ("the next packet before the answer"),
    N_ ("The host did not wait for the answer to a packet before it sent the next.") },
  { FL_MISTAKE_TOO_LONG, "too-long", N_ ("more bytes than the length byte says"),
    N_ ("The host sent more bytes than the length byte of the packet says.") },
  { FL_MISTAKE_NOT_CONTINUED, "not-continued", N_ ("a command that was not continued"),
    N_ ("The host did not go on with a command that the chip had accepted: the chip waits for the rest.") },
  { FL_MISTAKE_BROKEN_OFF, "broken-off", N_ ("a packet that was broken off"),
    N_ ("The host broke off in the middle of a packet: the chip waits for the "
        "rest.") },
};

/* Those that were noted before. */
static FlMistakes
get_noted (const FlFacts *facts)
{
  const char *noted = fl_facts_get (facts, "host.mistakes");
  g_auto (GStrv) ids = g_strsplit (noted != NULL ? noted : "", " ", -1);
  FlMistakes mistakes = 0;

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    if (g_strv_contains ((const char *const *) ids, rows[row].id))
      mistakes |= rows[row].mistake;
  return mistakes;
}

/**
 * fl_mistakes_take_facts:
 *
 * Adds to "host.mistakes", their stable names; "host.mistake" is the most telling of all, in words, with a sentence for
 * each beside it.
 */
void
fl_mistakes_take_facts (FlMistakes mistakes, FlFacts *facts)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  const char *brief = NULL;

  g_return_if_fail (facts != NULL);
  mistakes |= get_noted (facts);
  if (mistakes == 0)
    return;
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      if (!(mistakes & rows[row].mistake))
        continue;
      if (brief == NULL)
        brief = _ (rows[row].brief);
      g_string_append_printf (ids, "%s%s", ids->len > 0 ? " " : "", rows[row].id);
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", _ (rows[row].words));
    }
  fl_facts_set (facts, "host.mistakes", ids->str);
  fl_facts_set (facts, "host.mistake", brief);
  fl_facts_say (facts, "host.mistake", "%s", words->str);
}
