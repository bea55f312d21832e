/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-sim-board-private.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-file.h"

/* A state file is one line of text, then the level of readout protection, the option bytes, and the bytes of the flash,
 * sector by sector. */
#define MAGIC     "flashloader-sim 3"
#define MAX_LEVEL 2

FlSimConfig *
fl_sim_board_copy_config (const FlSimConfig *config)
{
  FlSimConfig *copy = g_memdup2 (config, sizeof *config);

  copy->state_file = g_strdup (config->state_file);
  copy->scenario_file = g_strdup (config->scenario_file);
  return copy;
}

static char *
fl_sim_board_state_header (FlSimBoard *self)
{
  return g_strdup_printf (MAGIC " pid=0x%03X flash=%u\n", self->chip->pid, self->memory->flash_kib);
}

/**
 * fl_sim_board_save:
 *
 * Keeps the flash and the option bytes in the board's state file. Does nothing when it has none.
 *
 * Errors: %G_FILE_ERROR
 */
gboolean
fl_sim_board_save (FlSimBoard *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) flash = NULL;
  g_autofree char *header = NULL;

  g_return_val_if_fail (FL_IS_SIM_BOARD (self), FALSE);

  if (self->config->state_file == NULL)
    return TRUE;
  header = fl_sim_board_state_header (self);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  g_byte_array_append (bytes, &self->memory->options->rdp_level, 1);
  g_byte_array_append (bytes, self->memory->options->data, (guint) self->memory->options->size);
  flash = fl_sim_flash_dup_bytes (self->memory->flash);
  g_byte_array_append (bytes, g_bytes_get_data (flash, NULL), (guint) g_bytes_get_size (flash));
  return fl_file_save (self->config->state_file, (const char *) bytes->data, bytes->len, error);
}

/* Takes up what an earlier program left. A file that is not there yet is no error. */
gboolean
fl_sim_board_load (FlSimBoard *self, GError **error)
{
  g_autofree char *header = fl_sim_board_state_header (self);
  g_autofree char *contents = NULL;
  gsize text_length = strlen (header);
  gsize header_length = text_length + 1;
  gsize flash_size = fl_layout_get_size (self->memory->flash->layout);
  gsize options_size = self->memory->options->size;
  gsize wanted = header_length + options_size + flash_size;
  gsize length;

  if (self->config->state_file == NULL || !g_file_test (self->config->state_file, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!fl_file_load (self->config->state_file, wanted, &contents, &length, error))
    return FALSE;
  if (length != wanted || memcmp (contents, header, text_length) != 0 || (guint8) contents[text_length] > MAX_LEVEL)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("“%s” does not keep the state of a simulated board of this kind; name another file, or remove it"),
          self->config->state_file);
      return FALSE;
    }
  fl_sim_options_restore (self->memory->options, (const guint8 *) contents + header_length,
                          (guint8) contents[text_length]);
  fl_sim_memory_start (self->memory, TRUE); /* divides the flash as it was */
  fl_sim_flash_take_bytes (self->memory->flash, (const guint8 *) contents + header_length + options_size);
  return TRUE;
}

/* The vectors of something that ran before, and any code. */
void
fl_sim_board_preload (FlSimBoard *self)
{
  FlSimFlash *flash = self->memory->flash;
  gsize length = MIN (flash->size / 4, 16 * 1024);

  for (gsize i = 0; i < length; i++)
    flash->data[i] = (guint8) ((i * 2246822519u) >> 13);
  fl_bytes_put_le32 (flash->data, self->chip->ram_start + self->chip->ram_kib * 1024);
  fl_bytes_put_le32 (flash->data + 4, flash->start + 0x201);
}
