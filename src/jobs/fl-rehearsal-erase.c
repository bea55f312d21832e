/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"

#define PATIENCE_MS 60000 /* beyond the worst case: an erase that is only slow must not be taken for one that fails */

#define LATENCY_MS 50 /* of the adapter and the wire */

/* What became of erasing, over all commands. */
typedef struct
{
  FlProbeVerdict worst;
  double seconds; /* of the longest */
  gboolean slow;  /* one took longer than the worst case of the chip's data sheet */
  gboolean command_refused;
} Erasing;

static FlProbeVerdict
fl_rehearsal_erase_codes (FlRehearsal *self, const guint16 *codes, guint n_codes, guint worst_ms, Erasing *erasing)
{
  FlProbe *probe = self->probe;
  FlProbePlace place = FL_PROBE_AT_COMMAND;
  FlProbeVerdict verdict = FL_PROBE_SILENT;

  for (guint i = 0; i < 2 && self->alive; i++)
    {
      gint64 started = fl_transport_get_time (probe->transport);
      double seconds;

      verdict = fl_probe_erase (probe, codes, n_codes, worst_ms + PATIENCE_MS, &place);
      if (fl_probe_is_over (probe))
        return FL_PROBE_SILENT;
      seconds = (double) (fl_transport_get_time (probe->transport) - started) / G_USEC_PER_SEC;
      erasing->seconds = MAX (erasing->seconds, seconds);
      erasing->slow |= seconds * 1000 > worst_ms + LATENCY_MS;
      if (verdict == FL_PROBE_OK)
        {
          if (i > 0 && !probe->strange)
            fl_facts_set_flag (probe->facts, "first-command.nack", TRUE);
          fl_probe_sleep (probe, fl_boot_get_limits (fl_session_get_boot (probe->session))->page_pause_ms);
          return verdict;
        }
      if (verdict != FL_PROBE_NACK)
        fl_rehearsal_recover (self);
      if (verdict == FL_PROBE_SILENT) /* a second wait as long would tell no more */
        break;
    }
  erasing->command_refused |= verdict == FL_PROBE_NACK && place == FL_PROBE_AT_COMMAND;
  return verdict;
}

static void
fl_rehearsal_erase_mass (FlRehearsal *self, Erasing *erasing)
{
  FlProbe *probe = self->probe;
  guint worst_ms = fl_boot_get_limits (fl_session_get_boot (probe->session))->erase_mass_ms;
  FlProbeVerdict verdict;

  fl_job_begin_step (probe->job, _ ("Erasing everything"));
  verdict = fl_rehearsal_erase_codes (self, NULL, 0, worst_ms, erasing);
  if (fl_probe_is_over (probe))
    return;
  if (!erasing->command_refused)
    fl_facts_set (probe->facts, "erase.mass", verdict == FL_PROBE_ODD ? "silent" : fl_probe_verdict_name (verdict));
  fl_probe_end_step (probe, verdict == FL_PROBE_OK, _ ("%s, %.1f s"), fl_probe_verdict_text (verdict),
                     erasing->seconds);
}

/* Some sectors in one command, where the chip takes more than one. */
static FlProbeVerdict
fl_rehearsal_erase_list (FlRehearsal *self, const guint *indices, guint n, Erasing *erasing)
{
  FlProbe *probe = self->probe;
  guint most = MIN (fl_boot_get_limits (fl_session_get_boot (probe->session))->max_pages, FL_PROBE_MAX_CODES);
  FlProbeVerdict worst = FL_PROBE_OK;

  for (guint at = 0; at < n && self->alive && worst == FL_PROBE_OK; at += most)
    {
      guint16 codes[FL_PROBE_MAX_CODES];
      guint count = MIN (n - at, most);
      guint worst_ms = 0;

      for (guint i = 0; i < count; i++)
        {
          codes[i] = (guint16) fl_layout_get_code (self->layout, indices[at + i], 0);
          worst_ms += fl_chip_get_erase_ms (probe->chip, fl_layout_get_sector (self->layout, indices[at + i])->size);
        }
      worst = fl_rehearsal_erase_codes (self, codes, count, worst_ms, erasing);
    }
  return worst;
}

/* Those that are written; @largest: the first of the largest ones, which takes longest, where it is another. */
static GArray *
fl_rehearsal_list_sectors (FlRehearsal *self, int *largest)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint));
  guint first = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      if (self->wanted[i])
        g_array_append_val (list, i);
      if (fl_layout_get_sector (self->layout, i)->size > fl_layout_get_sector (self->layout, first)->size)
        first = i;
    }
  *largest = self->practice && !self->wanted[first] ? (int) first : -1;
  return list;
}

static void
fl_rehearsal_erase_sectors (FlRehearsal *self, Erasing *erasing)
{
  FlProbe *probe = self->probe;
  int largest;
  g_autoptr (GArray) list = fl_rehearsal_list_sectors (self, &largest);
  FlProbeVerdict verdict;

  fl_job_begin_step (probe->job, _ ("Erasing %u single pages or sectors"), list->len);
  verdict = fl_rehearsal_erase_list (self, (const guint *) (gpointer) list->data, list->len, erasing);
  if (verdict == FL_PROBE_OK && largest >= 0)
    verdict = fl_rehearsal_erase_list (self, (const guint[]){ (guint) largest }, 1, erasing);
  if (fl_probe_is_over (probe))
    return;
  if (!erasing->command_refused)
    fl_facts_set (probe->facts, "erase.page", verdict == FL_PROBE_ODD ? "silent" : fl_probe_verdict_name (verdict));
  fl_probe_end_step (probe, verdict == FL_PROBE_OK, "%s", fl_probe_verdict_text (verdict));
  erasing->worst = verdict;
}

/* Whether what was acknowledged as erased is blank. */
static void
fl_rehearsal_check_blank (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  guint n_unchanged = 0;

  fl_job_begin_step (probe->job, _ ("Looking whether they are blank"));
  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout) && !fl_probe_is_over (probe); i++)
    {
      guint8 data[64];
      FlProbePlace place;

      if (!self->wanted[i])
        continue;
      if (fl_probe_read (probe, fl_layout_get_sector (self->layout, i)->address, data, sizeof data, &place)
          != FL_PROBE_OK)
        fl_probe_settle (probe);
      else if (!fl_bytes_all (data, sizeof data, probe->chip->erased_value))
        n_unchanged++;
    }
  if (fl_probe_is_over (probe))
    return;
  fl_facts_set_flag (probe->facts, "erase.unchanged", n_unchanged > 0);
  fl_probe_end_step (probe, n_unchanged == 0, "%s",
                     n_unchanged == 0 ? _ ("they are") : _ ("the erase was acknowledged, and they are not"));
}

/* The erase commands: everything (on a practice board), then single pages. */
void
fl_rehearsal_erase (FlRehearsal *self)
{
  FlFacts *facts = self->probe->facts;
  Erasing erasing = { 0 };

  if (self->practice)
    fl_rehearsal_erase_mass (self, &erasing);
  if (self->alive && !erasing.command_refused)
    fl_rehearsal_erase_sectors (self, &erasing);
  if (fl_probe_is_over (self->probe))
    return;
  if (erasing.command_refused)
    fl_facts_set (facts, "erase.command", "nack");
  fl_facts_set_number (facts, "erase.seconds", MAX (erasing.seconds, fl_facts_get_number (facts, "erase.seconds", 0)));
  fl_facts_set_flag (facts, "erase.slow", erasing.slow || fl_facts_is (facts, "erase.slow", "yes"));
  if (self->alive && erasing.worst == FL_PROBE_OK && !erasing.command_refused)
    fl_rehearsal_check_blank (self);
}
