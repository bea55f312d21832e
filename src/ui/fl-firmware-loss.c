/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-firmware"

#include <glib/gi18n.h>

#include "fl-firmware.h"
#include "fl-ui.h"

/* Bytes below @end that are erased and not in the file. */
static guint64
count_shared (FlPlan *plan, guint64 end)
{
  GPtrArray *shared = fl_plan_get_shared (plan);
  guint64 n_bytes = 0;

  for (guint i = 0; i < shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (shared, i);

      if (range->address < end)
        n_bytes += MIN (range->length, end - range->address);
    }
  return n_bytes;
}

static char *
describe_shared (guint64 n_bytes)
{
  g_autofree char *size = fl_ui_format_bytes (n_bytes);

  return g_strdup_printf (_ ("%s that share a page with the file, but are not in it, are erased. Turn on “Keep other "
                             "data in shared pages” to have them written back."),
                          size);
}

/* The same before and after the user has agreed. */
static char *
describe_bank_2 (FlPlan *plan)
{
  FlLayout *layout = fl_plan_get_device (plan)->layout;
  guint64 n_bytes = count_shared (plan, fl_layout_get_sector (layout, fl_layout_get_bank_2 (layout))->address);
  g_autofree char *shared = NULL;

  if (fl_plan_get_options (plan)->preserve)
    return g_strdup_printf (_ ("%s\n\nWhat is in it besides the file is read first and written back: it is lost only "
                               "if that is interrupted."),
                            fl_plan_get_doubt (plan));
  shared = n_bytes > 0 ? describe_shared (n_bytes) : NULL;
  return g_strdup_printf (_ ("%s\n\nEverything in it that is not in the file is lost.%s%s"), fl_plan_get_doubt (plan),
                          shared != NULL ? "\n\n" : "", shared != NULL ? shared : "");
}

/**
 * fl_firmware_dup_loss:
 * @self: a firmware
 *
 * Returns: (transfer full) (nullable): what the plan destroys besides what the file replaces, for a question to the
 *   user; %NULL when there is nothing to ask
 */
char *
fl_firmware_dup_loss (FlFirmware *self)
{
  FlPlan *plan;
  guint64 n_bytes;

  g_return_val_if_fail (FL_IS_FIRMWARE (self), NULL);

  plan = fl_firmware_get_plan (self);
  if (plan == NULL)
    return NULL;
  if (fl_plan_get_options (plan)->erase == FL_ERASE_ALL)
    {
      g_autofree char *size = fl_ui_format_bytes (fl_layout_get_size (fl_plan_get_device (plan)->layout));

      return g_strdup_printf (_ ("The whole flash (%s) is erased. Everything in it that is not in the file is lost: "
                                 "bootloaders, settings, calibration, serial numbers."),
                              size);
    }
  if (fl_plan_get_doubt (plan) != NULL)
    return describe_bank_2 (plan);
  n_bytes = count_shared (plan, G_MAXUINT64);
  return fl_plan_get_options (plan)->preserve || n_bytes == 0 ? NULL : describe_shared (n_bytes);
}
