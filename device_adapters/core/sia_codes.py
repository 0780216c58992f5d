"""SIA event codes: what the two letters mean (SIA DC-03), as far as it concerns a post.

Sources: SIA DC-03-2017 as tabled in PyPI siadc09 1.0.1 ``dc03.py`` and PyPI pysiaalarm 3.2.2 ``data/sia_codes.py``;
home-assistant/core ``components/sia`` (what panels in use send; it leaves HA out). A class with a minus is the end of
it: ``PR`` ends what ``PA`` began. What is not in the table is read by its second letter, as codes are formed.
"""

from __future__ import annotations

from device_adapters.core.alarm_codes import About, Meaning, read_codes
from device_adapters.core.events import AlarmKind, EventClass

_CODES = read_codes("""
AA panel tamper - panel_substituted
AR panel -trouble - ac_loss
AT panel trouble - ac_loss
BA zone alarm intrusion burglary
BB zone trouble - bypassed
BC user ignore - cancelled
BH zone -alarm intrusion burglary
BJ zone -trouble - sensor
BM zone alarm intrusion burglary
BR zone -alarm intrusion burglary
BT zone trouble - sensor
BU zone -trouble - bypassed
BV zone alarm intrusion burglary_verified
BX zone test - burglary_test
BZ zone offline - supervision
CA user ignore - closed
CG user ignore - closed
CL user ignore - closed
CP user ignore - closed
CQ user ignore - closed
CR user ignore - closed
CS user ignore - closed
DA user ignore - card_assigned
DF zone trouble - forced_door
EA zone alarm intrusion exit_alarm
EJ panel -tamper - expander_tamper
ER panel -trouble - expander
ES panel tamper - expander_tamper
ET panel trouble - expander
FA zone alarm fire fire
FB zone trouble - bypassed
FH zone -alarm fire fire
FJ zone -trouble - fire_sensor
FR zone -alarm fire fire
FT zone trouble - fire_sensor
FU zone -trouble - bypassed
FX zone test - fire_test
GA zone alarm fire gas
GH zone -alarm fire gas
GJ zone -trouble - gas_sensor
GR zone -alarm fire gas
GT zone trouble - gas_sensor
HA zone alarm hold_up hold_up
HB zone trouble - bypassed
HH zone -alarm hold_up hold_up
HJ zone -trouble - hold_up_zone
HR zone -alarm hold_up hold_up
HT zone trouble - hold_up_zone
HU zone -trouble - bypassed
HV zone alarm hold_up hold_up_verified
IA panel trouble - equipment
IR panel -trouble - equipment
JA panel trouble - wrong_code
JO panel trouble - log_overflow
KA zone alarm fire heat
KH zone -alarm fire heat
KR zone -alarm fire heat
LR panel -trouble - line_1
LT panel trouble - line_1
MA zone alarm medical medical
MB zone trouble - bypassed
MH zone -alarm medical medical
MJ zone -trouble - medical_zone
MR zone -alarm medical medical
MT zone trouble - medical_zone
MU zone -trouble - bypassed
NA panel trouble - inactivity
NR panel -trouble - network
NT panel trouble - network
OA user ignore - opened
OG user ignore - opened
OP user ignore - opened
OQ user ignore - opened
OR user ignore - opened
OS user ignore - opened
PA zone alarm panic panic
PB zone trouble - bypassed
PH zone -alarm panic panic
PJ zone -trouble - panic_zone
PR zone -alarm panic panic
PT zone trouble - panic_zone
PU zone -trouble - bypassed
QA zone alarm medical emergency
QB zone trouble - bypassed
QH zone -alarm medical emergency
QJ zone -trouble - emergency_zone
QR zone -alarm medical emergency
QT zone trouble - emergency_zone
QU zone -trouble - bypassed
RA panel ignore - remote_programming
RP panel heartbeat - periodic_test
RR panel trouble - reset
RX panel test - manual_test
RY panel heartbeat - trouble:periodic_test
SA zone alarm fire sprinkler
SH zone -alarm fire sprinkler
SR zone -alarm fire sprinkler
TA zone tamper - tamper
TB zone trouble - bypassed
TE panel ignore - walk_test_ends
TH zone -tamper - tamper
TJ zone -tamper - tamper_sensor
TP zone test - walk_tested
TR zone -tamper - tamper
TS panel test - walk_test
TT zone tamper - tamper_sensor
TU zone -trouble - bypassed
TX panel test - test_report
UA zone alarm panic untyped_alarm
UB zone trouble - bypassed
UH zone -alarm panic untyped_alarm
UJ zone -trouble - sensor
UR zone -alarm panic untyped_alarm
UT zone trouble - sensor
UU zone -trouble - bypassed
UX zone trouble - undefined
UY zone offline - supervision
UZ zone offline - supervision
WA zone trouble - water_leak
WH zone -trouble - water_leak
WR zone -trouble - water_leak
XA panel ignore - account_report
XH panel -tamper - rf_jam
XJ panel -tamper - rf_receiver_tamper
XL zone offline - signal_lost
XQ panel tamper - rf_jam
XR zone -low_battery - rf_battery
XS panel tamper - rf_receiver_tamper
XT zone low_battery - rf_battery
YA panel trouble - bell_1
YC panel trouble - communication
YF panel trouble - parameters
YG panel trouble - programming_changed
YH panel -trouble - bell_1
YI panel trouble - overcurrent
YJ panel -trouble - overcurrent
YK panel -trouble - communication
YM panel low_battery - battery_missing
YP panel trouble - power_supply
YQ panel -trouble - power_supply
YR panel -low_battery - system_battery
YS panel trouble - communication
YT panel low_battery - system_battery
YW panel trouble - reset
YX panel trouble - service_request
YZ panel -trouble - service_request
ZA zone trouble - freeze
ZH zone -trouble - freeze
ZR zone -trouble - freeze
""")

# First letters of what a zone can be, and second ones of what can be wrong with it.
_ZONES, _ALARM, _BROKEN = frozenset("BFGHKMPQSUWZ"), "A", frozenset("BSTZ")


def meaning_of(code: str) -> Meaning:
    if known := _CODES.get(code):
        return known
    if code[1] == _ALARM:
        return Meaning(
            EventClass.ALARM, f"alarm_{code}", AlarmKind.PANIC, doubt="an alarm code that is not in our table"
        )
    if code[0] in _ZONES and code[1] in _BROKEN:
        return Meaning(EventClass.TROUBLE, f"code_{code}", AlarmKind.TROUBLE)
    return Meaning(EventClass.IGNORE, f"code_{code}", None, About.PANEL)
