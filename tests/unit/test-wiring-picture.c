/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wiring drawing: what it says to a screen reader is what it draws, for every chip and every serial port. */
#include "config.h"

#include "fl-widget-test.h"
#include "fl-wiring-picture.h"

static const struct
{
  const char *name;
  guint16 pid;
  guint usart;
  const char *preset; /* NULL: by hand */
  const char *text;
} cases[] = {
  { "unknown-chip", 0, 0, NULL,
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; "
    "3.3 V (high) to BOOT0; reset button to NRST" },
  { "by-hand", 0x460, 0, NULL,
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; "
    "3.3 V (high) to BOOT0 (PA14); reset button to NRST" },
  { "second-port", 0x460, 1, NULL,
    "adapter TX to PA3 (USART2 RX); adapter RX to PA2 (USART2 TX); adapter GND to GND; "
    "3.3 V (high) to BOOT0 (PA14); reset button to NRST" },
  { "boot1-too", 0x410, 0, NULL,
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; "
    "3.3 V (high) to BOOT0; GND (low) to BOOT1 (PB2); reset button to NRST" },
  { "boot0-and-reset-driven", 0x410, 0, "rts-boot0-dtr-reset",
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; adapter DTR to NRST; "
    "adapter RTS, inverted to BOOT0; GND (low) to BOOT1 (PB2)" },
  { "plain-wires", 0x410, 0, "ndtr-boot0-rts-reset",
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; adapter RTS to NRST; "
    "adapter DTR to BOOT0; GND (low) to BOOT1 (PB2)" },
  { "only-reset-driven", 0x460, 0, "dtr-reset",
    "adapter TX to PA10 (USART1 RX); adapter RX to PA9 (USART1 TX); adapter GND to GND; adapter DTR to NRST; "
    "3.3 V (high) to BOOT0 (PA14)" },
};

static FlWiringPicture *
make (const FlChip *chip, guint usart, const char *preset)
{
  FlWiringPicture *picture =
      g_object_new (FL_TYPE_WIRING_PICTURE, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, NULL);
  const FlEntryPreset *wires = preset != NULL ? fl_entry_preset_find (preset) : NULL;

  g_assert_true (preset == NULL || wires != NULL);
  fl_wiring_picture_set (picture, chip, usart, wires);
  return picture;
}

static char *
dup_text (FlWiringPicture *picture)
{
  return g_strdup (gtk_widget_get_tooltip_text (GTK_WIDGET (picture)));
}

static guint
count_ink (GdkPixbuf *pixbuf, int from, int to)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf), n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  guint n = 0;

  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
    for (int x = from; x < to; x++)
      n += pixels[y * stride + x * n_channels] < 0xC0;
  return n;
}

/* A box is drawn on either side, with wires between them, and no text reaches beyond its box. */
static void
check_ink (FlWiringPicture *picture, const char *name)
{
  g_autofree char *file = g_strdup_printf ("wiring-%s", name);
  g_autoptr (GdkPixbuf) pixbuf = fl_widget_test_draw (GTK_WIDGET (picture), file);
  int width = gdk_pixbuf_get_width (pixbuf), third = width / 3;

  g_assert_cmpuint (count_ink (pixbuf, 0, third), >, 100);
  g_assert_cmpuint (count_ink (pixbuf, third, 2 * third), >, 100);
  g_assert_cmpuint (count_ink (pixbuf, 2 * third, width), >, 100);
  g_assert_cmpuint (count_ink (pixbuf, width - 1, width), <, (guint) gdk_pixbuf_get_height (pixbuf) - 10);
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  FlWiringPicture *picture = make (fl_chip_db_find (cases[row].pid), cases[row].usart, cases[row].preset);
  GtkWidget *window = fl_widget_test_show (GTK_WIDGET (picture), 500, 400);

  gtk_test_accessible_assert_role (picture, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (picture, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, cases[row].text);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (picture)), ==, cases[row].text);
  check_ink (picture, cases[row].name);
  fl_widget_test_close (window);
}

static guint
count_wires (const char *text)
{
  g_auto (GStrv) wires = g_strsplit (text, "; ", -1);

  return g_strv_length (wires);
}

/* Every serial port of every chip: crossed data lines, ground, reset, and every pin that starts the bootloader. */
static void
test_all (void)
{
  const GPtrArray *chips = fl_chip_db_all ();
  guint n_pictures = 0;

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autoptr (GArray) pins = fl_chip_list_boot_pins (chip);

      for (guint j = 0; j < chip->usarts->len; j++)
        {
          const FlChipUsart *usart = g_ptr_array_index (chip->usarts, j);
          FlWiringPicture *picture = g_object_ref_sink (make (chip, j, NULL));
          g_autofree char *text = dup_text (picture);
          g_autofree char *crossed =
              g_strdup_printf ("adapter TX to %s (%s RX); adapter RX to %s (%s TX); adapter GND to GND", usart->rx,
                               usart->name, usart->tx, usart->name);
          int minimum, natural;

          g_assert_true (g_str_has_prefix (text, crossed));
          g_assert_true (g_str_has_suffix (text, "reset button to NRST"));
          g_assert_cmpuint (count_wires (text), ==, 4 + pins->len);
          for (guint k = 0; k < pins->len; k++)
            {
              const FlChipBootPin *pin = &g_array_index (pins, FlChipBootPin, k);

              g_assert_nonnull (strstr (text, pin->name != NULL ? pin->name : pin->pin));
            }
          gtk_widget_measure (GTK_WIDGET (picture), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
          g_assert_cmpint (minimum, <=, natural);
          g_assert_cmpint (minimum, <, 420); /* it fits into a column of a small window */
          g_object_unref (picture);
          n_pictures++;
        }
    }
  g_assert_cmpuint (n_pictures, >, chips->len);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/wiring-picture/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/wiring-picture/all", test_all);
  return g_test_run ();
}
