/** What the officer's hands do: keys, buttons, and which alarm each of them means. */
import { isClosable, isRinging } from "./alarms.js";
import { byId } from "./dom.js";
import { everywhere } from "./everywhere.js";
import { Keys } from "./keys.js";
import { openSignOut } from "./signing_out.js";
import { toggleTheme } from "./theme.js";

/** @typedef {import("./types.js").Alarm} Alarm */

export class Officer {
  /** @param {{alarms: import("./alarms.js").Alarms, banner: import("./banner.js").Banner,
   *   queue: import("./queue.js").Queue, details: import("./later.js").Later<import("./details.js").Details>,
   *   commands: import("./commands.js").Commands, shelving: import("./later.js").Later<import("./shelving.js").Shelving>, sound: import("./sound.js").Sound,
   *   middle: import("./middle.js").Middle,
   *   soundChip: import("./chips.js").SoundChip}} parts */
  constructor(parts) {
    this.parts = parts;
    const keys = {
      ...everywhere(),
      Space: () => this.acknowledge(),
      ArrowDown: () => parts.queue.move(1),
      ArrowUp: () => parts.queue.move(-1),
      Enter: () => this.withAlarm((alarm) => this.act("open", alarm)),
      KeyC: () => this.withAlarm((alarm) => this.act("close", alarm)),
      KeyS: () => this.withAlarm((alarm) => this.act("shelve", alarm)),
      KeyI: () => this.withAlarm(({ incident }) => incident && location.assign(`/incidents/${incident.id}`)),
      KeyM: () => parts.sound.silence(),
      Slash: () => this.search(),
      ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`Digit${n}`, () => parts.middle.toggleNth(n)])),
      Escape: () => this.back(),
    };
    new Keys(keys, byId("letters-off"));
    byId("theme").addEventListener("click", toggleTheme);
    openSignOut();
    byId("keys-open").addEventListener("click", () => byId("keys").showModal());
    for (const button of document.querySelectorAll("dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog")?.close());
    }
  }

  /** Space: what is in the window, else what is selected, else the first that nobody has taken over. */
  acknowledge() {
    const { details, queue, alarms, commands } = this.parts;
    const wanted = [details.part?.alarm, queue.selected(), alarms.firstRinging()];
    const alarm = wanted.find((one) => one && isRinging(one));
    if (alarm) void commands.acknowledge(alarm);
  }

  search() {
    this.parts.middle.list();
    byId("search").focus();
  }

  /** @param {(alarm: Alarm) => void} use */
  withAlarm(use) {
    const { details, queue, banner, alarms } = this.parts;
    const alarm = details.part?.alarm ?? queue.selected() ?? banner.alarm ?? alarms.firstRinging();
    if (alarm) use(alarm);
  }

  /** @param {string} act @param {Alarm} alarm */
  act(act, alarm) {
    if (act === "open") void this.parts.details.get().then((part) => part?.open(alarm));
    if (act === "shelve") void this.parts.shelving.get().then((part) => part?.open(alarm));
    if (act === "acknowledge") void this.parts.commands.acknowledge(alarm);
    if (act === "close" && isClosable(alarm)) void this.parts.commands.close(alarm);
  }

  /** A new emergency: what lies over the banner goes. */
  lookUp() {
    byId("keys").close();
    this.parts.queue.selectedId = null;
  }

  back() {
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    this.parts.soundChip.toggle(false);
    this.parts.queue.select(null);
  }
}
