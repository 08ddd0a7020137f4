/* test_svd_file.c - CMSIS-SVD: every form of the format, and files that were made to hurt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "svd/registers.h"

static struct buf said;

static struct svd *
open_text(const char *text)
{
	struct svd *s = NULL;
	struct err_msg why;
	const enum err e = svd_open(text, strlen(text), "t.svd", &s, &why);

	if (e != ERR_OK)
		print_error("%s\n", why.why);
	assert_int_equal(e, ERR_OK);
	return s;
}

static struct svd *
open_rig(void)
{
	const char *top = getenv("srcdir");
	char path[512];
	static char text[1 << 16];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/tests/data/svd/rig.svd", top != NULL ? top : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	return open_text(text);
}

/* ---- walks into one text */

static bool
say_value(void *arg, const struct svd_value *v)
{
	(void)arg;
	(void)buf_add_fmt(&said, "%s%s=%llx/%llx", v->otherwise ? "*" : "", v->name,
	    (unsigned long long)v->value, (unsigned long long)v->mask & 0xff);
	(void)buf_add_byte(&said, ' ');
	return true;
}

static bool
say_field(void *arg, const struct svd_field *f)
{
	struct err_msg why;

	if (f->bad != NULL)
		(void)buf_add_fmt(&said, "%s!%s ", f->name, f->bad);
	else
		(void)buf_add_fmt(&said, "%s@%u+%u ", f->name, f->lsb, f->width);
	assert_int_equal(svd_values(arg, f, say_value, NULL, &why), ERR_OK);
	return true;
}

static bool
say_register(void *arg, const struct svd_register *r)
{
	(void)arg;
	(void)buf_add_fmt(&said, "%s ", r->name);
	if (r->bad != NULL)
		(void)buf_add_fmt(&said, "!%s", r->bad);
	else
		(void)buf_add_fmt(&said, "%llx/%u %s", (unsigned long long)r->addr, r->bits,
		    r->access);
	if (r->effect != NULL)
		(void)buf_add_fmt(&said, " %s", r->effect);
	if (r->protection != NULL)
		(void)buf_add_fmt(&said, " %s", r->protection);
	(void)buf_add_byte(&said, '\n');
	return true;
}

struct pick { struct svd *svd; const char *name; struct svd_peripheral p; struct svd_register r; };

static bool
pick_peripheral(void *arg, const struct svd_peripheral *p)
{
	struct pick *k = arg;

	if (strcmp(p->name, k->name) == 0)
		k->p = *p;
	return true;
}

static bool
pick_register(void *arg, const struct svd_register *r)
{
	struct pick *k = arg;

	if (strcmp(r->name, k->name) == 0)
		k->r = *r;
	return true;
}

static const char *
registers_of(struct svd *s, const char *name)
{
	struct pick k = { .svd = s, .name = name };
	struct err_msg why;

	buf_clear(&said);
	assert_int_equal(svd_peripherals(s, pick_peripheral, &k, &why), ERR_OK);
	assert_string_equal(k.p.name, name);
	assert_int_equal(svd_registers(s, &k.p, say_register, NULL, &why), ERR_OK);
	return buf_str(&said);
}

static const char *
fields_of(struct svd *s, const char *peripheral, const char *name)
{
	struct pick k = { .svd = s, .name = peripheral };
	struct err_msg why;

	buf_clear(&said);
	assert_int_equal(svd_peripherals(s, pick_peripheral, &k, &why), ERR_OK);
	k.name = name;
	assert_int_equal(svd_registers(s, &k.p, pick_register, &k, &why), ERR_OK);
	assert_string_equal(k.r.name, name);
	assert_int_equal(svd_fields(s, &k.r, say_field, s, &why), ERR_OK);
	return buf_str(&said);
}

static bool
say_peripheral(void *arg, const struct svd_peripheral *p)
{
	(void)arg;
	(void)buf_add_fmt(&said, "%s %llx %s %s\n", p->name, (unsigned long long)p->addr,
	    p->from != NULL ? p->from : "-", p->bad != NULL ? p->bad : "-");
	return true;
}

static const char *
peripherals_of(struct svd *s)
{
	struct err_msg why;

	buf_clear(&said);
	assert_int_equal(svd_peripherals(s, say_peripheral, NULL, &why), ERR_OK);
	return buf_str(&said);
}

/* ---- the format */

static void
test_rig(void **state)
{
	struct svd *s = open_rig();
	const char *what;

	(void)state;
	assert_string_equal(svd_device(s, &what), "RIG_F405");
	assert_string_equal(what, "the chip of the rig");
	assert_string_equal(peripherals_of(s),
	    "USART1 40011000 - -\n"
	    "USART2 40004400 USART1 -\n"
	    "BOX 2001f000 - -\n"
	    "ORPHAN 0 GONE what it is derived from is not in the file\n"
	    "LOST 0 - the file gives it no address\n");
	assert_string_equal(registers_of(s, "USART2"),
	    "USART2.SR 40004400/32 read-only\n"
	    "USART2.DR 40004404/32 read-write modify\n"
	    "USART2.CR1 4000440c/32 read-write\n");
	assert_string_equal(registers_of(s, "BOX"),
	    "BOX.CTRL 2001f000/32 read-write\n"
	    "BOX.CTRL2 2001f004/32 read-write\n"
	    "BOX.KEY 2001f008/32 write-only\n"
	    "BOX.TAKE 2001f00c/32 read-write clear\n"
	    "BOX.SAFE 2001f010/32 read-write s\n"
	    "BOX.BYTE 2001f014/8 read-write\n"
	    "BOX.NOWHERE !the file gives it no address\n"
	    "BOX.AXIS_X 2001f018/32 read-write\n"
	    "BOX.AXIS_Y 2001f01c/32 read-write\n"
	    "BOX.AXIS_Z 2001f020/32 read-write\n"
	    "BOX.CH[0].COUNT 2001f040/16 read-write\n"
	    "BOX.CH[0].DEEP.WORD 2001f04c/32 read-write\n"
	    "BOX.CH[0].WIDE 2001f050/64 read-write\n"
	    "BOX.CH[1].COUNT 2001f060/16 read-write\n"
	    "BOX.CH[1].DEEP.WORD 2001f06c/32 read-write\n"
	    "BOX.CH[1].WIDE 2001f070/64 read-write\n"
	    "BOX.EXTRA.COUNT 2001f100/16 read-write\n"
	    "BOX.EXTRA.DEEP.WORD 2001f10c/32 read-write\n"
	    "BOX.EXTRA.WIDE 2001f110/64 read-write\n");
	assert_string_equal(registers_of(s, "LOST"), "LOST.R !the file gives it no address\n");
	svd_close(s);
}

static void
test_fields(void **state)
{
	static const char box[] = "EN@0+1 MODE@1+2 off=0/ff fast=2/fe *other=0/0 "
	    "PINA@8+4 PINB@12+4 PINC@16+4 PIND@20+4 LATE!its bits are not bits of the register ";
	struct svd *s = open_rig();

	(void)state;
	assert_string_equal(fields_of(s, "BOX", "BOX.CTRL"), box);
	assert_string_equal(fields_of(s, "BOX", "BOX.CTRL2"), box);
	assert_string_equal(fields_of(s, "USART2", "USART2.SR"),
	    "TXE@7+1 full=0/ff empty=1/ff TC@6+1 full=0/ff empty=1/ff ");
	assert_string_equal(fields_of(s, "USART1", "USART1.CR1"), "UE@13+1 ");
	svd_close(s);
}

static void
test_names(void **state)
{
	const char *field;

	(void)state;
	assert_true(svd_means("gpioa", "GPIOA.MODER", &field) && field == NULL);
	assert_true(svd_means("GPIOA.MODER", "GPIOA.MODER", &field) && field == NULL);
	assert_true(svd_means("GPIOA.MODER.M1", "GPIOA.MODER", &field));
	assert_string_equal(field, "M1");
	assert_true(svd_means("DMA.CH", "DMA.CH[2].CTRL", &field) && field == NULL);
	assert_true(svd_means("DMA.CH[2]", "DMA.CH[2].CTRL", &field));
	assert_false(svd_means("GPIO", "GPIOA.MODER", &field));
	assert_false(svd_means("GPIOA.MODE", "GPIOA.MODER", &field));
	assert_false(svd_means("DMA.CH[2].CTRL.A.B", "DMA.CH[2].CTRL", &field));
	assert_true(svd_means("", "A.B", &field) == false);
}

/* ---- numbers as people write them */

static void
number(const char *text, const char *want)
{
	struct svd *s;
	char xml[600];

	snprintf(xml, sizeof xml, "<device><peripherals><peripheral><name>P</name><baseAddress>%s"
	    "</baseAddress></peripheral></peripherals></device>", text);
	s = open_text(xml);
	assert_string_equal(peripherals_of(s), want);
	svd_close(s);
}

static void
test_numbers(void **state)
{
	static const char no[] = "P 0 - its address is no number\n";

	(void)state;
	number("0x1F", "P 1f - -\n");
	number(" 16 ", "P 10 - -\n");
	number("+0X10", "P 10 - -\n");
	number("#1010", "P a - -\n");
	number("0b11", "P 3 - -\n");
	number("4k", "P 1000 - -\n");
	number("0xFFFFFFFFFFFFFFFF", "P ffffffffffffffff - -\n");
	number("0x10000000000000000", no);
	number("#1x1", no);
	number("#", no);
	number("0x", no);
	number("-4", no);
	number("four", no);
	number("0xFFFFFFFFFFFFFFFFk", no);
}

/* ---- files that were made to hurt */

static void
refused(const char *text, size_t n, const char *words)
{
	struct svd *s = NULL;
	struct err_msg why = { .code = ERR_OK };

	assert_int_not_equal(svd_open(text, n, "t.svd", &s, &why), ERR_OK);
	if (strstr(why.why, words) == NULL)
		fail_msg("%s: it says: %s", words, why.why);
}

static void
test_refused(void **state)
{
	static const char bomb[] = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
	    "\"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><device>&b;</device>",
	    outside[] = "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><device>&a;"
	    "</device>",
	    parameter[] = "<!DOCTYPE d [<!ENTITY % a \"x\">]><device/>";
	struct buf deep;

	(void)state;
	refused(bomb, sizeof bomb - 1, "entities");
	refused(outside, sizeof outside - 1, "entities");
	refused(parameter, sizeof parameter - 1, "entities");
	refused("", 0, "line 1");
	refused("\x7f""ELF\0\0", 6, "line 1");
	refused("<device><peripherals>", 21, "no element found");
	refused("<device><peripherals/></device>x", 32, "junk");
	refused("<html></html>", 13, "no device");
	refused("<device><name>a</name></device>", 31, "no device");
	buf_init(&deep, 1 << 20);
	for (int i = 0; i < 10000; i++)
		(void)buf_add_str(&deep, "<cluster>");
	refused(buf_str(&deep), deep.len, "nested too deeply");
	buf_clear(&deep);
	for (int i = 0; i < 10000; i++)
		(void)buf_add_str(&deep, "<odd>");
	refused(buf_str(&deep), deep.len, "nested too deeply");
	buf_fini(&deep);
}

static enum err
walk_all(struct svd *s, struct err_msg *why)
{
	struct pick k = { .svd = s, .name = "P" };
	enum err e;

	buf_clear(&said);
	e = svd_peripherals(s, pick_peripheral, &k, why);
	return e == ERR_OK ? svd_registers(s, &k.p, say_register, NULL, why) : e;
}

#define IN_P(text) "<device><peripherals><peripheral><name>P</name><baseAddress>0</baseAddress>" \
	"<registers>" text "</registers></peripheral></peripherals></device>"

static void
test_loops(void **state)
{
	static const char many[] = IN_P("<register><dim>65536</dim><dimIncrement>4</dimIncrement>"
	    "<name>R%s</name><addressOffset>0</addressOffset></register>"),
	    huge[] = IN_P("<register><dim>99999999999</dim><dimIncrement>4</dimIncrement>"
	    "<name>R%s</name><addressOffset>0</addressOffset></register>"),
	    round[] = IN_P("<register derivedFrom=\"B\"><name>A</name></register>"
	    "<register derivedFrom=\"A\"><name>B</name></register>"),
	    self[] = IN_P("<register derivedFrom=\"A\"><name>A</name></register>"),
	    power[] = IN_P("<cluster><dim>65536</dim><dimIncrement>1</dimIncrement><name>A%s</name>"
	    "<addressOffset>0</addressOffset><cluster><dim>65536</dim><dimIncrement>1</dimIncrement>"
	    "<name>B%s</name><addressOffset>0</addressOffset><register><name>R</name></register>"
	    "</cluster></cluster>"),
	    far[] = IN_P("<register><name>A</name><addressOffset>0xffffffffffffffff</addressOffset>"
	    "<size>8</size></register><register><name>B</name><addressOffset>3</addressOffset>"
	    "</register><register><name>C</name><addressOffset>0</addressOffset><size>24</size>"
	    "</register>");
	struct err_msg why;
	struct svd *s = open_text(many);

	(void)state;
	assert_int_equal(walk_all(s, &why), ERR_OK);
	assert_non_null(strstr(buf_str(&said), "P.R65535 3fffc/32"));
	svd_close(s);
	s = open_text(huge);
	assert_int_equal(walk_all(s, &why), ERR_OK);
	assert_string_equal(buf_str(&said),
	    "P.R0 !how many there are is no number that makes sense\n");
	svd_close(s);
	s = open_text(round);
	assert_int_equal(walk_all(s, &why), ERR_OK);
	svd_close(s);
	s = open_text(self);
	assert_int_equal(walk_all(s, &why), ERR_OK);
	svd_close(s);
	s = open_text(power);
	assert_int_equal(walk_all(s, &why), ERR_LIMIT);
	svd_close(s);
	s = open_text(far);
	assert_int_equal(walk_all(s, &why), ERR_OK);
	assert_string_equal(buf_str(&said), "P.A ffffffffffffffff/8 read-write\n"
	    "P.B !its address is no multiple of its size\n"
	    "P.C !its size is not 8, 16, 32 or 64 bits\n");
	svd_close(s);
}

/* Each byte of a good file changed and cut: it opens or it is refused, and the walk ends. */
static void
test_mutants(void **state)
{
	static const char good[] = IN_P("<register derivedFrom=\"A\"><dim>2</dim><dimIncrement>4"
	    "</dimIncrement><name>R%s</name><addressOffset>0</addressOffset></register><cluster>"
	    "<name>C</name><addressOffset>8</addressOffset><register><name>A</name><addressOffset>0"
	    "</addressOffset></register></cluster>");
	char text[sizeof good];
	struct err_msg why;

	(void)state;
	for (size_t i = 0; i < sizeof good - 1; i++)
		for (unsigned k = 0; k < 4; k++) {
			struct svd *s = NULL;

			memcpy(text, good, sizeof good);
			text[i] = "<9\0\xff"[k];
			if (svd_open(text, k == 3 ? i : sizeof good - 1, "t", &s, &why) ==
			    ERR_OK)
				(void)walk_all(s, &why);
			svd_close(s);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rig), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_names), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_loops),
		cmocka_unit_test(test_mutants),
	};
	int rc;

	buf_init(&said, 256 << 20);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	buf_fini(&said);
	return rc;
}
