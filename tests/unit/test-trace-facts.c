/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the traffic of any host with a board says about the cause. */
#include "fl-trace-facts.h"

#include <string.h>

#define SYNC  "> 7F\n< 79\n"
#define WRITE "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n"

/* A log, and the facts that it must give: "NAME=VALUE"; "!NAME": must not be there. */
static const struct
{
  const char *name;
  const char *log;
  const char *facts[8];
} cases[] = {
  { "fresh",
    SYNC "> 00 FF\n< 79 02 31 00 44 79\n> 02 FD\n< 79 01 04 67 79",
    { "sync.kind=fresh", "sync.first=79", "id.version=0x31", "id.get=00 44", "id.pid=0x467", "ids.n=1",
      "parity.together=ok", "!fail.stage" } },
  { "silent", "> 7F\n> 7F", { "sync.kind=silent", "sync.first=", "sync.second=", "fail.stage=sync" } },
  { "already",
    "0.1 > 7F\n1.1 > 7F\n1.2 < 1F\n1.3 > 02 FD\n1.4 < 79 01 04 10 79",
    { "sync.kind=already", "sync.second=1F", "id.pid=0x410", "!fail.stage", "!host.mistake" } },
  { "already-odd", "> 7F\n< 1F\n> 02 FD\n< 79 01 04 10 79", { "sync.kind=already", "sync.first=1F" } },
  { "late", "0.1 > 7F\n1.1 > 7F\n1.2 < 79", { "sync.kind=late" } },
  { "leading", "> 7F\n< 00 79", { "sync.kind=leading", "sync.first=00 79" } },
  { "echo", "> 7F\n< 7F", { "sync.kind=echo" } },
  { "garble", "> 7F\n< 86 FE", { "sync.kind=garble", "sync.first=86 FE" } },
  { "bits", "> 7F\n< 7B", { "sync.kind=bits" } },
  { "text", "> 7F\n< 48 65 6C 6C 6F 0D 0A", { "sync.kind=text" } },
  { "second-attempt", "> 7F\n> 7F\n> 7F\n< 86 FE\n> 7F\n> 7F", { "sync.kind=garble" } },
  { "listened", "< 42 6F 6F 74 20 31 2E 30 0D 0A\n> 7F\n> 7F", { "listen.text=Boot 1.0", "listen.bytes=10" } },
  { "parity",
    SYNC "> 00 FF\n> 00 FF\n< 1F\n> 00 FF\n> 00 FF\n< 1F",
    { "commands.alternate=yes", "!commands.silent", "fail.stage=get" } },
  { "parity-silent",
    SYNC "0.1 > 00 FF\n1.1 > 02 FD\n2.1 > 00 FF",
    { "commands.silent=yes", "parity.together=silent", "!commands.alternate" } },
  { "parity-spaced",
    SYNC "0.1 > 02\n0.2 > FD\n0.3 < 79 01 04 10 79\n0.4 > 02 FD",
    { "parity.spaced=ok", "parity.together=silent", "id.pid=0x410" } },
  { "parity-early", SYNC "> 00\n< 1F", { "parity.early-nack=yes" } },
  { "early-after-7f", SYNC "> 02 FD\n< 79 01 04 10 79\n> 7F\n> 7F\n> 02\n< 1F", { "!parity.early-nack" } },
  { "first-nack", SYNC "> 00 FF\n< 1F\n> 00 FF\n< 79 02 31 00 44 79", { "first-command.nack=yes", "!fail.stage" } },
  { "rdp", SYNC "> 11 EE\n< 1F", { "read.flash=nack-command", "fail.stage=read" } },
  { "info", SYNC "> 11 EE\n< 79\n> 1F FF F7 E0 F7\n< 1F", { "read.info=nack-address", "!read.flash" } },
  { "mass-erase",
    SYNC "> 44 BB\n< 79\n> FF FF 00\n< 1F\n> 44 BB\n< 79\n> 00 00 00 00 00\n< 79",
    { "erase.mass=nack", "erase.page=ok", "!erase.command", "!fail.stage" } },
  { "erase-command", SYNC "> 43 BC\n< 1F", { "erase.command=nack", "fail.stage=erase", "!erase.mass" } },
  { "erase-silent", SYNC "1.0 > 44 BB\n1.1 < 79\n1.2 > FF FF 00\n", { "erase.mass=silent", "!erase.slow" } },
  { "erase-slow",
    SYNC "1.0 > 44 BB\n1.1 < 79\n1.2 > FF FF 00\n16.2 < 79",
    { "erase.mass=ok", "erase.slow=yes", "!fail.stage" } },
  { "write-all", SYNC "> 31 CE\n< 79\n> 08 00 00 00 08\n< 1F", { "write.result=nack-address", "write.pattern=all" } },
  { "write-boundary",
    SYNC WRITE "> 03 11 22 33 44 47\n< 79\n> 31 CE\n< 79\n> 08 00 40 00 48\n< 1F",
    { "write.result=nack-address", "write.pattern=boundary", "write.boundary=0x08004000" } },
  { "write-random",
    SYNC WRITE "> 03 11 22 33 44 47\n< 1F\n" WRITE "> 03 11 22 33 44 47\n< 79",
    { "write.result=nack-data", "write.pattern=random", "write.share=0.5" } },
  { "write-secure", SYNC "> 31 CE\n< 79\n> 0C 00 00 00 0C\n< 1F", { "write.pattern=secure" } },
  { "not-erased",
    SYNC WRITE
    "> 0F 11 22 33 44 55 66 77 88 99 AA BB CC DD EE 0F F0 EE\n< 79\n> 11 EE\n< 79\n> 08 00 00 00 08\n< 79\n> "
    "0F F0\n< 79 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 00",
    { "verify.pattern=not-erased" } },
  { "verified",
    SYNC WRITE "> 03 11 22 33 44 47\n< 79\n> 11 EE\n< 79\n> 08 00 00 00 08\n< 79\n> 03 FC\n< 79 11 22 33 44",
    { "verify.pattern=ok" } },
  { "go-text", SYNC "1.0 > 21 DE\n1.1 < 79\n1.2 > 08 00 00 00 08\n1.3 < 79\n1.6 < 41 70 70 0D 0A", { "go.result=ok" } },
  { "go-bootloader",
    SYNC "1.0 > 21 DE\n1.1 < 79\n1.2 > 08 00 00 00 08\n1.3 < 79\n2.0 > 7F\n2.1 < 79",
    { "go.result=ok", "go.after=bootloader", "!host.mistake" } },
  { "unprotect",
    SYNC "1.0 > 92 6D\n1.1 < 79 79\n2.0 > 7F\n3.0 > 7F",
    { "protect.command=92", "protect.after=silent" } },
  { "unprotect-answers",
    SYNC "1.0 > 92 6D\n1.1 < 79 79\n2.0 > 7F\n2.1 < 79",
    { "protect.command=92", "protect.after=79", "!host.mistake" } },
  { "unprotect-twice", SYNC "> 73 8C\n< 1F\n> 73 8C\n< 79 79", { "unprotect.first-nack=yes" } },
  { "watchdog", SYNC "1.0 > 02 FD\n1.1 < 79 01 04 10 79\n3.0 < 57 61 6B 65 0D 0A", { "listen.late-text=Wake" } },
  { "length", SYNC WRITE "> 04 11 22 33 44 40", { "host.mistakes=length", "write.result=silent", "fail.stage=write" } },
  { "pages", SYNC "> 44 BB\n< 79\n> 00 02 00 00 00 01 03", { "host.mistakes=length", "erase.page=silent" } },
  { "ff-ff", SYNC "> 43 BC\n< 79\n> FF FF\n< 1F", { "host.mistakes=ff-not-00", "erase.mass=nack" } },
  { "two-checksums", SYNC WRITE "> 03 11 22 33 44 47 47\n< 79", { "host.mistakes=two-checksums" } },
  { "checksum-without-length",
    SYNC WRITE "> 03 11 22 33 44 44\n< 1F",
    { "host.mistakes=checksum-without-length checksum", "write.result=nack-data" } },
  { "complement", SYNC "> 11 EF\n< 1F", { "host.mistakes=complement" } },
  { "second-7f", SYNC "> 7F\n> 7F\n< 1F", { "host.mistakes=second-7f" } },
  { "two-7f", "> 7F 7F\n< 79 1F", { "host.mistakes=second-7f", "sync.kind=fresh" } },
  { "no-wait", SYNC "> 44 BB 00 00 00 00 00\n< 79 79", { "host.mistakes=no-wait" } },
  { "length-and-more",
    SYNC WRITE "> 03 11 22 33 44 44\n< 1F\n" WRITE "> 04 11 22 33 44 40",
    { "host.mistakes=length checksum-without-length checksum", "host.mistake=length N instead of N-1" } },
};

static FlFacts *
read_log (const char *log, FlTraceOrigin origin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTrace) trace = fl_decode_parse_log (log, -1, &error);
  g_autoptr (GPtrArray) exchanges = NULL;
  FlFacts *facts = fl_facts_new ();

  g_assert_no_error (error);
  exchanges = fl_decode_trace (trace, 0, G_MAXUINT64);
  fl_trace_facts_take (exchanges, origin, facts);
  return facts;
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlFacts) facts = read_log (cases[row].log, FL_TRACE_FOREIGN);

  for (guint i = 0; i < G_N_ELEMENTS (cases[row].facts) && cases[row].facts[i] != NULL; i++)
    {
      const char *wanted = cases[row].facts[i];
      g_auto (GStrv) parts = g_strsplit (wanted, "=", 2);
      const char *got = fl_facts_get (facts, *wanted == '!' ? wanted + 1 : parts[0]);

      if (*wanted == '!' ? got != NULL : g_strcmp0 (got, parts[1]) != 0)
        g_error ("%s: %s is %s", wanted, parts[0], got != NULL ? got : "not known");
    }
}

/* What this program does on purpose, such as a filler after an error, is no mistake of a host. */
static void
test_ours (void)
{
  g_autoptr (FlFacts) facts = read_log (SYNC WRITE "> 03 11 22 33 44 44\n< 1F", FL_TRACE_OURS);

  g_assert_null (fl_facts_get (facts, "host.mistake"));
  g_assert_cmpstr (fl_facts_get (facts, "write.result"), ==, "nack-data");
}

/* Each mistake is told in words, once. */
static void
test_words (void)
{
  g_autoptr (FlFacts) facts = read_log (SYNC WRITE "> 04 11 22 33 44 40\n> 7F\n< 79\n" WRITE "> 04 11 22 33 44 40",
                                        FL_TRACE_FOREIGN);
  const char *text = fl_facts_get_text (facts, "host.mistake");

  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, "N instead of N-1"));
  g_assert_null (strstr (strstr (text, "N instead of N-1") + 1, "N instead of N-1"));
}

/* Of any beginning of a log something is known, or nothing, but never a mistake that the whole does not have. */
static void
test_prefixes (void)
{
  static const char log[] = SYNC "> 02 FD\n< 79 01 04 10 79\n> 44 BB\n< 79\n> FF FF 00\n< 79\n" WRITE
                                 "> 03 11 22 33 44 47\n< 79\n> 21 DE\n< 79\n> 08 00 00 00 08\n< 79";

  for (gsize length = 5; length <= strlen (log); length++)
    {
      g_autofree char *part = g_strndup (log, length);
      g_autoptr (FlFacts) facts = NULL;

      if (length > 1 && strchr ("0123456789ABCDEF", log[length]) != NULL && log[length] != '\0')
        continue; /* in the middle of a byte */
      facts = read_log (part, FL_TRACE_FOREIGN);
      if (fl_facts_get (facts, "host.mistake") != NULL)
        g_error ("%s in:\n%s", fl_facts_get (facts, "host.mistake"), part);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/trace-facts/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/trace-facts/ours", test_ours);
  g_test_add_func ("/trace-facts/words", test_words);
  g_test_add_func ("/trace-facts/prefixes", test_prefixes);
  return g_test_run ();
}
