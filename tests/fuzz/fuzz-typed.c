/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-chip.h"
#include "fl-error.h"
#include "fl-fld-name.h"
#include "fl-fld-script.h"
#include "fl-supply.h"
#include "fl-transport.h"
#include "fl-write-protect.h"
#include "fuzz-main.h"

#define MAX_SECTORS 4096

static const guint16 pids[] = { 0x410, 0x413, 0x467, 0x450, 0x435 };

static void
check_supply (const char *text)
{
  g_autoptr (GError) error = NULL;
  FlSupply supply = FL_N_SUPPLIES;

  if (fl_supply_parse (text, &supply, &error))
    g_assert_cmpint (supply, <, FL_N_SUPPLIES);
  else
    g_assert_true (g_error_matches (error, FL_ERROR, FL_ERROR_USAGE) && supply == FL_N_SUPPLIES);
}

/* Sectors that option bytes are told to protect are those that they say are protected, or all stays as it is. */
static void
check_protected (FlDevice *device, const guint8 *wanted, guint n)
{
  guint8 set[MAX_SECTORS];
  g_autoptr (FlOptionSet) options = fl_option_set_new (device->chip);
  g_autofree guint8 *got = NULL;

  memcpy (set, wanted, n);
  fl_option_set_put_factory (options);
  if (!fl_write_protect_set (options, device->layout, set, NULL))
    return;
  got = fl_write_protect_get (options, device->layout);
  g_assert_nonnull (got);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true ((got[i] != 0) == (set[i] != 0));
      g_assert_true (set[i] != 0 || wanted[i] == 0);
    }
}

/* "0-15, 32" */
static void
check_list (const char *text, FlDevice *device)
{
  guint n = fl_layout_get_n_sectors (device->layout);
  guint8 sectors[MAX_SECTORS], again[MAX_SECTORS];
  g_autofree char *written = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (n, <=, MAX_SECTORS);
  if (!fl_write_protect_parse_list (text, device->layout, sectors, &error))
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
      return;
    }
  written = fl_write_protect_dup_list (sectors, device->layout);
  g_assert_true (fl_write_protect_parse_list (written, device->layout, again, &error));
  g_assert_true (memcmp (sectors, again, n) == 0);
  check_protected (device, sectors, n);
}

/* "115200 8E1": what a trace says, and nothing else is taken for it. */
static void
check_settings (const char *text)
{
  FlLineSettings settings = { 0 }, again = { 0 };
  g_autofree char *written = NULL;

  if (!fl_line_settings_from_string (text, &settings))
    return;
  written = fl_line_settings_to_string (&settings);
  g_assert_true (fl_line_settings_from_string (written, &again));
  g_assert_true (settings.baud == again.baud && settings.parity == again.parity && settings.data_bits == again.data_bits
                 && settings.stop_bits == again.stop_bits);
}

/* Names of maps and ports in the old grammar. */
static void
check_names (const char *text, FlDevice *device)
{
  g_autofree char *doubt = fl_fld_name_dup_doubt (text, device);

  for (guint windows = 0; windows < 2; windows++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *port = fl_fld_dup_port (text, windows != 0, &error);

      g_assert_true ((port == NULL) == (error != NULL));
    }
  g_assert_true (doubt == NULL || g_utf8_validate (doubt, -1, NULL));
}

/* Short texts that people type, for a board that the size of the input chooses. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *any = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (any, -1);
  g_autoptr (FlDevice) device = fl_device_new (pids[size % G_N_ELEMENTS (pids)]);

  fl_device_set_geometry (device, device->chip->flash_kib, TRUE);
  check_supply (text);
  check_list (text, device);
  check_settings (text);
  check_names (text, device);
  return 0;
}
