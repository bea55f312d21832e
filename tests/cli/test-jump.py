#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code that enters a bootloader from an application, for each chip, through a compiler: test-jump.py CLI.

Debian has no device headers. Those written here hold what the code may use: the registers and bits that ST's headers of
a series have under these names, and no other. What a series has not does not compile.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import tap

CLI = sys.argv[1]
LIMIT = 120  # seconds, for a run of a program that hangs
NO_JUMP = {"0x417", "0x425", "0x445", "0x447", "0x457"}
NOT_KNOWN = {"0x44E", "0x44F", "0x45A", "0x01E", "0x028", "0x032", "0x027", "0x480"}
TARGETS = {"Cortex-M0": "thumbv6m", "Cortex-M0+": "thumbv6m", "Cortex-M3": "thumbv7m", "Cortex-M4": "thumbv7em",
           "Cortex-M7": "thumbv7em", "Cortex-M33": "thumbv8m.main"}
CORE = r"""
#include <stdint.h>
#define __IO volatile
typedef struct { __IO uint32_t ISER[@WORDS@], GAP0[@GAP@], ICER[@WORDS@], GAP1[@GAP@], ISPR[@WORDS@], GAP2[@GAP@],
                 ICPR[@WORDS@]; } NVIC_Type;
typedef struct { __IO uint32_t CPUID, ICSR, @VTOR@, AIRCR, SCR, CCR; } SCB_Type;
typedef struct { __IO uint32_t CTRL, LOAD, VAL, CALIB; } SysTick_Type;
#define NVIC ((NVIC_Type *) 0xE000E100u)
#define SCB ((SCB_Type *) 0xE000ED00u)
#define SysTick ((SysTick_Type *) 0xE000E010u)
#define SCB_ICSR_PENDSVCLR_Msk (1u << 27)
#define SCB_ICSR_PENDSTCLR_Msk (1u << 25)
static inline void __disable_irq (void) { __asm volatile ("cpsid i" ::: "memory"); }
static inline void __DSB (void) { __asm volatile ("dsb" ::: "memory"); }
static inline void __ISB (void) { __asm volatile ("isb" ::: "memory"); }
static inline __attribute__ ((noreturn)) void NVIC_SystemReset (void) { SCB->AIRCR = 0x05FA0004u; for (;;); }
"""
CACHES = r"""
typedef struct { __IO uint32_t TYPE, CTRL; } MPU_Type;
#define MPU ((MPU_Type *) 0xE000ED90u)
#define SCB_CCR_DC_Msk (1u << 16)
#define SCB_CCR_IC_Msk (1u << 17)
static inline void SCB_CleanDCache (void) { __DSB (); }
static inline void SCB_DisableDCache (void) { SCB->CCR &= ~SCB_CCR_DC_Msk; }
static inline void SCB_DisableICache (void) { SCB->CCR &= ~SCB_CCR_IC_Msk; }
"""
HSI = "RCC_CR_HSION RCC_CR_HSIRDY RCC_CR_HSEON RCC_CR_CSSON RCC_CFGR_SWS "
MSI = "RCC_CR_MSION RCC_CR_MSIRDY RCC_CR_HSEON RCC_CR_CSSON RCC_CR_PLLON RCC_CFGR_SWS "
MEM_1 = "SYSCFG_CFGR1_MEM_MODE SYSCFG_CFGR1_MEM_MODE_0 "
MEM_2 = "SYSCFG_MEMRMP_MEM_MODE SYSCFG_MEMRMP_MEM_MODE_0 "
PORTS = "CR ICSCR CFGR IOPRSTR AHBRSTR APBRSTR1 APBRSTR2 APBENR1 APBENR2"
LOW = "CR ICSCR CFGR PLLCFGR AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR1 APB1RSTR2 APB2RSTR APB1ENR1 APB2ENR"
HIGH = "CR PLLCFGR CFGR CIR AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR APB2RSTR APB1ENR APB2ENR"
OLD = "CR CFGR CIR AHBRSTR APB2RSTR APB1RSTR AHBENR APB2ENR APB1ENR"
# Header: RCC's registers, SYSCFG's register for the memory at address 0, names of bits.
HEADERS = {
    "stm32c0xx.h": (PORTS, "CFGR1", HSI + MEM_1 + "RCC_APBENR2_SYSCFGEN RCC_CR_HSIDIV RCC_CR_HSIDIV_1"),
    "stm32f0xx.h": (OLD, "CFGR1", HSI + MEM_1 + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGCOMPEN"),
    "stm32f1xx.h": ("CR CFGR CIR APB2RSTR APB1RSTR AHBENR APB2ENR APB1ENR", None, HSI + "RCC_CR_PLLON"),
    "stm32f2xx.h": (HIGH, "MEMRMP", HSI + MEM_2 + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGEN"),
    "stm32f3xx.h": (OLD, "CFGR1", HSI + MEM_1 + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGEN"),
    "stm32f4xx.h": (HIGH, "MEMRMP", HSI + MEM_2 + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGEN RCC_AHB2RSTR_OTGFSRST"),
    "stm32f7xx.h": (HIGH, "MEMRMP", HSI + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGEN"),
    "stm32g0xx.h": (PORTS, "CFGR1", HSI + MEM_1 + "RCC_CR_PLLON RCC_APBENR2_SYSCFGEN RCC_CR_HSIDIV"),
    "stm32g4xx.h": (LOW, "MEMRMP", HSI + MEM_2 + "RCC_CR_PLLON RCC_APB2ENR_SYSCFGEN RCC_CFGR_SW_0 RCC_CFGR_SWS_0"),
    "stm32l1xx.h": ("CR ICSCR CFGR CIR AHBRSTR APB2RSTR APB1RSTR AHBENR APB2ENR APB1ENR", "MEMRMP",
                    MSI + MEM_2 + "RCC_APB2ENR_SYSCFGEN RCC_ICSCR_MSIRANGE RCC_ICSCR_MSIRANGE_5"),
    "stm32l4xx.h": (LOW, "MEMRMP", MSI + MEM_2 + "RCC_APB2ENR_SYSCFGEN RCC_CR_MSIRANGE RCC_CR_MSIRANGE_Pos "
                                                 "RCC_CR_MSIRGSEL"),
    "stm32u0xx.h": (PORTS, "CFGR1", MSI + MEM_1 + "RCC_APBENR2_SYSCFGEN RCC_CR_MSIRANGE RCC_CR_MSIRANGE_Pos "
                                                  "RCC_CR_MSIRGSEL"),
    "stm32wbxx.h": (None, "MEMRMP", MEM_2),
    "stm32wlxx.h": (None, "MEMRMP", MEM_2),
    "stm32h5xx.h": (None, None, ""),
    "stm32h7xx.h": (None, None, ""),
    "stm32h7rsxx.h": (None, None, ""),
    "stm32l5xx.h": (None, None, ""),
    "stm32u3xx.h": (None, None, ""),
    "stm32u5xx.h": (None, None, ""),
    "stm32wbaxx.h": (None, None, ""),
}
# Bits that have to agree with each other, or a loop would have no end.
VALUES = {"RCC_CFGR_SWS": "0xCu", "RCC_CFGR_SWS_0": "0x4u", "RCC_CFGR_SW_0": "0x1u", "RCC_CR_MSIRANGE_Pos": "4"}


def ask(*arguments):
    run = subprocess.run([CLI, "--json", *arguments], capture_output=True, text=True, timeout=LIMIT, check=True)
    assert run.stderr == "", run.stderr
    return json.loads(run.stdout)


def write_header(folder, name, core):
    registers, remap, bits = HEADERS[name]
    words = 1 if TARGETS[core] == "thumbv6m" else 16 if core == "Cortex-M33" else 8
    text = CORE.replace("@WORDS@", str(words)).replace("@GAP@", str(32 - words))
    text = text.replace("@VTOR@", "GAP" if core == "Cortex-M0" else "VTOR")
    if core == "Cortex-M7":
        text += CACHES
    if registers:
        text += f"typedef struct {{ __IO uint32_t {registers.replace(' ', ', ')}; }} RCC_TypeDef;\n"
        text += "#define RCC ((RCC_TypeDef *) 0x40021000u)\n"
    if remap:
        text += f"typedef struct {{ __IO uint32_t {remap}; }} SYSCFG_TypeDef;\n"
        text += "#define SYSCFG ((SYSCFG_TypeDef *) 0x40010000u)\n"
    for number, bit in enumerate(bits.split()):
        text += f"#define {bit} {VALUES.get(bit, f'(1u << {number})')}\n"
    (folder / name).write_text(text)


def compile_code(folder, core, code):
    source, target = folder / "jump.c", folder / "jump.o"
    source.write_text(code)
    run = subprocess.run(["clang", f"--target={TARGETS[core]}-none-eabi", "-ffreestanding", "-O2", "-std=gnu11", "-Wall",
                          "-Wextra", "-Werror", "-mno-movt", "-I", folder, "-c", source, "-o", target],
                         capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == 0, run.stderr
    return target


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True).stdout


CHIPS = ask("devices")["devices"]
ANSWERS = {chip["pid"]: ask("jump", chip["pid"]) for chip in CHIPS}


@tap.case
def test_which():
    """Where there is code, and where it is said why not."""
    for chip in CHIPS:
        answer = ANSWERS[chip["pid"]]
        none = chip["pid"] in NO_JUMP | NOT_KNOWN
        assert (answer["code"] is None) == none and (answer["reason"] is not None) == none, chip["pid"]
        assert (answer["address"] == 0) == none and (answer["checks"] == []) == none, chip["pid"]
    assert {chip["pid"] for chip in CHIPS} >= NO_JUMP | NOT_KNOWN


def check_chip(chip):
    core = re.split(r"[ ]|(?<=\d)\+Cortex", chip["core"])[0]
    answer = ANSWERS[chip["pid"]]
    code = answer["code"]
    if code is None:
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_header(folder, re.search(r'#include "(.*)"', code).group(1), core)
        target = compile_code(folder, core, code)
        symbols = output("llvm-nm", target)
        listing = output("llvm-objdump", "-d", "--no-show-raw-insn", target)
        words = target.read_bytes()
    assert re.search(r" T bootloader_request$", symbols, re.M), symbols
    assert re.search(r" T bootloader_enter_if_requested$", symbols, re.M), symbols
    assert " U " not in symbols, symbols
    assert answer["address"].to_bytes(4, "little") in words, f"{chip['pid']}: {answer['address']:#x} is not there"
    assert answer["address"] in (chip["system"][0]["start"], 0x1FF09800), chip["pid"]
    leave = re.search(r"<bootloader_leave>:(.*?)(?:\n\n|\Z)", listing, re.S)
    last = [re.sub(r"\s+", " ", line.split(":", 1)[1]).strip() for line in (leave.group(1) if leave else listing).split("\n")
            if re.search(r":\s+\w", line)]
    assert any(line.startswith("msr msp, r0") for line in last), last
    assert "cpsie i" in last and "bx r1" in last, last
    return 1


@tap.case
def test_compiled():
    """Each chip's code compiles for its core, and has the entry's address in it."""
    count = sum(check_chip(chip) for chip in CHIPS)
    assert count == len(CHIPS) - len(NO_JUMP) - len(NOT_KNOWN), count


@tap.case
def test_plain():
    """What is printed for people is a C file as well, and an unknown chip is an error."""
    run = subprocess.run([CLI, "jump", "0x460"], capture_output=True, text=True, timeout=LIMIT, check=True)
    with tempfile.TemporaryDirectory() as name:
        write_header(pathlib.Path(name), "stm32g0xx.h", "Cortex-M0+")
        compile_code(pathlib.Path(name), "Cortex-M0+", run.stdout)
    assert max(len(line) for line in run.stdout.split("\n")) <= 120
    assert subprocess.run([CLI, "jump", "0x7FF"], capture_output=True, timeout=LIMIT).returncode != 0


tap.run()
