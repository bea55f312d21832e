/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs put down as evidence, so that somebody can say later why they failed. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#ifdef G_OS_UNIX
#include <pty.h>
#include <unistd.h>
#endif

#include "fl-connect-job.h"
#include "fl-diagnosis.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-job-facts.h"
#include "fl-sim-transport.h"
#include "job-board.h"

#define BOARD "0x467,flash=64"

/* Every wanted "NAME=VALUE" holds; "!NAME": it is not known. */
static void
assert_facts (const FlFacts *facts, const char *wanted)
{
  g_auto (GStrv) rows = g_strsplit (wanted, " ", -1);

  g_assert_nonnull (facts);
  for (guint i = 0; rows[i] != NULL && *rows[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (rows[i], "=", 2);
      const char *got = fl_facts_get (facts, *rows[i] == '!' ? rows[i] + 1 : parts[0]);

      if (*rows[i] == '!' ? got != NULL : g_strcmp0 (got, parts[1]) != 0)
        g_error ("%s: %s is %s", rows[i], parts[0], got != NULL ? got : "not known");
    }
}

/* A connect job on a scenario; the error, and the facts. */
static const struct
{
  const char *name;
  const char *scenario;
  int code; /* -1: none */
  const char *facts;
} connect_cases[] = {
  { "healthy", "{\"device_pid\":\"0x410\",\"behaviour\":{\"on_sync\":\"79\"}}", -1,
    "port.open=ok sync.kind=fresh id.pid=0x410 set.baud=115200 set.parity=even set.entry=manual id.known=yes "
    "!fail.stage !fail.code !host.mistake" },
  { "silent", "{\"device_pid\":\"0x410\",\"behaviour\":{\"on_sync\":\"silent\"}}", FL_ERROR_NO_ANSWER,
    "port.open=ok sync.kind=silent sync.first= sync.second= fail.stage=sync fail.code=no-answer !id.pid "
    "!host.mistake" },
  { "busy", "{\"device_pid\":\"0x410\",\"behaviour\":{\"port_open_error\":\"EBUSY\"}}", FL_ERROR_PORT_BUSY,
    "port.open=busy fail.stage=open fail.code=port-busy !sync.kind" },
  { "permission", "{\"device_pid\":\"0x410\",\"behaviour\":{\"port_open_error\":\"EACCES\"}}", FL_ERROR_PORT_PERMISSION,
    "port.open=permission fail.stage=open" },
  { "missing", "{\"device_pid\":\"0x410\",\"behaviour\":{\"port_open_error\":\"ENOENT\"}}", FL_ERROR_PORT_MISSING,
    "port.open=missing !port.holder" },
  { "already", "{\"device_pid\":\"0x468\",\"behaviour\":{\"on_sync\":\"silent\",\"on_second_sync\":\"1f\"}}", -1,
    "sync.kind=already sync.second=1F" },
  { "garbage", "{\"device_pid\":\"0x410\",\"behaviour\":{\"on_sync\":[\"86\",\"fe\"]}}", FL_ERROR_NO_ANSWER,
    "sync.kind=garble fail.stage=sync" },
  { "readout",
    "{\"device_pid\":\"0x413\",\"behaviour\":{\"on_sync\":\"79\",\"rdp\":1,\"nack_on\":[\"11\",\"21\",\"31\",\"44\","
    "\"63\",\"73\"]}}",
    -1, "read.flash=nack-command id.pid=0x413" },
};

static char *
write_scenario (const char *text)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("facts-XXXXXX.json", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_steal_pointer (&path);
}

static void
test_connect (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *path = write_scenario (connect_cases[row].scenario);
  g_autofree char *port = g_strconcat ("sim:", path, NULL);
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlSession) session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_job_get_facts (job)); /* not before it ran */
  job_board_run_alone (job, &error);
  if (connect_cases[row].code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, FL_ERROR, connect_cases[row].code);
  assert_facts (fl_job_get_facts (job), connect_cases[row].facts);
  g_unlink (path);
}

static FlImage *
make_image (void)
{
  FlImage *image = fl_image_new ();
  guint8 data[4096];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 37 + i / 256);
  g_assert_true (fl_image_add (image, 0x08000000, data, sizeof data, NULL));
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, NULL));
  return image;
}

/* A board that is blank is erased all the same. */
static const FlPlanOptions erase_too = { .erase = FL_ERASE_NEEDED, .verify = TRUE };

static const guint8 *
get_data (FlImage *image)
{
  return g_bytes_get_data (fl_image_get_segment (image, 0)->data, NULL);
}

/* Programs a blank board, which must succeed. */
static FlJob *
program (const FlPlanOptions *options, gboolean start)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (GError) error = NULL;
  FlJob *job;

  job_board_connect (board);
  job = job_board_program (board, image, options, start);
  g_assert_true (job_board_run (board, job, &error));
  fl_session_close (board->session); /* the job outlives the board */
  return job;
}

static void
test_program (void)
{
  g_autoptr (FlJob) job = program (&erase_too, TRUE);

  assert_facts (fl_job_get_facts (job), "erase.page=ok write.result=ok verify.pattern=ok go.result=ok id.pid=0x467 "
                                        "chip.pid=0x467 flash.blank=yes !fail.stage !host.mistake !write.pattern");
}

/* What is blank is not erased: nothing is known of that then. */
static void
test_not_erased (void)
{
  g_autoptr (FlJob) job = program (&fl_plan_options_default, FALSE);

  assert_facts (fl_job_get_facts (job), "write.result=ok verify.pattern=ok flash.blank=yes !erase.page !fail.stage");
}

/* The port vanishes in the middle. */
static void
test_unplugged (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = job_board_program (board, image, &erase_too, FALSE);
  fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + 2000, FL_SIM_FAULT_UNPLUG, 0);
  g_assert_false (job_board_run (board, job, &error));
  assert_facts (fl_job_get_facts (job), "port.gone=yes fail.stage=write fail.code=port-gone erase.page=ok");
}

static void
test_cancelled (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = job_board_program (board, image, &fl_plan_options_default, FALSE);
  board->cancel_at = 2000;
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_facts (fl_job_get_facts (job), "!fail.stage !fail.code write.result=ok");
}

/* What a flash holds that is only compared with the file: nothing has to be wrong with the board. */
static void
test_verify (void)
{
  static const struct
  {
    const char *facts;
    const char *words;
    const char *cause;
  } cases[] = {
    { "verify.flash=blank !verify.pattern fail.stage=verify fail.code=verify", "never programmed", "NOT_PROGRAMMED" },
    { "verify.flash=other !verify.pattern fail.stage=verify", "another version", "OTHER_FIRMWARE" },
    { "verify.flash=partly !verify.pattern", "cut short", "NOT_PROGRAMMED" },
    { "verify.flash=other !verify.pattern", "another version", "OTHER_FIRMWARE" },
  };
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlImage) image = make_image ();
  guint8 blank[2048];

  memset (blank, 0xFF, sizeof blank);
  job_board_connect (board);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlJob) job = NULL;
      g_autoptr (FlDiagnosis) diagnosis = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 1)
        job_board_fill (board, 5);
      if (i == 2) /* the file, and its second page erased; then a few bytes that differ here and there */
        g_assert_true (fl_sim_board_poke (board->board, 0x08000000, get_data (image), 2048)
                       && fl_sim_board_poke (board->board, 0x08000800, blank, sizeof blank));
      if (i == 3)
        g_assert_true (fl_sim_board_poke (board->board, 0x08000000, get_data (image), 4096)
                       && fl_sim_board_poke (board->board, 0x08000123, (const guint8 *) "1.0", 3));
      job = fl_verify_job_new (board->session, image);
      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
      assert_facts (fl_job_get_facts (job), cases[i].facts);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      diagnosis = fl_diagnose (fl_job_get_facts (job), NULL);
      g_assert_cmpstr (diagnosis->observation, ==, "OTHER_CONTENT");
      g_assert_cmpstr (((const FlCause *) g_ptr_array_index (diagnosis->causes, 0))->code, ==, cases[i].cause);
    }
}

/* What the engine makes of a failed job's facts. */
static void
test_diagnosis (void)
{
  g_autofree char *path = write_scenario (connect_cases[2].scenario);
  g_autofree char *port = g_strconcat ("sim:", path, NULL);
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlSession) session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);
  g_autoptr (FlDiagnosis) diagnosis = NULL;

  job_board_run_alone (job, NULL);
  diagnosis = fl_diagnose (fl_job_get_facts (job), NULL);
  g_assert_cmpstr (diagnosis->observation, ==, "OPEN_ERROR");
  g_assert_nonnull (fl_diagnosis_get_cause (diagnosis, "PORT_BUSY"));
  g_unlink (path);
}

/* What the port is called is known; who holds it, where somebody does and may be seen. */
static void
test_port (void)
{
  g_autoptr (FlFacts) facts = fl_facts_new ();

  fl_job_facts_take_port (facts, "/dev/ttyUSB0");
  assert_facts (facts, "port.name=/dev/ttyUSB0 !port.holder");
  fl_job_facts_take_port (facts, "sim:0x410\xFF");
  g_assert_nonnull (strstr (fl_facts_get (facts, "port.name"), "0x410"));
#ifdef G_OS_UNIX
  {
    g_autofree char *process = g_strdup_printf ("(process %d)", (int) getpid ());
    char name[128];
    int master, slave;

    g_assert_cmpint (openpty (&master, &slave, name, NULL, NULL), ==, 0);
    fl_facts_set (facts, "port.open", "busy");
    fl_job_facts_take_port (facts, name);
    g_assert_nonnull (strstr (fl_facts_get (facts, "port.holder"), process));
    close (slave);
    fl_job_facts_take_port (facts, name);
    assert_facts (facts, "!port.holder");
    close (master);
  }
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  fl_sim_register ();
  for (guint i = 0; i < G_N_ELEMENTS (connect_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/job-facts/connect/%s", connect_cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_connect);
    }
  g_test_add_func ("/job-facts/program", test_program);
  g_test_add_func ("/job-facts/not-erased", test_not_erased);
  g_test_add_func ("/job-facts/unplugged", test_unplugged);
  g_test_add_func ("/job-facts/cancelled", test_cancelled);
  g_test_add_func ("/job-facts/verify", test_verify);
  g_test_add_func ("/job-facts/diagnosis", test_diagnosis);
  g_test_add_func ("/job-facts/port", test_port);
  return g_test_run ();
}
