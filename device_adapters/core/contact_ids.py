"""Contact ID: what the three digits of an event mean (SIA DC-05), as far as it concerns a post.

Sources: SIA DC-05-2016, Appendix C, as tabled in PyPI siadc09 1.0.1 ``dc05.py`` (names, and what CCC counts);
PyPI pysiaalarm 3.2.2 ``data/adm_mapping.py`` (codes seen from panels in use). Where the two leave a choice it is ours:
what may be a person calling for help is a call, gas and carbon monoxide are as urgent as fire, and what switches a
button off is a trouble. Nothing that a panel's user does ends an alarm: 406 is a note.
"""

from __future__ import annotations

from device_adapters.core.alarm_codes import About, Meaning, ended, read_codes
from device_adapters.core.events import AlarmKind, EventClass

NEW, RESTORE, STILL = "1", "3", "6"

_CODES = read_codes("""
100 zone alarm medical medical
101 zone alarm medical personal_emergency
102 zone alarm medical fail_to_report_in
103 zone alarm medical fall
110 zone alarm fire fire
111 zone alarm fire smoke
112 zone alarm fire combustion
113 zone alarm fire water_flow
114 zone alarm fire heat
115 zone alarm fire pull_station
116 zone alarm fire duct
117 zone alarm fire flame
118 zone trouble - fire_near_alarm
120 zone alarm panic panic
121 user alarm duress duress
122 zone alarm hold_up silent_panic
123 zone alarm panic audible_panic
124 zone alarm duress duress_access
125 zone alarm duress duress_egress
126 user alarm hold_up hold_up_suspicion
129 zone alarm hold_up panic_verified
130 zone alarm intrusion burglary
131 zone alarm intrusion perimeter
132 zone alarm intrusion interior
133 zone alarm intrusion safe
134 zone alarm intrusion entry_exit
135 zone alarm intrusion day_night
136 zone alarm intrusion outdoor
137 panel tamper - tamper
138 zone trouble - near_alarm
139 zone alarm intrusion burglary_verified
140 zone alarm intrusion general_alarm
141 panel trouble - loop_open
142 panel trouble - loop_short
143 panel trouble - module_failure
144 zone tamper - sensor_tamper
145 panel tamper - module_tamper
146 zone alarm intrusion silent_burglary
147 zone offline - sensor_supervision
151 zone alarm fire gas
154 zone trouble - water_leak
158 zone trouble - high_temperature
159 zone trouble - low_temperature
162 zone alarm fire carbon_monoxide
300 panel trouble - system
301 panel trouble - ac_loss
302 panel low_battery - system_battery
305 panel trouble - reset
306 panel trouble - programming_changed
307 panel trouble - self_test
308 panel trouble - shutdown
309 panel low_battery - battery_test
310 panel trouble - ground_fault
311 panel low_battery - battery_missing
312 panel trouble - overcurrent
314 panel trouble - power_supply
316 panel tamper - system_tamper
317 panel tamper - panel_tamper
320 panel trouble - sounder
321 panel trouble - bell_1
322 panel trouble - bell_2
333 panel trouble - module_failure
334 panel trouble - repeater
337 panel trouble - module_dc_loss
338 panel low_battery - module_battery
341 panel tamper - module_tamper
342 panel trouble - module_ac_loss
344 panel tamper - rf_jam
345 panel trouble - encryption_changed
350 panel trouble - communication
351 panel trouble - line_1
352 panel trouble - line_2
353 panel trouble - radio
354 panel trouble - failed_to_report
355 panel trouble - radio_supervision
356 panel trouble - polling_lost
375 zone trouble - panic_zone
376 zone trouble - hold_up_zone
380 zone trouble - sensor
381 zone offline - rf_supervision
382 zone offline - module_supervision
383 zone tamper - sensor_tamper
384 zone low_battery - rf_battery
406 user ignore - cancelled
423 zone trouble - forced_door
461 panel trouble - wrong_code
465 zone ignore - panic_reset
570 zone trouble - bypassed
573 zone trouble - bypassed
574 panel trouble - bypassed
575 zone trouble - bypassed
601 panel test - manual_test
602 panel heartbeat - periodic_test
603 panel heartbeat - rf_test
604 panel test - fire_test
607 panel test - walk_test
608 panel heartbeat - trouble:periodic_test
611 zone test - point_tested
613 zone test - walk_tested
614 zone test - walk_tested
615 zone test - walk_tested
616 panel trouble - service_request
624 panel trouble - log_overflow
626 panel trouble - clock
641 zone trouble - senior_watch
646 zone alarm panic more_help_needed
654 panel trouble - inactivity
914 panel test - hold_up_test
925 zone trouble - bypassed
926 panel trouble - ac_loss_4h
927 panel trouble - output
954 panel trouble - communication
""")

# What is not tabled, by its first digit. The codes from 700 on are the user's own: nobody but who set up the panel
# can tell what they stand for, and it may be a button.
_GROUPS = {
    "1": Meaning(EventClass.ALARM, "alarm", AlarmKind.PANIC, doubt="an alarm code that is not in our table"),
    "2": Meaning(EventClass.TROUBLE, "supervisory", AlarmKind.TROUBLE),
    "3": Meaning(EventClass.TROUBLE, "code", AlarmKind.TROUBLE, About.PANEL),
    "4": Meaning(EventClass.IGNORE, "user", None, About.USER),
    "5": Meaning(EventClass.TROUBLE, "disabled", AlarmKind.TROUBLE, About.PANEL),
    "6": Meaning(EventClass.IGNORE, "code", None, About.PANEL),
    "9": Meaning(EventClass.IGNORE, "code", None, About.PANEL),
}
_OWN = Meaning(EventClass.ALARM, "alarm", AlarmKind.PANIC, doubt="a code that the panel's user made up")
_OPENINGS = frozenset({"400", "401", "402", "403", "407", "408", "409"})


def meaning_of(qualifier: str, code: str) -> Meaning:
    """An unknown qualifier of a call is no reason not to ring."""
    begun = _CODES.get(code) or _named(_GROUPS.get(code[0], _OWN), qualifier, code)
    if qualifier == RESTORE:
        return ended(begun)
    if qualifier in (NEW, STILL) or begun.event_class is not EventClass.ALARM:
        return begun
    return Meaning(begun.event_class, begun.word, begun.kind, begun.about, f"qualifier {qualifier} is none")


def _named(group: Meaning, qualifier: str, code: str) -> Meaning:
    word = f"{group.word}_{code}" if group.about is not About.USER else f"code_{code}"
    if code in _OPENINGS:
        word = "closed" if qualifier == RESTORE else "opened"
    return Meaning(group.event_class, word, group.kind, group.about, group.doubt)
