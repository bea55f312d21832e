/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  FL_STEP_CONNECT,
  FL_STEP_DEVICE,
  FL_STEP_FIRMWARE,
  FL_STEP_PROGRAM,
  FL_N_STEPS,
} FlStep;

typedef enum
{
  FL_STEP_LATER, /* cannot be visited yet */
  FL_STEP_READY, /* can be visited */
  FL_STEP_DONE,
  FL_STEP_FAILED,
} FlStepState;

/**
 * FlStepsBar:
 *
 * 1 Connect → 2 Device → 3 Firmware → 4 Program, each with its state and a line on what was chosen there.
 *
 * Signal "activated" (int, #FlStep): one that can be visited was clicked.
 */
#define FL_TYPE_STEPS_BAR (fl_steps_bar_get_type ())
G_DECLARE_FINAL_TYPE (FlStepsBar, fl_steps_bar, FL, STEPS_BAR, GtkWidget)

void   fl_steps_bar_set_current (FlStepsBar *self, FlStep step);
void   fl_steps_bar_set_step    (FlStepsBar *self, FlStep step, FlStepState state, const char *detail);

G_END_DECLS
