/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-fld-script.h"
#include "fuzz-main.h"

#define MAX_ARGUMENTS 64

/* Arguments, one a line: a script whose steps have what they need, or an error. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) arguments = g_strsplit (text, "\n", MAX_ARGUMENTS);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlFldScript) script = fl_fld_script_parse ((const char *const *) arguments, &error);

  fl_fld_is_script ((const char *const *) arguments);
  g_assert_true ((script == NULL) == (error != NULL));
  if (script == NULL)
    {
      g_assert_true (g_error_matches (error, FL_ERROR, FL_ERROR_USAGE));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_cmpuint (fl_fld_script_get_n_steps (script), >, 0);
  for (guint i = 0; i < fl_fld_script_get_n_steps (script); i++)
    {
      const FlFldStep *step = fl_fld_script_get_step (script, i);
      gboolean codes = step->kind == FL_FLD_ERASE_SOME || step->kind == FL_FLD_PROTECT_WRITE;
      gboolean path = step->kind == FL_FLD_UPLOAD || step->kind == FL_FLD_DOWNLOAD || step->kind == FL_FLD_GET_OPTIONS
                      || step->kind == FL_FLD_SET_OPTIONS;

      g_assert_true ((step->codes != NULL && step->codes->len > 0) == codes);
      g_assert_true ((step->path != NULL) == path);
      for (guint value = 0; value < FL_FLD_N_VALUES; value++)
        g_assert_true (step->values[value] <= 0xFF && (step->has_value[value] || step->values[value] == 0));
    }
  return 0;
}
