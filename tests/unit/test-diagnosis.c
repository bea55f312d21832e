/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-diagnosis.h"
#include "fl-error.h"
#include "fl-facts-private.h"
#include "fl-rules.h"

/* Facts as jobs and probes record them ("; " between them), and what has to be made of them. */
typedef struct
{
  const char *path;
  guint16 pid; /* 0: no chip is known */
  const char *facts;
  const char *observation;
  const char *first;    /* causes in this order at the top; "=" before the first: it is proved */
  const char *also;     /* somewhere in the list */
  const char *excluded; /* and not in the list */
} DiagnosisCase;

#define SILENT "port.open=ok; set.baud=115200; set.parity=even; set.entry=manual; sync.kind=silent; sync.first="
#define SESSION                                                                                                        \
  "port.open=ok; set.baud=115200; set.parity=even; sync.kind=fresh; sync.first=79; parity.spaced=ok; "                 \
  "parity.together=ok; parity.zero=ok; ids.n=20; ids.good=20; read.flash=ok; read.info=ok"
#define SYNCED  "port.open=ok; set.baud=115200; set.parity=even; sync.kind=fresh; sync.first=79"
#define GARBLED "port.open=ok; set.baud=115200; sync.kind=garble"

static const DiagnosisCase diagnosis_cases[] = {
  { "open/permission", 0, "port.open=permission", "OPEN_ERROR", "=PORT_PERMISSION", NULL, NULL },
  { "open/busy", 0, "port.open=busy; port.holder=minicom", "OPEN_ERROR", "=PORT_BUSY", NULL, "ADAPTER_NO_PARITY" },
  { "open/missing", 0, "port.open=missing", "OPEN_ERROR", "=PORT_MISSING_OR_WRONG", NULL, "PORT_PERMISSION" },
  { "open/unfit", 0, "port.open=unfit", "OPEN_ERROR", "=HOST_PORT_UNFIT", NULL, NULL },
  { "open/failed", 0, "port.open=failed", "OPEN_ERROR", "", "ADAPTER_FAULTY", NULL },
  { "gone", 0, "port.open=ok; port.gone=yes", "PORT_GONE", "", "PORT_MISSING_OR_WRONG POWER_OR_PARASITIC", NULL },
  { "blocked", 0, "port.open=ok; port.blocked=yes", "WRITE_BLOCKED", "HOST_PORT_UNFIT", NULL, NULL },
  { "mistake", 0, "host.mistake=length", "OWN_CODE_ONLY", "=HOST_FRAMING_BUG", NULL, NULL },

  { "silence/unknown", 0, SILENT, "SILENCE", "",
    "NOT_IN_BOOTLOADER OTHER_INTERFACE_CAPTURED WRONG_UART_PINS BOOT0_IGNORED_BY_OPTION_BITS",
    "ADAPTER_NO_PARITY PORT_PERMISSION PORT_BUSY" },
  { "silence/f103", 0x410, SILENT, "SILENCE", "NOT_IN_BOOTLOADER WRONG_UART_PINS BOOT1_WRONG", "TX_RX_WIRING",
    "OTHER_INTERFACE_CAPTURED BOOT0_IGNORED_BY_OPTION_BITS" },
  { "silence/f407", 0x413, SILENT, "SILENCE", "", "BOOT1_WRONG OTHER_INTERFACE_CAPTURED TX_RX_WIRING",
    "BOOT0_IGNORED_BY_OPTION_BITS" },
  { "silence/h743", 0x450, SILENT, "SILENCE", "", "OTHER_INTERFACE_CAPTURED", "BOOT1_WRONG" },
  { "silence/g0b1", 0x467, SILENT, "SILENCE", "BOOT0_IGNORED_BY_OPTION_BITS", "NOT_IN_BOOTLOADER", NULL },
  { "silence/wba6", 0x4B0, SILENT, "SILENCE", "", "POWER_OR_PARASITIC", NULL },
  { "silence/dfu", 0x462, SILENT "; host.dfu=yes", "SILENCE", "OTHER_INTERFACE_CAPTURED", NULL, NULL },
  { "silence/st-link", 0x467, SILENT "; host.st-link=yes; answer.app-runs=yes", "SILENCE", "", "DEBUGGER_BLOCKS_BOOT0",
    NULL },
  { "silence/bluetooth", 0, SILENT "; port.kind=bluetooth", "SILENCE", "PORT_MISSING_OR_WRONG", NULL, NULL },
  { "silence/maple", 0, SILENT "; port.usb=1eaf:0004", "SILENCE", "PORT_MISSING_OR_WRONG", NULL, NULL },
  { "silence/arduino", 0x410, SILENT "; port.usb=2341:0043", "SILENCE", "ADAPTER_NO_PARITY", NULL, NULL },
  { "silence/break", 0, SILENT "; listen.break=yes", "SILENCE", "LEVELS_OR_INVERSION", NULL, NULL },
  { "silence/other-port", 0x497, SILENT "; other-port.answers=yes", "SILENCE", "",
    "WRONG_UART_PINS PORT_MISSING_OR_WRONG", NULL },
  { "silence/boot0-low-text", 0x414, SILENT "; listen.boot0-low-text=hello", "SILENCE", "WRONG_UART_PINS", NULL, NULL },
  { "silence/lines", 0, SILENT "; set.entry=lines", "SILENCE", "", "RESET_SEQUENCE", NULL },
  { "silence/lines/found", 0, SILENT "; set.entry=lines; lines.variant=esp", "SILENCE", "=RESET_SEQUENCE", NULL, NULL },
  { "silence/jump", 0x413, SILENT "; set.entry=app", "SILENCE", "", "JUMP_CODE_BUG", NULL },
  { "silence/app-runs", 0x410, SILENT "; answer.app-runs=yes", "SILENCE", "NOT_IN_BOOTLOADER", NULL, NULL },
  { "silence/app-stopped", 0x423, SILENT "; answer.app-runs=no", "SILENCE", "", "BOOT1_WRONG WRONG_UART_PINS", NULL },
  { "silence/new-wiring", 0x410, SILENT "; answer.worked-before=no", "SILENCE", "", "WRONG_UART_PINS TX_RX_WIRING",
    NULL },
  { "silence/once", 0x468, SILENT "; answer.worked-before=yes", "SILENCE", "BOOT0_IGNORED_BY_OPTION_BITS", NULL, NULL },
  { "silence/swapped", 0x413, SILENT "; after.swap-wires=79", "SILENCE", "=TX_RX_WIRING", NULL, NULL },
  { "silence/pins", 0x413, SILENT "; after.check-pins=79", "SILENCE", "=WRONG_UART_PINS", NULL, NULL },
  { "silence/boot1", 0x413, SILENT "; after.boot1-low=79", "SILENCE", "=BOOT1_WRONG", NULL, NULL },
  { "silence/reset", 0x413, SILENT "; after.reset=79", "SILENCE", "NOT_IN_BOOTLOADER", NULL, "TX_RX_WIRING" },
  { "silence/cold", 0x479, SILENT "; after.reset=silent; after.power-cycle=79", "SILENCE", "OTHER_INTERFACE_CAPTURED",
    "DEBUGGER_BLOCKS_BOOT0", "WRONG_UART_PINS TX_RX_WIRING" },
  { "silence/adapter", 0, SILENT "; after.other-adapter=79", "SILENCE", "ADAPTER_FAULTY", NULL, NULL },
  { "silence/loopback/bad", 0, SILENT "; loopback.result=lost", "SILENCE", "=ADAPTER_FAULTY", NULL, NULL },
  { "silence/loopback/good", 0, SILENT "; loopback.result=ok", "SILENCE", "", NULL, "ADAPTER_FAULTY" },
  { "silence/stage", 0, "fail.stage=sync", "SILENCE", "", "NOT_IN_BOOTLOADER", NULL },

  { "text", 0x435, "port.open=ok; sync.kind=text; listen.text=Hello", "APP_TEXT", "",
    "BOOT0_IGNORED_BY_OPTION_BITS NOT_IN_BOOTLOADER", "WATCHDOG_OR_SPURIOUS_RESET" },
  { "text/late", 0, SYNCED "; listen.late-text=Hello", "APP_TEXT", "WATCHDOG_OR_SPURIOUS_RESET", "RESET_SEQUENCE",
    NULL },
  { "text/idle", 0, SYNCED "; idle.died-ms=512", "APP_TEXT", "WATCHDOG_OR_SPURIOUS_RESET", NULL, NULL },

  { "sweep/low", 0x413, SILENT "; sweep.pattern=low-only; sweep.answers=1200:79 9600:FF", "BAUD_DEPENDENT",
    "LINE_LOADED", NULL, "RDP_ACTIVE" },
  { "sweep/high", 0x422, SYNCED "; sweep.pattern=high-fails; sweep.highest-good=256000", "BAUD_DEPENDENT",
    "BAUD_TOO_HIGH", NULL, NULL },
  { "sweep/garbled", 0x435, GARBLED "; sweep.pattern=garbled-high; garble.factor=1.09; sync.first=B9", "BAUD_DEPENDENT",
    "AUTOBAUD_MISMATCH", NULL, NULL },

  { "now-and-then", 0x450, SILENT "; trials.n=10; trials.ok=2", "INTERMITTENT_OR_MISSING_BYTES",
    "OTHER_INTERFACE_CAPTURED RESET_SEQUENCE ADAPTER_FAULTY", NULL, NULL },
  { "now-and-then/f103", 0x410, SILENT "; trials.n=10; trials.ok=2", "INTERMITTENT_OR_MISSING_BYTES", "RESET_SEQUENCE",
    NULL, "OTHER_INTERFACE_CAPTURED" },
  { "stolen", 0, SYNCED "; answers.missing=yes", "INTERMITTENT_OR_MISSING_BYTES", "PORT_BUSY", NULL, NULL },
  { "stolen/first", 0, SYNCED "; answers.ack-missing=yes", "INTERMITTENT_OR_MISSING_BYTES", "PORT_BUSY",
    "HOST_PORT_UNFIT", NULL },
  { "cold-only/f103", 0x410, SESSION "; after.reset=silent; after.power-cycle=79", "INTERMITTENT_OR_MISSING_BYTES", "",
    "CLONE_CHIP RESET_SEQUENCE", "OTHER_INTERFACE_CAPTURED" },

  { "garble/half", 0x410, GARBLED "; sync.first=86 FE; garble.factor=0.5", "GARBAGE", "AUTOBAUD_MISMATCH", NULL, NULL },
  { "garble/half/proved", 0x410, GARBLED "; sync.first=86 FE; garble.factor=0.5; garble.proved=yes", "GARBAGE",
    "=AUTOBAUD_MISMATCH", NULL, NULL },
  { "garble/half/jumped", 0x413, GARBLED "; sync.first=86 FE; garble.factor=0.5; garble.proved=yes; answer.jumped=yes",
    "GARBAGE", "JUMP_CODE_BUG AUTOBAUD_MISMATCH", NULL, "LEVELS_OR_INVERSION" },
  { "garble/inverted", 0, GARBLED "; sync.first=43; garble.inverted=yes", "GARBAGE", "LEVELS_OR_INVERSION", NULL,
    NULL },
  { "garble/bits", 0, "port.open=ok; sync.kind=bits; sync.first=7B", "GARBAGE", "LINE_LOADED", "ADAPTER_FAULTY", NULL },
  { "garble/leading", 0, "port.open=ok; sync.kind=leading; sync.first=00 79; ids.n=20; ids.good=20", "GARBAGE",
    "=LEADING_GARBAGE", NULL, NULL },
  { "garble/no-echo", 0, GARBLED "; sync.first=F9; garble.factor=0.92; echo.55=no", "GARBAGE", "AUTOBAUD_MISMATCH",
    NULL, "ECHO_OR_HALF_DUPLEX" },
  { "rdp/already", 0x410, SESSION "; sync.kind=already; read.flash=nack-command", "NACK_ON_MEMORY_COMMANDS",
    "RDP_ACTIVE", NULL, NULL },
  { "already/holes", 0, SESSION "; sync.kind=already; answers.ack-missing=yes", "INTERMITTENT_OR_MISSING_BYTES",
    "PORT_BUSY", NULL, NULL },
  { "late/f7", 0x451, SESSION "; sync.kind=late; write.unaligned=dropped; verify.pattern=ok", "SILENCE_THEN_79",
    "NO_RESPONSE_TOO_EARLY", NULL, NULL },
  { "stays/go", 0x411, SESSION "; go.result=ok; go.after=bootloader; reset.after=app", "STAYS_IN_LOADER",
    "STAYS_IN_BOOTLOADER", "GO_NOT_STARTING", NULL },
  { "cold-only/trials", 0x410, SESSION "; trials.n=10; trials.ok=0; after.power-cycle=79",
    "INTERMITTENT_OR_MISSING_BYTES", "CLONE_CHIP", "RESET_SEQUENCE", "OTHER_INTERFACE_CAPTURED" },
  { "echo", 0, "sync.kind=echo; sync.first=7F; echo.55=yes", "ECHO_7F", "=ECHO_OR_HALF_DUPLEX", NULL, NULL },
  { "echo/slow", 0, "sync.kind=echo; sync.first=7F; echo.55=no", "ECHO_7F", "", "AUTOBAUD_MISMATCH", NULL },

  { "parity/missing", 0x441, SYNCED "; parity.spaced=ok; parity.together=silent; parity.zero=nack",
    "ACK_THEN_COMMANDS_FAIL", "=ADAPTER_NO_PARITY", NULL, NULL },
  { "parity/early", 0x497, SYNCED "; parity.spaced=nack; parity.together=nack; parity.zero=nack; parity.early-nack=yes",
    "ACK_THEN_COMMANDS_FAIL", "=ADAPTER_NO_PARITY", NULL, NULL },
  { "parity/raspberry", 0x413, SYNCED "; port.driver=bcm2835-aux-uart; parity.spaced=ok; parity.together=silent",
    "ACK_THEN_COMMANDS_FAIL", "=HOST_PORT_UNFIT", NULL, NULL },
  { "parity/8n1", 0, SYNCED "; parity.spaced=ok; parity.together=ok; parity.zero=silent; parity.without=ok",
    "ACK_THEN_COMMANDS_FAIL", "=PROTOCOL_8N1_FAMILY", NULL, NULL },
  { "parity/mark", 0x441, SYNCED "; parity.spaced=ok; parity.together=ok; parity.zero=silent; parity.without=fail",
    "ACK_THEN_COMMANDS_FAIL", "ADAPTER_NO_PARITY", NULL, "PROTOCOL_8N1_FAMILY" },
  { "parity/set", 0x441, SYNCED "; set.parity=none; parity.together=silent", "ACK_THEN_COMMANDS_FAIL",
    "ADAPTER_NO_PARITY", NULL, NULL },
  { "deaf", 0x440, SYNCED "; commands.silent=yes; parity.without=fail", "ACK_THEN_COMMANDS_FAIL", "",
    "JUMP_CODE_BUG ADAPTER_NO_PARITY", NULL },
  { "deaf/jumped", 0x440, SYNCED "; commands.silent=yes; answer.jumped=yes", "ACK_THEN_COMMANDS_FAIL", "JUMP_CODE_BUG",
    NULL, NULL },
  { "first-nack", 0x421, SESSION "; first-command.nack=yes", "FIRST_COMMAND_NACK", "ALREADY_SYNCED", NULL,
    "RDP_ACTIVE ADAPTER_NO_PARITY" },
  { "first-nack/bits", 0x421, SESSION "; first-command.nack=yes; ids.n=20; ids.good=18", "RANDOM_NACK", "",
    "ADAPTER_FAULTY", NULL },
  { "first-nack/late", 0x421, SESSION "; sync.kind=late; first-command.nack=yes", "FIRST_COMMAND_NACK",
    "ALREADY_SYNCED", "NO_RESPONSE_TOO_EARLY", NULL },
  { "first-nack/unprotect", 0x429, SESSION "; unprotect.first-nack=yes", "FIRST_COMMAND_NACK", "ALREADY_SYNCED", NULL,
    NULL },
  { "already", 0x468, SESSION "; sync.kind=already", "SILENCE_THEN_1F", "=ALREADY_SYNCED", NULL, NULL },
  { "late", 0x451, SESSION "; sync.kind=late", "SILENCE_THEN_79", "NO_RESPONSE_TOO_EARLY", NULL, NULL },

  { "rdp", 0x410, SESSION "; read.flash=nack-command", "NACK_ON_MEMORY_COMMANDS", "RDP_ACTIVE", NULL, NULL },
  { "rdp/later", 0x410, "id.pid=0x410; id.known=yes; read.flash=nack-command", "NACK_ON_MEMORY_COMMANDS", "RDP_ACTIVE",
    NULL, "TX_RX_WIRING" },
  { "rdp/all", 0x410, SESSION "; read.flash=nack-command; write.result=nack-command; erase.command=nack",
    "NACK_ON_MEMORY_COMMANDS", "=RDP_ACTIVE", NULL, NULL },
  { "rdp/slow", 0x413, SESSION "; read.flash=nack-command; erase.slow=yes; erase.seconds=20", "ERASE_NO_REPLY",
    "ERASE_TIMEOUT", "RDP_ACTIVE", NULL },
  { "unprotected", 0x460, SESSION "; protect.command=92; protect.after=silent", "SILENCE_AFTER_UNPROTECT",
    "POST_UNPROTECT_RESET", NULL, NULL },
  { "info", 0x417, SESSION "; read.info=nack-address; erase.mass=nack; erase.page=ok", "NACK_ON_INFO_READ",
    "UNREADABLE_ADDRESS", NULL, "RDP_ACTIVE" },
  { "info/new", 0x425, SESSION "; read.info=nack-address; id.new=yes; id.pid=0x425", "NACK_ON_INFO_READ",
    "WRONG_DEVICE_MAP UNREADABLE_ADDRESS", NULL, NULL },

  { "erase/refused", 0x422, SESSION "; erase.command=nack", "ERASE_NACK", "WRITE_PROTECTED", NULL, "RDP_ACTIVE" },
  { "erase/mass", 0x462, SESSION "; erase.mass=nack; erase.page=ok", "ERASE_NACK", "MASS_ERASE_UNSUPPORTED",
    "WRITE_PROTECTED", NULL },
  { "erase/mass/l0", 0x425, SESSION "; erase.mass=nack; erase.page=ok", "ERASE_NACK", "=MASS_ERASE_UNSUPPORTED", NULL,
    NULL },
  { "erase/mass/clone", 0x410, SESSION "; id.clone=0x30; erase.mass=nack; erase.page=ok", "ERASE_NACK", "",
    "CLONE_CHIP MASS_ERASE_UNSUPPORTED", NULL },
  { "erase/jumped", 0x460,
    SESSION "; erase.page=nack; erase.mass=nack; write.result=nack-data; write.pattern=all; answer.jumped=yes",
    "ERASE_NACK", "FLASH_ERROR_FLAGS", NULL, NULL },
  { "erase/slow", 0x421, SESSION "; erase.slow=yes; erase.seconds=3", "ERASE_NO_REPLY", "ERASE_TIMEOUT", NULL, NULL },
  { "erase/silent", 0x449, SESSION "; erase.mass=silent", "ERASE_NO_REPLY", "ERASE_TIMEOUT", NULL, NULL },
  { "erase/stage", 0, "fail.stage=erase", "ERASE_NACK", "", "WRITE_PROTECTED", NULL },

  { "verify/stage", 0x410, SESSION "; id.pid=0x410; id.known=yes; fail.stage=verify", "VERIFY_MISMATCH", "",
    "WRITE_PROTECTED WRITE_GRANULARITY", NULL },
  { "write/random", 0, SESSION "; write.pattern=random; write.share=0.1", "RANDOM_NACK", "AUTOBAUD_MISMATCH",
    "ADAPTER_FAULTY", "RDP_ACTIVE" },
  { "write/random/bridge", 0x497, SESSION "; write.pattern=random; write.share=0.5; port.usb=303a:1001", "RANDOM_NACK",
    "ADAPTER_FAULTY", NULL, NULL },
  { "write/ids", 0, SYNCED "; ids.n=20; ids.good=13; id.near=0x479", "RANDOM_NACK", "", "LINE_LOADED ADAPTER_FAULTY",
    NULL },
  { "write/boundary", 0x460, SESSION "; write.result=nack-address; write.pattern=boundary; write.boundary=0x08020000",
    "WRITE_NACK_AT_ADDRESS", "WRONG_IMAGE_ADDRESS", NULL, NULL },
  { "write/secure", 0x472, SESSION "; write.result=nack-address; write.pattern=secure", "WRITE_NACK_AT_ADDRESS",
    "LOCKED_DEVICE", "WRONG_IMAGE_ADDRESS", NULL },
  { "write/silent", 0x410, SESSION "; write.result=silent", "WRITE_NACK_AT_ADDRESS", "",
    "WATCHDOG_OR_SPURIOUS_RESET POWER_OR_PARASITIC", NULL },

  { "verify/blank", 0x410, SESSION "; verify.flash=blank; fail.stage=verify", "OTHER_CONTENT", "NOT_PROGRAMMED", NULL,
    NULL },
  { "verify/partly", 0x410, SESSION "; verify.flash=partly; fail.stage=verify", "OTHER_CONTENT", "NOT_PROGRAMMED",
    "WRITE_PROTECTED", NULL },
  { "verify/partly/protected", 0x410, SESSION "; verify.flash=partly; options.write-protected=yes", "OTHER_CONTENT",
    "WRITE_PROTECTED", "NOT_PROGRAMMED", NULL },
  { "verify/other", 0x410, SESSION "; verify.flash=other; fail.stage=verify", "OTHER_CONTENT", "OTHER_FIRMWARE", NULL,
    NULL },
  { "verify/granularity", 0x450, SESSION "; verify.pattern=granularity", "VERIFY_MISMATCH", "WRITE_GRANULARITY", NULL,
    NULL },
  { "verify/unaligned", 0x474, SESSION "; verify.pattern=ok; write.unaligned=dropped", "VERIFY_MISMATCH",
    "WRITE_GRANULARITY", NULL, NULL },
  { "verify/not-erased", 0x410, SESSION "; verify.pattern=not-erased", "VERIFY_MISMATCH", "NOT_ERASED", NULL, NULL },
  { "verify/sectors", 0x410, SESSION "; verify.pattern=sectors-unchanged", "VERIFY_MISMATCH", "WRITE_PROTECTED", NULL,
    NULL },
  { "verify/sectors/not-protected", 0x410, SESSION "; verify.pattern=sectors-unchanged; options.write-protected=no",
    "VERIFY_MISMATCH", "", NULL, "WRITE_PROTECTED" },
  { "verify/unchanged", 0x410, SESSION "; erase.unchanged=yes", "VERIFY_MISMATCH", "WRITE_PROTECTED", NULL, NULL },
  { "verify/first-32", 0x483, SESSION "; verify.pattern=first-32", "VERIFY_MISMATCH", "READ_BETWEEN_WRITES_QUIRK", NULL,
    NULL },
  { "verify/random", 0, SESSION "; verify.pattern=rereads-differ", "VERIFY_MISMATCH", "", "LINE_LOADED ADAPTER_FAULTY",
    NULL },
  { "verify/nothing", 0x472, SESSION "; verify.pattern=nothing-written; options.trustzone=yes", "VERIFY_MISMATCH",
    "LOCKED_DEVICE", "WRITE_PROTECTED", NULL },

  { "go/silent", 0x431, SESSION "; go.result=ok; go.after=silent; reset.after=app", "GO_ACK_APP_SILENT",
    "GO_NOT_STARTING", "JUMP_CODE_BUG", NULL },
  { "go/clone", 0x410, SESSION "; id.clone=0x30; go.result=ok; go.after=app", "CLONE_SIGNS", "CLONE_CHIP",
    "GO_NOT_STARTING", NULL },
  { "stays", 0x414, SESSION "; flash.blank=no; reset.after=bootloader", "STAYS_IN_LOADER", "STAYS_IN_BOOTLOADER", NULL,
    "EMPTY_FLASH_BOOT_FLAG" },
  { "stays/blank", 0x435, SESSION "; flash.blank=yes; reset.after=bootloader", "STAYS_IN_LOADER",
    "EMPTY_FLASH_BOOT_FLAG STAYS_IN_BOOTLOADER", NULL, NULL },
  { "stays/blank/f1", 0x414, SESSION "; flash.blank=yes; reset.after=bootloader", "STAYS_IN_LOADER",
    "STAYS_IN_BOOTLOADER", NULL, "EMPTY_FLASH_BOOT_FLAG" },

  { "well", 0x420, SESSION "; id.pid=0x420; id.known=yes", "PROTOCOL_OK_TOOL_FAILS", "TOOL_BUG", NULL,
    "ALREADY_SYNCED UNREADABLE_ADDRESS" },
  { "well/new", 0x474, SESSION "; id.pid=0x474; id.known=yes; id.new=yes", "PROTOCOL_OK_TOOL_FAILS", "WRONG_DEVICE_MAP",
    NULL, NULL },
  { "well/unknown", 0, SESSION "; id.pid=0x7FF; id.known=no", "PROTOCOL_OK_TOOL_FAILS", "WRONG_DEVICE_MAP", NULL,
    NULL },
  { "nothing", 0, "", "NOTHING_SEEN", "", NULL, NULL },
};

static FlFacts *
parse_facts (const char *text)
{
  FlFacts *facts = fl_facts_new ();
  g_auto (GStrv) parts = g_strsplit (text, "; ", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      char *equals = strchr (*part, '=');

      g_assert_nonnull (equals);
      *equals = '\0';
      fl_facts_set (facts, *part, equals + 1);
    }
  return facts;
}

static FlDiagnosis *
diagnose (guint16 pid, const char *text)
{
  g_autoptr (FlFacts) facts = parse_facts (text);

  return fl_diagnose (facts, pid != 0 ? fl_chip_db_find (pid) : NULL);
}

static gboolean
is_excluded (const FlDiagnosis *diagnosis, const char *code)
{
  for (guint i = 0; i < diagnosis->excluded->len; i++)
    if (g_str_equal (((const FlExcluded *) g_ptr_array_index (diagnosis->excluded, i))->code, code))
      return TRUE;
  return FALSE;
}

/* What must hold of every diagnosis. */
static void
assert_sane (const FlDiagnosis *self)
{
  double sum = 0, last = 1;
  gboolean last_certain = TRUE;

  g_assert_nonnull (self->summary);
  g_assert_null (strpbrk (self->summary, "{}$"));
  g_assert_cmpuint (self->causes->len, <=, 5);
  g_assert_cmpuint (self->questions->len, <=, 3);
  for (guint i = 0; i < self->causes->len; i++)
    {
      const FlCause *cause = g_ptr_array_index (self->causes, i);
      GPtrArray *texts[] = { cause->evidence, cause->remedy };

      sum += cause->likelihood;
      g_assert_cmpfloat (cause->likelihood, >, 0);
      g_assert_true (last_certain || !cause->certain);
      if (last_certain == cause->certain)
        g_assert_cmpfloat (cause->likelihood, <=, last);
      last = cause->likelihood;
      last_certain = cause->certain;
      g_assert_null (strpbrk (cause->meaning, "{}$"));
      g_assert_true (cause->certain == (cause->decide == NULL));
      g_assert_false (is_excluded (self, cause->code));
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        {
          g_assert_cmpuint (texts[j]->len, >, 0);
          for (guint k = 0; k < texts[j]->len; k++)
            g_assert_null (strpbrk (g_ptr_array_index (texts[j], k), "{}$"));
        }
    }
  g_assert_cmpfloat (sum, <=, 1.0001);
  for (guint i = 0; i < self->excluded->len; i++)
    g_assert_nonnull (((const FlExcluded *) g_ptr_array_index (self->excluded, i))->why);
}

static void
test_case (gconstpointer data)
{
  const DiagnosisCase *row = data;
  g_autoptr (FlDiagnosis) diagnosis = diagnose (row->pid, row->facts);
  gboolean certain = *row->first == '=';
  g_auto (GStrv) first = g_strsplit (row->first + certain, " ", -1);
  g_auto (GStrv) also = g_strsplit (row->also != NULL ? row->also : "", " ", -1);
  g_auto (GStrv) excluded = g_strsplit (row->excluded != NULL ? row->excluded : "", " ", -1);
  g_autofree char *text = fl_diagnosis_to_text (diagnosis);

  g_test_message ("%s", text);
  assert_sane (diagnosis);
  if (g_str_equal (row->facts, SILENT)) /* nobody knows: several, each with something to do */
    g_assert_cmpuint (diagnosis->causes->len, >=, 4);
  g_assert_cmpstr (diagnosis->observation, ==, row->observation);
  for (guint i = 0; first[i] != NULL; i++)
    {
      g_assert_cmpuint (diagnosis->causes->len, >, i);
      g_assert_cmpstr (((const FlCause *) g_ptr_array_index (diagnosis->causes, i))->code, ==, first[i]);
    }
  for (guint i = 0; i < diagnosis->causes->len; i++)
    g_assert_cmpint (((const FlCause *) g_ptr_array_index (diagnosis->causes, i))->certain, ==, certain && i == 0);
  for (guint i = 0; also[i] != NULL; i++)
    {
      g_test_message ("%s", also[i]);
      g_assert_nonnull (fl_diagnosis_get_cause (diagnosis, also[i]));
    }
  for (guint i = 0; excluded[i] != NULL; i++)
    {
      g_test_message ("%s", excluded[i]);
      g_assert_null (fl_diagnosis_get_cause (diagnosis, excluded[i]));
      g_assert_true (is_excluded (diagnosis, excluded[i]));
    }
}

static gboolean
asks (const FlDiagnosis *diagnosis, const char *id)
{
  for (guint i = 0; i < diagnosis->questions->len; i++)
    if (g_str_equal (((const FlQuestion *) g_ptr_array_index (diagnosis->questions, i))->id, id))
      return TRUE;
  return FALSE;
}

/* Asked is what would change the order, and never twice. */
static void
test_questions (void)
{
  g_autoptr (FlDiagnosis) silent = diagnose (0x467, SILENT);
  g_autoptr (FlDiagnosis) answered =
                 diagnose (0x467, SILENT "; answer.app-runs=yes; answer.worked-before=no; answer.else-plugged=no");
  g_autoptr (FlDiagnosis) refused = diagnose (0, "port.open=permission");
  g_autoptr (FlDiagnosis) garbled =
                 diagnose (0x413, GARBLED "; sync.first=86 FE; garble.factor=0.5; garble.proved=yes");
  g_autoptr (FlDiagnosis) well = diagnose (0x420, SESSION "; id.pid=0x420; id.known=yes");

  g_assert_true (asks (silent, "app-runs"));
  g_assert_false (asks (answered, "app-runs"));
  g_assert_false (asks (answered, "worked-before"));
  g_assert_cmpuint (refused->questions->len, ==, 0);
  g_assert_true (asks (garbled, "jumped")); /* proved is the speed; whose fault it is would be another matter then */
  g_assert_cmpuint (well->questions->len, ==, 0);
}

/* This chip's own pins and names, and what the facts say. */
static void
test_texts (void)
{
  static const struct
  {
    guint16 pid;
    const char *facts;
    const char *says;
  } cases[] = {
    { 0x413, SILENT, "USART3: the adapter’s RX to PB10, its TX to PB11" },
    { 0x413, SILENT, "Tie BOOT1 (pin PB2) to GND" },
    { 0x467, SILENT, "Set BOOT0 (pin PA14) to 3.3 V" },
    { 0x467, SILENT, "a new STM32G0B0/0B1/0C1 has it set" },
    { 0, SILENT, "PA9, its TX to PA10 on nearly all chips" },
    { 0, SILENT, "What it is not:\n" },
    { 0, SILENT, "A missing parity bit cannot be the reason for silence" },
    { 0, SILENT, "What would help to know:\n- Does the device do its normal work" },
    { 0x410, SILENT "; trials.n=10; trials.ok=2", "answered 2 of 10 times" },
    { 0, "port.open=busy; port.holder=minicom (1234); port.name=/dev/ttyUSB0", "minicom (1234) has the port open" },
    { 0, "port.open=missing; port.name=/dev/ttyUSB0", "There is no port /dev/ttyUSB0" },
    { 0, "port.open=permission", "(proved)" },
    { 0, GARBLED "; set.baud=57600; sync.first=B9; garble.factor=1.1", "try 38400 baud" },
    { 0x413, SILENT "; sweep.pattern=low-only; sweep.highest-good=2400", "work at 2400 baud" },
    { 0, SYNCED "; set.parity=none; parity.together=silent", "set to 115200 8N1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlDiagnosis) diagnosis = diagnose (cases[i].pid, cases[i].facts);
      g_autofree char *text = fl_diagnosis_to_text (diagnosis);

      g_test_message ("%s\n%s", cases[i].says, text);
      g_assert_nonnull (strstr (text, cases[i].says));
    }
}

/* A report tells the chip by its facts. */
static void
test_chip_from_facts (void)
{
  g_autoptr (FlFacts) facts = parse_facts (SILENT);
  g_autoptr (FlDiagnosis) diagnosis = NULL;

  fl_facts_take_chip (facts, fl_chip_db_find (0x413));
  diagnosis = fl_diagnose (facts, NULL);
  g_assert_nonnull (strstr (fl_diagnosis_get_cause (diagnosis, "WRONG_UART_PINS")->decide, "PB10"));
}

static gboolean
contains (const FlRuleRow *rule, const char *code)
{
  for (guint i = 0; i < rule->causes->len; i++)
    if (g_str_equal (((const FlCauseRow *) g_ptr_array_index (rule->causes, i))->code, code))
      return TRUE;
  return FALSE;
}

/* The tables: complete, and nothing in them that can never be shown. */
static void
test_data (void)
{
  const FlRules *rules = fl_rules_get ();
  const char *const *codes = fl_diagnosis_get_codes ();

  g_assert_cmpuint (rules->causes->len, ==, 49);
  for (guint i = 0; i < rules->causes->len; i++)
    {
      const FlCauseRow *cause = g_ptr_array_index (rules->causes, i);
      gboolean used = FALSE;

      g_test_message ("%s", cause->code);
      g_assert_cmpstr (codes[i], ==, cause->code);
      g_assert_true (cause->title != NULL && cause->meaning != NULL);
      g_assert_true (cause->steps->len > 0 && cause->decides->len > 0);
      g_assert_null (((const FlRuleText *) g_ptr_array_index (cause->decides, cause->decides->len - 1))->when);
      for (guint j = 0; j < rules->classes->len && !used; j++)
        {
          const FlClassRow *class = g_ptr_array_index (rules->classes, j);

          for (guint k = 0; k < class->candidates->len; k++)
            used = used || g_array_index (class->candidates, FlCandidate, k).cause == cause;
        }
      for (guint j = 0; j < rules->rules->len && !used; j++)
        used = contains (g_ptr_array_index (rules->rules, j), cause->code);
      g_assert_true (used);
    }
  g_assert_null (codes[49]);
  for (guint i = 0; i < rules->classes->len; i++)
    {
      const FlClassRow *class = g_ptr_array_index (rules->classes, i);
      double sum = 0;

      g_test_message ("%s", class->id);
      g_assert_null (((const FlRuleText *) g_ptr_array_index (class->summaries, class->summaries->len - 1))->when);
      for (guint k = 0; k < class->candidates->len; k++)
        sum += g_array_index (class->candidates, FlCandidate, k).share;
      g_assert_cmpfloat (sum, <=, 1.011); /* shares are rounded */
      g_assert_true (class->candidates->len > 1 || g_str_equal (class->id, "NOTHING_SEEN"));
    }
  for (guint i = 0; i < rules->rules->len; i++)
    {
      const FlRuleRow *rule = g_ptr_array_index (rules->rules, i);

      g_test_message ("%s", rule->when);
      g_assert_true (rule->kind == FL_RULE_FACTOR || rule->text != NULL);
      g_assert_cmpuint (rule->causes->len, >, 0);
    }
  for (guint i = 0; i < rules->questions->len; i++)
    g_assert_nonnull (((const FlQuestionRow *) g_ptr_array_index (rules->questions, i))->text);
}

/* Faults in the tables are found when they are read. */
static void
test_bad_data (void)
{
  static const char *const bad[] = {
    "<causes><cause></cause></causes>",
    "<causes><cause code='A'><step when='no.fact'>x</step></cause></causes>",
    "<causes><cause code='A'/><cause code='A'/></causes>",
    "<causes><cause code='A'><summary>x</summary></cause></causes>",
    "<causes><title>x</title></causes>",
    "<classes><class id='A' cases='x'/></classes>",
    "<classes><class id='A' cases='1'><when>sync.kind=silence</when></class></classes>",
    "<classes><class id='A' cases='1'><candidate code='A'/></class></classes>",
    "<classes><class id='A' cases='1' nothing='1'/></classes>",
    "<classes><class id='A' cases='1'/><class id='A' cases='1'/></classes>",
    "<classes><again class='A'/></classes>",
    "<rules><exclude cause='A' when='' source=''>x</exclude></rules>",
    "<rules><factor cause='' by='1' class='A' when='' source=''/></rules>",
    "<rules><factor cause='' by='-1' when='' source=''/></rules>",
    "<rules><factor cause='' by='2' when='host.dfu=perhaps' source=''/></rules>",
    "<rules><factor cause='' by='2' when=''/></rules>",
    "<questions><question id='why' when=''>Why?</question></questions>",
    "<questions><question id='jumped' when='what'>Why?</question></questions>",
    "<questions>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (FlRules) rules = fl_rules_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (fl_rules_add (rules, bad[i], strlen (bad[i]), "bad.xml", &error));
      g_assert_nonnull (error);
    }
}

/* Whatever is known, in whatever mixture: the result is sane. */
static void
test_any_facts (void)
{
  static const char *const names[] = { "port.open",        "port.usb",      "host.dfu",         "sync.kind",
                                       "sync.first",       "echo.55",       "garble.factor",    "garble.proved",
                                       "sweep.pattern",    "trials.n",      "trials.ok",        "after.reset",
                                       "after.unplug",     "parity.spaced", "parity.together",  "read.flash",
                                       "erase.mass",       "erase.page",    "verify.pattern",   "go.after",
                                       "reset.after",      "id.clone",      "answer.app-runs",  "answer.jumped",
                                       "after.swap-wires", "protect.after", "listen.late-text", "set.entry" };
  static const guint16 pids[] = { 0, 0x410, 0x413, 0x467, 0x472, 0x425 };

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (FlFacts) facts = fl_facts_new ();
      guint16 pid = pids[g_test_rand_int_range (0, G_N_ELEMENTS (pids))];
      g_autoptr (FlDiagnosis) diagnosis = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          const FlFactInfo *info = fl_fact_info_find (names[i]);

          if (g_test_rand_int_range (0, 4) > 0)
            continue;
          if (info->kind == FL_FACT_WORD)
            fl_facts_set (facts, names[i], info->words[g_test_rand_int_range (0, (int) g_strv_length (info->words))]);
          else if (info->kind == FL_FACT_FLAG)
            fl_facts_set_flag (facts, names[i], g_test_rand_bit ());
          else if (info->kind == FL_FACT_NUMBER)
            fl_facts_set_number (facts, names[i], g_test_rand_int_range (0, 12));
          else
            fl_facts_set (facts, names[i], info->kind == FL_FACT_BYTES ? "86 FE" : "2341:0043");
        }
      diagnosis = fl_diagnose (facts, pid != 0 ? fl_chip_db_find (pid) : NULL);
      assert_sane (diagnosis);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (diagnosis_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/diagnosis/", diagnosis_cases[i].path, NULL);

      g_test_add_data_func (path, &diagnosis_cases[i], test_case);
    }
  g_test_add_func ("/diagnosis/questions", test_questions);
  g_test_add_func ("/diagnosis/texts", test_texts);
  g_test_add_func ("/diagnosis/chip-from-facts", test_chip_from_facts);
  g_test_add_func ("/diagnosis/data", test_data);
  g_test_add_func ("/diagnosis/data/bad", test_bad_data);
  g_test_add_func ("/diagnosis/any-facts", test_any_facts);
  return g_test_run ();
}
