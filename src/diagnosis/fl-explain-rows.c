/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-explain-rows.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define STAGE(name) (1u << FL_STAGE_##name)
#define ASKING      (STAGE (SYNC) | STAGE (GET) | STAGE (ID))

/* Checks that several rows share: what to look at when the bootloader does not run or is not heard. Sources: AN2606
 * (activation patterns, interface detection), AN3155 (line settings). */
#define CHECK_BOOT0                                                                                                    \
  {                                                                                                                    \
    FL_WHEN_MANUAL, N_ ("Set BOOT0 high (3.3 V), then press reset. Leave BOOT0 high until the work is done. The "      \
                        "application must not run now.")                                                               \
  }
#define CHECK_BOOT_SEL                                                                                                 \
  {                                                                                                                    \
    FL_WHEN_BOOT0_IGNORED,                                                                                             \
        N_ ("The option bit nBOOT_SEL: a $CHIP comes from the factory with nBOOT_SEL set, and then ignores the BOOT0 " \
            "pin. It starts its bootloader only while its flash is blank. With an application in the flash, clear "    \
            "nBOOT_SEL once with a debugger (SWD), or let the application jump into the bootloader.")                  \
  }
#define CHECK_DEBUGGER                                                                                                 \
  {                                                                                                                    \
    FL_WHEN_BOOT0_IGNORED, N_ ("Unplug a debugger from the board, take all power away for 5 seconds, and power it up " \
                               "with BOOT0 high: BOOT0 shares its pin with SWCLK.")                                    \
  }
#define CHECK_BLANK_RESET                                                                                              \
  {                                                                                                                    \
    FL_WHEN_BOOT0_IGNORED,                                                                                             \
        N_ ("A blank chip that was only reset may hang: take its power away for a moment instead of pressing reset.")  \
  }
#define CHECK_FAMILIES                                                                                                 \
  {                                                                                                                    \
    FL_WHEN_UNKNOWN_CHIP, N_ ("Is it an STM32G0, C0 or U0? From the factory these ignore the BOOT0 pin (nBOOT_SEL is " \
                              "1), and start the bootloader only while the flash is blank. Then clear nBOOT_SEL with " \
                              "a debugger, or let the application jump into the bootloader.")                          \
  }
#define CHECK_BOOT1                                                                                                    \
  {                                                                                                                    \
    FL_WHEN_BOOT1_PIN, N_ ("BOOT1 (pin PB2, where the chip has it) must be low at the moment of reset.")               \
  }
#define CHECK_WIRES                                                                                                        \
  {                                                                                                                        \
    FL_WHEN_ALWAYS, N_ ("Adapter TX to the chip’s RX, adapter RX to the chip’s TX, GND to GND. If in doubt, swap the " \
                        "two data wires once: at 3.3 V that does no harm.")                                                \
  }
#define CHECK_PINS                                                                                                     \
  {                                                                                                                    \
    FL_WHEN_PINS, N_ ("Use pins that the bootloader of the $CHIP listens to: $USARTS.")                                \
  }
#define CHECK_ANY_PINS                                                                                                   \
  {                                                                                                                      \
    FL_WHEN_UNKNOWN_CHIP, N_ ("Use a USART that the bootloader listens to: PA9 (chip’s TX) and PA10 (chip’s RX) on " \
                              "nearly all chips. The serial port of a Nucleo board often is not one.")                   \
  }
#define CHECK_OTHERS                                                                                                   \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Unplug everything else from the board: its own USB cable, modules, CAN. The first interface " \
                        "that shows activity wins, and the others stay deaf until the next reset.")                    \
  }
#define CHECK_PORT                                                                                                     \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Is $PORT the adapter that is wired to this board?")                                           \
  }
#define CHECK_8E1                                                                                                      \
  {                                                                                                                    \
    FL_WHEN_NOT_8E1, N_ ("The line is set to $LINE. The bootloader of nearly all chips wants 8 data bits, even "       \
                         "parity, 1 stop bit (8E1).")                                                                  \
  }
#define CHECK_LINES                                                                                                    \
  {                                                                                                                    \
    FL_WHEN_LINES, N_ ("DTR and RTS must reach NRST and BOOT0 in the way that was chosen. Try the other "              \
                       "arrangements; then try by hand: BOOT0 high, reset.")                                           \
  }
#define CHECK_JUMP_TODAY                                                                                               \
  {                                                                                                                    \
    FL_WHEN_APP, N_ ("For today: set BOOT0 high and press reset, and choose “by hand” instead of the jump.")           \
  }
#define CHECK_JUMP_RUNS                                                                                                \
  {                                                                                                                    \
    FL_WHEN_APP, N_ ("Does the application still run (LED, display)? Then it did not jump.")                           \
  }
#define CHECK_JUMP_AUTHOR                                                                                              \
  {                                                                                                                    \
    FL_WHEN_APP,                                                                                                       \
        N_ ("For the author of the application: set a flag, reset, and jump as the very first thing after the reset. " \
            "Interrupts enabled, SysTick and PLL off, peripherals as after reset, system memory mapped to address 0.") \
  }
#define CHECK_NO_JUMP                                                                                                  \
  {                                                                                                                    \
    FL_WHEN_NO_JUMP, N_ ("The bootloader of the $CHIP cannot be entered by a jump from the application at all.")       \
  }
#define CHECK_SLOWER                                                                                                   \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Choose a lower speed, such as 57600 or 9600, and press reset before the next attempt.")       \
  }
#define CHECK_SHORT_WIRES                                                                                              \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Use short wires with a good ground, and another USB cable or adapter.")                       \
  }
#define CHECK_SUPPLY                                                                                                   \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Measure the supply at the chip while it works: 3.3 V, without dips.")                         \
  }
#define CHECK_AGAIN                                                                                                    \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("Reset the board into its bootloader and try again.")                                          \
  }
#define CHECK_REPORT                                                                                                   \
  {                                                                                                                    \
    FL_WHEN_ALWAYS, N_ ("If it fails in the same way again, save the log: it holds every byte.")                       \
  }

/* One row for each explanation, the more special before the more general. */
const FlExplainRow fl_explain_rows[] = {
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_ECHO,
    FL_WHEN_ALWAYS,
    N_ ("Our own bytes come back"),
    N_ ("The line carries our bytes back to us, as RS-485 or a one-wire line does, or TX and RX touch. No bootloader "
        "was heard behind the echo."),
    { { FL_WHEN_ALWAYS, N_ ("Take the board off the adapter and try again. If the echo stays, TX and RX of the adapter "
                            "touch, or its loop-back plug is on.") },
      { FL_WHEN_ALWAYS, N_ ("With RS-485: the bootloader does not switch the direction. Use a transceiver that does so "
                            "by itself, or wire TX and RX directly.") },
      CHECK_WIRES,
      CHECK_SLOWER } },
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_TEXT,
    FL_WHEN_ALWAYS,
    N_ ("The application is running, not the bootloader"),
    N_ ("Text arrives from the board. So the wires, the ground and the adapter are in order; but it is the application "
        "that talks."),
    { CHECK_BOOT_SEL, CHECK_BOOT0, CHECK_LINES, CHECK_JUMP_RUNS, CHECK_JUMP_TODAY, CHECK_DEBUGGER, CHECK_FAMILIES,
      CHECK_BOOT1, CHECK_NO_JUMP } },
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_GARBLE,
    FL_WHEN_ALWAYS,
    N_ ("The board answers, but not legibly"),
    N_ ("Something came, but not 79. The bootloader measured another speed than ours, the parity differs, or the "
        "signal is damaged on its way."),
    { CHECK_8E1,
      CHECK_SLOWER,
      { FL_WHEN_ALWAYS,
        N_ ("Press reset before every attempt: the speed is measured only once, at the first byte after a reset.") },
      { FL_WHEN_ALWAYS, N_ ("Levels: 3.3 V logic on both sides. Bare RS-232 levels or inverted lines do not work.") },
      { FL_WHEN_APP,
        N_ ("The application left the clocks changed before its jump. Enter by BOOT0 and reset to compare.") },
      CHECK_SHORT_WIRES,
      CHECK_PINS } },
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_APP,
    N_ ("No bootloader answers after the application’s jump"),
    N_ ("Either the application did not jump, or its jump left the bootloader deaf: with interrupts masked, clocks "
        "changed, or another interface taken for the active one."),
    { CHECK_NO_JUMP,
      CHECK_JUMP_RUNS,
      CHECK_JUMP_TODAY,
      CHECK_JUMP_AUTHOR,
      { FL_WHEN_ALWAYS, N_ ("Wait for the jump to be done before connecting, and send nothing else on this line: the "
                            "first byte must be 7F.") },
      CHECK_PINS,
      CHECK_ANY_PINS,
      CHECK_BOOT_SEL,
      CHECK_WIRES,
      CHECK_OTHERS } },
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_BOOT0_IGNORED,
    N_ ("The board does not answer; its BOOT0 pin may be ignored"),
    N_ ("The bootloader is not running, or our bytes do not reach it. On the $CHIP a high BOOT0 does not start the "
        "bootloader as long as nBOOT_SEL is set."),
    { CHECK_BOOT_SEL, CHECK_BOOT0, CHECK_LINES, CHECK_WIRES, CHECK_PINS, CHECK_DEBUGGER, CHECK_BLANK_RESET,
      CHECK_OTHERS, CHECK_PORT, CHECK_8E1 } },
  { fl_error_quark,
    FL_ERROR_NO_ANSWER,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The board does not answer"),
    N_ ("The chip’s bootloader is not running, or our bytes do not reach it."),
    { CHECK_BOOT0,
      CHECK_LINES,
      CHECK_WIRES,
      CHECK_PINS,
      CHECK_ANY_PINS,
      CHECK_FAMILIES,
      CHECK_BOOT1,
      CHECK_OTHERS,
      CHECK_PORT,
      CHECK_8E1,
      { FL_WHEN_ALWAYS, N_ ("Is the board powered? Measure 3.3 V at the chip.") } } },

  { fl_error_quark,
    FL_ERROR_TIMEOUT,
    ASKING,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The bootloader hears us, but does not follow"),
    N_ ("It answered the first byte and then no command. The first byte looks the same with and without parity; the "
        "commands do not. So most likely the parity bit does not reach the wire."),
    { CHECK_8E1,
      { FL_WHEN_ALWAYS,
        N_ ("Use another adapter. Old CH340 drivers and Arduino boards used as adapters do not send the parity bit.") },
      { FL_WHEN_APP,
        N_ ("The application’s jump may have left the bootloader half working. Enter by BOOT0 and reset to compare.") },
      CHECK_SLOWER,
      CHECK_AGAIN } },
  { fl_error_quark,
    FL_ERROR_NACK,
    ASKING,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The bootloader refuses the very first commands"),
    N_ ("It is there and says no (1F) to commands that every bootloader knows. It heard something else than we sent: "
        "most likely the parity is wrong on the wire."),
    { CHECK_8E1,
      { FL_WHEN_ALWAYS,
        N_ ("Use another adapter. Old CH340 drivers and Arduino boards used as adapters do not send the parity bit.") },
      CHECK_SLOWER,
      CHECK_AGAIN } },
  { fl_error_quark,
    FL_ERROR_PROTOCOL,
    ASKING,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The board’s first answers make no sense"),
    N_ ("Bytes arrive, but not those that the protocol allows. The line damages them, or something else than a "
        "bootloader is talking."),
    { CHECK_8E1, CHECK_SLOWER, CHECK_SHORT_WIRES, CHECK_PINS, CHECK_AGAIN } },

  { fl_error_quark,
    FL_ERROR_TIMEOUT,
    STAGE (ERASE),
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("Erasing does not come to an end"),
    N_ ("The chip took the erase command and did not report its end in the longest time that it may take."),
    { { FL_WHEN_ALWAYS, N_ ("Do not switch off at once: large sectors take seconds. Wait half a minute, then reset the "
                            "board into its bootloader and program again.") },
      CHECK_SUPPLY,
      { FL_WHEN_ALWAYS,
        N_ ("Some sectors may be write-protected: remove the write protection, then program again.") } } },
  { fl_error_quark,
    FL_ERROR_NACK,
    STAGE (ERASE),
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The chip refuses to erase"),
    N_ ("It answered with 1F. Most often the flash, or a part of it, is write-protected."),
    { { FL_WHEN_ALWAYS,
        N_ ("Remove the write protection of the chip, reset it into its bootloader, and program again.") },
      { FL_WHEN_APP,
        N_ ("The application may have left error flags in the flash controller. Enter by BOOT0 and reset instead.") },
      CHECK_SUPPLY,
      CHECK_REPORT } },
  { fl_error_quark,
    FL_ERROR_NACK,
    STAGE (WRITE),
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The chip refuses to write"),
    N_ ("It answered with 1F. The address is not in its flash, the flash is protected, or a byte was damaged on its "
        "way."),
    { CHECK_AGAIN,
      { FL_WHEN_ALWAYS, N_ ("If it stops at the same address again: has this chip less flash than is assumed? Then the "
                            "file does not fit.") },
      { FL_WHEN_ALWAYS, N_ ("If it stops at another address each time: choose a lower speed, and check the supply.") },
      CHECK_SHORT_WIRES } },
  { fl_error_quark,
    FL_ERROR_TIMEOUT,
    STAGE (START),
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The application could not be started"),
    N_ ("The chip did not confirm the start. What is in its flash is not touched by this."),
    { { FL_WHEN_ALWAYS,
        N_ ("Set BOOT0 low and press reset: that starts the application without the bootloader’s help.") },
      { FL_WHEN_ALWAYS, N_ ("If the flash was blank before: take the power away for a moment. Some chips notice only "
                            "then that they are no longer blank.") } } },
  { fl_error_quark,
    FL_ERROR_NACK,
    STAGE (START),
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The chip refuses to start the application"),
    N_ ("It answered with 1F: there is no application at this address, or the flash is read-protected."),
    { { FL_WHEN_ALWAYS, N_ ("Check the address: it is that of the vector table, most often the first of the flash.") },
      { FL_WHEN_ALWAYS,
        N_ ("Set BOOT0 low and press reset: that starts the application without the bootloader’s help.") } } },

  { fl_error_quark,
    FL_ERROR_TIMEOUT,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The board fell silent"),
    N_ ("It had answered before. Then bytes were lost, the chip was reset, or it lost its supply."),
    { CHECK_AGAIN,
      CHECK_SUPPLY,
      CHECK_SHORT_WIRES,
      { FL_WHEN_ALWAYS,
        N_ ("If it stops after the same time again, a watchdog resets the chip: keep BOOT0 high all the time.") },
      CHECK_SLOWER } },
  { fl_error_quark,
    FL_ERROR_NACK,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The chip refused a command"),
    N_ ("It answered with 1F: it does not know the command, the address is not one of its own, or a protection forbids "
        "it."),
    { CHECK_AGAIN,
      { FL_WHEN_ALWAYS, N_ ("Check the address and the length that were asked for.") },
      { FL_WHEN_ALWAYS, N_ ("Is the flash protected? The Device page says so.") } } },
  { fl_error_quark,
    FL_ERROR_PROTOCOL,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The board answered something unexpected"),
    N_ ("A byte came that the protocol does not allow here. It was damaged on its way, or something else talks on the "
        "line."),
    { CHECK_AGAIN, CHECK_SLOWER, CHECK_SHORT_WIRES, CHECK_OTHERS } },

  { fl_error_quark,
    FL_ERROR_PORT_MISSING,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("There is no such port"),
    N_ ("The adapter is not plugged in, or has another name now."),
    { { FL_WHEN_ALWAYS,
        N_ ("Unplug the adapter, plug it in again, and see which port appears in the list. Choose that one.") },
      { FL_WHEN_ALWAYS, N_ ("Try another USB cable: some carry power only.") } } },
  { fl_error_quark,
    FL_ERROR_PORT_PERMISSION,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("You may not open this port"),
    N_ ("The port is there, but the system does not let this user open it."),
    { { FL_WHEN_ALWAYS,
        N_ ("Add your user to the group that owns $PORT, most often “dialout”: sudo usermod -a -G dialout $USER") },
      { FL_WHEN_ALWAYS, N_ ("Then log out and in again: only then the new group counts.") } } },
  { fl_error_quark,
    FL_ERROR_PORT_BUSY,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("Another program uses this port"),
    N_ ("Only one program at a time can talk to the board."),
    { { FL_WHEN_ALWAYS, N_ ("Close the other program: a terminal, another flasher, an IDE’s serial monitor.") },
      { FL_WHEN_ALWAYS, N_ ("On Linux, ModemManager or brltty may have taken the port for some seconds after plugging "
                            "in: wait and try again.") } } },
  { fl_error_quark,
    FL_ERROR_PORT_UNFIT,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("This port cannot do what is needed"),
    N_ ("It does not accept the speed or the parity: $LINE."),
    { { FL_WHEN_ALWAYS, N_ ("Choose 115200 or a lower speed.") },
      { FL_WHEN_ALWAYS,
        N_ ("Use a USB adapter. The small UART of a Raspberry Pi and some Bluetooth ports have no parity.") } } },
  { fl_error_quark,
    FL_ERROR_PORT_GONE,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The adapter was unplugged"),
    N_ ("$PORT vanished while it was in use. A loose plug or a dip of the supply does the same."),
    { { FL_WHEN_ALWAYS,
        N_ ("Plug the adapter in again, reset the board into its bootloader, and repeat the work from the start.") },
      { FL_WHEN_ALWAYS,
        N_ ("If it happens again without anybody touching it: another cable, another USB socket, no hub.") },
      { FL_WHEN_ALWAYS,
        N_ ("Is $PORT the chip’s own USB? That one vanishes when the chip is reset. Use a separate adapter.") } } },
  { fl_error_quark,
    FL_ERROR_PORT_FAILED,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The port failed"),
    N_ ("The system reported an error of the port or of its driver."),
    { { FL_WHEN_ALWAYS, N_ ("Unplug the adapter and plug it in again.") },
      { FL_WHEN_ALWAYS, N_ ("Try another USB socket, cable or adapter.") },
      CHECK_REPORT } },

  { fl_error_quark,
    FL_ERROR_PROTECTED,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The chip is protected"),
    N_ ("Its readout protection (RDP level 1) is on. The bootloader then tells only what chip it is; reading, writing "
        "and erasing are refused."),
    { { FL_WHEN_ALWAYS, N_ ("The old contents cannot be saved. If they may be lost, remove the readout protection: "
                            "that erases the whole flash.") },
      { FL_WHEN_ALWAYS, N_ ("Then reset the board into its bootloader, connect again and program it.") } } },
  { fl_error_quark,
    FL_ERROR_ERASE,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The flash is not blank after erasing"),
    N_ ("The chip said that it had erased, but what is read back is not blank. It was tried a second time, page by "
        "page."),
    { { FL_WHEN_ALWAYS,
        N_ ("Write protection: it makes a chip acknowledge an erase and do nothing. Remove it, then program again.") },
      CHECK_SUPPLY,
      { FL_WHEN_ALWAYS, N_ ("Has the chip been erased very often? Flash wears out after some ten thousand times.") },
      CHECK_REPORT } },
  { fl_error_quark,
    FL_ERROR_VERIFY,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The flash does not hold what the file holds"),
    N_ ("What was read back differs from the file. Where that was just programmed: a chip acknowledges a write even "
        "when it was not done, so only reading back shows it. Do not use the board as it is."),
    { { FL_WHEN_ALWAYS, N_ ("Program again. If another address differs this time: speed, wires or supply.") },
      { FL_WHEN_ALWAYS, N_ ("If the same sectors differ again: write protection is the first candidate. A protected "
                            "sector acknowledges and stays as it was.") },
      CHECK_SUPPLY,
      CHECK_SLOWER,
      CHECK_REPORT } },

  { fl_error_quark,
    FL_ERROR_FORMAT,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("The file is damaged"),
    N_ ("It is not what its name or its beginning claims. Nothing was sent to the board."),
    { { FL_WHEN_ALWAYS, N_ ("Copy or download the file again, or have it built again.") },
      { FL_WHEN_ALWAYS, N_ ("Known formats: raw binary, Intel HEX, Motorola S-record, ELF.") } } },
  { fl_error_quark,
    FL_ERROR_RANGE,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("It does not fit into this chip"),
    N_ ("Part of it lies outside the chip’s flash."),
    { { FL_WHEN_ALWAYS, N_ ("Is it the file for this chip? Compare the flash size that the file was built for with the "
                            "one on the Device page.") },
      { FL_WHEN_ALWAYS, N_ ("For a raw binary: check the address that it is to go to. The flash of most chips begins "
                            "at 0x08000000.") } } },
  { fl_error_quark,
    FL_ERROR_UNKNOWN_DEVICE,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("This chip is not known"),
    N_ ("The bootloader answers, but nothing is known of a chip with this ID: neither its pages nor its write unit. "
        "Writing would be guessing; reading is possible."),
    { { FL_WHEN_ALWAYS,
        N_ ("If you know which chip it is, name a known one of the same kind (its PID) and connect again.") },
      { FL_WHEN_ALWAYS, N_ ("Connect once more at a lower speed: a damaged byte can make another ID of it.") },
      { FL_WHEN_ALWAYS, N_ ("A newer version of this program may know it.") } } },
  { fl_error_quark,
    FL_ERROR_UNSUPPORTED,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("This bootloader cannot do that"),
    N_ ("The command is not in the list that the bootloader itself gives."),
    { { FL_WHEN_ALWAYS, N_ ("Look at the list of commands in the log: older bootloaders know fewer.") },
      { FL_WHEN_ALWAYS, N_ ("Another way may lead there, such as a debugger (SWD).") } } },
  { fl_error_quark,
    FL_ERROR_NEEDS_CONSENT,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("Nobody agreed to what would be lost"),
    N_ ("More would be erased than was asked for."),
    { { FL_WHEN_ALWAYS, N_ ("Read what would be lost. If it may be, agree to it; or have it kept: it is then read "
                            "first and written back.") } } },
  { fl_error_quark,
    FL_ERROR_USAGE,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("That request cannot be carried out"),
    N_ ("Something in the request itself is wrong. Nothing was sent to the board."),
    { { FL_WHEN_ALWAYS, N_ ("Correct what the message names, and try again.") } } },

  { g_io_error_quark,
    G_IO_ERROR_CANCELLED,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("Cancelled"),
    N_ ("The work was broken off on request."),
    { { FL_WHEN_ALWAYS,
        N_ ("Start it again when you are ready. What is in the flash now stands beside this text.") } } },
  { NULL,
    0,
    0,
    FL_OBSERVED_ANYTHING,
    FL_WHEN_ALWAYS,
    N_ ("It did not work"),
    N_ ("The system reported an error that has nothing to do with the board."),
    { { FL_WHEN_ALWAYS, N_ ("Read the message, remove its cause, and try again.") }, CHECK_REPORT } },
};

const guint fl_explain_n_rows = G_N_ELEMENTS (fl_explain_rows);
