/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is said of a connected chip: its bootloader and the faults of that, its names, memories and pins. */
#include <string.h>

#include "fl-device.h"
#include "fl-memory-map.h"

static const struct
{
  guint16 pid;
  guint8 id; /* of the bootloader; 0: not read */
  const char *bootloader;
  const char *const faults[4]; /* ids in words.xml, with the builds in front where those are named */
} bootloader_rows[] = {
  { 0x467, 0x92, "V9.2 (ID 0x92), G0B1/0C1", { "erase-one-page-bank2", "empty-flag", "start-debug" } },
  { 0x467, 0xD0, "V13.0 (ID 0xD0), G0B0", { "erase-one-page-bank2", "empty-flag" } },
  { 0x467,
    0x93,
    "ID 0x93, a build that is not known",
    { "V9.2, V13.0: erase-one-page-bank2", "V9.2, V13.0: empty-flag", "V9.2: start-debug" } },
  { 0x467, 0x00, NULL, { "V9.2, V13.0: erase-one-page-bank2", "V9.2, V13.0: empty-flag", "V9.2: start-debug" } },
  { 0x460, 0xB4, "V11.4 (ID 0xB4)", { NULL } },
  { 0x460, 0xB0, "V11.0 (ID 0xB0)", { "packages-64" } },
  { 0x410, 0x00, NULL, { NULL } },
  { 0x7FF, 0x31, "ID 0x31, a build that is not known", { NULL } },
};

static char *
dup_sentence (const char *fault)
{
  const char *colon = strstr (fault, ": ");

  if (colon == NULL)
    return g_strdup (fl_fault_get_text (fault));
  return g_strdup_printf ("%.*s: %s", (int) (colon - fault), fault, fl_fault_get_text (colon + 2));
}

static void
test_bootloader (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bootloader_rows); i++)
    {
      g_autoptr (FlDevice) device = fl_device_new (bootloader_rows[i].pid);
      g_autofree char *bootloader = NULL;
      g_autoptr (GPtrArray) faults = NULL;
      guint n = 0;

      device->bootloader_id = bootloader_rows[i].id;
      bootloader = fl_device_dup_bootloader (device);
      g_assert_cmpstr (bootloader, ==, bootloader_rows[i].bootloader);
      faults = fl_device_dup_faults (device);
      for (; bootloader_rows[i].faults[n] != NULL; n++)
        {
          g_autofree char *sentence = dup_sentence (bootloader_rows[i].faults[n]);

          g_assert_cmpuint (n, <, faults->len);
          g_assert_cmpstr (g_ptr_array_index (faults, n), ==, sentence);
        }
      g_assert_cmpuint (faults->len, ==, n);
    }
}

/* Of each known build, what is said is part of what is said while the build is not known. */
static void
test_faults_of_all (void)
{
  const GPtrArray *chips = fl_chip_db_all ();
  guint n_faults = 0;

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autoptr (FlDevice) device = fl_device_new (chip->pid);
      g_autoptr (GPtrArray) all = fl_device_dup_faults (device);

      for (guint j = 0; j < chip->versions->len; j++)
        {
          g_autoptr (GPtrArray) faults = NULL;

          device->bootloader_id = g_array_index (chip->versions, FlChipVersion, j).id;
          faults = fl_device_dup_faults (device);
          g_assert_cmpuint (faults->len, <=, all->len);
          n_faults += faults->len;
          for (guint k = 0; k < faults->len; k++)
            {
              gboolean found = FALSE;

              for (guint l = 0; l < all->len; l++)
                found = found || g_str_has_suffix (g_ptr_array_index (all, l), g_ptr_array_index (faults, k));
              g_assert_true (found);
            }
        }
    }
  g_assert_cmpuint (n_faults, >, 50);
}

static const struct
{
  guint16 pid;
  const char *names;
} name_rows[] = {
  { 0x467, "STM32G0B0, STM32G0B1, STM32G0C1" },
  { 0x410, "STM32F101, STM32F102, STM32F103 medium density (x8,xB)" },
  { 0x422, "STM32F302xB, STM32F302xC, STM32F303xB, STM32F303xC, STM32F358" },
  { 0x444, "STM32F030x4, STM32F030x6, STM32F031, STM32F038" },
  { 0x413, "STM32F405, STM32F407, STM32F415, STM32F417" },
  { 0x481, "STM32U595, STM32U599, STM32U5A5, STM32U5A9" },
  { 0x427, "STM32L100xC, STM32L151/152xC, STM32L162xC (cat.3)" },
  { 0x497, "STM32WL54, STM32WL55, STM32WLE4, STM32WLE5" },
};

static void
test_names (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < G_N_ELEMENTS (name_rows); i++)
    {
      g_autofree char *names = fl_chip_dup_names (fl_chip_db_find (name_rows[i].pid));

      g_assert_cmpstr (names, ==, name_rows[i].names);
    }
  for (guint i = 0; i < chips->len; i++)
    {
      g_autofree char *names = fl_chip_dup_names (g_ptr_array_index (chips, i));

      g_test_message ("%s", names);
      g_assert_true (g_str_has_prefix (names, "STM32"));
      g_assert_null (strstr (names, "STM32STM32"));
      g_assert_null (strstr (names, ", ,"));
    }
}

/* What is printed on a chip, and the product IDs that it may have. */
static const struct
{
  const char *text;
  const char *pids;
} called_rows[] = {
  { "STM32G0B1RET6", "0x467" },
  { "stm32g0c1", "0x467" },
  { "g071", "0x460" },
  { "F407VGT6", "0x413" },
  { "STM32F303CBT6", "0x422" },
  { "STM32F303K8", "0x438" },
  { "STM32F103C8T6", "0x410 0x412 0x414 0x430" },
  { "STM32L152RC", "0x427 0x436" },
  { "WLE5", "0x497" },
  { "STM32", "" },
  { "S", "" },
  { "", "" },
  { "ESP32", "" },
  { "F9", "" },
};

static void
test_called (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < G_N_ELEMENTS (called_rows); i++)
    {
      g_autoptr (GString) pids = g_string_new (NULL);

      for (guint k = 0; k < chips->len; k++)
        if (fl_chip_is_called (g_ptr_array_index (chips, k), called_rows[i].text))
          g_string_append_printf (pids, "%s0x%03X", pids->len > 0 ? " " : "",
                                  ((const FlChip *) g_ptr_array_index (chips, k))->pid);
      g_test_message ("%s: %s", called_rows[i].text, pids->str);
      g_assert_cmpstr (pids->str, ==, called_rows[i].pids);
    }
  for (guint i = 0; i < chips->len; i++) /* each by its own first name */
    {
      g_autofree char *names = fl_chip_dup_names (g_ptr_array_index (chips, i));

      names[strcspn (names, " ,/")] = '\0';
      g_assert_true (fl_chip_is_called (g_ptr_array_index (chips, i), names));
    }
}

static const struct
{
  guint16 pid;
  guint flash_kib;
  const char *areas; /* name@start+size, reserved where there is some */
} map_rows[] = {
  { 0x467, 256,
    "Flash, bank 1@08000000+20000; Flash, bank 2@08020000+20000; Bootloader (system memory)@1FFF0000+7000; "
    "OTP, can be written once@1FFF7000+400; Option bytes@1FFF7800+80; RAM@20000000+24000 (4000)" },
  { 0x467, 128,
    "Flash@08000000+20000; Bootloader (system memory)@1FFF0000+7000; OTP, can be written once@1FFF7000+400; "
    "Option bytes@1FFF7800+80; RAM@20000000+24000 (4000)" },
  { 0x410, 64,
    "Flash@08000000+10000; Bootloader (system memory)@1FFFF000+800; Option bytes@1FFFF800+10; "
    "RAM@20000000+5000 (200)" },
  { 0x7FF, 128, "" },
};

static char *
map_to_text (FlDevice *device)
{
  g_autoptr (GArray) areas = fl_memory_map_new (device);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < areas->len; i++)
    {
      const FlMemoryArea *area = &g_array_index (areas, FlMemoryArea, i);
      g_autofree char *name = fl_memory_area_dup_name (area);

      g_string_append_printf (text, "%s%s@%08X+%X", i > 0 ? "; " : "", name, area->start, area->size);
      if (area->reserved > 0)
        g_string_append_printf (text, " (%X)", area->reserved);
    }
  return g_string_free (text, FALSE);
}

static void
test_memory_map (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (map_rows); i++)
    {
      g_autoptr (FlDevice) device = fl_device_new (map_rows[i].pid);
      g_autofree char *text = NULL;

      fl_device_set_geometry (device, map_rows[i].flash_kib, FALSE);
      text = map_to_text (device);
      g_assert_cmpstr (text, ==, map_rows[i].areas);
    }
}

/* Of every chip: in order, not empty, all of its flash. */
static void
test_memory_map_of_all (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autoptr (FlDevice) device = fl_device_new (chip->pid);
      g_autoptr (GArray) areas = NULL;
      guint64 end = 0, flash = 0;

      fl_device_set_geometry (device, chip->flash_kib, FALSE);
      areas = fl_memory_map_new (device);
      for (guint j = 0; j < areas->len; j++)
        {
          const FlMemoryArea *area = &g_array_index (areas, FlMemoryArea, j);

          g_test_message ("%03X %u %08X+%X", chip->pid, area->kind, area->start, area->size);
          g_assert_cmpuint (area->size, >, 0);
          /* On some the system memory has a hole for the others. */
          if (area->start < end)
            g_assert_cmpuint (area[-1].kind, ==, FL_MEMORY_SYSTEM);
          g_assert_cmpuint (area->reserved, <=, area->size);
          end = (guint64) area->start + area->size;
          if (area->kind == FL_MEMORY_FLASH)
            flash += area->size;
        }
      g_assert_cmpuint (flash, ==, fl_layout_get_size (device->layout));
    }
}

static const struct
{
  guint16 pid;
  const char *pins;
} pin_rows[] = {
  { 0x467, "BOOT0 PA14 1" },
  { 0x410, "BOOT0 - 1; BOOT1 PB2 0" },
  { 0x413, "BOOT0 - 1; BOOT1 PB2 0" },
  { 0x417, "BOOT0 - 1" }, /* BOOT1 is an option bit */
  { 0x450, "BOOT0 - 1" },
  { 0x01E, "- PA10 1" },
  { 0x027, "- PA10 1" },
};

static char *
pins_to_text (const FlChip *chip)
{
  g_autoptr (GArray) pins = fl_chip_list_boot_pins (chip);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < pins->len; i++)
    {
      const FlChipBootPin *pin = &g_array_index (pins, FlChipBootPin, i);

      g_string_append_printf (text, "%s%s %s %d", i > 0 ? "; " : "", pin->name != NULL ? pin->name : "-",
                              pin->pin != NULL ? pin->pin : "-", pin->high);
    }
  return g_string_free (text, FALSE);
}

static void
test_boot_pins (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < G_N_ELEMENTS (pin_rows); i++)
    {
      g_autofree char *text = pins_to_text (fl_chip_db_find (pin_rows[i].pid));

      g_assert_cmpstr (text, ==, pin_rows[i].pins);
    }
  for (guint i = 0; i < chips->len; i++)
    {
      g_autofree char *text = pins_to_text (g_ptr_array_index (chips, i));

      g_assert_cmpstr (text, !=, "");
    }
}

static const struct
{
  const char *set; /* assignments, on top of a new chip's option bytes */
  const char *readout;
  const char *written;
  guint n_changed;
  const char *changed;
} option_rows[] = {
  { "", "level 0: not protected", "none of 128 pages", 0, "" },
  { "nBOOT_SEL=0", "level 0: not protected", "none of 128 pages", 1, "nBOOT_SEL" },
  { "WRP1A_STRT=2 WRP1A_END=4", "level 0: not protected", "3 of 128 pages", 0, "" },
  { "WRP1A_STRT=0 WRP1A_END=0x3F WRP2A_STRT=0 WRP2A_END=0x3F", "level 0: not protected", "all 128 pages", 0, "" },
  { "nBOOT_SEL=0 IWDG_SW=0 WWDG_SW=0 nBOOT1=0", "level 0: not protected", "none of 128 pages", 4,
    "IWDG_SW, WWDG_SW, nBOOT_SEL and 1 more" },
  { "RDP=0xBB", "level 1: read-protected", "none of 128 pages", 0, "" },
};

static void
test_options (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (option_rows); i++)
    {
      g_autoptr (FlDevice) device = fl_device_new (0x467);
      g_auto (GStrv) set = g_strsplit (option_rows[i].set, " ", -1);
      g_autofree char *readout = NULL;
      g_autofree char *written = NULL;
      g_autofree char *changed = NULL;
      guint n_changed = 99;

      fl_device_set_geometry (device, 256, FALSE);
      device->options = fl_option_set_new (device->chip);
      for (guint j = 0; j < device->chip->option_areas->len; j++)
        {
          guint32 size = g_array_index (device->chip->option_areas, FlChipRange, j).size;
          g_autofree guint8 *bytes = g_malloc (size);

          memset (bytes, 0xFF, size);
          fl_option_set_take_bytes (device->options, j, bytes);
        }
      fl_option_set_put_factory (device->options);
      g_assert_true (fl_option_set_parse (device->options, "RDP=0xAA", NULL));
      for (char **one = set; *one != NULL; one++)
        g_assert_true (fl_option_set_parse (device->options, *one, NULL));
      readout = fl_device_dup_readout (device);
      written = fl_device_dup_write_protection (device);
      changed = fl_device_dup_changed_options (device, &n_changed);
      g_assert_cmpstr (readout, ==, option_rows[i].readout);
      g_assert_cmpstr (written, ==, option_rows[i].written);
      g_assert_cmpuint (n_changed, ==, option_rows[i].n_changed);
      g_assert_cmpstr (changed, ==, option_rows[i].changed);
    }
}

/* Without option bytes, it is what the bootloader did when it was asked. */
static void
test_no_options (void)
{
  g_autoptr (FlDevice) device = fl_device_new (0x467);
  g_autofree char *unknown = fl_device_dup_readout (device);
  g_autofree char *protected = NULL;
  guint n_changed;

  g_assert_cmpstr (unknown, ==, "not known");
  device->protection = FL_PROTECTION_READOUT;
  protected = fl_device_dup_readout (device);
  g_assert_true (g_str_has_prefix (protected, "read-protected"));
  g_assert_null (fl_device_dup_write_protection (device));
  g_assert_null (fl_device_dup_changed_options (device, &n_changed));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-text/bootloader", test_bootloader);
  g_test_add_func ("/device-text/faults-of-all", test_faults_of_all);
  g_test_add_func ("/device-text/names", test_names);
  g_test_add_func ("/device-text/called", test_called);
  g_test_add_func ("/device-text/memory-map", test_memory_map);
  g_test_add_func ("/device-text/memory-map-of-all", test_memory_map_of_all);
  g_test_add_func ("/device-text/boot-pins", test_boot_pins);
  g_test_add_func ("/device-text/options", test_options);
  g_test_add_func ("/device-text/no-options", test_no_options);
  return g_test_run ();
}
