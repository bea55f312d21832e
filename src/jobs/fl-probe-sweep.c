/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"

#define CALL_MS   150
#define RATE_MS   600   /* that one rate takes at the most */
#define USUAL_LOW 38400 /* a line that carries this is not loaded: it is the rate above that is too high */

static const guint down_bauds[] = { 115200, 57600, 38400, 19200, 9600, 4800, 2400, 1200 };
static const guint up_bauds[] = { 230400, 460800, 921600 };

/* What came at one rate. */
typedef struct
{
  guint baud;
  gboolean good;
  FlProbeAnswer answer;
} Sweep;

static void
fl_probe_sweep_one (FlProbe *self, guint baud, GArray *swept)
{
  Sweep one = { .baud = baud };
  g_autofree char *hex = NULL;

  fl_job_begin_step (self->job, _ ("Resetting the board, and calling it at %u baud"), baud);
  fl_probe_set_line (self, baud, self->line.parity);
  if (!fl_probe_reset (self))
    return;
  one.good = fl_probe_call (self, CALL_MS, &one.answer)
             && (fl_probe_is_answer (&one.answer, FL_BOOT_ACK) || fl_probe_is_answer (&one.answer, FL_BOOT_NACK));
  g_array_append_val (swept, one);
  hex = fl_bytes_to_hex (one.answer.bytes, MIN (one.answer.n, 8), 8);
  fl_probe_end_step (self, one.good, "%s", one.answer.n > 0 ? hex : _ ("nothing came"));
}

/* "1200:79 9600:FF 115200:" */
static void
fl_probe_set_answers (FlProbe *self, const GArray *swept)
{
  g_autoptr (GString) text = g_string_new (fl_facts_get (self->facts, "sweep.answers"));

  for (guint i = 0; i < swept->len; i++)
    {
      const Sweep *one = &g_array_index (swept, Sweep, i);

      g_string_append_printf (text, "%s%u:", text->len > 0 ? " " : "", one->baud);
      for (gsize j = 0; j < MIN (one->answer.n, 4); j++)
        g_string_append_printf (text, "%02X", one->answer.bytes[j]);
    }
  fl_facts_set (self->facts, "sweep.answers", text->str);
}

/* Rates from high to low: what the answers have in common. */
static const char *
get_pattern (const GArray *swept, guint *highest_good)
{
  guint n_good = 0, n_garbled = 0, n_other = 0;

  *highest_good = 0;
  for (guint i = 0; i < swept->len; i++)
    {
      const Sweep *one = &g_array_index (swept, Sweep, i);

      n_good += one->good;
      if (one->good)
        *highest_good = MAX (*highest_good, one->baud);
    }
  if (n_good == 0)
    return "none";
  if (n_good == swept->len)
    return "all";
  for (guint i = 0; i < swept->len; i++)
    {
      const Sweep *one = &g_array_index (swept, Sweep, i);

      /* A line that is too slow for the rate makes FE, then FF, then nothing of an answer. */
      if (one->good || one->baud < *highest_good || one->answer.n == 0)
        continue;
      if (one->answer.bytes[0] == 0xFE || one->answer.bytes[0] == 0xFF)
        n_other++;
      else
        n_garbled++;
    }
  if (n_garbled > 0 && n_other == 0)
    return "garbled-high";
  return n_other > 0 || *highest_good < USUAL_LOW / 4 ? "low-only" : "high-fails";
}

/**
 * fl_probe_sweep_down:
 *
 * Resets and calls the board at lower and lower rates. Afterwards the line is at the highest that was answered, and
 * the bootloader is synchronised there; or as it was before.
 *
 * Returns: whether there was an answer
 */
gboolean
fl_probe_sweep_down (FlProbe *self)
{
  g_autoptr (GArray) swept = g_array_new (FALSE, FALSE, sizeof (Sweep));
  guint usual = self->line.baud;
  guint highest_good = 0;
  const char *pattern;

  if (!fl_probe_can_reset (self))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (down_bauds) && fl_probe_has_time (self, RATE_MS); i++)
    if (down_bauds[i] <= MAX (usual, 115200))
      fl_probe_sweep_one (self, down_bauds[i], swept);
  if (fl_probe_is_over (self) || swept->len == 0)
    return FALSE;
  pattern = get_pattern (swept, &highest_good);
  fl_probe_set_answers (self, swept);
  fl_facts_set (self->facts, "sweep.pattern", pattern);
  if (highest_good == 0)
    {
      fl_probe_set_line (self, usual, self->line.parity);
      return FALSE;
    }
  fl_facts_set_number (self->facts, "sweep.highest-good", highest_good);
  fl_facts_say (self->facts, "sweep.highest-good", _ ("It answers at %u baud, and not above"), highest_good);
  self->line.baud = highest_good;
  fl_probe_set_line (self, highest_good, self->line.parity);
  return fl_probe_resume (self);
}

/**
 * fl_probe_sweep_up:
 *
 * Rates above the one that works, each twice. The line is as before afterwards, and the bootloader is not synchronised.
 */
void
fl_probe_sweep_up (FlProbe *self)
{
  g_autoptr (GArray) swept = g_array_new (FALSE, FALSE, sizeof (Sweep));
  guint usual = self->line.baud;
  guint highest_good = usual;
  gboolean all = TRUE;

  if (!fl_probe_can_reset (self))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (up_bauds) && all && fl_probe_has_time (self, RATE_MS); i++)
    for (guint trial = 0; trial < 2 && all && up_bauds[i] > usual; trial++)
      {
        guint before = swept->len;

        fl_probe_sweep_one (self, up_bauds[i], swept);
        all = swept->len > before && g_array_index (swept, Sweep, before).good;
        if (all && trial > 0)
          highest_good = up_bauds[i];
      }
  fl_probe_set_line (self, usual, self->line.parity);
  if (fl_probe_is_over (self) || swept->len == 0)
    return;
  fl_probe_set_answers (self, swept);
  fl_facts_set (self->facts, "sweep.pattern", all ? "all" : "high-fails");
  fl_facts_set_number (self->facts, "sweep.highest-good", highest_good);
}
