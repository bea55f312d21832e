/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-trace-facts.h"

#include "fl-boot.h"
#include "fl-bytes.h"
#include "fl-chip.h"
#include "fl-mistakes.h"
#include "fl-trace-facts-private.h"

#define SLOW_S 8.0 /* an erase takes longer than other programs wait */

static gboolean
is_flash (guint32 address)
{
  return address >= 0x08000000 && address < 0x10000000;
}

static gboolean
is_secure_alias (guint32 address)
{
  return address >= 0x0C000000 && address < 0x10000000;
}

static void
take_settings (FlTraceReader *self, const FlExchange *exchange)
{
  static const char *const parities[] = {
    [FL_PARITY_NONE] = "none", [FL_PARITY_EVEN] = "even", [FL_PARITY_ODD] = "odd"
  };
  FlLineSettings settings;

  if (exchange->text == NULL || !fl_line_settings_from_string (exchange->text, &settings))
    return;
  if (self->sent && fl_facts_get (self->facts, "set.baud") != NULL)
    return; /* later ones are attempts */
  fl_facts_set_number (self->facts, "set.baud", settings.baud);
  fl_facts_set (self->facts, "set.parity", parities[settings.parity]);
}

static void
take_unasked (FlTraceReader *self, const FlExchange *exchange)
{
  gsize length;
  const guint8 *data = fl_trace_get_bytes (exchange, &length);
  g_autofree char *text = fl_trace_dup_text (data, length);

  if (!self->sent)
    {
      fl_facts_set_number (self->facts, "listen.bytes",
                           fl_facts_get_number (self->facts, "listen.bytes", 0) + (double) length);
      fl_facts_set_number (self->facts, "listen.errors",
                           fl_facts_get_number (self->facts, "listen.errors", 0) + (exchange->errors != 0));
      if (exchange->errors & FL_LINE_ERROR_BREAK)
        fl_facts_set_flag (self->facts, "listen.break", TRUE);
      if (text != NULL)
        fl_facts_set (self->facts, "listen.text", text);
      return;
    }
  if (self->pending == FL_COMMAND_GO)
    {
      if (text != NULL)
        fl_facts_set (self->facts, "go.after", "app");
      return;
    }
  if (text != NULL && self->connected && self->n_commands > 0)
    {
      fl_facts_set (self->facts, "listen.late-text", text);
      fl_facts_set_number (self->facts, "listen.late-ms", (double) (exchange->time - self->connected_time) / 1000);
    }
  /* The late answer to an erase. */
  if (length == 1 && data[0] == FL_BOOT_ACK && self->pending == FL_COMMAND_ERASE)
    {
      fl_facts_set_flag (self->facts, "erase.slow", TRUE);
      self->pending = -1;
    }
}

/* "ok", "nack-command", "nack-address", "nack-data", "silent". */
static const char *
get_result (const FlExchange *exchange)
{
  if (exchange->status == FL_EXCHANGE_OK)
    return "ok";
  if (exchange->status == FL_EXCHANGE_SILENT)
    return "silent";
  if (exchange->status != FL_EXCHANGE_REFUSED)
    return NULL;
  return exchange->part == FL_PART_COMMAND   ? "nack-command"
         : exchange->part == FL_PART_ADDRESS ? "nack-address"
                                             : "nack-data";
}

/* "ok", "nack", "silent". */
static const char *
get_short_result (const FlExchange *exchange)
{
  return exchange->status == FL_EXCHANGE_REFUSED ? "nack" : get_result (exchange);
}

static const char *
get_parity_result (const FlExchange *exchange)
{
  const char *result = get_short_result (exchange);

  return result != NULL ? result : "odd";
}

/* Get, Get ID and Get Version: no protection forbids them, so that a failure is the line's. The worst counts. */
static void
take_harmless (FlTraceReader *self, const FlExchange *exchange)
{
  const char *name = !exchange->spaced                     ? "parity.together"
                     : exchange->command == FL_COMMAND_GET ? "parity.zero"
                                                           : "parity.spaced";
  const char *result = get_parity_result (exchange);
  gboolean refused = exchange->status == FL_EXCHANGE_REFUSED;

  if (self->n_commands > 0
      && ((refused && self->last == FL_EXCHANGE_SILENT)
          || (exchange->status == FL_EXCHANGE_SILENT && self->last == FL_EXCHANGE_REFUSED)))
    self->n_alternated++;
  self->n_harmless_ok += exchange->status == FL_EXCHANGE_OK;
  /* The first command may be refused for what came before it. */
  if (self->n_commands == 0 && refused)
    self->first_refused = TRUE;
  else if (fl_facts_get (self->facts, name) == NULL || !g_str_equal (result, "ok"))
    fl_facts_set (self->facts, name, result);
  if (self->n_commands == 1 && self->first_refused && exchange->status == FL_EXCHANGE_OK)
    fl_facts_set_flag (self->facts, "first-command.nack", TRUE);
}

static void
take_identity (FlTraceReader *self, const FlExchange *exchange)
{
  gsize length;
  const guint8 *data = fl_trace_get_bytes (exchange, &length);

  take_harmless (self, exchange);
  if (data == NULL || exchange->status != FL_EXCHANGE_OK)
    return;
  if (exchange->command == FL_COMMAND_GET && length > 1)
    {
      g_autofree char *version = g_strdup_printf ("0x%02X", data[0]);
      g_autofree char *list = fl_bytes_to_hex (data + 1, length - 1, 256);

      fl_facts_set (self->facts, "id.version", version);
      fl_facts_set (self->facts, "id.get", list);
    }
  else if (exchange->command == FL_COMMAND_GET_ID && length >= 2)
    {
      g_autofree char *pid = g_strdup_printf ("0x%03X", fl_bytes_get_be16 (data + length - 2));
      double n = fl_facts_get_number (self->facts, "ids.n", 0), good = fl_facts_get_number (self->facts, "ids.good", 0);
      gboolean same = n <= 0 || fl_facts_is (self->facts, "id.pid", pid);

      if (n <= 0)
        fl_facts_set (self->facts, "id.pid", pid);
      fl_facts_set_number (self->facts, "ids.n", n + 1);
      fl_facts_set_number (self->facts, "ids.good", good + same);
    }
}

/* Erased bytes read as FF unless the chip is known to be another one. */
static guint8
get_erased_value (FlTraceReader *self)
{
  const char *pid = fl_facts_get (self->facts, "id.pid");
  const FlChip *chip = pid != NULL ? fl_chip_db_find ((guint16) g_ascii_strtoull (pid, NULL, 16)) : NULL;

  return fl_chip_get_erased_value (chip);
}

static void
compare_block (FlTraceReader *self, guint32 address, GBytes *wanted, const FlExchange *read)
{
  gsize length;
  const guint8 *got = fl_trace_get_bytes (read, &length);

  if (!fl_range_contains (read->address, length, address, g_bytes_get_size (wanted)))
    return;
  if (self->mismatch == NULL)
    self->mismatch = fl_mismatch_new (NULL, get_erased_value (self));
  fl_mismatch_add (self->mismatch, address, g_bytes_get_data (wanted, NULL), got + (address - read->address),
                   g_bytes_get_size (wanted));
}

/* What was written before is compared with what is read now. */
static void
compare (FlTraceReader *self, const FlExchange *read)
{
  GHashTableIter iter;
  gpointer key, value = g_hash_table_lookup (self->memory, GUINT_TO_POINTER (read->address));

  if (read->bytes == NULL)
    return;
  if (value != NULL && g_bytes_get_size (value) == g_bytes_get_size (read->bytes))
    {
      compare_block (self, read->address, value, read);
      return;
    }
  g_hash_table_iter_init (&iter, self->memory);
  while (g_hash_table_iter_next (&iter, &key, &value))
    compare_block (self, GPOINTER_TO_UINT (key), value, read);
}

static void
take_read (FlTraceReader *self, const FlExchange *exchange)
{
  const char *result = get_result (exchange);
  /* Refused as a command, an address was not even sent. */
  gboolean flash = !exchange->has_address || is_flash (exchange->address);

  if (result == NULL || g_str_equal (result, "nack-data"))
    return;
  fl_facts_set (self->facts, flash ? "read.flash" : "read.info", result);
  if (flash && exchange->status == FL_EXCHANGE_OK)
    compare (self, exchange);
}

static void
take_write (FlTraceReader *self, const FlExchange *exchange)
{
  static const char *const worst[] = { "silent", "nack-command", "nack-data", "nack-address", "ok", NULL };
  const char *result = get_result (exchange);
  const char *before = fl_facts_get (self->facts, "write.result");
  WriteResult write = { exchange->address, exchange->status == FL_EXCHANGE_REFUSED };

  if (result == NULL || (exchange->has_address && !is_flash (exchange->address)))
    return;
  for (guint i = 0; worst[i] != NULL; i++)
    if (before == NULL || g_str_equal (worst[i], result))
      {
        fl_facts_set (self->facts, "write.result", result);
        break;
      }
    else if (g_str_equal (worst[i], before))
      break;
  if (exchange->has_address)
    g_array_append_val (self->writes, write);
  if (exchange->status == FL_EXCHANGE_OK && exchange->bytes != NULL)
    g_hash_table_insert (self->memory, GUINT_TO_POINTER (exchange->address), g_bytes_ref (exchange->bytes));
}

static void
take_erase (FlTraceReader *self, const FlExchange *exchange)
{
  const char *result = get_short_result (exchange);
  double seconds = (double) exchange->duration / G_USEC_PER_SEC;

  self->pending = -1;
  if (result == NULL)
    return;
  if (exchange->part == FL_PART_COMMAND)
    {
      if (exchange->status == FL_EXCHANGE_REFUSED)
        fl_facts_set (self->facts, "erase.command", "nack");
      return;
    }
  fl_facts_set (self->facts, exchange->all ? "erase.mass" : "erase.page", result);
  if (exchange->status == FL_EXCHANGE_SILENT)
    self->pending = FL_COMMAND_ERASE;
  if (exchange->status != FL_EXCHANGE_OK)
    return;
  fl_facts_set_number (self->facts, "erase.seconds",
                       MAX (seconds, fl_facts_get_number (self->facts, "erase.seconds", 0)));
  if (seconds > SLOW_S)
    fl_facts_set_flag (self->facts, "erase.slow", TRUE);
}

static void
take_go (FlTraceReader *self, const FlExchange *exchange)
{
  const char *result = get_short_result (exchange);

  if (result != NULL)
    fl_facts_set (self->facts, "go.result", result);
  if (exchange->status == FL_EXCHANGE_OK)
    self->pending = FL_COMMAND_GO;
}

static void
take_protect (FlTraceReader *self, const FlExchange *exchange)
{
  g_autofree char *command = g_strdup_printf ("%02X", (guint) exchange->command);

  if (exchange->status == FL_EXCHANGE_OK && fl_facts_is (self->facts, "protect.command", command)
      && self->last == FL_EXCHANGE_REFUSED)
    fl_facts_set_flag (self->facts, "unprotect.first-nack", TRUE);
  fl_facts_set (self->facts, "protect.command", command);
  if (exchange->status != FL_EXCHANGE_REFUSED)
    self->pending = exchange->command;
}

/* One row for each command that tells something, and where a job that fails with it is. */
static const struct
{
  guint8 command;
  void (*take) (FlTraceReader *self, const FlExchange *exchange);
  const char *stage;
} commands[] = {
  { FL_COMMAND_GET, take_identity, "get" },
  { FL_COMMAND_GET_VERSION, take_harmless, "get" },
  { FL_COMMAND_GET_ID, take_identity, "id" },
  { FL_COMMAND_READ, take_read, "read" },
  { FL_COMMAND_GO, take_go, "start" },
  { FL_COMMAND_WRITE, take_write, "write" },
  { FL_COMMAND_ERASE, take_erase, "erase" },
  { FL_COMMAND_EXTENDED_ERASE, take_erase, "erase" },
  { FL_COMMAND_WRITE_PROTECT, take_protect, "protect" },
  { FL_COMMAND_WRITE_UNPROTECT, take_protect, "protect" },
  { FL_COMMAND_READOUT_PROTECT, take_protect, "protect" },
  { FL_COMMAND_READOUT_UNPROTECT, take_protect, "protect" },
};

static void
take_command (FlTraceReader *self, const FlExchange *exchange)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].command == exchange->command)
      {
        commands[i].take (self, exchange);
        /* What went wrong last is what the host gave up with. */
        fl_facts_set (self->facts, "fail.stage", exchange->status == FL_EXCHANGE_OK ? NULL : commands[i].stage);
      }
  /* It was brought back from the middle of a command without a 7F. */
  if (!self->connected && exchange->status == FL_EXCHANGE_OK)
    {
      self->connected = TRUE;
      self->connected_time = exchange->time;
      if (fl_facts_is (self->facts, "sync.kind", "silent"))
        fl_facts_set (self->facts, "sync.kind", "already");
    }
  self->n_silent += exchange->status == FL_EXCHANGE_SILENT && exchange->part == FL_PART_COMMAND;
  self->n_commands++;
  self->last = exchange->status;
}

static void
take_exchange (FlTraceReader *self, GPtrArray *exchanges)
{
  const FlExchange *exchange = g_ptr_array_index (exchanges, self->at);

  if (self->origin == FL_TRACE_FOREIGN)
    fl_mistakes_take_facts (exchange->mistakes, self->facts);
  switch (exchange->kind)
    {
    case FL_EXCHANGE_SYNC:
      fl_trace_take_sync (self, exchanges);
      self->sent = TRUE;
      break;
    case FL_EXCHANGE_COMMAND:
      take_command (self, exchange);
      self->sent = TRUE;
      break;
    case FL_EXCHANGE_HALF:
      if (exchange->bytes != NULL && self->connected && !self->half)
        fl_facts_set_flag (self->facts, "parity.early-nack", TRUE);
      self->n_commands++;
      self->sent = TRUE;
      break;
    case FL_EXCHANGE_NONSENSE:
      self->sent = TRUE;
      break;
    case FL_EXCHANGE_UNASKED:
      take_unasked (self, exchange);
      break;
    case FL_EXCHANGE_SETTINGS:
      take_settings (self, exchange);
      break;
    case FL_EXCHANGE_LINES:
    case FL_EXCHANGE_NOTE:
    default:
      break;
    }
}

/* Which blocks were refused. One that was accepted when it was repeated was refused by chance. */
static void
conclude_writes (FlTraceReader *self)
{
  guint n_refused = 0, n_secure = 0, n_by_chance = 0, n_ok = 0;
  guint32 lowest_refused = G_MAXUINT32, highest_ok = 0;

  for (guint i = 0; i < self->writes->len; i++)
    {
      const WriteResult *write = &g_array_index (self->writes, WriteResult, i);
      const WriteResult *next = i + 1 < self->writes->len ? write + 1 : NULL;

      if (!write->refused)
        {
          n_ok++;
          highest_ok = MAX (highest_ok, write->address);
          continue;
        }
      n_refused++;
      n_secure += is_secure_alias (write->address);
      n_by_chance += next != NULL && next->address == write->address && !next->refused;
      lowest_refused = MIN (lowest_refused, write->address);
    }
  if (n_refused == 0)
    return;
  fl_facts_set_number (self->facts, "write.share", (double) n_refused / self->writes->len);
  if (n_secure == n_refused)
    fl_facts_set (self->facts, "write.pattern", "secure");
  else if (n_ok == 0)
    fl_facts_set (self->facts, "write.pattern", "all");
  else if (n_by_chance > 0 || highest_ok > lowest_refused)
    fl_facts_set (self->facts, "write.pattern", "random");
  else
    {
      g_autofree char *address = g_strdup_printf ("0x%08X", lowest_refused);

      fl_facts_set (self->facts, "write.pattern", "boundary");
      fl_facts_set (self->facts, "write.boundary", address);
    }
}

static void
conclude (FlTraceReader *self)
{
  if (self->connected && self->n_silent > 0 && self->n_silent == self->n_commands)
    fl_facts_set_flag (self->facts, "commands.silent", TRUE);
  if (self->n_alternated > 0 && self->n_harmless_ok == 0)
    fl_facts_set_flag (self->facts, "commands.alternate", TRUE);
  if (self->sent && !self->connected)
    fl_facts_set (self->facts, "fail.stage", "sync");
  conclude_writes (self);
  if (self->mismatch != NULL)
    fl_mismatch_take_facts (self->mismatch, self->facts);
}

/**
 * fl_trace_facts_take:
 * @exchanges: (element-type FlExchange): of fl_decode_trace(), from the session's begin on
 * @facts: what they show is added
 *
 * Reads the traffic of a host with a board as evidence: how the first contact went, which commands were answered,
 * refused or met with silence and where, and what a foreign host did against AN3155.
 */
void
fl_trace_facts_take (GPtrArray *exchanges, FlTraceOrigin origin, FlFacts *facts)
{
  g_autoptr (GArray) writes = g_array_new (FALSE, FALSE, sizeof (WriteResult));
  g_autoptr (GHashTable) memory = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  FlTraceReader reader = { .facts = facts, .origin = origin, .pending = -1, .writes = writes, .memory = memory };

  g_return_if_fail (exchanges != NULL && facts != NULL);
  for (reader.at = 0; reader.at < exchanges->len; reader.at++)
    take_exchange (&reader, exchanges);
  conclude (&reader);
  g_clear_pointer (&reader.mismatch, fl_mismatch_free);
}
