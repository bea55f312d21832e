/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-cut-short.h"

#include <string.h>

#include "fl-notebook.h"
#include "fl-surroundings.h"

#define LINE "cut-short"

/* The page of the board that is connected; of the adapter, where a board cannot be told from others of its kind. NULL:
 * nothing is remembered here. */
static char *
dup_page (FlSession *session)
{
  const FlConnectOptions *options = fl_session_get_options (session);
  FlDevice *device = fl_session_get_device (session);
  g_autofree char *adapter = NULL;

  if (options->notebook == NULL || device == NULL)
    return NULL;
  if (device->uid_length > 0)
    return fl_notebook_dup_page ("board", device->uid, device->uid_length);
  adapter = fl_surroundings_dup_adapter (options->port);
  return fl_notebook_dup_page ("adapter", adapter, strlen (adapter));
}

/**
 * fl_cut_short_begin:
 *
 * Notes that something is going to be erased or written, so that it stands there also when the power fails. What cannot
 * be noted is not known the next time, and that is all.
 */
void
fl_cut_short_begin (FlSession *session)
{
  g_autofree char *page = dup_page (session);

  if (page != NULL)
    fl_notebook_set (fl_session_get_options (session)->notebook, page, LINE, TRUE, NULL);
}

/**
 * fl_cut_short_end:
 *
 * All that was begun was done.
 */
void
fl_cut_short_end (FlSession *session)
{
  g_autofree char *page = dup_page (session);

  if (page != NULL)
    fl_notebook_strike (fl_session_get_options (session)->notebook, page, LINE, NULL);
}

/**
 * fl_cut_short_was:
 *
 * Flash whose erasing was cut short may read as blank and be only half erased: what is programmed into it may not last.
 *
 * Returns: whether that is to be feared of this board, as far as is known
 */
gboolean
fl_cut_short_was (FlSession *session)
{
  g_autofree char *page = dup_page (session);

  return page != NULL && fl_notebook_get (fl_session_get_options (session)->notebook, page, LINE, FALSE) != FALSE;
}
