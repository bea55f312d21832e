/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-cli.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef G_OS_UNIX
#include <glib-unix.h>
#else
#include <windows.h>
#endif

/* What a console is to the program: Ctrl+C, and which bytes a text is. */

#ifdef G_OS_UNIX

static gboolean
interrupted_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

static void
watch_interrupts (GCancellable *cancellable)
{
  g_unix_signal_add (SIGINT, interrupted_cb, cancellable);
  g_unix_signal_add (SIGTERM, interrupted_cb, cancellable);
}

static void
speak_utf8 (void)
{
}

#else

static GCancellable *interrupted; /* set once, before the handler can run; never freed */
static UINT former_code_page;     /* of the console; 0: there is none */

/* Windows runs this in a thread of its own. */
static BOOL WINAPI
control_cb (DWORD event)
{
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
    return FALSE;
  g_cancellable_cancel (interrupted);
  return TRUE;
}

static void
watch_interrupts (GCancellable *cancellable)
{
  interrupted = g_object_ref (cancellable);
  SetConsoleCtrlHandler (control_cb, TRUE);
}

static void
print_cb (const char *text)
{
  fputs (text, stdout);
  fflush (stdout);
}

static void
printerr_cb (const char *text)
{
  fputs (text, stderr);
  fflush (stderr);
}

static void
restore_code_page (void)
{
  SetConsoleOutputCP (former_code_page);
}

/* GLib would turn what it prints into the system's old code page, also for a file or a pipe. */
static void
speak_utf8 (void)
{
  g_set_print_handler (print_cb);
  g_set_printerr_handler (printerr_cb);
  former_code_page = GetConsoleOutputCP ();
  if (former_code_page != 0 && SetConsoleOutputCP (CP_UTF8))
    atexit (restore_code_page);
}

#endif

/**
 * fl_cli_console_init:
 * @cancellable: what Ctrl+C cancels
 *
 * Prepares standard output and error for text in UTF-8, and watches for the user's interrupt. To be called once.
 */
void
fl_cli_console_init (GCancellable *cancellable)
{
  speak_utf8 ();
  watch_interrupts (cancellable);
}
