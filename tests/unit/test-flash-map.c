/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flash map in the process: what it says, what it draws, how large it wants to be. */
#include "config.h"

#include <adwaita.h>

#include "fl-flash-map.h"
#include "fl-job.h"
#include "fl-map-paint.h"
#include "fl-widget-test.h"

#define N_STATES (FL_SECTOR_FAILED + 1)

static FlPlan *
make_plan (FlDevice *device, guint32 address, gsize length, FlEraseMode erase)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (length);
  FlPlanOptions options = fl_plan_options_default;
  g_autoptr (GError) error = NULL;
  FlPlan *plan;

  memset (data, 0x5A, length);
  g_assert_true (fl_image_add (image, address, data, length, &error));
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, &error));
  options.erase = erase;
  plan = fl_plan_new (device, image, &options, &error);
  g_assert_no_error (error);
  return plan;
}

static void
test_words (void)
{
  g_autoptr (FlDevice) device = fl_widget_test_device (0x467, 512);
  g_autoptr (FlPlan) plan = make_plan (device, 0x08000000, 5000, FL_ERASE_NEEDED);
  GtkWidget *map = g_object_ref_sink (fl_flash_map_new ());
  g_autofree char *text = NULL;

  gtk_test_accessible_assert_role (map, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_LABEL, "Flash map");
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "The flash of this chip is not known.");

  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  text = fl_flash_map_to_text (FL_FLASH_MAP (map));
  g_assert_nonnull (strstr (text, "0x08000000–0x0807FFFF."));
  g_assert_null (strstr (text, "Kept"));
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);

  fl_flash_map_set_plan (FL_FLASH_MAP (map), plan);
  g_free (text);
  text = fl_flash_map_to_text (FL_FLASH_MAP (map));
  g_assert_nonnull (strstr (text, "Kept: 253. To be erased and written: 3 (0x08000000–0x080017FF)."));
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  g_object_unref (map);
}

static gboolean
says_verified (gpointer user_data)
{
  g_autofree char *wanted = fl_flash_map_to_text (user_data);
  g_autofree char *different =
      gtk_test_accessible_check_property (user_data, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, wanted);

  return different == NULL;
}

static void
test_states (void)
{
  g_autoptr (FlDevice) device = fl_widget_test_device (0x467, 512);
  g_autoptr (FlPlan) plan = make_plan (device, 0x08000000, 5000, FL_ERASE_NEEDED);
  GtkWidget *map = g_object_ref_sink (fl_flash_map_new ());
  guint8 states[256] = { FL_SECTOR_VERIFIED, FL_SECTOR_WRITING, FL_SECTOR_ERASED, FL_SECTOR_UNTOUCHED };
  g_autofree char *text = NULL;

  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  fl_flash_map_set_plan (FL_FLASH_MAP (map), plan);
  states[200] = states[202] = states[204] = states[206] = FL_SECTOR_FAILED;
  fl_flash_map_set_states (FL_FLASH_MAP (map), states, G_N_ELEMENTS (states));
  text = fl_flash_map_to_text (FL_FLASH_MAP (map));
  g_assert_nonnull (strstr (text, "Verified: 1 (0x08000000–0x080007FF)."));
  g_assert_nonnull (strstr (text, "Being written: 1 (0x08000800–0x08000FFF)."));
  g_assert_nonnull (strstr (text, "Failed: 4 (0x08064000–0x080647FF, 0x08065000–0x080657FF, 0x08066000–0x080667FF "
                                  "and 1 more)."));
  fl_widget_test_wait (says_verified, map); /* the screen reader gets it too, soon */

  fl_flash_map_set_states (FL_FLASH_MAP (map), NULL, 0); /* back to the plan */
  g_free (text);
  text = fl_flash_map_to_text (FL_FLASH_MAP (map));
  g_assert_nonnull (strstr (text, "To be erased and written: 3"));
  g_object_unref (map);
}

/* A map of what is write-protected, and where a click on it falls. */
static void
test_protection (void)
{
  g_autoptr (FlDevice) device = fl_widget_test_device (0x413, 1024);
  GtkWidget *map = fl_flash_map_new ();
  GtkWidget *window;
  guint8 states[12];
  gboolean seen[12] = { FALSE };
  g_autofree char *text = NULL;

  memset (states, FL_MAP_OPEN, sizeof states);
  states[0] = states[1] = FL_MAP_PROTECTED;
  states[4] = FL_MAP_TO_PROTECT;
  states[11] = FL_MAP_TO_OPEN;
  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  fl_flash_map_set_states (FL_FLASH_MAP (map), states, G_N_ELEMENTS (states));
  text = fl_flash_map_to_text (FL_FLASH_MAP (map));
  g_assert_nonnull (strstr (text, "Not protected: 8. Protected: 2 (0x08000000–0x08007FFF). To be protected: 1 "
                                  "(0x08010000–0x0801FFFF). To be opened: 1 (0x080E0000–0x080FFFFF)."));

  window = fl_widget_test_show (map, 900, 100);
  for (int x = 0; x < gtk_widget_get_width (map); x++)
    {
      const FlSector *sector = fl_flash_map_find_sector (FL_FLASH_MAP (map), x, 5);
      g_autofree char *tip = fl_flash_map_dup_tip (FL_FLASH_MAP (map), x, 5);
      g_autofree char *name = sector != NULL ? g_strdup_printf ("Sector %u ·", sector->index) : NULL;

      g_assert_cmpint (sector != NULL, ==, tip != NULL);
      if (sector == NULL)
        continue;
      g_assert_true (g_str_has_prefix (tip, name));
      seen[sector->index] = TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_true (seen[i]);
  g_assert_null (fl_flash_map_find_sector (FL_FLASH_MAP (map), 450, gtk_widget_get_height (map) - 1));
  fl_widget_test_close (window);
}

static void
test_tip (void)
{
  g_autoptr (FlDevice) device = fl_widget_test_device (0x467, 512);
  g_autoptr (FlPlan) plan = make_plan (device, 0x08000000, 0x1000, FL_ERASE_NEEDED);
  GtkWidget *map = fl_flash_map_new ();
  GtkWidget *window;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  int y0 = -1, y1 = -1, x0 = -1, x1 = -1;

  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  fl_flash_map_set_plan (FL_FLASH_MAP (map), plan);
  window = fl_widget_test_show (map, 900, 300);
  for (int y = 0; y < gtk_widget_get_height (map); y += 3)
    for (int x = 0; x < gtk_widget_get_width (map); x += 3)
      {
        g_autofree char *tip = fl_flash_map_dup_tip (FL_FLASH_MAP (map), x, y);

        if (tip == NULL)
          continue;
        x0 = x0 < 0 ? x : x0;
        y0 = y0 < 0 ? y : y0;
        x1 = x;
        y1 = y;
      }
  first = fl_flash_map_dup_tip (FL_FLASH_MAP (map), x0, y0);
  last = fl_flash_map_dup_tip (FL_FLASH_MAP (map), x1, y1);
  g_assert_cmpstr (first, ==, "Page 0 · bank 1 · 0x08000000–0x080007FF · 2 KiB · will be erased and written");
  g_assert_cmpstr (last, ==, "Page 255 · bank 2 · 0x0807F800–0x0807FFFF · 2 KiB · is kept");
  g_assert_cmpint (x0, >, 20); /* addresses stand before the cells, and behind them */
  g_assert_cmpint (x1, <, 900 - 20);
  fl_widget_test_close (window);
}

/* A chip with as many sectors as there can be. */
static FlDevice *
make_large_device (void)
{
  g_autofree FlSector *sectors = g_new0 (FlSector, 2048);
  FlDevice *device = fl_device_new (0x999);

  for (guint i = 0; i < 2048; i++)
    sectors[i] = (FlSector){ .address = 0x08000000 + i * 2048, .size = 2048, .code = (guint16) i, .bank = 1 };
  device->layout = fl_layout_new (sectors, 2048, NULL);
  g_assert_nonnull (device->layout);
  device->flash_kib = 4096;
  return device;
}

static void
test_large (void)
{
  g_autoptr (FlDevice) device = make_large_device ();
  GtkWidget *map = fl_flash_map_new ();
  guint8 states[2048] = { 0 };
  GtkWidget *window;
  gint64 start;

  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  window = fl_widget_test_show (map, 720, 300);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      states[i] = FL_SECTOR_VERIFIED;
      fl_flash_map_set_states (FL_FLASH_MAP (map), states, G_N_ELEMENTS (states));
    }
  g_test_message ("2048 announcements: %.1f ms", (double) (g_get_monotonic_time () - start) / 1000);
  states[1000] = FL_SECTOR_FAILED;
  fl_flash_map_set_states (FL_FLASH_MAP (map), states, G_N_ELEMENTS (states));
  fl_widget_test_settle (map);
  start = g_get_monotonic_time ();
  g_object_unref (fl_widget_test_draw (map, "map-2048-sectors"));
  g_test_message ("one frame of 2048 sectors: %.1f ms", (double) (g_get_monotonic_time () - start) / 1000);
  fl_widget_test_close (window);
}

/* Taller where it is narrower, never wider than a small window, and as tall as it says. */
static void
test_size (void)
{
  g_autoptr (FlDevice) device = fl_widget_test_device (0x410, 128);
  GtkWidget *map = g_object_ref_sink (fl_flash_map_new ());
  int minimum, narrow, wide, empty;

  gtk_widget_measure (map, GTK_ORIENTATION_VERTICAL, 600, &empty, NULL, NULL, NULL);
  g_assert_cmpint (empty, ==, 0);
  fl_flash_map_set_device (FL_FLASH_MAP (map), device);
  gtk_widget_measure (map, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_measure (map, GTK_ORIENTATION_VERTICAL, 320, &narrow, NULL, NULL, NULL);
  gtk_widget_measure (map, GTK_ORIENTATION_VERTICAL, 1200, &wide, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 320);
  g_assert_cmpint (wide, >, 0);
  g_assert_cmpint (narrow, >, wide);
  g_object_unref (map);
}

static guint32
get_pixel (GdkPixbuf *pixbuf, int x, int y)
{
  const guint8 *pixel = gdk_pixbuf_read_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf)
                        + (gsize) x * (gsize) gdk_pixbuf_get_n_channels (pixbuf);

  return (guint32) pixel[0] << 16 | (guint32) pixel[1] << 8 | pixel[2];
}

/* Each state looks different from every other even without colour: seen in grey, cell by cell. */
static void
test_looks (void)
{
  static const struct
  {
    const char *name;
    AdwColorScheme scheme;
    guint first; /* states that are on the same map */
    guint n_states;
  } schemes[] = {
    { "map-states-light", ADW_COLOR_SCHEME_FORCE_LIGHT, 0, N_STATES },
    { "map-states-dark", ADW_COLOR_SCHEME_FORCE_DARK, 0, N_STATES },
    { "map-protection-light", ADW_COLOR_SCHEME_FORCE_LIGHT, FL_MAP_OPEN, FL_N_MAP_STATES - FL_MAP_OPEN },
    { "map-protection-dark", ADW_COLOR_SCHEME_FORCE_DARK, FL_MAP_OPEN, FL_N_MAP_STATES - FL_MAP_OPEN },
  };

  for (guint s = 0; s < G_N_ELEMENTS (schemes); s++)
    {
      g_autoptr (FlDevice) device = fl_device_new (0x999);
      g_autoptr (GdkPixbuf) pixbuf = NULL;
      GtkWidget *map = fl_flash_map_new ();
      FlSector sectors[N_STATES];
      guint8 states[N_STATES];
      int begin[N_STATES] = { 0 };
      GtkWidget *window;

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[s].scheme);
      for (guint16 i = 0; i < schemes[s].n_states; i++)
        {
          sectors[i] = (FlSector){ 0x08000000 + i * 0x4000, 0x4000, i, i, 1 };
          states[i] = (guint8) (schemes[s].first + i);
        }
      device->layout = fl_layout_new (sectors, schemes[s].n_states, NULL);
      fl_flash_map_set_device (FL_FLASH_MAP (map), device);
      fl_flash_map_set_states (FL_FLASH_MAP (map), states, schemes[s].n_states);
      window = fl_widget_test_show (map, 720, 160);
      pixbuf = fl_widget_test_draw (map, schemes[s].name);
      for (int x = 719; x >= 0; x--)
        {
          g_autofree char *tip = fl_flash_map_dup_tip (FL_FLASH_MAP (map), x, 12);

          if (tip != NULL)
            begin[strtoul (tip + strlen ("Sector "), NULL, 10)] = x;
        }
      for (guint a = 0; a < schemes[s].n_states; a++)
        for (guint b = a + 1; b < schemes[s].n_states; b++)
          {
            guint n_different = 0;

            g_assert_cmpint (begin[a], >, 0);
            for (int y = 2; y < 26; y++)
              for (int x = 2; x < 50; x++)
                n_different += get_pixel (pixbuf, begin[a] + x, y) != get_pixel (pixbuf, begin[b] + x, y);
            g_assert_cmpuint (n_different, >, 24 * 48 / 10);
          }
      fl_widget_test_close (window);
    }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* Pictures of some chips, kept to be looked at; the test is that drawing them works at any width. */
static void
test_pictures (void)
{
  static const struct
  {
    const char *name;
    guint16 pid;
    guint flash_kib;
    int width;
  } chips[] = { { "map-f407", 0x413, 1024, 680 },
                { "map-g0b1", 0x467, 512, 940 },
                { "map-f103-narrow", 0x410, 128, 360 },
                { "map-h743", 0x450, 2048, 680 },
                { "map-l0", 0x447, 192, 680 } };

  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    {
      g_autoptr (FlDevice) device = fl_widget_test_device (chips[i].pid, chips[i].flash_kib);
      g_autoptr (FlPlan) plan = make_plan (device, 0x08000000, 100000, i % 2 ? FL_ERASE_ALL : FL_ERASE_NEEDED);
      GtkWidget *map = fl_flash_map_new ();
      GtkWidget *window;

      fl_flash_map_set_device (FL_FLASH_MAP (map), device);
      fl_flash_map_set_plan (FL_FLASH_MAP (map), plan);
      window = fl_widget_test_show (map, chips[i].width, -1);
      g_object_unref (fl_widget_test_draw (map, chips[i].name));
      fl_widget_test_close (window);
    }
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  g_test_add_func ("/flash-map/words", test_words);
  g_test_add_func ("/flash-map/states", test_states);
  g_test_add_func ("/flash-map/protection", test_protection);
  g_test_add_func ("/flash-map/tip", test_tip);
  g_test_add_func ("/flash-map/large", test_large);
  g_test_add_func ("/flash-map/size", test_size);
  g_test_add_func ("/flash-map/looks", test_looks);
  g_test_add_func ("/flash-map/pictures", test_pictures);
  return g_test_run ();
}
