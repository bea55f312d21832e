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
CLOCK = "RCC_CR_HSEON RCC_CR_HSEBYP RCC_CR_CSSON RCC_CFGR_SW RCC_CFGR_SWS "
HSI = CLOCK + "RCC_CR_HSION RCC_CR_HSIRDY "
MSI = CLOCK + "RCC_CR_MSION RCC_CR_MSIRDY "
PLL = "RCC_CR_PLLON RCC_CR_PLLRDY "
I2S = "RCC_CR_PLLI2SON RCC_CR_PLLI2SRDY "
SAI = "RCC_CR_PLLSAION RCC_CR_PLLSAIRDY "
SAI_1 = "RCC_CR_PLLSAI1ON RCC_CR_PLLSAI1RDY "
SAI_2 = "RCC_CR_PLLSAI2ON RCC_CR_PLLSAI2RDY "
RANGE = "RCC_CR_MSIRANGE RCC_CR_MSIRANGE_6 RCC_CR_MSIRGSEL "
MEM_1 = "SYSCFG_CFGR1_MEM_MODE SYSCFG_CFGR1_MEM_MODE_0 "
MEM_2 = "SYSCFG_MEMRMP_MEM_MODE SYSCFG_MEMRMP_MEM_MODE_0 "
FAST = "RCC_CFGR_HPRE RCC_CFGR_HPRE_3 "
PORTS = "CR ICSCR CFGR CIER CIFR CICR IOPRSTR AHBRSTR APBRSTR1 APBRSTR2 IOPENR AHBENR APBENR1 APBENR2 CCIPR "
LOW = ("CR ICSCR CFGR PLLCFGR CIER CIFR CICR AHB1RSTR AHB2RSTR AHB3RSTR APB1RSTR1 APB1RSTR2 APB2RSTR AHB1ENR AHB2ENR "
       "AHB3ENR APB1ENR1 APB1ENR2 APB2ENR CCIPR BDCR CSR ")
HIGH = "CR PLLCFGR CFGR CIR AHB1RSTR APB1RSTR APB2RSTR AHB1ENR APB1ENR APB2ENR BDCR CSR SSCGR "
OLD = "CR CFGR CIR APB2RSTR APB1RSTR AHBENR APB2ENR APB1ENR BDCR CSR "
# Header: SYSCFG's register for the memory at address 0, names of bits; by line: RCC's registers, more names of bits.
HEADERS = {
    "stm32c0xx.h": ("CFGR1", HSI + MEM_1 + "RCC_APBENR2_SYSCFGEN RCC_CR_HSIDIV RCC_CR_HSIDIV_1 RCC_CR_HSIKERDIV "
                                           "RCC_CR_HSIKERDIV_1",
                    {"C011": (PORTS, ""), "C071": (PORTS + "CCIPR2", "RCC_CR_SYSDIV RCC_CCIPR2_USBSEL"),
                     "C092": (PORTS, "RCC_CR_SYSDIV")}),
    "stm32f0xx.h": ("CFGR1", HSI + PLL + MEM_1 + "RCC_APB2ENR_SYSCFGEN",
                    {"F042": (OLD + "AHBRSTR CFGR2 CFGR3 CR2", "")}),
    "stm32f1xx.h": (None, HSI + PLL,
                    {"F103": (OLD, ""), "F100": (OLD + "CFGR2", "RCC_CFGR2_PREDIV1"),
                     "F105": (OLD + "AHBRSTR CFGR2", "RCC_AHBRSTR_OTGFSRST RCC_CFGR2_PREDIV1 RCC_CR_PLL2ON "
                                                     "RCC_CR_PLL2RDY RCC_CR_PLL3ON RCC_CR_PLL3RDY")}),
    "stm32f2xx.h": ("MEMRMP", HSI + PLL + I2S + MEM_2 + "RCC_APB2ENR_SYSCFGEN",
                    {"F205": (HIGH + "AHB2RSTR AHB3RSTR PLLI2SCFGR", "")}),
    "stm32f3xx.h": ("CFGR1", HSI + PLL + MEM_1 + "RCC_APB2ENR_SYSCFGEN", {"F334": (OLD + "AHBRSTR CFGR2 CFGR3", "")}),
    "stm32f4xx.h": ("MEMRMP", HSI + PLL + MEM_2 + "RCC_APB2ENR_SYSCFGEN",
                    {"F410": (HIGH + "DCKCFGR CKGATENR DCKCFGR2", "RCC_DCKCFGR_TIMPRE RCC_DCKCFGR2_FMPI2C1SEL"),
                     "F401": (HIGH + "AHB2RSTR PLLI2SCFGR DCKCFGR",
                              I2S + "RCC_AHB2RSTR_OTGFSRST RCC_DCKCFGR_TIMPRE"),
                     "F407": (HIGH + "AHB2RSTR AHB3RSTR PLLI2SCFGR",
                              I2S + "RCC_AHB2RSTR_OTGFSRST RCC_AHB3RSTR_FSMCRST"),
                     "F446": (HIGH + "AHB2RSTR AHB3RSTR PLLI2SCFGR PLLSAICFGR DCKCFGR CKGATENR DCKCFGR2",
                              I2S + SAI + "RCC_AHB2RSTR_OTGFSRST RCC_AHB3RSTR_FMCRST RCC_DCKCFGR_TIMPRE "
                                          "RCC_DCKCFGR2_FMPI2C1SEL"),
                     "F469": (HIGH + "AHB2RSTR AHB3RSTR PLLI2SCFGR PLLSAICFGR DCKCFGR",
                              I2S + SAI + "RCC_AHB2RSTR_OTGFSRST RCC_AHB3RSTR_FMCRST RCC_DCKCFGR_TIMPRE")}),
    "stm32f7xx.h": ("MEMRMP", HSI + PLL + I2S + SAI,
                    {"F746": (HIGH + "AHB2RSTR AHB3RSTR PLLI2SCFGR PLLSAICFGR DCKCFGR1 DCKCFGR2", "")}),
    "stm32g0xx.h": ("CFGR1", HSI + PLL + MEM_1 + "RCC_APBENR2_SYSCFGEN RCC_CR_HSIDIV",
                    {"G030": (PORTS + "PLLCFGR BDCR CSR", ""),
                     "G0B1": (PORTS + "PLLCFGR CRRCR CCIPR2 BDCR CSR", "RCC_CCIPR2_USBSEL")}),
    "stm32g4xx.h": ("MEMRMP", HSI + PLL + MEM_2 + FAST + "RCC_APB2ENR_SYSCFGEN RCC_CFGR_SW_0 RCC_CFGR_SWS_0",
                    {"G431": (LOW + "CRRCR CCIPR2", "")}),
    "stm32l1xx.h": ("MEMRMP", MSI + PLL + MEM_2 + "RCC_APB2ENR_SYSCFGEN RCC_ICSCR_MSIRANGE RCC_ICSCR_MSIRANGE_5",
                    {"L152": ("CR ICSCR CFGR CIR AHBRSTR APB2RSTR APB1RSTR AHBENR APB2ENR APB1ENR CSR", "")}),
    "stm32l4xx.h": ("MEMRMP", MSI + PLL + MEM_2 + FAST + RANGE + "RCC_APB2ENR_SYSCFGEN",
                    {"L412": (LOW + "CRRCR", ""), "L476": (LOW + "PLLSAI1CFGR PLLSAI2CFGR", SAI_1 + SAI_2),
                     "L496": (LOW + "PLLSAI1CFGR PLLSAI2CFGR CRRCR CCIPR2", SAI_1 + SAI_2 + "RCC_CCIPR2_I2C4SEL")}),
    "stm32u0xx.h": ("CFGR1", MSI + PLL + MEM_1 + RANGE + "RCC_APBENR2_SYSCFGEN",
                    {"U031": (PORTS + "PLLCFGR BDCR CSR", "")}),
    "stm32wbxx.h": ("MEMRMP", MEM_2, {"WB55": (None, "")}),
    "stm32wlxx.h": ("MEMRMP", MEM_2, {"WLE5": (None, "")}),
    "stm32h5xx.h": (None, "", {"H5": (None, "")}),
    "stm32h7xx.h": (None, "", {"H7": (None, "")}),
    "stm32h7rsxx.h": (None, "", {"H7RS": (None, "")}),
    "stm32l5xx.h": (None, "", {"L5": (None, "")}),
    "stm32u3xx.h": (None, "", {"U3": (None, "")}),
    "stm32u5xx.h": (None, "", {"U5": (None, "")}),
    "stm32wbaxx.h": (None, "", {"WBA": (None, "")}),
}
# Bits that have to agree with each other, or a loop would have no end.
VALUES = {"RCC_CFGR_SWS": "0xCu", "RCC_CFGR_SWS_0": "0x4u", "RCC_CFGR_SW": "0x3u", "RCC_CFGR_SW_0": "0x1u"}


def ask(*arguments):
    run = subprocess.run([CLI, "--json", *arguments], capture_output=True, text=True, timeout=LIMIT, check=True)
    assert run.stderr == "", run.stderr
    return json.loads(run.stdout)


def write_header(folder, name, core, line=None):
    remap, bits, lines = HEADERS[name]
    registers, more = lines[line or next(iter(lines))]
    words = 1 if TARGETS[core] == "thumbv6m" else 16 if core == "Cortex-M33" else 8
    text = CORE.replace("@WORDS@", str(words)).replace("@GAP@", str(32 - words))
    text = text.replace("@VTOR@", "GAP" if core == "Cortex-M0" else "VTOR")
    if core == "Cortex-M7":
        text += CACHES
    if registers:
        text += f"typedef struct {{ __IO uint32_t {', '.join(registers.split())}; }} RCC_TypeDef;\n"
        text += "#define RCC ((RCC_TypeDef *) 0x40021000u)\n"
    if remap:
        text += f"typedef struct {{ __IO uint32_t {remap}; }} SYSCFG_TypeDef;\n"
        text += "#define SYSCFG ((SYSCFG_TypeDef *) 0x40010000u)\n"
    for number, bit in enumerate(f"{bits} {more}".split()):
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


def core_of(chip):
    return re.split(r"[ ]|(?<=\d)\+Cortex", chip["core"])[0]


def names_in(code):
    """The registers and bits that code uses, without those that only a condition asks for."""
    return set(re.findall(r"RCC->\w+|RCC_\w+", re.sub(r"^#.*$", "", code, flags=re.M)))


def check_chip(chip):
    core = core_of(chip)
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


def check_line(header, line, core, code):
    """Of all that the code may use, it uses what this line has."""
    registers, more = HEADERS[header][2][line]
    has = {f"RCC->{name}" for name in registers.split()} | set(f"{HEADERS[header][1]} {more}".split())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_header(folder, header, core, line)
        compile_code(folder, core, code)
        # Bits that are defined as themselves are still there after the preprocessor.
        (folder / header).write_text("".join(f"#define {bit} {bit}\n" for bit in has if "->" not in bit))
        left = output("clang", "-E", "-P", "-I", folder, folder / "jump.c")
    assert names_in(left) == names_in(code) & has, (line, names_in(left) ^ (names_in(code) & has))


@tap.case
def test_lines():
    """Registers that only some lines of a series have are left out where they are not, and only there."""
    done = set()
    for chip in CHIPS:
        code = ANSWERS[chip["pid"]]["code"]
        header = code and re.search(r'#include "(.*)"', code).group(1)
        if code is None or chip["series"] in done or HEADERS[header][2][next(iter(HEADERS[header][2]))][0] is None:
            continue
        done.add(chip["series"])
        for line in HEADERS[header][2]:
            check_line(header, line, core_of(chip), code)
    assert done == {"C0", "F0", "F1", "F2", "F3", "F4", "F7", "G0", "G4", "L1", "L4", "L4+", "U0"}, done


@tap.case
def test_plain():
    """What is printed for people is a C file as well, and an unknown chip is an error."""
    run = subprocess.run([CLI, "jump", "0x460"], capture_output=True, text=True, timeout=LIMIT, check=True)
    with tempfile.TemporaryDirectory() as name:
        write_header(pathlib.Path(name), "stm32g0xx.h", "Cortex-M0+")
        compile_code(pathlib.Path(name), "Cortex-M0+", run.stdout)
    assert max(len(line) for line in run.stdout.split("\n")) <= 120
    assert subprocess.run([CLI, "jump", "0x7FF"], capture_output=True, timeout=LIMIT).returncode != 0


@tap.case
def test_by_name():
    """What is printed on a chip will do, where only one product ID goes with it."""
    run = subprocess.run([CLI, "--json", "jump", "STM32G071CBT6"], capture_output=True, text=True, timeout=LIMIT, check=True)
    assert json.loads(run.stdout)["pid"] == "0x460"
    run = subprocess.run([CLI, "jump", "F103C8"], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == 1 and "0x410, 0x412, 0x414, 0x430" in run.stderr, run


tap.run()
