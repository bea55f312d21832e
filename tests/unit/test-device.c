/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fl-device.h"

/* What a device takes its geometry from, and what becomes of it. */
typedef struct
{
  const char *name;
  guint16 pid;
  guint told; /* KiB, or what the register says */
  gboolean from_register;
  guint flash_kib;
  gboolean read;
  guint n_sectors; /* 0: no layout */
  guint n_banks;
  guint n_remarks;
} GeometryRow;

static const GeometryRow geometry_rows[] = {
  { "f103", 0x410, 64, TRUE, 64, TRUE, 64, 1, 0 },
  { "f407", 0x413, 1024, TRUE, 1024, TRUE, 12, 1, 0 },
  { "g071", 0x460, 128, TRUE, 128, TRUE, 64, 1, 0 },
  { "g0b1-512", 0x467, 512, TRUE, 512, TRUE, 256, 2, 1 },
  { "g0b1-256", 0x467, 256, TRUE, 256, TRUE, 128, 2, 1 },
  { "g0b1-128", 0x467, 128, TRUE, 128, TRUE, 64, 1, 0 },
  { "mask", 0x460, 0xFF80, TRUE, 128, TRUE, 64, 1, 0 },
  { "code-0", 0x436, 0, TRUE, 384, TRUE, 1536, 2, 0 },
  { "code-1", 0x436, 1, TRUE, 256, TRUE, 1024, 1, 0 },
  { "not-read", 0x410, 0, FALSE, 128, FALSE, 128, 1, 1 },
  { "blank-register", 0x410, 0xFFFF, TRUE, 128, FALSE, 128, 1, 1 },
  { "too-large", 0x410, 4096, TRUE, 128, FALSE, 128, 1, 1 },
  { "declared", 0x414, 256, FALSE, 256, FALSE, 128, 1, 0 },
  { "unusual", 0x460, 96, FALSE, 96, FALSE, 48, 1, 1 },
  { "unusual-sectors", 0x413, 96, FALSE, 96, FALSE, 4, 1, 1 }, /* the 64 KiB sector does not fit */
  { "tiny", 0x450, 64, FALSE, 64, FALSE, 0, 0, 0 },            /* not even one sector */
  { "next-larger", 0x450, 768, FALSE, 768, FALSE, 6, 2, 1 },   /* as 1 MiB, with its banks apart; not as 2 MiB */
  { "unknown", 0x0FF, 64, TRUE, 64, TRUE, 0, 0, 0 },
};

static void
test_geometry (gconstpointer data)
{
  const GeometryRow *row = data;
  g_autoptr (FlDevice) device = fl_device_new (row->pid);

  fl_device_set_geometry (device, row->told, row->from_register);
  g_assert_cmpuint (device->flash_kib, ==, row->flash_kib);
  g_assert_cmpint (device->flash_kib_read, ==, row->read);
  g_assert_cmpint (device->layout != NULL, ==, row->n_sectors > 0);
  if (device->layout != NULL)
    {
      g_assert_cmpuint (fl_layout_get_n_sectors (device->layout), ==, row->n_sectors);
      g_assert_cmpuint (fl_layout_get_n_banks (device->layout), ==, row->n_banks);
    }
  g_assert_cmpuint (device->remarks->len, ==, row->n_remarks);
}

/* What the option bit says, and which layout that is. */
typedef struct
{
  const char *name;
  guint16 pid;
  guint flash_kib;
  guint32 address; /* 0: nothing to ask */
  guint32 word;
  guint n_banks;
  guint32 sector_size; /* the first */
} BankRow;

static const BankRow bank_rows[] = {
  { "g0b1-dual", 0x467, 512, 0x1FFF7800, 0xFFFFFEAA, 2, 2048 },
  { "g0b1-single", 0x467, 512, 0x1FFF7800, 0xFFDFFEAA, 1, 2048 },
  { "g0b1-128", 0x467, 128, 0, 0, 1, 2048 },
  { "g474-dual", 0x469, 512, 0x1FFF7800, 0xFFEFF8AA, 2, 2048 },
  { "g474-single", 0x469, 512, 0x1FFF7800, 0xFFAFF8AA, 1, 4096 },
  { "f767-single", 0x451, 2048, 0x1FFF0008, 0xFFFFFFFF, 1, 32768 },
  { "f767-dual", 0x451, 2048, 0x1FFF0008, 0xFFFFDFFF, 2, 16384 },
  { "f429-1m-single", 0x419, 1024, 0x1FFFC008, 0x00000FFF, 1, 16384 },
  { "f429-1m-dual", 0x419, 1024, 0x1FFFC008, 0x00004FFF, 2, 16384 },
  { "l4r5-dual", 0x470, 2048, 0x1FF00000, 0xFFEFF8AA, 2, 4096 },
  { "l4r5-single", 0x470, 2048, 0x1FF00000, 0xFFAFF8AA, 1, 8192 },
  { "f103", 0x410, 128, 0, 0, 1, 1024 },
};

static void
test_bank_option (gconstpointer data)
{
  const BankRow *row = data;
  g_autoptr (FlDevice) device = fl_device_new (row->pid);
  guint32 address = 0;

  fl_device_set_geometry (device, row->flash_kib, TRUE);
  g_assert_cmpint (fl_device_get_bank_option (device, &address), ==, row->address != 0);
  g_assert_cmphex (address, ==, row->address);
  if (row->address != 0)
    {
      g_assert_cmpuint (device->remarks->len, ==, 1);
      fl_device_set_bank_option (device, row->word);
      fl_device_set_bank_option (device, row->word); /* asking again changes nothing */
    }
  g_assert_cmpuint (device->remarks->len, ==, 0);
  g_assert_cmpuint (fl_layout_get_n_banks (device->layout), ==, row->n_banks);
  g_assert_cmpuint (fl_layout_get_sector (device->layout, 0)->size, ==, row->sector_size);
}

static void
test_words (void)
{
  static const guint8 uid[12] = { 0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE, 0x00, 0x01, 0x02, 0x03 };
  g_autoptr (FlDevice) known = fl_device_new (0x467);
  g_autoptr (FlDevice) unknown = fl_device_new (0x123);
  g_autofree char *known_name = fl_device_dup_name (known);
  g_autofree char *unknown_name = fl_device_dup_name (unknown);
  g_autofree char *version = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpstr (known_name, ==, "STM32G0B0/0B1/0C1");
  g_assert_nonnull (strstr (unknown_name, "0x123"));
  g_assert_null (fl_device_dup_uid (known));

  known->bootloader_version = 0x31;
  version = fl_device_dup_version (known);
  g_assert_cmpstr (version, ==, "3.1");
  known->uid_length = sizeof uid;
  memcpy (known->uid, uid, sizeof uid);
  text = fl_device_dup_uid (known);
  g_assert_cmpstr (text, ==, "1032547698BADCFE00010203");

  g_assert_false (fl_device_has_command (known, 0x44));
  known->commands[0] = 0x00;
  known->commands[1] = 0x44;
  known->n_commands = 2;
  g_assert_true (fl_device_has_command (known, 0x44));
  g_assert_false (fl_device_has_command (known, 0x43));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (geometry_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/device/geometry/%s", geometry_rows[i].name);

      g_test_add_data_func (path, &geometry_rows[i], test_geometry);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bank_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/device/bank-option/%s", bank_rows[i].name);

      g_test_add_data_func (path, &bank_rows[i], test_bank_option);
    }
  g_test_add_func ("/device/words", test_words);
  return g_test_run ();
}
