/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a flash that is not as it should be tells by the pattern of its differences. */
#include "fl-mismatch.h"

#include <string.h>

#define START     0x08000000u
#define SIZE      4096u
#define BLOCK     256u
#define PAGE      1024u
#define N_REPEATS 200

typedef struct
{
  guint8 wanted[SIZE];
  guint8 got[SIZE];
  guint8 erased;
  GRand *rand;
} Flash;

static FlLayout *
make_layout (void)
{
  FlSector sectors[SIZE / PAGE];
  FlLayout *layout;

  for (guint i = 0; i < G_N_ELEMENTS (sectors); i++)
    sectors[i] = (FlSector){ START + i * PAGE, PAGE, (guint16) i, (guint16) i, 1 };
  layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), NULL);
  g_assert_nonnull (layout);
  return layout;
}

static FlMismatchKind
classify (const Flash *flash, FlLayout *layout, guint n_unstable)
{
  g_autoptr (FlMismatch) mismatch = fl_mismatch_new (layout, flash->erased);

  for (guint at = 0; at < SIZE; at += BLOCK)
    fl_mismatch_add (mismatch, START + at, flash->wanted + at, flash->got + at, BLOCK);
  for (guint i = 0; i < n_unstable; i++)
    fl_mismatch_add_unstable (mismatch);
  return fl_mismatch_get_kind (mismatch);
}

/* What is written, over flash that is blank but for @old. */
static void
program (Flash *flash, const guint8 *old)
{
  for (guint i = 0; i < SIZE; i++)
    flash->got[i] = flash->erased == 0xFF ? flash->wanted[i] & old[i] : flash->wanted[i] | old[i];
}

static void
break_nothing (Flash *flash)
{
}

static void
break_not_erased (Flash *flash)
{
  guint8 old[SIZE];

  for (guint i = 0; i < SIZE; i++)
    old[i] = (guint8) g_rand_int (flash->rand);
  program (flash, old);
}

/* One page of old content in a flash that was blank otherwise. */
static void
break_one_page_not_erased (Flash *flash)
{
  guint8 old[SIZE];

  memset (old, flash->erased, sizeof old);
  for (guint i = PAGE; i < 2 * PAGE; i++)
    old[i] = (guint8) g_rand_int (flash->rand);
  program (flash, old);
}

static void
break_sectors_unchanged (Flash *flash)
{
  for (guint i = PAGE; i < 3 * PAGE; i++)
    flash->got[i] = (guint8) g_rand_int (flash->rand);
}

static void
break_other_content (Flash *flash)
{
  for (guint i = 0; i < SIZE; i++)
    flash->got[i] = (guint8) g_rand_int (flash->rand);
}

/* Every second 16 bytes. */
static void
break_alternate (Flash *flash)
{
  for (guint i = 0; i < SIZE; i += 32)
    memset (flash->got + i + 16, flash->erased, 16);
}

/* From a short record on. */
static void
break_after_short_record (Flash *flash)
{
  guint at = 8 * g_rand_int_range (flash->rand, 1, PAGE / 8);

  at += at % BLOCK == 0 ? 8 : 0;

  memset (flash->got + at, flash->erased, SIZE - at);
}

static void
break_heads (Flash *flash)
{
  for (guint i = BLOCK; i < SIZE; i += BLOCK)
    memset (flash->got + i, flash->erased, 32);
}

static void
break_one_head (Flash *flash)
{
  memset (flash->got + 5 * BLOCK, flash->erased, 32);
}

static void
break_nothing_written (Flash *flash)
{
  memset (flash->got, flash->erased, SIZE);
}

/* One block, acknowledged and not written. */
static void
break_lost_write (Flash *flash)
{
  memset (flash->got + 5 * BLOCK, flash->erased, BLOCK);
}

static void
break_one_page_not_written (Flash *flash)
{
  memset (flash->got + PAGE, flash->erased, PAGE);
}

static void
break_some_bytes (Flash *flash)
{
  for (guint i = 0; i < 40; i++)
    flash->got[g_rand_int_range (flash->rand, 0, SIZE)] ^= (guint8) (1u << g_rand_int_range (flash->rand, 0, 8));
}

static void
break_single_bit (Flash *flash)
{
  flash->got[g_rand_int_range (flash->rand, 0, SIZE)] ^= 0x10;
}

/* Blank bytes, but neither whole units nor whole blocks. */
static void
break_blank_bytes (Flash *flash)
{
  for (guint i = 3; i < SIZE; i += 100)
    flash->got[i] = flash->erased;
}

static const struct
{
  const char *name;
  void (*damage) (Flash *flash);
  guint n_unstable;
  FlMismatchKind kind;
} patterns[] = {
  { "none", break_nothing, 0, FL_MISMATCH_NONE },
  { "not-erased", break_not_erased, 0, FL_MISMATCH_NOT_ERASED },
  { "one-page-not-erased", break_one_page_not_erased, 0, FL_MISMATCH_NOT_ERASED },
  { "sectors-unchanged", break_sectors_unchanged, 0, FL_MISMATCH_SECTORS_UNCHANGED },
  { "other-content", break_other_content, 0, FL_MISMATCH_OTHER_CONTENT },
  { "alternate", break_alternate, 0, FL_MISMATCH_GRANULARITY },
  { "after-short-record", break_after_short_record, 0, FL_MISMATCH_GRANULARITY },
  { "heads", break_heads, 0, FL_MISMATCH_FIRST_32 },
  { "one-head", break_one_head, 0, FL_MISMATCH_FIRST_32 },
  { "nothing-written", break_nothing_written, 0, FL_MISMATCH_NOTHING_WRITTEN },
  { "one-page-not-written", break_one_page_not_written, 0, FL_MISMATCH_NOTHING_WRITTEN },
  { "lost-write", break_lost_write, 0, FL_MISMATCH_NOTHING_WRITTEN },
  { "some-bytes", break_some_bytes, 0, FL_MISMATCH_RANDOM },
  { "single-bit", break_single_bit, 0, FL_MISMATCH_RANDOM },
  { "blank-bytes", break_blank_bytes, 0, FL_MISMATCH_RANDOM },
  { "unstable", break_some_bytes, SIZE / BLOCK, FL_MISMATCH_REREADS_DIFFER },
  { "unstable-but-right", break_nothing, 1, FL_MISMATCH_REREADS_DIFFER },
  { "one-unstable-of-many", break_heads, 1, FL_MISMATCH_FIRST_32 },
};

/* Each pattern in many random images, with both erased values and with the layout known or not. */
static void
test_pattern (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlLayout) layout = make_layout ();
  Flash flash = { .rand = g_rand_new_with_seed (row + 1) };

  for (guint n = 0; n < N_REPEATS; n++)
    {
      flash.erased = n % 2 == 0 ? 0xFF : 0x00;
      for (guint i = 0; i < SIZE; i++)
        flash.wanted[i] = (guint8) g_rand_int (flash.rand);
      memcpy (flash.got, flash.wanted, SIZE);
      patterns[row].damage (&flash);
      g_assert_cmpint (classify (&flash, layout, patterns[row].n_unstable), ==, patterns[row].kind);
    }
  g_rand_free (flash.rand);
}

/* Sectors of 1 KiB look like half ones of 2 KiB when nothing is known of the layout: still one page is whole there. */
static void
test_no_layout (void)
{
  Flash flash = { .erased = 0xFF, .rand = g_rand_new_with_seed (7) };

  for (guint i = 0; i < SIZE; i++)
    flash.wanted[i] = (guint8) g_rand_int (flash.rand);
  memcpy (flash.got, flash.wanted, SIZE);
  for (guint i = 2048; i < SIZE; i++)
    flash.got[i] = (guint8) g_rand_int (flash.rand);
  g_assert_cmpint (classify (&flash, NULL, 0), ==, FL_MISMATCH_SECTORS_UNCHANGED);
  g_rand_free (flash.rand);
}

static void
test_facts (void)
{
  static const guint8 wanted[16] = { 1, 2, 3 };
  guint8 got[16];
  g_autoptr (FlMismatch) mismatch = fl_mismatch_new (NULL, 0xFF);
  g_autoptr (FlFacts) facts = fl_facts_new ();

  memset (got, 0xFF, sizeof got);
  fl_mismatch_add (mismatch, START, wanted, got, sizeof wanted);
  fl_mismatch_take_facts (mismatch, facts);
  g_assert_cmpstr (fl_facts_get (facts, "verify.pattern"), ==, "nothing-written");
  g_assert_nonnull (fl_facts_get_text (facts, "verify.pattern"));
  for (guint i = 0; i < FL_N_MISMATCHES; i++)
    g_assert_nonnull (fl_mismatch_get_words ((FlMismatchKind) i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/mismatch/pattern/%s", patterns[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_pattern);
    }
  g_test_add_func ("/mismatch/no-layout", test_no_layout);
  g_test_add_func ("/mismatch/facts", test_facts);
  return g_test_run ();
}
