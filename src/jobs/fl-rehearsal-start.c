/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#define START_MS 1000 /* for an application to start, or to fall back into the bootloader */
#define CALL_MS  200
#define RESETS   4 /* without BOOT0: one that comes back into its bootloader at random */

/* What runs now: the bootloader answers, or an application prints or can be seen to run, or nothing is heard. */
static const char *
fl_rehearsal_hear (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  FlProbeAnswer answer;

  fl_probe_hear (probe, START_MS, &answer);
  if (answer.n > 0)
    return "app";
  if (fl_probe_call (probe, CALL_MS, &answer))
    return "bootloader";
  if (answer.n > 0)
    return "app";
  if (probe->hands != NULL && probe->hands->ask (probe->port, "app-started") == FL_ANSWER_YES)
    return "app";
  return "silent";
}

static gboolean
fl_rehearsal_go (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  const FlRehearsalBlock *first = &g_array_index (self->blocks, FlRehearsalBlock, 0);
  FlProbePlace place;
  FlProbeVerdict verdict;
  const char *after;

  fl_job_begin_step (probe->job, _ ("Starting what was written at 0x%08X with Go"), first->address);
  verdict = fl_probe_go (probe, first->address, &place);
  if (fl_probe_is_over (probe))
    return FALSE;
  fl_facts_set (probe->facts, "go.result", verdict == FL_PROBE_ODD ? "silent" : fl_probe_verdict_name (verdict));
  if (verdict != FL_PROBE_OK)
    {
      fl_probe_end_step (probe, FALSE, "%s", fl_probe_verdict_text (verdict));
      fl_rehearsal_recover (self);
      return FALSE;
    }
  after = fl_rehearsal_hear (self);
  fl_probe_end_step (probe, !g_str_equal (after, "bootloader"), "%s",
                     g_str_equal (after, "app")          ? _ ("the application runs")
                     : g_str_equal (after, "bootloader") ? _ ("the bootloader answers again")
                                                         : _ ("acknowledged; nothing is heard of the application"));
  if (!fl_probe_is_over (probe))
    fl_facts_set (probe->facts, "go.after", after);
  return TRUE;
}

/* Once programmed, a reset without BOOT0 has to lead into the application, every time. */
static void
fl_rehearsal_reset (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  const char *worst = NULL;

  fl_job_begin_step (probe->job, _ ("Resetting the board with BOOT0 low"));
  for (guint i = 0; i < RESETS && g_strcmp0 (worst, "bootloader") != 0; i++)
    {
      const char *after;

      if (!fl_probe_act (probe, FL_ACTION_BOOT0_LOW))
        break;
      after = fl_rehearsal_hear (self);
      if (worst == NULL || !g_str_equal (after, "app"))
        worst = after;
    }
  if (worst == NULL || fl_probe_is_over (probe))
    return;
  fl_facts_set (probe->facts, "reset.after", worst);
  fl_probe_end_step (probe, g_str_equal (worst, "app"), "%s",
                     g_str_equal (worst, "app")          ? _ ("the application runs")
                     : g_str_equal (worst, "bootloader") ? _ ("the bootloader answers all the same")
                                                         : _ ("nothing is heard of the application"));
}

/* Go, and a reset. */
void
fl_rehearsal_start (FlRehearsal *self)
{
  const FlRehearsalBlock *first = &g_array_index (self->blocks, FlRehearsalBlock, 0);

  if (!first->written || fl_probe_is_over (self->probe))
    return;
  if (!fl_rehearsal_go (self) && !self->practice)
    return;
  if (self->probe->hands == NULL)
    {
      self->alive = FALSE; /* left to what was started */
      return;
    }
  fl_rehearsal_reset (self);
  self->alive = fl_probe_resume (self->probe);
}
