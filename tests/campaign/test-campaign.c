/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole job, again and again, with something going wrong at every byte: test-campaign CONFIG STRIDE
 * [older|preserve|blank|hidden]. In the flash is something else; or an older version of the file, of which one page is
 * the same, one differs where it is looked at first, and one elsewhere; or such a version among other data that are to
 * be kept; or nothing; or nothing that is seen until all is read back. */
#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "job-board.h"

#define MAX_SECONDS 180 /* of virtual time that a job may take, whatever happens to it */
#define RECOVERED   0.99
#define N_PAIRS     4          /* random pairs of faults: one for so many single ones */
#define USUAL       40         /* stride */
#define MANY        1000       /* the stride of a job of many bytes */
#define GROUP       1024       /* small sectors are judged together */
#define LARGE       (4 * 1024) /* a sector of which only one is programmed besides the last */

/* What can happen at a byte. The simulator knows all but the last. */
typedef enum
{
  KIND_DROP,
  KIND_FLIP,
  KIND_EXTRA,
  KIND_LATE,
  KIND_NACK,
  KIND_SILENCE,
  KIND_UNPLUG,
  KIND_POWER_CUT,
  KIND_PARITY,
  KIND_LOST_WRITE,
  KIND_STUCK_BIT,
  KIND_CANCEL,
  N_KINDS,
} Kind;

static const struct
{
  const char *name;
  FlSimFault fault;
  gboolean to_chip;
  gboolean to_host;
  gboolean recovers; /* alone, it has to be survived */
} kinds[N_KINDS] = {
  [KIND_DROP] = { "dropped", FL_SIM_FAULT_DROP, TRUE, TRUE, TRUE },
  [KIND_FLIP] = { "flipped", FL_SIM_FAULT_FLIP, TRUE, TRUE, TRUE },
  [KIND_EXTRA] = { "extra", FL_SIM_FAULT_EXTRA, TRUE, TRUE },
  [KIND_LATE] = { "late", FL_SIM_FAULT_LATE, TRUE, TRUE, TRUE },
  [KIND_NACK] = { "NACK", FL_SIM_FAULT_NACK, FALSE, TRUE },
  [KIND_SILENCE] = { "silence", FL_SIM_FAULT_SILENCE, TRUE, TRUE },
  [KIND_UNPLUG] = { "unplugged", FL_SIM_FAULT_UNPLUG, TRUE, TRUE },
  [KIND_POWER_CUT] = { "power cut", FL_SIM_FAULT_POWER_CUT, TRUE, TRUE },
  [KIND_PARITY] = { "parity error", FL_SIM_FAULT_PARITY, FALSE, TRUE },
  [KIND_LOST_WRITE] = { "lost write", FL_SIM_FAULT_LOST_WRITE, TRUE, FALSE },
  [KIND_STUCK_BIT] = { "stuck bit", FL_SIM_FAULT_STUCK_BIT, TRUE, FALSE },
  [KIND_CANCEL] = { "cancelled", 0, TRUE, FALSE },
};

typedef struct
{
  Kind kind;
  gboolean to_host;
  guint64 at;
  guint argument;
} Fault;

typedef enum
{
  ENDED_DONE,
  ENDED_FAILED,
  ENDED_CANCELLED,
} Ended;

/* What is the same in every run on one chip. */
typedef struct
{
  const char *config;
  FlPlanOptions options;
  gboolean older;  /* the flash holds an older version */
  gboolean blank;  /* the flash holds nothing */
  gboolean hidden; /* but for some bytes in the middle of a page of the image */
  FlImage *image;
  guint8 erased_value;
  guint8 *before; /* the flash, all sectors one after the other */
  guint8 *after;  /* when it was programmed */
  gsize size;
  guint64 n_connect; /* bytes to the chip of the connect job */
  guint64 n_sent;    /* of both jobs */
  guint64 n_received;

  guint64 n_runs;
  guint64 n_done[N_KINDS]; /* single faults */
  guint64 n_failed[N_KINDS];
  guint64 n_cancelled[N_KINDS];
} Campaign;

static void
describe_faults (const Fault *faults, guint n_faults, const char *config)
{
  g_printerr ("# on %s:", config);
  for (guint i = 0; i < n_faults; i++)
    g_printerr (" %s at byte %" G_GUINT64_FORMAT " to the %s (%u)", kinds[faults[i].kind].name, faults[i].at,
                faults[i].to_host ? "host" : "chip", faults[i].argument);
  g_printerr ("\n");
}

static const Fault *running;
static guint n_running;
static Campaign *campaign;

#define check(condition, ...)                                                                                          \
  if (!(condition))                                                                                                    \
    {                                                                                                                  \
      describe_faults (running, n_running, campaign->config);                                                          \
      g_error (__VA_ARGS__);                                                                                           \
    }

/* Where an older version differs. */
typedef enum
{
  OLDER_SAME,
  OLDER_SEEN,   /* at the end, which is looked at */
  OLDER_HIDDEN, /* in the middle, which is read only in the end */
} Older;

/* A piece of a sector; of the older version when @older says how it differs. */
static void
add_piece (FlImage *image, const FlSector *sector, guint32 offset, guint32 length, Older older)
{
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GError) error = NULL;

  for (guint32 i = 0; i < length; i++)
    data[i] = (guint8) ((i + sector->address / 64) * 29 ^ i >> 3);
  if (older == OLDER_SEEN)
    data[length - 1] ^= 0x10;
  else if (older == OLDER_HIDDEN)
    data[length / 2] ^= 0x10;
  fl_image_add (image, sector->address + offset, data, length, &error);
  g_assert_no_error (error);
}

/* Halves of sectors may be left as they are; where other data are kept, any piece. @older: the version before. */
static FlImage *
make_version (FlLayout *layout, guint unit, gboolean preserve, gboolean older)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  guint last = fl_layout_get_n_sectors (layout) - 1;
  guint32 size = fl_layout_get_sector (layout, 0)->size;
  guint32 length = preserve ? 64 : size / 2;
  guint step = MAX (GROUP / size, 1);

  add_piece (image, fl_layout_get_sector (layout, 0), size - length, length, OLDER_SAME);
  if (size <= LARGE)
    {
      add_piece (image, fl_layout_get_sector (layout, step), 0, length, older ? OLDER_SEEN : OLDER_SAME);
      add_piece (image, fl_layout_get_sector (layout, 3 * step), 0, length, older ? OLDER_HIDDEN : OLDER_SAME);
    }
  add_piece (image, fl_layout_get_sector (layout, last), unit, 24, OLDER_SAME);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

/* Two whole sectors, which need not be erased where they are blank. */
static FlImage *
make_whole (FlLayout *layout, guint unit)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  const FlSector *last = fl_layout_get_sector (layout, fl_layout_get_n_sectors (layout) - 1);

  for (guint i = 0; i < 2; i++)
    add_piece (image, fl_layout_get_sector (layout, i), 0, fl_layout_get_sector (layout, i)->size, OLDER_SAME);
  add_piece (image, last, unit, 24, OLDER_SAME);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static FlImage *
make_image (FlLayout *layout, guint unit)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  guint8 data[520];
  const FlSector *last = fl_layout_get_sector (layout, fl_layout_get_n_sectors (layout) - 1);

  if (campaign->blank)
    return make_whole (layout, unit);

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 29 ^ i >> 3);
  fl_image_add (image, fl_layout_get_sector (layout, 0)->address, data, sizeof data, &error);
  g_assert_no_error (error);
  fl_image_add (image, last->address + unit, data, 24, &error);
  g_assert_no_error (error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

/* What the flash must hold in the end: the file, and in the rest of its sectors erased bytes or what is kept. */
static guint8 *
dup_programmed (const Campaign *self, FlLayout *layout)
{
  guint8 *flash = g_memdup2 (self->before, self->size);
  gsize at = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      gboolean fresh = FALSE;

      for (guint k = 0; k < fl_image_get_n_segments (self->image); k++)
        {
          const FlSegment *segment = fl_image_get_segment (self->image, k);
          gsize size;
          const guint8 *data = g_bytes_get_data (segment->data, &size);
          guint32 from = MAX (segment->address, sector->address);
          guint32 to = MIN (segment->address + (guint32) size, sector->address + sector->size);

          if (from >= to)
            continue;
          if (!fresh && !self->options.preserve)
            memset (flash + at, self->erased_value, sector->size);
          fresh = TRUE;
          memcpy (flash + at + from - sector->address, data + from - segment->address, to - from);
        }
      at += sector->size;
    }
  return flash;
}

static gboolean
is_in_image (const FlSector *sector)
{
  for (guint i = 0; i < fl_image_get_n_segments (campaign->image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (campaign->image, i);

      if (segment->address < sector->address + sector->size
          && sector->address < segment->address + g_bytes_get_size (segment->data))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_blank (const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] != campaign->erased_value)
      return FALSE;
  return TRUE;
}

/* A byte of noise that is the checksum of a list of pages makes the chip erase the page of that number, which no host
 * can prevent. */
static gboolean
is_named_by_noise (const FlSector *sector)
{
  for (guint i = 0; i < n_running; i++)
    if (running[i].kind == KIND_EXTRA && !running[i].to_host && running[i].argument == sector->code)
      return TRUE;
  return FALSE;
}

/* Of a fault that came alone it is to be said; a second one may hide it. */
static gboolean
is_unsure (const char *said)
{
  return strstr (said, "perhaps erased, too") != NULL || (n_running > 1 && strstr (said, "as far as is known") != NULL);
}

/* What is said of the flash has to be true of it. */
static void
check_state (JobBoard *board, FlJob *job)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  const char *said = fl_job_get_board_state (job);
  g_autofree guint8 *flash = NULL;
  const guint8 *states;
  guint n_sectors;
  gsize size;
  gsize at = 0;

  flash = job_board_dup_flash (board, &size);
  check (said != NULL, "nothing is said of the board's state");
  if (strstr (said, "nothing was changed") != NULL)
    check (memcmp (flash, campaign->before, size) == 0, "the flash was changed, but: %s", said);
  if (strstr (said, "complete and verified") != NULL)
    check (memcmp (flash, campaign->after, size) == 0, "the flash does not hold the file, but: %s", said);
  states = fl_job_get_sectors (job, &n_sectors);
  for (guint i = 0; i < n_sectors; i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      gsize length = sector->size;
      gboolean untouched = memcmp (flash + at, campaign->before + at, length) == 0;
      gboolean planned = is_in_image (sector);

      untouched = untouched || (is_named_by_noise (sector) && is_unsure (said));
      check (planned || untouched, "sector %u was changed, which is not in the plan: %s", i, said);
      if (states[i] == FL_SECTOR_VERIFIED || states[i] == FL_SECTOR_UNCHANGED)
        check (memcmp (flash + at, campaign->after + at, length) == 0, "sector %u is not as the file: %s", i, said);
      if (states[i] == FL_SECTOR_ERASED)
        check (is_blank (flash + at, length), "sector %u is not erased, but: %s", i, said);
      if (states[i] < FL_SECTOR_ERASED && strstr (said, "perhaps") == NULL)
        check (untouched, "sector %u was changed: %s", i, said);
      at += length;
    }
}

static Ended
run_job (JobBoard *board, FlJob *job, gboolean programs)
{
  g_autoptr (GError) error = NULL;
  gint64 began = fl_sim_board_get_time (board->board);
  gboolean ok = job_board_run (board, job, &error);
  gint64 seconds = (fl_sim_board_get_time (board->board) - began) / G_USEC_PER_SEC;

  check (seconds <= MAX_SECONDS, "it took %" G_GINT64_FORMAT " seconds", seconds);
  if (ok)
    return ENDED_DONE;
  if (programs)
    check_state (board, job);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ENDED_CANCELLED;
  check (error->domain == FL_ERROR, "an error of another kind: %s", error->message);
  check (strlen (error->message) > 10, "an error without words: %s", error->message);
  if (n_running == 1 && kinds[running->kind].recovers)
    {
      describe_faults (running, 1, campaign->config);
      g_printerr ("#   not survived: %s\n", error->message);
    }
  return ENDED_FAILED;
}

static void
put_flash (JobBoard *board)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  const guint8 *data = campaign->before;

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      g_assert_true (fl_sim_board_poke (board->board, sector->address, data, sector->size));
      data += sector->size;
    }
}

static Ended
run_once (const Fault *faults, guint n_faults)
{
  g_autoptr (JobBoard) board = job_board_new (campaign->config);
  g_autoptr (FlJob) connect = NULL;
  g_autoptr (FlJob) program = NULL;
  g_autofree guint8 *flash = NULL;
  guint64 cancel_at = 0;
  gsize size;
  Ended ended;

  running = faults;
  n_running = n_faults;
  campaign->n_runs++;
  put_flash (board);
  for (guint i = 0; i < n_faults; i++)
    if (faults[i].kind == KIND_CANCEL)
      cancel_at = faults[i].at + 1;
    else
      fl_sim_board_add_fault (board->board, faults[i].to_host, faults[i].at, kinds[faults[i].kind].fault,
                              faults[i].argument);
  board->cancel_at = cancel_at <= campaign->n_connect ? cancel_at : 0;
  connect = fl_connect_job_new (board->session);
  ended = run_job (board, connect, FALSE);
  flash = job_board_dup_flash (board, &size);
  check (memcmp (flash, campaign->before, size) == 0, "connecting has changed the flash");
  if (ended != ENDED_DONE)
    return ended;

  board->cancel_at = cancel_at > campaign->n_connect ? cancel_at - campaign->n_connect : 0;
  program = job_board_program (board, campaign->image, &campaign->options, TRUE);
  ended = run_job (board, program, TRUE);
  g_free (flash);
  flash = job_board_dup_flash (board, &size);
  if (ended == ENDED_DONE)
    check (memcmp (flash, campaign->after, size) == 0, "done, and the flash does not hold the file");
  check (fl_program_job_get_result (FL_PROGRAM_JOB (program))->verified == FALSE
             || memcmp (flash, campaign->after, size) == 0,
         "verified, and the flash does not hold the file");
  return ended;
}

/* Something else; and where it is wanted, the older version, as it would have been programmed. */
static void
put_older (JobBoard *board, guint unit)
{
  static const guint8 junk[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) program = NULL;
  g_autoptr (GError) error = NULL;

  if (campaign->hidden)
    {
      const FlSector *sector = fl_layout_get_sector (fl_sim_board_get_layout (board->board), 1);

      g_assert_true (fl_sim_board_poke (board->board, sector->address + sector->size / 8 * 5, junk, sizeof junk));
    }
  if (!campaign->blank)
    job_board_fill (board, 7);
  if (!campaign->older)
    return;
  image = make_version (fl_sim_board_get_layout (board->board), unit, campaign->options.preserve, TRUE);
  job_board_connect (board);
  program = job_board_program (board, image, &campaign->options, FALSE);
  job_board_run (board, program, &error);
  g_assert_no_error (error);
}

/* Without a fault: what the flash holds before and after, and how many bytes there are. */
static void
prepare (void)
{
  g_autoptr (JobBoard) earlier = job_board_new (campaign->config);
  FlLayout *layout = fl_sim_board_get_layout (earlier->board);
  const FlChip *chip = fl_sim_board_get_chip (earlier->board);
  guint unit = MAX (chip->program_unit, 8);
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlJob) program = NULL;
  g_autofree guint8 *flash = NULL;
  g_autoptr (GError) error = NULL;
  const FlProgramResult *result;
  gsize size;

  campaign->erased_value = chip->erased_value;
  put_older (earlier, unit);
  campaign->image =
      campaign->older ? make_version (layout, unit, campaign->options.preserve, FALSE) : make_image (layout, unit);
  campaign->before = job_board_dup_flash (earlier, &campaign->size);
  campaign->after = dup_programmed (campaign, layout);
  board = job_board_new (campaign->config);
  put_flash (board);
  job_board_connect (board);
  campaign->n_connect = fl_sim_board_get_n_sent (board->board);
  program = job_board_program (board, campaign->image, &campaign->options, TRUE);
  job_board_run (board, program, &error);
  g_assert_no_error (error);
  result = fl_program_job_get_result (FL_PROGRAM_JOB (program));
  g_assert_true ((result->sectors_unchanged > 0) == campaign->older);
  g_assert_cmpuint (result->sectors_blank, ==, campaign->hidden ? 1 : campaign->blank ? 2 : 0);
  g_assert_true ((result->sectors_by_checksum > 0) == (strstr (campaign->config, "checksum") != NULL));
  flash = job_board_dup_flash (board, &size);
  g_assert_cmpmem (flash, size, campaign->after, campaign->size);
  campaign->n_sent = fl_sim_board_get_n_sent (board->board);
  campaign->n_received = fl_sim_board_get_n_received (board->board);
}

static guint
choose_argument (Kind kind, GRand *random)
{
  switch (kind)
    {
    case KIND_FLIP:
      return (guint) g_rand_int_range (random, 0, 8);
    case KIND_STUCK_BIT: /* once, or for good */
      return (guint) g_rand_int_range (random, 0, 2 * FL_SIM_STUCK_FOR_GOOD);
    case KIND_EXTRA:
      return (guint) g_rand_int_range (random, 0, 256);
    case KIND_LATE:
      return (guint) g_rand_int_range (random, 1, 400);
    case KIND_POWER_CUT:
      return (guint) g_rand_int_range (random, 0, 20);
    default:
      return 0;
    }
}

static Fault
choose_fault (GRand *random)
{
  Fault fault = { 0 };

  do
    {
      fault.kind = (Kind) g_rand_int_range (random, 0, N_KINDS);
      fault.to_host = g_rand_boolean (random);
    }
  while (fault.to_host ? !kinds[fault.kind].to_host : !kinds[fault.kind].to_chip);
  fault.at = (guint64) g_rand_int_range (random, 0, (gint32) (fault.to_host ? campaign->n_received : campaign->n_sent));
  fault.argument = choose_argument (fault.kind, random);
  return fault;
}

static void
run_kind (Kind kind, gboolean to_host, guint stride, GRand *random)
{
  guint64 n = to_host ? campaign->n_received : campaign->n_sent;

  /* Each kind begins at another byte, so that a large stride meets all of them. */
  for (guint64 at = (guint64) kind % stride; at < n; at += stride)
    {
      Fault faults[2] = { { kind, to_host, at, choose_argument (kind, random) } };

      switch (run_once (faults, 1))
        {
        case ENDED_DONE:
          campaign->n_done[kind]++;
          break;
        case ENDED_FAILED:
          campaign->n_failed[kind]++;
          break;
        case ENDED_CANCELLED:
          check (kind == KIND_CANCEL, "cancelled, which nobody has asked for");
          campaign->n_cancelled[kind]++;
          break;
        }
      if (g_rand_int_range (random, 0, N_PAIRS) == 0)
        {
          faults[1] = choose_fault (random);
          run_once (faults, 2);
        }
    }
}

static void
test_kind (gconstpointer data)
{
  Kind kind = (Kind) (GPOINTER_TO_UINT (data) % N_KINDS);
  guint stride = GPOINTER_TO_UINT (data) / N_KINDS;
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) kind + 1);
  guint64 n;

  if (kinds[kind].to_chip)
    run_kind (kind, FALSE, stride, random);
  if (kinds[kind].to_host)
    run_kind (kind, TRUE, stride, random);
  n = campaign->n_done[kind] + campaign->n_failed[kind] + campaign->n_cancelled[kind];
  g_print ("# %-12s %6" G_GUINT64_FORMAT " runs: %" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT
           " failed, %" G_GUINT64_FORMAT " cancelled\n",
           kinds[kind].name, n, campaign->n_done[kind], campaign->n_failed[kind], campaign->n_cancelled[kind]);
  g_assert_cmpuint (n, >, 0);
  /* Of few runs one is more than a hundredth. */
  if (kinds[kind].recovers)
    g_assert_cmpfloat ((double) campaign->n_failed[kind], <=, MAX ((1 - RECOVERED) * (double) n, 2));
}

static void
test_count (void)
{
  g_print ("# %" G_GUINT64_FORMAT " runs on %s, of %" G_GUINT64_FORMAT " bytes to the chip and %" G_GUINT64_FORMAT
           " to the host\n",
           campaign->n_runs, campaign->config, campaign->n_sent, campaign->n_received);
  g_assert_cmpuint (campaign->n_runs, >, 100);
}

/* @wanted is meant for jobs of some hundred bytes; others take their share of it, and no less than in every run. */
static guint
get_stride (const char *own, const char *wanted)
{
  guint64 usual = g_ascii_strtoull (own, NULL, 10);
  guint64 stride = wanted != NULL ? g_ascii_strtoull (wanted, NULL, 10) : usual;

  if (wanted != NULL && usual > MANY)
    stride = MIN (usual, stride * usual / USUAL);
  return (guint) MAX (stride, 1);
}

int
main (int argc, char **argv)
{
  static const char *const ways[] = { "older", "preserve", "blank", "hidden", NULL };
  Campaign self = { 0 };
  guint stride;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (argc == 3 || (argc == 4 && g_strv_contains (ways, argv[3])));
  self.config = argv[1];
  self.options = fl_plan_options_default;
  self.hidden = argc == 4 && g_str_equal (argv[3], "hidden");
  self.blank = self.hidden || (argc == 4 && g_str_equal (argv[3], "blank"));
  self.older = argc == 4 && !self.blank;
  self.options.preserve = argc == 4 && g_str_equal (argv[3], "preserve");
  stride = get_stride (argv[2], g_getenv ("FL_CAMPAIGN_STRIDE"));
  campaign = &self;
  prepare ();
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      g_autofree char *path = g_strdup_printf ("/campaign/%s", kinds[kind].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (stride * N_KINDS + kind), test_kind);
    }
  g_test_add_func ("/campaign/count", test_count);
  status = g_test_run ();
  g_object_unref (self.image);
  g_free (self.before);
  g_free (self.after);
  return status;
}
