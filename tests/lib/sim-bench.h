/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-transport.h"

G_BEGIN_DECLS

#define SIM_BENCH_SILENCE (-1)
#define SIM_BENCH_ACK     0x79
#define SIM_BENCH_NACK    0x1F

/**
 * SimBench:
 *
 * A simulated board on the virtual clock, and AN3155 spelled out byte by byte on its wire, as a host could that knows
 * nothing of this program. An answer is the byte that came last, or SIM_BENCH_SILENCE.
 */
typedef struct
{
  FlSimBoard  *board;
  FlTransport *transport;
} SimBench;

FlSimBoard *sim_bench_make_board  (const char *config); /* as behind "sim:"; must be right */
SimBench   *sim_bench_new         (const char *config);
void        sim_bench_free        (SimBench *self);

/* Bytes. */
void        sim_bench_send        (SimBench *self, const guint8 *data, gsize length);
char       *sim_bench_receive     (SimBench *self, guint wait_ms); /* all that comes by then: "79 01 04" */
gint        sim_bench_answer      (SimBench *self);                /* one byte */
void        sim_bench_ack         (SimBench *self);                /* the next byte must be an ACK */
void        sim_bench_ask         (SimBench *self, const char *bytes, gsize length); /* must be acknowledged */
void        sim_bench_assert_answer (FlTransport *transport, const char *sent, gsize length, const char *wanted);

/* Commands: those that begin must be acknowledged up to the last packet, whose answer is left to come. */
gint        sim_bench_sync        (SimBench *self);
gint        sim_bench_command     (SimBench *self, guint8 command);
gint        sim_bench_address     (SimBench *self, guint32 address);
void        sim_bench_begin_write (SimBench *self, guint32 address, const guint8 *data, gsize length);
void        sim_bench_begin_erase (SimBench *self, guint first, guint n); /* Extended Erase, by code */
gint        sim_bench_write       (SimBench *self, guint32 address, const guint8 *data, gsize length);
gint        sim_bench_write_words (SimBench *self, guint32 address, const char *words);
gint        sim_bench_read        (SimBench *self, guint32 address, guint8 *data, gsize length);
char       *sim_bench_read_words  (SimBench *self, guint32 address, guint n); /* must be readable: "00FF5AA5 …" */
gint        sim_bench_erase       (SimBench *self, guint code);   /* one page or sector, by the chip's command */
gint        sim_bench_erase_bank  (SimBench *self, guint bank);   /* 0: everything */
gint        sim_bench_protect     (SimBench *self, const char *codes); /* Write Protect: "00 03" */
gint        sim_bench_two_acks    (SimBench *self, guint8 command); /* the last answer; the first must be an ACK */

/* The board. */
void        sim_bench_start       (SimBench *self, gboolean boot0, gboolean power); /* reset, or power off and on */
void        sim_bench_resync      (SimBench *self, gboolean power); /* with BOOT0 high, must answer */
char       *sim_bench_list_protected (SimBench *self);            /* sectors that do not let themselves be erased */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimBench, sim_bench_free)

G_END_DECLS
