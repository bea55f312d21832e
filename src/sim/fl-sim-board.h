/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-traits.h"
#include "fl-transport.h"

G_BEGIN_DECLS

/* How the flash of a board is divided, where an option bit decides. */
typedef enum
{
  FL_SIM_BANKS_FACTORY, /* as a new chip of this size */
  FL_SIM_BANKS_DUAL,
  FL_SIM_BANKS_SINGLE,
} FlSimBanks;

/**
 * FlSimConfig:
 *
 * A simulated board. Zero and %NULL take the defaults. Made from text by fl_sim_config_parse():
 * "0x467", "0x467,flash=256,latency=16,clock=real,state=FILE,blank=0", or "FILE.json" with a scenario.
 */
typedef struct
{
  guint16  pid;
  guint    flash_kib;      /* 0: the largest */
  FlSimBanks banks;
  guint    bank_2_code;    /* the first erase code of bank 2 that its ROM takes; 0: the likeliest */
  gboolean real_clock;     /* bytes take as long as on a wire; otherwise a virtual clock */
  double   latency_ms;     /* of the adapter's latency timer, on the way back */
  guint8   bootloader_id;  /* 0: the newest known */
  guint16  reported_pid;   /* what Get ID answers, on a board that is otherwise a @pid; 0: @pid */
  guint8   rdp_level;      /* 0, 1 */
  gboolean boot0_ignored;  /* nBOOT_SEL=1: the board never enters its bootloader, unless its flash is blank */
  gboolean lines_wired;    /* DTR and RTS reach NRST and BOOT0, see below; otherwise BOOT0 is high for good */
  gboolean not_blank;      /* an application was there before */
  gboolean application_talks; /* the application prints text when it runs */
  gboolean deaf;           /* the application's jump left the bootloader deaf: it never answers */
  FlSimChecksum checksum;
  gboolean slow;           /* between two packets its ROM needs longer than a few bytes take, and loses them */
  guint    unplug_after;   /* the adapter vanishes after so many bytes from the host; 0: never */
  char    *state_file;     /* keeps the flash between programs */
  char    *scenario_file;  /* JSON, one scenario of the schema */
  guint    port;           /* 2: the scenario's other port */
  guint    max_baud;       /* above it a first 0x7F is not measured right; 0: that of the chip's row */
  guint    clean_baud;     /* above it the line damages a byte now and then; 0: never */
} FlSimConfig;

FlSimConfig *fl_sim_config_parse (const char *text, GError **error);
void         fl_sim_config_free  (FlSimConfig *self);
char        *fl_sim_config_describe_words (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimConfig, fl_sim_config_free)

/**
 * FlSimBoard:
 *
 * The chip with its ROM bootloader, the wire and the adapter: bytes with times in, bytes with times out; no I/O and no
 * clock of its own. Written from the device side of AN3155; shares nothing with the host side but the chip's row.
 */
#define FL_TYPE_SIM_BOARD (fl_sim_board_get_type ())
G_DECLARE_FINAL_TYPE (FlSimBoard, fl_sim_board, FL, SIM_BOARD, GObject)

FlSimBoard   *fl_sim_board_new          (const FlSimConfig *config, GError **error);
const FlChip *fl_sim_board_get_chip     (FlSimBoard *self);
FlLayout     *fl_sim_board_get_layout   (FlSimBoard *self);

/* DTR and RTS of a board with lines_wired are those of the entry preset "rts-boot0-dtr-reset", with the usual inverting
 * transistors: RTS asserted (LOW at the adapter's pin) makes BOOT0 HIGH, RTS released makes it LOW; DTR asserted pulls
 * NRST LOW and holds the chip, DTR released lets it start, and BOOT0 counts at that moment. Opening a port asserts both:
 * the chip is held until DTR is released. */

/* The host's side of the wire; times in microseconds. A byte takes its time from @now on, or from the end of the one
 * before. */
void          fl_sim_board_set_settings (FlSimBoard *self, const FlLineSettings *settings, gint64 now);
void          fl_sim_board_set_lines    (FlSimBoard *self, FlLines lines, gint64 now);
gint64        fl_sim_board_send         (FlSimBoard *self, guint8 byte, gint64 now); /* when it has left the host */
gboolean      fl_sim_board_next         (FlSimBoard *self, gint64 *time);            /* when the next answer arrives */
gboolean      fl_sim_board_receive      (FlSimBoard *self, gint64 now, guint8 *byte, FlLineErrors *errors);
gboolean      fl_sim_board_check_open   (FlSimBoard *self, const FlLineSettings *settings, GError **error);
gboolean      fl_sim_board_check_settings (FlSimBoard *self, const FlLineSettings *settings, GError **error);
gboolean      fl_sim_board_resets_at_open (FlSimBoard *self);
gint64        fl_sim_board_get_time     (FlSimBoard *self);                          /* the latest that it was told */
void          fl_sim_board_set_time     (FlSimBoard *self, gint64 now);              /* nothing was said until then */
gboolean      fl_sim_board_is_unplugged (FlSimBoard *self);
void          fl_sim_board_reset        (FlSimBoard *self, gboolean power_cycle, gint64 now);
void          fl_sim_board_press_reset  (FlSimBoard *self); /* a moment ago: it has started since */

/* For tests: what the silicon holds, and what was done to it. */
const guint8 *fl_sim_board_peek         (FlSimBoard *self, guint32 address, gsize length); /* flash; NULL: not flash */
gboolean      fl_sim_board_poke         (FlSimBoard *self, guint32 address, const guint8 *data, gsize length);
guint         fl_sim_board_get_n_erased (FlSimBoard *self, guint sector);            /* how often this sector was */
guint64       fl_sim_board_get_busy_us  (FlSimBoard *self);                          /* chip time: erase, program */
guint64       fl_sim_board_get_n_sent   (FlSimBoard *self);                          /* bytes host → chip */
guint64       fl_sim_board_get_n_received (FlSimBoard *self);                        /* bytes chip → host */
gboolean      fl_sim_board_is_in_bootloader (FlSimBoard *self);
gboolean      fl_sim_board_save         (FlSimBoard *self, GError **error);          /* to its state file */

/* One fault at one byte, for tests. */
typedef enum
{
  FL_SIM_FAULT_DROP,      /* the byte is lost */
  FL_SIM_FAULT_FLIP,      /* one bit is wrong (@argument: which) */
  FL_SIM_FAULT_EXTRA,     /* a byte too many (@argument: its value) */
  FL_SIM_FAULT_LATE,      /* @argument ms late */
  FL_SIM_FAULT_SILENCE,   /* nothing from here on until a reset */
  FL_SIM_FAULT_UNPLUG,
  FL_SIM_FAULT_POWER_CUT, /* the chip resets, and starts where it starts (@argument: ms before this byte, but not
                           * before the last one that reached the host) */
  FL_SIM_FAULT_NACK,      /* to the host only: a NACK in place of this byte */
  FL_SIM_FAULT_PARITY,    /* arrives with a parity error */
  FL_SIM_FAULT_LOST_WRITE,/* the Write Memory in progress is acknowledged and not done */
  FL_SIM_FAULT_STUCK_BIT, /* a bit of the flash written next stays erased */
} FlSimFault;

#define FL_SIM_STUCK_FOR_GOOD 8 /* with the number of the bit, for FL_SIM_FAULT_STUCK_BIT: erasing does not mend it */

void          fl_sim_board_add_fault    (FlSimBoard *self, gboolean to_host, guint64 at_byte, FlSimFault fault,
                                         guint argument);

G_END_DECLS
