/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-cut-short.h"
#include "fl-job-private.h"
#include "fl-program-private.h"

static guint
get_n_sectors (FlProgramJob *self)
{
  return fl_layout_get_n_sectors (fl_program_job_get_layout (self));
}

/* What may be spared of some sectors: one byte a sector; NULL: nothing. */
static guint8 *
dup_candidates (FlProgramJob *self, const guint8 *sectors)
{
  g_autofree guint8 *candidates = g_malloc0 (get_n_sectors (self));
  gboolean any = FALSE;

  for (guint i = 0; i < get_n_sectors (self); i++)
    {
      candidates[i] = sectors[i] && fl_plan_may_spare (self->plan, i);
      any |= candidates[i];
    }
  return any ? g_steal_pointer (&candidates) : NULL;
}

/* Takes the blank ones out of what is to be erased. */
static void
spare (FlProgramJob *self, const guint8 *sectors, const guint8 *blank, guint8 *erase)
{
  FlJob *job = FL_JOB (self);
  guint n_planned = MAX (fl_plan_get_n_erased (self->plan), 1);
  guint n_spared = 0;
  g_autofree char *count = NULL;
  g_autofree char *detail = NULL;

  for (guint i = 0; i < get_n_sectors (self); i++)
    {
      erase[i] = sectors[i] && !blank[i];
      self->spared[i] = sectors[i] && blank[i];
      n_spared += self->spared[i];
      if (self->spared[i])
        fl_job_set_sector (job, i, FL_SECTOR_PLANNED_BLANK);
    }
  fl_job_expect (job, fl_job_get_elapsed (job) + fl_plan_get_seconds (self->plan, NULL)
                          - fl_plan_get_erase_seconds (self->plan) * n_spared / n_planned);
  count = fl_ops_dup_count (fl_program_job_get_device (self), n_spared);
  /* Translators: "28 pages" */
  detail = g_strdup_printf (_ ("Nothing else was seen: %s are written without being erased, and all is compared in the "
                               "end"),
                            count);
  fl_job_end_step (job, detail);
}

/**
 * fl_program_job_spare_blank:
 * @sectors: one byte a sector: what is going to be written
 * @erase: (inout): what of it is going to be erased
 *
 * On a board that is blank, as new ones are, nothing needs to be erased. That is so when all that was seen when changes
 * were looked for is blank, and a look at each sector finds nothing else. The whole is erased where one is not, and
 * where the board's last job was cut short: what was half erased can read as blank, and not last.
 *
 * Errors: those of the line.
 */
gboolean
fl_program_job_spare_blank (FlProgramJob *self, const guint8 *sectors, guint8 *erase, GCancellable *cancellable,
                            GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree guint8 *candidates = self->seems_blank ? dup_candidates (self, sectors) : NULL;
  FlErasePass look = self->erasing;
  gboolean blank;

  self->seems_blank = FALSE; /* once something is written, it is not */
  if (candidates == NULL)
    return TRUE;
  if (fl_cut_short_was (fl_job_get_session (job)))
    {
      fl_job_log (job, FL_LOG_INFO, NULL,
                  _ ("The last job with this board was cut short: what looks blank is erased, too, because it may be "
                     "erased only by half"));
      return TRUE;
    }
  look.wanted = candidates;
  fl_job_set_text (job, _ ("Looking whether it is blank"));
  fl_job_begin_step (job, _ ("Looking whether it is blank"));
  if (!fl_erase_pass_look (&look, &blank, cancellable, error))
    return FALSE;
  if (blank)
    spare (self, sectors, candidates, erase);
  else
    fl_job_end_step (job, _ ("It is not: all that is written is erased first"));
  return TRUE;
}

/**
 * fl_program_job_unspare:
 * @sectors: one byte a sector: what is erased after all
 *
 * Returns: how many of them had been spared
 */
guint
fl_program_job_unspare (FlProgramJob *self, const guint8 *sectors)
{
  guint n = 0;

  for (guint i = 0; i < get_n_sectors (self); i++)
    if (sectors[i] && self->spared[i])
      {
        self->spared[i] = FALSE;
        n++;
      }
  return n;
}
