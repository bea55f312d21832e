/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-case.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "fl-decode.h"
#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-job-facts.h"
#include "fl-json.h"
#include "fl-trace-facts.h"

#define FORM        1 /* of reports */
#define TRACE_MAGIC "# Flashloader trace"

void
fl_case_free (FlCase *self)
{
  if (self == NULL)
    return;
  g_free (self->program);
  g_free (self->created);
  g_free (self->text);
  g_free (self->log);
  g_clear_object (&self->trace);
  g_clear_pointer (&self->exchanges, g_ptr_array_unref);
  fl_facts_free (self->facts);
  g_clear_pointer (&self->diagnosis, fl_diagnosis_free);
  g_free (self);
}

static char *
dup_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_dup_string (node);
}

/* NULL: there are none, or they are something else. */
static char *
dup_lines (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *lines = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  GString *text;

  if (lines == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (lines); i++)
    {
      JsonNode *line = json_array_get_element (lines, i);

      if (!JSON_NODE_HOLDS_VALUE (line) || json_node_get_value_type (line) != G_TYPE_STRING)
        continue;
      g_string_append (text, json_node_get_string (line));
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static gboolean
take_facts (FlCase *self, JsonObject *report, GError **error)
{
  JsonNode *node = json_object_get_member (report, "facts");
  g_autofree char *text = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      self->facts = fl_facts_new ();
      return TRUE;
    }
  text = json_to_string (node, FALSE);
  self->facts = fl_facts_from_json (text, -1, error);
  return self->facts != NULL;
}

static gboolean
take_trace (FlCase *self, JsonObject *report, GError **error)
{
  g_autofree char *text = dup_lines (report, "trace");

  self->trace = text != NULL ? fl_trace_from_text (text, -1, error) : fl_trace_new (0);
  if (self->trace == NULL)
    g_prefix_error (error, "%s ", _ ("The trace in the report:"));
  return self->trace != NULL;
}

static gboolean
read_report (FlCase *self, JsonObject *report, GError **error)
{
  JsonNode *form = json_object_get_member (report, "flashloader_report");

  if (form == NULL || !JSON_NODE_HOLDS_VALUE (form) || json_node_get_value_type (form) != G_TYPE_INT64)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, _ ("This is no report of Flashloader."));
      return FALSE;
    }
  if (json_node_get_int (form) != FORM)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The report is of form %" PRIi64 "; this program knows form %d only. Is there a newer version of "
                      "it?"),
                   json_node_get_int (form), FORM);
      return FALSE;
    }
  self->kind = FL_CASE_REPORT;
  self->program = dup_string (report, "program");
  self->created = dup_string (report, "created");
  self->text = dup_lines (report, "text");
  self->log = dup_lines (report, "log");
  return take_facts (self, report, error) && take_trace (self, report, error);
}

static gboolean
is_json (const char *text, gsize length)
{
  gsize at = 0;

  while (at < length && g_ascii_isspace (text[at]))
    at++;
  return at < length && text[at] == '{';
}

static gboolean
parse_report (FlCase *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonNode) root = fl_json_parse (text, length, &problem);

  if (root == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The report cannot be read: %s"), problem->message);
      return FALSE;
    }
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, _ ("This is no report of Flashloader."));
      return FALSE;
    }
  return read_report (self, json_node_get_object (root), error);
}

/**
 * fl_case_open:
 * @text: a report, a trace of this program, or a hex log of another one
 * @length: in bytes, or -1 when it ends with a zero
 *
 * Looks at what was sent as if the board were here: annotates the traffic, and thinks about the facts anew, with what
 * this version knows. A report's facts were seen at the board; of a trace or a log they are taken from the traffic.
 *
 * Errors: %FL_ERROR_FORMAT.
 *
 * Returns: (transfer full): what it shows
 */
FlCase *
fl_case_open (const char *text, gssize length, GError **error)
{
  g_autoptr (FlCase) self = g_new0 (FlCase, 1);
  gsize size;

  g_return_val_if_fail (text != NULL, NULL);
  size = length < 0 ? strlen (text) : (gsize) length;
  if (is_json (text, size))
    {
      if (!parse_report (self, text, size, error))
        return NULL;
    }
  else
    {
      self->trace = fl_decode_parse_log (text, (gssize) size, error);
      if (self->trace == NULL)
        return NULL;
      self->kind = size >= strlen (TRACE_MAGIC) && g_ascii_strncasecmp (text, TRACE_MAGIC, strlen (TRACE_MAGIC)) == 0
                       ? FL_CASE_TRACE
                       : FL_CASE_FOREIGN;
      self->facts = fl_facts_new ();
    }
  self->exchanges = fl_decode_trace (self->trace, 0, G_MAXUINT64);
  if (self->kind != FL_CASE_REPORT)
    fl_trace_facts_take (self->exchanges, self->kind == FL_CASE_TRACE ? FL_TRACE_OURS : FL_TRACE_FOREIGN, self->facts);
  self->chip = fl_job_facts_find_chip (self->facts);
  self->diagnosis = fl_diagnose (self->facts, self->chip);
  return g_steal_pointer (&self);
}

/**
 * fl_case_load:
 *
 * Errors: those of fl_case_open(), #GFileError.
 */
FlCase *
fl_case_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  FlCase *self;

  g_return_val_if_fail (path != NULL, NULL);
  if (!fl_file_load (path, FL_CASE_MAX_SIZE, &text, &length, error))
    return NULL;
  self = fl_case_open (text, (gssize) length, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

/**
 * fl_case_dup_head:
 *
 * Returns: (transfer full): what it is, and of when
 */
char *
fl_case_dup_head (const FlCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  if (self->kind == FL_CASE_TRACE)
    return g_strdup (_ ("A trace of Flashloader"));
  if (self->kind == FL_CASE_FOREIGN)
    return g_strdup (_ ("A log of another program"));
  /* Translators: version, date. */
  return g_strdup_printf (_ ("A report of Flashloader %s, %s"), self->program != NULL ? self->program : "?",
                          self->created != NULL ? self->created : "?");
}
