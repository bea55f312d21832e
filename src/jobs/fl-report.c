/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-report.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "fl-decode.h"
#include "fl-diagnosis-json.h"
#include "fl-error.h"
#include "fl-job-facts.h"
#include "fl-report-scrub.h"

#define FORM        1
#define TRACE_LIMIT (1024 * 1024) /* bytes of memory: the begin and the latest part; about three times as much text */

FlReport *
fl_report_new (void)
{
  return g_new0 (FlReport, 1);
}

void
fl_report_free (FlReport *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->session);
  g_clear_object (&self->image);
  g_clear_object (&self->plan);
  g_clear_object (&self->job);
  g_clear_error (&self->error);
  g_clear_pointer (&self->around, fl_surroundings_free);
  fl_facts_free (self->facts);
  g_free (self->file);
  g_free (self->judgement);
  g_free (self->log);
  g_free (self);
}

/**
 * fl_report_dup_facts:
 *
 * Returns: (transfer full): what was seen: by a diagnosis, or by the last job, with what is known of the computer
 */
FlFacts *
fl_report_dup_facts (const FlReport *self)
{
  const FlFacts *seen = self->facts != NULL ? self->facts : self->job != NULL ? fl_job_get_facts (self->job) : NULL;
  const FlConnectOptions *options = self->session != NULL ? fl_session_get_options (self->session) : NULL;
  FlFacts *facts = fl_facts_new ();

  if (options != NULL)
    fl_job_facts_take_options (facts, options, NULL);
  if (self->around != NULL)
    fl_job_facts_take_surroundings (facts, self->around);
  if (seen != NULL)
    fl_job_facts_add (facts, seen);
  return facts;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
begin (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

/* As an array: so that a person who opens the file sees lines. */
static void
add_lines (JsonBuilder *builder, const char *name, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    if (i + 1 < n || *lines[i] != '\0')
      json_builder_add_string_value (builder, lines[i]);
  json_builder_end_array (builder);
}

static void
add_system (JsonBuilder *builder)
{
  g_autofree char *name = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");

  add_string (builder, "program", FL_VERSION);
  add_string (builder, "created", time);
  begin (builder, "system");
  add_string (builder, "name", name);
#ifdef G_OS_WIN32
  add_string (builder, "kind", "windows");
#else
  add_string (builder, "kind", "posix");
#endif
  add_string (builder, "language", g_get_language_names ()[0]);
  json_builder_end_object (builder);
}

static void
add_connection (JsonBuilder *builder, FlSession *session)
{
  static const char *const parities[] = { "none", "even", "odd" };
  static const char *const entries[] = { "manual", "dtr-rts", "app" };
  const FlConnectOptions *options = fl_session_get_options (session);
  FlBoot *boot = fl_session_get_boot (session);
  g_autofree char *port = fl_transport_dup_label (options->port);

  begin (builder, "connection");
  add_string (builder, "port", port);
  add_int (builder, "baud", options->baud);
  add_string (builder, "parity", parities[options->parity]);
  add_string (builder, "entry", entries[options->entry]);
  add_string (builder, "preset", options->preset);
  if (options->pid >= 0)
    add_int (builder, "pid", options->pid);
  if (fl_session_get_baud (session) > 0)
    add_int (builder, "baud_in_use", fl_session_get_baud (session));
  if (boot != NULL && fl_boot_get_round_trip_ms (boot) > 0)
    add_double (builder, "round_trip_ms", fl_boot_get_round_trip_ms (boot));
  json_builder_end_object (builder);
}

static void
add_adapter (JsonBuilder *builder, const FlSurroundings *around)
{
  FlPortInfo *port = around->port;

  begin (builder, "adapter");
  if (port != NULL)
    {
      add_string (builder, "name", fl_port_info_get_product (port));
      add_string (builder, "manufacturer", fl_port_info_get_manufacturer (port));
    }
  if (port != NULL && fl_port_info_get_vid (port) >= 0)
    {
      g_autofree char *usb = g_strdup_printf ("%04x:%04x", fl_port_info_get_vid (port), fl_port_info_get_pid (port));

      add_string (builder, "usb", usb);
    }
  add_string (builder, "driver", around->driver);
  if (around->latency_ms >= 0)
    add_int (builder, "latency_ms", around->latency_ms);
  add_flag (builder, "dfu", around->has_dfu);
  add_flag (builder, "st_link", around->has_st_link);
  json_builder_end_object (builder);
}

static void
add_device (JsonBuilder *builder, FlDevice *device)
{
  static const char *const protections[] = {
    [FL_PROTECTION_UNKNOWN] = "unknown",
    [FL_PROTECTION_NONE] = "none",
    [FL_PROTECTION_READOUT] = "readout",
  };
  g_autofree char *pid = g_strdup_printf ("0x%03X", device->pid);
  g_autofree char *name = fl_device_dup_name (device);
  g_autofree char *version = fl_device_dup_version (device);

  begin (builder, "device");
  add_string (builder, "pid", pid);
  add_string (builder, "name", name);
  add_string (builder, "bootloader_version", version);
  add_int (builder, "bootloader_id", device->bootloader_id);
  add_int (builder, "flash_kib", device->flash_kib);
  add_string (builder, "protection", protections[device->protection]);
  add_flag (builder, "blank", device->blank);
  json_builder_set_member_name (builder, "remarks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < device->remarks->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (device->remarks, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_firmware (JsonBuilder *builder, const FlReport *self)
{
  g_autofree char *name = self->file != NULL ? g_path_get_basename (self->file) : NULL;
  FlImage *image = self->image;

  begin (builder, "firmware");
  add_string (builder, "name", name);
  add_string (builder, "check", self->judgement);
  if (image != NULL)
    {
      add_string (builder, "format", fl_image_format_get_name (fl_image_get_format (image)));
      add_int (builder, "size", (gint64) fl_image_get_size (image));
      add_string (builder, "sha256", fl_image_get_sha256 (image));
      json_builder_set_member_name (builder, "segments");
      json_builder_begin_array (builder);
      for (guint i = 0; i < fl_image_get_n_segments (image); i++)
        {
          const FlSegment *segment = fl_image_get_segment (image, i);

          json_builder_begin_object (builder);
          add_int (builder, "address", segment->address);
          add_int (builder, "size", (gint64) g_bytes_get_size (segment->data));
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
add_result (JsonBuilder *builder, const FlReport *self)
{
  begin (builder, "result");
  add_flag (builder, "ok", self->error == NULL);
  if (self->error != NULL)
    {
      add_string (builder, "error_code", fl_error_get_code (self->error));
      add_string (builder, "message", self->error->message);
    }
  if (self->job != NULL)
    {
      add_string (builder, "job", G_OBJECT_TYPE_NAME (self->job));
      add_string (builder, "stage", fl_stage_get_id (fl_job_get_stage (self->job)));
      add_double (builder, "seconds", fl_job_get_seconds (self->job));
      add_string (builder, "board_state", fl_job_get_board_state (self->job));
    }
  json_builder_end_object (builder);
}

static void
add_evidence (JsonBuilder *builder, const FlReport *self)
{
  g_autoptr (FlFacts) facts = fl_report_dup_facts (self);
  g_autoptr (FlDiagnosis) diagnosis = fl_diagnose (facts, fl_job_facts_find_chip (facts));
  g_autofree char *json = fl_facts_to_json (facts);
  JsonNode *node = json_from_string (json, NULL);

  if (node != NULL)
    {
      json_builder_set_member_name (builder, "facts");
      json_builder_add_value (builder, node);
    }
  begin (builder, "diagnosis");
  fl_diagnosis_add_json (diagnosis, builder);
  json_builder_end_object (builder);
}

static void
add_trace (JsonBuilder *builder, FlTrace *trace)
{
  g_autoptr (FlTrace) masked = fl_decode_mask (trace, TRACE_LIMIT);
  g_autofree char *text = fl_trace_to_text (masked);

  add_lines (builder, "trace", text);
}

/* All that must not be told, from what is known of it. */
static FlReportScrub *
make_scrub (const FlReport *self)
{
  const char *real_name = g_get_real_name ();
  FlReportScrub *scrub = fl_report_scrub_new (g_get_home_dir (), g_get_user_name (), g_get_host_name ());
  FlDevice *device = self->session != NULL ? fl_session_get_device (self->session) : NULL;
  g_autofree char *uid = device != NULL ? fl_device_dup_uid (device) : NULL;
  g_autofree char *folder = self->file != NULL ? g_path_get_dirname (self->file) : NULL;

  if (g_strcmp0 (real_name, "Unknown") != 0)
    fl_report_scrub_add (scrub, real_name, "(user)");
  if (g_strcmp0 (folder, ".") != 0)
    fl_report_scrub_add (scrub, folder, "…");
  fl_report_scrub_add (scrub, uid, "(left out)");
  if (self->around != NULL && self->around->port != NULL)
    fl_report_scrub_add (scrub, fl_port_info_get_serial (self->around->port), "(left out)");
  return scrub;
}

/* Values of facts are words of the program's own, which a user's name must not change, but for the names of ports and
 * of programs; the sentences beside them are not. */
static void
scrub_facts (const FlReportScrub *scrub, JsonNode *facts)
{
  static const char *const names[] = { "other-port.name", "port.holder", "port.name", NULL };
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (facts));
  while (json_object_iter_next (&iter, &name, &member))
    if (g_strv_contains (names, name))
      fl_report_scrub_node (scrub, member);
    else if (JSON_NODE_HOLDS_OBJECT (member))
      fl_report_scrub_node (scrub, json_object_get_member (json_node_get_object (member), "text"));
}

/* The bytes of a trace were masked; its remarks may say anything. */
static void
scrub_trace (const FlReportScrub *scrub, JsonNode *trace)
{
  JsonArray *lines = json_node_get_array (trace);

  for (guint i = 0; i < json_array_get_length (lines); i++)
    if (strstr (json_array_get_string_element (lines, i), " # ") != NULL)
      fl_report_scrub_node (scrub, json_array_get_element (lines, i));
}

static void
scrub_members (const FlReportScrub *scrub, JsonNode *root)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &member))
    if (g_str_equal (name, "facts"))
      scrub_facts (scrub, member);
    else if (g_str_equal (name, "trace"))
      scrub_trace (scrub, member);
    else
      fl_report_scrub_node (scrub, member);
}

/**
 * fl_report_to_json:
 *
 * Returns: (transfer full): the file, see #FlReport
 */
char *
fl_report_to_json (const FlReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (FlReportScrub) scrub = make_scrub (self);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = fl_report_to_text (self);

  json_builder_begin_object (builder);
  add_int (builder, "flashloader_report", FORM);
  add_lines (builder, "text", text);
  add_system (builder);
  if (self->session != NULL)
    add_connection (builder, self->session);
  if (self->around != NULL)
    add_adapter (builder, self->around);
  if (self->session != NULL && fl_session_get_device (self->session) != NULL)
    add_device (builder, fl_session_get_device (self->session));
  if (self->file != NULL || self->image != NULL)
    add_firmware (builder, self);
  if (self->job != NULL || self->error != NULL)
    add_result (builder, self);
  add_evidence (builder, self);
  add_lines (builder, "log", self->log != NULL ? self->log : "");
  if (self->session != NULL)
    add_trace (builder, fl_session_get_trace (self->session));
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  scrub_members (scrub, root);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}
