/* test_rsp_successor.c - branches of Thumb, A64 and RISC-V as their assemblers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "rsp/successor.h"

enum { PC = 0x10000 };

/* offsets from the instruction; 0 in `other`: one place only */
static void
goes(enum rsp_isa isa, uint32_t code, bool in_it, int64_t one, int64_t other, bool open)
{
	const unsigned char bytes[4] = { (unsigned char)code, (unsigned char)(code >> 8),
		(unsigned char)(code >> 16), (unsigned char)(code >> 24) };
	const struct rsp_successors s = rsp_successors_of(isa, PC, bytes, sizeof bytes, in_it);

	assert_int_equal(s.n, other != 0 ? 2 : 1);
	assert_true(s.at[0] == (uint64_t)(PC + one));
	if (other != 0)
		assert_true(s.at[1] == (uint64_t)(PC + other));
	assert_int_equal(s.open, open);
}

/* a 32-bit Thumb instruction: its first halfword comes first in memory */
static uint32_t
wide(uint32_t first, uint32_t second)
{
	return first | second << 16;
}

static void
test_thumb(void **state)
{
	const enum rsp_isa t = RSP_ISA_THUMB;

	(void)state;
	goes(t, 0xbf00, false, 2, 0, false);                    /* nop */
	goes(t, 0xb510, false, 2, 0, false);                    /* push {r4, lr} */
	assert_int_equal(rsp_successors_of(t, PC, (const unsigned char *)"\xfe\xd0", 2, false).n, 2);
	goes(t, 0xd002, false, 2, 8, false);                    /* beq pc+8 */
	goes(t, 0xe030, false, 100, 0, false);                  /* b pc+100 */
	goes(t, 0xe030, true, 2, 100, false);                   /* the same in an IT block */
	goes(t, 0xb140, false, 2, 20, false);                   /* cbz r0, pc+20 */
	goes(t, 0x4770, false, 2, 0, true);                     /* bx lr */
	goes(t, 0x4798, false, 2, 0, true);                     /* blx r3 */
	goes(t, 0xbd10, false, 2, 0, true);                     /* pop {r4, pc} */
	goes(t, 0x4687, false, 2, 0, true);                     /* mov pc, r0 */
	goes(t, 0xdf00, false, 2, 0, true);                     /* svc 0 */
	goes(t, wide(0xf000, 0xfffe), false, 0x1000, 0, false); /* bl pc+0x1000 */
	goes(t, wide(0xf43f, 0xabfe), false, 4, -0x800, false); /* beq.w pc-0x800 */
	goes(t, wide(0xf000, 0xb8fe), false, 0x200, 0, false);  /* b.w pc+0x200 */
	goes(t, wide(0xe8df, 0xf000), false, 4, 0, true);       /* tbb [pc, r0] */
	goes(t, wide(0xe8bd, 0x8030), false, 4, 0, true);       /* ldmia sp!, {r4, r5, pc} */
	goes(t, wide(0xf8d0, 0xf000), false, 4, 0, true);       /* ldr pc, [r0] */
	goes(t, wide(0xf8d0, 0x1000), false, 4, 0, false);      /* ldr r1, [r0] */
	goes(t, wide(0xf3ef, 0x8009), false, 4, 0, false);      /* mrs r0, psp */
}

static void
test_a64(void **state)
{
	const enum rsp_isa a = RSP_ISA_A64;

	(void)state;
	goes(a, 0x14000400, false, 0x1000, 0, false);           /* b */
	goes(a, 0x97fffffe, false, -8, 0, false);               /* bl */
	goes(a, 0x54000201, false, 4, 64, false);               /* b.ne */
	goes(a, 0xb4ffffa0, false, 4, -12, false);              /* cbz */
	goes(a, 0x37180103, false, 4, 32, false);               /* tbnz */
	goes(a, 0xd65f03c0, false, 4, 0, true);                 /* ret */
	goes(a, 0xd61f0060, false, 4, 0, true);                 /* br x3 */
	goes(a, 0xd4000001, false, 4, 0, true);                 /* svc */
	goes(a, 0x91000400, false, 4, 0, false);                /* add */
	goes(a, 0x10000080, false, 4, 0, false);                /* adr */
}

static void
test_riscv(void **state)
{
	const enum rsp_isa r = RSP_ISA_RISCV;

	(void)state;
	goes(r, 0x000010ef, false, 0x1000, 0, false);           /* jal */
	goes(r, 0xfeb50ce3, false, 4, -8, false);               /* beq */
	goes(r, 0x7cb51863, false, 4, 2000, false);             /* bne */
	goes(r, 0x000500e7, false, 4, 0, true);                 /* jalr */
	goes(r, 0x00000073, false, 4, 0, true);                 /* ecall */
	goes(r, 0x30051073, false, 4, 0, false);                /* csrw */
	goes(r, 0x00150513, false, 4, 0, false);                /* addi */
	goes(r, 0xa811, false, 20, 0, false);                   /* c.j */
	goes(r, 0xdd6d, false, 2, -6, false);                   /* c.beqz */
	goes(r, 0x8082, false, 2, 0, true);                     /* c.jr ra */
	goes(r, 0x9002, false, 2, 0, true);                     /* c.ebreak */
	goes(r, 0x0505, false, 2, 0, false);                    /* c.addi */
	goes(r, 0x852e, false, 2, 0, false);                    /* c.mv */
	goes(r, 0x2095, false, 2, 100, false);                  /* c.jal, or c.addiw in RV64 */
}

static void
test_little_is_known(void **state)
{
	const unsigned char half[] = { 0x00, 0xf0 }, whole[] = { 0, 0xbf, 0, 0xbf };

	(void)state;
	assert_true(rsp_successors_of(RSP_ISA_THUMB, PC, half, 2, false).open);
	assert_int_equal(rsp_successors_of(RSP_ISA_THUMB, PC, half, 2, false).n, 0);
	assert_true(rsp_successors_of(RSP_ISA_A64, PC, half, 2, false).open);
	assert_true(rsp_successors_of(RSP_ISA_THUMB, PC, whole, 0, false).open);
	assert_true(rsp_successors_of(RSP_ISA_UNKNOWN, PC, whole, 4, false).open);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thumb),
		cmocka_unit_test(test_a64),
		cmocka_unit_test(test_riscv),
		cmocka_unit_test(test_little_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
