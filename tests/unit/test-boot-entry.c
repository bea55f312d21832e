/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-entry.h"

#include <string.h>

#include "fl-error.h"
#include "fl-fake-transport.h"

/* D, R: DTR, RTS set; d, r: clear. */
static const struct
{
  const char *id;
  const char *enter;
  const char *leave;
  const char *wires; /* what drives BOOT0 and reset; ~: through an inverter; -: nothing */
} cases[] = {
  { "rts-boot0-dtr-reset", "DR 100ms d 100ms ", "Dr 100ms d 100ms ", "R~ D" },
  { "rts-boot0-ndtr-reset", "dR 100ms D 100ms ", "dr 100ms D 100ms ", "R~ D~" },
  { "nrts-boot0-dtr-reset", "Dr 100ms d 100ms ", "DR 100ms d 100ms ", "R D" },
  { "nrts-boot0-ndtr-reset", "dr 100ms D 100ms ", "dR 100ms D 100ms ", "R D~" },
  { "dtr-boot0-rts-reset", "DR 100ms r 100ms ", "dR 100ms r 100ms ", "D~ R" },
  { "dtr-boot0-nrts-reset", "Dr 100ms R 100ms ", "dr 100ms R 100ms ", "D~ R~" },
  { "ndtr-boot0-rts-reset", "dR 100ms r 100ms ", "DR 100ms r 100ms ", "D R" },
  { "ndtr-boot0-nrts-reset", "dr 100ms R 100ms ", "Dr 100ms R 100ms ", "D R~" },
  { "dtr-reset", "D 100ms d 100ms ", "D 100ms d 100ms ", "- D" },
  { "ndtr-reset", "d 100ms D 100ms ", "d 100ms D 100ms ", "- D~" },
  { "rts-reset", "R 100ms r 100ms ", "R 100ms r 100ms ", "- R" },
  { "nrts-reset", "r 100ms R 100ms ", "r 100ms R 100ms ", "- R~" },
};

static void
test_steps (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const FlEntryPreset *preset = fl_entry_preset_find (cases[row].id);
  g_autoptr (FlTransport) enter = fl_fake_transport_new ("");
  g_autoptr (FlTransport) leave = fl_fake_transport_new ("");
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (preset);
  g_assert_true (fl_entry_run (enter, preset->enter, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fl_fake_transport_get_lines_log (FL_FAKE_TRANSPORT (enter)), ==, cases[row].enter);
  g_assert_true (fl_entry_run (leave, preset->leave, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fl_fake_transport_get_lines_log (FL_FAKE_TRANSPORT (leave)), ==, cases[row].leave);
}

static void
append_wire (GString *text, const FlEntryPreset *preset, FlEntryPin pin)
{
  FlLines line;
  gboolean inverted;

  if (fl_entry_preset_get_wire (preset, pin, &line, &inverted))
    g_string_append_printf (text, "%s%s", line == FL_LINE_DTR ? "D" : "R", inverted ? "~" : "");
  else
    g_string_append_c (text, '-');
}

/* What the steps mean for the wires is what the preset's name says. */
static void
test_wires (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const FlEntryPreset *preset = fl_entry_preset_find (cases[i].id);
      g_autoptr (GString) text = g_string_new (NULL);

      append_wire (text, preset, FL_ENTRY_PIN_BOOT0);
      g_string_append_c (text, ' ');
      append_wire (text, preset, FL_ENTRY_PIN_RESET);
      g_assert_cmpstr (text->str, ==, cases[i].wires);
    }
}

static void
test_table (void)
{
  guint n;
  const FlEntryPreset *presets = fl_entry_presets (&n);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (presets[i].id, !=, "");
      g_assert_cmpstr (presets[i].title, !=, "");
      g_assert_cmpstr (presets[i].description, !=, "");
      g_assert_true (fl_entry_preset_find (presets[i].id) == &presets[i]);
      for (guint k = 0; k < i; k++)
        {
          g_assert_cmpstr (presets[i].id, !=, presets[k].id);
          g_assert_cmpstr (presets[i].title, !=, presets[k].title);
        }
    }
  g_assert_null (fl_entry_preset_find ("no-such-wiring"));
}

static void
test_failures (void)
{
  const FlEntryPreset *preset = fl_entry_preset_find ("rts-boot0-dtr-reset");
  g_autoptr (FlTransport) gone = fl_fake_transport_new ("gone");
  g_autoptr (FlTransport) fake = fl_fake_transport_new ("");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_entry_run (gone, preset->enter, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (fl_entry_run (fake, preset->enter, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/entry/%s", cases[i].id);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_steps);
    }
  g_test_add_func ("/entry/table", test_table);
  g_test_add_func ("/entry/wires", test_wires);
  g_test_add_func ("/entry/failures", test_failures);
  return g_test_run ();
}
