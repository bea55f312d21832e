/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-boot.h"
#include "fl-facts.h"
#include "fl-job-private.h"
#include "fl-surroundings.h"

G_BEGIN_DECLS

/* What the probes of a diagnosis share. Worker. */

#define FL_PROBE_MAX_ANSWER 320 /* bytes of one answer: a block of memory, with room to spare */

#define FL_PROBE_STRANGE    4  /* bytes that nobody asked for: more than what a reset makes of a line */
#define FL_PROBE_FOR_EVER   G_MAXINT64
#define FL_PROBE_MAX_CODES  16  /* pages of one erase */

/* What came back. */
typedef struct
{
  guint8       bytes[FL_PROBE_MAX_ANSWER];
  gsize        n;
  guint        first_ms; /* after how long the first came */
  FlLineErrors errors;
} FlProbeAnswer;

typedef enum
{
  FL_PROBE_OK,
  FL_PROBE_NACK,
  FL_PROBE_SILENT,
  FL_PROBE_ODD, /* something that does not belong there */
} FlProbeVerdict;

/* Where a command of several packets came to its end. */
typedef enum
{
  FL_PROBE_AT_COMMAND,
  FL_PROBE_AT_ADDRESS,
  FL_PROBE_AT_DATA,
  FL_PROBE_AT_END,
} FlProbePlace;

/**
 * FlProbe:
 *
 * A board that is looked at. Everything goes over the bare transport, without the repairs of #FlBoot, which would hide
 * what is to be seen. After an error of the port, or when cancelled, nothing more is sent, and all answers are empty:
 * @error says why.
 */
typedef struct
{
  FlJob          *job;
  FlSession      *session;
  FlTransport    *transport;   /* NULL: the port could not be opened */
  FlFacts        *facts;
  const char     *port;
  const FlHands  *hands;       /* NULL: nobody can be told to do something at once */
  const FlChip   *chip;        /* as it says itself, or as the user says; NULL: not known */
  FlLineSettings  line;        /* at which the bootloader is called */
  const FlEntryPreset *preset; /* by which the board can be reset; NULL: not by lines */
  GCancellable   *cancellable;
  GError         *error;
  gint64          until;       /* µs on the transport's clock: no automatic probe begins later */
  gint64          by_hands;    /* µs that were spent on what a person would do */

  gboolean        strange;     /* bytes came that nobody had asked for */
  gboolean        spaced;      /* its commands are heard only with a pause between their two bytes */
  guint           n_missing;   /* answers that lacked bytes in the middle */
  guint           n_ack_missing; /* answers that lacked just the ACKs */
  guint16         pid;
  FlBootInfo      info;
  guint           flash_kib;   /* from its own register; 0: not read */
} FlProbe;

/* fl-probe.c */
gboolean    fl_probe_is_over      (FlProbe *self);                /* the port failed, or the user has cancelled */
gboolean    fl_probe_has_time     (FlProbe *self, guint ms);
void        fl_probe_sleep        (FlProbe *self, guint ms);
void        fl_probe_hear         (FlProbe *self, guint ms, FlProbeAnswer *answer);
void        fl_probe_ask          (FlProbe *self, const guint8 *data, gsize length, guint wait_ms, gsize wanted,
                                   FlProbeAnswer *answer);
void        fl_probe_await        (FlProbe *self, guint wait_ms, gsize wanted, FlProbeAnswer *answer);
void        fl_probe_ask_spaced   (FlProbe *self, guint8 first, guint8 second, gsize wanted, FlProbeAnswer *early,
                                   FlProbeAnswer *answer);
void        fl_probe_set_line     (FlProbe *self, guint baud, FlParity parity);
char       *fl_probe_dup_line     (FlProbe *self);                /* "115200 8E1": what is in force */
gboolean    fl_probe_can_reset    (FlProbe *self);
gboolean    fl_probe_reset        (FlProbe *self);                /* into the bootloader, if it goes there */
gboolean    fl_probe_act          (FlProbe *self, FlAction action); /* by the hands; FALSE: cannot be done here */
void        fl_probe_set_bytes    (FlProbe *self, const char *fact, const FlProbeAnswer *answer);
void        fl_probe_set_verdict  (FlProbe *self, const char *fact, FlProbeVerdict verdict);
const char *fl_probe_verdict_name (FlProbeVerdict verdict);       /* "ok" */
const char *fl_probe_verdict_text (FlProbeVerdict verdict);       /* "acknowledged", translated */
void        fl_probe_end_step     (FlProbe *self, gboolean ok, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* fl-probe-command.c: the bootloader's commands, packet by packet */
gboolean       fl_probe_settle    (FlProbe *self);                /* back to the start of a command */
FlProbeVerdict fl_probe_get_id    (FlProbe *self, gboolean spaced, guint16 *pid, gboolean *early_nack);
FlProbeVerdict fl_probe_get       (FlProbe *self, gboolean spaced, FlBootInfo *info, gboolean *early_nack);
FlProbeVerdict fl_probe_command   (FlProbe *self, guint8 command);
FlProbeVerdict fl_probe_packet    (FlProbe *self, const guint8 *data, gsize length, guint wait_ms);
FlProbeVerdict fl_probe_address   (FlProbe *self, guint32 address);
FlProbeVerdict fl_probe_read      (FlProbe *self, guint32 address, guint8 *data, gsize length, FlProbePlace *place);
FlProbeVerdict fl_probe_write     (FlProbe *self, guint32 address, const guint8 *data, gsize length,
                                   FlProbePlace *place);
FlProbeVerdict fl_probe_erase     (FlProbe *self, const guint16 *codes, guint n_codes, guint wait_ms,
                                   FlProbePlace *place); /* n_codes 0: everything */
FlProbeVerdict fl_probe_go        (FlProbe *self, guint32 address, FlProbePlace *place);
FlProbeVerdict fl_probe_protection (FlProbe *self, guint8 command, guint wait_ms, FlProbePlace *place);

/* fl-probe-listen.c */
void        fl_probe_listen       (FlProbe *self);
gboolean    fl_probe_find_text    (FlProbe *self, const char *fact, guint each_ms); /* at the usual rates */
gboolean    fl_probe_explain_strange (FlProbe *self);             /* what came in between, unasked */
void        fl_probe_watch        (FlProbe *self, guint ms);      /* an idle session */

/* fl-probe-loopback.c */
void        fl_probe_loopback     (FlProbe *self);

/* fl-probe-sync.c: whether there is a bootloader that can be talked to */
gboolean    fl_probe_sync         (FlProbe *self);
gboolean    fl_probe_call         (FlProbe *self, guint wait_ms, FlProbeAnswer *answer); /* one or two 7F */
gboolean    fl_probe_is_answer    (const FlProbeAnswer *answer, guint8 byte); /* that, behind stray bytes at most */

/* fl-probe-reset.c */
void        fl_probe_try_resets   (FlProbe *self, guint n);
void        fl_probe_time_start   (FlProbe *self);                /* how long after a reset it answers */
gboolean    fl_probe_resume       (FlProbe *self);                /* reset and call until it answers */
gboolean    fl_probe_try_lines    (FlProbe *self);

/* fl-probe-sweep.c */
gboolean    fl_probe_sweep_down   (FlProbe *self);                /* whether it answered; at the best rate then */
void        fl_probe_sweep_up     (FlProbe *self);

/* fl-probe-parity.c */
gboolean    fl_probe_parity       (FlProbe *self);                /* whether commands can be sent */

/* fl-probe-identity.c */
void        fl_probe_identity     (FlProbe *self);
void        fl_probe_memory       (FlProbe *self);                /* what can be read, changing nothing */

/* fl-probe-ports.c */
FlSurroundings *fl_probe_look_around (FlProbe *self);
gboolean    fl_probe_other_ports  (FlProbe *self, GPtrArray *ports);

G_END_DECLS
