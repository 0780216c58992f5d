/** How much of what is registered works: by kind, and the camera eyes of each residential group. */
import { kindOfDevice } from "./device_model.js";
import { byId, field, fromTemplate, setText, showPriority } from "./dom.js";
import { signOf } from "./alarms.js";
import { number, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */
/** @typedef {import("./device_figures.js").Figure} Figure */

export class Readiness {
  /** @param {import("./device_model.js").DeviceModel} model @param {import("./alarms.js").Alarms} alarms */
  constructor(model, alarms) {
    this.model = model;
    this.alarms = alarms;
    this.tiles = byId("tiles");
    this.list = byId("groups");
    this.title = byId("groups-title");
    this.covered = byId("groups-covered");
    this.working = ""; // as one line, for the calm
    /** @type {Map<string, HTMLElement>} */
    this.cells = new Map();
  }

  show() {
    const { kinds, groups } = this.model.figures();
    const worst = this.worst();
    for (const tile of this.tiles.children) {
      const kind = tile.dataset.kind;
      this.showTile(tile, /** @type {Figure} */ (kinds.get(kind)), worst.kinds.get(kind));
    }
    const { isBlind } = this.model;
    this.working = isBlind ? "" : workingLine(kinds);
    const names = this.model.groupNames();
    const covered = [...groups.values()].filter(({ working }) => working > 0).length;
    setText(this.covered, t("groups.effective", { n: isBlind ? "–" : number(covered), m: number(names.length) }));
    setText(this.title, t("groups.count", { n: number(names.length) }));
    const cells = names.map(([id, name]) => this.cell(id, name, groups.get(id), worst.groups.get(id)));
    if (cells.some((cell, at) => this.list.children[at] !== cell) || this.list.children.length !== cells.length) {
      this.list.replaceChildren(...cells);
    }
  }

  /** The most urgent alarm of each kind of device and of each group. */
  worst() {
    /** @type {Map<string, Alarm>} */
    const kinds = new Map();
    /** @type {Map<string, Alarm>} */
    const groups = new Map();
    for (const alarm of this.alarms.inTab("alarms")) {
      const at = alarm.device_id === null ? undefined : this.model.index.get(alarm.device_id);
      const isMast = at !== undefined && this.model.columns.is_high_mast[at];
      const kind = alarm.device_class && kindOfDevice(alarm.device_class, isMast);
      if (kind && !kinds.has(kind)) kinds.set(kind, alarm);
      if (alarm.group_id && !groups.has(alarm.group_id)) groups.set(alarm.group_id, alarm);
    }
    return { kinds, groups };
  }

  /** @param {Element} tile @param {Figure} figure @param {Alarm|undefined} alarm */
  showTile(tile, figure, alarm) {
    const { isBlind } = this.model;
    setText(field(tile, "working"), isBlind ? "–" : number(figure.working));
    setText(field(tile, "registered"), `/ ${number(figure.registered)}`);
    setText(field(tile, "remark"), isBlind && figure.registered ? t("ready.blind") : remark(figure));
    showFlag(tile, alarm);
  }

  /** @param {string} id @param {string} name @param {Figure|undefined} figure @param {Alarm|undefined} alarm */
  cell(id, name, figure, alarm) {
    const cell = this.cells.get(id) ?? fromTemplate("group-cell");
    this.cells.set(id, cell);
    const { working, registered } = figure ?? { working: 0, registered: 0 };
    setText(field(cell, "name"), name);
    cell.title = name;
    const { isBlind } = this.model;
    setText(field(cell, "figure"), `${isBlind ? "–" : number(working)}/${number(registered)}`);
    cell.classList.toggle("short", working < registered && !isBlind);
    cell.classList.toggle("alarmed", Boolean(alarm));
    showFlag(cell, alarm);
    return cell;
  }
}

/** "Hoạt động 115/118 mắt · Tầm cao 8/8 · Chuông 21/21". @param {Map<string, Figure>} kinds */
export function workingLine(kinds) {
  const words = [...kinds].map(([kind, { working, registered }]) => {
    const figures = { on: number(working), total: number(registered) };
    if (!registered || kind === "other") return "";
    return kind === "camera" ? t("live.working", figures) : t("live.of", { kind: t(`ready.${kind}`), ...figures });
  });
  return words.filter(Boolean).join(" · ");
}

/** @param {Element} root @param {Alarm|undefined} alarm */
function showFlag(root, alarm) {
  const shape = root.querySelector(".shape");
  if (!shape) return;
  shape.toggleAttribute("hidden", !alarm);
  if (alarm) showPriority(shape, signOf(alarm));
}

/** @param {Figure} figure */
function remark({ working, registered, late, never }) {
  if (registered === 0) return t("ready.nothing");
  const lost = registered - working - never;
  const words = [];
  if (lost) words.push(t("ready.lost", { n: number(lost) }));
  if (never) words.push(t("ready.never", { n: number(never) }));
  if (late && !words.length) words.push(t("ready.late", { n: number(late) }));
  return words.length ? words.join(" · ") : t("ready.complete");
}
