/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-firmware-page"

#include "fl-firmware-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-columns.h"
#include "fl-file-pane.h"
#include "fl-plan-pane.h"
#include "fl-ui.h"

struct _FlFirmwarePage
{
  GtkWidget parent_instance;

  FlFirmware *firmware;
  FlJobRunner *runner;
  GtkFileChooserNative *chooser; /* while it is open */
  char *agreed;                  /* the loss that the user agreed to last: is not asked again for the next board */

  /* template */
  FlFilePane *file_pane;
  FlPlanPane *plan_pane;
  GtkImage *status_icon;
  GtkLabel *status;
  GtkButton *primary;
};

enum
{
  PROGRAM,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlFirmwarePage, fl_firmware_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* "blink.hex into the STM32G071, about 6 s" */
static char *
fl_firmware_page_dup_summary (FlFirmwarePage *self)
{
  FlPlan *plan = fl_firmware_get_plan (self->firmware);
  g_autofree char *file = fl_firmware_dup_name (self->firmware);
  g_autofree char *chip = fl_device_dup_name (fl_plan_get_device (plan));
  g_autofree char *time = fl_ui_format_seconds (fl_plan_get_seconds (plan, NULL));

  /* Translators: file, chip, time */
  return g_strdup_printf (_ ("%s into the %s, about %s"), file, chip, time);
}

/* Why the button is off, or what it will do. */
static char *
fl_firmware_page_dup_status (FlFirmwarePage *self, gboolean *is_problem)
{
  FlImage *image = fl_firmware_get_image (self->firmware);
  const GError *error = fl_firmware_get_error (self->firmware);

  *is_problem = FALSE;
  if (fl_firmware_get_file (self->firmware) == NULL)
    return g_strdup (_ ("Choose the file to program."));
  if (fl_firmware_is_loading (self->firmware))
    return g_strdup (_ ("The file is being read."));
  if (fl_job_runner_is_busy (self->runner))
    return g_strdup (_ ("The board is being worked on."));
  if (image != NULL && fl_firmware_get_device (self->firmware) == NULL)
    return g_strdup (_ ("Whether it belongs into the chip shows when a board is connected."));
  if (error != NULL)
    {
      const FlJudgement *judgement = fl_firmware_get_judgement (self->firmware);

      *is_problem = TRUE; /* where the file is refused, the reasons stand with the file */
      return g_strdup (judgement != NULL && judgement->verdict == FL_VERDICT_REFUSE ? judgement->summary
                                                                                    : error->message);
    }
  if (fl_firmware_get_plan (self->firmware) == NULL)
    return g_strdup ("");
  if (fl_plan_needs_whole_bank (fl_firmware_get_plan (self->firmware)))
    return g_strdup (_ ("All of bank 2 has to be erased; you are asked before."));
  if (!fl_plan_get_options (fl_firmware_get_plan (self->firmware))->verify)
    return g_strdup (_ ("Without verifying, nobody will know whether the board was programmed."));
  return fl_firmware_page_dup_summary (self);
}

static void
fl_firmware_page_set_primary (FlFirmwarePage *self, const char *text, const char *name)
{
  gtk_button_set_label (self->primary, text);
  fl_ui_set_label (self->primary, name);
}

static void
fl_firmware_page_update (FlFirmwarePage *self)
{
  gboolean choose = fl_firmware_get_file (self->firmware) == NULL
                    || (fl_firmware_get_image (self->firmware) == NULL && !fl_firmware_is_loading (self->firmware));
  gboolean busy = fl_job_runner_is_busy (self->runner);
  gboolean is_problem;
  g_autofree char *status = fl_firmware_page_dup_status (self, &is_problem);

  gtk_label_set_text (self->status, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), is_problem ? status : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), is_problem);
  gtk_image_set_from_icon_name (self->status_icon, "dialog-error-symbolic");
  if (choose)
    fl_firmware_page_set_primary (self, _ ("_Choose file…"), _ ("Choose file"));
  else if (fl_firmware_get_device (self->firmware) == NULL)
    fl_firmware_page_set_primary (self, _ ("_Connect to a board"), _ ("Connect to a board"));
  else
    fl_firmware_page_set_primary (self, _ ("_Program"), _ ("Program"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->primary),
                            !busy && !fl_firmware_is_loading (self->firmware)
                                && (choose || fl_firmware_get_device (self->firmware) == NULL
                                    || fl_firmware_get_plan (self->firmware) != NULL));
  gtk_widget_set_sensitive (GTK_WIDGET (self->file_pane), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->plan_pane), !busy);
}

static void
fl_firmware_page_chosen_cb (FlFirmwarePage *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      fl_firmware_open (self->firmware, file);
    }
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *suffixes)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (guint i = 0; suffixes[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, suffixes[i]);
  if (suffixes[0] == NULL)
    gtk_file_filter_add_pattern (filter, "*");
  gtk_file_chooser_add_filter (chooser, filter);
}

/**
 * fl_firmware_page_choose:
 * @self: a page
 *
 * Asks for a file.
 */
void
fl_firmware_page_choose (FlFirmwarePage *self)
{
  static const char *const firmware[] = { "hex",  "ihex", "ihx", "bin", "s19", "s28", "s37",
                                          "srec", "mot",  "elf", "axf", "out", NULL };
  static const char *const everything[] = { NULL };
  GFile *file;

  g_return_if_fail (FL_IS_FIRMWARE_PAGE (self));

  if (self->chooser != NULL || fl_job_runner_is_busy (self->runner))
    return;
  self->chooser =
      gtk_file_chooser_native_new (_ ("Choose a firmware file"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("Firmware"), firmware);
  add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("All files"), everything);
  file = fl_firmware_get_file (self->firmware);
  if (file != NULL)
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), file, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (fl_firmware_page_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
fl_firmware_page_agreed_cb (FlFirmwarePage *self, const char *response)
{
  if (!g_str_equal (response, "erase"))
    return;
  g_free (self->agreed);
  self->agreed = fl_firmware_dup_loss (self->firmware);
  fl_firmware_agree (self->firmware);
  g_signal_emit (self, signals[PROGRAM], 0);
}

/* Asked only where more is lost than what the file replaces. */
static void
fl_firmware_page_ask (FlFirmwarePage *self, const char *loss)
{
  g_autofree char *name = fl_device_dup_name (fl_firmware_get_device (self->firmware));
  gboolean whole_bank = fl_plan_get_doubt (fl_firmware_get_plan (self->firmware)) != NULL;
  const char *heading = whole_bank ? _ ("Erase all of bank 2?") : _ ("Erase more than the file replaces?");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);

  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), "%s\n\n%s", name, loss);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "erase",
                                    whole_bank ? _ ("_Erase all of bank 2 and program") : _ ("_Erase and program"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "erase", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_set_title (GTK_WINDOW (dialog), heading);
  g_signal_connect_object (dialog, "response", G_CALLBACK (fl_firmware_page_agreed_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * fl_firmware_page_activate:
 * @self: a page
 *
 * Asks for a file where there is none, for a board where there is none; else programs, after a question where more is
 * lost than the file replaces.
 */
void
fl_firmware_page_activate (FlFirmwarePage *self)
{
  g_autofree char *loss = NULL;

  g_return_if_fail (FL_IS_FIRMWARE_PAGE (self));

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->primary)))
    return;
  if (fl_firmware_get_plan (self->firmware) == NULL)
    {
      if (fl_firmware_get_image (self->firmware) == NULL)
        fl_firmware_page_choose (self);
      else
        gtk_widget_activate_action (GTK_WIDGET (self), "win.go-connect", NULL);
      return;
    }
  loss = fl_firmware_dup_loss (self->firmware);
  if (loss != NULL && g_strcmp0 (loss, self->agreed) != 0)
    {
      fl_firmware_page_ask (self, loss);
      return;
    }
  fl_firmware_agree (self->firmware); /* to the same as before */
  g_signal_emit (self, signals[PROGRAM], 0);
}

/**
 * fl_firmware_page_repeat:
 * @self: a page
 *
 * Programs once more, as was agreed before; asks only where the last attempt has shown that it takes more.
 */
void
fl_firmware_page_repeat (FlFirmwarePage *self)
{
  g_return_if_fail (FL_IS_FIRMWARE_PAGE (self));

  fl_firmware_refresh (self->firmware);
  if (fl_firmware_get_plan (self->firmware) != NULL && fl_plan_needs_whole_bank (fl_firmware_get_plan (self->firmware)))
    fl_firmware_page_activate (self);
  else
    g_signal_emit (self, signals[PROGRAM], 0);
}

/**
 * fl_firmware_page_focus:
 * @self: a page
 *
 * Gives the keyboard to the button that is suggested, so that Return does it.
 */
void
fl_firmware_page_focus (FlFirmwarePage *self)
{
  g_return_if_fail (FL_IS_FIRMWARE_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->primary));
}

static void
fl_firmware_page_dispose (GObject *object)
{
  FlFirmwarePage *self = FL_FIRMWARE_PAGE (object);
  GtkWidget *child;

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->firmware);
  g_clear_object (&self->runner);
  g_clear_pointer (&self->agreed, g_free);
  G_OBJECT_CLASS (fl_firmware_page_parent_class)->dispose (object);
}

static void
fl_firmware_page_class_init (FlFirmwarePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_firmware_page_dispose;

  signals[PROGRAM] =
      g_signal_new ("program", FL_TYPE_FIRMWARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FL_TYPE_COLUMNS);
  g_type_ensure (FL_TYPE_FILE_PANE);
  g_type_ensure (FL_TYPE_PLAN_PANE);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-firmware-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlFirmwarePage, file_pane);
  gtk_widget_class_bind_template_child (widget_class, FlFirmwarePage, plan_pane);
  gtk_widget_class_bind_template_child (widget_class, FlFirmwarePage, status_icon);
  gtk_widget_class_bind_template_child (widget_class, FlFirmwarePage, status);
  gtk_widget_class_bind_template_child (widget_class, FlFirmwarePage, primary);
}

static void
fl_firmware_page_init (FlFirmwarePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->primary, "clicked", G_CALLBACK (fl_firmware_page_activate), self, G_CONNECT_SWAPPED);
}

/**
 * fl_firmware_page_new:
 * @firmware: what was chosen
 * @runner: runs the window's jobs
 *
 * Returns: (transfer floating): a page
 */
GtkWidget *
fl_firmware_page_new (FlFirmware *firmware, FlJobRunner *runner)
{
  FlFirmwarePage *self = g_object_new (FL_TYPE_FIRMWARE_PAGE, NULL);

  self->firmware = g_object_ref (firmware);
  self->runner = g_object_ref (runner);
  fl_file_pane_set_firmware (self->file_pane, firmware);
  fl_plan_pane_set_firmware (self->plan_pane, firmware);
  g_signal_connect_object (firmware, "changed", G_CALLBACK (fl_firmware_page_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_firmware_page_update), self, G_CONNECT_SWAPPED);
  fl_firmware_page_update (self);
  return GTK_WIDGET (self);
}
