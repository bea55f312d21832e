/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-mismatch.h"
#include "fl-trace-facts.h"

G_BEGIN_DECLS

/* What was seen, exchange by exchange; between the files that read a trace as evidence. */
typedef struct
{
  FlFacts *facts;
  FlTraceOrigin origin;
  guint at;           /* index of the exchange */
  gboolean sent;      /* anything, yet */
  gboolean connected; /* a bootloader has answered */
  gboolean half;      /* the last 7F was not answered: it may be half a command */
  gint64 connected_time;
  guint n_commands;       /* since then */
  guint n_silent;         /* of them */
  guint n_harmless_ok;    /* Get, Get ID and Get Version: nothing forbids them */
  guint n_alternated;     /* of these: silence behind a refusal, or the other way round */
  FlExchangeStatus last;  /* of the command before */
  gboolean first_refused; /* the very first command */
  int pending;            /* the command whose reset is waited for, or that started the application; -1: none */
  GArray *writes;         /* WriteResult */
  GHashTable *memory;     /* address → GBytes: the block that was written there last */
  FlMismatch *mismatch;   /* nullable: nothing was read back */
} FlTraceReader;

/* One write to the flash. */
typedef struct
{
  guint32 address;
  gboolean refused;
} WriteResult;

const guint8 *fl_trace_get_bytes (const FlExchange *exchange, gsize *length);
char         *fl_trace_dup_text  (const guint8 *data, gsize length);
void          fl_trace_take_sync (FlTraceReader *self, GPtrArray *exchanges); /* fl-trace-sync.c */

G_END_DECLS
