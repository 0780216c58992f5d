/** Where it stands: the phone's position, the group that belongs to it, and what stands there already. */
import { ask } from "./api.js";
import { byId, made, setText } from "./dom.js";
import { choose, decimal } from "./register_fields.js";
import { drawSketch } from "./register_sketch.js";
import { number, t } from "./words.js";

const GOOD_M = 25;
const LOCATE = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };
const KNOWN = "register-known";

export class Place {
  /** @param {HTMLFormElement} form @param {() => void} onChange */
  constructor(form, onChange) {
    this.form = form;
    this.onChange = onChange;
    /** @type {{latitude: number, longitude: number, accuracy: number}|null} */
    this.fix = null;
    /** @type {any[]} */
    this.establishments = [];
    this.isGroupChosen = false;
    /** What the server says of the latest position; done at once where there is none. @type {Promise<void>} */
    this.proposed = Promise.resolve();
    byId("locate").addEventListener("click", () => this.locate());
    byId("group").addEventListener("change", () => (this.isGroupChosen = true));
    for (const name of ["latitude", "longitude"]) this.field(name).addEventListener("change", () => this.byHand());
    byId("group-search").addEventListener("input", () => this.find());
    this.showKnown();
    this.learn();
  }

  /** @param {string} name @returns {any} */
  field(name) {
    return this.form.elements.namedItem(name);
  }

  locate() {
    byId("gps").dataset.state = "asking";
    setText(byId("fix-word"), t("register.locating"));
    if (!navigator.geolocation || !isSecureContext) return this.failed("register.locate_unsafe");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.take({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy }),
      (problem) => this.failed(problem.code === problem.PERMISSION_DENIED ? "register.locate_denied" : "register.locate_failed"),
      LOCATE,
    );
  }

  /** @param {string} key */
  failed(key) {
    byId("gps").dataset.state = this.fix ? "known" : "none";
    setText(byId("fix-word"), t(key));
    byId("by-hand").open = true;
  }

  byHand() {
    const [latitude, longitude] = ["latitude", "longitude"].map((name) => decimal(this.field(name).value || NaN));
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) this.take({ latitude, longitude, accuracy: 0 });
  }

  /** @param {{latitude: number, longitude: number, accuracy: number}} fix */
  async take(fix) {
    this.fix = fix;
    this.field("latitude").value = fix.latitude.toFixed(6);
    this.field("longitude").value = fix.longitude.toFixed(6);
    byId("gps").dataset.state = "known";
    setText(byId("locate"), t("register.locate_again"));
    drawSketch(byId("sketch"), fix, []);
    const isFar = fix.accuracy > GOOD_M;
    byId("gps-far").hidden = !isFar;
    if (isFar) setText(byId("gps-far").querySelector("p"), t("register.too_far_off", { n: number(fix.accuracy), most: GOOD_M }));
    this.showFix(null);
    this.onChange();
    this.proposed = this.propose(fix);
    await this.proposed;
  }

  /** @param {{latitude: number, longitude: number, accuracy: number}} fix */
  async propose(fix) {
    const where = new URLSearchParams({ lat: String(fix.latitude), lon: String(fix.longitude), accuracy_m: fix.accuracy.toFixed(1) });
    const { status, data } = await ask(`places?${where}`);
    if (status !== 200 || fix !== this.fix) return;
    drawSketch(byId("sketch"), fix, data.around);
    byId("outside").hidden = !data.is_outside;
    this.showGroups(data.groups);
    this.showFix(data.groups[0] ?? null);
    this.showSites(data.sites);
    this.establishments = data.establishments;
    byId("establishments").replaceChildren(...data.establishments.map((/** @type {any} */ each) => new Option(each.name)));
    this.onChange();
  }

  /** @param {{name: string, distance_m: number, is_sure: boolean}|null} nearest */
  showFix(nearest) {
    const fix = /** @type {{accuracy: number}} */ (this.fix);
    const off = fix.accuracy ? t("register.fix_off", { n: number(fix.accuracy) }) : t("register.fix_by_hand");
    if (!nearest) {
      setText(byId("group-word"), t("register.position_kept"));
      return setText(byId("fix-word"), off);
    }
    setText(byId("group-word"), nearest.name);
    const how = nearest.is_sure ? "register.by_position" : "register.nearest";
    setText(byId("fix-word"), `${t(how, { n: number(nearest.distance_m) })}, ${off}`);
  }

  /** @param {{id: string, name: string, distance_m: number}[]} groups  the nearest first */
  showGroups(groups) {
    const select = byId("group");
    const chosen = select.value;
    select.querySelector("[data-groups=near]")?.remove();
    if (groups.length) {
      const near = document.createElement("optgroup");
      near.dataset.groups = "near";
      near.label = t("register.groups_near");
      near.append(...groups.map((group) => new Option(`${group.name} · ${number(group.distance_m)} m`, group.id)));
      select.options[0].after(near);
    }
    choose(select, this.isGroupChosen && chosen ? chosen : (groups[0]?.id ?? chosen));
    this.keepTo();
  }

  /** @param {{id: string, name: string, distance_m: number}[]} sites */
  showSites(sites) {
    const select = byId("site");
    const chosen = select.value;
    const named = sites.map((site) => new Option(`${site.name} · ${number(site.distance_m)} m`, site.id));
    select.replaceChildren(select.options[0], ...named);
    select.value = sites.some((site) => site.id === chosen) ? chosen : "";
    byId("site-field").hidden = sites.length === 0;
  }

  /** The keeper of the group, where nobody else was chosen. */
  keepTo() {
    const select = byId("custodian");
    if (select.value) return;
    const board = [...select.options].find((option) => option.dataset.group && option.dataset.group === byId("group").value);
    if (board) select.value = board.value;
  }

  /** Groups and keepers for when there is no network: as of the last time there was one. */
  async learn() {
    const [areas, keepers] = await Promise.all([ask("areas?level=residential_group&limit=50"), ask("custodians?limit=50")]);
    if (areas.status !== 200 || keepers.status !== 200) return;
    localStorage.setItem(KNOWN, JSON.stringify({ groups: areas.data.items, custodians: keepers.data.items }));
    this.showKnown();
    byId("group-finder").hidden = areas.data.items.length < 50;
  }

  showKnown() {
    const known = JSON.parse(localStorage.getItem(KNOWN) ?? '{"groups": [], "custodians": []}');
    const groups = byId("group");
    const [chosen, keeper] = [groups.value, byId("custodian").value];
    groups.querySelector("[data-groups=all]")?.remove();
    const all = document.createElement("optgroup");
    all.dataset.groups = "all";
    all.label = t("register.groups_all");
    const valid = known.groups.filter((/** @type {any} */ group) => !group.became.length);
    all.append(...valid.map((/** @type {any} */ group) => new Option(group.name, group.id)));
    groups.append(all);
    choose(groups, chosen);
    const select = byId("custodian");
    select.replaceChildren(select.options[0], ...known.custodians.map(named));
    choose(select, keeper);
    this.keepTo();
  }

  async find() {
    const { status, data } = await ask(`areas?${new URLSearchParams({ q: byId("group-search").value, level: "residential_group", limit: "8" })}`);
    if (status !== 200) return;
    byId("group-found").replaceChildren(...data.items.map((/** @type {any} */ group) => this.hit(group)));
  }

  /** @param {{id: string, name: string}} group */
  hit(group) {
    const item = document.createElement("li");
    const button = /** @type {HTMLButtonElement} */ (made("button", group.name, "button"));
    button.type = "button";
    button.addEventListener("click", () => {
      this.isGroupChosen = true;
      choose(byId("group"), group.id, group.name);
      byId("group-found").replaceChildren();
      this.onChange();
    });
    item.append(button);
    return item;
  }

  /** @param {Record<string, any>} fields  of a draft that is taken up again */
  resume(fields) {
    this.isGroupChosen = Boolean(fields.group_id);
    this.fix = null;
    byId("gps").dataset.state = "none";
    byId("gps-far").hidden = byId("outside").hidden = true;
    drawSketch(byId("sketch"), null, []);
    setText(byId("group-word"), t("register.no_position"));
    setText(byId("fix-word"), "");
    if (fields.latitude && fields.longitude) {
      this.take({ latitude: decimal(fields.latitude), longitude: decimal(fields.longitude), accuracy: fields.accuracy ?? 0 });
    }
  }
}

/** @param {{id: string, name: string, group_id: string|null}} custodian */
function named(custodian) {
  const option = new Option(custodian.name, custodian.id);
  option.dataset.group = custodian.group_id ?? "";
  return option;
}
