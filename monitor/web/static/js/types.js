/**
 * The shapes that come from the server, for editors and the type checker; nothing here runs.
 *
 * @typedef {object} Alarm
 * @property {number} id
 * @property {string|null} device_id  null: not registered, or the monitor itself
 * @property {string} source
 * @property {string|null} device_name
 * @property {string|null} device_class
 * @property {string} kind
 * @property {string} state
 * @property {number} priority
 * @property {string} raised_at
 * @property {string} received_at
 * @property {string} rung_at
 * @property {string} last_press_at
 * @property {number} late_s
 * @property {boolean} is_audible
 * @property {number} presses
 * @property {number} duplicates
 * @property {number} version
 * @property {string|null} degraded
 * @property {string|null} detail
 * @property {string|null} acknowledged_at
 * @property {string|null} acknowledged_by
 * @property {string|null} restored_at
 * @property {string|null} closed_at
 * @property {string|null} place
 * @property {string|null} position
 * @property {string|null} street_address
 * @property {string|null} group_id
 * @property {string|null} group_name
 * @property {string|null} area_id  where it counts, outside any group
 * @property {boolean} is_silent_at_site
 * @property {{id: number, code: string, stage: string}|null} [incident]  what people do about it
 * @property {Outage|null} outage  where it is about many devices
 * @property {{id: number, until_at: string, by: string, reason: string, times: number}|null} [shelf]
 * @property {{since_at: string, activations: number}|null} [chatter]  held as one
 * @property {{since_at: string, by: string, reason: string}|null} [out_of_service]  its device is
 * @property {number|null} [drill_id]  it is of this drill; null: it is real
 *
 * @typedef {object} Outage  counted as far as the reader's own territory goes
 * @property {string} cause
 * @property {string|null} key
 * @property {string|null} name  null: not for this reader
 * @property {string} began_at
 * @property {number} devices
 * @property {number} down
 * @property {number} eyes
 * @property {number} eyes_down
 * @property {number} groups
 *
 * @typedef {object} Health
 * @property {boolean} ready
 * @property {string} broker
 * @property {string} broker_since_at
 * @property {boolean} broker_anonymous
 * @property {string} store
 * @property {number} queue
 * @property {number} quarantined
 * @property {string[]} reasons
 * @property {{since_at: string, causes: {cause: string, since_at: string, note: string, blinds: boolean}[]}|null} fault
 * @property {string|null} blind_since_at
 * @property {number|null} canary_ms
 *
 * @typedef {object} Columns  columns of equal length, one entry a device; times in Unix ms
 * @property {string[]} id
 * @property {string[]} class
 * @property {string[]} name
 * @property {(string|null)[]} group_id
 * @property {(string|null)[]} place
 * @property {(string|null)[]} position
 * @property {boolean[]} is_high_mast
 * @property {string[]} state
 * @property {(number|null)[]} since_at
 * @property {(number|null)[]} last_seen_at
 * @property {(number|null)[]} battery_pct
 *
 * @typedef {object} Snapshot
 * @property {number} seq
 * @property {string} now
 * @property {string} post_name
 * @property {Columns} devices
 * @property {{id: string[], name: string[]}} groups
 * @property {Alarm[]} alarms
 * @property {Alarm[]} recent
 * @property {Health} health
 *
 * @typedef {{type: 'snapshot', data: Snapshot, isAnew: boolean}
 *   | {type: 'event', name: string, data: any, isAgain: boolean}
 *   | {type: 'tick'}
 *   | {type: 'signed_out'}} FeedMessage
 */
export {};
