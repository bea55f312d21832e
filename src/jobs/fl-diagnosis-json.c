/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnosis-json.h"

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_strings (JsonBuilder *builder, const char *name, const GPtrArray *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < values->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (values, i));
  json_builder_end_array (builder);
}

static void
add_cause (JsonBuilder *builder, const FlCause *cause)
{
  json_builder_begin_object (builder);
  add_string (builder, "code", cause->code);
  json_builder_set_member_name (builder, "likelihood");
  json_builder_add_double_value (builder, cause->likelihood);
  json_builder_set_member_name (builder, "certain");
  json_builder_add_boolean_value (builder, cause->certain);
  add_string (builder, "title", cause->title);
  add_string (builder, "meaning", cause->meaning);
  add_strings (builder, "evidence", cause->evidence);
  add_strings (builder, "remedy", cause->remedy);
  add_string (builder, "decide", cause->decide);
  add_string (builder, "action", cause->action);
  json_builder_end_object (builder);
}

void
fl_diagnosis_add_json (const FlDiagnosis *self, JsonBuilder *builder)
{
  g_return_if_fail (self != NULL && JSON_IS_BUILDER (builder));
  add_string (builder, "observation", self->observation);
  add_string (builder, "summary", self->summary);
  json_builder_set_member_name (builder, "causes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->causes->len; i++)
    add_cause (builder, g_ptr_array_index (self->causes, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "excluded");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->excluded->len; i++)
    {
      const FlExcluded *excluded = g_ptr_array_index (self->excluded, i);

      json_builder_begin_object (builder);
      add_string (builder, "code", excluded->code);
      add_string (builder, "title", excluded->title);
      add_string (builder, "why", excluded->why);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "questions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->questions->len; i++)
    {
      const FlQuestion *question = g_ptr_array_index (self->questions, i);

      json_builder_begin_object (builder);
      add_string (builder, "id", question->id);
      add_string (builder, "text", question->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}
