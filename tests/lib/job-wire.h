/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job-board.h"

G_BEGIN_DECLS

/* A transport between a session and a simulated board that counts what is sent and triggers the cancellable. */
#define JOB_TYPE_WIRE (job_wire_get_type ())
G_DECLARE_FINAL_TYPE (JobWire, job_wire, JOB, WIRE, GObject)

FlTransport *job_wire_new (FlTransport *inner, JobBoard *board);

G_END_DECLS
