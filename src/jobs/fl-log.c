/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-log.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _FlLogEntry
{
  GObject parent_instance;

  FlLogStatus status;
  gint64 time;
  char *time_text;
  char *text;
  char *detail;
  gsize seen_length; /* of the detail: what is behind it is what it can mean */
};

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_TEXT,
  PROP_DETAIL,
  PROP_TIME_TEXT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FlLogEntry, fl_log_entry, G_TYPE_OBJECT)

/**
 * fl_log_entry_new:
 * @time: microseconds since the session began
 * @text: what was done, without a full stop: the status follows it
 * @detail: (nullable): lines that a reader unfolds: the bytes and their meaning
 *
 * Returns: (transfer full): a line of the log; any thread may make and read it
 */
FlLogEntry *
fl_log_entry_new (FlLogStatus status, gint64 time, const char *text, const char *detail)
{
  FlLogEntry *self = g_object_new (FL_TYPE_LOG_ENTRY, NULL);
  gint64 ms = MAX (time, 0) / 1000;

  self->status = status;
  self->time = time;
  self->time_text = g_strdup_printf ("%02d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000));
  self->text = g_strdup (text);
  self->detail = detail != NULL && *detail != '\0' ? g_strdup (detail) : NULL;
  self->seen_length = self->detail != NULL ? strlen (self->detail) : 0;
  return self;
}

/**
 * fl_log_entry_new_failed:
 * @time: microseconds since the session began
 * @text: what was tried
 * @seen: what was seen: the message, the bytes and their meaning
 * @causes: what it can come from, or an empty text
 *
 * Returns: (transfer full): a line of the log about a failure, which unfolds to both
 */
FlLogEntry *
fl_log_entry_new_failed (gint64 time, const char *text, const char *seen, const char *causes)
{
  g_autofree char *detail = g_strconcat (seen, *causes != '\0' ? "\n\n" : "", causes, NULL);
  FlLogEntry *self = fl_log_entry_new (FL_LOG_FAILED, time, text, detail);

  self->seen_length = strlen (seen);
  return self;
}

FlLogStatus
fl_log_entry_get_status (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), FL_LOG_INFO);
  return self->status;
}

/**
 * fl_log_entry_get_time:
 *
 * Returns: microseconds since the session began, on the transport's clock
 */
gint64
fl_log_entry_get_time (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), 0);
  return self->time;
}

/**
 * fl_log_entry_get_time_text:
 *
 * Returns: minutes, seconds and milliseconds: "00:01.234"
 */
const char *
fl_log_entry_get_time_text (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), NULL);
  return self->time_text;
}

const char *
fl_log_entry_get_text (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), NULL);
  return self->text;
}

/**
 * fl_log_entry_get_detail:
 *
 * Returns: (nullable): the bytes and their meaning, in lines; %NULL: there is nothing to unfold
 */
const char *
fl_log_entry_get_detail (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), NULL);
  return self->detail;
}

/**
 * fl_log_entry_dup_seen:
 *
 * For whoever shows the explanation of a failure, with its causes, beside the log.
 *
 * Returns: (transfer full) (nullable): the detail without what the failure can come from; %NULL: there is none
 */
char *
fl_log_entry_dup_seen (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), NULL);
  return self->seen_length > 0 ? g_strndup (self->detail, self->seen_length) : NULL;
}

/**
 * fl_log_entry_to_string:
 *
 * Returns: (transfer full): one line for a terminal or a file: "00:01.234  Activating device … [OK]"
 */
char *
fl_log_entry_to_string (FlLogEntry *self)
{
  g_return_val_if_fail (FL_IS_LOG_ENTRY (self), NULL);

  switch (self->status)
    {
    case FL_LOG_OK:
      return g_strdup_printf ("%s  %s [OK]", self->time_text, self->text);
    case FL_LOG_FAILED:
      return g_strdup_printf ("%s  %s [KO]", self->time_text, self->text);
    case FL_LOG_WARNING:
      /* Translators: a line of the log: the time, then the text of a warning. */
      return g_strdup_printf (_ ("%s  Warning: %s"), self->time_text, self->text);
    case FL_LOG_INFO:
    default:
      return g_strdup_printf ("%s  %s", self->time_text, self->text);
    }
}

static void
fl_log_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlLogEntry *self = FL_LOG_ENTRY (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_int (value, (int) self->status);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_TIME_TEXT:
      g_value_set_string (value, self->time_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_log_entry_finalize (GObject *object)
{
  FlLogEntry *self = FL_LOG_ENTRY (object);

  g_free (self->time_text);
  g_free (self->text);
  g_free (self->detail);
  G_OBJECT_CLASS (fl_log_entry_parent_class)->finalize (object);
}

static void
fl_log_entry_class_init (FlLogEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fl_log_entry_get_property;
  object_class->finalize = fl_log_entry_finalize;
  properties[PROP_STATUS] = g_param_spec_int ("status", NULL, NULL, FL_LOG_INFO, FL_LOG_WARNING, FL_LOG_INFO, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_TIME_TEXT] = g_param_spec_string ("time-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fl_log_entry_init (FlLogEntry *self)
{
}
