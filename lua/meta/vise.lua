---@meta vise
-- Type stubs of the module `vise` for editors (LuaLS). Functions that wait are ---@async: turn on the diagnostics
-- await-in-sync and not-yieldable, and a wait inside a callback that must not wait is flagged before anything runs.

---@class vise
---@field api {major: integer, minor: integer}
---@field plugin? {name: string, version: string, dir: string, options: table<string, any>}
---@field args string[] # what stood behind -- on the command line
---@field params table<string, string> # --set of a bare script, as text
---@field state table # of a plugin: kept between its processes, as JSON, 1 MB
local vise = {}

---@alias vise.Duration number|string # seconds, or text such as "500ms"
---@alias vise.Pattern string|vise.Rx # a string is literal text

---@class vise.Error
---@field code string # timeout eof busy lost lost_place device_fault at_error verify wrong_mode infra tool_failed denied cancelled ...
---@field msg string
---@field where string # file:line of the caller
---@field trace? string # where it was raised: the calls on the way there
---@field next? string
---@field cause? vise.Cause # the error of the plugin or board profile that was asked

---An error that crossed from one process to another: texts, numbers and truth values of it, 24 at most, of 500 bytes (a trace: 4096).
---@class vise.Cause: vise.Error
---@field plugin? string # whose
---@field what? string # "service cam.shoot", "command cam.shoot", "reset of board NAME"

---@class vise.Rx
local Rx = {}
---The groups, or the whole match when there are none; nil when there is no match.
---@param s string
---@return string? ...
function Rx:match(s) end
---@param s string
---@return integer? first, integer last, string[] groups, table<string, string> named
function Rx:find(s) end

---@class vise.Task
local Task = {}
---@async
---@param timeout? vise.Duration
---@return any ... # what the function returned; raises what it raised
function Task:await(timeout) end
---@param why? string
function Task:cancel(why) end
---@return "ready"|"running"|"waiting"|"done"|"failed"
function Task:status() end

---@class vise.Subscription
local Subscription = {}
function Subscription:close() end

---@class vise.Match
---@field index integer # which pattern of the list
---@field name? string
---@field text string
---@field before string # what was consumed in front of it
---@field cap (string|false)[]
---@field named table<string, string|false>
---@field time number # seconds waited
---@field offset integer # in the console's stream

---@class vise.ExpectOptions
---@field timeout? vise.Duration # of the whole wait; 5 s
---@field idle? vise.Duration # ends the wait when nothing came for so long
---@field quiet? vise.Duration # a match counts only when nothing follows it for so long
---@field never? vise.Pattern|vise.Pattern[] # raises device_fault
---@field strip? boolean # terminal escapes do not count (true)

---@class vise.SendOptions
---@field pace? {byte?: vise.Duration, line?: vise.Duration, chunk?: integer, every?: vise.Duration}
---@field echo? "skip"|"verify"
---@field timeout? vise.Duration # of the echo

---@class vise.Console
---@field name string
local Console = {}

---Wait for the earliest of several patterns. Strings are literal text, `vise.rx` values are patterns.
---@async
---@param patterns vise.Pattern|(vise.Pattern|{[1]: vise.Pattern, name: string})[]
---@param opt? vise.ExpectOptions
---@return vise.Match match # raises timeout, eof, lost, busy, device_fault, cancelled
function Console:expect(patterns, opt) end
---As expect, but a failure gives nil and the error.
---@async
---@param patterns vise.Pattern|(vise.Pattern|{[1]: vise.Pattern, name: string})[]
---@param opt? vise.ExpectOptions
---@return vise.Match? match, vise.Error? err
function Console:try_expect(patterns, opt) end
---All of them, in any order, within one deadline.
---@async
---@param patterns vise.Pattern[]
---@param opt? vise.ExpectOptions
---@return vise.Match[]
function Console:expect_all(patterns, opt) end
---None of them for so long, or the verdict `verify`.
---@async
---@param patterns vise.Pattern|vise.Pattern[]
---@param seconds? vise.Duration
function Console:expect_none(patterns, seconds) end
---Wait until nothing came for `quiet`.
---@async
---@param quiet? vise.Duration
---@param timeout? vise.Duration
function Console:settle(quiet, timeout) end
---@async
---@param opt? {timeout?: vise.Duration}
---@return string line # without its end
function Console:read_line(opt) end
---@async
---@param opt? {timeout?: vise.Duration}
---@return fun(): string?
function Console:lines(opt) end
---One AT exchange. An answer other than OK raises at_error. With a prefix only the lines that begin so, without it.
---@async
---@param command string
---@param opt? {timeout?: vise.Duration, prefix?: string, expect?: string, ok?: string, err?: string, data?: string, raw?: boolean, idle?: vise.Duration, eol?: string}  # ok, err: further lines that end it well or badly, "DONE|READY*"
---@return string[] lines, string result
function Console:at(command, opt) end
---@async
---@param command string
---@param opt? {timeout?: vise.Duration, prefix?: string, expect?: string}
---@return string[]? lines, string|vise.Error result
function Console:try_at(command, opt) end
---Exactly these bytes. Waits with pace or echo.
---@param bytes string
---@param opt? vise.SendOptions
function Console:send(bytes, opt) end
---@param text string # the profile's line end is added
---@param opt? vise.SendOptions
function Console:line(text, opt) end
---@param digits string # "0d 0a"
---@param opt? vise.SendOptions
function Console:hex(digits, opt) end
---Exactly n bytes; without n what has come, at least one. A timeout consumes nothing.
---@async
---@param n? integer
---@param opt? {timeout?: vise.Duration}
---@return string
function Console:read(n, opt) end
---Text that must not come: each wait on this console raises device_fault when it does.
---@param patterns vise.Pattern|vise.Pattern[]
---@return vise.Subscription
function Console:never(patterns) end
---The same console with a cursor of its own, from here on.
---@return vise.Console
function Console:reader() end
---@return string? path # of every byte of this console
function Console:transcript() end
---@return "open"|"lost"|"ended" state, integer losses
function Console:state() end
---Called for each whole line; it must not wait, and it has 50 ms. A table of patterns calls each with the line and the groups. meta is the
---same table each time.
---@param fn (fun(line: string, meta: {console: string, time: number}))|table<vise.Pattern, fun(line: string, ...: string)>
---@return vise.Subscription
function Console:on_line(fn) end
---What has come is not looked at any more.
function Console:flush() end
---@return string # received and not consumed
function Console:pending() end
---@async
---@return {dtr: boolean, rts: boolean, cts: boolean, dsr: boolean, dcd: boolean, ri: boolean}
function Console:get_signals() end
---The people at the screen have the console until they press the key.
---@async
---@param opt? {prompt?: string, until_key?: string, timeout?: vise.Duration}
function Console:interact(opt) end
---Bytes as they come, in any pieces, to a decoder that keeps what is not whole yet. A record that nobody takes is logged.
---@param t {name: string, feed: (fun(bytes: string): any), on_record?: fun(record: any)}
---@return vise.Subscription
function Console:decode(t) end
---@async
---@param text? string
function Console:mark(text) end
---What the bench does when a line matches, as the command trigger.add; it stays when the script ends, and goes with a plugin. Text is
---literal. A function is called in a task, and goes with the script.
---@async
---@param pattern vise.Pattern
---@param action? "notice"|"alarm"|"mark"|"macro"|"workflow"|"command"|"log"|"log-stop"|"stop"|async fun(line: string, meta: {console: string, offset: integer})
---@param opt? {arg?: string, once?: boolean, cooldown?: vise.Duration}
---@return integer id # for trigger.remove, trigger.off
---@overload fun(self: vise.Console, t: {p: vise.Pattern, ["do"]?: string, run?: (async fun(line: string, meta: table)), arg?: string, once?: boolean, cooldown?: vise.Duration}): vise.Subscription  # until it is closed; do: "notify", "run", "stop" or an action
function Console:trigger(pattern, action, opt) end
---@async
---@param seconds? vise.Duration
function Console:brk(seconds) end
---@async
---@param lines {dtr?: boolean, rts?: boolean}
function Console:signals(lines) end
---@async
---@param o {baud?: integer, settings?: string, data?: integer, parity?: string, stop?: integer, flow?: string, dtr?: boolean, rts?: boolean, rs485?: string}
function Console:set(o) end
---@async
---@param steps string # "reset", "esp-boot", "D0|R1|W0.1|D1|R0"
function Console:pulse(steps) end
---@async
---@return boolean # the port went away
function Console:touch() end
---The port is another program's while fn runs.
---@async
---@param fn fun(device: string): any
function Console:lend(fn) end
---@async
function Console:close() end
---What the bench says of it; a single field is con.info.baud.
---@return table?
function Console:info() end

---@class vise.Job
---@field code? integer
---@field signal? integer
---@field out string # all output
---@field err string # its last line when it failed
---@field state string

---@class vise.Proc
---@field id integer
local Proc = {}
---@async
---@return vise.Job
function Proc:wait() end
function Proc:kill() end
---@return string # "running", "ok", "failed"
function Proc:status() end
---@return integer
function Proc:pid() end
---@async
---@param patterns vise.Pattern|vise.Pattern[]
---@param opt? {timeout?: vise.Duration}
---@return vise.Match
function Proc:expect(patterns, opt) end

---@class vise.Launch
---@field cmd string # a program, never a shell line
---@field args? (string|number)[]
---@field cwd? string
---@field env? table<string, string>
---@field pty? boolean
---@field timeout? vise.Duration
---@field stdin? string # all of its standard input, at most 1 MB; it ends behind it
---@field check? boolean # run: an exit status other than 0 raises tool_failed
---@field on_line? fun(line: string)
---@field name? string
---@field kind? "run"|"flash"|"build"|"debug"

---Where a program stands (or what it does): state is "running", "stopped" or "exited".
---@class vise.Stand
---@field state string
---@field reason? string  # "breakpoint", "end-stepping-range", "signal-received" ...
---@field func? string
---@field file? string
---@field line? integer
---@field addr? integer
---@field breakpoint? integer  # its id
---@field signal? string
---@field code? integer  # exit status

---@class vise.Debugged
---@field kind? "gdb"|"dlv"  # of a program here: gdbserver and gdb, or Delve
---@field board? string|table  # its profile says how; kind is not needed
---@field debug? table  # { method =, ... } as in a board profile, see vise-profile(5)
---@field file? string
---@field server? string  # HOST:PORT of a GDB server, or with kind "dlv" of a headless Delve, that runs already
---@field args? string[]
---@field host? string  # kind: the program is there, by ssh
---@field cwd? string
---@field timeout? vise.Duration  # of each answer; 30 s
---@field name? string

---A debug session that the script drives, seen in the workbench as any other; one task at a time uses it. The program stands at
---first. Raises eof when the session has ended, tool_failed with the debugger's words, usage while the program runs.
---@class vise.Debug
local Debug = {}
---@param loc string|integer # function, FILE:LINE or address
---@param opt? {condition?: string, temporary?: boolean}
---@async
---@return {id: integer, func?: string, file?: string, line?: integer, addr?: integer}
function Debug:break_at(loc, opt) end
---@param id integer
---@async
function Debug:clear(id) end
---It runs; wait() waits until it stands.
---@async
function Debug:continue() end
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:step(timeout) end
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:next(timeout) end
---Until the function returns.
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:finish(timeout) end
---One instruction.
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:stepi(timeout) end
---Until it stands or has exited; raises timeout when it runs on.
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:wait(timeout) end
---Stops it where it is.
---@async
---@param timeout? vise.Duration
---@return vise.Stand
function Debug:halt(timeout) end
---What was heard last; asks nobody.
---@return vise.Stand
function Debug:where() end
---@async
---@param n? integer # frames, 50
---@return {level: integer, func?: string, file?: string, line?: integer, addr?: integer}[]
function Debug:stack(n) end
---The value as the debugger writes it.
---@async
---@param expr string
---@return string
function Debug:eval(expr) end
---Arguments and locals of the innermost frame.
---@async
---@return {name: string, type?: string, value?: string, arg?: boolean}[]
function Debug:variables() end
---@async
---@return table<string, string>
function Debug:registers() end
---One of gdb's own commands, "monitor reset": what it says. Delve has none: raises unsupported.
---@async
---@param text string
---@return string
function Debug:command(text) end
---Ends debugger and servers, as <close> and the end of the script do.
---@async
function Debug:stop() end
---@param o vise.Debugged
---@async
---@return vise.Debug
function vise.launch.debug(o) end

---A place of this run, see vise-place(5): one that the command line holds (`--place NAME`; t.board.place is that of a test's
---board), or one that vise.place.acquire took. When it is lost (its lease is over, `vise place release --kick`, somebody else took
---it from labgrid) the error lost_place is raised once, in the task that took it, where it waits: a task that took it and is done
---hands it on to the one that made it. It may be caught; deferred functions and <close> run as ever and may wait. Every later
---use of the place raises lost_place again. Of a place of the command line all tasks are told, no further test begins, ten
---seconds later what still runs is interrupted, and the exit status is 3.
---@class vise.Place
---@field name string
---@field as string  # the board's name in this run
---@field board? string
---@field console? string  # for vise.console.open
---@field baud? integer
---@field probe? string  # serial number of the debug probe
---@field ssh? string
---@field tags? string[]
---@field left? boolean  # its last holder died: it may be in any state
---@field until? number  # when the lease ends, seconds of 1970
local Place = {}
---By the command that the place's file names. Raises tool_failed, unsupported.
---@async
---@param act "on"|"off"|"cycle"
function Place:power(act) end
---The lease ends that long from now. Raises lost_place.
---@async
---@param time vise.Duration
function Place:renew(time) end
---Gives back what vise.place.acquire took, as <close> and the end of the script do; done when it is free.
---@async
function Place:release() end
vise.place = {}
---Takes a place: NAME, "tag=A,B" or "labgrid:NAME". Without wait at once or not at all; without lease for as long as the script
---runs. A plugin needs "places" in its plugin.json. Raises busy, config, lost_place.
---@async
---@param match string
---@param opt? {wait?: vise.Duration, lease?: vise.Duration, reason?: string, as?: string}  # reason: what others are told; as: its name in this run
---@return vise.Place
function vise.place.acquire(match, opt) end
---Without a name the first, nil when the run has none.
---@param name? string
---@return vise.Place?
function vise.place.get(name) end

---@class vise.Test
---@field params table<string, any>
---@field console vise.Console
---@field board? table
local Test = {}
---@async
---@generic T
---@param name string
---@param fn fun(...): T
---@return T
function Test:step(name, fn, ...) end
---A verdict: exit status 1, whatever the word.
---@param code string
---@param fmt string
function Test:fail(code, fmt, ...) end
---@param got any
---@param want any
---@param msg? string
function Test:eq(got, want, msg) end
---@param v any
---@param msg? string
function Test:ok(v, msg) end
---A text must be in it as it stands, a vise.rx match; gives what was found.
---@param s string
---@param p vise.Pattern
function Test:match(s, p) end
---@param got number
---@param want number
---@param eps number
function Test:near(got, want, eps) end
---@param code string
---@param fn function
---@return vise.Error
function Test:raises(code, fn, ...) end
---@param why? string
function Test:skip(why) end
---@param name string
---@param value any
---@param opt? {unit?: string, min?: number, max?: number, at?: integer}
function Test:measure(name, value, opt) end
---A row of the result table.
---@param values table<string, string|number>
function Test:row(values) end
---@param done number
---@param total number
---@param text? string
function Test:progress(done, total, text) end
---Kept with the attempt (`vise test --artifacts DIR`).
---@async
---@param name string # a file name
---@param data string|{path: string} # path: a file that vise.fs may read
---@param mime? string
function Test:attach(name, data, mime) end
---A verdict in fn does not end the test; it fails at its end.
---@async
---@param fn function
function Test:soft(fn, ...) end
---The value of a fixture; made when first asked for in its scope.
---@async
---@param fixture string|table
---@return any
function Test:use(fixture) end

---@class vise.TestOptions
---@field timeout? vise.Duration # of all attempts together; 60 s
---@field tags? string|string[]
---@field needs? string|string[] # boards (--port NAME=...)
---@field retries? integer # of a failure of the bench; 1
---@field retry_fails? boolean # verdicts too
---@field only? boolean
---@field skip? boolean|string
---@field may_fault? boolean # text of the profile's never list is no failure

---In a file of `vise test`.
---@param name string
---@param opt vise.TestOptions
---@param fn async fun(t: vise.Test)
---@overload fun(name: string, fn: async fun(t: vise.Test))
function vise.test(name, opt, fn) end
---@param name string
---@param o {scope?: "test"|"file"|"run", setup: (async fun(t: vise.Test): any), teardown?: (async fun(value: any)), timeout?: vise.Duration}
---@return table
function vise.fixture(name, o) end

---@class vise.Param
---@field type "choice"|"enum"|"text"|"int"|"number"|"bool"|"duration"|"bytes"|"string"|"url"
---@field values? string[]
---@field default? any
---@field min? number
---@field max? number
---@field required? boolean
---@field doc? string

---@param t {id: string, title?: string, doc?: string, params?: table<string, vise.Param>, needs?: string[], timeout?: vise.Duration, board?: string, columns?: (string|{name: string, unit?: string})[], plan?: (fun(params: table): string|string[]), run: async fun(t: vise.Test)}
function vise.workflow(t) end
---@param t {id: string, name?: string, match?: table[], console?: table, memory?: table<string, integer[]>, never?: vise.Pattern[], elf?: string, svd?: string, triggers?: {pattern: vise.Pattern, action?: string, arg?: string, once?: boolean, cooldown?: vise.Duration, console?: string}[], flash?: async fun(b: table, file: string, opt: table), reset?: async fun(b: table, opt: table), debug?: table|fun(b: table, file: string, opt: table): string[]|table, power?: async fun(b: table, state: string), [string]: any}
function vise.board(t) end
---Hooks for a profile's openocd method that keep FPSCR over single steps, once the floating point unit is on.
---@return table<string, string>
function vise.fpscr_hooks() end
---A step has one of at, send, line, expect, ready, wait, gate, check, when, times, set, call, fail.
---@class vise.Step
---@field name? string
---@field why? string said in front of a failure
---@field optional? boolean
---@field on_error? vise.Step[]
---@field on_timeout? vise.Step[]
---@field at? string
---@field prefix? string
---@field save? string
---@field match? vise.Pattern
---@field data? string
---@field raw? boolean
---@field idle? vise.Duration
---@field eol? "cr"|"lf"|"crlf"|"none"
---@field good? string
---@field bad? string
---@field fails? boolean
---@field send? string
---@field line? string
---@field expect? vise.Pattern
---@field ready? vise.Pattern
---@field timeout? vise.Duration
---@field wait? vise.Duration
---@field gate? string
---@field of? string
---@field check? string|fun(vars: table, ctx: table): boolean
---@field when? string|fun(vars: table, ctx: table): boolean
---@field steps? vise.Step[]
---@field otherwise? vise.Step[]
---@field times? integer
---@field every? vise.Duration
---@field until_? string|fun(vars: table, ctx: table): boolean
---@field set? table
---@field call? fun(vars: table, ctx: table): table?
---@field keeps? string[]
---@field fail? string
---@field code? string

---@class vise.Field
---@field name string
---@field label? string
---@field unit? string
---@field value? fun(raw: string, vars: table): any
---@field words? table|fun(value: any, vars: table): string?
---@field format? string
---@field bar? number[] { lowest, highest }

---@param t {id: string, title?: string, doc?: string, keys?: string, board?: string, at?: string, prefix?: string, match?: vise.Pattern, send?: string, expect?: vise.Pattern, timeout?: vise.Duration, delay?: vise.Duration, repeat_every?: vise.Duration, params?: table<string, vise.Param>, steps?: vise.Step[], result?: (string|vise.Field)[], verdict?: (fun(vars: table): string?), limit?: vise.Duration, resume?: boolean|vise.Duration, run?: async fun(ctx: table): table?}
function vise.macro(t) end

---A decoder. Which lines it gets is in plugin.json: "provides": ["decoder:ID"], "decoders": { ID: { "literal": "..." } }.
---@param t {id: string, doc?: string, feed: fun(line: string, meta: {console: string, offset: integer}): nil|string|{text?: string|string[], level?: "info"|"warn"|"crash", notice?: string, gauges?: table<string, number|{[1]: number, [2]: string}>}}
function vise.decoder(t) end

---A word of a command line for vise.cmd, so that it stays one.
---@param text string
---@return string
function vise.quote(text) end
---@async
---@param seconds vise.Duration
function vise.sleep(seconds) end
---@return number # monotonic seconds
function vise.now() end
---@param fn async fun(...)
---@return vise.Task
function vise.spawn(fn, ...) end
---@param seconds vise.Duration
---@param fn async fun()
---@return vise.Task
function vise.after(seconds, fn) end
---@param seconds vise.Duration
---@param fn async fun() # false ends it
---@param opt? {now?: boolean, times?: integer}  # now: at once, too; times: so often
---@return vise.Task
function vise.every(seconds, fn, opt) end
---Run at the end of this task, newest first, whatever happened.
---@param fn async fun()
function vise.defer(fn) end
---@async
---@param tasks vise.Task[]
---@return any[]
function vise.all(tasks) end
---@async
---@param tasks vise.Task[]
---@return integer index, any ...
function vise.any(tasks) end
---@async
---@param seconds vise.Duration
---@param fn async fun(...)
---@return any ...
function vise.timeout(seconds, fn, ...) end
---@param code string
---@param fmt string
function vise.fail(code, fmt, ...) end
---Any command of the bench, in the syntax of the palette.
---@async
---@param line string
---@return any
function vise.cmd(line) end
---@param pattern string
---@param flags? "i"
---@return vise.Rx
function vise.rx(pattern, flags) end
---@param text string
---@return vise.Rx
function vise.lit(text) end

vise.console = {}
---@async
---@param name? string
---@return vise.Console
function vise.console.get(name) end
---@async
---@param spec string
---@param opt? {name?: string, baud?: integer, data?: integer, parity?: string, stop?: integer, flow?: string, dtr?: string, rts?: string}
---@return vise.Console
function vise.console.open(spec, opt) end
---@return string[]
function vise.console.list() end

vise.launch = {}
---@async
---@param o vise.Launch
---@return vise.Job
function vise.launch.run(o) end
---What a script, a workflow or a run of tests left running is stopped when that ends.
---@async
---@param o vise.Launch
---@return vise.Proc
function vise.launch.start(o) end

---@class vise.Build
---@field rows string[] # as for `vise build`: "linux/arm64", "linux/arm/6,ldflags=-s -w", a board, FILE.env, "host"
---@field package? string # "."
---@field cwd? string # folder it runs in
---@field dir? string # of the files: "dist"
---@field jobs? integer
---@field tags? string
---@field ldflags? string
---@field trimpath? boolean
---@field smoke? boolean
---@field smoke_args? string
---@field smoke_time? string
---@field smoke_runs? integer
---@field expect? string
---@field sbom? boolean
---@field dry? boolean
---@field args? string[] # for go build
---@field timeout? vise.Duration
---@field on_row? fun(row: table, done: integer, all: integer) # a row's state is another

---`vise build` as a job of the bench. A row that is refused or fails is no error: its state says it.
---@async
---@param o vise.Build
---@return {go: string, package: string, dir: string, rows: table[], status: integer}
function vise.build(o) end

vise.log = {}
---@param fmt string
function vise.log.debug(fmt, ...) end
---@param fmt string
function vise.log.info(fmt, ...) end
---@param fmt string
function vise.log.warn(fmt, ...) end
---@param fmt string
function vise.log.error(fmt, ...) end

---@class vise.CommandSpec
---@field id string # as people type it: "cam.shoot"; name says the same
---@field title? string # shown in the palette
---@field doc? string
---@field keys? string # of the mode global: ", h"
---@field run async fun(...: string): any # its arguments are texts; what it gives is the answer
---@field complete? fun(word: string): string[] # what the word may become: the shell's Tab behind `vise plugin run ID`, plugin.complete

---A line of the palette, of `vise plugin run ID -- ARGS` and of every bench: plugin.run ID. Needs "command:ID" in provides.
---@param t vise.CommandSpec
function vise.command(t) end
---A key. A key that is taken is not shadowed.
---@param mode "live"|"global"|"console"|"board"|"snapshots"|"profile"|"jobs"|"list"
---@param keys string # as in key files: ", x"
---@param what string|async fun() # a command line, or what to do
function vise.keymap(mode, keys, what) end
---What other plugins may call by this name. Needs "service:NAME" in provides.
---@param name string
---@param fn async fun(...: any): any # arguments and result are copies
function vise.service(name, fn) end
---Asks a service of another plugin; its process is started for it. An error keeps its code.
---@async
---@param service string
---@param ... any
---@return any
function vise.call(service, ...) end
---News of the bench by their type: console, job, notice, mark, gauge.alarm, decoded, trigger, ... Needs "event:TYPE" in provides.
---@param event string
---@param fn async fun(body: table)
---@return vise.Subscription
function vise.on(event, fn) end
---Called when the process of the plugin is told to end.
---@param fn async fun()
function vise.on_unload(fn) end

---@class vise.GaugeSpec
---@field id string # its name on the board pane
---@field unit? string # "B", "%", "C", "Hz", "s", ...
---@field every? vise.Duration # 1 s
---@field read async fun(ctx: {id: string, n: integer, last?: number}): number? # nil and an error are a gap; n: which reading, last: the one before
---@field min? number # for its bar
---@field max? number
---@field doc? string

---A measured quantity. Needs "gauge:ID" in provides.
---@class vise.Gauges
---@overload fun(t: vise.GaugeSpec)
vise.gauge = {}
---The newest value of any gauge of the bench; nil while it has none.
---@async
---@param id string
---@return number? value, string unit
function vise.gauge.get(id) end
---Its last values, oldest first; time in seconds since the bench began.
---@async
---@param id string
---@param n? integer
---@return {time: number, value?: number}[]
function vise.gauge.history(id, n) end
---A notice when a gauge is over or under a limit for so long.
---@param t {gauge: string, above?: number, below?: number, hold?: vise.Duration, level?: "info"|"warn"|"error"|"alarm", msg?: string}
function vise.threshold(t) end
---Looks at the gauges that `on` names, and says what to do about them; the same words are said once. "event:TYPE" in `on` is an event of
---the bench: when it comes, values.event is its body. Needs "advisor:ID" in provides.
---@param t {id: string, on?: string[], every?: vise.Duration, doc?: string, advise: fun(values: table<string, any>): {level?: "info"|"warn"|"error"|"alarm", text: string, action?: string}?}
function vise.advisor(t) end

vise.ui = {}
---A notice on every screen of the bench; in a script a line of output.
---@async
---@param text string
---@param opt? {level?: "info"|"warn"|"error"|"alarm", action?: string}
function vise.ui.notify(text, opt) end
---A word in the message row. Needs "segment:ID" in provides.
---@param t {id: string, side?: "left"|"right", width?: integer, every?: vise.Duration, doc?: string, render: fun(): string?, string?}  # width: columns it always has, at most 30
function vise.ui.segment(t) end
---A table over the panes: view.plugin ID shows it. Needs "pane:ID" in provides.
---@param t {id: string, title?: string, doc?: string, columns?: string[], rows?: (string|number)[][], on_select?: async fun(row: table, n: integer), on_show?: async fun()}
---@return vise.Pane
function vise.ui.table(t) end

---@class vise.Pane
local Pane = {}
---Its rows, all of them.
---@async
---@param rows (string|number)[][]
function Pane:update(rows) end

vise.semver = {}
---@param text string
---@return {major: integer, minor: integer, patch: integer, pre?: string}?
function vise.semver.parse(text) end
---@param a string
---@param b string
---@return -1|0|1
function vise.semver.compare(a, b) end
---@param have? string
---@param want string
---@return boolean
function vise.semver.ge(have, want) end

vise.json = {}
---@param text string
---@return any
function vise.json.decode(text) end
---@param value any
---@param opt? {indent?: integer, sort?: boolean}  # indent: blanks of each level, 0 to 16; sort: keys in order
---@return string
function vise.json.encode(value, opt) end
---@param t table
---@return table
function vise.json.array(t) end

---Values from one task to another, in order.
---@class vise.Chan
local Chan = {}
---Waits while it is full.
---@async
---@param v any # not nil
---@param timeout? vise.Duration
function Chan:send(v, timeout) end
---The oldest value; eof when it is closed and empty.
---@async
---@param timeout? vise.Duration
---@return any
function Chan:recv(timeout) end
---What is in it can still be had.
function Chan:close() end
---@param n? integer # how many values it holds; 1
---@return vise.Chan
function vise.chan(n) end
---Lets others run; raises when this task is cancelled or its time is over.
---@async
function vise.checkpoint() end

---Sizes, hexadecimal text, checksums. vise.bytes("64K") is 65536.
---@class vise.Bytes
---@overload fun(text: string): integer?
vise.bytes = {}
---string.pack
---@param fmt string
---@return string
function vise.bytes.pack(fmt, ...) end
---string.unpack
---@param fmt string
---@param s string
---@return any ...
function vise.bytes.unpack(fmt, s, ...) end
---@param s string
---@param between? string
---@return string # "01 02"
function vise.bytes.hex(s, between) end
---@param text string # pairs of digits, with or without blanks
---@return string
function vise.bytes.unhex(text) end
---Of zlib and Ethernet.
---@param s string
---@param crc? integer # of what came before
---@return integer
function vise.bytes.crc32(s, crc) end
---@param s string
---@param kind? "modbus"|"xmodem"|"ccitt"|"kermit" # modbus
---@return integer
function vise.bytes.crc16(s, kind) end

---Files below two folders and nowhere else. A script has the folder it was started in; a plugin what "fs" of its manifest lists.
---@class vise.Fs
---@field project string? # the folder of the project; what is not whole is below it
---@field artifacts string? # where results go
vise.fs = {}
---@async
---@param path string
---@return string # at most 16 MB
function vise.fs.read(path) end
---@async
---@param path string
---@param text string
function vise.fs.write(path, text) end
---@async
---@param path string
---@param text string
function vise.fs.append(path, text) end
---Names in a folder, sorted.
---@async
---@param path string
---@return string[]
function vise.fs.list(path) end
---nil when it is not there.
---@async
---@param path string
---@return {type: "file"|"folder"|"other", size: integer, mtime: integer}?
function vise.fs.stat(path) end
---@async
---@param path string
function vise.fs.mkdir(path) end
---A file, or an empty folder.
---@async
---@param path string
function vise.fs.remove(path) end
---@async
---@param pattern string # * and ? in the last part
---@return string[] paths
function vise.fs.glob(pattern) end

vise.http = {}
---The body, its type. Another status than 200 raises infra.
---@async
---@param url string
---@param opt? {headers?: table<string, string>, timeout?: vise.Duration, max_bytes?: integer}
---@return string body, string type
function vise.http.get(url, opt) end
---Any status is an answer; no redirect is followed. A body has 2 MB at most, sent or got. A plugin needs the address in "net".
---@async
---@param o {url: string, method?: string, headers?: table<string, string>, body?: string, timeout?: vise.Duration, max_bytes?: integer}
---@return {status: integer, type: string, location?: string, body: string}
function vise.http.request(o) end
---@class vise.Request
---@field method string
---@field path string
---@field query table<string, string>
---@field headers table<string, string>  # names in small letters
---@field body string

---A web server of the script, for what a board or a test asks for: one request a connection, 16 connections at a time (more wait),
---a head of 16 KB, 4 servers.
---@class vise.Server
---@field port integer
---@field url string
---@field served integer  # requests so far
local Server = {}
---Nobody is served any more, requests under way are cancelled; the end of the script or plugin does it too, and <close>.
function Server:close() end
---Serves until it is closed. A route is "/path", "GET /path" or "/path/*"; its function may wait, and gives a text, { status, body,
---type, headers } (a body that is a table is sent as JSON) or nothing (204). One that fails is an answer 500, and is reported.
---host is 127.0.0.1 unless another address is named; port 0 or none takes a free one; max_body: of a request, 2 MB unless said, 16 MB
---at most; timeout: of a whole request, 30 s. In a task only; a plugin needs the address in "serve". Raises busy, limit.
---@param o {routes: table<string, fun(req: vise.Request): any>, host?: string, port?: integer, max_body?: integer, timeout?: vise.Duration}
---@return vise.Server
function vise.http.serve(o) end

---@class vise.Device
---@field path? string # of a serial port
---@field id? string # "0483:374b"
---@field vid? integer
---@field pid? integer
---@field serial? string
---@field interface? integer
---@field product? string
---@field manufacturer? string
---@field driver? string
---@field location? string # USB: "1-2.3"

---What to look for: "VID:PID", a path, or what must be so.
---@alias vise.DeviceMatch string|table<string, string|integer>

vise.serial = {}
---@async
---@return vise.Device[]
function vise.serial.list() end
---The first that matches, or nil.
---@async
---@param match vise.DeviceMatch
---@return vise.Device?
function vise.serial.find(match) end
---@async
---@param match vise.DeviceMatch
---@param timeout? vise.Duration # 10 s
---@return vise.Device
function vise.serial.wait(match, timeout) end

vise.usb = {}
---@async
---@return vise.Device[]
function vise.usb.list() end
---@async
---@param match vise.DeviceMatch
---@param timeout? vise.Duration # 10 s
---@return vise.Device
function vise.usb.wait(match, timeout) end
---A device comes, or goes.
---@param event "add"|"remove"
---@param match vise.DeviceMatch
---@param fn async fun(device: vise.Device)
---@return vise.Subscription
function vise.usb.on(event, match, fn) end

---A profile of a Go program.
---@class vise.Prof
---@field path string # the file
---@field facts table # what it says of itself
local Prof = {}
---@return {type: string, unit: string, sum: integer}[]
function Prof:types() end
---@param kind? string # the profile's own sample type
---@return integer sum, string unit
function Prof:total(kind) end
---@return string # the file's bytes
function Prof:raw() end
---@async
---@param path string
function Prof:save(path) end
---@async
---@param opt? {type?: string, n?: integer, cum?: boolean, focus?: string, ignore?: string, by?: "func"|"line"|"file"}
---@return {name: string, flat: number, cum: number}[]
function Prof:top(opt) end
---@async
---@param opt? {type?: string, focus?: string, ignore?: string}
---@return {stack: string[], value: number}[] # the leaf first
function Prof:stacks(opt) end
---What grew most first.
---@async
---@param base vise.Prof
---@param opt? {type?: string, by?: "stack"|"func"|"line"|"file", n?: integer, focus?: string, ignore?: string}
---@return {stack?: string[], name: string, base: number, now: number, delta: number}[]
function Prof:diff(base, opt) end
---@async
---@param path string # .svg, .folded, .speedscope.json
---@return string path
function Prof:flame(path) end

---@class vise.Series
---@field n integer # snapshots taken
local Series = {}
---The surest leak first.
---@async
---@param opt? {type?: string, limit?: integer}
---@return {name: string, verdict: string, growth: number, slope: number}[]
function Series:growth(opt) end
---No further snapshots.
function Series:stop() end

vise.pprof = {}
---Kept with the bench, on its timeline. A plugin needs "commands": ["profile.*"].
---@async
---@param o {source?: string, kind?: "heap"|"allocs"|"goroutine"|"mutex"|"block"|"threadcreate"|"profile", seconds?: vise.Duration, gc?: boolean, timeout?: vise.Duration}
---@return vise.Prof
function vise.pprof.capture(o) end
---@async
---@param path string
---@return vise.Prof
function vise.pprof.open(path) end
---@async
---@param o {source?: string, kind?: string, every?: vise.Duration, n?: integer, on_each?: async fun(i: integer, series: vise.Series)}
---@return vise.Series
function vise.pprof.series(o) end

---A program file.
---@class vise.Elf
---@field path string
---@field facts table # as `vise image show --json`
local Elf = {}
---@return {name: string, addr: integer, size: integer, flags: string}[]
function Elf:sections() end
---The largest, or those whose name matches.
---@param filter? vise.Pattern
---@return {name: string, size: integer}[]
function Elf:symbols(filter) end
---@return {text: integer, data: integer, bss: integer, bytes: integer, by_pkg: table<string, integer>}
function Elf:size() end
---The frames of each address, the innermost first.
---@async
---@param ... integer|string
---@return {func: string, file: string, line: integer}[] ...
function Elf:addr2line(...) end
---nil for a program that is not Go's.
---@return table?
function Elf:buildinfo() end
---As `vise image diff`.
---@async
---@param other vise.Elf # the newer one
---@return table
function Elf:diff(other) end

vise.elf = {}
---ELF, UF2, Intel HEX or a plain image.
---@async
---@param path string
---@return vise.Elf
function vise.elf.open(path) end

---go build or tinygo build, as a job.
---@async
---@param o {kind?: "go"|"tinygo", pkg?: string, target?: string, tags?: string|string[], ldflags?: string, out: string, env?: table<string, string>, cwd?: string, timeout?: vise.Duration}
---@return string out
function vise.launch.build(o) end
---As `vise flash`.
---@async
---@param o {board?: string, file: string, port?: string, tool?: string, verify?: true, timeout?: vise.Duration}  # tool: one of the profile's methods; every method verifies
function vise.launch.flash(o) end
---@async
---@param o? {board?: string, timeout?: vise.Duration}
function vise.launch.reset(o) end
---The profile's power function.
---@async
---@param o {board?: string, state?: "on"|"off"|"cycle", [1]?: "on"|"off"|"cycle", timeout?: vise.Duration}
function vise.launch.power(o) end

---A connection to a GDB server. Close it, or <close>: what it watched runs on.
---@class vise.Rsp
local Rsp = {}
---@async
---@param addr integer
---@param n integer
---@return string bytes
function Rsp:mem(addr, n) end
---@async
---@param addr integer
---@param bytes string
function Rsp:write(addr, bytes) end
---@async
---@return string bytes # in the order of the server
function Rsp:regs() end
---@async
---@return string reason # "T05..."
function Rsp:halt() end
function Rsp:resume() end
---One instruction.
---@async
---@return string reason
function Rsp:step() end
---@async
function Rsp:close() end
---@async
---@param host string
---@param port integer
---@param opt? {timeout?: vise.Duration}
---@return vise.Rsp
function vise.launch.rsp(host, port, opt) end

---A line of text; nil when it was declined. Where no screen is open: --answer ID=VALUE, else default, else denied.
---@async
---@param o {id?: string, title: string, text?: string, default?: string, secret?: boolean}
---@return string?
function vise.ui.prompt(o) end
---One of the items and its number; with multi a list of items. nil: declined.
---@async
---@param o {id?: string, title: string, text?: string, items: (string|number)[], multi?: boolean, default?: string}
---@return any item, integer? number
function vise.ui.choose(o) end
---@async
---@param o {id?: string, title?: string, text?: string, default?: "yes"|"no"}
---@return boolean # declined is false
function vise.ui.confirm(o) end

---@class vise.Progress
local Progress = {}
---@async
---@param done number
---@param text? string
function Progress:update(done, text) end
---@async
function Progress:close() end
---@param title string
---@param total number
---@return vise.Progress
function vise.ui.progress(title, total) end

return vise
