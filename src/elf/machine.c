/* machine.c - the table of processors. */
#include "elf/machine.h"

#include <elf.h>
#include <stddef.h>

const char *
machine_name(unsigned machine, bool wide)
{
	static const struct { unsigned machine; const char *name; } rows[] = {
		{ EM_ARM, "arm" }, { EM_AARCH64, "arm64" }, { EM_386, "386" },
		{ EM_X86_64, "amd64" }, { EM_XTENSA, "xtensa" }, { EM_AVR, "avr" },
		{ EM_MIPS, "mips" }, { EM_PPC64, "ppc64" }, { EM_S390, "s390x" },
	};

	if (machine == EM_RISCV)
		return wide ? "riscv64" : "riscv32";
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].machine == machine)
			return rows[i].name;
	return "unknown";
}
