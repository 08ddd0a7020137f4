/* svg.c - boxes of an icicle as SVG, with the few lines of script that make it alive. */
#include "pprof/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pprof/escape.h"
#include "pprof/units.h"

enum { ROW = 18, TOP = 62, SIDE = 10, FOOT = 26 };
static const double CHARACTER = 7.0;            /* width of one in 12 px monospace */

static const char style[] =
    "<style>\n"
    "svg{font:12px ui-monospace,Menlo,Consolas,monospace;background:#fff}\n"
    "text{fill:#111}.t{font-size:15px;font-weight:bold}.d{fill:#555}\n"
    ".b{cursor:pointer}.b text{pointer-events:none}.b rect{stroke:#fff;stroke-width:.6}\n"
    ".b:hover rect{stroke:#000}.above{opacity:.45}.off{display:none}\n"
    ".hit rect{fill:#b39ddb!important;stroke:#4527a0}\n"
    ".k{cursor:pointer;text-decoration:underline}\n"
    "</style>\n";

/* Constant. data-x, data-w: place and width as parts of the whole; data-d: row. */
static const char script[] =
    "<script><![CDATA[\n"
    "(function(){'use strict';\n"
    "var svg=document.documentElement,W=+svg.getAttribute('data-inner'),S=10,C=7;\n"
    "var bs=[].slice.call(document.querySelectorAll('.b'));\n"
    "var say=document.getElementById('say'),reset=document.getElementById('reset'),"
    "info=say.textContent;\n"
    "function num(b,k){return +b.getAttribute('data-'+k);}\n"
    "function name(b){return b.querySelector('title').textContent;}\n"
    "function fit(b,x,w){var r=b.querySelector('rect'),t=b.querySelector('text');\n"
    " r.setAttribute('x',x);r.setAttribute('width',Math.max(w,.2));\n"
    " var s=b.getAttribute('data-n'),n=Math.floor((w-6)/C);t.setAttribute('x',x+3);\n"
    " t.textContent=n<3?'':s.length<=n?s:s.slice(0,n-2)+'..';}\n"
    "function zoom(z){var x0=z?num(z,'x'):0,w0=z?num(z,'w'):1,d0=z?num(z,'d'):-1;\n"
    " if(w0<=0)return;\n"
    " bs.forEach(function(b){var x=num(b,'x'),w=num(b,'w'),d=num(b,'d'),e=1e-9;\n"
    "  var over=z&&d<d0&&x<=x0+e&&x+w>=x0+w0-e;\n"
    "  var in_=x>=x0-e&&x+w<=x0+w0+e&&d>=d0;\n"
    "  b.classList.toggle('off',!(over||in_));b.classList.toggle('above',!!over);\n"
    "  if(over)fit(b,S,W);else if(in_)fit(b,S+(x-x0)/w0*W,w/w0*W);});\n"
    " reset.classList.toggle('off',!z);}\n"
    "function find(s){var re=null,sum=0,n=0,last={};\n"
    " if(s){try{re=new RegExp(s,'i');}catch(e){say.textContent='not a pattern: '+s;return;}}\n"
    " bs.forEach(function(b){var m=!!re&&re.test(b.getAttribute('data-n').slice(1));\n"
    "  b.classList.toggle('hit',m);if(m)n++;\n"
    "  if(m&&!bs.some(function(p){return p!==b&&p.hit_&&num(p,'d')<num(b,'d')&&"
    "num(p,'x')<=num(b,'x')+1e-9&&num(p,'x')+num(p,'w')>=num(b,'x')+num(b,'w')-1e-9;}))"
    "sum+=num(b,'w');b.hit_=m;});\n"
    " info=s?n+' boxes match, '+(100*sum).toFixed(1)+'% of the width':'';say.textContent=info;}\n"
    "bs.forEach(function(b){\n"
    " b.addEventListener('click',function(){zoom(b);});\n"
    " b.addEventListener('mouseover',function(){say.textContent=name(b).replace(/\\n/g,'  ');});\n"
    " b.addEventListener('mouseout',function(){say.textContent=info;});});\n"
    "function ask(){var s=window.prompt('Find (regular expression)','');if(s!==null)find(s);}\n"
    "document.getElementById('search').addEventListener('click',ask);\n"
    "reset.addEventListener('click',function(){zoom(null);});\n"
    "window.addEventListener('keydown',function(e){\n"
    " if((e.ctrlKey||e.metaKey)&&e.key==='f'||e.key==='/'){e.preventDefault();ask();}\n"
    " else if(e.key==='Escape'){zoom(null);find('');}});\n"
    "})();\n"
    "]]></script>\n";

static void
mixed(double strength, const int to[3], char out[8])
{
	const double s = 0.25 + 0.75 * (strength > 1 ? 1 : strength);

	snprintf(out, 8, "#%02x%02x%02x", (unsigned)(245 + (to[0] - 245) * s) & 0xff,
	    (unsigned)(245 + (to[1] - 245) * s) & 0xff, (unsigned)(245 + (to[2] - 245) * s) & 0xff);
}

/* The package of "encoding/json.(*decodeState).value" is what stands before the first dot behind
 * the last slash. */
static uint64_t
package_hash(const char *name)
{
	const size_t path = strcspn(name, "([");
	size_t n = 0;

	for (size_t i = 0; i < path; i++)
		if (name[i] == '/')
			n = i + 1;
	n += strcspn(name + n, ".([");
	return hash_bytes(name, n, 1);
}

static void
colour(const struct stacks *s, const struct flame_box *b, const char *name, char out[8])
{
	static const int grown[3] = { 229, 57, 53 }, shrunk[3] = { 66, 133, 244 };
	static const int warm[6][3] = { { 255, 167, 38 }, { 255, 112, 67 }, { 255, 202, 40 },
	    { 212, 163, 115 }, { 239, 131, 84 }, { 200, 180, 90 } };
	const double d = (double)b->b - (double)b->a;

	if (b->frame == FLAME_MORE)
		snprintf(out, 8, "#d8d8d8");
	else if (!s->both)
		mixed(0.85, warm[package_hash(name) % 6], out);
	else if (b->w <= 0 || !(fabs(d) > b->w * 0.001))
		snprintf(out, 8, "#e4e4e4");
	else
		mixed(fabs(d) / b->w, d > 0 ? grown : shrunk, out);
}

static void
amount(const struct stacks *s, int64_t v, bool sign, char *out, size_t size)
{
	char text[UNITS_LABEL_MAX];

	units_label(v, slice_of(s->unit), slice_of("auto"), text, sizeof text);
	snprintf(out, size, "%s%s", sign && v > 0 ? "+" : "", text);
}

static enum err
put_tip(const struct stacks *s, const struct flame *f, const struct flame_box *b, struct buf *out)
{
	char va[UNITS_LABEL_MAX + 2], vb[UNITS_LABEL_MAX + 2], vd[UNITS_LABEL_MAX + 2];
	const double part = f->w > 0 ? 100 * b->w / f->w : 0;

	amount(s, b->a, false, va, sizeof va);
	amount(s, b->b, false, vb, sizeof vb);
	amount(s, stacks_delta(b->a, b->b), true, vd, sizeof vd);
	if (s->both)
		return buf_add_fmt(out, "\n%s (%s to %s), %.1f%% of the width", vd, va, vb, part);
	amount(s, b->self_b, false, va, sizeof va);
	return buf_add_fmt(out, "\n%s, itself %s, %.1f%%", vb, va, part);
}

/* "+main.run": the sign stands where colour does not carry. */
static char
sign_of(const struct stacks *s, const struct flame_box *b)
{
	return !s->both ? ' ' : b->b > b->a ? '+' : b->b < b->a ? '-' : '=';
}

static enum err
put_label(const struct flame_box *b, char sign, const char *name, struct buf *out)
{
	enum err e = buf_add_byte(out, sign);

	if (b->frame == FLAME_MORE)
		return e == ERR_OK ? buf_add_fmt(out, "(%u more)", b->more) : e;
	return e == ERR_OK ? escape_xml(out, slice_of(name)) : e;
}

/* As many characters as fit, cut at whole ones. */
static enum err
put_short(const struct flame_box *b, char sign, const char *name, double px, struct buf *out)
{
	const size_t room = px < 3 * CHARACTER + 6 ? 0 : (size_t)((px - 6) / CHARACTER);
	size_t n = strlen(name);

	if (room == 0)
		return ERR_OK;
	if (b->frame == FLAME_MORE)
		return room >= 12 ? put_label(b, sign, name, out) : ERR_OK;
	if (n + 1 <= room)
		return put_label(b, sign, name, out);
	for (n = room - 3; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;)
		n--;
	if (buf_add_byte(out, sign) != ERR_OK || escape_xml(out, slice_make(name, n)) != ERR_OK)
		return ERR_LIMIT;
	return buf_add_str(out, "..");
}

static enum err
put_box(const struct stacks *s, const struct flame *f, const struct flame_box *b, double inner,
    struct buf *out)
{
	const char *name = b->frame == FLAME_MORE ? "" : stacks_name(s, b->frame);
	const double x = b->x / f->w, w = b->w / f->w;
	const int y = TOP + (int)b->depth * ROW;
	const char sign = sign_of(s, b);
	char fill[8];
	enum err e;

	colour(s, b, name, fill);
	e = buf_add_fmt(out,
	    "<g class=\"b\" data-x=\"%.9f\" data-w=\"%.9f\" data-d=\"%u\" data-n=\"",
	    x, w, b->depth);
	if (e == ERR_OK)
		e = put_label(b, sign, name, out);
	if (e == ERR_OK)
		e = buf_add_str(out, "\"><title>");
	if (e == ERR_OK)
		e = put_label(b, sign, name, out);
	if (e == ERR_OK)
		e = put_tip(s, f, b, out);
	if (e == ERR_OK)
		e = buf_add_fmt(out,
		    "</title><rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
		    "rx=\"1\" fill=\"%s\"/><text x=\"%.2f\" y=\"%d\">", SIDE + x * inner, y,
		    w * inner > 0.2 ? w * inner : 0.2, ROW - 1, fill, SIDE + x * inner + 3, y + 13);
	if (e == ERR_OK)
		e = put_short(b, sign, name, w * inner, out);
	return e == ERR_OK ? buf_add_str(out, "</text></g>\n") : e;
}

static enum err
put_head(const struct stacks *s, const struct flame *f, const struct svg_options *o, int width,
    struct buf *out)
{
	const int height = TOP + (int)(f->depth != 0 ? f->depth : 1) * ROW + FOOT;
	enum err e = buf_add_fmt(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" data-inner=\"%d\">\n<title>", width, height, width, height,
	    width - 2 * SIDE);

	if (e == ERR_OK)
		e = escape_xml(out, slice_of(o->title));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "</title>\n%s<text class=\"t\" x=\"%d\" y=\"20\">", style,
		    SIDE);
	if (e == ERR_OK)
		e = escape_xml(out, slice_of(o->title));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "</text>\n<text class=\"d\" x=\"%d\" y=\"37\">", SIDE);
	if (e == ERR_OK && o->subtitle != NULL)
		e = escape_xml(out, slice_of(o->subtitle));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "</text>\n<text class=\"d\" x=\"%d\" y=\"53\">%s"
		    "click: zoom, Esc: all of it</text>\n"
		    "<text class=\"k\" id=\"search\" x=\"%d\" y=\"20\">search</text>\n"
		    "<text class=\"k off\" id=\"reset\" x=\"%d\" y=\"20\">all of it</text>\n"
		    "<text class=\"d\" id=\"say\" x=\"%d\" y=\"%d\"></text>\n", SIDE,
		    s->both ? "red + grew, blue - shrank, grey = neither; " : "", width - 60,
		    width - 150, SIDE, height - 8);
	return e;
}

enum err
svg_write(const struct stacks *s, const struct flame *f, const struct svg_options *o,
    struct buf *out)
{
	const int width = o->width > 200 ? o->width : 1200;
	enum err e = put_head(s, f, o, width, out);

	for (uint32_t i = 0; i < f->count && e == ERR_OK && f->w > 0; i++)
		e = put_box(s, f, &f->box[i], width - 2 * SIDE, out);
	if (e == ERR_OK && f->count == 0)
		e = buf_add_fmt(out, "<text x=\"%d\" y=\"%d\">nothing to show: no stack has a "
		    "width</text>\n", SIDE, TOP + 13);
	if (e == ERR_OK)
		e = buf_add_str(out, script);
	return e == ERR_OK ? buf_add_str(out, "</svg>\n") : e;
}
