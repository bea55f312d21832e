/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What proves a rate: damage that no parity bit and no checksum shows is found, wherever it strikes. */

#include "fl-chip.h"
#include "fl-connect-job.h"
#include "fl-error.h"
#include "job-board.h"

#define TWO_BITS 0x18 /* their parity is that of none */
#define LONG     100  /* so far into a run there are only contents of memory */

typedef enum
{
  SPOIL_ANSWER,    /* a byte of the answer to the nth packet */
  SPOIL_BOTH_IDS,  /* the second byte of the ID, each time */
  SPOIL_MEMORY,    /* two bits of the nth block that is read, where it is not blank */
  SPOIL_RAM,       /* of the nth block that is written, so that its checksum holds */
  SPOIL_FROM_THEN, /* everything at and above a rate, from its first trial on */
} SpoilKind;

/* What is damaged beyond a rate, and what is taken then. */
typedef struct
{
  const char *path;
  SpoilKind kind;
  guint above; /* baud */
  guint nth;   /* since the rate was set; the first is 1 */
  guint at;    /* byte of an answer */
  guint baud;  /* expected */
} SpoilCase;

/* At a rate there are sent: 7F, Get, Get ID twice; then four blocks are read, and two written and read in RAM. */
static const SpoilCase spoil_cases[] = {
  { "first-id", SPOIL_ANSWER, 230400, 3, 3, 230400 },
  { "second-id", SPOIL_ANSWER, 230400, 4, 3, 230400 },
  { "both-ids", SPOIL_BOTH_IDS, 230400, 0, 0, 230400 },
  { "ack", SPOIL_ANSWER, 230400, 5, 0, 230400 },
  { "first-block", SPOIL_MEMORY, 460800, 1, 0, 460800 },
  { "last-block", SPOIL_MEMORY, 230400, 4, 0, 230400 },
  { "first-block-from-ram", SPOIL_MEMORY, 460800, 5, 0, 460800 },
  { "last-block-from-ram", SPOIL_MEMORY, 230400, 6, 0, 230400 },
  { "first-block-into-ram", SPOIL_RAM, 230400, 1, 0, 230400 },
  { "last-block-into-ram", SPOIL_RAM, 460800, 2, 0, 460800 },
  { "the-usual-rate-is-left", SPOIL_MEMORY, 115200, 1, 0, 115200 },
  { "nothing", SPOIL_MEMORY, 921600, 1, 0, 921600 },
  { "worse-and-worse", SPOIL_FROM_THEN, 230400, 0, 0, 115200 },
};

/* A line that does it, and what it has carried since the rate was set. */
typedef struct
{
  const SpoilCase *row;
  guint baud;
  guint n_packets;
  guint n_blocks[2]; /* to the chip, to the host */
  gboolean in_block;
  guint n_spoilt; /* bytes of this block */
  gboolean over;  /* the rate that is too high was tried */
} SpoiltLine;

static gboolean
is_struck (SpoiltLine *self, guint8 byte, gboolean to_host, guint at)
{
  const SpoilCase *row = self->row;

  switch (row->kind)
    {
    case SPOIL_ANSWER:
      return to_host && self->n_packets == row->nth && at == row->at;
    case SPOIL_BOTH_IDS:
      return to_host && (self->n_packets == 3 || self->n_packets == 4) && at == 3;
    case SPOIL_MEMORY:
      return to_host && at > LONG && self->n_blocks[1] == row->nth && byte != 0xFF && self->n_spoilt < 1;
    case SPOIL_RAM:
      return !to_host && at > LONG && self->n_blocks[0] == row->nth && self->n_spoilt < 2;
    case SPOIL_FROM_THEN:
    default:
      return to_host;
    }
}

static guint8
spoil_byte (guint8 byte, gboolean to_host, guint at, guint baud, gpointer user_data)
{
  SpoiltLine *self = user_data;

  if (baud != self->baud)
    *self = (SpoiltLine){ .row = self->row, .baud = baud, .over = self->over };
  self->over = self->over || baud > self->row->above;
  self->n_packets += !to_host && at == 0;
  if (at == 0)
    self->in_block = FALSE;
  if (at == LONG && !self->in_block)
    {
      self->in_block = TRUE;
      self->n_blocks[to_host]++;
      self->n_spoilt = 0;
    }
  if (self->row->kind == SPOIL_FROM_THEN ? !self->over || baud < self->row->above : baud <= self->row->above)
    return byte;
  if (!is_struck (self, byte, to_host, at))
    return byte;
  self->n_spoilt++;
  return byte ^ TWO_BITS;
}

static JobBoard *
plug (const char *config, JobBoardSpoil spoil, gpointer data)
{
  JobBoard *board = job_board_new (config);
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->entry = FL_ENTRY_DTR_RTS;
  options->preset = g_strdup ("rts-boot0-dtr-reset");
  options->climb = FL_CLIMB_SEARCH;
  job_board_session (board, options);
  board->spoil = spoil;
  board->spoil_data = data;
  return board;
}

static void
test_spoilt (gconstpointer data)
{
  SpoiltLine line = { .row = data };
  g_autoptr (JobBoard) board = plug ("0x467,wired=1", spoil_byte, &line);
  g_autoptr (FlJob) job = fl_connect_job_new (board->session);
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, line.row->baud);
  /* Into RAM, too: what is proven in one direction only says so. */
  g_assert_true (job_board_logged (job, FL_LOG_OK, "what was written came through") == (line.row->above > 115200));
  g_assert_cmpuint (line.over, ==, line.row->above < 921600);
}

/* The line is dead once a rate beyond the usual one was tried. */
static guint8
kill_byte (guint8 byte, gboolean to_host, guint at, guint baud, gpointer user_data)
{
  gboolean *dead = user_data;

  *dead = *dead || baud > 115200;
  return *dead && to_host ? 0 : byte;
}

/* A bootloader that does not come back is called a few times, not for ever. */
static void
test_gone (void)
{
  gboolean dead = FALSE;
  g_autoptr (JobBoard) board = plug ("0x467,wired=1", kill_byte, &dead);
  g_autoptr (FlJob) job = fl_connect_job_new (board->session);
  g_autoptr (GError) error = NULL;

  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NO_ANSWER);
  g_assert_cmpuint (job_board_count_logged (job, FL_LOG_FAILED, "Coming back to 115200 baud"), ==, 3);
}

/* Where nothing can be proven, nothing is tried; of a protected chip it is not even asked. */
static void
test_nothing_to_prove_with (void)
{
  static const struct
  {
    const char *board;
    gboolean asked;
  } rows[] = { { "0x467,wired=1,pid=0x999", TRUE }, { "0x467,wired=1,rdp=1", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JobBoard) board = plug (rows[i].board, NULL, NULL);
      g_autoptr (FlJob) job = fl_connect_job_new (board->session);
      g_autoptr (GError) error = NULL;

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (fl_session_get_baud (board->session), ==, 115200);
      g_assert_true (job_board_logged (job, FL_LOG_INFO, "no memory that could prove a higher speed") == rows[i].asked);
    }
}

/* A chip may have a limit of its own; no known one has. */
static void
test_limit (void)
{
  g_autoptr (JobBoard) board = plug ("0x467,wired=1", NULL, NULL);
  FlChip *chip = (FlChip *) fl_chip_db_find (0x467);
  g_autoptr (FlJob) job = fl_connect_job_new (board->session);
  g_autoptr (GError) error = NULL;

  chip->max_baud = 230400;
  job_board_run (board, job, &error);
  chip->max_baud = 0;
  g_assert_no_error (error);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 230400);
  g_assert_false (job_board_logged (job, FL_LOG_FAILED, "Trying")); /* not even tried: the chip is deaf there */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (spoil_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/rate-proof/spoilt/", spoil_cases[i].path, NULL);

      g_test_add_data_func (path, &spoil_cases[i], test_spoilt);
    }
  g_test_add_func ("/rate-proof/gone", test_gone);
  g_test_add_func ("/rate-proof/nothing-to-prove-with", test_nothing_to_prove_with);
  g_test_add_func ("/rate-proof/limit", test_limit);
  return g_test_run ();
}
