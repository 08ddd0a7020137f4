/* successor.c - the branches of three instruction sets. */
#include "rsp/successor.h"

static int64_t
sign(uint64_t v, unsigned bits)
{
	const uint64_t top = (uint64_t)1 << (bits - 1);

	return (int64_t)(v ^ top) - (int64_t)top;
}

static uint64_t
bits(uint32_t v, unsigned high, unsigned low)
{
	return (v >> low) & (((uint64_t)1 << (high - low + 1)) - 1);
}

static struct rsp_successors
only(uint64_t a)
{
	return (struct rsp_successors){ .at = { a }, .n = 1 };
}

static struct rsp_successors
either(uint64_t a, uint64_t b)
{
	return (struct rsp_successors){ .at = { a, b }, .n = 2 };
}

/* Somewhere that is not in the instruction; `next` when it is not taken. */
static struct rsp_successors
anywhere(uint64_t next)
{
	return (struct rsp_successors){ .at = { next }, .n = 1, .open = true };
}

/* ---- Thumb */

static struct rsp_successors
thumb_16(uint64_t pc, uint32_t h, bool in_it)
{
	const uint64_t next = pc + 2, base = pc + 4;

	if ((h & 0xf000) == 0xd000 && (h & 0x0e00) != 0x0e00)           /* B<c> T1 */
		return either(next, base + (uint64_t)sign(bits(h, 7, 0) << 1, 9));
	if ((h & 0xff00) == 0xdf00 || (h & 0xff00) == 0xde00)           /* SVC, UDF */
		return anywhere(next);
	if ((h & 0xf800) == 0xe000) {                                   /* B T2 */
		const uint64_t to = base + (uint64_t)sign(bits(h, 10, 0) << 1, 12);

		return in_it ? either(next, to) : only(to);
	}
	if ((h & 0xf500) == 0xb100)                                     /* CBZ, CBNZ */
		return either(next, base + (bits(h, 9, 9) << 6 | bits(h, 7, 3) << 1));
	if ((h & 0xff00) == 0x4700 ||                                   /* BX, BLX */
	    (h & 0xff00) == 0xbd00 ||                                   /* POP {.., pc} */
	    (h & 0xff87) == 0x4687 || (h & 0xff87) == 0x4487)           /* MOV pc, ADD pc */
		return anywhere(next);
	return only(next);
}

static struct rsp_successors
thumb_32(uint64_t pc, uint32_t h, uint32_t l, bool in_it)
{
	const uint64_t next = pc + 4;
	const uint32_t s = (uint32_t)bits(h, 10, 10), j1 = (uint32_t)bits(l, 13, 13),
		       j2 = (uint32_t)bits(l, 11, 11);

	if ((h & 0xf800) == 0xf000 && (l & 0x8000) != 0) {              /* branches, misc control */
		if ((l & 0x1000) != 0) {                                /* B T4, BL */
			const uint64_t i1 = !(j1 ^ s), i2 = !(j2 ^ s), to = next +
			    (uint64_t)sign((uint64_t)s << 24 | i1 << 23 | i2 << 22 |
			    bits(h, 9, 0) << 12 | bits(l, 10, 0) << 1, 25);

			return in_it ? either(next, to) : only(to);
		}
		if ((l & 0x5000) == 0 && (h & 0x0380) != 0x0380)        /* B<c> T3 */
			return either(next, next + (uint64_t)sign((uint64_t)s << 20 |
			    (uint64_t)j2 << 19 | (uint64_t)j1 << 18 | bits(h, 5, 0) << 12 |
			    bits(l, 10, 0) << 1, 21));
		return only(next);
	}
	if ((h & 0xfff0) == 0xe8d0 && (l & 0xffe0) == 0xf000)           /* TBB, TBH */
		return anywhere(next);
	if ((h & 0xfe50) == 0xe810 && (l & 0x8000) != 0)                /* LDM {.., pc} */
		return anywhere(next);
	if ((h & 0xff70) == 0xf850 && (l & 0xf000) == 0xf000)           /* LDR pc */
		return anywhere(next);
	return only(next);
}

static struct rsp_successors
thumb(uint64_t pc, const unsigned char *p, size_t n, bool in_it)
{
	const uint32_t h = (uint32_t)p[0] | (uint32_t)p[1] << 8;

	if ((h >> 11) < 0x1d)
		return thumb_16(pc, h, in_it);
	if (n < 4)
		return (struct rsp_successors){ .open = true };
	return thumb_32(pc, h, (uint32_t)p[2] | (uint32_t)p[3] << 8, in_it);
}

/* ---- A64 */

static struct rsp_successors
a64(uint64_t pc, uint32_t w)
{
	const uint64_t next = pc + 4;

	if ((w & 0x7c000000) == 0x14000000)                             /* B, BL */
		return only(pc + (uint64_t)sign(bits(w, 25, 0) << 2, 28));
	if ((w & 0xff000000) == 0x54000000 || (w & 0x7e000000) == 0x34000000)
		return either(next, pc + (uint64_t)sign(bits(w, 23, 5) << 2, 21)); /* B.c, CBZ */
	if ((w & 0x7e000000) == 0x36000000)                             /* TBZ, TBNZ */
		return either(next, pc + (uint64_t)sign(bits(w, 18, 5) << 2, 16));
	if ((w & 0xfe000000) == 0xd6000000 || (w & 0xff000000) == 0xd4000000)
		return anywhere(next);                                  /* BR, RET, ERET; SVC.. */
	return only(next);
}

/* ---- RISC-V */

static struct rsp_successors
riscv_16(uint64_t pc, uint32_t h)
{
	const uint64_t next = pc + 2;
	const uint32_t kind = (h & 3) | (h >> 13) << 2;

	if (kind == (1 | 5 << 2))                                       /* C.J */
		return only(pc + (uint64_t)sign(bits(h, 12, 12) << 11 | bits(h, 8, 8) << 10 |
		    bits(h, 10, 9) << 8 | bits(h, 6, 6) << 7 | bits(h, 7, 7) << 6 |
		    bits(h, 2, 2) << 5 | bits(h, 11, 11) << 4 | bits(h, 5, 3) << 1, 12));
	if (kind == (1 | 1 << 2))       /* C.JAL in RV32, C.ADDIW in RV64: both are right */
		return either(next, pc + (uint64_t)sign(bits(h, 12, 12) << 11 |
		    bits(h, 8, 8) << 10 | bits(h, 10, 9) << 8 | bits(h, 6, 6) << 7 |
		    bits(h, 7, 7) << 6 | bits(h, 2, 2) << 5 | bits(h, 11, 11) << 4 |
		    bits(h, 5, 3) << 1, 12));
	if (kind == (1 | 6 << 2) || kind == (1 | 7 << 2))               /* C.BEQZ, C.BNEZ */
		return either(next, pc + (uint64_t)sign(bits(h, 12, 12) << 8 | bits(h, 6, 5) << 6 |
		    bits(h, 2, 2) << 5 | bits(h, 11, 10) << 3 | bits(h, 4, 3) << 1, 9));
	if (kind == (2 | 4 << 2) && (h & 0x7c) == 0)                    /* C.JR, C.JALR, C.EBREAK */
		return anywhere(next);
	return only(next);
}

static struct rsp_successors
riscv(uint64_t pc, uint32_t w, size_t n)
{
	const uint64_t next = pc + 4;

	if ((w & 3) != 3)
		return riscv_16(pc, w & 0xffff);
	if (n < 4)
		return (struct rsp_successors){ .open = true };
	switch (w & 0x7f) {
	case 0x6f:                                                      /* JAL */
		return only(pc + (uint64_t)sign(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 |
		    bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1, 21));
	case 0x63:                                                      /* branches */
		return either(next, pc + (uint64_t)sign(bits(w, 31, 31) << 12 |
		    bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1, 13));
	case 0x67:                                                      /* JALR */
		return anywhere(next);
	case 0x73:                                                      /* ECALL, MRET; CSR */
		return (w & 0x7000) == 0 ? anywhere(next) : only(next);
	default:
		return only(next);
	}
}

struct rsp_successors
rsp_successors_of(enum rsp_isa isa, uint64_t pc, const unsigned char *p, size_t n, bool in_it)
{
	uint32_t w = 0;

	if (isa == RSP_ISA_UNKNOWN || n < 2 || (isa == RSP_ISA_A64 && n < 4))
		return (struct rsp_successors){ .open = true };
	if (isa == RSP_ISA_THUMB)
		return thumb(pc, p, n, in_it);
	for (size_t i = 0; i < n && i < 4; i++)
		w |= (uint32_t)p[i] << (8 * i);
	return isa == RSP_ISA_A64 ? a64(pc, w) : riscv(pc, w, n);
}
