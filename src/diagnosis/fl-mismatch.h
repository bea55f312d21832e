/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-facts.h"
#include "fl-layout.h"

G_BEGIN_DECLS

/* How a flash and what it should hold differ. */
typedef enum
{
  FL_MISMATCH_NONE,
  FL_MISMATCH_NOT_ERASED,        /* only bits that programming can reach: written over old content */
  FL_MISMATCH_SECTORS_UNCHANGED, /* whole sectors hold something else, the others are right */
  FL_MISMATCH_GRANULARITY,       /* whole programming units are blank, their neighbours are right */
  FL_MISMATCH_FIRST_32,          /* the first 32 bytes of blocks are blank, the rest of them is right */
  FL_MISMATCH_NOTHING_WRITTEN,   /* whole sectors, or large blocks, are blank */
  FL_MISMATCH_RANDOM,            /* bytes here and there */
  FL_MISMATCH_REREADS_DIFFER,    /* read twice, a block was different twice: it is the reading */
  FL_MISMATCH_OTHER_CONTENT,     /* nothing is as it should be: the flash holds something else altogether */
  FL_N_MISMATCHES,
} FlMismatchKind;

/**
 * FlMismatch:
 *
 * Takes what was compared, block by block, and says what pattern there is in the differences. One thread at a time.
 */
typedef struct _FlMismatch FlMismatch;

FlMismatch    *fl_mismatch_new       (FlLayout *layout, guint8 erased_value);
void           fl_mismatch_free      (FlMismatch *self);
void           fl_mismatch_add       (FlMismatch *self, guint32 address, const guint8 *wanted, const guint8 *got,
                                      gsize length);
void           fl_mismatch_add_unstable (FlMismatch *self);
FlMismatchKind fl_mismatch_get_kind  (const FlMismatch *self);
const char    *fl_mismatch_get_id    (FlMismatchKind kind); /* "not-erased": the fact's value; NULL: it has none */
const char    *fl_mismatch_get_words (FlMismatchKind kind); /* what it means, translated */
void           fl_mismatch_take_facts (const FlMismatch *self, FlFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlMismatch, fl_mismatch_free)

G_END_DECLS
