/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-boot.h"

G_BEGIN_DECLS

#define FL_BOOT_MAX_PACKET 264 /* bytes: count, 256 of data, checksum, with room to spare */
#define FL_BOOT_MAX_BURST  9   /* bytes: command, address and count of Read Memory */
#define FL_BOOT_MAX_STEPS  6   /* Get Checksum: command, address, size, polynomial, initial value, end */

/* Which packet of a command. */
typedef enum
{
  FL_STAGE_COMMAND,
  FL_STAGE_ADDRESS,
  FL_STAGE_COUNT,
  FL_STAGE_DATA,
  FL_STAGE_PAGES,
  FL_STAGE_SECTORS,
  FL_STAGE_SIZE,
  FL_STAGE_POLYNOMIAL,
  FL_STAGE_INITIAL,
  FL_STAGE_DONE, /* nothing is sent, one more ACK comes */
} FlBootStage;

struct _FlBoot
{
  GObject parent_instance;

  FlTransport    *transport;
  FlBootLimits    limits; /* without zeros */
  guint           max_retries;
  guint           n_retries;
  FlBootRetryFunc retry_func;
  gpointer        retry_data;
  double          round_trip_ms;
  gint64          last_sent; /* µs: when the last byte left, or when this was made */
  guint           n_paced;   /* answers in a row that took the time which the wire needs: see fl_boot_receive() */
  FlBurst         burst;
  guint           read_size;
  FlBootInfo      info;      /* n_commands is 0 while Get was not asked */
  guint8          last_packet[FL_BOOT_MAX_PACKET]; /* the chip may be in the middle of it: see fl-boot-recovery.c */
  gsize           last_length;
  guint8          last_command; /* which packet it is */
  FlBootStage     last_stage;
  gboolean        filling;      /* the first filler byte was sent behind it */
  gsize           n_fillers;    /* that the last resynchronisation took */
  gboolean        erased;       /* nothing was sent since an erase was acknowledged */
  gboolean        list_open;    /* a list of pages was sent, and it was not seen that the chip took it as it was */
  FlStray         stray;        /* of the lists before */
};

/* One packet and its ACK. */
typedef struct
{
  FlBootStage   stage;
  const guint8 *data;
  gsize         length;
  guint         timeout_ms; /* for the ACK, beyond the time on the wire */
} FlBootStep;

typedef enum
{
  FL_ANSWER_NONE,
  FL_ANSWER_FIXED,     /* result_size bytes */
  FL_ANSWER_FIXED_ACK, /* result_size bytes, ACK */
  FL_ANSWER_FIXED_XOR, /* result_size bytes, the last is the exclusive or of the others */
  FL_ANSWER_COUNTED,   /* N, N+1 bytes, ACK */
} FlBootAnswer;

/* One command with all its packets. */
typedef struct
{
  guint8       command;
  gboolean     has_address;
  guint32      address;
  FlBootStep   steps[FL_BOOT_MAX_STEPS];
  guint        n_steps;
  guint8       store[40]; /* the short packets */
  gsize        n_stored;
  guint        n_burst;  /* packets at the begin that may be sent at once */
  gboolean     plain;    /* but are not any more */
  gboolean     in_burst; /* as the last attempt did */
  FlBootAnswer answer;
  guint8      *result;
  gsize        result_size;
  gsize        n_result;
  gboolean     is_list;  /* its last packet is a list of pages to erase */
  gboolean     confirms; /* that its command is acknowledged shows that the list before was taken as it was */
  gboolean     once; /* must not be repeated when its last packet may have been accepted */
} FlBootExchange;

typedef enum
{
  FL_FAILURE_NONE,
  FL_FAILURE_NACK,
  FL_FAILURE_SILENCE,
  FL_FAILURE_GARBAGE,
  FL_FAILURE_FATAL, /* the port, or cancelled */
} FlBootFailure;

/* fl-boot-exchange.c */
void          fl_boot_exchange_init     (FlBootExchange *self, guint8 command, guint timeout_ms);
void          fl_boot_exchange_add      (FlBootExchange *self, FlBootStage stage, const guint8 *data, gsize length,
                                         guint timeout_ms);
void          fl_boot_exchange_add_word (FlBootExchange *self, FlBootStage stage, guint32 word, guint timeout_ms);
void          fl_boot_exchange_init_read (FlBootExchange *self, guint32 address, guint8 *data, gsize length,
                                          guint timeout_ms);
gboolean      fl_boot_run               (FlBoot *self, FlBootExchange *exchange, GCancellable *cancellable,
                                         GError **error);
FlBootFailure fl_boot_attempt           (FlBoot *self, FlBootExchange *exchange, FlBootStage *stage,
                                         GCancellable *cancellable, GError **error);

/* fl-boot-wire.c */
double   fl_boot_get_exact_wire_ms (FlBoot *self, gsize n_bytes);
guint    fl_boot_wire_ms (FlBoot *self, gsize n_bytes);
gboolean fl_boot_send    (FlBoot *self, const guint8 *data, gsize length, GCancellable *cancellable, GError **error);
gboolean fl_boot_receive (FlBoot *self, guint8 *data, gsize length, guint timeout_ms, gsize *n_read,
                          GCancellable *cancellable, GError **error);
gboolean fl_boot_drain   (FlBoot *self, guint quiet_ms, GCancellable *cancellable, GError **error);
gboolean fl_boot_cut_is_safe (const guint8 *packet, gsize length, gsize n_sent);

/* fl-boot-burst.c */
gboolean fl_boot_burst_is_safe (const guint8 *packets, gsize length);
gsize    fl_boot_burst_join    (FlBoot *self, const FlBootExchange *exchange, guint8 *packets);
void     fl_boot_burst_give_up (FlBoot *self, const GError *reason);

/* fl-boot-recovery.c */
gboolean fl_boot_choose_filler (const guint8 *packet, gsize length, guint8 command, FlBootStage stage,
                                guint8 filler[2]);

G_END_DECLS
