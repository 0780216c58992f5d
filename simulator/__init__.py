"""Stands in for the hardware of one commune: speaks only over the wire (MQTT and HTTP), like the real thing.

commune    what stands where (``simulator/commune/*.csv``)
wiring     who speaks for whom: probes, the Zigbee gateway, native bells
enrolment  registers all of it over HTTP
native_contract, zigbee2mqtt_format   pure builders of messages
link, timetable   the connection and the clock hand
edge_probe, native_bell (with its spool), zigbee_gateway   one sender each
fleet, story   all senders together, and what happens to them
"""
