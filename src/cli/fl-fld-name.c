/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-fld-name.h"

#include <glib/gi18n.h>
#include <string.h>

/* Maps for one product ID; other names say the series only. Source: the maps of the old program, and AN2606. */
static const struct
{
  const char *pattern; /* in lower case */
  guint16 pid;
} maps[] = {
  { "stm32*_low-density-value_*", 0x420 },
  { "stm32*_low-density_*", 0x412 },
  { "stm32*_med-density-value_*", 0x420 },
  { "stm32*_med-density_*", 0x410 },
  { "stm32*_high-density-value_*", 0x428 },
  { "stm32*_high-density_*", 0x414 },
  { "stm32*_xl-density_*", 0x430 },
  { "stm32*_connectivity-line_*", 0x418 },
  { "stm32f0_9x_*", 0x442 },
  { "stm32f2_*", 0x411 },
  { "stm32f3_7x_8x_*", 0x432 },
  { "stm32f4_05_07_15_17_*", 0x413 },
  { "stm32f4_27_37_29_39_*", 0x419 },
  { "stm32l0_x3_x2_x1_64k", 0x417 },
  { "stm32l0_x3_x2_x1_192k", 0x447 },
};

/* -1: not known */
static int
get_pid (const char *lower)
{
  for (guint i = 0; i < G_N_ELEMENTS (maps); i++)
    if (g_pattern_match_simple (maps[i].pattern, lower))
      return maps[i].pid;
  return -1;
}

/* "f4"; "f1" for the first maps, which name none. NULL: not an STM32. */
static char *
dup_series (const char *lower)
{
  if (!g_str_has_prefix (lower, "stm32"))
    return NULL;
  lower += strlen ("stm32");
  return lower[0] == '_' ? g_strdup ("f1") : g_strndup (lower, strcspn (lower, "_"));
}

/* The number before the K at the end; 0: none. */
static guint
get_kib (const char *lower)
{
  const char *last = strrchr (lower, '_');
  char *end = NULL;
  guint64 kib = last != NULL ? g_ascii_strtoull (last + 1, &end, 10) : 0;

  return end != NULL && g_str_equal (end, "k") && kib <= 65536 ? (guint) kib : 0;
}

/**
 * fl_fld_name_dup_doubt:
 * @name: as "STM32_Med-density_128K"
 * @device: connected
 *
 * Compares the name of a map with the chip on the port. A name that says nothing that is known is not doubted.
 *
 * Returns: (transfer full) (nullable): a sentence when they contradict each other
 */
char *
fl_fld_name_dup_doubt (const char *name, FlDevice *device)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *series = dup_series (lower);
  g_autofree char *chip = fl_device_dup_name (device);
  int pid = get_pid (lower);
  guint kib = get_kib (lower);

  if (series == NULL && (g_str_has_prefix (lower, "stm8") || g_str_has_prefix (lower, "str")))
    return g_strdup_printf (_ ("%s is no STM32, and the chip on this port is one (%s): its own data are used."), name,
                            chip);
  if (device->chip == NULL || device->declaration != NULL)
    return NULL;
  if (pid >= 0 ? pid != device->pid
               : series != NULL && g_ascii_strncasecmp (device->chip->series, series, strlen (series)) != 0)
    return g_strdup_printf (_ ("%s is for another chip than the one on this port (%s): its own data are used."), name,
                            chip);
  if (kib > 0 && device->flash_kib_read && kib != device->flash_kib)
    return g_strdup_printf (_ ("%s is for %u KiB of flash, and the chip on this port has %u: its own data are used."),
                            name, kib, device->flash_kib);
  return NULL;
}

/**
 * fl_fld_name_find_map:
 * @name: of the map
 * @program: (nullable): how the program was called
 *
 * Looks for Map/NAME.STmap and NAME.STmap, beside the program and in the working folder.
 *
 * Returns: (transfer full) (nullable): the file's path
 */
char *
fl_fld_name_find_map (const char *name, const char *program)
{
  g_autofree char *found = program != NULL ? g_find_program_in_path (program) : NULL;
  g_autofree char *beside = found != NULL ? g_path_get_dirname (found) : g_strdup (".");
  g_autofree char *file = g_strconcat (name, ".STmap", NULL);
  const char *folders[] = { beside, "." };

  if (strpbrk (name, "/\\") != NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    for (guint in_map = 0; in_map < 2; in_map++)
      {
        g_autofree char *path =
            in_map == 0 ? g_build_filename (folders[i], "Map", file, NULL) : g_build_filename (folders[i], file, NULL);

        if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
          return g_steal_pointer (&path);
      }
  return NULL;
}
