/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-chip-private.h"
#include "fl-error.h"
#include "fuzz-main.h"

/* Any text as data/chips/words.xml: an error, or kinds of option bytes whose values have words. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  FlOptionWords *words = fl_option_words_parse (size > 0 ? (const char *) data : "", size, &error);
  GHashTableIter iter;
  gpointer kind;

  g_assert_true ((words == NULL) == (error != NULL));
  if (words == NULL)
    {
      g_assert_true (error->domain == FL_ERROR || error->domain == G_MARKUP_ERROR);
      return 0;
    }
  g_hash_table_iter_init (&iter, words->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &kind))
    {
      const FlOptionKind *known = kind;

      g_assert_true (known->id != NULL && known->group < FL_N_OPTION_GROUPS && known->danger < FL_N_DANGERS);
      for (guint i = 0; i < known->values->len; i++)
        g_assert_nonnull (g_array_index (known->values, FlOptionValue, i).words);
    }
  fl_option_words_free (words);
  return 0;
}
