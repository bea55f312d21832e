/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-garble.h"

/* What is seen of 79 or 1F at another rate: an independent simulation, in 16ths of a bit, gave these ranges. Their ends
 * depend on when a receiver notices the start bit; what lies between does not. */
static const struct
{
  const char *path;
  guint8 sent;
  guint8 bytes[4];
  guint n_bytes;
  double low, high;
} rate_cases[] = {
  { "79/fd", 0x79, { 0xFD }, 1, 1.201, 2.759 },
  { "79/f6", 0x79, { 0xF6 }, 1, 1.785, 1.971 },
  { "79/ec", 0x79, { 0xEC }, 1, 1.464, 1.585 },
  { "79/dc", 0x79, { 0xDC }, 1, 1.353, 1.380 },
  { "79/dd", 0x79, { 0xDD }, 1, 1.250, 1.326 },
  { "79/bd", 0x79, { 0xBD }, 1, 1.154, 1.178 },
  { "79/b9", 0x79, { 0xB9 }, 1, 1.088, 1.132 },
  { "79/79", 0x79, { 0x79 }, 1, 0.947, 1.046 },
  { "79/f9", 0x79, { 0xF9 }, 1, 0.892, 0.940 },
  { "79/f1", 0x79, { 0xF1 }, 1, 0.808, 0.875 },
  { "79/f3", 0x79, { 0xF3 }, 1, 0.732, 0.792 },
  { "79/e3ff", 0x79, { 0xE3, 0xFF }, 2, 0.676, 0.718 },
  { "79/e2fe", 0x79, { 0xE2, 0xFE }, 2, 0.625, 0.650 },
  { "79/c2fe", 0x79, { 0xC2, 0xFE }, 2, 0.577, 0.613 },
  { "79/c6fe", 0x79, { 0xC6, 0xFE }, 2, 0.544, 0.566 },
  { "79/86fe", 0x79, { 0x86, 0xFE }, 2, 0.474, 0.533 },
  { "79/06fe", 0x79, { 0x06, 0xFE }, 2, 0.446, 0.464 },
  { "79/0efe", 0x79, { 0x0E, 0xFE }, 2, 0.404, 0.437 },
  { "79/1cfc", 0x79, { 0x1C, 0xFC }, 2, 0.312, 0.359 },
  { "79/78f8", 0x79, { 0x78, 0xF8 }, 2, 0.237, 0.261 },
  { "79/f0f0", 0x79, { 0xF0, 0xF0 }, 2, 0.183, 0.219 },
  { "79/e000e0", 0x79, { 0xE0, 0x00, 0xE0 }, 3, 0.156, 0.179 },
  { "79/800080", 0x79, { 0x80, 0x00, 0x80 }, 3, 0.118, 0.131 },
  { "79/000000", 0x79, { 0x00, 0x00, 0x00 }, 3, 0.011, 0.116 },
  { "1f/1f", 0x1F, { 0x1F }, 1, 0.929, 1.046 },
  { "1f/cf", 0x1F, { 0xCF }, 1, 1.201, 1.326 },
  { "1f/9f", 0x1F, { 0x9F }, 1, 1.067, 1.088 },
  { "1f/3f", 0x1F, { 0x3F }, 1, 0.808, 0.910 },
  { "1f/7f", 0x1F, { 0x7F }, 1, 0.718, 0.792 },
  { "1f/fee0", 0x1F, { 0xFE, 0xE0 }, 2, 0.464, 0.533 },
  { "1f/fc80", 0x1F, { 0xFC, 0x80 }, 2, 0.359, 0.396 },
  { "1f/f800", 0x1F, { 0xF8, 0x00 }, 2, 0.223, 0.283 },
  { "1f/0000", 0x1F, { 0x00, 0x00 }, 2, 0.011, 0.116 },
};

static const FlGarbleRow *
find_row (GArray *rows, FlGarble model, guint8 sent, double at)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const FlGarbleRow *row = &g_array_index (rows, FlGarbleRow, i);

      if (row->model == model && row->sent == sent && row->low <= at && at <= row->high)
        return row;
    }
  return NULL;
}

static void
test_rate (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  g_autoptr (GArray) rows = fl_garble_explain (rate_cases[index].bytes, rate_cases[index].n_bytes, 0);
  double middle = (rate_cases[index].low + rate_cases[index].high) / 2;
  gboolean is_fd = rate_cases[index].bytes[0] == 0xFD; /* in two pieces: the middle is another byte's */

  g_assert_nonnull (find_row (rows, FL_GARBLE_RATE, rate_cases[index].sent, is_fd ? 1.22 : middle));
  g_assert_null (find_row (rows, FL_GARBLE_RATE, rate_cases[index].sent, rate_cases[index].low * 0.94));
  g_assert_null (find_row (rows, FL_GARBLE_RATE, rate_cases[index].sent, rate_cases[index].high * 1.06));
}

/* The right bytes, whatever else there is. */
static void
assert_explained (const char *hex, FlLineErrors errors, FlGarble model, guint8 sent, double at)
{
  guint8 bytes[4];
  guint n = 0;
  g_autoptr (GArray) rows = NULL;

  for (const char *digits = hex; *digits != '\0'; digits += 2)
    bytes[n++] = (guint8) (g_ascii_xdigit_value (digits[0]) << 4 | g_ascii_xdigit_value (digits[1]));
  rows = fl_garble_explain (bytes, n, errors);
  g_assert_nonnull (find_row (rows, model, sent, at));
}

static void
test_edges (void)
{
  assert_explained ("FE", 0, FL_GARBLE_BOTH_LATE, 0x79, 1.3);
  assert_explained ("FF", 0, FL_GARBLE_FALLING_LATE, 0x79, 0.8);
  assert_explained ("FF", 0, FL_GARBLE_FALLING_LATE, 0x1F, 1.9);
  assert_explained ("FE", 0, FL_GARBLE_FALLING_LATE, 0x1F, 1.0);
  assert_explained ("70", 0, FL_GARBLE_RISING_LATE, 0x79, 1.0);
  assert_explained ("60", 0, FL_GARBLE_RISING_LATE, 0x79, 1.9);
  assert_explained ("1C", 0, FL_GARBLE_RISING_LATE, 0x1F, 1.9);
  assert_explained ("FC", 0, FL_GARBLE_BOTH_LATE, 0x1F, 1.6);
  assert_explained ("43", 0, FL_GARBLE_INVERTED, 0x79, 1);
  assert_explained ("70", 0, FL_GARBLE_INVERTED, 0x1F, 1);
}

static void
assert_factor (guint8 one, guint8 two, guint8 three, guint n, double low, double high)
{
  const guint8 bytes[] = { one, two, three };
  double factor = fl_garble_guess_factor (bytes, n, 0);

  g_assert_cmpfloat (factor, >=, low);
  g_assert_cmpfloat (factor, <=, high);
}

static void
test_factor (void)
{
  const guint8 slow[] = { 0, 0, 0 };
  g_autoptr (GArray) factors = fl_garble_list_factors (slow, sizeof slow, 0);
  guint n_near = 0;

  assert_factor (0x86, 0xFE, 0, 2, 0.5, 0.5);
  assert_factor (0x78, 0xF8, 0, 2, 0.25, 0.25);
  assert_factor (0x80, 0x00, 0x80, 3, 0.125, 0.125);
  assert_factor (0xB9, 0, 0, 1, 1.08, 1.14);
  assert_factor (0xF9, 0, 0, 1, 0.88, 0.95);
  assert_factor (0x7F, 0, 0, 1, 0.71, 0.80);
  /* What a loaded line makes as well tells no rate. */
  assert_factor (0xFF, 0, 0, 1, 0, 0);
  assert_factor (0xFE, 0, 0, 1, 0, 0);
  assert_factor (0x43, 0, 0, 1, 0, 0);
  assert_factor (0x41, 0x42, 0x43, 3, 0, 0);
  /* A wide range is tried in steps that a receiver can bridge. */
  for (guint i = 0; i < factors->len; i++)
    n_near += ABS (g_array_index (factors, double, i) / 0.08 - 1) <= 0.031;
  g_assert_cmpuint (n_near, >=, 1);
}

static void
test_inverted (void)
{
  const guint8 ack = 0x43, nack = 0x70, other = 0x79;
  const FlLineErrors both = FL_LINE_ERROR_FRAMING | FL_LINE_ERROR_PARITY;

  g_assert_true (fl_garble_is_inverted (&ack, 1, both));
  g_assert_true (fl_garble_is_inverted (&nack, 1, both));
  g_assert_false (fl_garble_is_inverted (&nack, 1, FL_LINE_ERROR_PARITY));
  g_assert_false (fl_garble_is_inverted (&other, 1, 0));
  g_assert_false (fl_garble_is_inverted (&other, 0, 0));
}

static void
test_text (void)
{
  static const struct
  {
    guint8 byte;
    FlGarble model;
    const char *text;
  } cases[] = {
    { 0xB9, FL_GARBLE_RATE, "It is what 79 becomes when it is sent at 1.0" },
    { 0x43, FL_GARBLE_INVERTED, "It is what 79 becomes with all levels turned round." },
    { 0x60, FL_GARBLE_RISING_LATE, "It is what 79 becomes when the line rises 1.5 to 2." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) rows = fl_garble_explain (&cases[i].byte, 1, 0);
      g_autofree char *text = NULL;

      g_assert_cmpuint (rows->len, ==, 1);
      text = fl_garble_row_to_text (&g_array_index (rows, FlGarbleRow, 0));
      g_assert_true (g_str_has_prefix (text, cases[i].text));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rate_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/garble/rate/", rate_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_rate);
    }
  g_test_add_func ("/garble/edges", test_edges);
  g_test_add_func ("/garble/factor", test_factor);
  g_test_add_func ("/garble/inverted", test_inverted);
  g_test_add_func ("/garble/text", test_text);
  return g_test_run ();
}
