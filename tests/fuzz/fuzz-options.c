/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-option-set.h"
#include "fuzz-main.h"

/* The factory's bytes of a chip, or anything: complements may be wrong. */
static FlOptionSet *
make_set (const FlChip *chip, gboolean sound)
{
  FlOptionSet *set = fl_option_set_new (chip);

  for (guint i = 0; i < chip->option_areas->len; i++)
    {
      guint8 bytes[1024];

      memset (bytes, sound ? 0xFF : 0x5A, sizeof bytes);
      fl_option_set_take_bytes (set, i, bytes);
    }
  if (sound)
    fl_option_set_put_factory (set);
  return set;
}

/* A file of option bytes for a chip that has them: what it sets is what the set says then, and read-only fields and
 * reserved bits stay. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const guint16 pids[] = { 0x410, 0x467, 0x413, 0x435, 0x417, 0x450, 0x474, 0x482 };
  const FlChip *chip = fl_chip_db_find (pids[size % G_N_ELEMENTS (pids)]);
  g_autoptr (FlOptionSet) before = make_set (chip, size % 3 != 0);
  g_autoptr (FlOptionSet) set = fl_option_set_copy (before);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autofree char *text = g_strndup ((const char *) data, size);
  gboolean ok = fl_option_set_apply_text (set, text, (gssize) strlen (text), "options", &error);

  g_assert_true (ok == (error == NULL));
  changes = fl_option_set_diff (before, set);
  if (ok)
    {
      g_autofree char *saved = fl_option_set_to_text (set);
      g_autoptr (FlOptionSet) again = fl_option_set_copy (before);
      g_autoptr (GPtrArray) none = NULL;

      g_assert_true (fl_option_set_apply_text (again, saved, -1, "options", &error));
      none = fl_option_set_diff (set, again);
      g_assert_cmpuint (none->len, ==, 0);
    }
  else
    {
      g_assert_true (error->domain == FL_ERROR && g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (changes->len, ==, 0);
    }
  for (guint i = 0; i < changes->len; i++)
    g_assert_false (((const FlOptionChange *) g_ptr_array_index (changes, i))->field->read_only);
  /* One assignment of the command line. */
  fl_option_set_parse (set, text, NULL);
  return 0;
}
