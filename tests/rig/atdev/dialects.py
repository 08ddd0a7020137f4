"""Dialects as data: what each kind of modem answers, and how it fails.

A dialect is { "boot": text, "rows": [(command after AT, answer)], "modes": { MODE: [rows tried first] } }.
An answer is a list of acts, done in order:
  "text"                one information line
  ("=", "OK")           the result code (nothing follows it)
  ("raw", "text")       bytes as they stand
  ("later", S, "text")  bytes after S seconds (URCs)
  ("prompt", "> ", ACTS) text until Ctrl-Z, then ACTS; ("count", GROUP, "> ", ACTS) so many bytes
  ("reboot",)           boot text after a while
\\1 in a text is the first group of the command; {data} the bytes of the data phase.
"""

OK, ERROR = ("=", "OK"), ("=", "ERROR")

NMEA = ("$GNGGA,092725.00,4717.11399,N,00833.91590,E,1,08,1.01,499.6,M,48.0,M,,*45\r\n"
        "$GNRMC,092725.00,A,4717.11437,N,00833.91522,E,0.004,77.52,091202,,,A*46\r\n"
        "$GPGSV,1,1,02,10,45,120,38,24,30,210,41*7A\r\n")


def nmea(lines):
    """The sentences with their true checksums."""
    out = ""
    for line in lines.split("\r\n"):
        if line:
            body = line[1:].split("*")[0]
            check = 0
            for c in body.encode():
                check ^= c
            out += "$%s*%02X\r\n" % (body, check)
    return out


DIALECTS = {
    "esp": {
        "boot": "\r\nets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET)\r\n\r\nready\r\n",
        "rows": [
            (r"\+GMR", ["AT version:2.4.0.0(s-4c6eb5e)", "SDK version:v4.3.3", "Bin version:2.4.0(WROOM-32)", OK]),
            (r"\+CWMODE=([0-3])", [OK]),
            (r"\+CWLAP", ['+CWLAP:(3,"bench",-48,"c0:ff:ee:00:11:22",6)', '+CWLAP:(0,"guest",-71,"c0:ff:ee:00:11:23",11)',
                          '+CWLAP:(4,"attic",-88,"c0:ff:ee:00:11:24",1)', OK]),
            (r'\+CWJAP="bench","secret"', ["WIFI CONNECTED", "WIFI GOT IP", OK]),
            (r"\+CWJAP=.*", ["WIFI DISCONNECT", "+CWJAP:2", ERROR]),
            (r"\+CIFSR", ['+CIFSR:STAIP,"192.168.4.17"', '+CIFSR:STAMAC,"c0:ff:ee:00:11:99"', OK]),
            (r"\+CIPMUX=[01]", [OK]),
            (r'\+CIPSTART="TCP","(refuse[^"]*)",\d+', ["CLOSED", ERROR]),
            (r'\+CIPSTART="TCP",".*",\d+', ["CONNECT", OK]),
            (r"\+CIPSEND=(\d+)", [OK, ("count", 1, "> ", ["Recv \\1 bytes", ("=", "SEND OK"),
                                                          ("later", 0.05, "\r\n+IPD,\\1:{data}")])]),
            (r"\+CIPCLOSE", ["CLOSED", OK]),
            (r"\+RST", [OK, ("reboot",)]),
            (r"\+RESTORE", [OK, ("reboot",)]),
        ],
        "modes": {"busy": [(r".+", [("=", "busy p...")])]},
    },
    "simcom": {
        "boot": "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nSMS Ready\r\n",
        "rows": [
            (r"\+CMEE=[012]", [OK]),
            (r"\+CPIN\?", ["+CPIN: READY", OK]),
            (r"\+CCID", ["+CCID: 89490200001234567890", OK]),
            (r"\+QCCID", ["+QCCID: 89490200001234567890", OK]),
            (r"\+CSQ", ["+CSQ: 21,0", OK]),
            (r"\+CREG\?", ["+CREG: 2", '+CREG: 0,1', OK]),      # news of the same name first
            (r"\+CEREG\?", ['+CEREG: 2,5,"1A2B","01C3D4E5",7', OK]),
            (r"\+CREG=\d", [OK]),
            (r"\+COPS\?", ['+COPS: 0,0,"bench net",7', OK]),
            (r"\+COPS=\?", [('later', 0.4, '\r\n+COPS: (2,"bench net","bn","26201",7),(1,"other","ot","26202",2),,'
                             '(0-4),(0-2)\r\n\r\nOK\r\n')]),
            (r"\+C?GSN", ["867322041234567", OK]),
            (r"\+CIMI", ["262011234567890", OK]),
            (r"I", ["SIMCOM INCORPORATED", "SIMCOM_SIM7600E", "Revision: SIM7600M22_V1.1", "+GCAP: +CGSM", OK]),
            (r"\+CGMM", ["SIMCOM_SIM7600E", OK]),
            (r"\+CGMR", ["+CGMR: LE20B03SIM7600M22", OK]),
            (r"\+CMGF=[01]", [OK]), (r'\+CSCS=".*"', [OK]),
            (r'\+CMGS="(.*)"', [("prompt", "> ", ["+CMGS: 12", OK])]),
            (r'\+CMGL="?.*', ['+CMGL: 1,"REC UNREAD","+491701234567",,"24/05/01,10:00:00+08"', "OK, see you", OK]),
            (r"\+CGDCONT=(.*)", [OK]), (r"\+CGATT\?", ["+CGATT: 1", OK]), (r"\+CGATT=1", [OK]),
            (r"\+CGACT=1,1", [OK]), (r"\+CGPADDR=1", ['+CGPADDR: 1,"10.64.12.7"', OK]),
            (r"\+CGNSPWR=1", [OK]),
            (r"\+CGNSINF", ["+CGNSINF: 1,1,20240501093000.000,47.285233,8.565265,499.6,0.00,77.5,1,,1.0,1.3,0.9,,12,8,,,41,,", OK]),
            (r"\+QGPS=1", [OK]),
            (r"\+QGPSLOC=2", ["+QGPSLOC: 093000.0,47.28523,8.56527,1.0,499.6,3,77.52,0.0,0.0,010524,08", OK]),
        ],
        "modes": {
            "nosim": [(r"\+(CPIN\?|CREG\?|CEREG\?|CCID|QCCID|CIMI|COPS\?|CMGS=.*|CGACT.*)", [("=", "+CME ERROR: 10")])],
            "nosignal": [(r"\+CSQ", ["+CSQ: 99,99", OK]), (r"\+CREG\?", ["+CREG: 0,3", OK]),
                         (r"\+CEREG\?", ["+CEREG: 0,0", OK]), (r'\+CMGS=.*', [("prompt", "> ", [("=", "+CMS ERROR: 331")])]),
                         (r"\+CGACT=1,1", [("=", "+CME ERROR: 30")]), (r"\+CGATT\?", ["+CGATT: 0", OK]),
                         (r"\+CGATT=1", [("=", "+CME ERROR: 107")]),
                         (r"\+CGNSINF", ["+CGNSINF: 1,0,,,,0.00,,,0,,,,,,6,0,,,38,,", OK]),
                         (r"\+QGPSLOC=2", [("=", "+CME ERROR: 516")])],
        },
    },
    "gnss": {"boot": "", "rows": [], "modes": {}, "stream": (0.2, nmea(NMEA))},
    "gnss-bad": {"boot": "", "rows": [], "modes": {}, "stream": (0.2, NMEA.replace("*45", "*00").replace("*46", "*00"))},
    "gnss-nofix": {"boot": "", "rows": [], "modes": {}, "stream": (
        0.2, nmea("$GNGGA,092725.00,,,,,0,00,99.99,,,,,,*00\r\n$GNRMC,092725.00,V,,,,,,,091202,,,N*00\r\n"))},
    "hm10": {
        "boot": "", "idle": 0.04,                       # no line end in either direction
        "rows": [
            (r"", [("raw", "OK")]),
            (r"\+VERS?\?", [("raw", "HMSoft V540")]), (r"\+VERR\?", [("raw", "HMSoft V540")]),
            (r"\+NAME\?", [("raw", "OK+NAME:bench")]), (r"\+NAME(\w{1,12})", [("raw", "OK+Set:\\1")]),
            (r"\+ADDR\?", [("raw", "OK+ADDR:20C38FF61234")]),
            (r"\+BAUD\?", [("raw", "OK+Get:0")]), (r"\+ROLE\?", [("raw", "OK+Get:0")]),
            (r"\+RESET", [("raw", "OK+RESET")]),
        ],
        "modes": {"busy": [(r"\+NAME.*", [("raw", "ERROR")])]},
    },
}
