/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

/* A second NACK, where a ROM sends two, follows the first at once; this is the latency of a slow adapter. */
#define SECOND_NACK_MS 20

/* What each packet is called, and what its refusal means. */
static const struct
{
  const char *name;
  const char *refused;
} stages[] = {
  [FL_STAGE_COMMAND] = { N_ ("command"), N_ ("the chip does not know the command, or its protection forbids it") },
  [FL_STAGE_ADDRESS] = { N_ ("address"), N_ ("the address is not in a memory that the bootloader may use for this") },
  [FL_STAGE_COUNT] = { N_ ("count"), N_ ("the count was damaged on its way") },
  [FL_STAGE_DATA] = { N_ ("data"), N_ ("the data were damaged on their way, or cannot be written there") },
  [FL_STAGE_PAGES] = { N_ ("what to erase"), N_ ("this chip cannot erase that, or the flash is write-protected") },
  [FL_STAGE_SECTORS] = { N_ ("list of sectors"),
                         N_ ("the list was damaged on its way, or the chip has no such sector") },
  [FL_STAGE_SIZE] = { N_ ("size"), N_ ("the size is 0 or reaches past the end of the memory") },
  [FL_STAGE_POLYNOMIAL] = { N_ ("polynomial"), N_ ("the polynomial was damaged on its way") },
  [FL_STAGE_INITIAL] = { N_ ("initial value"), N_ ("the initial value was damaged on its way") },
  [FL_STAGE_DONE] = { N_ ("end of the command"), N_ ("the chip could not carry it out") },
};

/**
 * fl_boot_exchange_init:
 * @timeout_ms: for the ACK to the command
 *
 * Begins a command with the packet that all have: its code and the complement.
 */
void
fl_boot_exchange_init (FlBootExchange *self, guint8 command, guint timeout_ms)
{
  const guint8 pair[] = { command, command ^ 0xFF };

  memset (self, 0, sizeof *self);
  self->command = command;
  fl_boot_exchange_add (self, FL_STAGE_COMMAND, pair, sizeof pair, timeout_ms);
}

/**
 * fl_boot_exchange_add:
 * @data: the packet; up to 5 bytes are copied, longer ones must outlive the exchange
 */
void
fl_boot_exchange_add (FlBootExchange *self, FlBootStage stage, const guint8 *data, gsize length, guint timeout_ms)
{
  g_assert (self->n_steps < G_N_ELEMENTS (self->steps));
  if (length <= 5 && length > 0)
    {
      g_assert (self->n_stored + length <= sizeof self->store);
      data = memcpy (self->store + self->n_stored, data, length);
      self->n_stored += length;
    }
  self->steps[self->n_steps++] = (FlBootStep){ stage, data, length, timeout_ms };
}

/* Four bytes, the highest first, and their checksum: AN3155's form of an address. */
void
fl_boot_exchange_add_word (FlBootExchange *self, FlBootStage stage, guint32 word, guint timeout_ms)
{
  guint8 packet[5];

  fl_bytes_put_be32 (packet, word);
  packet[4] = fl_bytes_xor (packet, 4);
  fl_boot_exchange_add (self, stage, packet, sizeof packet, timeout_ms);
}

static char *
fl_boot_exchange_describe (const FlBootExchange *self)
{
  const char *name = fl_command_get_name (self->command);

  if (self->has_address)
    return g_strdup_printf (_ ("%s at 0x%08X"), name, self->address);
  return g_strdup (name);
}

static gboolean
fl_boot_has_command (FlBoot *self, guint8 command)
{
  return memchr (self->info.commands, command, self->info.n_commands) != NULL;
}

static FlError
fl_boot_refusal_code (FlBoot *self, const FlBootExchange *exchange, FlBootStage stage)
{
  if (stage != FL_STAGE_COMMAND || self->info.n_commands == 0 || exchange->command <= FL_COMMAND_GET_ID)
    return FL_ERROR_NACK;
  return fl_boot_has_command (self, exchange->command) ? FL_ERROR_PROTECTED : FL_ERROR_UNSUPPORTED;
}

static void
fl_boot_set_refused (FlBoot *self, const FlBootExchange *exchange, const FlBootStep *step, GError **error)
{
  g_autofree char *what = fl_boot_exchange_describe (exchange);
  g_autofree char *sent = fl_bytes_to_hex (step->data, step->length, 16);
  FlError code = fl_boot_refusal_code (self, exchange, step->stage);
  const char *meaning = _ (stages[step->stage].refused);

  if (code == FL_ERROR_PROTECTED)
    meaning = _ ("the command is in the bootloader's list, so protection forbids it (readout protection, most likely)");
  else if (code == FL_ERROR_UNSUPPORTED)
    meaning = _ ("the bootloader's list does not have this command");
  g_set_error (error, FL_ERROR, code, _ ("%s was refused: %s. Sent (%s): %s; received: 1F (NACK)."), what, meaning,
               _ (stages[step->stage].name), step->length > 0 ? sent : "–");
}

static void
fl_boot_set_silent (const FlBootExchange *exchange, const FlBootStep *step, const guint8 *data, gsize n_read,
                    gsize wanted, guint timeout_ms, GError **error)
{
  g_autofree char *what = fl_boot_exchange_describe (exchange);
  g_autofree char *sent = fl_bytes_to_hex (step->data, step->length, 16);
  g_autofree char *came = fl_bytes_to_hex (data, n_read, 16);

  if (n_read == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT, _ ("%s: no answer within %u ms. Sent (%s): %s; received: nothing."),
                 what, timeout_ms, _ (stages[step->stage].name), step->length > 0 ? sent : "–");
  else
    g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT,
                 _ ("%s: the answer broke off after %u of %u bytes. Sent (%s): %s; received: %s."), what,
                 (guint) n_read, (guint) wanted, _ (stages[step->stage].name), step->length > 0 ? sent : "–", came);
}

static void
fl_boot_set_odd (const FlBootExchange *exchange, const FlBootStep *step, const guint8 *data, gsize n_read,
                 const char *wanted, GError **error)
{
  g_autofree char *what = fl_boot_exchange_describe (exchange);
  g_autofree char *sent = fl_bytes_to_hex (step->data, step->length, 16);
  g_autofree char *came = fl_bytes_to_hex (data, n_read, 16);

  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL,
               _ ("%s: an answer that the protocol does not allow here. Sent (%s): %s; expected: %s; received: %s."),
               what, _ (stages[step->stage].name), step->length > 0 ? sent : "–", wanted, came);
}

/* Bytes with a wrong parity bit or frame may be anything: only the receiver's own report tells. */
static gboolean
fl_boot_check_line (FlBoot *self, const FlBootExchange *exchange, GError **error)
{
  FlLineErrors errors = fl_transport_take_errors (self->transport);
  g_autofree char *what = NULL;
  g_autofree char *text = NULL;

  if (errors == 0)
    return TRUE;
  what = fl_boot_exchange_describe (exchange);
  text = fl_line_errors_to_string (errors);
  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL, _ ("%s: the answer arrived damaged (%s)."), what, text);
  return FALSE;
}

static FlBootFailure
fl_boot_expect_ack (FlBoot *self, const FlBootExchange *exchange, const FlBootStep *step, GCancellable *cancellable,
                    GError **error)
{
  guint timeout_ms = step->timeout_ms + fl_boot_wire_ms (self, step->length + 1);
  guint8 byte = 0;
  gsize n;

  if (!fl_boot_receive (self, &byte, 1, timeout_ms, &n, cancellable, error))
    return FL_FAILURE_FATAL;
  if (n == 0)
    {
      fl_boot_set_silent (exchange, step, NULL, 0, 1, timeout_ms, error);
      return FL_FAILURE_SILENCE;
    }
  if (!fl_boot_check_line (self, exchange, error))
    return FL_FAILURE_GARBAGE;
  if (byte == FL_BOOT_ACK)
    return FL_FAILURE_NONE;
  if (byte != FL_BOOT_NACK)
    {
      fl_boot_set_odd (exchange, step, &byte, 1, "79 (ACK) / 1F (NACK)", error);
      return FL_FAILURE_GARBAGE;
    }
  if (self->limits.double_nack || exchange->command == FL_COMMAND_READ || exchange->command == FL_COMMAND_WRITE)
    if (!fl_boot_drain (self, SECOND_NACK_MS, NULL, error))
      return FL_FAILURE_FATAL;
  fl_boot_set_refused (self, exchange, step, error);
  return FL_FAILURE_NACK;
}

static FlBootFailure
fl_boot_take_bytes (FlBoot *self, const FlBootExchange *exchange, guint8 *data, gsize length, GCancellable *cancellable,
                    GError **error)
{
  const FlBootStep *last = &exchange->steps[exchange->n_steps - 1];
  guint timeout_ms = self->limits.answer_ms + fl_boot_wire_ms (self, length);
  gsize n;

  if (!fl_boot_receive (self, data, length, timeout_ms, &n, cancellable, error))
    return FL_FAILURE_FATAL;
  if (!fl_boot_check_line (self, exchange, error))
    return FL_FAILURE_GARBAGE;
  if (n == length)
    return FL_FAILURE_NONE;
  fl_boot_set_silent (exchange, last, data, n, length, timeout_ms, error);
  return FL_FAILURE_SILENCE;
}

/* N, N+1 bytes, ACK: the form of Get and Get ID. */
static FlBootFailure
fl_boot_take_counted (FlBoot *self, FlBootExchange *exchange, GCancellable *cancellable, GError **error)
{
  guint8 data[1 + 256 + 1] = { 0 };
  gsize length;
  FlBootFailure failure = fl_boot_take_bytes (self, exchange, data, 1, cancellable, error);

  if (failure != FL_FAILURE_NONE)
    return failure;
  length = (gsize) data[0] + 1;
  failure = fl_boot_take_bytes (self, exchange, data + 1, length + 1, cancellable, error);
  if (failure != FL_FAILURE_NONE)
    return failure;
  if (data[1 + length] != FL_BOOT_ACK || length < 2 || length > exchange->result_size)
    {
      fl_boot_set_odd (exchange, &exchange->steps[exchange->n_steps - 1], data, length + 2, "N, N+1 × …, 79 (ACK)",
                       error);
      return FL_FAILURE_GARBAGE;
    }
  memcpy (exchange->result, data + 1, length);
  exchange->n_result = length;
  return FL_FAILURE_NONE;
}

/* Memory comes without a checksum. A byte that noise has added shifts the rest and leaves one too many; adapters hand
 * over many bytes at a time, so it is most often there already. Waiting for it would cost a millisecond a block. */
static FlBootFailure
fl_boot_check_excess (FlBoot *self, const FlBootExchange *exchange, GError **error)
{
  g_autofree char *what = NULL;
  guint8 excess[16];
  gsize n;

  if (!fl_transport_read_some (self->transport, excess, sizeof excess, 0, &n, NULL, error))
    return FL_FAILURE_FATAL;
  if (n == 0)
    return FL_FAILURE_NONE;
  what = fl_boot_exchange_describe (exchange);
  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL, _ ("%s: more bytes came than were asked for."), what);
  return FL_FAILURE_GARBAGE;
}

/* Bytes whose number is known before, with nothing, an ACK or a checksum behind them. */
static FlBootFailure
fl_boot_take_fixed (FlBoot *self, FlBootExchange *exchange, GCancellable *cancellable, GError **error)
{
  const FlBootStep *last = &exchange->steps[exchange->n_steps - 1];
  gsize size = exchange->result_size;
  guint8 ack = FL_BOOT_ACK;
  FlBootFailure failure = fl_boot_take_bytes (self, exchange, exchange->result, size, cancellable, error);

  if (failure == FL_FAILURE_NONE && exchange->answer == FL_ANSWER_FIXED_ACK)
    failure = fl_boot_take_bytes (self, exchange, &ack, 1, cancellable, error);
  if (failure != FL_FAILURE_NONE)
    return failure;
  if (ack != FL_BOOT_ACK)
    {
      fl_boot_set_odd (exchange, last, &ack, 1, "79 (ACK)", error);
      return FL_FAILURE_GARBAGE;
    }
  if (exchange->answer == FL_ANSWER_FIXED_XOR && fl_bytes_xor (exchange->result, size) != 0)
    {
      fl_boot_set_odd (exchange, last, exchange->result, size, "c3 c2 c1 c0, c3 ^ c2 ^ c1 ^ c0", error);
      return FL_FAILURE_GARBAGE;
    }
  exchange->n_result = size;
  return exchange->answer == FL_ANSWER_FIXED ? fl_boot_check_excess (self, exchange, error) : FL_FAILURE_NONE;
}

/**
 * fl_boot_attempt:
 * @stage: (out): how far it came
 *
 * Goes through an exchange once: each packet, its ACK, then the result. Where the chip keeps up, the first packets are
 * sent at once and their ACKs awaited behind them. What came in unasked before it is dropped.
 */
FlBootFailure
fl_boot_attempt (FlBoot *self, FlBootExchange *exchange, FlBootStage *stage, GCancellable *cancellable, GError **error)
{
  guint8 stray[16];
  guint8 burst[FL_BOOT_MAX_BURST];
  gsize burst_length = fl_boot_burst_join (self, exchange, burst);
  gsize n;

  *stage = FL_STAGE_COMMAND;
  exchange->in_burst = burst_length > 0;
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !fl_transport_read_some (self->transport, stray, sizeof stray, 0, &n, NULL, error))
    return FL_FAILURE_FATAL;
  fl_transport_take_errors (self->transport);
  for (guint i = 0; i < exchange->n_steps; i++)
    {
      const FlBootStep *step = &exchange->steps[i];
      FlBootFailure failure;

      *stage = step->stage;
      self->last_command = exchange->command;
      self->last_stage = step->stage;
      self->list_open = self->list_open || (exchange->is_list && step->stage == FL_STAGE_PAGES);
      if (i == 0 && burst_length > 0 && !fl_boot_send (self, burst, burst_length, cancellable, error))
        return FL_FAILURE_FATAL;
      if (step->length > 0 && !(exchange->in_burst && i < exchange->n_burst)
          && !fl_boot_send (self, step->data, step->length, cancellable, error))
        return FL_FAILURE_FATAL;
      failure = fl_boot_expect_ack (self, exchange, step, cancellable, error);
      if (failure != FL_FAILURE_NONE)
        return failure;
      if (i == 0 && exchange->confirms)
        self->list_open = FALSE;
    }
  *stage = FL_STAGE_DONE;
  if (exchange->answer == FL_ANSWER_COUNTED)
    return fl_boot_take_counted (self, exchange, cancellable, error);
  return exchange->answer == FL_ANSWER_NONE ? FL_FAILURE_NONE : fl_boot_take_fixed (self, exchange, cancellable, error);
}

static void
fl_boot_report_retry (FlBoot *self, const GError *reason, guint attempt)
{
  g_autofree char *message = NULL;

  self->n_retries++;
  if (self->retry_func == NULL)
    return;
  message = g_strdup_printf (_ ("%s Tried again (%u of %u)."), reason->message, attempt, self->max_retries);
  self->retry_func (self, message, self->retry_data);
}

/* A damaged byte is answered by a NACK as well; but not twice at the same place. */
static gboolean
fl_boot_is_answer (FlBoot *self, FlBootFailure failure, FlBootStage stage)
{
  return failure == FL_FAILURE_NACK
         || (failure == FL_FAILURE_SILENCE && stage == FL_STAGE_ADDRESS && self->limits.silent_bad_address);
}

/* Whether the failure stands as it is: nothing is to be tried again. An address that was refused was not gone to. */
static gboolean
fl_boot_is_final (FlBoot *self, const FlBootExchange *exchange, FlBootFailure failure, FlBootStage stage, guint attempt,
                  gboolean same_as_before)
{
  gboolean last_sent = stage == FL_STAGE_DONE || exchange->steps[exchange->n_steps - 1].stage == stage;
  gboolean refused = failure == FL_FAILURE_NACK && stage == FL_STAGE_ADDRESS;

  return attempt >= self->max_retries || (exchange->once && last_sent && !refused)
         || (same_as_before && fl_boot_is_answer (self, failure, stage));
}

/* Asked once, it cannot be told from a lost answer. */
static void
fl_boot_set_dropped_address (const FlBootExchange *exchange, gboolean twice, GError **error)
{
  g_autoptr (GError) silence = g_steal_pointer (error);
  g_autofree char *what = fl_boot_exchange_describe (exchange);

  if (twice)
    g_set_error (
        error, FL_ERROR, FL_ERROR_NACK,
        _ ("%s: the address got no answer, twice. This chip’s bootloader drops addresses in silence that are not "
           "in a memory which it may use for this."),
        what);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT, "%s %s", silence->message,
                 _ ("This chip’s bootloader drops addresses in silence that are not in a memory which it may use for "
                    "this."));
}

/* A byte that noise adds to a list of pages, and that happens to be its checksum, names a page in place of the last
 * one, and the true checksum is left over: the next command finds the chip with half a command in hand. The NACK comes
 * for that and the command's first byte; its second is half a command then, so that a single filler byte is refused. */
static gboolean
fl_boot_had_byte (FlBoot *self, FlBootFailure failure, FlBootStage stage)
{
  return failure == FL_FAILURE_NACK && stage == FL_STAGE_COMMAND && self->n_fillers == 1;
}

static void
fl_boot_set_had_byte (FlBoot *self, GError **error)
{
  self->stray = FL_STRAY_LIKELY;
  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL,
               _ ("After the erase the chip had a byte too many: noise on the line may have made it erase another page "
                  "than was asked for. Look at what is in the flash besides the file."));
}

/* What has become known of a list of pages when the chip is back at the start of a command after a failure. */
static void
fl_boot_judge_list (FlBoot *self, const FlBootExchange *exchange, FlBootStage stage)
{
  gboolean is_list = exchange->is_list && stage == FL_STAGE_PAGES;

  /* A byte in hand is what is missing in the list, or what was left over of it. After another failure of the command
   * that was to show it, it is not known. */
  if (self->list_open && ((is_list && self->n_fillers == 1) || (exchange->confirms && stage == FL_STAGE_COMMAND)))
    self->stray = MAX (self->stray, FL_STRAY_UNSEEN);
  self->list_open = FALSE;
}

/**
 * fl_boot_run:
 *
 * Goes through an exchange until it succeeds: after silence, a wrong byte or a NACK the chip is brought back to the
 * start of a command (fl_boot_resync()), then all of the exchange is repeated. A NACK that comes twice at the same
 * place is the chip's true answer, and no repeat is reported for it. The repeat of packets that were sent at once does
 * not count: it is the first try of the exchange as AN3155 has it.
 */
gboolean
fl_boot_run (FlBoot *self, FlBootExchange *exchange, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL; /* of a repeat that is not yet reported */
  FlBootFailure before = FL_FAILURE_NONE;
  FlBootStage stage_before = FL_STAGE_COMMAND;
  guint attempt = 0;
  gboolean was_burst = FALSE;
  gboolean after_erase = self->erased;

  self->erased = FALSE;
  exchange->plain = after_erase; /* for fl_boot_had_byte() */
  exchange->confirms = after_erase;
  for (;;)
    {
      g_autoptr (GError) problem = NULL;
      FlBootStage stage;
      FlBootFailure failure = fl_boot_attempt (self, exchange, &stage, cancellable, &problem);
      gboolean same = failure == before && stage == stage_before;
      gboolean is_burst = exchange->in_burst && stage != FL_STAGE_DATA; /* which is sent by itself */

      if (was_burst && !(same && fl_boot_is_answer (self, failure, stage)))
        fl_boot_burst_give_up (self, reason);
      else if (!was_burst && reason != NULL && !(failure == FL_FAILURE_NACK && same))
        fl_boot_report_retry (self, reason, attempt);
      g_clear_error (&reason);
      if (failure == FL_FAILURE_NONE)
        return TRUE;
      if (failure == FL_FAILURE_FATAL
          || (!is_burst && fl_boot_is_final (self, exchange, failure, stage, attempt, same)))
        {
          if (failure == FL_FAILURE_NACK && stage == FL_STAGE_PAGES)
            self->list_open = FALSE;
          if (failure == FL_FAILURE_SILENCE && self->limits.silent_bad_address && stage == FL_STAGE_ADDRESS)
            fl_boot_set_dropped_address (exchange, same, &problem);
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (!fl_boot_resync (self, cancellable, error))
        {
          if (error != NULL && (*error)->domain == FL_ERROR && (*error)->code == FL_ERROR_TIMEOUT)
            g_prefix_error (error, "%s ", problem->message);
          return FALSE;
        }
      if (after_erase && attempt == 0 && fl_boot_had_byte (self, failure, stage))
        {
          fl_boot_set_had_byte (self, error);
          return FALSE;
        }
      fl_boot_judge_list (self, exchange, stage);
      exchange->confirms = FALSE;
      reason = g_steal_pointer (&problem);
      before = failure;
      stage_before = stage;
      was_burst = is_burst;
      attempt += is_burst ? 0 : 1;
      exchange->plain = TRUE;
    }
}
