/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Option bytes by name: what changes in which bytes, what stays, what is refused, what needs which consent. */

#include <string.h>

#include "fl-boot0.h"
#include "fl-bytes.h"
#include "fl-consent.h"
#include "fl-error.h"
#include "fl-option-set.h"
#include "fl-write-protect.h"

/* A chip's option bytes, all areas filled with @fill and sound complements. */
static FlOptionSet *
make_set (guint16 pid, guint8 fill)
{
  const FlChip *chip = fl_chip_db_find (pid);
  FlOptionSet *set = fl_option_set_new (chip);

  for (guint area = 0; area < chip->option_areas->len; area++)
    {
      guint32 size = g_array_index (chip->option_areas, FlChipRange, area).size;
      g_autofree guint8 *data = g_malloc (size);

      memset (data, fill, size);
      for (guint32 i = 0; i + 3 < size; i += 4)
        if (chip->option_style == FL_OPTION_STYLE_BYTES)
          data[i + 1] = data[i + 3] = (guint8) ~fill;
        else if (chip->option_style == FL_OPTION_STYLE_HALVES)
          data[i + 2] = data[i + 3] = (guint8) ~fill;
        else if (chip->option_style == FL_OPTION_STYLE_DOUBLE && i % 8 == 4)
          memset (data + i, (guint8) ~fill, 4);
      fl_option_set_take_bytes (set, area, data);
    }
  g_assert_true (fl_option_set_is_sound (set, NULL));
  return set;
}

/* What is written, as hex, for one assignment on option bytes that are all ones; from reference manuals by hand. */
static const struct
{
  guint16 pid;
  const char *assignment;
  guint area;
  guint offset;      /* of what is looked at in the block */
  const char *bytes; /* there */
  guint length;      /* of the block */
} blocks[] = {
  { 0x410, "Data0=0x5A", 0, 4, "5A A5 FF 00", 16 },  /* each byte and its complement */
  { 0x410, "nRST_STOP=0", 0, 0, "FF 00 FD 02", 16 }, /* bit 1 of USER */
  { 0x410, "WRP3=0x7F", 0, 12, "FF 00 7F 80", 16 },
  { 0x437, "BOR_LEV=8", 0, 4, "F8 FF 07 00", 32 },   /* low half, complement in the high half */
  { 0x437, "WRP7=0x0001", 1, 4, "01 00 FE FF", 8 },  /* the second area */
  { 0x413, "nWRP=0xFFE", 0, 8, "FE FF FF FF", 12 },  /* no complement; up to the last word */
  { 0x419, "nWRP2=0x7FF", 1, 8, "FF F7 FF FF", 12 }, /* bank 2's */
  { 0x467, "nBOOT_SEL=0", 0, 0, "FF FF FF FE 00 00 00 01", 0x78 },
  { 0x467, "SEC_SIZE2=0x00", 0, 0x70, "FF FF 0F F0 00 00 F0 0F", 0x78 },
  { 0x495, "nBOOT0=0", 0, 0, "FF FF FF F7 00 00 00 08", 0x38 },    /* never as far as the radio's own words */
  { 0x484, "SWAP_BANK=0", 0, 0, "FF FF FF 7F FF FF FF 7F", 0xB0 }, /* written behind where it is read */
  { 0x484, "WRPSG2=0x0000FFFF", 1, 12, "FF FF 00 00", 0x20 },
  { 0x450, "BCM7=0", 0, 4, "FF FF 7F FF", 0x24 },       /* bank 2's words are beyond one block: read only */
  { 0x482, "NSBOOTADD0=0", 0, 4, "7F 00 00 00", 0x30 }, /* bits below stay */
};

static void
test_blocks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autoptr (FlOptionSet) set = make_set (blocks[i].pid, 0xFF);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) block = NULL;
      g_autofree char *hex = NULL;
      const guint8 *data;
      gsize length, n = (strlen (blocks[i].bytes) + 1) / 3;

      g_assert_true (fl_option_set_parse (set, blocks[i].assignment, &error));
      g_assert_no_error (error);
      g_assert_true (fl_option_set_is_sound (set, NULL));
      block = fl_option_set_dup_block (set, blocks[i].area);
      data = g_bytes_get_data (block, &length);
      g_assert_cmpuint (length, ==, blocks[i].length);
      hex = fl_bytes_to_hex (data + blocks[i].offset, n, n);
      g_assert_cmpstr (hex, ==, blocks[i].bytes);
    }
}

static const struct
{
  guint16 pid;
  const char *assignment;
  FlError code;
  const char *part; /* of the message */
} refused[] = {
  { 0x467, "nBOOT_SEL", FL_ERROR_USAGE, "nBOOT_SEL=0" },
  { 0x467, "nBOOT_SEL=", FL_ERROR_USAGE, "nBOOT_SEL=0" },
  { 0x467, "nBOOT_SEL=x", FL_ERROR_USAGE, "nBOOT_SEL=0" },
  { 0x467, "nBOOT_SEL=-1", FL_ERROR_USAGE, "nBOOT_SEL=0" },
  { 0x467, "nBOOT_SEL=0x100000000", FL_ERROR_USAGE, "nBOOT_SEL=0" },
  { 0x467, "NOTHING=0", FL_ERROR_USAGE, "no option called “NOTHING”" },
  { 0x467, "nBOOT_SEL=2", FL_ERROR_RANGE, "1 bits" },
  { 0x467, "RDP=0x100", FL_ERROR_RANGE, "8 bits" },
  { 0x495, "SFSA=0", FL_ERROR_UNSUPPORTED, "never writes it" },
  { 0x44E, "RDP_LEVEL=0", FL_ERROR_UNSUPPORTED, "never writes it" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (FlOptionSet) set = make_set (refused[i].pid, 0xFF);
      g_autoptr (FlOptionSet) before = fl_option_set_copy (set);
      g_autoptr (GPtrArray) changes = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_option_set_parse (set, refused[i].assignment, &error));
      g_assert_error (error, FL_ERROR, (gint) refused[i].code);
      g_assert_nonnull (strstr (error->message, refused[i].part));
      changes = fl_option_set_diff (before, set);
      g_assert_cmpuint (changes->len, ==, 0);
    }
}

/* What was not read is neither known nor written. */
static void
test_unread (void)
{
  const FlChip *chip = fl_chip_db_find (0x467);
  g_autoptr (FlOptionSet) set = fl_option_set_new (chip);
  g_autoptr (GError) error = NULL;
  guint32 value;

  g_assert_false (fl_option_set_has (set, fl_chip_find_option (chip, "RDP")));
  g_assert_false (fl_option_set_get_role (set, FL_OPTION_ROLE_RDP, &value));
  g_assert_false (fl_option_set_parse (set, "nBOOT_SEL=0", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
}

static void
test_texts (void)
{
  g_autoptr (FlOptionSet) before = make_set (0x467, 0xFF);
  g_autoptr (FlOptionSet) after = fl_option_set_copy (before);
  g_autoptr (GPtrArray) changes = NULL;
  g_autofree char *text = NULL;
  g_autofree char *bytes = NULL;

  g_assert_true (fl_option_set_parse (after, "nboot_sel=0", NULL)); /* any case */
  g_assert_true (fl_option_set_parse (after, "RDP=0xAA", NULL));
  changes = fl_option_set_diff (before, after);
  g_assert_cmpuint (changes->len, ==, 2);
  text = fl_option_change_dup_text (g_ptr_array_index (changes, 0));
  g_assert_true (g_str_has_prefix (text, "RDP: 0xFF: "));
  g_assert_nonnull (strstr (text, " → 0xAA: "));
  bytes = fl_option_set_dup_bytes_text (before, after);
  g_assert_cmpstr (bytes, ==, "0x1FFF7800: FF FF FF FF 00 00 00 00 → AA FF FF FE 55 00 00 01");
}

/* For every chip: each field by itself changes its own bits and nothing else, and comes back from a file. */
static void
test_every_field (void)
{
  const GPtrArray *all = fl_chip_db_all ();
  guint n_fields = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      for (guint k = 0; k < chip->option_fields->len; k++)
        {
          const FlOptionField *field = g_ptr_array_index (chip->option_fields, k);
          g_autoptr (FlOptionSet) before = make_set (chip->pid, k % 2 ? 0x00 : 0xFF);
          g_autoptr (FlOptionSet) after = fl_option_set_copy (before);
          g_autoptr (FlOptionSet) loaded = fl_option_set_copy (before);
          guint32 value = ~fl_option_set_get (before, field) & fl_option_field_get_mask (field);
          g_autoptr (GPtrArray) changes = NULL;
          g_autoptr (GPtrArray) differences = NULL;
          g_autofree char *text = NULL;
          g_autoptr (GError) error = NULL;

          if (field->read_only)
            continue;
          n_fields++;
          g_assert_true (fl_option_set_put (after, field, value, &error));
          g_assert_true (fl_option_set_is_sound (after, NULL));
          changes = fl_option_set_diff (before, after);
          g_assert_cmpuint (changes->len, ==, 1);
          g_assert_cmpuint (fl_option_set_get (after, field), ==, value);
          text = fl_option_set_to_text (after);
          g_assert_true (fl_option_set_apply_text (loaded, text, -1, "saved", &error));
          g_assert_no_error (error);
          differences = fl_option_set_diff (loaded, after);
          g_assert_cmpuint (differences->len, ==, 0);
        }
    }
  g_assert_cmpuint (n_fields, >, 1600);
}

static const struct
{
  const char *text;
  FlError code;
  const char *part;
} files[] = {
  { "", FL_ERROR_FORMAT, "does not say which chip" },
  { "[chip]\nname=x\n", FL_ERROR_FORMAT, "does not say which chip" },
  { "not a file", FL_ERROR_FORMAT, "not a file of option bytes" },
  { "[chip]\npid=0x460\nname=STM32G071\n[options]\nnBOOT_SEL=0\n", FL_ERROR_RANGE, "STM32G071 (PID 0x460)" },
  { "[chip]\npid=0x467\n", FL_ERROR_FORMAT, "holds no option bytes" },
  { "[chip]\npid=0x467\n[options]\n", FL_ERROR_FORMAT, "holds no option bytes" },
  { "[chip]\npid=0x467\n[options]\nIWDG_SW=0\nnBOOT_SEL=7\n", FL_ERROR_RANGE, "saved: nBOOT_SEL" },
  { "[chip]\npid=0x467\n[options]\nIWDG_SW=0\nXYZ=7\n", FL_ERROR_USAGE, "XYZ" },
};

static void
test_files (void)
{
  g_autoptr (FlOptionSet) set = make_set (0x467, 0xFF);
  g_autoptr (FlOptionSet) before = fl_option_set_copy (set);
  g_autofree char *huge = g_strnfill (70000, '#');
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GPtrArray) none = NULL;
      g_autoptr (GError) bad = NULL;

      g_assert_false (fl_option_set_apply_text (set, files[i].text, -1, "saved", &bad));
      g_assert_error (bad, FL_ERROR, (gint) files[i].code);
      g_assert_nonnull (strstr (bad->message, files[i].part));
      none = fl_option_set_diff (before, set); /* all or nothing */
      g_assert_cmpuint (none->len, ==, 0);
    }
  g_assert_false (fl_option_set_apply_text (set, huge, 70000, "saved", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_true (fl_option_set_apply_text (set, "[chip]\npid=0x467\n[options]\nnBOOT_SEL=0\n", -1, "saved", &error));
  changes = fl_option_set_diff (before, set);
  g_assert_cmpuint (changes->len, ==, 1); /* a part of the fields is a file, too */
}

static void
test_factory (void)
{
  g_autoptr (FlOptionSet) set = make_set (0x467, 0x00);
  guint32 word;

  fl_option_set_put_factory (set);
  g_assert_true (fl_option_set_get_raw (set, 0x1FFF7800, &word));
  /* As RM0444 gives it, but for readout protection and reserved bits, which stay. */
  g_assert_cmphex (word & 0x3F7FFE00, ==, 0xFFFFFEAA & 0x3F7FFE00);
  g_assert_cmphex (word & 0xFF, ==, 0x00);
  g_assert_false (fl_option_set_get_raw (set, 0x08000000, &word));
}

static const struct
{
  guint16 pid;
  const char *assignment;
  FlDanger danger;
} dangers[] = {
  { 0x467, "RDP=0xCC", FL_DANGER_IRREVERSIBLE },
  { 0x467, "RDP=0xBB", FL_DANGER_HIGH },
  { 0x467, "BOOT_LOCK=1", FL_DANGER_CRITICAL },
  { 0x484, "PRODUCT_STATE=0x5C", FL_DANGER_IRREVERSIBLE },
  { 0x484, "PRODUCT_STATE=0x17", FL_DANGER_CRITICAL },
  { 0x482, "TZEN=1", FL_DANGER_CRITICAL },
  { 0x410, "Data0=0x12", FL_DANGER_NONE },
  { 0x410, "RDP=0x00", FL_DANGER_HIGH },
};

static void
test_dangers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dangers); i++)
    {
      g_autoptr (FlOptionSet) before = make_set (dangers[i].pid, dangers[i].pid == 0x467 ? 0x00 : 0x20);
      g_autoptr (FlOptionSet) after = fl_option_set_copy (before);
      g_autoptr (GPtrArray) changes = NULL;

      if (g_str_has_prefix (dangers[i].assignment, "RDP=0x00"))
        g_assert_true (fl_option_set_parse (before, "RDP=0xA5", NULL));
      g_assert_true (fl_option_set_parse (after, dangers[i].assignment, NULL));
      changes = fl_option_set_diff (before, after);
      g_assert_cmpuint (changes->len, ==, 1);
      g_assert_cmpint (fl_option_changes_get_danger (changes), ==, dangers[i].danger);
    }
}

static const struct
{
  FlDanger danger;
  gboolean agreed;
  const char *typed;
  gboolean enough;
} consents[] = {
  { FL_DANGER_NONE, FALSE, NULL, TRUE },
  { FL_DANGER_LOW, FALSE, NULL, FALSE },
  { FL_DANGER_LOW, TRUE, NULL, TRUE },
  { FL_DANGER_HIGH, FALSE, "STM32G0B1", FALSE },
  { FL_DANGER_HIGH, TRUE, NULL, TRUE },
  { FL_DANGER_CRITICAL, TRUE, NULL, FALSE },
  { FL_DANGER_CRITICAL, TRUE, "STM32G071", FALSE },
  { FL_DANGER_CRITICAL, FALSE, " stm32g0b1 ", TRUE },
  { FL_DANGER_IRREVERSIBLE, TRUE, NULL, FALSE },
  { FL_DANGER_IRREVERSIBLE, TRUE, "", FALSE },
  { FL_DANGER_IRREVERSIBLE, TRUE, "yes", FALSE },
  { FL_DANGER_IRREVERSIBLE, TRUE, "STM32G0", FALSE },
  { FL_DANGER_IRREVERSIBLE, TRUE, "STM32G0C1", TRUE },
  { FL_DANGER_IRREVERSIBLE, TRUE, "STM32G0B0/0B1/0C1", TRUE },
};

static void
test_consent (void)
{
  const FlChip *chip = fl_chip_db_find (0x467);
  const GPtrArray *all = fl_chip_db_all ();

  for (guint i = 0; i < G_N_ELEMENTS (consents); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (fl_consent_check (chip, consents[i].danger, consents[i].agreed, consents[i].typed, &error), ==,
                       consents[i].enough);
      if (!consents[i].enough)
        g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
    }
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *name = fl_consent_dup_name (g_ptr_array_index (all, i));

      g_assert_true (g_str_has_prefix (name, "STM32"));
      g_assert_true (fl_consent_is_name (g_ptr_array_index (all, i), name)); /* what is asked for is enough */
    }
}

/* What BOOT0 does, by the option bits of AN2606's table 2. */
static const struct
{
  guint16 pid;
  const char *assignments;
  FlBoot0 boot0;
  gboolean can_enable;
} boots[] = {
  { 0x467, "nBOOT_SEL=0 nBOOT1=1 BOOT_LOCK=0", FL_BOOT0_PIN, FALSE },
  { 0x467, "nBOOT_SEL=1 nBOOT0=1 nBOOT1=1 BOOT_LOCK=0", FL_BOOT0_FLASH, TRUE },
  { 0x467, "nBOOT_SEL=1 nBOOT0=0 nBOOT1=1 BOOT_LOCK=0", FL_BOOT0_ROM, TRUE },
  { 0x467, "nBOOT_SEL=0 nBOOT1=0 BOOT_LOCK=0", FL_BOOT0_FLASH, TRUE }, /* BOOT0 starts from RAM */
  { 0x467, "nBOOT_SEL=0 BOOT_LOCK=1", FL_BOOT0_LOCKED, FALSE },
  { 0x435, "nSWBOOT0=1 nBOOT1=1", FL_BOOT0_PIN, FALSE },
  { 0x435, "nSWBOOT0=0 nBOOT0=1 nBOOT1=1", FL_BOOT0_FLASH, TRUE },
  { 0x435, "nSWBOOT0=0 nBOOT0=0 nBOOT1=1", FL_BOOT0_ROM, TRUE },
  { 0x442, "BOOT_SEL=0 nBOOT0=0 nBOOT1=1", FL_BOOT0_ROM, TRUE },
  { 0x44E, "BOOT_SEL=0 BOOT0=0", FL_BOOT0_FLASH, TRUE },
  { 0x44E, "BOOT_SEL=0 BOOT0=1", FL_BOOT0_ROM, TRUE },
  { 0x484, "BOOT_LOCK=0xC3", FL_BOOT0_UNKNOWN, FALSE },
  { 0x484, "BOOT_LOCK=0xB4", FL_BOOT0_LOCKED, FALSE },
  { 0x413, "BOR_LEV=0", FL_BOOT0_UNKNOWN, FALSE },
};

static void
test_boot0 (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (boots); i++)
    {
      g_autoptr (FlOptionSet) set = make_set (boots[i].pid, 0x00);
      g_auto (GStrv) assignments = g_strsplit (boots[i].assignments, " ", -1);
      g_autofree char *text = NULL;

      for (char **assignment = assignments; *assignment != NULL; assignment++)
        g_assert_true (fl_option_set_parse (set, *assignment, NULL));
      g_assert_cmpint (fl_boot0_get (set), ==, boots[i].boot0);
      text = fl_boot0_dup_text (boots[i].boot0, set, TRUE);
      g_assert_cmpint (text != NULL, ==, boots[i].boot0 >= FL_BOOT0_FLASH);
      g_assert_cmpint (fl_boot0_enable_pin (set), ==, boots[i].can_enable);
      if (boots[i].can_enable)
        g_assert_cmpint (fl_boot0_get (set), ==, FL_BOOT0_PIN);
    }
  g_assert_cmpint (fl_boot0_get (NULL), ==, FL_BOOT0_UNKNOWN);
}

static FlLayout *
get_layout (guint16 pid, guint kib)
{
  return fl_chip_get_layout (fl_chip_db_find (pid), kib, NULL);
}

/* A list of pages, the fields that protect them, and the pages that are protected then. */
static const struct
{
  guint16 pid;
  guint kib;
  const char *list;
  const char *field;
  guint32 value;
  const char *reached; /* NULL: those of the list */
} protections[] = {
  { 0x410, 64, "0-3", "WRP0", 0xFE, NULL }, /* four pages a bit, 0 protects */
  { 0x410, 64, "5", "WRP0", 0xFD, "4-7" },
  { 0x410, 128, "124", "WRP3", 0x7F, "124-127" },
  { 0x414, 512, "62", "WRP3", 0x7F, "62-255" },   /* the last bit covers all the rest */
  { 0x413, 1024, "0, 11", "nWRP", 0x7FE, NULL },  /* a sector a bit */
  { 0x419, 2048, "12", "nWRP2", 0xFFE, NULL },    /* bank 2 */
  { 0x417, 64, "0-31", "WRPROT0", 0x0001, NULL }, /* 32 pages a bit, 1 protects */
  { 0x437, 512, "16", "WRP0", 0x0002, "16-31" },
  { 0x467, 512, "3-7", "WRP1A_END", 7, NULL },      /* a range of pages */
  { 0x467, 512, "130-140", "WRP2A_STRT", 2, NULL }, /* numbered within the bank */
  { 0x467, 512, "0-1, 5", "WRP1B_STRT", 5, NULL },  /* the second range of the bank */
  { 0x467, 512, "127-128", "WRP2A_END", 0, NULL },  /* one range in each bank */
  { 0x484, 2048, "0-3", "WRPSG1", 0xFFFFFFFE, NULL },
  { 0x485, 64, "7", "WRPS", 0x7F, NULL },
  { 0x467, 512, "none", "WRP1A_STRT", 0x7F, NULL }, /* off: the first page is behind the last */
};

static void
test_write_protect (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (protections); i++)
    {
      const FlChip *chip = fl_chip_db_find (protections[i].pid);
      FlLayout *layout = get_layout (protections[i].pid, protections[i].kib);
      guint n = fl_layout_get_n_sectors (layout);
      g_autoptr (FlOptionSet) set = make_set (protections[i].pid, 0xFF);
      g_autofree guint8 *sectors = g_malloc (n);
      g_autofree guint8 *expected = g_malloc (n);
      g_autofree guint8 *got = NULL;
      g_autoptr (GError) error = NULL;

      if (fl_chip_find_option_role (chip, FL_OPTION_ROLE_PCROP_MODE) != NULL)
        g_assert_true (fl_option_set_put (set, fl_chip_find_option_role (chip, FL_OPTION_ROLE_PCROP_MODE), 0, NULL));
      g_assert_true (fl_write_protect_parse_list (protections[i].list, layout, sectors, &error));
      g_assert_true (fl_write_protect_parse_list (
          protections[i].reached != NULL ? protections[i].reached : protections[i].list, layout, expected, &error));
      g_assert_true (fl_write_protect_set (set, layout, sectors, &error));
      g_assert_no_error (error);
      g_assert_cmphex (fl_option_set_get (set, fl_chip_find_option (chip, protections[i].field)), ==,
                       protections[i].value);
      g_assert_cmpmem (sectors, n, expected, n);
      got = fl_write_protect_get (set, layout);
      g_assert_cmpmem (got, n, expected, n);
    }
}

/* For every chip and layout: what was asked for is protected, or it says that it cannot be; nothing comes off again by
 * asking for the same. */
static void
test_write_protect_property (void)
{
  const GPtrArray *all = fl_chip_db_all ();
  guint n_set = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);
      const FlOptionField *mode = fl_chip_find_option_role (chip, FL_OPTION_ROLE_PCROP_MODE);

      for (guint k = 0; k < chip->layouts->len && chip->write_protect->len > 0; k++)
        for (guint round = 0; round < 6; round++)
          {
            FlLayout *layout = ((const FlChipLayout *) g_ptr_array_index (chip->layouts, k))->layout;
            guint n = fl_layout_get_n_sectors (layout);
            g_autoptr (FlOptionSet) set = make_set (chip->pid, 0xFF);
            g_autofree guint8 *wanted = g_malloc0 (n);
            g_autofree guint8 *sectors = NULL;
            g_autofree guint8 *again = NULL;
            guint first = (guint) g_test_rand_int_range (0, (gint) n);
            guint last = (guint) g_test_rand_int_range ((gint) first, (gint) n);

            if (mode != NULL)
              g_assert_true (fl_option_set_put (set, mode, 0, NULL));
            for (guint s = first; s <= last && round > 0; s++)
              wanted[s] = TRUE;
            sectors = g_memdup2 (wanted, n);
            if (!fl_write_protect_set (set, layout, sectors, NULL))
              continue;
            n_set++;
            for (guint s = 0; s < n; s++)
              g_assert_cmpint (sectors[s], >=, wanted[s]);
            again = g_memdup2 (sectors, n);
            g_assert_true (fl_write_protect_set (set, layout, again, NULL));
            g_assert_cmpmem (again, n, sectors, n);
          }
    }
  g_assert_cmpuint (n_set, >, 500);
}

static void
test_write_protect_refused (void)
{
  static const struct
  {
    guint16 pid;
    guint kib;
    const char *list;
    FlError code;
  } lists[] = {
    { 0x467, 512, "0, 2, 4", FL_ERROR_UNSUPPORTED }, /* three ranges in a bank that has two */
    { 0x44E, 512, "0", FL_ERROR_UNSUPPORTED },       /* not known how */
    { 0x419, 2048, "0-3", FL_ERROR_UNSUPPORTED },    /* the bits mean PCROP */
    { 0x467, 512, "256", FL_ERROR_USAGE },
    { 0x467, 512, "5-3", FL_ERROR_USAGE },
    { 0x467, 512, "", FL_ERROR_USAGE },
    { 0x467, 512, "1,,2", FL_ERROR_USAGE },
    { 0x467, 512, "1-", FL_ERROR_USAGE },
    { 0x467, 512, "one", FL_ERROR_USAGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      FlLayout *layout = get_layout (lists[i].pid, lists[i].kib);
      g_autofree guint8 *sectors = g_malloc0 (fl_layout_get_n_sectors (layout));
      g_autoptr (FlOptionSet) set = make_set (lists[i].pid, 0xFF);
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_write_protect_parse_list (lists[i].list, layout, sectors, &error)
                      && fl_write_protect_set (set, layout, sectors, &error));
      g_assert_error (error, FL_ERROR, (gint) lists[i].code);
    }
}

/* A list that is read and written again is the same, in order and without repetitions. */
static void
test_write_protect_list (void)
{
  static const char *const texts[][2] = {
    { "none", "none" },      { "all", "0-63" },          { "0", "0" },
    { "63", "63" },          { "0-15, 32", "0-15, 32" }, { "32,0-15", "0-15, 32" },
    { "1,2,3,5", "1-3, 5" }, { "0-1,63", "0-1, 63" },
  };
  FlLayout *layout = fl_chip_get_layout (fl_chip_db_find (0x460), 128, NULL);
  guint8 sectors[64];

  g_assert_cmpuint (fl_layout_get_n_sectors (layout), ==, G_N_ELEMENTS (sectors));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *got = NULL;

      g_assert_true (fl_write_protect_parse_list (texts[i][0], layout, sectors, NULL));
      got = fl_write_protect_dup_list (sectors, layout);
      g_assert_cmpstr (got, ==, texts[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-set/blocks", test_blocks);
  g_test_add_func ("/option-set/refused", test_refused);
  g_test_add_func ("/option-set/unread", test_unread);
  g_test_add_func ("/option-set/texts", test_texts);
  g_test_add_func ("/option-set/every-field", test_every_field);
  g_test_add_func ("/option-set/files", test_files);
  g_test_add_func ("/option-set/factory", test_factory);
  g_test_add_func ("/option-set/dangers", test_dangers);
  g_test_add_func ("/option-set/consent", test_consent);
  g_test_add_func ("/option-set/boot0", test_boot0);
  g_test_add_func ("/option-set/write-protect", test_write_protect);
  g_test_add_func ("/option-set/write-protect/property", test_write_protect_property);
  g_test_add_func ("/option-set/write-protect/list", test_write_protect_list);
  g_test_add_func ("/option-set/write-protect/refused", test_write_protect_refused);
  return g_test_run ();
}
