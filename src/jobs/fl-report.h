/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"
#include "fl-job.h"
#include "fl-plan.h"
#include "fl-surroundings.h"

G_BEGIN_DECLS

/**
 * FlReport:
 * @session: (nullable): the port, and the board on it
 * @file: (nullable): path of the firmware; only its last part is written
 * @image: (nullable): what is in it
 * @judgement: (nullable): what is thought of it, a sentence
 * @plan: (nullable): what was to be done with it
 * @job: (nullable): the last one, ended
 * @error: (nullable): what it failed with
 * @facts: (nullable): of a diagnosis; otherwise those of @job are taken
 * @around: (nullable): what is plugged into the computer
 * @log: (nullable): with detail, as text
 *
 * What a user sends to somebody who can help. All fields are the report's own. Made and written in the main context,
 * while no job runs on the session.
 *
 * The file (.flreport) is one JSON object that people can read from its top:
 *
 *  - "flashloader_report": 1, the version of this form
 *  - "text": lines for people: settings, device, firmware, plan, result, diagnosis, log
 *  - "program", "created", "system": {"name", "kind", "language"}
 *  - "connection": {"port", "baud", "parity", "entry", "preset", "pid", "baud_in_use",
 *    "round_trip_ms"}
 *  - "adapter": {"name", "manufacturer", "usb", "driver", "latency_ms", "dfu", "st_link"}
 *  - "device": {"pid", "name", "bootloader_version", "bootloader_id", "flash_kib", "protection", "blank",
 *    "remarks"}
 *  - "firmware": {"name", "format", "size", "sha256", "segments": [{"address", "size"}], "check"}
 *  - "result": {"ok", "error_code", "message", "job", "stage", "seconds", "board_state"}
 *  - "facts": as fl_facts_to_json() has them; what the explanation is made of
 *  - "diagnosis": {"observation", "summary", "causes", "excluded", "questions"}: what this program thought of them
 *  - "log", "trace": lines; the trace as fl_trace_to_text() has it
 *
 * Members that are not known are left out. What is no business of whoever gets the file is not in it: contents of
 * memory (fl_decode_mask()), the chip's unique number, serial numbers, names of users and of the computer, folders.
 */
typedef struct
{
  FlSession      *session;
  char           *file;
  FlImage        *image;
  char           *judgement;
  FlPlan         *plan;
  FlJob          *job;
  GError         *error;
  FlFacts        *facts;
  FlSurroundings *around;
  char           *log;
} FlReport;

FlReport *fl_report_new       (void);
void      fl_report_free      (FlReport *self);
FlFacts  *fl_report_dup_facts (const FlReport *self);
char     *fl_report_to_text   (const FlReport *self); /* with everything in it: to be shown, not sent */
char     *fl_report_to_json   (const FlReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlReport, fl_report_free)

G_END_DECLS
