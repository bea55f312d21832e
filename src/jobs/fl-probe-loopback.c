/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#define CHUNK  64 /* bytes at once: less than any adapter's buffer */
#define CHUNKS 16

/**
 * fl_probe_loopback:
 *
 * With the adapter's TX and RX connected, everything has to come back as it was sent: 1 KiB of all values.
 */
void
fl_probe_loopback (FlProbe *self)
{
  g_autofree char *line = fl_probe_dup_line (self);
  guint n_lost = 0, n_changed = 0;

  fl_job_begin_step (self->job, _ ("Sending %d bytes through the adapter at %s, TX and RX connected"), CHUNK * CHUNKS,
                     line);
  for (guint i = 0; i < CHUNKS && !fl_probe_is_over (self); i++)
    {
      guint8 chunk[CHUNK];
      FlProbeAnswer answer;

      for (guint at = 0; at < CHUNK; at++)
        chunk[at] = (guint8) (i * CHUNK + at);
      fl_probe_ask (self, chunk, sizeof chunk, 200, sizeof chunk, &answer);
      n_lost += answer.n < sizeof chunk;
      n_changed += answer.n == sizeof chunk && memcmp (answer.bytes, chunk, sizeof chunk) != 0;
    }
  if (fl_probe_is_over (self))
    return;
  fl_facts_set (self->facts, "loopback.result", n_lost > 0 ? "lost" : n_changed > 0 ? "changed" : "ok");
  fl_probe_end_step (self, n_lost + n_changed == 0, "%s",
                     n_lost > 0      ? _ ("bytes were lost: the adapter or its cable is not reliable")
                     : n_changed > 0 ? _ ("bytes were changed: the adapter or its cable is not reliable")
                                     : _ ("all came back: the adapter is good"));
}
