/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-window.h"

#include "fl-connect-page.h"
#include "fl-console-page.h"
#include "fl-declarer.h"
#include "fl-device-page.h"
#include "fl-firmware-page.h"
#include "fl-log-drawer.h"
#include "fl-options-page.h"
#include "fl-program-page.h"
#include "fl-read-page.h"
#include "fl-steps-bar.h"

G_BEGIN_DECLS

/* Between the files of FlWindow. */

struct _FlWindow
{
  AdwApplicationWindow parent_instance;

  FlJobRunner *runner;
  FlFirmware *firmware;
  FlDeclarer *declarer;
  FlSession *session;    /* nullable: never connected */
  FlJob *failed_job;     /* nullable: the last one that failed, until another runs */
  FlStep step;           /* shown */
  gboolean then_program; /* as soon as it is connected: the next board */
  AdwToast *toast;       /* weak: the last one */
  gboolean closing;      /* closes when the running job has ended */
  const char *verdict;   /* of the last program job; NULL: none */
  gboolean verdict_is_ok;

  FlConnectPage *connect_page;
  FlDevicePage *device_page;
  FlFirmwarePage *firmware_page;
  FlProgramPage *program_page;
  FlReadPage *read_page;
  FlOptionsPage *options_page;
  FlConsolePage *console_page;

  /* template */
  AdwToastOverlay *toasts;
  AdwViewStack *views;
  FlStepsBar *steps;
  GtkLabel *declared_note;
  GtkStack *pages;
  FlLogDrawer *log;
};

/* fl-window.c */
void     fl_window_show_step       (FlWindow *self, FlStep step);
gboolean fl_window_can_visit       (FlWindow *self, FlStep step);

/* fl-window-actions.c */
void     fl_window_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
