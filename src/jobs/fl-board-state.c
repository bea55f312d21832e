/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-board-state.h"

#include <glib/gi18n-lib.h>

#include "fl-flash-ops.h"
#include "fl-job-private.h"

#define STATE(name) (1u << FL_SECTOR_##name)
#define AS_BEFORE                                                                                                      \
  (STATE (UNTOUCHED) | STATE (PLANNED_ERASE) | STATE (PLANNED_WRITE) | STATE (PLANNED_CHECK) | STATE (PLANNED_BLANK))
#define TOUCHED (STATE (ERASED) | STATE (WRITING) | STATE (WRITTEN) | STATE (VERIFIED) | STATE (FAILED))

static guint
get_n_sectors (FlJob *job, FlDevice *device)
{
  return device->layout != NULL && fl_job_has_sectors (job) ? fl_layout_get_n_sectors (device->layout) : 0;
}

static gboolean
is_busy (const FlBoardState *state, guint index)
{
  return state != NULL && index >= state->first_busy && index - state->first_busy < state->n_busy;
}

/* Adds "0–11, 14" to @text; FALSE when no sector is in one of the states. */
static gboolean
append_ranges (GString *text, FlJob *job, FlDevice *device, guint states, const guint8 *only, const FlBoardState *busy)
{
  guint n = get_n_sectors (job, device);
  gboolean any = FALSE;

  for (guint i = 0; i < n;)
    {
      guint first = i;

      while (i < n && (busy != NULL ? is_busy (busy, i) : (states & 1u << fl_job_get_sector (job, i)) != 0)
             && (only == NULL || only[i]))
        i++;
      if (i == first)
        {
          i++;
          continue;
        }
      if (any)
        g_string_append (text, ", ");
      if (i - first > 1)
        g_string_append_printf (text, "%u–%u", first, i - 1);
      else
        g_string_append_printf (text, "%u", first);
      any = TRUE;
    }
  return any;
}

/* Adds one part of the sentence, and frees it. */
static void
append_part (GString *text, char *part)
{
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append (text, part);
  g_free (part);
}

static void
append_erased (GString *text, FlJob *job, FlDevice *device, const guint8 *only)
{
  g_autoptr (GString) ranges = g_string_new (NULL);

  if (append_ranges (ranges, job, device, TOUCHED, only, NULL))
    {
      append_part (text, g_strdup_printf (fl_ops_has_pages (device) ? _ ("pages %s erased") : _ ("sectors %s erased"),
                                          ranges->str));
    }
}

static char *
describe_sectors (FlJob *job, FlDevice *device, const FlBoardState *state)
{
  g_autoptr (GString) written = g_string_new (NULL);
  g_autoptr (GString) verified = g_string_new (NULL);
  g_autoptr (GString) wrong = g_string_new (NULL);
  g_autoptr (GString) busy = g_string_new (NULL);
  g_autoptr (GString) unchanged = g_string_new (NULL);
  g_autoptr (GString) rest = g_string_new (NULL);
  GString *text = g_string_new (NULL);

  append_erased (text, job, device, state->erased);
  if (state->n_busy > 0 && append_ranges (busy, job, device, 0, NULL, state))
    append_part (text, g_strdup_printf (fl_ops_has_pages (device) ? _ ("pages %s perhaps erased")
                                                                  : _ ("sectors %s perhaps erased"),
                                        busy->str));
  if (append_ranges (written, job, device, STATE (WRITING) | STATE (WRITTEN), NULL, NULL))
    append_part (text, g_strdup_printf (_ ("%s written (not verified)"), written->str));
  if (append_ranges (verified, job, device, STATE (VERIFIED), NULL, NULL))
    append_part (text, g_strdup_printf (_ ("%s verified"), verified->str));
  if (append_ranges (wrong, job, device, STATE (FAILED), NULL, NULL))
    append_part (text, g_strdup_printf (_ ("%s wrong"), wrong->str));
  if (text->len > 0 && append_ranges (unchanged, job, device, STATE (UNCHANGED), NULL, NULL))
    append_part (text, g_strdup_printf (_ ("%s held the file already"), unchanged->str));
  if (state->stray == FL_STRAY_LIKELY)
    append_part (text, g_strdup (fl_ops_has_pages (device) ? _ ("another page perhaps erased, too")
                                                           : _ ("another sector perhaps erased, too")));
  else if (text->len > 0 && append_ranges (rest, job, device, AS_BEFORE, NULL, NULL))
    append_part (text, g_strdup (state->stray == FL_STRAY_UNSEEN ? _ ("rest untouched as far as is known")
                                                                 : _ ("rest untouched")));
  return g_string_free (text, FALSE);
}

/**
 * fl_board_state_set:
 *
 * Says in a sentence or two what the flash holds now, and what to do about it, from the states of the job's sectors.
 */
void
fl_board_state_set (FlJob *job, FlDevice *device, const FlBoardState *state)
{
  g_autofree char *sectors = describe_sectors (job, device, state);

  if (*sectors == '\0' && state->verified)
    fl_job_set_board_state (job, "%s",
                            _ ("Flash: nothing had to be changed. The application is in it, complete and verified."));
  else if (*sectors == '\0')
    fl_job_set_board_state (job, "%s", _ ("Flash: nothing was changed. The board is as it was."));
  else if (state->verified)
    fl_job_set_board_state (job, _ ("Flash: %s. The application is in it, complete and verified."), sectors);
  else if (state->programming)
    fl_job_set_board_state (job, _ ("Flash: %s. The application will not start; program again."), sectors);
  else
    fl_job_set_board_state (job, _ ("Flash: %s. What was erased is lost; erase or program again."), sectors);
}

/**
 * fl_board_state_dup_erased:
 *
 * Returns: (transfer full): which sectors are erased, for the log
 */
char *
fl_board_state_dup_erased (FlJob *job, FlDevice *device)
{
  GString *text = g_string_new (NULL);

  append_erased (text, job, device, NULL);
  return g_string_free (text, FALSE);
}
