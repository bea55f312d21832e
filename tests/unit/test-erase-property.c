/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random sets of sectors on every flash with two banks, with a bootloader that numbers bank 2 in each way that
 * documents give: what was wanted is blank afterwards, no other byte has changed, and nothing was sent that could have
 * named anything else in whichever numbering. Where that is not possible, the job refuses, and all of bank 2 goes when
 * the user agrees. */

#include <string.h>

#include "fl-bytes.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-test-stride.h"
#include "fl-trace.h"
#include "job-board.h"

#define ROUNDS 4 /* for each bootloader */

typedef struct
{
  const FlChip *chip;
  const FlChipLayout *known;
  guint numbering;
} Variant;

typedef enum
{
  SET_SCATTERED,
  SET_BEGINNING, /* of bank 2, as an image that reaches into it */
  SET_END,
  SET_RUNS,
  SET_BANK_2,
  N_SETS,
} SetKind;

static void
want_run (FlLayout *layout, guint8 *wanted, guint first, guint count)
{
  for (guint i = first; i < MIN (first + count, fl_layout_get_n_sectors (layout)); i++)
    wanted[i] = TRUE;
}

static guint8 *
make_set (FlLayout *layout)
{
  guint n = fl_layout_get_n_sectors (layout);
  guint bank_2 = fl_layout_get_bank_2 (layout);
  guint length = (guint) g_test_rand_int_range (1, (gint32) (n - bank_2));
  guint8 *wanted = g_malloc0 (n);

  switch ((SetKind) g_test_rand_int_range (0, N_SETS))
    {
    case SET_SCATTERED:
      for (guint i = 0; i < 5; i++)
        wanted[g_test_rand_int_range (0, (gint32) n)] = TRUE;
      break;
    case SET_BEGINNING:
      want_run (layout, wanted, bank_2 - MIN (bank_2, 3), MIN (length, 100) + 3);
      break;
    case SET_END:
      want_run (layout, wanted, n - MIN (length, 100), 100);
      break;
    case SET_RUNS:
      for (guint i = 0; i < 3; i++)
        want_run (layout, wanted, bank_2 + (guint) g_test_rand_int_range (0, (gint32) (n - bank_2)), 1 + length / 8);
      break;
    case SET_BANK_2:
    default:
      want_run (layout, wanted, bank_2, n);
    }
  return wanted;
}

/* Flash full of data; some sectors of bank 2, or all but a few, are blank: they show nothing. */
static void
fill (JobBoard *board)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  int n_full = g_test_rand_int_range (0, 3);

  job_board_fill (board, (guint32) g_test_rand_int ());
  for (guint i = fl_layout_get_bank_2 (layout); n_full > 0 && i < fl_layout_get_n_sectors (layout); i++)
    if (g_test_rand_int_range (0, 4) < n_full)
      {
        const FlSector *sector = fl_layout_get_sector (layout, i);
        g_autofree guint8 *blank = g_malloc (sector->size);

        memset (blank, fl_sim_board_get_chip (board->board)->erased_value, sector->size);
        g_assert_true (fl_sim_board_poke (board->board, sector->address, blank, sector->size));
      }
}

/* All that the host has sent, from record @from on. */
static GByteArray *
copy_sent (JobBoard *board, guint64 from)
{
  FlTrace *trace = fl_session_get_trace (board->session);
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, from, fl_trace_get_end (trace));
  GByteArray *sent = g_byte_array_new ();

  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);
      gsize length;
      const guint8 *data;

      g_assert_cmpint (record->kind, !=, FL_TRACE_GAP);
      if (record->kind != FL_TRACE_SENT)
        continue;
      data = g_bytes_get_data (record->bytes, &length);
      g_byte_array_append (sent, data, (guint) length);
    }
  return sent;
}

/* A code may go out only when every sector that has it, in any numbering, is to be erased. Said without the functions
 * that decide so. */
static void
check_code (FlLayout *layout, guint code, const guint8 *allowed)
{
  for (guint k = 0; k < fl_layout_get_n_numberings (layout); k++)
    for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
      if (fl_layout_get_code (layout, i, k) == code && !allowed[i])
        g_error ("code %u went out, and names sector %u in numbering %u", code, i, k);
}

static gboolean
is_all (FlLayout *layout, const guint8 *allowed, guint first)
{
  for (guint i = first; i < fl_layout_get_n_sectors (layout); i++)
    if (!allowed[i])
      return FALSE;
  return TRUE;
}

/* Nothing but Read Memory, Extended Erase and, after a refusal, Get ID is sent; the lists and special codes of the
 * latter are looked at. */
static void
check_wire (FlLayout *layout, const GByteArray *sent, const guint8 *allowed)
{
  const guint8 *data = sent->data;
  guint at = 0;

  while (at < sent->len)
    {
      guint n;

      if (data[at] == 0x11 || data[at] == 0x02)
        {
          at += data[at] == 0x11 ? 2 + 5 + 2 : 2;
          continue;
        }
      g_assert_cmphex (data[at], ==, 0x44);
      n = fl_bytes_get_be16 (data + at + 2);
      at += 4;
      if (n >= 0xFFF0)
        {
          g_assert_true (is_all (layout, allowed, n == 0xFFFD ? fl_layout_get_bank_2 (layout) : 0));
          at += 1;
          continue;
        }
      for (guint i = 0; i <= n; i++)
        check_code (layout, fl_bytes_get_be16 (data + at + 2 * i), allowed);
      at += 2 * (n + 1) + 1;
    }
  g_assert_cmpuint (at, ==, sent->len);
}

/* @complete: what is allowed was erased. Nothing else was in any case. */
static void
check_flash (JobBoard *board, const guint8 *before, const guint8 *allowed, gboolean complete)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  guint8 erased = fl_sim_board_get_chip (board->board)->erased_value;
  gsize at = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      const guint8 *now = fl_sim_board_peek (board->board, sector->address, sector->size);
      gboolean blank = fl_bytes_all (now, sector->size, erased);
      gboolean same = memcmp (now, before + at, sector->size) == 0;

      if (allowed[i] ? (complete ? !blank : !blank && !same) : !same)
        g_error ("sector %u, %s", i, allowed[i] ? "to be erased, is not" : "to be kept, has changed");
      at += sector->size;
    }
}

static FlJob *
make_job (JobBoard *board, const guint8 *wanted, gboolean whole_bank)
{
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (guint));
  FlJob *job;

  for (guint i = 0; i < fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board)); i++)
    if (wanted[i])
      g_array_append_val (sectors, i);
  job = fl_erase_job_new (board->session, (const guint *) (gpointer) sectors->data, sectors->len);
  fl_erase_job_set_whole_bank (FL_ERASE_JOB (job), whole_bank);
  return job;
}

/* One job; returns whether it erased what was wanted, or refused. */
static gboolean
erase (JobBoard *board, const guint8 *wanted, const guint8 *allowed, gboolean whole_bank)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  g_autoptr (FlJob) job = make_job (board, wanted, whole_bank);
  guint64 from = fl_trace_get_end (fl_session_get_trace (board->session));
  g_autoptr (GByteArray) sent = NULL;
  g_autofree guint8 *before = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  gsize size;

  before = job_board_dup_flash (board, &size);
  ok = job_board_run (board, job, &error);
  if (!ok)
    g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
  sent = copy_sent (board, from);
  check_wire (layout, sent, allowed);
  check_flash (board, before, allowed, ok);
  return ok;
}

/* A refusal is there for a reason: in the numbering that this bootloader takes, or in all as far as can be known, some
 * code would also name something that is to be kept. */
static gboolean
is_reason (FlLayout *layout, guint numbering, const guint8 *wanted)
{
  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    for (guint k = 0; wanted[i] && k < fl_layout_get_n_numberings (layout); k++)
      for (guint j = fl_layout_get_bank_2 (layout); j < fl_layout_get_n_sectors (layout); j++)
        if (!wanted[j] && fl_layout_get_code (layout, j, k) == fl_layout_get_code (layout, i, numbering))
          return TRUE;
  return FALSE;
}

static void
test_round (const Variant *variant)
{
  FlLayout *layout = variant->known->layout;
  guint bank_2 = fl_layout_get_bank_2 (layout);
  g_autofree char *config =
      g_strdup_printf ("0x%03X,flash=%u,bank=dual,codes=%u", variant->chip->pid, variant->known->flash_kib,
                       fl_layout_get_code (layout, bank_2, variant->numbering));
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autofree guint8 *wanted = make_set (layout);
  g_autofree guint8 *more = g_memdup2 (wanted, fl_layout_get_n_sectors (layout));
  g_autofree guint8 *other = NULL;
  gboolean agreed = FALSE;

  fill (board);
  job_board_connect (board);
  g_assert_cmpuint (fl_layout_get_n_sectors (job_board_device (board)->layout), ==, fl_layout_get_n_sectors (layout));
  if (!erase (board, wanted, wanted, FALSE))
    {
      g_assert_true (is_reason (layout, variant->numbering, wanted));
      agreed = TRUE;
      fl_erase_doubt_add_bank (layout, more);
      g_assert_true (erase (board, wanted, more, TRUE));
    }

  /* Once more in the same session, where the numbering may be known by now. */
  other = make_set (layout);
  if (!erase (board, other, other, FALSE))
    {
      fl_erase_doubt_add_bank (layout, other);
      g_assert_true (erase (board, other, other, TRUE));
    }
  g_assert_true (!agreed || fl_layout_get_n_numberings (layout) > 1);
}

static void
test_variant (gconstpointer data)
{
  for (guint i = 0; i < ROUNDS; i++)
    test_round (data);
}

/* The longest way: what this bootloader takes is the last that is tried. 128 pages are not erased twice. */
static void
test_switch (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,codes=256");
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  g_autofree guint8 *wanted = g_malloc0 (256);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GByteArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  guint64 from;
  guint n_useless = 0;

  job_board_fill (board, 1);
  job_board_connect (board);
  want_run (layout, wanted, 128, 100);
  from = fl_trace_get_end (fl_session_get_trace (board->session));
  job = make_job (board, wanted, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "numbers bank 2 from 256"));
  sent = copy_sent (board, from);
  for (guint at = 0; at + 6 < sent->len; at++)
    if (sent->data[at] == 0x44 && sent->data[at + 1] == 0xBB)
      n_useless += sent->data[at + 4] == 0;
  g_assert_cmpuint (n_useless, ==, 1);
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (job)), ==, 100);
  for (guint i = 0; i < 256; i++)
    g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), ==, wanted[i]);
}

int
main (int argc, char *argv[])
{
  const GPtrArray *all = fl_chip_db_all ();
  guint n_variants = 0;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/erase-property/switch", test_switch);
  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      for (guint k = 0; k < chip->layouts->len; k++)
        {
          const FlChipLayout *known = g_ptr_array_index (chip->layouts, k);

          for (guint m = 0; known->dual_bank && m < fl_layout_get_n_numberings (known->layout); m++)
            {
              Variant *variant;
              g_autofree char *path = g_strdup_printf ("/erase-property/0x%03X/%u/%u", chip->pid, known->flash_kib, m);

              if (!fl_test_stride_takes (n_variants++))
                continue;
              variant = g_new0 (Variant, 1);
              variant->chip = chip;
              variant->known = known;
              variant->numbering = m;
              g_test_add_data_func_full (path, variant, test_variant, g_free);
            }
        }
    }
  return g_test_run ();
}
