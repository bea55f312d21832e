/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-fake-adapter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <umockdev.h>
#include <unistd.h>

#include "tty-shim.h"

#define USB             "/devices/pci0000:00/0000:00:14.0/usb1/1-2"
#define TTY             USB "/1-2:1.0/ttyUSB0/tty/ttyUSB0"
#define KEPT_CFLAGS     (CSIZE | PARENB | PARODD | CSTOPB) /* what a pty would drop */
#define OUTPUT_BITS     (TIOCM_DTR | TIOCM_RTS)
#define MAX_STEP_MS     20
#define TCGETS2_REQUEST 0x802C542Au /* <asm/ioctls.h> wants struct termios2 for these two */
#define TCSETS2_REQUEST 0x402C542Bu

/* "@" is the tty's number. */
static const char adapter_description[] =
    /* The USB device: the fields that libserialport reads. */
    "P: " USB "\nN: bus/usb/001/005\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/bus/usb/001/005\n"
    "A: busnum=1\\n\nA: devnum=5\\n\nA: idVendor=1a86\\n\nA: idProduct=7523\\n\n"
    "A: manufacturer=QinHeng Electronics\\n\nA: product=USB2.0-Serial\\n\nA: serial=FAKE0001\\n\n\n"
    /* Its only interface, and the usb-serial port under it. */
    "P: " USB "/1-2:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nE: DRIVER=ch341\n\n"
    "P: " USB "/1-2:1.0/ttyUSB@\nE: SUBSYSTEM=usb-serial\nE: DRIVER=ch341-uart\n\n"
    /* The tty: SUBSYSTEM=tty with N: is a pty; libserialport walks up from the link "device". */
    "P: " USB "/1-2:1.0/ttyUSB@/tty/ttyUSB@\nN: ttyUSB@\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/ttyUSB@\n"
    "E: MAJOR=188\nE: MINOR=@\nL: device=../../../ttyUSB@\nA: dev=188:@\\n\n\n";

/* A virtual console, which listings skip: without any tty there is no /sys/class/tty, and listing fails. */
static const char console_description[] = "P: /devices/virtual/tty/tty0\nE: SUBSYSTEM=tty\nA: active=tty0\\n\n\n";

struct _FlFakeAdapter
{
  UMockdevTestbed *bed;
  UMockdevIoctlBase *handler; /* NULL: not plugged */
  GThread *thread;
  int stop;    /* atomic */
  char number; /* of the tty: '0' … '9'; it goes up with each plugging, as umockdev makes no node twice */
  char *path;  /* "/dev/ttyUSB0"; NULL: never plugged */
  int fd;      /* the pty's master, umockdev's; -1: not plugged */
  const FlFakeDevice *device;
  gpointer user_data;

  GMutex lock; /* guards what follows: umockdev's threads write it, the test reads it */
  gboolean open;
  int lines;               /* TIOCM_* bits: what the host drives, and the inputs that the adapter drives */
  FlKernelTermios termios; /* as last asked for */
  FlLineSettings settings;
  gboolean refuse_parity;
  gboolean has_serial_flags; /* as an FTDI: other drivers know no TIOCSSERIAL */
  int serial_flags;          /* ASYNC_* */
  struct serial_icounter_struct counts;
  GString *events; /* what happened, in order: "open +dtr +rts 115200-8E1 …" */
};

static const struct
{
  tcflag_t code;
  guint baud;
} rates[] = {
  { B1200, 1200 },     { B2400, 2400 },     { B4800, 4800 },       { B9600, 9600 },     { B19200, 19200 },
  { B38400, 38400 },   { B57600, 57600 },   { B115200, 115200 },   { B230400, 230400 }, { B460800, 460800 },
  { B500000, 500000 }, { B921600, 921600 }, { B1000000, 1000000 },
};

static const FlFakeDevice mute_device;

/* Called with the lock held. */
static void
fl_fake_adapter_add_event (FlFakeAdapter *self, const char *event)
{
  g_string_append_printf (self->events, self->events->len > 0 ? " %s" : "%s", event);
}

static FlLines
output_lines (int bits)
{
  return ((bits & TIOCM_DTR) ? FL_LINE_DTR : 0) | ((bits & TIOCM_RTS) ? FL_LINE_RTS : 0);
}

/* Called with the lock held. Returns whether the device is to be told. */
static gboolean
fl_fake_adapter_drive (FlFakeAdapter *self, int outputs)
{
  int changed = (self->lines ^ outputs) & OUTPUT_BITS;

  if (changed & TIOCM_DTR)
    fl_fake_adapter_add_event (self, (outputs & TIOCM_DTR) ? "+dtr" : "-dtr");
  if (changed & TIOCM_RTS)
    fl_fake_adapter_add_event (self, (outputs & TIOCM_RTS) ? "+rts" : "-rts");
  if (changed == OUTPUT_BITS)
    fl_fake_adapter_add_event (self, "(at-once)");
  self->lines = (self->lines & ~OUTPUT_BITS) | (outputs & OUTPUT_BITS);
  return changed != 0;
}

static gboolean
are_equal (const FlLineSettings *one, const FlLineSettings *other)
{
  return one->baud == other->baud && one->data_bits == other->data_bits && one->parity == other->parity
         && one->stop_bits == other->stop_bits;
}

/* Called with the lock held: what the host set, as line settings. Returns whether they changed. */
static gboolean
fl_fake_adapter_note_settings (FlFakeAdapter *self)
{
  const FlKernelTermios *t = &self->termios;
  FlLineSettings now = { .baud = t->c_ospeed };
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if ((t->c_cflag & (CBAUD | CBAUDEX)) == rates[i].code)
      now.baud = rates[i].baud;
  now.data_bits = (t->c_cflag & CSIZE) == CS8   ? 8
                  : (t->c_cflag & CSIZE) == CS7 ? 7
                  : (t->c_cflag & CSIZE) == CS6 ? 6
                                                : 5;
  now.parity = !(t->c_cflag & PARENB) ? FL_PARITY_NONE : (t->c_cflag & PARODD) ? FL_PARITY_ODD : FL_PARITY_EVEN;
  now.stop_bits = (t->c_cflag & CSTOPB) ? 2 : 1;
  if (now.baud == 0 || are_equal (&now, &self->settings))
    return FALSE;
  self->settings = now;
  text = fl_line_settings_to_string (&now);
  fl_fake_adapter_add_event (self, g_strdelimit (text, " ", '-'));
  if (t->c_cflag & CRTSCTS)
    fl_fake_adapter_add_event (self, "crtscts");
  if (t->c_iflag & (IXON | IXOFF))
    fl_fake_adapter_add_event (self, "xonxoff");
  return TRUE;
}

/* Called with the lock held; what the pty behind the node cannot do is answered here. */
static int
fl_fake_adapter_answer (FlFakeAdapter *self, UMockdevIoctlClient *client, int *code, gboolean *new_lines,
                        gboolean *new_settings)
{
  gulong request = umockdev_ioctl_client_get_request (client);
  gboolean wide = request == TCGETS2_REQUEST || request == TCSETS2_REQUEST;
  gsize size = wide ? sizeof (FlKernelTermios) : FL_KERNEL_TERMIOS_SIZE;
  g_autoptr (UMockdevIoctlData) data = NULL;
  int ret = 0;

  switch (request)
    {
    case TIOCMGET:
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
      data = umockdev_ioctl_data_resolve (umockdev_ioctl_client_get_arg (client), 0, sizeof (int), NULL);
      g_assert_nonnull (data);
      if (request == TIOCMGET)
        *(int *) data->data = self->lines;
      else
        {
          int bits = *(int *) data->data;

          *new_lines = fl_fake_adapter_drive (self, request == TIOCMSET   ? bits
                                                    : request == TIOCMBIS ? self->lines | bits
                                                                          : self->lines & ~bits);
        }
      return 0;

    case TIOCGICOUNT:
      data = umockdev_ioctl_data_resolve (umockdev_ioctl_client_get_arg (client), 0, sizeof self->counts, NULL);
      g_assert_nonnull (data);
      memcpy (data->data, &self->counts, sizeof self->counts);
      return 0;

    case TIOCGSERIAL:
    case TIOCSSERIAL:
      if (!self->has_serial_flags)
        {
          *code = ENOTTY;
          return -1;
        }
      data =
          umockdev_ioctl_data_resolve (umockdev_ioctl_client_get_arg (client), 0, sizeof (struct serial_struct), NULL);
      g_assert_nonnull (data);
      if (request == TIOCGSERIAL)
        ((struct serial_struct *) data->data)->flags = self->serial_flags;
      else
        {
          self->serial_flags = ((struct serial_struct *) data->data)->flags;
          fl_fake_adapter_add_event (self, (self->serial_flags & ASYNC_LOW_LATENCY) ? "+low-latency" : "-low-latency");
        }
      return 0;

    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TCSETS2_REQUEST:
      data = umockdev_ioctl_data_resolve (umockdev_ioctl_client_get_arg (client), 0, size, NULL);
      g_assert_nonnull (data);
      memcpy (&self->termios, data->data, size);
      if (self->refuse_parity)
        self->termios.c_cflag &= ~(tcflag_t) (PARENB | PARODD);
      *new_settings = fl_fake_adapter_note_settings (self);
      return umockdev_ioctl_client_execute (client, code, NULL);

    case TCGETS:
    case TCGETS2_REQUEST:
      ret = umockdev_ioctl_client_execute (client, code, NULL); /* resolve only after this: it loads the data anew */
      data = umockdev_ioctl_data_resolve (umockdev_ioctl_client_get_arg (client), 0, size, NULL);
      g_assert_nonnull (data);
      if (ret == 0 && self->termios.c_cflag != 0)
        {
          FlKernelTermios *t = (FlKernelTermios *) data->data;

          t->c_cflag = (t->c_cflag & ~(tcflag_t) KEPT_CFLAGS) | (self->termios.c_cflag & KEPT_CFLAGS);
        }
      return ret;

    default: /* TIOCEXCL, TIOCINQ, TIOCOUTQ, TCFLSH …: the pty itself can */
      return umockdev_ioctl_client_execute (client, code, NULL);
    }
}

/* umockdev's thread, once for each ioctl() on the port. The device is told outside the lock: it may call back. */
static gboolean
fl_fake_adapter_ioctl_cb (UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer data)
{
  FlFakeAdapter *self = data;
  gboolean new_lines = FALSE;
  gboolean new_settings = FALSE;
  FlLineSettings settings;
  FlLines outputs;
  int code = 0;
  int ret;

  g_mutex_lock (&self->lock);
  ret = fl_fake_adapter_answer (self, client, &code, &new_lines, &new_settings);
  outputs = output_lines (self->lines);
  settings = self->settings;
  g_mutex_unlock (&self->lock);
  if (new_lines && self->device->lines != NULL)
    self->device->lines (self, outputs, self->user_data);
  if (new_settings && self->device->settings != NULL)
    self->device->settings (self, &settings, self->user_data);
  umockdev_ioctl_client_complete (client, ret, code);
  return TRUE;
}

/* A Linux driver raises DTR and RTS when the first program opens the port, and drops them when the last closes it. */
static void
fl_fake_adapter_set_open (FlFakeAdapter *self, gboolean open)
{
  gboolean changed = FALSE;

  g_mutex_lock (&self->lock);
  if (self->open != open)
    {
      self->open = open;
      if (open)
        fl_fake_adapter_add_event (self, "open");
      changed = fl_fake_adapter_drive (self, open ? OUTPUT_BITS : 0);
      if (!open)
        fl_fake_adapter_add_event (self, "close");
    }
  g_mutex_unlock (&self->lock);
  if (changed && self->device->lines != NULL)
    self->device->lines (self, open ? FL_LINE_DTR | FL_LINE_RTS : 0, self->user_data);
}

static void
fl_fake_adapter_connected_cb (UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer data)
{
  fl_fake_adapter_set_open (data, TRUE);
}

/* umockdev 0.17 does not tell of a closing, but the pty's master is hung up while nobody has the port open. */
static gpointer
fl_fake_adapter_thread (gpointer data)
{
  FlFakeAdapter *self = data;
  guint wait_ms = MAX_STEP_MS;

  while (!g_atomic_int_get (&self->stop))
    {
      struct pollfd poller = { .fd = self->fd, .events = POLLIN };
      guint8 bytes[512];
      ssize_t n = 0;

      if (poll (&poller, 1, (int) wait_ms) > 0 && (poller.revents & POLLIN))
        n = read (self->fd, bytes, sizeof bytes);
      if (n > 0 && self->device->received != NULL)
        self->device->received (self, bytes, (gsize) n, self->user_data);
      wait_ms =
          self->device->step != NULL ? CLAMP (self->device->step (self, self->user_data), 1, MAX_STEP_MS) : MAX_STEP_MS;
      if (n <= 0 && (poller.revents & POLLHUP))
        {
          /* It may be about to be opened: the hang-up is looked at again after a while. */
          g_usleep (5000);
          if (poll (&poller, 1, 0) > 0 && (poller.revents & POLLHUP))
            fl_fake_adapter_set_open (self, FALSE);
        }
    }
  return NULL;
}

/* A new adapter is not plugged yet. */
FlFakeAdapter *
fl_fake_adapter_new (void)
{
  FlFakeAdapter *self = g_new0 (FlFakeAdapter, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  self->events = g_string_new (NULL);
  self->device = &mute_device;
  self->fd = -1;
  self->number = '0';
  self->lines = TIOCM_CTS | TIOCM_DSR;
  self->bed = umockdev_testbed_new (); /* also sets $UMOCKDEV_DIR, for this process and its children */
  if (!umockdev_in_mock_environment ())
    g_error ("The fake adapter needs umockdev-wrapper");
  umockdev_testbed_add_from_string (self->bed, console_description, &error);
  g_assert_no_error (error);
  return self;
}

/* To be called before the adapter is plugged. */
void
fl_fake_adapter_set_device (FlFakeAdapter *self, const FlFakeDevice *device, gpointer user_data)
{
  g_assert (self->handler == NULL);
  self->device = device;
  self->user_data = user_data;
}

void
fl_fake_adapter_plug (FlFakeAdapter *self)
{
  g_autofree char *description = NULL;
  g_autofree char *number = NULL;
  g_autoptr (GError) error = NULL;

  g_assert (self->handler == NULL && self->number <= '9');
  number = g_strdup_printf ("%c", self->number++);
  g_free (self->path);
  self->path = g_strconcat ("/dev/ttyUSB", number, NULL);
  description = g_strdup (adapter_description);
  g_strdelimit (description, "@", number[0]);
  umockdev_testbed_add_from_string (self->bed, description, &error);
  g_assert_no_error (error);
  self->handler = umockdev_ioctl_base_new ();
  g_signal_connect (self->handler, "handle-ioctl", G_CALLBACK (fl_fake_adapter_ioctl_cb), self);
  g_signal_connect (self->handler, "client-connected", G_CALLBACK (fl_fake_adapter_connected_cb), self);
  umockdev_testbed_attach_ioctl (self->bed, self->path, self->handler, &error);
  g_assert_no_error (error);
  self->fd = umockdev_testbed_get_dev_fd (self->bed, self->path);
  g_assert_cmpint (self->fd, >=, 0);
  g_atomic_int_set (&self->stop, 0);
  self->thread = g_thread_new ("fake-adapter", fl_fake_adapter_thread, self);
}

/* Something else is plugged, in umockdev's words. It goes with the adapter. */
void
fl_fake_adapter_plug_other (FlFakeAdapter *self, const char *description)
{
  g_autoptr (GError) error = NULL;

  umockdev_testbed_add_from_string (self->bed, description, &error);
  g_assert_no_error (error);
}

/* As if the plug was pulled: also while the port is in use. */
void
fl_fake_adapter_unplug (FlFakeAdapter *self)
{
  g_autoptr (GError) error = NULL;
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert (self->handler != NULL);
  g_atomic_int_set (&self->stop, 1);
  g_clear_pointer (&self->thread, g_thread_join);
  /* Closes the master, which hangs up the slave, and leaves umockdev a descriptor to close. */
  g_assert_cmpint (dup2 (null, self->fd), ==, self->fd);
  close (null);
  self->fd = -1;
  umockdev_testbed_detach_ioctl (self->bed, self->path, NULL);
  /* Not umockdev_testbed_remove_device(): it leaves links of /sys/class behind. */
  umockdev_testbed_clear (self->bed);
  umockdev_testbed_add_from_string (self->bed, console_description, &error);
  g_assert_no_error (error);
  g_clear_object (&self->handler);
  self->open = FALSE;
  self->lines &= ~OUTPUT_BITS;
  self->termios = (FlKernelTermios){ 0 };
  self->settings = (FlLineSettings){ 0 };
}

/* The device sends. From any thread; waits when the host does not read. */
void
fl_fake_adapter_send (FlFakeAdapter *self, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (self->fd, data, length);

      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return; /* nobody has the port open: as on a wire, the bytes are lost */
      if (n > 0)
        {
          data += n;
          length -= (gsize) n;
        }
    }
}

/* Drives CTS, DSR, DCD and RI. */
void
fl_fake_adapter_set_inputs (FlFakeAdapter *self, FlLines inputs)
{
  g_mutex_lock (&self->lock);
  self->lines = (self->lines & OUTPUT_BITS) | ((inputs & FL_LINE_CTS) ? TIOCM_CTS : 0)
                | ((inputs & FL_LINE_DSR) ? TIOCM_DSR : 0) | ((inputs & FL_LINE_DCD) ? TIOCM_CD : 0)
                | ((inputs & FL_LINE_RI) ? TIOCM_RI : 0);
  g_mutex_unlock (&self->lock);
}

/* The receiver saw damaged bytes: the driver's counters go up. */
void
fl_fake_adapter_add_errors (FlFakeAdapter *self, FlLineErrors errors)
{
  g_mutex_lock (&self->lock);
  self->counts.parity += (errors & FL_LINE_ERROR_PARITY) != 0;
  self->counts.frame += (errors & FL_LINE_ERROR_FRAMING) != 0;
  self->counts.overrun += (errors & FL_LINE_ERROR_OVERRUN) != 0;
  self->counts.brk += (errors & FL_LINE_ERROR_BREAK) != 0;
  g_mutex_unlock (&self->lock);
}

/* As the small UART of a Raspberry Pi: parity is dropped without an error. */
void
fl_fake_adapter_refuse_parity (FlFakeAdapter *self, gboolean refuse)
{
  g_mutex_lock (&self->lock);
  self->refuse_parity = refuse;
  g_mutex_unlock (&self->lock);
}

/* As an FTDI, whose driver can be asked for a low latency: @flags are ASYNC_* as another program left them. */
void
fl_fake_adapter_set_serial_flags (FlFakeAdapter *self, int flags)
{
  g_mutex_lock (&self->lock);
  self->has_serial_flags = TRUE;
  self->serial_flags = flags;
  g_mutex_unlock (&self->lock);
}

/* As a dead adapter: what the host sends stays in the driver's buffer, until the adapter is plugged anew. */
void
fl_fake_adapter_stop_reading (FlFakeAdapter *self)
{
  g_atomic_int_set (&self->stop, 1);
  g_clear_pointer (&self->thread, g_thread_join);
}

/* What happened since the last call: "open +dtr +rts (at-once) 115200-8E1 -dtr close". Freed by the caller. */
char *
fl_fake_adapter_take_events (FlFakeAdapter *self)
{
  char *events;

  g_mutex_lock (&self->lock);
  events = g_strdup (self->events->str);
  g_string_truncate (self->events, 0);
  g_mutex_unlock (&self->lock);
  return events;
}

/* Where it is, or was plugged last: "/dev/ttyUSB0", then "/dev/ttyUSB1" and so on. */
const char *
fl_fake_adapter_get_path (FlFakeAdapter *self)
{
  return self->path;
}

/* $UMOCKDEV_DIR for a child that shall see the adapter. Freed by the caller. */
char *
fl_fake_adapter_dup_root (FlFakeAdapter *self)
{
  return umockdev_testbed_get_root_dir (self->bed);
}

void
fl_fake_adapter_free (FlFakeAdapter *self)
{
  if (self->handler != NULL)
    fl_fake_adapter_unplug (self);
  g_clear_object (&self->bed);
  g_string_free (self->events, TRUE);
  g_free (self->path);
  g_mutex_clear (&self->lock);
  g_free (self);
}
