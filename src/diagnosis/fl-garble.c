/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-garble.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/*
 * What an 8E1 receiver makes of 79 or 1F when something has happened to it. All that can is tried once, by arithmetic:
 * the sent frame becomes levels, the levels are distorted, and sampled as a UART samples them. Times are in bits of the
 * receiver.
 */

#define N_BITS     11 /* of a frame: start, 8 data, parity, stop */
#define MAX_EDGES  N_BITS
#define MIN_FACTOR 0.0104 /* 1200 baud seen at 115200 */
#define MAX_FACTOR 5.0
#define STEP       1.001
#define MIN_LATE   50  /* hundredths of a bit */
#define MAX_LATE   230 /* more, and no byte is left */
/* A receiver that samples 16 times a bit notices a start bit half a sample late, on average. */
#define LATENCY 0.03125

typedef struct
{
  double at[MAX_EDGES]; /* the line falls at 0, rises at 1, falls at 2 … */
  guint n;
  gboolean inverted;
} Wave;

static void
make_wave (Wave *self, guint8 byte, double factor, double falling_late, double rising_late)
{
  guint16 frame = (guint16) (byte << 1 | 1u << 10);
  gboolean level = TRUE;
  double edges[N_BITS + 1];
  guint n = 0;

  if (__builtin_parity (byte))
    frame |= 1u << 9;
  for (guint bit = 0; bit < N_BITS; bit++)
    if ((gboolean) (frame >> bit & 1) != level)
      {
        level = !level;
        edges[n++] = bit / factor;
      }
  self->n = 0;
  self->inverted = FALSE;
  level = TRUE;
  for (guint i = 0; i < n; i++)
    {
      gboolean rises = i % 2 == 1;
      double at = edges[i] + (rises ? rising_late : falling_late);

      /* A pulse that ends before it is seen is never seen; the edges then come in the same direction. */
      if ((i + 1 < n && at >= edges[i + 1]) || rises == level)
        continue;
      self->at[self->n++] = at;
      level = rises;
    }
}

static gboolean
get_level (const Wave *self, double at)
{
  gboolean level = TRUE;

  for (guint i = 0; i < self->n && self->at[i] <= at; i++)
    level = !level;
  return level != self->inverted;
}

/* When the line falls next, from @from on; negative: never. An inverted line falls where the other one rises; it rests
 * low, and that is no start bit. */
static double
find_start (const Wave *self, double from)
{
  for (guint i = self->inverted; i < self->n; i += 2)
    if (self->at[i] >= from)
      return self->at[i];
  return -1;
}

static void
receive (const Wave *wave, FlGarbleRow *row)
{
  double from = 0, start;

  row->n_bytes = 0;
  row->errors = 0;
  while (row->n_bytes < FL_GARBLE_MAX_BYTES && (start = find_start (wave, from)) >= 0)
    {
      double first = start + LATENCY + 0.5;
      guint8 byte = 0;

      from = start + LATENCY;
      if (get_level (wave, first))
        continue; /* too short for a start bit */
      for (guint i = 0; i < 8; i++)
        byte |= (guint8) (get_level (wave, first + 1 + i) << i);
      if (get_level (wave, first + 9) != __builtin_parity (byte))
        row->errors |= FL_LINE_ERROR_PARITY;
      if (!get_level (wave, first + 10))
        row->errors |= FL_LINE_ERROR_FRAMING;
      row->bytes[row->n_bytes++] = byte;
      from = first + 10.5;
    }
}

/* Adds what was just tried: the last row grows while nothing else is seen. */
static void
add_row (GArray *table, const FlGarbleRow *row)
{
  FlGarbleRow *last = table->len > 0 ? &g_array_index (table, FlGarbleRow, table->len - 1) : NULL;

  if (last != NULL && last->model == row->model && last->sent == row->sent && last->n_bytes == row->n_bytes
      && memcmp (last->bytes, row->bytes, row->n_bytes) == 0)
    {
      last->high = row->high;
      last->errors |= row->errors;
    }
  else
    g_array_append_val (table, *row);
}

static void
try_late (GArray *table, FlGarble model, guint8 sent)
{
  for (guint hundredths = MIN_LATE; hundredths <= MAX_LATE; hundredths++)
    {
      double late = hundredths / 100.0;
      FlGarbleRow row = { .model = model, .sent = sent, .low = late, .high = late };
      Wave wave;

      make_wave (&wave, sent, 1, model == FL_GARBLE_RISING_LATE ? 0 : late, model == FL_GARBLE_FALLING_LATE ? 0 : late);
      receive (&wave, &row);
      add_row (table, &row);
    }
}

static gpointer
make_table (gpointer unused)
{
  static const guint8 answers[] = { 0x79, 0x1F };
  GArray *table = g_array_new (FALSE, FALSE, sizeof (FlGarbleRow)); /* lives as long as the program */

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      FlGarbleRow row = { .model = FL_GARBLE_INVERTED, .sent = answers[i], .low = 1, .high = 1 };
      Wave wave;

      /* NOLINTNEXTLINE(cert-flp30-c, clang-analyzer-security.FloatLoopCounter): one step more or less is none */
      for (double factor = MIN_FACTOR; factor <= MAX_FACTOR; factor *= STEP)
        {
          FlGarbleRow rate = { .model = FL_GARBLE_RATE, .sent = answers[i], .low = factor, .high = factor };

          make_wave (&wave, answers[i], factor, 0, 0);
          receive (&wave, &rate);
          add_row (table, &rate);
        }
      make_wave (&wave, answers[i], 1, 0, 0);
      wave.inverted = TRUE;
      receive (&wave, &row);
      add_row (table, &row);
      for (FlGarble model = FL_GARBLE_FALLING_LATE; model < FL_N_GARBLES; model++)
        try_late (table, model, answers[i]);
    }
  return table;
}

/* Those whose errors fit come first; then those that leave less open. */
static int
compare_rows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const FlGarbleRow *one = a, *other = b;
  FlLineErrors errors = *(const FlLineErrors *) user_data & (FL_LINE_ERROR_PARITY | FL_LINE_ERROR_FRAMING);
  gboolean one_fits = one->errors == errors, other_fits = other->errors == errors;
  double one_width = one->high / one->low, other_width = other->high / other->low;

  if (one_fits != other_fits)
    return other_fits - one_fits;
  if (one->model != other->model)
    return (int) one->model - (int) other->model;
  return one_width < other_width ? -1 : one_width > other_width;
}

/**
 * fl_garble_explain:
 * @bytes: what came in place of 79 or 1F, to an 8E1 receiver
 * @errors: what the receiver said of them; only a hint, since not every port tells
 *
 * Returns: (transfer full) (element-type FlGarbleRow): what may have happened, the best fit first; empty: nothing that
 * is known. The answer as it should be is explained by a factor of 1.
 */
GArray *
fl_garble_explain (const guint8 *bytes, gsize n_bytes, FlLineErrors errors)
{
  static GOnce once = G_ONCE_INIT;
  const GArray *table = g_once (&once, make_table, NULL);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (FlGarbleRow));

  for (guint i = 0; i < table->len; i++)
    {
      const FlGarbleRow *row = &g_array_index (table, FlGarbleRow, i);

      if (n_bytes > 0 && row->n_bytes == n_bytes && memcmp (row->bytes, bytes, n_bytes) == 0)
        g_array_append_val (found, *row);
    }
  g_array_sort_with_data (found, compare_rows, &errors);
  return found;
}

/* The measure itself is not known, only its range: the middle, or a ratio that clocks often have. */
static double
pick_factor (const FlGarbleRow *row)
{
  static const double usual[] = { 1, 2, 4, 0.5, 0.25, 0.125, 0.0625 };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (row->low <= usual[i] && usual[i] <= row->high)
      return usual[i];
  return sqrt (row->low * row->high);
}

/**
 * fl_garble_guess_factor:
 *
 * Returns: the board's rate divided by ours, that the bytes point to; 0 when they point to none, or as well to
 * something else than a wrong rate
 */
double
fl_garble_guess_factor (const guint8 *bytes, gsize n_bytes, FlLineErrors errors)
{
  g_autoptr (GArray) rows = fl_garble_explain (bytes, n_bytes, errors);
  double factor = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const FlGarbleRow *row = &g_array_index (rows, FlGarbleRow, i);

      if (row->model != FL_GARBLE_RATE)
        return 0;
      if (factor == 0)
        factor = pick_factor (row);
    }
  return factor;
}

/**
 * fl_garble_list_factors:
 *
 * Returns: (transfer full) (element-type double): every factor worth asking again at: each range's likeliest first,
 * then the range in steps of 6 %, which is what a receiver tolerates both ways
 */
GArray *
fl_garble_list_factors (const guint8 *bytes, gsize n_bytes, FlLineErrors errors)
{
  g_autoptr (GArray) rows = fl_garble_explain (bytes, n_bytes, errors);
  GArray *factors = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < rows->len; i++)
      {
        const FlGarbleRow *row = &g_array_index (rows, FlGarbleRow, i);
        double picked = pick_factor (row);

        if (row->model != FL_GARBLE_RATE)
          continue;
        if (pass == 0)
          g_array_append_val (factors, picked);
        /* NOLINTNEXTLINE(cert-flp30-c): the same */
        for (double factor = row->high / 1.03; pass == 1 && factor > row->low; factor /= 1.06)
          if (fabs (factor / picked - 1) > 0.03)
            g_array_append_val (factors, factor);
      }
  return factors;
}

/**
 * fl_garble_is_inverted:
 *
 * Returns: whether the bytes are those of an answer with all levels turned round, and of nothing else
 */
gboolean
fl_garble_is_inverted (const guint8 *bytes, gsize n_bytes, FlLineErrors errors)
{
  g_autoptr (GArray) rows = fl_garble_explain (bytes, n_bytes, errors);

  return rows->len > 0 && g_array_index (rows, FlGarbleRow, 0).model == FL_GARBLE_INVERTED
         && (rows->len == 1 || (errors & FL_LINE_ERROR_FRAMING));
}

/**
 * fl_garble_row_to_text:
 *
 * Returns: (transfer full): one sentence, translated
 */
char *
fl_garble_row_to_text (const FlGarbleRow *self)
{
  g_return_val_if_fail (self != NULL && (guint) self->model < FL_N_GARBLES, NULL);

  switch (self->model)
    {
    case FL_GARBLE_INVERTED:
      return g_strdup_printf (_ ("It is what %02X becomes with all levels turned round."), self->sent);
    case FL_GARBLE_FALLING_LATE:
      return g_strdup_printf (
          _ ("It is what %02X becomes when the line falls %.1f to %.1f bits late: a weak driver, or "
             "a loaded line."),
          self->sent, self->low, self->high);
    case FL_GARBLE_RISING_LATE:
      return g_strdup_printf (_ ("It is what %02X becomes when the line rises %.1f to %.1f bits late: a weak pull-up."),
                              self->sent, self->low, self->high);
    case FL_GARBLE_BOTH_LATE:
      return g_strdup_printf (_ ("It is what %02X becomes when both edges come %.1f to %.1f bits late: a capacitor on "
                                 "the line."),
                              self->sent, self->low, self->high);
    case FL_GARBLE_RATE:
    case FL_N_GARBLES:
    default:
      return g_strdup_printf (_ ("It is what %02X becomes when it is sent at %.2f to %.2f times our rate."), self->sent,
                              self->low, self->high);
    }
}
