/** "Is this the same device?": asked as soon as something alike is known, and answered before anything is sent. */
import { ask } from "./api.js";
import { byId, made, setText } from "./dom.js";
import { number, t } from "./words.js";

const PATIENCE_MS = 350;

export class Twins {
  /** @param {(device: any) => void} onSame */
  constructor(onSame) {
    this.onSame = onSame;
    /** @type {any[]} */
    this.found = [];
    this.others = new Set();
    /** @type {number|undefined} */
    this.timer = undefined;
    this.asked = "";
    /** @type {Promise<void>} */
    this.answered = Promise.resolve();
    byId("twin-other").addEventListener("click", () => this.areOthers());
    byId("twin-same").addEventListener("click", () => this.onSame(this.found[0]));
  }

  get isOpen() {
    return !byId("twin").hidden;
  }

  forget() {
    this.others.clear();
    this.asked = "";
    this.show([]);
  }

  /** @param {Record<string, any>} fields */
  look(fields) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lookNow(fields), PATIENCE_MS);
  }

  /** @param {Record<string, any>} fields */
  async lookNow({ kind, latitude, longitude, serial }) {
    const question = new URLSearchParams({ class: kind === "mast" ? "camera" : kind, is_high_mast: String(kind === "mast") });
    if (latitude && longitude) {
      question.set("lat", latitude.replace(",", "."));
      question.set("lon", longitude.replace(",", "."));
    }
    if (serial) question.set("serial", serial);
    if (String(question) === this.asked) return this.answered;
    this.asked = String(question);
    if (!latitude && !serial) return this.show([]);
    this.answered = this.ask(this.asked);
    await this.answered;
  }

  /** @param {string} question */
  async ask(question) {
    const { status, data } = await ask(`devices/near?${question}`);
    if (question !== this.asked) return;
    if (status === 200) this.show(data.items);
    else this.asked = "";
  }

  /** @param {any[]} items */
  show(items) {
    this.found = items.filter((device) => !this.others.has(device.id));
    byId("twin").hidden = this.found.length === 0;
    if (!this.found.length) return;
    const isBell = this.found[0].class === "bell";
    setText(byId("twin-question"), t(isBell ? "register.twin_bell" : "register.twin_camera"));
    byId("twin-list").replaceChildren(...this.found.map(line));
  }

  areOthers() {
    for (const device of this.found) this.others.add(device.id);
    this.show(this.found);
  }
}

/** "Cách 7 m: CAM-1, …, serial number beside it." @param {any} device */
function line(device) {
  const item = document.createElement("li");
  if (device.distance_m !== null) item.append(`${t("register.twin_at", { n: number(device.distance_m) })}: `);
  item.append(made("b", device.id), [""].concat([device.name, device.place ?? device.street_address].filter(Boolean)).join(", "));
  if (device.serial_match) item.append(`. ${t(`register.serial_match.${device.serial_match}`)}`);
  return item;
}
